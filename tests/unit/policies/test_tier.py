"""Tiers: rise by entry, stay by retention, fall at the review, not before its time."""

from datetime import timedelta
from typing import Any

import pytest

from community_sdk._time import PeriodUnit, micros
from community_sdk.conditions import parse_condition
from community_sdk.decisions import ChangeTier, Mode
from community_sdk.model import (
    PolicyKey,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.policies import Bar, QualificationPolicy
from tests.unit.desk import DAY, HOUR, START, TICK, Desk, at
from tests.unit.policies.terraces import (
    ACTIVE,
    CORE,
    FAN,
    bar,
    desk,
    held,
    moves,
    policy,
    posts,
    put,
)


def test_a_member_without_a_record_holds_the_lowest_tier() -> None:
    """And rises from there when a bar is met, with the figures as reasons."""
    one = desk()
    assert posts(one, 2) == []
    assert held(one) is None
    (rise,) = one.post(START + HOUR).decisions
    assert isinstance(rise, ChangeTier)
    assert (rise.before, rise.after, rise.rise) == (FAN, ACTIVE, True)
    assert (rise.because.key, rise.member, rise.tiers) == ("tier.rise", "ann", "grade")
    assert (rise.because["before"], rise.because["after"]) == ("fan", "active")
    assert rise.because.parts[0].parts or rise.because.parts[0].figures


@pytest.mark.parametrize(
    ("climb", "told"),
    [
        ("one_step", ["fan>active", "active>core"]),
        ("as_earned", ["fan>core"]),
    ],
)
def test_climbing_one_step_or_as_earned(climb: str, told: list[str]) -> None:
    """One step per event, or at once to the highest whose entry holds."""
    one = desk(climb=climb, upgrade="at_review", review=PeriodUnit.DAY)
    posts(one, 9)
    found = moves(one.advance(START + DAY)) + moves(one.advance(START + 2 * DAY))
    assert found == told


def test_as_earned_passes_a_tier_whose_entry_does_not_hold() -> None:
    """The highest that holds, whatever lies between."""
    bars = {ACTIVE: bar(99), CORE: bar(2)}
    assert posts(desk(climb="as_earned", bars=bars), 2) == ["fan>core"]
    assert posts(desk(climb="one_step", bars=bars), 2) == []


def test_a_tier_without_a_bar_is_neither_earned_nor_lost() -> None:
    """It is given by hand."""
    one = desk(bars={CORE: bar(2)}, downgrade="immediate")
    assert posts(one, 5) == []
    assert moves(put(one, ACTIVE, START, START + HOUR)) == ["active>core"]
    one = desk(bars={CORE: bar(9)}, downgrade="immediate")
    put(one, ACTIVE, START)
    assert posts(one, 5) == []
    assert held(one) == "active"


@pytest.mark.parametrize(
    ("downgrade", "at_once", "later"),
    [("immediate", ["core>active"], []), ("at_review", [], ["core>active"])],
)
def test_falling_at_once_or_at_the_review(
    downgrade: str, at_once: list[str], later: list[str]
) -> None:
    """After an event, or when the half-month is over."""
    one = desk(downgrade=downgrade)
    assert moves(put(one, CORE, START - 99 * DAY)) == at_once
    assert posts(one, 1) == []
    assert moves(one.advance(at("2026-01-16 00:00"))) == later


@pytest.mark.parametrize(
    ("fall", "number", "told"),
    [
        ("one_down", 0, ["core>active"]),
        ("straight_down", 0, ["core>fan"]),
        ("straight_down", 1, ["core>active"]),
        ("never", 0, []),
    ],
)
def test_how_far_one_falls(fall: str, number: int, told: list[str]) -> None:
    """One tier, to the highest that can be kept, or not at all."""
    one = desk(fall=fall)
    put(one, CORE, START - 99 * DAY)
    posts(one, number)
    assert moves(one.advance(at("2026-01-16 00:00"))) == told


def test_what_keeps_a_tier_is_its_retention() -> None:
    """Else its entry; a retention that holds is never lost."""
    assert bar(3).stay == bar(3).entry
    assert bar(3, 1).stay == bar(1).entry
    one = desk(downgrade="immediate", bars={ACTIVE: bar(3, 1, "2d")})
    assert posts(one, 3) == ["fan>active"]
    told = [moves(one.post(START + day * DAY)) for day in (2, 4, 6, 8, 10, 30)]
    assert told == [[], [], [], [], [], ["active>fan"]]


@pytest.mark.parametrize(
    ("zone", "unit", "told", "review"),
    [
        ("UTC", "half_month", "2026-01-10 12:00", "2026-01-16 00:00"),
        ("UTC", "half_month", "2026-01-16 00:00", "2026-02-01 00:00"),
        ("UTC", "half_month", "2026-01-15 23:59", "2026-01-16 00:00"),
        ("UTC", "week", "2026-01-05 00:00", "2026-01-12 00:00"),
        ("UTC", "quarter", "2026-01-05 00:00", "2026-04-01 00:00"),
        ("Asia/Shanghai", "month", "2026-01-31 23:00", "2026-02-01 00:00"),
        ("Europe/London", "day", "2026-03-29 00:30", "2026-03-30 00:00"),
        ("Europe/London", "day", "2026-10-25 00:30", "2026-10-26 00:00"),
        ("America/Sao_Paulo", "day", "2018-11-03 12:00", "2018-11-04 01:00"),
    ],
)
def test_a_review_looks_at_the_last_microsecond_of_its_period(
    zone: str, unit: str, told: str, review: str
) -> None:
    """In the zone of the community, on days of 23 and 25 hours, without a midnight."""
    one = desk(zone, review=PeriodUnit(unit))
    put(one, CORE, at("2015-01-01 00:00"), at(told, zone))
    end = at(review, zone)
    assert one.member().timers == {"q/review": (micros(end - TICK), 1)}
    assert moves(one.advance(end - TICK)) == []
    step = one.advance(end)
    assert moves(step) == ["core>active"]
    assert step.decisions[0].at == end - TICK


def test_a_review_counts_as_of_its_last_microsecond() -> None:
    """What follows does not help any more, what was just before does."""
    for when, told in ((-TICK, []), (timedelta(0), ["active>fan"])):
        one = desk(bars={ACTIVE: bar(9, 1, "half_month")})
        put(one, ACTIVE, START - 99 * DAY)
        end = at("2026-01-16 00:00")
        found = moves(one.post(end + when))
        assert found + moves(one.advance(end + HOUR)) == told


def test_reviews_follow_each_other_while_one_can_fall() -> None:
    """Without any event, until the lowest tier; then nothing is planned."""
    one = desk()
    put(one, CORE, START - 99 * DAY)
    found = [moves(one.advance(at(f"2026-{month:02}-01 00:00"))) for month in (2, 3, 4)]
    assert found == [["core>active", "active>fan"], [], []]
    assert one.member().timers == {}


def test_a_member_who_keeps_the_tier_is_reviewed_again() -> None:
    """Half-month after half-month."""
    one = desk(bars={ACTIVE: bar(3, 1)})
    posts(one, 3)
    assert moves(one.advance(at("2026-02-01 00:00"))) == []
    assert moves(one.advance(at("2026-02-16 00:00"))) == ["active>fan"]


@pytest.mark.parametrize(
    ("given", "rank", "planned"),
    [
        ({}, 0, False),
        ({}, 1, True),
        ({"upgrade": "at_review"}, 0, True),
        ({"fall": "never"}, 1, False),
        ({"fall": "never", "upgrade": "at_review"}, 1, True),
        ({"downgrade": "immediate"}, 1, False),
        ({"downgrade": "immediate", "upgrade": "at_review"}, 1, True),
    ],
)
def test_reviews_are_planned_only_where_they_can_change_something(
    given: dict[str, Any], rank: int, planned: object
) -> None:
    """Who can only rise is looked at after activity."""
    one = desk(**given)
    if rank:
        put(one, ACTIVE, START - DAY)
    one.post(START)
    assert bool(one.member().timers) is planned


def test_who_waits_for_a_review_to_rise_is_reviewed_after_activity() -> None:
    """Once per period with events; nothing is planned for the idle."""
    one = desk(upgrade="at_review", bars={ACTIVE: bar(3, 0)})
    posts(one, 3)
    assert moves(one.advance(at("2026-01-15 12:00"))) == []
    assert moves(one.advance(at("2026-01-16 00:00"))) == ["fan>active"]
    idle = desk(upgrade="at_review")
    idle.post(START)
    idle.advance(START + 99 * DAY)
    assert idle.member().timers == {}
    idle.post(START + 100 * DAY)
    assert [*idle.member().timers] == ["q/review"]


@pytest.mark.parametrize(
    ("after", "told"),
    [(14 * DAY - TICK, []), (14 * DAY, ["core>active"])],
)
def test_nobody_falls_before_the_minimum_stay_is_over(
    after: timedelta, told: list[str]
) -> None:
    """Since the last move; at its end one may."""
    one = desk(minimum_stay="14d", downgrade="immediate")
    put(one, CORE, START)
    assert moves(one.post(START + after)) == told


def test_a_minimum_stay_may_be_months() -> None:
    """By the calendar of the community, clamped."""
    one = desk("Europe/London", minimum_stay="1 month", downgrade="immediate")
    since = at("2026-01-31 12:00", "Europe/London")
    put(one, CORE, since, since)
    assert moves(one.post(at("2026-02-28 11:59"))) == []
    assert moves(one.post(at("2026-02-28 12:00"))) == ["core>active"]


@pytest.mark.parametrize(
    ("after", "told"), [(7 * DAY - TICK, []), (7 * DAY, ["active>core"])]
)
def test_nobody_rises_before_the_cool_down_is_over(
    after: timedelta, told: list[str]
) -> None:
    """Since the last fall; at its end one may."""
    bars = {ACTIVE: bar(1, 0), CORE: bar(2)}
    one = desk(cool_down="7d", downgrade="immediate", bars=bars)
    assert moves(put(one, CORE, START - DAY)) == ["core>active"]
    assert posts(one, 3, START + HOUR) == []
    assert moves(one.post(START + after)) == told


def test_a_rise_ends_the_cool_down() -> None:
    """It counts from the last move, if that was a fall."""
    bars = {ACTIVE: bar(1, 0), CORE: bar(2)}
    one = desk(cool_down="1d", downgrade="immediate", bars=bars)
    put(one, CORE, START - DAY)
    assert one.member().slices["q"] == {"fell": micros(START)}
    assert posts(one, 2, START + DAY) == ["active>core"]
    assert one.member().slices["q"] == {}


def test_moves_in_another_group_are_looked_at_but_not_counted() -> None:
    """They neither start a cool-down nor plan a review; they may meet a bar."""
    groups = [
        TierGroup(key=key, tiers=tuple(Tier(key=TierKey(t)) for t in names))
        for key, names in (("grade", ("fan", "active")), ("badge", ("none", "gold")))
    ]
    gold = parse_condition('has("tier", "active")')
    badge = QualificationPolicy(
        key=PolicyKey("b"), tiers="badge", bars={TierKey("gold"): Bar(entry=gold)}
    )
    one = Desk(policy(bars={ACTIVE: bar(2)}), badge, tiers=groups)
    assert posts(one, 2) == ["fan>active", "none>gold"]
    assert one.member().slices["b"] == {}


def test_an_unknown_tier_on_record_counts_as_the_lowest() -> None:
    """A playbook may have dropped it."""
    one = desk(downgrade="immediate")
    put(one, TierKey("legend"), START)
    assert posts(one, 3) == ["fan>active"]


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.PROPOSE])
def test_what_is_not_done_keeps_its_reviews(mode: Mode) -> None:
    """A fall that is only told or proposed is looked at again."""
    one = desk(mode=mode, review=PeriodUnit.DAY)
    put(one, CORE, START - DAY)
    one.advance(START + DAY)
    assert held(one) == "core"
    assert "q/review" in one.member().timers
