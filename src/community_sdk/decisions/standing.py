"""Tiers, stages and advice (S08 S20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import MemberId, TierCause, TierKey

__all__ = ["ChangeTier", "Recommend", "RecordStage", "ReportDifference"]


@frozen(kw_only=True)
class ChangeTier(Decision):
    """Move the member within *tiers*.

    *cause*: what decided the tier. *own*: the tier on the member's own account where a
    grant or an override decided, else empty. *until*: valid up to, but not at, this
    instant. *since*: from when it is held, None: from now. *lock*: no automatic move
    from here on. *rules*: a digest of the bars. *by*: who set it by hand.
    *order*: the purchase that brought it about. *account*: who held it, where two
    turned out to be one person. *own_until*: how long *own* is safe.
    """

    kind: ClassVar[str] = "change_tier"

    tiers: str
    before: TierKey
    after: TierKey
    rise: bool
    cause: TierCause = TierCause.EARNED
    own: str = ""
    until: datetime | None = None
    since: datetime | None = None
    lock: bool = False
    rules: str = ""
    by: MemberId | None = None
    order: str = ""
    account: MemberId | None = None
    own_until: datetime | None = None


@frozen(kw_only=True)
class RecordStage(Decision):
    """Note that the member reached step *step* of the funnel called *policy*."""

    kind: ClassVar[str] = "record_stage"

    step: int
    opened: datetime


@frozen(kw_only=True)
class Recommend(Decision):
    """Suggest *action* to whom it concerns; also the decision of users' policies."""

    kind: ClassVar[str] = "recommend"

    action: str
    properties: Mapping[str, str | int | bool] = field(
        factory=dict[str, "str | int | bool"], hash=False
    )


@frozen(kw_only=True)
class ReportDifference(Decision):
    """A late fact changes what was closed; nothing issued is rewritten."""

    kind: ClassVar[str] = "report_difference"

    subject: str
