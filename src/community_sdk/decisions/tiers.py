"""What becomes of a tier short of a move: another term, grace, a review held (S08)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import TierKey

__all__ = ["EndTierGrace", "NoteTierReview", "RenewTier", "StartTierGrace"]


@frozen(kw_only=True)
class RenewTier(Decision):
    """Let the member keep *tier* for a term from *since* up to, not at, *until*.

    *until* None: without an end.
    """

    kind: ClassVar[str] = "renew_tier"

    tiers: str
    tier: TierKey
    since: datetime
    until: datetime | None = None


@frozen(kw_only=True)
class StartTierGrace(Decision):
    """Let the member keep *tier* up to, not at, *until*, though below its bar."""

    kind: ClassVar[str] = "start_tier_grace"

    tiers: str
    tier: TierKey
    until: datetime


@frozen(kw_only=True)
class EndTierGrace(Decision):
    """Note that the member meets the bar of *tier* again."""

    kind: ClassVar[str] = "end_tier_grace"

    tiers: str
    tier: TierKey


@frozen(kw_only=True)
class NoteTierReview(Decision):
    """Note that a review of *tiers* is over, and where it left the member."""

    kind: ClassVar[str] = "note_tier_review"

    tiers: str
    tier: TierKey
