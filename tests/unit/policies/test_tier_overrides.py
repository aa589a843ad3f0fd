"""Tiers that people decide: lock, boost and floor, grants, and tiers set by hand."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk.decisions import ChangeTier, RefuseAct
from community_sdk.model import (
    GroupId,
    OverrideKind,
    RoleName,
    Tier,
    TierCause,
    TierGroup,
    TierKey,
    TierLook,
)
from community_sdk.policies import resolve
from community_sdk.state import OverrideRecord
from tests.unit.desk import DAY, HOUR, START, Desk
from tests.unit.policies.terraces import (
    ACTIVE,
    BOOST,
    BOSS,
    CORE,
    FAN,
    FLOOR,
    LOCK,
    bar,
    decide,
    desk,
    end,
    held,
    moves,
    policy,
    posts,
    put,
    set_to,
    told,
)

GROUP = TierGroup(key="grade", tiers=tuple(Tier(key=TierKey(word)) for word in "abcde"))


@pytest.mark.parametrize("kind", [LOCK, BOOST])
def test_a_lock_and_a_boost_outrank_activity(kind: OverrideKind) -> None:
    """Upwards and downwards, until they end; then the tier is reckoned anew."""
    one = desk(downgrade="immediate")
    step = decide(one, kind, ACTIVE, reason="merit")
    assert told(step) == [("fan>active", TierCause(kind.value))]
    why = step.decisions[0].because.parts[0]
    assert (why.key, why["by"], why["reason"]) == ("tier.overridden", "boss", "merit")
    assert posts(one, 9, START + HOUR) == []
    assert told(end(one, kind, START + DAY)) == [("active>core", TierCause.EARNED)]


def test_who_earned_nothing_falls_when_the_boost_is_over() -> None:
    """At its end, without any event; the own tier is back."""
    one = desk()
    decide(one, BOOST, CORE, until=START + 3 * DAY)
    assert [*one.member().timers] == ["q/review", "q/sources"]
    assert told(one.advance(START + 3 * DAY - HOUR)) == []
    assert told(one.advance(START + 3 * DAY)) == [("core>fan", TierCause.EARNED)]
    assert "q/sources" not in one.member().timers


def test_an_override_may_begin_later() -> None:
    """It is looked at when it begins, and when it ends."""
    one = desk()
    step = decide(one, FLOOR, CORE, since=START + DAY, until=START + 2 * DAY)
    assert told(step) == []
    assert told(one.advance(START + DAY)) == [("fan>core", TierCause.FLOOR)]
    assert told(one.advance(START + 2 * DAY)) == [("core>fan", TierCause.EARNED)]
    one = desk()
    decide(one, FLOOR, CORE, since=START + DAY)
    assert told(end(one, FLOOR, START + HOUR)) == []
    assert told(one.advance(START + 2 * DAY)) == []


def test_a_floor_leaves_the_way_up_open() -> None:
    """Never below it, upwards as ever."""
    one = desk(downgrade="immediate", bars={ACTIVE: bar(2), CORE: bar(4, 4, "2d")})
    assert told(decide(one, FLOOR, ACTIVE)) == [("fan>active", TierCause.FLOOR)]
    assert posts(one, 4, START + HOUR) == ["active>core"]
    assert told(one.post(START + 5 * DAY)) == [("core>active", TierCause.EARNED)]
    step = one.post(START + 60 * DAY)
    assert told(step) == []
    assert held(one) == "active"
    assert told(end(one, FLOOR, START + 61 * DAY)) == [("active>fan", TierCause.EARNED)]


def test_of_several_locks_the_last_holds_and_one_can_be_ended_alone() -> None:
    """By the event that told it."""
    one = desk()
    decide(one, LOCK, CORE, id="one")
    assert told(decide(one, LOCK, ACTIVE, START + HOUR, id="two")) == [
        ("core>active", TierCause.LOCK)
    ]
    assert told(end(one, LOCK, START + DAY, of="two")) == [
        ("active>core", TierCause.LOCK)
    ]
    assert told(end(one, FLOOR, START + DAY)) == []
    assert told(end(one, LOCK, START + DAY)) == [("core>fan", TierCause.EARNED)]


def test_an_override_of_another_group_or_a_dropped_tier_decides_nothing() -> None:
    """What the playbook never had is refused at the door."""
    badges = TierGroup(key="badge", tiers=(Tier(key=CORE),))
    grades = desk().engine.playbook.tiers
    one = Desk(policy(), tiers=(*grades, badges))
    assert told(decide(one, LOCK, TierKey("legend"))) == []
    record = OverrideRecord("x", "grade", "lock", "legend", 0)
    one.post(START)
    one.member().overrides = (record,)
    assert posts(one, 2, START + HOUR) == ["fan>active"]
    step = one.tell(ev.TierOverridden, START, tiers="badge", override=LOCK, tier=CORE)
    assert told(step) == []
    step = one.tell(ev.TierSet, START + DAY, tiers="badge", tier=CORE, actor=BOSS)
    assert step.decisions == ()
    assert held(one) == "active"


def test_a_role_grants_a_floor_while_it_is_held() -> None:
    """The highest counts; giving it up reckons the tier anew."""
    one = desk(role_floors={RoleName("host"): ACTIVE, RoleName("owner"): CORE})
    host, owner = RoleName("host"), RoleName("owner")
    assert told(one.tell(ev.RoleAssigned, START, role=host)) == [
        ("fan>active", TierCause.GRANTED)
    ]
    assert told(one.tell(ev.RoleAssigned, START + HOUR, role=owner)) == [
        ("active>core", TierCause.GRANTED)
    ]
    assert told(one.tell(ev.RoleEnded, START + DAY, role=owner)) == [
        ("core>active", TierCause.GRANTED)
    ]
    posts(one, 3, START + 2 * DAY)
    assert told(one.tell(ev.RoleEnded, START + 3 * DAY, role=host)) == []
    assert held(one) == "active"
    step = one.tell(ev.RoleAssigned, START + 4 * DAY, role=owner)
    assert told(step) == [("active>core", TierCause.GRANTED)]
    assert told(one.tell(ev.RoleEnded, START + 5 * DAY, role=owner)) == [
        ("core>active", TierCause.EARNED)
    ]


def test_a_grant_of_a_span_ends_by_itself() -> None:
    """Whatever brought the tier on record."""
    one = desk(role_floors={RoleName("host"): ACTIVE})
    one.tell(ev.RoleAssigned, START, role=RoleName("host"), until=START + DAY)
    put(one, ACTIVE, START, START + HOUR)
    assert told(one.advance(START + DAY)) == [("active>fan", TierCause.EARNED)]


def test_a_group_grants_a_floor() -> None:
    """In the group, and no longer."""
    one = desk(group_floors={GroupId("den"): ACTIVE})
    assert told(one.tell(ev.Joined, START, group="den")) == [
        ("fan>active", TierCause.GRANTED)
    ]
    assert told(one.tell(ev.Left, START + DAY, group="den")) == [
        ("active>fan", TierCause.EARNED)
    ]


def test_a_default_tier_is_never_lost() -> None:
    """Everybody holds it."""
    one = desk(default="active", downgrade="immediate")
    assert told(one.post(START)) == [("fan>active", TierCause.DEFAULT)]
    assert told(one.post(START + 90 * DAY)) == []
    assert policy(default="active").reckon(one.view()) == "active"


def test_a_tier_set_by_hand_is_one_record_with_the_actor() -> None:
    """The old and the new tier; the rules go on from there."""
    one = desk()
    step = set_to(one, CORE, START, actor=BOSS, reason="merit")
    (change,) = step.decisions
    assert isinstance(change, ChangeTier)
    assert (change.by, change.cause, change.lock) == (BOSS, TierCause.MANUAL, False)
    assert (change.before, change.after, change.because.key) == (FAN, CORE, "tier.set")
    assert set_to(one, CORE, START + HOUR, actor=BOSS).decisions == ()
    (refused,) = set_to(one, TierKey("king"), START + HOUR, actor=BOSS).decisions
    assert refused.because.key == "word.unknown"


def test_a_tier_set_below_what_is_earned_may_be_locked() -> None:
    """Else it would come back at once; unlocking reckons anew."""
    one = desk(below_earned="lock")
    posts(one, 6)
    step = set_to(one, FAN, START + HOUR, actor=BOSS)
    assert told(step) == [("core>fan", TierCause.MANUAL)]
    assert told(one.post(START + DAY)) == []
    assert told(set_to(one, ACTIVE, START + DAY, actor=BOSS)) == [
        ("fan>active", TierCause.MANUAL)
    ]
    assert told(end(one, LOCK, START + 2 * DAY)) == [("active>core", TierCause.EARNED)]
    free = desk()
    posts(free, 3)
    set_to(free, FAN, START + HOUR, actor=BOSS)
    assert told(free.post(START + DAY)) == [("fan>active", TierCause.EARNED)]


def test_a_system_may_be_refused() -> None:
    """While the tier above is still earned, and only downwards."""
    one = desk(system_below_earned="refuse", fall="never")
    posts(one, 3)
    (refusal,) = set_to(one, FAN, START + HOUR).decisions
    assert isinstance(refusal, RefuseAct)
    assert (refusal.because.key, refusal.because["earned"]) == (
        "tier.still_earned",
        "active",
    )
    assert told(set_to(one, CORE, START + HOUR)) == [("active>core", TierCause.MANUAL)]
    assert told(set_to(one, ACTIVE, START + 2 * HOUR)) == [
        ("core>active", TierCause.MANUAL)
    ]
    assert told(set_to(one, FAN, START + 90 * DAY)) == [
        ("active>fan", TierCause.MANUAL)
    ]
    other = evolve(policy(system_below_earned="refuse"), tiers="badge")
    assert (
        other.refuse(ev.TierSet(**_head(), tiers="grade", tier=FAN), one.view()) is None
    )


def _head() -> dict[str, Any]:
    return {"id": "x", "at": START, "member": "ann"}


@pytest.mark.parametrize(
    ("how", "told_moves"),
    [
        (TierLook.EVENT, ["fan>active"]),
        (TierLook.REVIEW, ["fan>active"]),
        (TierLook.ANEW, ["fan>core"]),
    ],
)
def test_a_review_may_be_asked_for(how: TierLook, told_moves: list[str]) -> None:
    """As after an event, as at a review, or from scratch; otherwise nothing moves."""
    one = desk(looks="asked")
    assert posts(one, 9) == []
    step = one.tell(ev.TierReviewRequested, START + HOUR, tiers="grade", how=how)
    assert moves(step) == told_moves
    assert moves(one.post(START + 2 * HOUR)) == []
    step = one.tell(ev.TierReviewRequested, START + HOUR, tiers="badge", how=how)
    assert moves(step) in ([], ["active>core"])


def test_only_asked_a_grant_still_counts_at_once() -> None:
    """Roles and overrides are no activity."""
    one = desk(looks="asked", role_floors={RoleName("host"): ACTIVE})
    posts(one, 9)
    step = one.tell(ev.RoleAssigned, START + HOUR, role=RoleName("host"))
    assert told(step) == [("fan>active", TierCause.GRANTED)]
    assert told(decide(one, LOCK, CORE, START + HOUR)) == [
        ("active>core", TierCause.LOCK)
    ]


def test_extra_tiers_are_no_move() -> None:
    """They stand beside the tier held, and end alone."""
    one = desk()
    step = one.tell(ev.ExtraTierGranted, START, tiers="grade", tier=CORE)
    assert step.decisions == ()
    one.tell(ev.ExtraTierGranted, START, tiers="grade", tier=CORE, until=START + DAY)
    assert policy().progress(one.view()).extra == (CORE,)
    assert held(one) is None
    one.advance(START + DAY)
    assert policy().progress(one.view()).extra == ()
    one.tell(ev.ExtraTierGranted, START + DAY, tiers="grade", tier=CORE)
    one.tell(ev.ExtraTierEnded, START + DAY, tiers="grade", tier=CORE)
    assert one.member().extras == ()


RECORDS = st.lists(
    st.builds(
        OverrideRecord,
        st.uuids().map(str),
        st.just("grade"),
        st.sampled_from(["lock", "boost", "floor"]),
        st.sampled_from("abcde"),
        st.integers(0, 5),
    ),
    max_size=5,
)


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), RECORDS)
def test_the_order_of_resolution_is_that_of_a_plain_reading(
    own: int, granted: int, default: int, records: list[OverrideRecord]
) -> None:
    """INVARIANT: lock > boost > max(earned, granted, manual floor, default)."""
    found = resolve(GROUP, own, (granted, default), records)
    for kind in ("lock", "boost"):
        mine = [r for r in records if r.kind == kind]
        if mine:
            latest = max(r.since for r in mine)
            last = [r for r in mine if r.since == latest][-1]
            assert (found.rank, found.override) == ("abcde".index(last.tier), last)
            assert found.cause.value == kind
            assert found.frozen
            return
    floors = ["abcde".index(r.tier) for r in records]
    assert found.rank == max(own, granted, default, *floors)
    assert not found.frozen
    if found.cause is TierCause.EARNED:
        assert found.rank == own
