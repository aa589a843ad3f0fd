"""What events change in the record: strikes, sanctions, roles, duties, tiers."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.model import (
    DecisionId,
    EventId,
    MemberStatus,
    PolicyKey,
    RoleName,
    Rulebook,
    RuleCode,
    SanctionState,
    Severity,
    TierKey,
)
from community_sdk.state import Holding, MemberState, folds
from community_sdk.state.folds import governance
from tests.unit.desk import DAY, HOUR, START, Folded, head

X = DecisionId("x")
NOON = micros(START)


def broken(
    folded: Folded, rule: str, when: datetime = START, **more: Any
) -> MemberState:
    """Record a breach."""
    return folded.tell(ev.RuleBroken, when, rule=RuleCode(rule), **more)


def sanction(folded: Folded, key: str, until: datetime | None) -> MemberState:
    """Impose a mute called *key*."""
    return folded.tell(
        ev.SanctionImposed,
        START,
        sanction=DecisionId(key),
        measure="mute",
        order=50,
        holds=True,
        until=until,
        policy=PolicyKey("p"),
        strikes=(EventId("s"),),
    )


def test_a_strike_is_judged_by_the_rulebook_in_force() -> None:
    """Severity, weight, category and version are frozen with it."""
    folded = Folded()
    folded.context.rulebook = Rulebook(version=3, rules=folded.book.rulebook.rules)
    member = broken(folded, "caps", START, recorded_at=START + HOUR)
    (strike,) = member.strikes
    assert (strike.rule, strike.category, strike.version) == ("caps", "noise", 3)
    assert (strike.severity, strike.weight) == (Severity.MINOR, 3)
    assert (strike.occurred, strike.recorded) == (NOON, micros(START + HOUR))


def test_a_breach_may_say_how_bad_it_was() -> None:
    """Its own severity and weight come first; an unknown rule is its own category."""
    folded = Folded()
    broken(folded, "caps", severity=Severity.SEVERE, weight=0)
    member = broken(folded, "unwritten")
    first, second = member.strikes
    assert (first.severity, first.weight) == (Severity.SEVERE, 0)
    assert (second.category, second.severity, second.weight) == ("unwritten", 1, 1)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=6),
    st.randoms(use_true_random=False),
)
def test_strikes_and_pardons_come_in_any_order(
    acts: list[tuple[int, bool]], order: Random
) -> None:
    """INVARIANT: sorted by occurrence; a pardon told before its strike holds too."""
    told: list[ev.Event] = []
    for nth, (hour, pardoned) in enumerate(acts):
        more = head(f"s{nth}", START + hour * HOUR)
        told.append(ev.RuleBroken(**more, rule=RuleCode("flood")))
        if pardoned:
            more = head(f"p{nth}", START + hour * HOUR + DAY)
            told.append(ev.StrikeOverturned(**more, strike=EventId(f"s{nth}")))
    shuffled = list(told)
    order.shuffle(shuffled)
    folded = Folded()
    for event in shuffled:
        folded.fold(event)
    if acts:
        strikes = folded.member().strikes
        assert [s.order for s in strikes] == sorted(s.order for s in strikes)
        assert {s.id: s.overturned for s in strikes} == {
            f"s{nth}": pardoned for nth, (_, pardoned) in enumerate(acts)
        }
        assert folded.member().voided == ()


def test_pardons_of_strikes_that_never_come_are_bounded() -> None:
    """The latest are remembered; the record does not grow with nonsense."""
    folded = Folded()
    for nth in range(100):
        folded.tell(ev.StrikeOverturned, START, strike=EventId(f"s{nth}"))
    assert len(folded.member().voided) < 100
    assert "s99" in folded.member().voided


def test_a_sanction_ends_by_timer_mercy_or_mistake() -> None:
    """One that is over stays as it ended."""
    folded = Folded()
    for key in ("a", "b", "c", "d"):
        member = sanction(folded, key, START + DAY)
    sanction(folded, "open", None)
    member = folded.member()
    due = (micros(START + DAY), 0)
    assert member.timers == {f"~sanction/{key}": due for key in "abcd"}
    folded.tell(ev.SanctionEnded, START, sanction=DecisionId("a"))
    folded.tell(ev.SanctionLifted, START, sanction=DecisionId("d"), expired=True)
    folded.tell(ev.SanctionLifted, START, sanction=DecisionId("b"))
    overturned = SanctionState.OVERTURNED
    folded.tell(ev.SanctionEnded, START, sanction=DecisionId("c"), state=overturned)
    folded.tell(ev.SanctionLifted, START, sanction=DecisionId("a"))
    folded.tell(ev.SanctionLifted, START, sanction=DecisionId("unknown"))
    states = {record.id: record.state for record in member.sanctions}
    assert states == {
        "a": "expired",
        "b": "lifted",
        "c": "overturned",
        "d": "expired",
        "open": "active",
    }
    assert member.timers == {}
    assert member.sanctions[0].strikes == ("s",)


@pytest.mark.parametrize(
    ("measure", "order", "holds"),
    [("ban", 80, True), ("warning", 40, False), ("slow_mode", 0, True)],
)
def test_a_sanction_of_another_system_is_taken_over(
    measure: str, order: int, holds: object
) -> None:
    """A known measure as it is known; any other restrains."""
    folded = Folded()
    until = START + DAY
    more = {"measure": measure, "sanction": DecisionId("case/17"), "source": "old"}
    member = folded.tell(ev.SanctionImported, START, **more, until=until)
    (record,) = member.sanctions
    assert (record.measure, record.order, record.holds) == (measure, order, holds)
    assert (record.policy, record.until) == ("old", micros(until))
    assert member.timers == {"~sanction/case/17": (micros(until), 0)}
    folded.tell(ev.SanctionImported, START, sanction=X, measure="ban")
    assert len(member.timers) == 1


SPANS = st.lists(
    st.tuples(
        st.sampled_from([ev.RoleAssigned, ev.RoleEnded]), st.integers(0, 6), st.none()
    )
    | st.tuples(st.just(ev.RoleAssigned), st.integers(0, 6), st.integers(0, 9)),
    max_size=6,
)


@given(SPANS, st.randoms(use_true_random=False))
def test_the_latest_word_about_a_role_holds(
    acts: list[tuple[Callable[..., ev.Event], int, int | None]], order: Random
) -> None:
    """INVARIANT: in any order of arrival, also an end told before its beginning."""
    told: list[ev.Event] = []
    for nth, (make, hour, until) in enumerate(acts):
        more = head(f"e{nth}", START + hour * HOUR, seq=nth, role=RoleName("host"))
        if until is not None:
            more["until"] = START + until * HOUR
        told.append(make(**more))
    one, other = Folded(), Folded()
    for event in sorted(told, key=lambda e: (e.at, e.seq)):
        one.fold(event)
    order.shuffle(told)
    for event in told:
        other.fold(event)
    for hour in range(10):
        now = micros(START + hour * HOUR)
        assert one.member().holds("host", now) is other.member().holds("host", now)


def duty(folded: Folded, key: str, **more: Any) -> MemberState:
    """Open an obligation called *key*."""
    return folded.tell(
        ev.ObligationOpened,
        START,
        obligation=DecisionId(key),
        what="introduce",
        due=START + 7 * DAY,
        met_by="introduced",
        where=(("group", "hall"),),
        reminders=(START + DAY, START + 2 * DAY),
        policy=PolicyKey("on"),
        **more,
    )


@pytest.mark.parametrize("make", [ev.ObligationMet, ev.ObligationMissed])
def test_an_obligation_has_timers_until_it_is_closed(
    make: Callable[..., ev.Event],
) -> None:
    """Due beyond its last instant, reminded before; closing one leaves the others."""
    folded = Folded()
    duty(folded, "1")
    member = duty(folded, "11")
    assert member.timers["~duty/1"] == (micros(START + 7 * DAY), 1)
    assert member.timers["~remind/1/0"] == (micros(START + DAY), 0)
    folded.tell(make, START, obligation=DecisionId("1"), what="introduce")
    assert [d.id for d in member.duties] == ["11"]
    assert sorted(member.timers) == ["~duty/11", "~remind/11/0", "~remind/11/1"]
    (left,) = member.duties
    assert (left.opened, left.where, left.policy) == (NOON, (("group", "hall"),), "on")


def test_leaving_ends_what_the_member_was_to_do() -> None:
    """What somebody else is to do about the member stays."""
    folded = Folded()
    duty(folded, "own")
    member = duty(folded, "staff", duty="host")
    folded.tell(ev.Left, START + DAY)
    assert [d.id for d in member.duties] == ["staff"]
    assert sorted(t.split("/")[1] for t in member.timers) == ["staff"] * 3


def test_a_proposal_waits_until_its_deadline() -> None:
    """What is wished for is kept; without a deadline there is no timer."""
    folded = Folded()
    folded.context.wish = lambda key: {"wish": key}
    deadline = START + DAY
    more: dict[str, Any] = {"duty": "owner", "needs": 2, "policy": PolicyKey("p")}
    member = folded.tell(
        ev.ProposalOpened, START, proposal=X, deadline=deadline, **more
    )
    folded.tell(ev.ProposalOpened, START, proposal=DecisionId("y"), **more)
    assert [(c.id, c.wish, c.needs) for c in member.consents] == [
        ("x", {"wish": "x"}, 2),
        ("y", {"wish": "y"}, 2),
    ]
    assert member.timers == {"~consent/x": (micros(deadline), 0)}
    folded.tell(ev.ProposalExpired, deadline, proposal=X)
    assert ([c.id for c in member.consents], member.timers) == (["y"], {})


def test_a_tier_is_held_since_the_move() -> None:
    """An import of an older standing does not undo a later move."""
    folded = Folded()
    grade = {"tiers": "grade"}
    tier = {**grade, "tier": TierKey("active")}
    member = folded.tell(ev.TierImported, START, **tier, since=START - 9 * DAY)
    assert member.tiers["grade"] == Holding(
        "active", micros(START - 9 * DAY), "e1", cause="imported"
    )
    more = {**grade, "before": TierKey("active"), "after": TierKey("core")}
    folded.tell(ev.TierChanged, START, **more, rise=True)
    folded.tell(ev.TierImported, START, **tier, since=START - DAY)
    assert member.tiers["grade"] == Holding("core", NOON, "e2")


def test_a_request_passes_through_its_states() -> None:
    """Pending, waiting, admitted; a refusal gives back the old standing."""
    folded = Folded()
    states = [
        (ev.JoinRequested, MemberStatus.PENDING),
        (ev.Waitlisted, MemberStatus.WAITING),
        (ev.Admitted, MemberStatus.ADMITTED),
        (ev.AdmissionRefused, MemberStatus.UNKNOWN),
        (ev.Joined, MemberStatus.ACTIVE),
        (ev.Left, MemberStatus.LEFT),
        (ev.JoinRequested, MemberStatus.PENDING),
        (ev.AdmissionRefused, MemberStatus.LEFT),
        (ev.Joined, MemberStatus.ACTIVE),
        (ev.MemberRemoved, MemberStatus.REMOVED),
        (ev.JoinRequested, MemberStatus.PENDING),
        (ev.AdmissionRefused, MemberStatus.REMOVED),
    ]
    for nth, (make, status) in enumerate(states):
        assert folded.tell(make, START + nth * HOUR).status is status


def test_who_is_here_stays_here_while_asking_for_more() -> None:
    """Another group may be full or closed; the membership runs on."""
    folded = Folded()
    folded.tell(ev.Joined, START)
    for make in (ev.JoinRequested, ev.Waitlisted, ev.Admitted, ev.AdmissionRefused):
        assert folded.tell(make, START + HOUR, group="a").here


def test_the_waiting_list_holds_each_member_once_per_group() -> None:
    """In order of arrival, each group for itself."""
    folded = Folded()
    for name, group in (("ann", "a"), ("bo", "a"), ("ann", "b"), ("ann", "a")):
        folded.tell(ev.Waitlisted, START, name, group=group)
    folded.tell(ev.Waitlisted, START + HOUR, "cy")
    waiting = [(g, m) for g, m, _ in folded.community.waiting]
    assert waiting == [("a", "ann"), ("a", "bo"), ("b", "ann"), ("", "cy")]
    assert folded.community.waiting[-1][2] == micros(START + HOUR)


@pytest.mark.parametrize(
    ("make", "group", "left"),
    [
        (ev.Admitted, "a", [("b", "ann"), ("a", "bo")]),
        (ev.AdmissionRefused, "a", [("b", "ann"), ("a", "bo")]),
        (ev.Joined, "a", [("b", "ann"), ("a", "bo")]),
        (ev.Joined, "c", [("a", "ann"), ("b", "ann"), ("a", "bo")]),
        (ev.Admitted, None, [("a", "bo")]),
        (ev.Left, None, [("a", "bo")]),
        (ev.MemberRemoved, None, [("a", "bo")]),
        (
            ev.MessagePosted,
            None,
            [("", "ann"), ("a", "ann"), ("b", "ann"), ("a", "bo")],
        ),
    ],
)
def test_who_is_answered_waits_no_more(
    make: Callable[..., ev.Event], group: str | None, left: list[tuple[str, str]]
) -> None:
    """For the group in question, and for the community as a whole; others wait on."""
    folded = Folded()
    folded.tell(ev.Waitlisted, START)
    for name, room in (("ann", "a"), ("ann", "b"), ("bo", "a")):
        folded.tell(ev.Waitlisted, START, name, group=room)
    more = {} if group is None else {"group": group}
    folded.tell(make, START + HOUR, **more)
    assert [(g, m) for g, m, _ in folded.community.waiting] == left


def test_each_kind_is_folded_by_who_was_written_for_it() -> None:
    """Words are no classes: nothing else would notice a slip of the pen."""
    for word, fold in {**folds._FOLDS, **governance._COMMUNITY}.items():
        said = next(iter(get_type_hints(fold).values()))
        assert said is Any or issubclass(ev.KINDS[word], said)
