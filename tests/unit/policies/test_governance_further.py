"""Orders and votes: who may, how many, until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, Schedule
from community_sdk.decisions import (
    AmendRulebook,
    Mode,
    ReportBreach,
)
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    EventId,
    PolicyKey,
    RoleName,
    RuleChange,
    RuleCode,
    Voice,
)
from community_sdk.policies import CouncilOrder, Petition, RuleReview, RuleVote
from community_sdk.state import State
from tests.unit.desk import DAY, HOUR, START, TICK, Book
from tests.unit.policies.test_governance import (
    CHANGE,
    FLOOD,
    HOST,
    HOSTS,
    KEY,
    LINKS,
    OWNER,
    RETIRE,
    amended,
    begin,
    call,
    cast,
    house,
    petition,
    refused,
    sign,
    vote,
    withdraw,
)


def test_two_ways_stand_side_by_side() -> None:
    """A motion may be meant for one of them; signatures find theirs."""
    more = Petition(key=PolicyKey("all"), signatures=4)
    desk = house(Petition(key=KEY, signatures=2, roles=(HOST,)), more)
    begin(desk, "ann", way=PolicyKey("all"))
    begin(desk, "h1", id="q", way=KEY)
    assert refused(sign(desk, "bo")) == ""
    assert amended(sign(desk, "h1", 3)) is None
    other = desk.tell(ev.PetitionSigned, START + 4 * HOUR, "h2", petition=EventId("q"))
    decision = amended(other)
    assert decision is not None
    assert decision.policy == "way"


def test_voices_find_their_vote() -> None:
    """Where two are open under different terms."""
    length = Duration.parse("1d")
    one = RuleVote(key=KEY, open_for=length, voters=(HOST,))
    desk = house(one, RuleVote(key=PolicyKey("all"), open_for=length))
    call(desk, hour=0, way=PolicyKey("all"))
    assert refused(cast(desk, "ann", Voice.YES)) == ""
    memories = desk.engine.community.slices
    assert memories["way"]["open"] == {}
    assert list(memories["all"]["open"]["v"]["voices"]) == ["ann"]


def test_other_memories_hold_no_motion() -> None:
    """Whatever they look like."""
    review = RuleReview(
        key=PolicyKey("r"), schedule=Schedule.parse("FREQ=MONTHLY"), duty=OWNER
    )
    desk = house(review, Petition(key=KEY, roles=(HOST,)))
    desk.tell(ev.RuleBroken, START, rule=FLOOD)
    assert refused(sign(desk, "h1")) == "motion.unknown"


def test_one_event_makes_one_version() -> None:
    """Where two petitions count it, the first in the playbook stands."""
    both = [Petition(key=PolicyKey(k), signatures=1, roles=(HOST,)) for k in "ab"]
    step = begin(house(*both))
    decision = amended(step)
    assert decision is not None
    assert decision.policy == "a"
    assert [s.decision.policy for s in step.suppressed] == ["b"]


@pytest.mark.parametrize(("who", "key"), [("boss", ""), ("h1", "council.not_entitled")])
def test_the_council_may_order(who: str, key: str) -> None:
    """In special situations, by its role."""
    desk = house(CouncilOrder(key=KEY, roles=(OWNER,)))
    step = desk.tell(ev.CouncilOrdered, START + HOUR, who, changes=CHANGE)
    assert refused(step) == key
    assert (amended(step) is None) == bool(key)


def test_an_order_meant_for_another_way_is_no_order() -> None:
    """Nor is one that retires what is no rule."""
    desk = house(CouncilOrder(key=KEY, roles=(OWNER,)))
    elsewhere = desk.tell(
        ev.CouncilOrdered, START + HOUR, "ann", changes=CHANGE, way=PolicyKey("x")
    )
    assert elsewhere.decisions == ()
    change = (RuleChange(code=RuleCode("xyz"), retired=True),)
    step = desk.tell(ev.CouncilOrdered, START + HOUR, "boss", changes=change)
    assert refused(step) == "amendment.no_rule"


@pytest.mark.parametrize(
    ("voices", "given", "key"),
    [
        ("yyn", {}, "vote.passed"),
        ("yynn", {}, "vote.failed"),
        ("yynn", {"threshold_edge": "inclusive"}, "vote.passed"),
        ("yyn", {"threshold": Fraction(2, 3)}, "vote.failed"),
        (
            "yyn",
            {"threshold": Fraction(2, 3), "threshold_edge": "inclusive"},
            "vote.passed",
        ),
        ("yaa", {"quorum": 3}, "vote.passed"),
        ("yy", {"quorum": 3}, "vote.no_quorum"),
        ("aaa", {"threshold": Fraction(0)}, "vote.failed"),
        ("ynn", {"threshold": Fraction(0)}, "vote.passed"),
        ("", {}, "vote.no_quorum"),
    ],
)
def test_votes_are_counted_at_the_deadline(
    voices: str, given: dict[str, Any], key: str
) -> None:
    """Quorum with abstentions, share without."""
    desk = vote(**given)
    call(desk, hour=0)
    words = {"y": Voice.YES, "n": Voice.NO, "a": Voice.ABSTAIN}
    for who, letter in zip(HOSTS, voices, strict=False):
        assert cast(desk, who, words[letter]).decisions == ()
    assert desk.advance(START + DAY - TICK).decisions == ()
    (decision,) = desk.advance(START + DAY).decisions
    assert decision.because.key == key
    figures = decision.because
    counts = tuple(figures[name] for name in ("yes", "no", "abstain"))
    assert counts == tuple(voices.count(letter) for letter in "yna")
    assert isinstance(decision, AmendRulebook) == (key == "vote.passed")
    assert refused(cast(desk, "h1", Voice.NO, 24)) == "motion.closed"


def test_a_voice_may_be_changed_until_the_deadline() -> None:
    """The last one counts, in whatever order they are told."""
    desk = vote()
    call(desk, hour=0)
    cast(desk, "h1", Voice.YES, 5)
    cast(desk, "h1", Voice.NO, 4, recorded_at=START + 6 * HOUR)
    (decision,) = desk.advance(START + DAY).decisions
    assert (decision.because["yes"], decision.because["no"]) == (1, 0)


def test_a_voice_may_be_final() -> None:
    """By setting."""
    desk = vote(changeable=False)
    call(desk, hour=0)
    assert refused(cast(desk, "h1", Voice.YES)) == ""
    assert refused(cast(desk, "h1", Voice.NO, 3)) == "vote.twice"


def test_who_may_call_and_vote() -> None:
    """Each by roles of its own; a motion meant for another way is none."""
    desk = vote(callers=(OWNER,))
    assert refused(call(desk, "h1", id="x", way=PolicyKey("x"))) == ""
    assert refused(call(desk, "h1", id="y")) == "vote.not_entitled"
    retire = (RuleChange(code=LINKS, retired=True),)
    assert refused(call(desk, id="z", changes=retire)) == "amendment.no_rule"
    assert refused(cast(desk, "h1", Voice.YES)) == "motion.unknown"
    assert refused(call(desk)) == ""
    assert refused(cast(desk, "ann", Voice.YES)) == "vote.no_voice"
    assert refused(cast(desk, "h1", Voice.YES)) == ""
    assert refused(withdraw(desk, "h1", "v")) == "motion.not_mover"
    assert refused(withdraw(desk, "boss", "v")) == ""
    assert desk.advance(START + 9 * DAY).decisions == ()


def test_two_accounts_have_one_voice() -> None:
    """The later one, also when it comes out in the end."""
    desk = vote(quorum=2)
    call(desk, hour=0)
    cast(desk, "h1", Voice.YES, 1)
    cast(desk, "h2", Voice.NO, 2)
    desk.tell(ev.IdentityLinked, START + 3 * HOUR, "h1", alias="h2")
    desk.tell(ev.IdentityLinked, START + 3 * HOUR, "h3", alias="h4")
    (decision,) = desk.advance(START + DAY).decisions
    assert decision.because.key == "vote.no_quorum"
    assert (decision.because["yes"], decision.because["no"]) == (0, 1)


@pytest.mark.parametrize(
    ("make", "given"),
    [
        (Petition, {}),
        (CouncilOrder, {"roles": (OWNER,)}),
        (RuleVote, {"open_for": Duration.parse("1d")}),
    ],
)
def test_a_motion_is_the_consent_itself(make: Any, given: dict[str, Any]) -> None:
    """To have it confirmed once more would ask twice."""
    assert make(key=KEY, mode=Mode.SHADOW, **given).mode is Mode.SHADOW
    with pytest.raises(DefinitionError) as caught:
        make(key=KEY, mode=Mode.PROPOSE, **given)
    assert caught.value.code == "governance.mode"


@pytest.mark.parametrize("share", [Fraction(-1, 2), Fraction(3, 2), Fraction(1)])
def test_a_share_can_be_reached(share: Fraction) -> None:
    """More than all is nobody's vote."""
    with pytest.raises(DefinitionError) as caught:
        RuleVote(key=KEY, open_for=Duration.parse("1d"), threshold=share)
    assert caught.value.code == "vote.threshold"


def test_roles_must_be_those_of_the_playbook() -> None:
    """Each with its place."""
    king = (RoleName("king"),)
    found: list[str] = []
    for policy in (
        Petition(key=KEY, roles=king),
        CouncilOrder(key=KEY, roles=king),
        RuleVote(key=KEY, open_for=Duration.parse("1d"), callers=king, voters=king),
    ):
        found += [where for where, _, _ in policy.problems(Book())]
    assert found == ["roles[0]", "roles[0]", "callers[0]", "voters[0]"]


def test_a_shadow_changes_no_rule() -> None:
    """What would be decided is told; the rules stay."""
    desk = petition(signatures=1, mode=Mode.SHADOW)
    step = begin(desk)
    assert [d.mode for d in step] == [Mode.SHADOW]
    assert step.facts == ()
    assert desk.view().rulebook.newest == 1


def test_the_memory_of_closed_motions_is_bounded() -> None:
    """Old ones are unknown again."""
    desk = petition(signatures=1)
    for n in range(70):
        begin(desk, hour=n + 1, id=f"p{n}")
    closed = desk.engine.community.slices["way"]["closed"]
    assert (len(closed), "p69" in closed, "p0" in closed) == (64, True, False)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(HOSTS),
        st.sampled_from([*Voice, "link"]),
        st.integers(0, 30),
    ),
    max_size=12,
)


@given(ACTS)
def test_no_person_has_two_voices(acts: list[tuple[str, Any, int]]) -> None:
    """INVARIANT: there are never more voices than people, whoever is who."""
    desk = vote()
    call(desk, hour=0)
    people = {name: name for name in HOSTS}
    said: dict[str, tuple[int, str]] = {}
    for nth, (who, word, minute) in enumerate(acts):
        if word == "link":
            alias = HOSTS[minute % 4]
            desk.tell(ev.IdentityLinked, START + 2 * HOUR, who, alias=alias)
            one, other = people[who], people[alias]
            people = {n: one if p == other else p for n, p in people.items()}
            if other != one and other in said:
                said[one] = max(said.pop(other), said.get(one, (-1, "")))
            continue
        told = (minute, word.value)
        cast(desk, who, word, 1 + minute / 60, recorded_at=START + 2 * HOUR, seq=nth)
        before = said.get(people[who], (-1, ""))
        said[people[who]] = told if told[0] >= before[0] else before
    (decision,) = desk.advance(START + DAY).decisions
    names = ("yes", "no", "abstain")
    counts = [decision.because[name] for name in names]
    assert sum(int(str(n)) for n in counts) == len(said) <= len(set(people.values()))
    if not any(word == "link" for _, word, _ in acts):
        words = [word for _, word in said.values()]
        assert counts == [words.count(name) for name in names]


def test_a_watch_finds_no_breach_of_a_retired_rule() -> None:
    """INVARIANT: a retired rule never strikes after its end, whoever reports it."""

    class Finder:
        """A host's own policy that reports whatever is written."""

        answers = (ev.MessagePosted,)
        key = PolicyKey("finder")
        mode = Mode.ACT
        scope = Petition(key=KEY).scope.MEMBER

        def decide(self, event: ev.Event, state: State, /) -> Iterable[ReportBreach]:
            """Report flooding."""
            why = evolve(amended_why, figures=(("at", str(state.now_us)),))
            yield ReportBreach(member=event.member, rule=FLOOD, because=why)

    first = petition(signatures=1)
    amended_why = begin(first).decisions[0].because
    desk = house(Petition(key=KEY, signatures=1, roles=(HOST,)), Finder())
    desk.post(START + 0.5 * HOUR)
    begin(desk, changes=RETIRE)
    step = desk.post(START + 2 * HOUR)
    assert step.facts == ()
    assert [s.because.key for s in step.suppressed] == ["rule.not_in_force"]
    late = desk.post(START + 0.7 * HOUR, recorded_at=START + 3 * HOUR)
    assert len(late.facts) == 1
    assert [s.version for s in desk.member().strikes] == [1, 1]
    assert timedelta(0) < DAY
