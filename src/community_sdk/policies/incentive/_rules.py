"""What earns points, for how long they are good, and what they buy (S17).

Law: whole points only; a part of a step of money earns nothing.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Literal

from attrs import field, validators

from community_sdk._time import Calendar, Duration
from community_sdk._values import frozen
from community_sdk.conditions import Condition, holds
from community_sdk.errors import DefinitionError
from community_sdk.events import Event, PurchaseMade
from community_sdk.model import GroupId, Money, RoleName, Titles
from community_sdk.state import MemberState, State

__all__ = ["EarnRule", "Expiry", "Rate", "Reward"]


@frozen(kw_only=True)
class Rate:
    """*points*, or with *per* so many for each full *per* of a purchase.

    It applies while *when* holds, with the event counted already; None: always.
    """

    points: int
    per: Money | None = None
    when: Condition | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse steps of no money."""
        if self.per is not None and self.per.amount <= 0:
            raise DefinitionError(
                f"expected `per` above zero, found `{self.per}`",
                code="points.per",
                found=str(self.per),
            )

    def worth(self, basis: int) -> int:
        """Return the points of a purchase of *basis* minor units; a fixed rate's own.

        Below zero there are none.
        """
        if self.per is None:
            return self.points
        return max(basis, 0) // self.per.amount * self.points


@frozen(kw_only=True)
class EarnRule:
    """Each event called *event*, whose fields equal *where*, earns points.

    The last of *rates* that applies counts, so that later ones are for higher tiers or
    longer streaks; where none applies, nothing is earned. Rates may be below zero.

    Attributes:
        counts: for both, to be spent only, or for tiers only (``qualifying``).
        cool_down: how long after an award the next of this rule begins (its end
            included); None: at once.
        daily_cap: the most points of this rule on one local day of the event.
        capped: whether the cap of the whole programme holds for this rule.
        limit: how often in all; None: always.
        not_in: groups in which nothing is earned.
        not_for: roles whose holders earn nothing, such as the staff.
    """

    name: str
    event: str
    rates: tuple[Rate, ...] = field(validator=validators.min_len(1))
    where: tuple[tuple[str, str | int | bool], ...] = ()
    counts: Literal["both", "redeemable", "qualifying"] = "both"
    cool_down: Duration | None = None
    daily_cap: int | None = field(
        default=None, validator=validators.optional(validators.ge(0))
    )
    capped: bool = True
    limit: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    not_in: frozenset[GroupId] = frozenset()
    not_for: frozenset[RoleName] = frozenset()

    def fits(self, event: Event, who: MemberState, at: int) -> bool:
        """Tell whether *who* may earn by *event* of *at* at all."""
        return (
            event.name == self.event
            and all(event.value(name) == value for name, value in self.where)
            and event.group not in self.not_in
            and not any(who.serves(role, at) for role in self.not_for)
        )

    def rate(self, event: Event, state: State) -> Rate | None:
        """Return the rate that applies to *event*, None where none does."""
        for rate in reversed(self.rates):
            if rate.per is not None and not _paid_in(event, rate.per):
                continue
            if rate.when is None or holds(rate.when, state):
                return rate
        return None

    def conditions(self) -> Iterator[Condition]:
        """Yield what the rates ask."""
        for rate in self.rates:
            if rate.when is not None:
                yield rate.when


def _paid_in(event: Event, per: Money) -> bool:
    return isinstance(event, PurchaseMade) and event.money.currency == per.currency


@frozen(kw_only=True)
class Expiry:
    """Points are good for *after* from when they were earned, or up to a fixed day.

    With *end_of_day* they are usable through the local day in which the time ends, with
    *end_of_month* through its month, with *end_of_year* through its year; otherwise up
    to, but not at, the instant itself. Months are of the calendar and end with the
    last day of a shorter month.
    """

    after: Duration
    until: Literal["instant", "end_of_day", "end_of_month", "end_of_year"] = (
        "end_of_day"
    )
    through: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a day that no year has, and two ends."""
        if not self.through:
            return
        if self.until != "end_of_day":
            raise DefinitionError(
                "expected either `until` or `through` of an expiry",
                code="points.two_ends",
                hint=f'leave out `until`, or `through = "{self.through}"`',
            )
        if not _is_day(self.through):
            raise DefinitionError(
                f"expected a month and day such as `03-31`, found `{self.through}`",
                code="points.through",
                found=self.through,
            )

    def ends(self, earned: int, calendar: Calendar) -> int:
        """Return the first instant at which points *earned* then are over."""
        end = self.after.after(earned, calendar.where)
        if self.through:
            return calendar.start(_after_such(self.through, calendar.day(end)))
        if self.until == "instant":
            return end
        return calendar.start(_next_day(calendar.day(end), self.until))


def _is_day(text: str) -> bool:
    """Tell whether a leap year has the day *text*, written as ``03-31``."""
    try:
        return f"{date.fromisoformat(f'2000-{text}'):%m-%d}" == text
    except ValueError:
        return False


def _after_such(text: str, day: int) -> int:
    """Return the day after the next *text*; 29 February is the last of its month."""
    month, number = map(int, text.split("-"))
    this = date.fromordinal(day).year
    found = [
        date(year, month, min(number, monthrange(year, month)[1])).toordinal()
        for year in (this, this + 1)
    ]
    return min(each for each in found if each >= day) + 1


def _next_day(day: int, until: str) -> int:
    """Return the first day after the day, month or year of *day*."""
    if until == "end_of_day":
        return day + 1
    on = date.fromordinal(day)
    if until == "end_of_year" or on.month == 12:  # noqa: PLR2004 - December
        return date(on.year + 1, 1, 1).toordinal()
    return date(on.year, on.month + 1, 1).toordinal()


@frozen(kw_only=True)
class Reward:
    """What *cost* points buy: a trial of a product, a voucher, a red packet, ….

    *money*: what it is worth, or costs the community. *valid*: how long it may be used.
    Only who meets *when* may have it; None: everybody.
    """

    key: str
    cost: int = field(validator=validators.ge(0))
    form: Literal[
        "trial_product", "voucher", "discount", "red_packet", "gift", "exposure",
        "privilege",
    ] = "voucher"  # fmt: skip
    money: Money | None = None
    valid: Duration | None = None
    when: Condition | None = None
    title: Titles = field(factory=dict[str, str], hash=False)
