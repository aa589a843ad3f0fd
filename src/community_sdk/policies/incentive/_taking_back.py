"""Points taken back: refunds, cancelled orders, entries made by hand (S17).

Laws: what goes back is what the money that went back had brought, at the rate of that
time; it counts against the period of the purchase; never twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from community_sdk._time import instant
from community_sdk.decisions import PostPoints
from community_sdk.events import (
    OrderCancelled,
    PointsAdjusted,
    PointsReversed,
    RefundMade,
)
from community_sdk.explanation import because
from community_sdk.model import Account, Earning, EntryKind
from community_sdk.policies.incentive._earning import VOID, Terms, number
from community_sdk.state import State

__all__ = ["adjust", "take_back"]

_KEYS: Final = {
    RefundMade: "points.refunded",
    OrderCancelled: "points.cancelled",
    PointsReversed: "points.reversed",
}

Taking = RefundMade | OrderCancelled | PointsReversed


def take_back(terms: Terms, event: Taking, state: State) -> Iterator[PostPoints]:
    """Yield what is taken back of the order of *event*."""
    account = state.member.accounts.get(terms.currency, Account())
    balance = account.balance
    mine: dict[str, Any] = state.mine or {}
    gone = VOID
    if isinstance(event, RefundMade):
        gone = mine.get("refunds", {}).get(number(event), 0)
    for key, earning in _found(event, account):
        due = _due(earning.amount, earning, gone) - earning.taken
        counted = _due(earning.qualifying, earning, gone) - earning.untaken
        if due <= 0 and counted <= 0:
            continue
        taken = max(due, 0)
        if terms.floor is not None:
            taken = min(taken, max(balance - terms.floor, 0))
        balance -= taken
        yield PostPoints(
            because=because(
                _KEYS[type(event)],
                points=taken,
                due=due,
                short=max(due - taken, 0) or None,
                order=earning.order,
                since=instant(earning.at),
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


def _found(event: Taking, account: Account) -> list[tuple[str, Earning]]:
    """Return what the order of *event* brought: of its own source, or else of any."""
    if not event.order:
        return []
    of = [(k, e) for k, e in account.earnings.items() if e.order == event.order]
    own = [(k, e) for k, e in of if k.startswith(f"{number(event)}/")]
    return own or of


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
