"""Tiers that hold for a term: expiry, renewal, grace, excuses, returns, reviews."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.decisions import (
    ChangeTier,
    RenewTier,
    StartTierGrace,
)
from community_sdk.engine import Step
from community_sdk.model import Money, PolicyKey, TierCause, TierLook
from community_sdk.policies import (
    Bar,
    EarnRule,
    PointsProgram,
    Progress,
    Rate,
    ReviewPlan,
    Validity,
)
from tests.unit.desk import DAY, HOUR, START, TICK, Desk, at
from tests.unit.policies.terraces import (
    ACTIVE,
    CORE,
    bar,
    desk,
    held,
    moves,
    policy,
    posts,
    put,
)

YEAR = Duration.parse("12 months")


def term(**given: Any) -> Validity:
    """A year, unless told otherwise."""
    if "until" not in given:
        given.setdefault("length", YEAR)
    return Validity(**given)


def expiring(validity: Validity | None = None, **given: Any) -> Desk:
    """Tiers that are lost at the end of their term alone."""
    return desk(downgrade="at_expiry", validity=validity or term(), **given)


def stands(one: Desk, **given: Any) -> Progress:
    """Where the member stands."""
    return policy(downgrade="at_expiry", **{"validity": term(), **given}).progress(
        one.view()
    )


def renewed(step: Step) -> list[datetime | None]:
    """The ends of the terms that a step renewed."""
    return [d.until for d in step.decisions if isinstance(d, RenewTier)]


def test_a_tier_is_lost_when_its_term_is_over() -> None:
    """Not before; the lower tier begins a term of its own, until the lowest."""
    one = expiring()
    put(one, CORE, START)
    assert stands(one).valid_until == at("2027-01-05 12:00")
    assert moves(one.advance(at("2027-01-05 12:00") - TICK)) == []
    assert moves(one.advance(at("2027-01-05 12:00"))) == ["core>active"]
    assert stands(one).valid_until == at("2028-01-05 12:00")
    assert moves(one.advance(at("2040-01-05 12:00"))) == ["active>fan"]
    assert stands(one).valid_until is None
    assert one.member().timers == {}


@pytest.mark.parametrize(
    ("fall", "number", "told"),
    [
        ("straight_down", 2, ["core>active"]),
        ("straight_down", 0, ["core>fan"]),
        ("one_down", 0, ["core>active"]),
        ("never", 0, []),
        ("one_down", 7, []),
    ],
)
def test_how_far_one_falls_at_the_end(fall: str, number: int, told: list[str]) -> None:
    """To what is kept, by one, or not at all; who keeps the bar stays."""
    one = expiring(fall=fall)
    put(one, CORE, at("2025-01-20 00:00"))
    posts(one, number)
    step = one.advance(at("2026-01-20 00:00"))
    assert moves(step) == told
    if not told:
        assert renewed(step) == [at("2027-01-20 00:00")]


def test_an_upgrade_begins_a_new_term() -> None:
    """Counted from the change of tier."""
    one = expiring(bars={ACTIVE: bar(1), CORE: bar(2)})
    put(one, ACTIVE, at("2025-02-01 00:00"))
    posts(one, 1)
    one.post(START + DAY)
    assert held(one) == "core"
    assert stands(one).valid_until == at("2027-01-06 12:00")


def test_a_renewal_has_a_condition_of_its_own() -> None:
    """What is missing of it decides, not the bar."""
    asked = parse_condition('count("message", "365d") >= 2')
    for number, told in ((1, ["core>active"]), (2, [])):
        one = expiring(term(renewal=asked))
        put(one, CORE, START)
        posts(one, number, START + 300 * DAY)
        step = one.advance(START + 365 * DAY)
        assert moves(step) == told
        if told:
            assert step.decisions[0].because.parts[1]["missing"] == 1
        else:
            assert renewed(step) == [at("2028-01-05 12:00")]


def test_who_meets_the_entry_needs_no_renewal() -> None:
    """At the end of a term too: the way up would be open again at once."""
    asked = parse_condition('count("purchase", "365d") >= 2')
    one = expiring(term(renewal=asked))
    put(one, CORE, START)
    posts(one, 6, START + 364 * DAY)
    step = one.advance(START + 365 * DAY)
    assert (moves(step), renewed(step)) == ([], [at("2028-01-05 12:00")])
    step = one.advance(START + 2 * 365 * DAY)
    assert moves(step) == ["core>active"]


@pytest.mark.parametrize(
    ("aligned", "until"), [(True, "2027-06-01 00:00"), (False, "2026-12-01 00:00")]
)
def test_a_renewal_may_come_at_once(aligned: bool, until: str) -> None:  # noqa: FBT001
    """Added to the end of the running term, or from the renewal on; once per term."""
    asked = parse_condition('count("message", "365d") >= 1')
    one = expiring(term(renewal=asked, renews="immediate", aligned=aligned))
    put(one, ACTIVE, at("2025-06-01 00:00"), at("2025-06-01 00:00"))
    assert renewed(one.post(at("2025-12-01 00:00"))) == [at(until)]
    assert stands(one).valid_until == at(until)
    if aligned:
        assert renewed(one.post(at("2025-12-02 00:00"))) == []


@pytest.mark.parametrize(
    ("tier_began", "checked"),
    [
        ("2025-09-01 00:00", "2026-03-10 09:00"),
        ("2025-12-11 00:00", "2027-03-10 09:00"),
        ("2025-12-10 00:00", "2026-03-10 09:00"),
    ],
)
def test_terms_may_end_on_anniversaries_of_the_registration(
    tier_began: str, checked: str
) -> None:
    """One nearer than so many days is passed over."""
    validity = term(anchor="registration", min_days=90)
    one = expiring(validity)
    one.tell(ev.Joined, at("2024-03-10 09:00"))
    put(one, ACTIVE, at(tier_began))
    assert stands(one, validity=validity).valid_until == at(checked)
    assert moves(one.advance(at(checked) - TICK)) == []
    assert moves(one.advance(at(checked))) == ["active>fan"]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("01-01", "2026-12-31 16:00"),
        ("2026-06-01", "2026-05-31 16:00"),
        ("02-29", "2026-02-27 16:00"),
    ],
)
def test_a_term_may_end_on_a_date(text: str, ends: str) -> None:
    """With the beginning of that local day."""
    validity = Validity(until=text)
    one = desk("Asia/Shanghai", downgrade="at_expiry", validity=validity)
    put(one, ACTIVE, START)
    assert moves(one.advance(at(ends) - TICK)) == []
    assert moves(one.advance(at(ends))) == ["active>fan"]


def test_an_import_brings_its_own_end() -> None:
    """It replaces tier and end; after the end there is none, without a validity."""
    one = desk(fall="never")
    one.tell(
        ev.TierImported, START, tiers="grade", tier=CORE, since=START,
        until=START + DAY,
    )  # fmt: skip
    assert policy(fall="never").progress(one.view()).valid_until == START + DAY
    step = one.advance(START + DAY)
    assert renewed(step) == [None]
    assert step.decisions[0].because["until"] is None
    strict = desk()
    strict.tell(
        ev.TierImported, START, tiers="grade", tier=CORE, since=START,
        until=START + DAY,
    )  # fmt: skip
    assert moves(strict.advance(START + DAY)) == ["core>active"]


def test_a_minimum_stay_outlasts_a_term() -> None:
    """The tier holds on until it is over."""
    one = expiring(term(length=Duration.parse("10d")), minimum_stay="30d")
    put(one, ACTIVE, START)
    assert renewed(one.advance(START + 10 * DAY)) == [START + 30 * DAY]
    assert moves(one.advance(START + 30 * DAY)) == ["active>fan"]


@pytest.mark.parametrize(
    ("after", "told"), [(30 * DAY - TICK, []), (30 * DAY, ["active>fan"])]
)
def test_the_grace_begins_when_one_is_found_below_the_bar(
    after: timedelta, told: list[str]
) -> None:
    """The tier is kept that long, the end excluded; the fall needs no event."""
    one = desk(grace=Duration.parse("30d"), downgrade="immediate")
    step = put(one, ACTIVE, START - 99 * DAY)
    (grace,) = step.decisions
    assert isinstance(grace, StartTierGrace)
    assert grace.until == START + 30 * DAY
    now = policy(grace=Duration.parse("30d"), downgrade="immediate").progress(
        one.view()
    )
    assert (now.on_grace, now.grace, now.safe_until) == (True, "grace", grace.until)
    assert moves(one.advance(START + after)) == told


def test_who_recovers_ends_the_grace() -> None:
    """The next time it begins anew."""
    one = desk(grace=Duration.parse("30d"), downgrade="immediate")
    put(one, ACTIVE, START - 99 * DAY)
    (over,) = one.post(START + DAY).decisions
    assert over.because.key == "tier.grace_over"
    assert one.member().tiers["grade"].below is None
    review = at("2026-02-16 00:00")
    (grace,) = (
        d for d in one.advance(review).decisions if isinstance(d, StartTierGrace)
    )
    assert grace.until == review - TICK + 30 * DAY
    assert moves(one.advance(grace.until - TICK)) == []
    assert moves(one.advance(grace.until)) == ["active>fan"]


def test_an_import_may_bring_a_grace_that_runs() -> None:
    """Since when the member is below, as the other system knew."""
    one = desk(grace=Duration.parse("365d"), downgrade="immediate")
    one.tell(
        ev.TierImported, START, tiers="grade", tier=ACTIVE, since=START,
        below=START - 300 * DAY,
    )  # fmt: skip
    assert moves(one.advance(START + 65 * DAY - TICK)) == []
    assert moves(one.advance(START + 65 * DAY)) == ["active>fan"]


def test_an_excuse_keeps_the_tier() -> None:
    """As long as the cause allows; other causes do not."""
    given: dict[str, Any] = {"excuses": {"leave": Duration.parse("40d")}}
    one = desk(**given)
    put(one, CORE, START - 99 * DAY)
    one.tell(ev.TierExcused, START, cause="mood", until=START + 90 * DAY)
    one.tell(ev.TierExcused, START, cause="leave", until=START + 90 * DAY)
    assert policy(**given).progress(one.view()).grace == "excuse"
    assert moves(one.advance(at("2026-02-01 00:00"))) == []
    assert moves(one.advance(at("2026-02-16 00:00"))) == ["core>active"]


@pytest.mark.parametrize(
    ("cause", "after", "told"),
    [
        (TierCause.EARNED, 14 * DAY, []),
        (TierCause.EARNED, 14 * DAY + TICK, ["active>fan"]),
        (TierCause.MANUAL, TICK, ["active>fan"]),
    ],
)
def test_a_minimum_stay_may_be_for_some_causes_and_with_its_end(
    cause: TierCause, after: timedelta, told: list[str]
) -> None:
    """An automatic rise is protected, one by hand is not."""
    one = desk(
        minimum_stay="14d",
        stay_end="included",
        stay_causes=("earned",),
        downgrade="at_review",
        looks="asked",
    )
    one.tell(
        ev.TierImported, START, tiers="grade", tier=ACTIVE, since=START, cause=cause
    )
    step = one.tell(
        ev.TierReviewRequested, START + after, tiers="grade", how=TierLook.REVIEW
    )
    assert moves(step) == told


@pytest.mark.parametrize(
    ("anchor", "date", "first"),
    [
        ("tier_start", "", "2026-04-05 12:00"),
        ("registration", "", "2026-03-10 09:00"),
        ("date", "2020-07-01", "2026-01-06 00:00"),
    ],
)
def test_reviews_may_follow_a_plan(anchor: Any, date: str, first: str) -> None:
    """Anniversaries, or every so many days from a date."""
    every = "90d" if anchor != "date" else "5d"
    plan = ReviewPlan(every=Duration.parse(every), anchor=anchor, date=date)
    one = desk(plan=plan)
    one.tell(ev.Joined, at("2024-06-18 09:00"))
    put(one, CORE, START)
    assert policy(plan=plan).progress(one.view()).next_review == at(first)
    assert moves(one.advance(at(first) - TICK)) == []
    assert moves(one.advance(at(first))) == ["core>active"]


def test_anniversaries_do_not_drift() -> None:
    """A year after 29 February is 28 February, four years after the 29th again."""
    plan = ReviewPlan(every=YEAR, anchor="date", date="2024-02-29")
    one = desk(plan=plan, fall="straight_down", bars={ACTIVE: bar(99)})
    found: list[str] = []
    for year in (2026, 2027, 2028):
        put(one, ACTIVE, at(f"{year}-01-01 00:00"), at(f"{year}-01-01 00:00"))
        now = policy(plan=plan).progress(one.view()).next_review
        assert now is not None
        found.append(now.date().isoformat())
        one.advance(at(f"{year}-12-01 00:00"))
    assert found == ["2026-02-28", "2027-02-28", "2028-02-29"]


PAID = Money.of("20", "EUR")


def buy(one: Desk, order: str, when: datetime, kind: Any = ev.PurchaseMade) -> Step:
    """Buy something, or get the money back."""
    return one.tell(kind, when, order=order, money=PAID)


@pytest.mark.parametrize(
    ("mode", "order", "told"),
    [
        ("cause", "two", ["active>fan"]),
        ("cause", "one", []),
        ("any", "one", ["active>fan"]),
        ("ignore", "two", []),
    ],
)
def test_a_return_may_cost_the_tier_at_the_end_of_the_day(
    mode: str, order: str, told: list[str]
) -> None:
    """Any, or only the one that brought the tier about."""
    both = 'count("purchase") >= 2 and not (count("refund") >= 1)'
    one = desk(on_return=mode, bars={ACTIVE: Bar(entry=parse_condition(both))})
    buy(one, "one", START)
    assert moves(buy(one, "two", START + HOUR)) == ["fan>active"]
    assert moves(buy(one, order, START + 2 * HOUR, ev.RefundMade)) == []
    end = at("2026-01-06 00:00")
    assert moves(one.advance(end - TICK)) == []
    assert moves(one.advance(end)) == told


def test_points_of_a_purchase_bring_a_tier_about_as_the_purchase_does() -> None:
    """What is earned is booked later than the purchase, and names its order."""
    rate = Rate(points=1, per=PAID)
    earn = EarnRule(name="spend", event="purchase", rates=(rate,))
    bars = {ACTIVE: Bar(entry=parse_condition('earned("points") >= 2'))}
    spend = PointsProgram(key=PolicyKey("spend"), rules=(earn,))
    one = Desk(spend, policy(on_return="cause", bars=bars))
    buy(one, "one", START)
    assert moves(buy(one, "two", START + HOUR)) == ["fan>active"]
    buy(one, "two", START + 2 * HOUR, ev.RefundMade)
    assert moves(one.advance(at("2026-01-06 00:00"))) == ["active>fan"]


def test_rules_that_changed_may_spare_who_rose_before() -> None:
    """``upgrade_only``: harder bars do not lower, the end of the term does."""
    harder = {ACTIVE: bar(9)}
    for mode, told in (("full", ["active>fan"]), ("upgrade_only", [])):
        one = desk()
        posts(one, 3)
        mine = policy(bars=harder, on_rule_change=mode, downgrade="immediate")
        wishes = mine.review_now(one.view())
        found = [w for w in wishes if isinstance(w, ChangeTier)]
        assert [f"{m.before}>{m.after}" for m in found] == told
