"""Records and members through JSON, and when a sanction or a role is in force."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import Window
from community_sdk.metrics import WindowPlan
from community_sdk.model import MemberStatus, SanctionState
from community_sdk.state import (
    Duty,
    Holding,
    MemberState,
    PendingConsent,
    RoleSpan,
    SanctionRecord,
    Strike,
)
from community_sdk.state.trail import SEEN, Trail

WORDS, TIMES = st.text(max_size=4), st.integers(0, 10**16)
OPEN = st.none() | TIMES
MANY = st.lists(WORDS, max_size=3).map(tuple)
SCALARS = WORDS | st.integers() | st.booleans()
PAIRS = st.lists(st.tuples(WORDS, SCALARS), max_size=2).map(tuple)
STATES = st.sampled_from([state.value for state in SanctionState])
STRIKES = st.builds(
    Strike,
    WORDS,
    WORDS,
    WORDS,
    st.integers(1, 3),
    st.integers(0, 9),
    TIMES,
    TIMES,
    st.integers(1, 9),
    st.booleans(),
    WORDS,
)
SANCTIONS = st.builds(
    SanctionRecord,
    WORDS,
    WORDS,
    st.integers(),
    st.booleans(),
    TIMES,
    OPEN,
    WORDS,
    MANY,
    STATES,
)
STAGES = st.lists(st.tuples(TIMES, WORDS), max_size=2).map(tuple)
DUTIES = st.builds(
    Duty,
    *(WORDS, WORDS, TIMES, TIMES, WORDS, PAIRS, WORDS, WORDS, STAGES, st.booleans()),
)
ROLES = st.builds(
    RoleSpan,
    WORDS,
    WORDS,
    WORDS,
    TIMES,
    OPEN,
    TIMES,
    st.integers(0, 9),
    st.booleans(),
)
HOLDINGS = st.builds(Holding, WORDS, TIMES, WORDS)
CONSENTS = st.builds(
    PendingConsent,
    WORDS,
    WORDS,
    WORDS,
    st.integers(1, 9),
    TIMES,
    OPEN,
    st.dictionaries(WORDS, WORDS, max_size=2),
    MANY,
)
MOMENTS = st.tuples(TIMES, st.integers(0, 9))


def through(plain: object) -> Any:
    """What another process would read."""
    return json.loads(json.dumps(plain))


@given(STRIKES | SANCTIONS | DUTIES | HOLDINGS | CONSENTS)
def test_records_come_back_as_they_were(
    record: Strike | SanctionRecord | Duty | Holding | PendingConsent,
) -> None:
    """INVARIANT: `restore` undoes `plain`, through JSON."""
    assert type(record).restore(through(record.plain())) == record


@st.composite
def trails(draw: st.DrawFn) -> Trail:
    """Comings and goings, of which the older ones may be forgotten."""
    whose = st.tuples(st.sampled_from(["", "alt"]), st.just("seen"), WORDS)
    turns = st.tuples(TIMES, TIMES, st.just(SEEN), whose).map(lambda t: (*t[:3], *t[3]))
    trail = Trail()
    for turn in draw(st.lists(turns, min_size=1, max_size=4)):
        trail.add(turn)
        trail.see(*draw(st.tuples(TIMES, TIMES)))
    trail.check = draw(st.sampled_from([0, trail.check]))
    trail.tidy(draw(TIMES))
    return trail


@st.composite
def members(draw: st.DrawFn) -> MemberState:
    """A member with anything on record."""
    member = MemberState(draw(WORDS), WindowPlan(0))
    member.status = draw(st.sampled_from(MemberStatus))
    for name in ("since", "first", "left", "removed"):
        setattr(member, name, draw(OPEN))
    member.entered, member.stays = draw(st.integers(-1, 9)), draw(TIMES)
    member.trail = draw(trails())
    member.bot, member.merged = draw(st.booleans()), draw(st.none() | WORDS)
    member.groups = draw(st.dictionaries(WORDS, TIMES, max_size=2))
    member.doors = draw(st.dictionaries(WORDS, st.tuples(MOMENTS, MOMENTS), max_size=2))
    ends = st.tuples(WORDS, WORDS, WORDS, TIMES, TIMES)
    member.role_ends = draw(st.lists(ends, max_size=2).map(tuple))
    member.tiers = draw(st.dictionaries(WORDS, HOLDINGS, max_size=2))
    few: Callable[[Any], Any] = lambda one: st.lists(one, max_size=2).map(tuple)  # noqa: E731 - shorter than a function
    member.strikes, member.sanctions = draw(few(STRIKES)), draw(few(SANCTIONS))
    member.duties, member.consents = draw(few(DUTIES)), draw(few(CONSENTS))
    member.roles, member.aliases = draw(few(ROLES)), draw(MANY)
    member.voided = draw(MANY)
    return member


@given(members())
def test_members_come_back_as_they_were(member: MemberState) -> None:
    """INVARIANT: every attribute, through JSON."""
    other = MemberState.restore(WindowPlan(0), through(member.plain()))
    assert other.plain() == member.plain()
    for name in MemberState.__slots__:
        assert getattr(other, name) == getattr(member, name), name


@given(SANCTIONS, TIMES)
def test_a_sanction_is_in_force_up_to_but_not_at_its_end(
    record: SanctionRecord, now: int
) -> None:
    """Only one that restrains and was not ended, provisional or not."""
    running = record.holds and record.state in ("active", "provisional")
    inside = record.since <= now and (record.until is None or now < record.until)
    assert record.in_force(now) is (running and inside)
    if record.until is not None:
        assert not record.in_force(record.until)


@pytest.mark.parametrize(
    ("span", "now", "held"),
    [
        ((5, None), 4, False),
        ((5, None), 5, True),
        ((5, 9), 8, True),
        ((5, 9), 9, False),
        ((5, 5), 5, False),
    ],
)
def test_a_role_is_held_up_to_but_not_at_its_end(
    span: tuple[int, int | None], now: int, held: object
) -> None:
    """``[since, until)``; an unknown role is not held."""
    member = MemberState("ann", WindowPlan(0))
    assert not member.holds("host", now)
    member.roles = (RoleSpan("host", "", "", *span, said=5),)
    assert member.holds("host", now) is held
    assert member.as_member(now).roles == (("host",) if held else ())


def test_the_register_tells_what_holds_now() -> None:
    """Groups, roles and tiers sorted by name; the beginning as an instant."""
    member = MemberState("ann", WindowPlan(0))
    assert member.as_member(0).since is None
    member.status, member.since, member.bot = MemberStatus.ACTIVE, 5, True
    member.groups, member.tiers = {"b": 1, "a": 2}, {"grade": Holding("core", 1)}
    value = member.as_member(0)
    assert (value.id, value.status, value.bot) == ("ann", MemberStatus.ACTIVE, True)
    assert value.since is not None
    assert (value.since.microsecond, value.groups) == (5, ("a", "b"))
    assert value.tiers == (("grade", "core"),)
    assert member.here


def test_records_are_found_by_their_id() -> None:
    """None where there is none."""
    member = MemberState("ann", WindowPlan(0))
    member.strikes = (Strike("s", "r", "c", 1, 1, 5, 6, 1),)
    member.sanctions = (
        SanctionRecord("x", "mute", 50, holds=True, since=0, until=None, policy="p"),
    )
    assert member.strike("s") is member.strikes[0]
    assert member.sanction("x") is member.sanctions[0]
    assert (member.strike("x"), member.sanction("s")) == (None, None)
    assert member.strikes[0].order == (5, 0, "s")


def test_members_own_windows_begin_with_them() -> None:
    """Joining counts itself; a change of tier is the last event before its window."""
    member = MemberState("ann", WindowPlan(0))
    join, tier = Window.parse("since_join"), Window.parse("since_tier")
    assert (member.begins(join), member.begins(tier)) == (0, 0)
    member.since = 7
    member.tiers = {"a": Holding("x", 3), "b": Holding("y", 9)}
    assert (member.begins(join), member.begins(tier)) == (7, 10)


def test_strikes_of_one_instant_stand_in_the_order_of_their_events() -> None:
    """A breach that became known later may have come first within the instant."""
    strike = Strike("b", "ads", "ads", 1, 1, occurred=5, recorded=9, version=1, seq=0)
    other = evolve(strike, id="a", recorded=5, seq=1)
    assert sorted([other, strike], key=lambda s: s.order) == [strike, other]
