"""Points booked, rewards and badges given, the best named (S17)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import EntryKind, Money

__all__ = ["GrantBadge", "GrantReward", "NameBest", "PostPoints", "RevokeBadge"]


@frozen(kw_only=True)
class PostPoints(Decision):
    """Book an entry: *amount* redeemable and *qualifying* points, more or less.

    *counts_from*: the date that it counts from; None: when its cause happened. The
    other fields are those of the entry that comes of it (`events.PointsPosted`).
    """

    kind: ClassVar[str] = "post_points"

    currency: str = "points"
    amount: int
    qualifying: int = 0
    entry: EntryKind
    counts_from: datetime | None = None
    external: str = ""
    order: str = ""
    category: str = ""
    rule: str = ""
    basis: int = 0
    points: int = 0
    per: int = 0
    of: str = ""
    expires_at: datetime | None = None


@frozen(kw_only=True)
class GrantReward(Decision):
    """Give the member *reward*: a trial, a voucher, a red packet, a privilege."""

    kind: ClassVar[str] = "grant_reward"

    reward: str
    form: str = ""
    money: Money | None = None
    reference: str = ""
    until: datetime | None = None


@frozen(kw_only=True)
class GrantBadge(Decision):
    """Give the member *badge*, for the *nth* time; *until*: when it is over."""

    kind: ClassVar[str] = "grant_badge"

    badge: str
    nth: int = 1
    until: datetime | None = None


@frozen(kw_only=True)
class RevokeBadge(Decision):
    """Take *badge* from the member: what it stood for holds no longer."""

    kind: ClassVar[str] = "revoke_badge"

    badge: str


@frozen(kw_only=True)
class NameBest(Decision):
    """Name the member the *place*-th best contributor of *period*, with *figure*."""

    kind: ClassVar[str] = "name_best"

    period: str
    place: int
    figure: int
