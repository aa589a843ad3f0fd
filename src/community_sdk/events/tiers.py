"""What people decide about tiers, and what comes of it: grace, terms, extras (S08)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.events._fields import is_end
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import EventId, OverrideKind, TierKey, TierLook

__all__ = [
    "ExtraTierEnded",
    "ExtraTierGranted",
    "TierExcused",
    "TierGraceEnded",
    "TierGraceStarted",
    "TierOverridden",
    "TierOverrideEnded",
    "TierRenewed",
    "TierReviewRequested",
    "TierReviewed",
    "TierSet",
]


@frozen(kw_only=True)
class TierSet(Exogenous):
    """The actor sets the tier by hand, once; the rules go on from there.

    Without an actor another system asks for it. *until*: valid up to, but not at, this
    instant, None: as the rules say. Where tiers have a validity that is the end of the
    term; else nobody falls before it, and then the tier is reckoned anew. *reason*: a
    word.
    """

    kind: ClassVar[str] = "tier_set"

    tiers: str
    tier: TierKey
    until: datetime | None = field(default=None, validator=is_end)
    reason: str = ""


@frozen(kw_only=True)
class TierOverridden(Exogenous):
    """From *since* (None: now) up to, but not at, *until* the actor decides the tier.

    Of two locks, and of two boosts, the later one holds; of floors the highest.
    *reason*: a word.
    """

    kind: ClassVar[str] = "tier_overridden"

    tiers: str
    override: OverrideKind
    tier: TierKey
    since: datetime | None = None
    until: datetime | None = field(default=None, validator=is_end)
    reason: str = ""


@frozen(kw_only=True)
class TierOverrideEnded(Exogenous):
    """An override is over: the one told by the event *of*, else all of its kind."""

    kind: ClassVar[str] = "tier_override_ended"

    tiers: str
    override: OverrideKind
    of: EventId | None = None


@frozen(kw_only=True)
class TierExcused(Exogenous):
    """The member is excused in ``[since, until)``, such as for an absence.

    *cause*: a word; policies name the causes that keep a tier. *tiers* empty: in all
    groups. *since* None: from now on.
    """

    kind: ClassVar[str] = "tier_excused"

    cause: str
    until: datetime = field(validator=is_end)
    since: datetime | None = None
    tiers: str = ""


@frozen(kw_only=True)
class TierReviewRequested(Exogenous):
    """The host asks to look at the tier now; empty *tiers*: in all groups.

    *how*: as after an event, as at a review, as at the end of the term, or from scratch
    (as far as earned).
    """

    kind: ClassVar[str] = "tier_review_requested"

    tiers: str = ""
    how: TierLook = TierLook.EVENT


@frozen(kw_only=True)
class ExtraTierGranted(Exogenous):
    """The member belongs to *tier* as well; this is no move.

    *cause*: a word, such as ``featured`` for outstanding posts. *until*: up to, but
    not at, this instant.
    """

    kind: ClassVar[str] = "extra_tier_granted"

    tiers: str
    tier: TierKey
    cause: str = "featured"
    until: datetime | None = field(default=None, validator=is_end)


@frozen(kw_only=True)
class ExtraTierEnded(Exogenous):
    """The member no longer belongs to *tier* beside the tier held."""

    kind: ClassVar[str] = "extra_tier_ended"

    tiers: str
    tier: TierKey


@frozen(kw_only=True)
class TierRenewed(Derived):
    """The tier holds for another term: from *since* up to, but not at, *until*.

    *until* None: without an end.
    """

    kind: ClassVar[str] = "tier_renewed"

    tiers: str
    tier: TierKey
    since: datetime
    until: datetime | None = None


@frozen(kw_only=True)
class TierGraceStarted(Derived):
    """The member is below the bar and keeps *tier* up to, but not at, *until*."""

    kind: ClassVar[str] = "tier_grace_started"

    tiers: str
    tier: TierKey
    until: datetime


@frozen(kw_only=True)
class TierGraceEnded(Derived):
    """The member meets the bar of *tier* again."""

    kind: ClassVar[str] = "tier_grace_ended"

    tiers: str
    tier: TierKey


@frozen(kw_only=True)
class TierReviewed(Derived):
    """A review is over and left the member in *tier*; points may begin anew."""

    kind: ClassVar[str] = "tier_reviewed"

    tiers: str
    tier: TierKey
