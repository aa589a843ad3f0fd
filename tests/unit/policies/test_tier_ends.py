"""How tiers that people decided end, and what is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.decisions import ChangeTier, RenewTier
from community_sdk.model import (
    MemberId,
    OverrideKind,
    RoleName,
    TierCause,
    TierLook,
)
from community_sdk.policies import Validity
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, START, TICK
from tests.unit.policies.terraces import (
    ACTIVE,
    BOOST,
    BOSS,
    CORE,
    FAN,
    LOCK,
    MINUTE,
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


@pytest.mark.parametrize("fall", ["one_down", "straight_down", "never"])
def test_a_tier_set_up_to_an_instant_ends_there(fall: str) -> None:
    """Without terms it is lent: held up to there, then the member is judged anew."""
    one = desk(fall=fall, downgrade="immediate", grace=Duration.parse("2d"))
    set_to(one, CORE, START, actor=BOSS, until=START + DAY)
    assert one.post(START + HOUR).decisions == ()
    assert policy().progress(one.view()).safe_until == START + DAY
    assert told(one.advance(START + DAY - HOUR)) == []
    assert one.member().tiers["grade"].own == "fan"
    (move,) = one.advance(START + DAY).decisions
    assert isinstance(move, ChangeTier)
    assert (move.before, move.after, move.cause) == (CORE, FAN, TierCause.EARNED)
    assert told(one.advance(START + 90 * DAY)) == []
    assert one.member().timers == {}


@pytest.mark.parametrize(("ticks", "terms"), [(-1, 1), (0, 1), (1, 1), (2, 2)])
def test_terms_that_were_over_when_told_are_one_renewal(ticks: int, terms: int) -> None:
    """A tier taken over from long ago holds for the term that runs now."""
    term = Validity(length=Duration.parse("2d"))
    one = desk(bars={CORE: bar(6, 1)}, validity=term)
    posts(one, 1, START - HOUR)
    since = START - 10 * DAY + ticks * TICK
    steps = [
        one.tell(ev.TierImported, START, tiers="grade", tier=CORE, since=since),
        one.advance(START + 2 * TICK),
    ]
    ends = [d.until for s in steps for d in s if isinstance(d, RenewTier)]
    assert ends == [since + 10 * DAY, since + 12 * DAY][-terms:]
    assert held(one) == "core"
    assert told(one.advance(START + DAY)) == []


def test_who_earned_the_tier_meanwhile_keeps_it() -> None:
    """As far as earned, and from then on as if it had never been set."""
    one = desk()
    set_to(one, CORE, START, actor=BOSS, until=START + DAY)
    posts(one, 6, START + HOUR)
    assert told(one.advance(START + 2 * DAY)) == []
    assert one.member().tiers["grade"].until is None
    step = one.tell(
        ev.TierReviewRequested, START + 3 * DAY, tiers="grade", how=TierLook.ANEW
    )
    assert (moves(step), held(one)) == ([], "core")
    lower = desk()
    posts(lower, 3)
    set_to(lower, CORE, START + HOUR, actor=BOSS, until=START + DAY)
    set_to(lower, CORE, START + 2 * HOUR, actor=BOSS, until=START + 2 * DAY)
    assert told(lower.advance(START + DAY)) == []
    assert told(lower.advance(START + 2 * DAY)) == [("core>active", TierCause.EARNED)]


def test_a_lock_ends_with_the_tier_that_was_set() -> None:
    """One set up to an instant is locked no longer; one told before keeps its end."""
    one = desk(below_earned="lock", fall="never")
    posts(one, 6)
    set_to(one, FAN, START + HOUR, actor=BOSS, until=START + DAY)
    assert told(one.advance(START + DAY - HOUR)) == []
    assert told(one.advance(START + DAY)) == [("fan>core", TierCause.EARNED)]
    one = desk(fall="never")
    decide(one, LOCK, ACTIVE, until=START + 2 * DAY)
    set_to(one, CORE, START + HOUR, actor=BOSS, until=START + DAY)
    assert told(one.advance(START + DAY)) == [("core>active", TierCause.LOCK)]
    assert told(one.advance(START + 2 * DAY)) == [("active>fan", TierCause.EARNED)]
    one = desk()
    decide(one, LOCK, ACTIVE, until=START + 2 * DAY)
    set_to(one, CORE, START + HOUR, actor=BOSS)
    assert told(one.advance(START + 2 * DAY)) == [("core>fan", TierCause.EARNED)]


def test_the_end_of_an_override_is_told() -> None:
    """With the move that it leads to, and in the standing until the next move."""
    one = desk()
    decide(one, LOCK, CORE, reason="merit")
    (fall,) = end(one, LOCK, START + DAY, actor=MemberId("host")).decisions
    (over,) = [part for part in fall.because.parts if part.key == "tier.source_over"]
    assert (over["cause"], over["by"], over["ended_by"]) == ("lock", "boss", "host")
    assert (over["reason"], over["until"]) == ("merit", (START + DAY).isoformat())
    lines = [say(policy().standing(one.view()), lang) for lang in ("en", "zh")]
    assert "a lock, set by boss; ended early on 6 January 2026" in lines[0]
    assert "boss 设定的锁定已于" in lines[1]
    assert "由 host 提前结束" in lines[1]
    posts(one, 3, START + 2 * DAY)
    assert "ended" not in say(policy().standing(one.view()), "en")


def test_a_lock_that_ends_without_a_move_is_told_as_well() -> None:
    """Who earned the tier stays; another lock in force is told instead."""
    one = desk()
    posts(one, 6)
    decide(one, LOCK, CORE, START + HOUR, until=START + DAY)
    assert "ended" not in say(policy().standing(one.view()), "en")
    assert one.advance(START + DAY).decisions == ()
    assert "ended on" in say(policy().standing(one.view()), "en")
    decide(one, LOCK, CORE, START + 2 * DAY)
    assert "ended" not in say(policy().standing(one.view()), "en")


def test_the_end_of_a_grant_and_of_a_tier_set_by_hand_are_told() -> None:
    """As what decided until then."""
    one = desk(role_floors={RoleName("host"): ACTIVE})
    one.tell(ev.RoleAssigned, START, role=RoleName("host"))
    (fall,) = one.tell(ev.RoleEnded, START + HOUR, role=RoleName("host")).decisions
    assert [p["cause"] for p in fall.because.parts if p.key == "tier.source_over"] == [
        "granted"
    ]
    set_to(one, CORE, START + 2 * HOUR, until=START + DAY)
    (fall,) = one.advance(START + DAY).decisions
    (over,) = [part for part in fall.because.parts if part.key == "tier.source_over"]
    assert (over["cause"], over["until"]) == ("manual", (START + DAY).isoformat())


def test_of_several_sources_the_one_that_ends_is_told() -> None:
    """A grant after a lock: the lock was over when the grant began to decide."""
    one = desk(role_floors={RoleName("host"): ACTIVE})
    decide(one, LOCK, FAN, until=START + DAY)
    until = START + 2 * DAY
    one.tell(ev.RoleAssigned, START + HOUR, role=RoleName("host"), until=until)
    (rise,) = one.advance(START + DAY).decisions
    (fall,) = one.advance(START + 2 * DAY).decisions
    for move, cause in ((rise, "lock"), (fall, "granted")):
        over = [p["cause"] for p in move.because.parts if p.key == "tier.source_over"]
        assert over == [cause]


@pytest.mark.parametrize("kind", [LOCK, BOOST])
def test_a_term_goes_on_after_what_outranked_it(kind: OverrideKind) -> None:
    """What was earned for a year is not lost by a gift, or a lock, of three days."""
    year = Validity(length=Duration.parse("365d"))
    one = desk(downgrade="at_expiry", validity=year)
    assert posts(one, 3) == ["fan>active"]
    until = START + 203 * DAY
    over = START + 2 * MINUTE + 365 * DAY
    decide(one, kind, CORE, START + 200 * DAY, until=until)
    decide(one, kind, FAN, START + 201 * DAY, until=START + 202 * DAY)
    assert told(one.advance(until)) == [
        ("fan>core", TierCause(kind.value)),
        ("core>active", TierCause.EARNED),
    ]
    mine = policy(downgrade="at_expiry", validity=year)
    assert mine.progress(one.view()).valid_until == over
    assert moves(one.advance(over - TICK)) == []
    assert moves(one.advance(over)) == ["active>fan"]


def test_a_term_that_ended_meanwhile_keeps_nothing() -> None:
    """The tier is reckoned anew when the longer lock ends."""
    year = Validity(length=Duration.parse("365d"))
    one = desk(downgrade="at_expiry", validity=year)
    posts(one, 3)
    decide(one, LOCK, CORE, START + 200 * DAY, until=START + 400 * DAY)
    assert moves(one.advance(START + 399 * DAY)) == []
    assert moves(one.advance(START + 400 * DAY)) == ["core>fan"]


def test_a_minimum_stay_goes_on_after_a_gift() -> None:
    """Who would have stayed without the boost stays after it, and no longer."""
    bars = {ACTIVE: bar(1, window="5d"), CORE: bar(9, window="5d")}
    for stay, back in (("60d", "core>active"), ("11d", "core>fan")):
        one = desk(minimum_stay=stay, bars=bars, review=PeriodUnit.MONTH)
        posts(one, 1)
        until = START + 13 * DAY
        decide(one, BOOST, CORE, START + 10 * DAY, until=until)
        assert moves(one.advance(until)) == [back]
        mine = policy(minimum_stay=stay, bars=bars)
        assert mine.progress(one.view()).valid_until is None


@pytest.mark.parametrize(
    ("fall", "moved", "ends"),
    [
        ("one_down", ["core>active"], START.replace(year=2027)),
        ("straight_down", ["core>fan"], None),
        ("never", [], START.replace(year=2027)),
    ],
)
def test_terms_that_were_over_when_a_tier_was_told_end_at_once(
    fall: str, moved: list[str], ends: datetime | None
) -> None:
    """One move, however many terms ago; what follows runs beyond now."""
    year = Validity(length=Duration.parse("12 months"))
    given: dict[str, Any] = {"downgrade": "at_expiry", "validity": year, "fall": fall}
    one = desk(**given)
    step = put(one, CORE, START.replace(year=2020), START + HOUR)
    assert moves(step) + moves(one.advance(START + DAY)) == moved
    assert policy(**given).progress(one.view()).valid_until == ends
