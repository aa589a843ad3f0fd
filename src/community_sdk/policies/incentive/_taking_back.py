"""Points taken back: refunds, cancelled orders, entries made by hand (S17).

Laws: what goes back is what the money that went back had brought, at the rate of that
time; it counts against the period of the purchase; never twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from community_sdk._time import instant, micros
from community_sdk.decisions import PostPoints
from community_sdk.events import (
    OrderCancelled,
    PointsAdjusted,
    PointsReversed,
    RefundMade,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import Account, Earning, EntryKind
from community_sdk.policies.incentive._earning import VOID, Slice, Terms, number
from community_sdk.state import State

__all__ = ["adjust", "take_back", "went_back"]

_KEYS: Final = {
    RefundMade: "points.refunded",
    OrderCancelled: "points.cancelled",
    PointsReversed: "points.reversed",
}

Taking = RefundMade | OrderCancelled | PointsReversed
_REMEMBERED: Final = 4096


def went_back(
    mine: Slice, event: RefundMade | OrderCancelled, account: Account, *, spread: bool
) -> None:
    """Note in *mine* how much money of which order went back.

    *spread*: a refund of an order that is not known is one of the latest purchases.
    """
    keys = _of_order(event, account)
    orders = dict.fromkeys(map(_order_of, keys))
    back: dict[str, int] = mine.setdefault("refunds", {})
    if isinstance(event, OrderCancelled):
        parts = dict.fromkeys(orders or [number(event)], VOID)
    elif keys or not spread:
        parts = dict.fromkeys(orders or [number(event)], event.money.amount)
    else:
        parts = _latest(event, account, back)
        keys = [key for key in account.earnings if _order_of(key) in parts]
    for order, money in parts.items():
        if order:
            back[order] = min(back.get(order, 0) + money, VOID)
    mine["refunds"] = dict(list(back.items())[-_REMEMBERED:])
    mine["found"] = [str(event.id), keys]


def _latest(
    event: RefundMade, account: Account, back: Mapping[str, int]
) -> dict[str, int]:
    """Return how much of the money is of which purchase, the last one first."""
    at, left = micros(event.at), event.money.amount
    parts: dict[str, int] = {}
    found = sorted(account.earnings.items(), key=lambda e: (e[1].at, e[0]))
    for key, earning in reversed(found):
        order = _order_of(key)
        if order in parts or earning.at > at:
            continue
        part = min(left, earning.basis - back.get(order, 0))
        if part > 0:
            parts[order] = part
            left -= part
    return parts


def _order_of(key: str) -> str:
    """Return source and number of the order that earned as *key*."""
    return key.rpartition("/")[0]


def _of_order(event: Taking, account: Account) -> list[str]:
    """Return what the order of *event* earned as: of its own source, or else of any."""
    if not event.order:
        return []
    of = [k for k, e in account.earnings.items() if e.order == event.order]
    return [k for k in of if _order_of(k) == number(event)] or of


def take_back(terms: Terms, event: Taking, state: State) -> Iterator[PostPoints]:
    """Yield what is taken back of the order of *event*."""
    account = state.member.accounts.get(terms.currency, Account())
    balance = account.balance
    mine: Slice = state.mine or {}
    told, keys = mine.get("found", ("", []))
    if isinstance(event, PointsReversed):
        keys = _of_order(event, account)
    elif told != event.id:
        return
    for key in keys:
        earning, gone = account.earnings[key], VOID
        if isinstance(event, RefundMade):
            gone = mine["refunds"].get(_order_of(key), 0)
        due = _due(earning.amount, earning, gone) - earning.taken
        counted = _due(earning.qualifying, earning, gone) - earning.untaken
        if due <= 0 and counted <= 0:
            continue
        taken = max(due, 0)
        if terms.floor is not None:
            taken = min(taken, max(balance - terms.floor, 0))
        balance -= taken
        yield PostPoints(
            because=_why(
                event, earning, (due, taken) if due > 0 else (counted, counted)
            ),
            currency=terms.currency,
            amount=-taken,
            qualifying=-max(counted, 0),
            entry=EntryKind.CLAWBACK,
            counts_from=instant(earning.at),
            external=f"{key}@{event.id}",
            of=key,
            order=earning.order,
            points=max(due, 0),
        )


def _why(event: Taking, earning: Earning, points: tuple[int, int]) -> Explanation:
    """Say what is due and what is taken: to be spent, else for tiers."""
    due, taken = points
    return because(
        _KEYS[type(event)],
        points=taken,
        due=due,
        short=max(due - taken, 0) or None,
        order=earning.order,
        since=instant(earning.at),
    )


def _due(points: int, earning: Earning, gone: int) -> int:
    """Return how many of *points* are lost when *gone* of the money went back."""
    if gone >= earning.basis or points <= 0:
        return max(points, 0)
    if not earning.per:
        return 0
    return max(points - (earning.basis - gone) // earning.per * earning.points, 0)


def adjust(terms: Terms, event: PointsAdjusted, state: State) -> Iterator[PostPoints]:
    """Yield the entry that somebody made by hand, or another system sent."""
    account = state.member.accounts.get(terms.currency, Account())
    key = f"{number(event) or event.id}/adjust"
    amount = event.amount if event.to is None else event.to - account.balance
    if key in account.earnings:
        return
    if event.to is None and amount < 0 and terms.floor is not None:
        amount = min(max(amount, terms.floor - account.balance), 0)
    if not amount:
        return
    yield PostPoints(
        because=because(
            "points.given" if amount > 0 else "points.deducted",
            points=abs(amount),
            order=event.order or None,
            by=None if event.actor is None else str(event.actor),
            until=event.expires_at,
        ),
        currency=terms.currency,
        amount=amount,
        qualifying=amount if event.qualifying else 0,
        entry=EntryKind.ADJUST,
        counts_from=instant(state.at_us),
        external=key,
        order=event.order,
        category=event.category,
        expires_at=event.expires_at if amount > 0 else None,
    )
