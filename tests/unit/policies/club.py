"""Shorthand for programmes of points: one rule, one desk, what was booked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from community_sdk import events as ev
from community_sdk.conditions import parse_condition
from community_sdk.decisions import PostPoints
from community_sdk.engine import Step
from community_sdk.model import Account, Community, CommunityId, Money, PolicyKey
from community_sdk.policies import EarnRule, PointsProgram, Rate
from tests.unit.desk import Desk

KEY = PolicyKey("club")
BERLIN = Community(key=CommunityId("home"), zone="Europe/Berlin")


def rate(points: int = 1, *, when: str = "", per: int = 0) -> Rate:
    """*points*, for each *per* pence or for the event itself."""
    return Rate(
        points=points,
        per=Money(per, "GBP") if per else None,
        when=parse_condition(when) if when else None,
    )


def rule(event: str, *rates: Rate, **more: Any) -> EarnRule:
    """A rule called as its event."""
    given: dict[str, Any] = {"name": event, "event": event, "rates": rates or (rate(),)}
    return EarnRule(**(given | more))


def program(*rules: EarnRule, **more: Any) -> PointsProgram:
    """A programme of *rules*."""
    return PointsProgram(key=KEY, rules=rules, **more)


BUY = rule("purchase", rate(per=100))


class Club:
    """A desk with a programme of points."""

    def __init__(self, *rules: EarnRule, **more: Any) -> None:
        """Begin with *rules* and settings of the programme or the book."""
        book = {k: more.pop(k) for k in ("community", "lateness") if k in more}
        self.program = program(*rules, **more)
        self.desk = Desk(self.program, **book)

    def buy(self, when: datetime, pence: int, order: str, **more: Any) -> Step:
        """An order is paid."""
        money = Money(pence, "GBP")
        return self.desk.tell(ev.PurchaseMade, when, order=order, money=money, **more)

    def refund(self, when: datetime, pence: int, order: str, **more: Any) -> Step:
        """Money of an order goes back."""
        money = Money(pence, "GBP")
        return self.desk.tell(ev.RefundMade, when, order=order, money=money, **more)

    def account(self, name: str = "ann", currency: str = "points") -> Account:
        """What a member has."""
        return self.desk.member(name).accounts.get(currency, Account())


def booked(step: Step) -> list[int]:
    """The amounts that a step booked."""
    return [d.amount for d in step.decisions if isinstance(d, PostPoints)]


def reasons(step: Step) -> list[str]:
    """Why a step decided what it decided."""
    return [d.because.key for d in step.decisions]
