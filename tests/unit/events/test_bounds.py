"""Numbers that are added up are bounded; what ends, ends after it begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.errors import HistoryError
from community_sdk.events import Event
from community_sdk.model import (
    AMOUNT_LIMIT,
    WEIGHT_LIMIT,
    DecisionId,
    EventId,
    MemberId,
    Money,
    OverrideKind,
    RoleName,
    Rule,
    RuleChange,
    RuleCode,
    TierKey,
)

AT = datetime(2026, 1, 5, tzinfo=UTC)
TICK = timedelta(microseconds=1)
ADS, GRADE, FAN = RuleCode("ads"), "grade", TierKey("fan")


def told(make: Any, **more: Any) -> Event:
    """An event of `AT`."""
    event: Event = make(id=EventId("e"), at=AT, member=MemberId("ann"), **more)
    return event


def cny(amount: int) -> Money:
    """Money in fen."""
    return Money(amount, "CNY")


Counted = list[tuple[Any, dict[str, Any], str]]

WEIGHED: Counted = [
    (ev.RuleBroken, {"rule": ADS}, "weight"),
    (ev.StrikesImported, {"rule": ADS}, "weight"),
    (ev.SanctionOrdered, {"measure": "mute"}, "points"),
]
COUNTED: Counted = [
    (ev.HeadCounted, {}, "count"),
    (ev.MessagePosted, {}, "length"),
    (ev.MessagePosted, {}, "mentions"),
    (ev.PermitGranted, {"what": "ad"}, "uses"),
    (ev.RedemptionRequested, {}, "amount"),
    (ev.RedemptionReturned, {"reference": "r"}, "amount"),
]
BOTH_WAYS: Counted = [
    (ev.PointsAdjusted, {}, "amount"),
    (ev.PointsAdjusted, {}, "to"),
    (ev.FigureReported, {"measure": "visits"}, "figure"),
    (ev.BalanceImported, {"amount": 1}, "qualifying"),
    (ev.BalanceImported, {}, "amount"),
]


@pytest.mark.parametrize(("make", "more", "name"), WEIGHED + COUNTED)
def test_numbers_that_are_added_up_have_a_limit(
    make: Any, more: dict[str, Any], name: str
) -> None:
    """The limit itself is allowed; one more, and one below zero, are not."""
    most = AMOUNT_LIMIT if (make, more, name) in COUNTED else WEIGHT_LIMIT
    assert getattr(told(make, **more, **{name: most}), name) == most
    for wrong, code in ((most + 1, "event.too_great"), (-1, "event.negative")):
        with pytest.raises(HistoryError) as caught:
            told(make, **more, **{name: wrong})
        assert caught.value.code == code
        assert caught.value.figures["name"] == name
        assert caught.value.figures["found"] == str(wrong)


@pytest.mark.parametrize(("make", "more", "name"), BOTH_WAYS)
def test_what_is_added_or_taken_has_a_limit_either_way(
    make: Any, more: dict[str, Any], name: str
) -> None:
    """As with money."""
    for edge in (AMOUNT_LIMIT, -AMOUNT_LIMIT):
        assert getattr(told(make, **(more | {name: edge})), name) == edge
        with pytest.raises(HistoryError, match=f"`{name}`"):
            told(make, **(more | {name: edge + (1 if edge > 0 else -1)}))


def test_the_amount_of_a_word_of_the_hosts_own_has_the_same_limit() -> None:
    """It is what `total` adds up; other properties may be any 64 bits, such as ids."""
    told(ev.Custom, word="sale", properties={"amount": -AMOUNT_LIMIT, "row": 2**62})
    told(ev.Custom, word="sale", properties={"amount": "much"})
    with pytest.raises(HistoryError, match="`amount`") as caught:
        told(ev.Custom, word="sale", properties={"amount": 2**62})
    assert caught.value.code == "event.too_great"


def test_rules_weigh_no_more_than_breaches_may() -> None:
    """In the rulebook and in amendments of it."""
    assert Rule(code=ADS, weight=WEIGHT_LIMIT).weight == WEIGHT_LIMIT
    for make in (Rule, RuleChange):
        with pytest.raises(ValueError, match="weight"):
            make(code=ADS, weight=WEIGHT_LIMIT + 1)


@pytest.mark.parametrize(
    ("make", "more"),
    [
        (ev.PurchaseMade, {}),
        (ev.RefundMade, {"order": "o"}),
        (ev.GiftSent, {"gift": "g"}),
        (ev.CompensationGiven, {"case": "c", "form": "voucher"}),
    ],
)
def test_money_that_changes_hands_is_not_below_zero(
    make: Any, more: dict[str, Any]
) -> None:
    """What goes back has an event of its own; a free one is allowed."""
    assert told(make, **more, money=cny(0)).value("money") == cny(0)
    with pytest.raises(HistoryError) as caught:
        told(make, **more, money=cny(-1))
    assert (caught.value.code, caught.value.figures["name"]) == (
        "event.negative",
        "money",
    )


def test_packets_are_not_below_zero() -> None:
    """Each of them."""
    told(ev.AdPosted, packets=(cny(0), cny(5)))
    with pytest.raises(HistoryError, match="packets"):
        told(ev.AdPosted, packets=(cny(5), cny(-1)))


ENDING: list[tuple[Any, dict[str, Any]]] = [
    (ev.SanctionImported, {"sanction": DecisionId("s"), "measure": "mute"}),
    (ev.Blacklisted, {}),
    (ev.PermitGranted, {"what": "ad"}),
    (ev.RoleAssigned, {"role": RoleName("host"), "since": AT}),
    (ev.TagSet, {"tag": "vip"}),
    (ev.TierSet, {"tiers": GRADE, "tier": FAN}),
    (
        ev.TierOverridden,
        {"tiers": GRADE, "tier": FAN, "override": OverrideKind.LOCK},
    ),
    (ev.TierExcused, {"cause": "ill"}),
    (ev.ExtraTierGranted, {"tiers": GRADE, "tier": FAN}),
    (ev.TierImported, {"tiers": GRADE, "tier": FAN, "since": AT}),
]


@pytest.mark.parametrize(("make", "more"), ENDING)
def test_what_ends_ends_after_it_begins(make: Any, more: dict[str, Any]) -> None:
    """It holds up to, but not at, its end: an instant later is the first that works."""
    assert told(make, **more, until=AT + TICK).value("until") == AT + TICK
    for wrong in (AT, AT - TICK):
        with pytest.raises(HistoryError) as caught:
            told(make, **more, until=wrong)
        assert caught.value.code == "event.ends_early"
        assert caught.value.figures["found"] == wrong.isoformat()


@pytest.mark.parametrize(
    ("make", "more"), [one for one in ENDING if hasattr(one[0], "since")]
)
def test_a_beginning_of_its_own_is_what_counts(make: Any, more: dict[str, Any]) -> None:
    """A turn of last week, told today, lies in the past as a whole."""
    since = AT - timedelta(days=7)
    event = told(make, **(more | {"since": since, "until": AT - TICK}))
    assert event.value("since") == since
    with pytest.raises(HistoryError, match="end after"):
        told(make, **(more | {"since": since, "until": since}))


def test_a_role_may_be_taken_back_by_an_end_that_is_over() -> None:
    """It is the latest word about it, and holds at no instant."""
    assert told(ev.RoleAssigned, role=RoleName("host"), until=AT).value("until") == AT


def test_an_end_has_a_time_zone() -> None:
    """Like every instant."""
    with pytest.raises(HistoryError) as caught:
        told(ev.Blacklisted, until=datetime(2027, 1, 1))  # noqa: DTZ001 - what is refused
    assert caught.value.code == "time.naive"
