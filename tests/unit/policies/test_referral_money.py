"""What a purchase gives to the hands above, whoever was judged, whatever came first."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.decisions import ShareProfit
from community_sdk.model import MemberId, Money
from tests.unit.desk import START, Desk
from tests.unit.policies.test_referral import KEY, MINUTE, bring, of, open_desk

BOUGHT, BACK = ev.PurchaseMade, ev.RefundMade


def shop() -> Desk:
    """A campaign in which ann brought bo, and gets a tenth of what bo pays."""
    desk = open_desk(shares=(Fraction(1, 10),))
    bring(desk, "bo", "ann")
    return desk


def pay(desk: Desk, make: Any, amount: int, minute: int) -> list[int]:
    """Let bo pay for an order, or get money back; return what ann gets."""
    money = Money(amount=amount, currency="CNY")
    step = desk.tell(make, START + minute * MINUTE, "bo", order="o", money=money)
    return [one.money.amount for one in of(step, ShareProfit)]


def judge(desk: Desk, *, honest: bool) -> None:
    """Let somebody else say whether ann's newcomers are real."""
    desk.tell(
        ev.ReferralJudged,
        START + MINUTE,
        "ann",
        campaign=KEY,
        honest=honest,
        actor=MemberId("boss"),
    )


def test_a_refund_takes_back_nothing_that_was_not_given() -> None:
    """What was bought while ann was judged gave nothing, and costs nothing later."""
    desk = shop()
    judge(desk, honest=False)
    assert pay(desk, BOUGHT, 1000, 1) == []
    judge(desk, honest=True)
    assert pay(desk, BOUGHT, 500, 2) == [50]
    assert pay(desk, BACK, 1500, 3) == [-50]


def test_a_refund_takes_back_what_was_given_before_a_judgement() -> None:
    """Who is judged keeps no share of what nobody paid."""
    desk = shop()
    assert pay(desk, BOUGHT, 1000, 1) == [100]
    judge(desk, honest=False)
    assert pay(desk, BACK, 1000, 2) == [-100]


PARTS = ((BOUGHT, 600, 1), (BOUGHT, 400, 2), (BACK, 1000, 3))


@pytest.mark.parametrize("order", list(permutations(PARTS)))
def test_a_refund_may_be_told_before_its_purchase(order: tuple[Any, ...]) -> None:
    """In whatever order it becomes known, nothing was sold and nothing is shared."""
    desk = shop()
    assert sum(sum(pay(desk, *part)) for part in order) == 0
