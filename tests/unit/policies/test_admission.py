"""Admission: met, unmet, unknown; places, the waiting list, and who may come back."""

from datetime import timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Admit, AskForMore, Decision, RefuseAdmission
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Community,
    CommunityId,
    DecisionId,
    EventId,
    Group,
    GroupId,
    MemberId,
    PolicyKey,
)
from community_sdk.policies import AdmissionPolicy, Answer, EntryRequirement
from tests.unit.desk import DAY, HOUR, START, TICK, Desk

KEY = PolicyKey("door")
HOME = Community(
    key=CommunityId("home"),
    groups=(Group(key=GroupId("a"), capacity=2), Group(key=GroupId("b"))),
)
ADULT = EntryRequirement(answer="age", op=">=", value=18)
CITY = EntryRequirement(answer="city", value="Xi'an")
Op = Literal[">=", "<=", "==", "!="]


def door(**given: Any) -> Desk:
    """A community with an admission policy."""
    return Desk(AdmissionPolicy(key=KEY, **given), community=HOME)


def ask(desk: Desk, member: str = "ann", hour: int = 0, **more: Any) -> Decision:
    """Ask to come in and return the answer."""
    step = desk.tell(ev.JoinRequested, START + hour * HOUR, member, **more)
    (answer,) = step.decisions
    return answer


def granted(desk: Desk) -> dict[str, dict[str, bool]]:
    """The places that were granted and not yet taken."""
    mine: dict[str, Any] = desk.engine.community.slices.get("door") or {}
    found: dict[str, dict[str, bool]] = mine.get("granted", {})
    return found


def admitted(step: Step) -> list[tuple[str | None, str | None]]:
    """Who was let in where."""
    return [(d.member, d.group) for d in step.decisions if isinstance(d, Admit)]


@pytest.mark.parametrize(
    ("op", "value", "given", "answer"),
    [
        (">=", 18, 18, Answer.MET),
        (">=", 18, 17, Answer.UNMET),
        ("<=", 60, 60, Answer.MET),
        ("<=", 60, 61, Answer.UNMET),
        ("==", "x", "x", Answer.MET),
        ("==", "x", "y", Answer.UNMET),
        ("!=", "x", "y", Answer.MET),
        ("!=", "x", "x", Answer.UNMET),
        ("==", True, True, Answer.MET),
        ("==", True, False, Answer.UNMET),
        ("!=", 3, 4, Answer.MET),
        (">=", 18, None, Answer.UNKNOWN),
        (">=", 18, "18", Answer.UNKNOWN),
        (">=", 18, True, Answer.UNKNOWN),
        ("==", True, 1, Answer.UNKNOWN),
        ("==", True, "yes", Answer.UNKNOWN),
    ],
)
def test_an_answer_is_met_unmet_or_unknown(
    op: Op, value: str | int, given: str | int | None, answer: Answer
) -> None:
    """Another type and no answer at all are unknown, which is not no."""
    rule = EntryRequirement(answer="q", op=op, value=value)
    answers = {} if given is None else {"q": given}
    assert rule.judge(answers) is answer


@pytest.mark.parametrize("op", [">=", "<="])
@pytest.mark.parametrize("value", ["18", True])
def test_words_and_truths_have_no_order(op: Op, value: str | int) -> None:
    """A comparison that means nothing is refused."""
    with pytest.raises(DefinitionError) as caught:
        EntryRequirement(answer="age", op=op, value=value)
    assert caught.value.code == "admission.order"
    assert f"`{op}` for `age`" in str(caught.value)


@pytest.mark.parametrize(
    ("answers", "kind", "key"),
    [
        ({"age": 20, "city": "Xi'an"}, "admit", "admission.met"),
        ({"age": 17, "city": "Xi'an"}, "refuse_admission", "admission.refused"),
        ({"age": 17}, "refuse_admission", "admission.refused"),
        ({"age": 20}, "ask_for_more", "admission.unknown"),
        ({}, "ask_for_more", "admission.unknown"),
    ],
)
def test_unmet_refuses_and_unknown_asks(
    answers: dict[str, Any], kind: str, key: str
) -> None:
    """Each requirement is named with what was asked and what was given."""
    desk = door(requirements=(ADULT, CITY))
    answer = ask(desk, answers=answers, group="b")
    assert (answer.kind, answer.because.key, answer.group) == (kind, key, "b")
    assert [part["answer"] for part in answer.because.parts] == ["age", "city"]
    assert [part["given"] for part in answer.because.parts] == [
        answers.get("age"),
        answers.get("city"),
    ]
    if isinstance(answer, AskForMore):
        assert answer.missing == tuple(q for q in ("age", "city") if q not in answers)
        assert desk.member().status.value == "pending"


@pytest.mark.parametrize(
    ("entry", "inviter", "key"),
    [
        ("application", None, None),
        ("invitation", None, "admission.not_invited"),
        ("invitation", MemberId("bo"), None),
        ("closed", MemberId("bo"), "admission.closed"),
    ],
)
def test_the_ways_in(entry: str, inviter: MemberId | None, key: str | None) -> None:
    """By application, by invitation as well, or not at all."""
    answer = ask(door(entry=entry), invited_by=inviter)
    assert isinstance(answer, Admit if key is None else RefuseAdmission)
    if key is not None:
        assert [part.key for part in answer.because.parts] == [key]


@pytest.mark.parametrize(
    ("measure", "after", "barred"),
    [
        ("ban", DAY - TICK, True),
        ("ban", DAY, False),
        ("suspend", HOUR, True),
        ("mute", HOUR, False),
        ("warning", HOUR, False),
    ],
)
def test_who_is_banned_is_refused_while_the_ban_runs(
    measure: str, after: timedelta, barred: object
) -> None:
    """Up to its end, which is excluded; other measures do not bar."""
    desk = door()
    until, key = START + DAY, DecisionId("x")
    desk.tell(ev.SanctionImported, START, sanction=key, measure=measure, until=until)
    step = desk.tell(ev.JoinRequested, START + after)
    answer = step.decisions[-1]
    assert isinstance(answer, RefuseAdmission) is barred
    if barred:
        (part,) = answer.because.parts
        assert (part.key, part["measure"]) == ("admission.banned", measure)
        assert part["until"] == (START + DAY).isoformat()


def test_a_ban_without_end_bars_for_ever() -> None:
    """There is no instant to name."""
    desk = door()
    desk.tell(ev.SanctionImported, START, sanction=DecisionId("x"), measure="ban")
    (part,) = ask(desk, hour=9_999).because.parts
    assert (part.key, part["until"]) == ("admission.banned", None)


@pytest.mark.parametrize(
    ("wait", "after", "back"),
    [
        (None, TICK, True),
        ("30d", 30 * DAY - TICK, False),
        ("30d", 30 * DAY, True),
        ("1 month", 31 * DAY - TICK, False),
        ("1 month", 31 * DAY, True),
    ],
)
def test_who_was_removed_may_come_back_later(
    wait: str | None, after: timedelta, back: object
) -> None:
    """From the removal on; at the end of the term already."""
    desk = door(reentry_after=None if wait is None else Duration.parse(wait))
    desk.tell(ev.Joined, START - DAY)
    desk.tell(ev.MemberRemoved, START)
    answer = desk.tell(ev.JoinRequested, START + after).decisions[-1]
    assert isinstance(answer, Admit) is back
    if not back:
        assert answer.because.parts[0].key == "admission.removed"
        assert desk.member().status.value == "removed"


def test_who_left_may_come_back_at_once() -> None:
    """Leaving is no removal."""
    desk = door(reentry_after=Duration.parse("30d"))
    desk.tell(ev.Joined, START - DAY)
    desk.tell(ev.Left, START - HOUR)
    assert isinstance(ask(desk), Admit)


def test_granted_places_count_as_taken() -> None:
    """Two places, two grants: the third waits, in spite of an empty room."""
    desk = door()
    kinds = [ask(desk, name, group="a").kind for name in ("ann", "bo", "cy")]
    assert kinds == ["admit", "admit", "put_on_waiting_list"]
    (place,) = ask(desk, "dee", group="a").because.parts
    assert (place.key, place["group"], place["capacity"]) == (
        "admission.places",
        "a",
        2,
    )
    assert (place["members"], place["held"]) == (0, 2)
    assert isinstance(ask(desk, "eve", group="b"), Admit)


def test_a_grant_is_used_up_by_coming() -> None:
    """The place is taken once, not twice."""
    desk = door(capacity=3)
    for name in ("ann", "bo"):
        ask(desk, name, group="a")
        desk.tell(ev.Joined, START + HOUR, name, group="a")
    assert ask(desk, "cy", group="b", hour=2).kind == "admit"
    assert ask(desk, "dee", group="b", hour=2).kind == "put_on_waiting_list"


def test_asking_twice_takes_no_second_place() -> None:
    """Who holds the grant already is not in his own way."""
    desk = door(capacity=1)
    assert [ask(desk, hour=hour).kind for hour in range(3)] == ["admit"] * 3
    assert ask(desk, "bo", hour=3).kind == "put_on_waiting_list"


def test_who_is_inside_needs_no_place() -> None:
    """A member may enter one more group of a full community."""
    desk = door(capacity=1)
    desk.tell(ev.Joined, START, group="a")
    assert ask(desk, hour=1, group="b").kind == "admit"
    assert ask(desk, hour=2, group="a").kind == "admit"
    assert ask(desk, hour=3).kind == "admit"
    desk.tell(ev.Joined, START + 4 * HOUR, group="b")
    assert granted(desk) == {}


def test_one_person_takes_one_place_of_the_community() -> None:
    """However many groups grant one; whoever came into one is no newcomer."""
    desk = door(capacity=2)
    for group in ("a", "b"):
        ask(desk, "ann", group=group)
    assert ask(desk, "bo", hour=1).kind == "admit"
    desk.tell(ev.Joined, START + 2 * HOUR, "ann", group="a")
    assert granted(desk)["ann"] == {"b": False}
    assert ask(desk, "cy", hour=3).kind == "put_on_waiting_list"
    desk.tell(ev.Left, START + 4 * HOUR, "ann", group="b")
    assert "ann" not in granted(desk)


def test_the_oldest_come_in_when_places_are_free() -> None:
    """In the order of the list, as many as there are places."""
    desk = door(capacity=3)
    for name in ("ann", "bo"):
        desk.tell(ev.Joined, START, name, group="a")
    desk.tell(ev.Joined, START, "cy", group="b")
    for name, group in (("dee", "b"), ("eve", "a"), ("fay", "a"), ("gus", "b")):
        assert ask(desk, name, hour=1, group=group).kind == "put_on_waiting_list"
    step = desk.tell(ev.Left, START + 2 * HOUR, "ann")
    assert admitted(step) == [("dee", "b")]
    step = desk.tell(ev.MemberRemoved, START + 3 * HOUR, "bo")
    assert admitted(step) == [("eve", "a")]
    (decision,) = [d for d in step.decisions if isinstance(d, Admit)]
    assert decision.because["waiting_since"] == (START + HOUR).isoformat()
    assert [m for _, m, _ in desk.engine.community.waiting] == ["fay", "gus"]


def test_all_free_places_are_filled_at_once() -> None:
    """One who leaves two full groups frees two places."""
    rooms = tuple(Group(key=GroupId(k), capacity=1) for k in "ab")
    home = Community(key=CommunityId("home"), groups=rooms)
    desk = Desk(AdmissionPolicy(key=KEY), community=home)
    for group in ("a", "b"):
        desk.tell(ev.Joined, START, group=group)
    for name, group in (("bo", "a"), ("cy", "a"), ("dee", "b"), ("eve", "")):
        more = {"group": group} if group else {}
        ask(desk, name, hour=1, **more)
    step = desk.tell(ev.Left, START + 2 * HOUR)
    assert admitted(step) == [("bo", "a"), ("dee", "b")]


def test_leaving_a_group_frees_that_group() -> None:
    """Nobody else's turn comes by it."""
    desk = door(capacity=2)
    for name in ("ann", "bo"):
        desk.tell(ev.Joined, START, name, group="a")
    for name, group in (("cy", "b"), ("dee", "a")):
        ask(desk, name, hour=1, group=group)
    assert not admitted(desk.tell(ev.Left, START + 2 * HOUR, "ann", group="a"))
    assert admitted(desk.tell(ev.Left, START + 3 * HOUR, "ann")) == [("cy", "b")]


def test_who_gives_up_or_is_refused_waits_no_more() -> None:
    """A place that falls free goes to the next."""
    desk = door(capacity=1)
    desk.tell(ev.Joined, START, "ann")
    for name in ("bo", "cy", "dee"):
        ask(desk, name, hour=1)
    desk.tell(ev.Left, START + 2 * HOUR, "bo")
    ban = {"sanction": DecisionId("x"), "measure": "ban"}
    desk.tell(ev.SanctionImported, START + 2 * HOUR, "cy", **ban)
    assert isinstance(ask(desk, "cy", hour=3), RefuseAdmission)
    assert admitted(desk.tell(ev.Left, START + 4 * HOUR, "ann")) == [("dee", None)]


def test_a_request_of_nobody_is_not_answered() -> None:
    """Nor does it take a place."""
    desk = door(capacity=1)
    nobody = ev.JoinRequested(id=EventId("e"), at=START)
    assert desk.engine.receive(nobody).decisions == ()
    assert ask(desk).kind == "admit"


NAMES = st.sampled_from(["ann", "bo", "cy", "dee"])
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "join", "leave", "out"]),
        NAMES,
        st.sampled_from([None, "a", "b"]),
    ),
    max_size=25,
)


@given(MOVES)
def test_no_more_are_let_in_than_there_are_places(
    moves: list[tuple[str, str, str | None]],
) -> None:
    """INVARIANT: members and grants stay within a capacity that only the door fills."""
    desk, makes = door(capacity=3), {"leave": ev.Left, "out": ev.MemberRemoved}
    for nth, (what, name, group) in enumerate(moves):
        more = {} if group is None else {"group": group}
        when = START + nth * HOUR
        if what == "ask":
            desk.tell(ev.JoinRequested, when, name, **more)
        elif what == "join":
            if (group or "") in granted(desk).get(name, {}):
                desk.tell(ev.Joined, when, name, **more)
        else:
            desk.tell(makes[what], when, name, **more)
        community, grants = desk.engine.community, granted(desk)
        newcomers = sum(any(places.values()) for places in grants.values())
        assert community.members + newcomers <= 3
        inside = community.groups.get("a", 0)
        assert inside + sum("a" in places for places in grants.values()) <= 2
        for person, places in grants.items():
            assert any(places.values()) is not desk.member(person).here
