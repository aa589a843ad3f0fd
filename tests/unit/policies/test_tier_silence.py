"""Tiers of members who do nothing: time alone raises and lowers at reviews (S08)."""

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.decisions import RenewTier
from community_sdk.policies import Bar, ReviewPlan, Validity
from tests.unit.desk import DAY, HOUR, START, TICK, Desk, at
from tests.unit.policies.terraces import (
    ACTIVE,
    bar,
    desk,
    held,
    moves,
    policy,
    posts,
    put,
)

REVIEW = at("2026-01-16 00:00")
"""The end of the half-month in which everything begins."""


def rising(text: str) -> Desk:
    """One bar, looked at after each event."""
    return desk(bars={ACTIVE: Bar(entry=parse_condition(text))}, fall="never")


def test_who_falls_silent_falls_when_the_period_is_over() -> None:
    """Also where tiers are lost after each event: there is none any more."""
    one = desk(downgrade="immediate", bars={ACTIVE: bar(3, window="5d")})
    assert posts(one, 3) == ["fan>active"]
    assert moves(one.advance(REVIEW - TICK)) == []
    assert moves(one.advance(REVIEW)) == ["active>fan"]
    assert moves(one.advance(REVIEW + 400 * DAY)) == []
    assert one.member().timers == {}


@pytest.mark.parametrize(
    "text",
    [
        'tenure() >= "10d" and count("message") >= 2',
        'count("message") >= 2 and count("message", "24h") <= 1',
        'count("message") >= 2 and not (count("message", "3d") >= 1)',
        'recency("message") >= "5d"',
    ],
)
def test_what_time_alone_brings_about_is_seen_at_the_review(text: str) -> None:
    """A bar that asks for patience is met in silence."""
    one = rising(text)
    assert posts(one, 2) == []
    assert moves(one.advance(REVIEW - TICK)) == []
    assert moves(one.advance(REVIEW)) == ["fan>active"]


def test_who_has_to_be_patient_is_looked_at_until_then() -> None:
    """Review after review, as long as waiting is all that is missing."""
    one = rising('tenure() >= "40d" and count("message") >= 2')
    posts(one, 2)
    end = at("2026-02-16 00:00")
    assert moves(one.advance(end - TICK)) == []
    assert moves(one.advance(end)) == ["fan>active"]
    other = rising('tenure() >= "40d" and count("message", "20d") >= 2')
    posts(other, 2)
    assert moves(other.advance(START + 400 * DAY)) == []
    assert other.member().timers == {}


def test_what_only_acts_bring_about_plans_nothing() -> None:
    """No timer for everybody who cannot rise by waiting."""
    one = rising('count("message", "30d") >= 3 and active_days("30d") >= 2')
    posts(one, 2)
    assert one.member().timers == {}


@pytest.mark.parametrize("upgrade", ["immediate", "at_review"])
def test_a_plan_by_the_tier_begins_with_the_membership(upgrade: str) -> None:
    """Of who holds none on record, who else would never rise."""
    week = ReviewPlan(every=Duration.parse("7d"))
    bars = {ACTIVE: Bar(entry=parse_condition('tenure() >= "3d"'))}
    one = desk(plan=week, upgrade=upgrade, bars=bars)
    one.tell(ev.Joined, START)
    one.post(START + HOUR)
    assert moves(one.advance(START + 7 * DAY - TICK)) == []
    assert moves(one.advance(START + 7 * DAY)) == ["fan>active"]
    assert held(one) == ACTIVE


@pytest.mark.parametrize(("days", "cause"), [(1, "minimum_stay"), (6, "excuse")])
def test_what_keeps_a_tier_longest_is_named(days: int, cause: str) -> None:
    """With its own end, not that of another."""
    given: dict[str, Any] = {"excuses": {"leave": Duration.parse("40d")}}
    given["minimum_stay"] = "3d"
    one = desk(**given)
    put(one, ACTIVE, START)
    one.tell(ev.TierExcused, START, cause="leave", until=START + days * DAY)
    now = policy(**given).progress(one.view())
    assert (now.grace, now.safe_until) == (cause, START + max(days, 3) * DAY)


def test_after_the_one_date_of_a_term_there_is_no_other() -> None:
    """Who keeps the tier then holds it on, without an end."""
    term = Validity(until="2026-03-05")
    one = desk(downgrade="at_expiry", validity=term)
    posts(one, 3, at("2026-03-01 12:00"))
    (renewal,) = one.advance(at("2026-03-05 00:00")).decisions
    assert isinstance(renewal, RenewTier)
    assert renewal.until is None
    assert moves(one.advance(at("2029-01-01 00:00"))) == []
    assert held(one) == ACTIVE
    assert one.member().timers == {}
