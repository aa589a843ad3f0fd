"""Points, rewards, gifts and badges: asked for, booked, taken back (S17)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.events._fields import is_amount, is_change, is_end
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import (
    NO_POLICY,
    EntryKind,
    LedgerEntry,
    MemberId,
    Money,
    PolicyKey,
)

__all__ = [
    "BadgeGranted",
    "BadgeImported",
    "BadgeRevoked",
    "BadgeWithdrawn",
    "BestNamed",
    "GiftReturned",
    "GiftSent",
    "OrderCancelled",
    "PointsAdjusted",
    "PointsPosted",
    "PointsReversed",
    "RedemptionRequested",
    "RedemptionReturned",
    "RewardGranted",
]


@frozen(kw_only=True)
class PointsAdjusted(Exogenous):
    """Somebody gave the member *amount* points, or took them where it is below zero.

    With *to* the balance is set to that instead, whatever it is, and *amount* is 0.
    The same *order* of one *source* counts once; empty: each event counts.
    *qualifying*: they count for tiers as well. *expires_at*: no longer usable from that
    instant on; None: never. *category* is a word for reports.
    """

    kind: ClassVar[str] = "points_adjusted"

    currency: str = "points"
    amount: int = field(default=0, validator=is_change)
    to: int | None = field(default=None, validator=is_change)
    order: str = ""
    category: str = ""
    qualifying: bool = True
    expires_at: datetime | None = field(default=None, validator=is_end)


@frozen(kw_only=True)
class PointsReversed(Exogenous):
    """What the purchase or entry *order* brought is to be taken back, in full."""

    kind: ClassVar[str] = "points_reversed"

    currency: str = "points"
    order: str


@frozen(kw_only=True)
class OrderCancelled(Exogenous):
    """The purchase *order* is void: all that it brought goes."""

    kind: ClassVar[str] = "order_cancelled"

    order: str


@frozen(kw_only=True)
class RedemptionRequested(Exogenous):
    """The member wants to spend *amount* points, or to have *reward* for its price.

    *reference*: the host's number; one number is one redemption. Empty: the event's id.
    """

    kind: ClassVar[str] = "redemption_requested"

    currency: str = "points"
    amount: int = field(default=0, validator=is_amount)
    reward: str = ""
    reference: str = ""


@frozen(kw_only=True)
class RedemptionReturned(Exogenous):
    """The redemption *reference* is undone: in full, or *amount* points of it."""

    kind: ClassVar[str] = "redemption_returned"

    currency: str = "points"
    reference: str
    amount: int | None = field(default=None, validator=is_amount)


@frozen(kw_only=True)
class PointsPosted(Derived):
    """An entry of the ledger (derived).

    *at* is the date that it counts from: a clawback bears that of the purchase, so that
    the period of the purchase loses what it gained; *recorded_at* is when it was
    booked. Over a window, ``total("points_posted", …)`` sums *qualifying*.

    Attributes:
        amount: redeemable points, more or less.
        qualifying: points that count for tiers, more or less.
        entry: what is booked.
        external: what the entry is unique by, with *source* and *entry*.
        order: the purchase or number that it belongs to.
        rule: the earning rule, empty for others.
        basis: the money (minor units) that earned it, at *points* for *per*.
        of: what it answers: the lot that is over, the entry that is taken back, the
            redemption that comes back.
        expires_at: from when on the points are not usable.
    """

    kind: ClassVar[str] = "points_posted"

    currency: str = "points"
    amount: int
    qualifying: int = 0
    entry: EntryKind
    external: str = ""
    order: str = ""
    category: str = ""
    rule: str = ""
    basis: int = 0
    points: int = 0
    per: int = 0
    of: str = ""
    expires_at: datetime | None = None
    policy: PolicyKey = NO_POLICY

    @property
    def ledger_entry(self) -> LedgerEntry:
        """The line of the book."""
        return LedgerEntry(
            member=self.member or MemberId(""),
            kind=self.entry,
            amount=self.amount,
            qualifying=self.qualifying,
            currency=self.currency,
            at=self.at,
            booked=self.recorded_at,
            source=self.source,
            external=self.external,
            order=self.order,
            category=self.category,
            expires_at=self.expires_at,
        )


@frozen(kw_only=True)
class RewardGranted(Derived):
    """The member got *reward* (derived); *reference*: the redemption, if it was one."""

    kind: ClassVar[str] = "reward_granted"

    reward: str
    form: str = ""
    money: Money | None = None
    reference: str = ""
    until: datetime | None = None
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class GiftSent(Exogenous):
    """The actor gave the member *money*: a red packet, or another *form* of gift."""

    kind: ClassVar[str] = "gift_sent"

    gift: str
    form: str = "red_packet"
    money: Money = field(validator=is_amount)


@frozen(kw_only=True)
class GiftReturned(Exogenous):
    """The gift called *gift* went back: refused, failed or not taken in time."""

    kind: ClassVar[str] = "gift_returned"

    gift: str


@frozen(kw_only=True)
class BadgeGranted(Derived):
    """The member got *badge*, for the *nth* time (derived)."""

    kind: ClassVar[str] = "badge_granted"

    badge: str
    nth: int = 1
    until: datetime | None = None
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class BadgeRevoked(Derived):
    """The member holds *badge* no longer (derived)."""

    kind: ClassVar[str] = "badge_revoked"

    badge: str
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class BadgeImported(Exogenous):
    """*badge* was held already, *nth* times given, in another system."""

    kind: ClassVar[str] = "badge_imported"

    badge: str
    nth: int = 1


@frozen(kw_only=True)
class BadgeWithdrawn(Exogenous):
    """Somebody took *badge* from the member."""

    kind: ClassVar[str] = "badge_withdrawn"

    badge: str


@frozen(kw_only=True)
class BestNamed(Derived):
    """The member is the *place*-th best contributor of *period* (derived)."""

    kind: ClassVar[str] = "best_named"

    period: str
    place: int
    figure: int
    policy: PolicyKey = NO_POLICY
