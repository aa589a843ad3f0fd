"""The two tracks of VIPs as shipped: what goes back was not bought (S08 S17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk import load
from community_sdk.decisions import ChangeTier, PostPoints
from community_sdk.engine import Engine, Step
from community_sdk.model import EventId, MemberId, Money
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, START, at

LATER = START + 40 * DAY


class Shop:
    """One customer of the shipped playbook."""

    def __init__(self) -> None:
        """Let ann join."""
        self.engine: Engine = load("vip_tracks", zone="UTC").engine()
        self.told = 0
        self.tell(ev.Joined, START)

    def tell(self, make: Any, when: datetime, **more: Any) -> Step:
        """Receive one event."""
        self.told += 1
        head: dict[str, Any] = {"id": EventId(f"e{self.told}"), "at": when}
        return self.engine.receive(make(**head, member=MemberId("ann"), **more))

    def pay(self, when: datetime, order: str, yuan: int, make: Any) -> list[str]:
        """Buy, or get the money back."""
        money = Money(100 * yuan, "CNY")
        return moves(self.tell(make, when, order=order, money=money))

    def buy(self, when: datetime, order: str, yuan: int = 600) -> list[str]:
        """Buy something."""
        return self.pay(when, order, yuan, ev.PurchaseMade)

    def bring(self, when: datetime, order: str, yuan: int = 600) -> list[str]:
        """Bring it back."""
        return self.pay(when, order, yuan, ev.RefundMade)


def moves(step: Step) -> list[str]:
    """The moves of a step."""
    return [d.after for d in step.decisions if isinstance(d, ChangeTier)]


@pytest.mark.parametrize(("back", "told"), [(False, ["gold"]), (True, [])])
def test_a_first_month_of_purchases_counts_when_it_is_over(
    back: bool,  # noqa: FBT001
    told: list[str],
) -> None:
    """Without another purchase; what went back does not count."""
    shop = Shop()
    shop.buy(START + HOUR, "a")
    shop.buy(START + DAY, "b")
    if back:
        shop.bring(START + 3 * DAY, "b")
    assert moves(shop.engine.advance(at("2026-02-16 00:00"))) == told


def test_the_purchase_that_brought_the_tier_costs_it_when_it_goes_back() -> None:
    """At the end of the local day, with the points for tiers told."""
    shop = Shop()
    shop.buy(LATER, "a")
    assert shop.buy(LATER + HOUR, "b") == ["gold"]
    money = Money(60_000, "CNY")
    step = shop.tell(ev.RefundMade, LATER + 2 * HOUR, order="b", money=money)
    (taken,) = (d for d in step.decisions if isinstance(d, PostPoints))
    assert "60,000" in say(taken.because, "zh")
    assert moves(shop.engine.advance(LATER + DAY)) == ["customer"]


@pytest.mark.parametrize(("back", "told"), [(False, []), (True, ["customer"])])
def test_a_tier_is_renewed_by_what_was_kept(back: bool, told: list[str]) -> None:  # noqa: FBT001
    """Two purchases that both went back renew nothing."""
    shop = Shop()
    shop.buy(LATER, "a")
    assert shop.buy(LATER + HOUR, "b") == ["gold"]
    for nth, order in enumerate(("c", "d")):
        when = LATER + (300 + 20 * nth) * DAY
        shop.buy(when, order)
        if back:
            shop.bring(when + 10 * DAY, order)
    assert moves(shop.engine.advance(LATER + 366 * DAY)) == told
