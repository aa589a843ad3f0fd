"""Breaches, sanctions and acts that do not count (S05 S06)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import (
    DecisionId,
    EventId,
    LadderStep,
    LaterSanctions,
    MemberId,
    Overlap,
    RuleCode,
    SanctionOrigin,
    SanctionState,
)

__all__ = [
    "ApplySanction",
    "ConfirmSanction",
    "DismissProposal",
    "EndSanction",
    "LiftSanction",
    "OverturnStrike",
    "RefuseAct",
    "ReportBreach",
]


@frozen(kw_only=True)
class ReportBreach(Decision):
    """A policy itself found a breach of *rule*: record it.

    *occurred*: when it happened; None: when the event did that it was found in.
    """

    kind: ClassVar[str] = "report_breach"

    rule: RuleCode
    occurred: datetime | None = None


@frozen(kw_only=True)
class ApplySanction(Decision):
    """Impose the *step* of a ladder, until *until* (None: no end, or at once).

    *until* is the end for the platform: where another of the kind runs longer and the
    two count as one, it is that one's, and *alone* is when this one ends by itself.
    *strikes*: what led to it, the one that is answered first; *issuer*: who imposes it,
    empty for automation. *state*: active, provisional, or expired where it only goes
    on record. *since*: from when it counts, None: now. *joins*, *replaces*: how it
    meets others of its kind in force. *consumes*: its strikes are used up.
    *approvers*: who agreed, where somebody had to. *overlap*: the rule by which it
    meets what came into force while it waited; None: as *joins* and *replaces* say.
    """

    kind: ClassVar[str] = "apply_sanction"

    step: LadderStep
    until: datetime | None = None
    strikes: tuple[EventId, ...] = ()
    state: SanctionState = SanctionState.ACTIVE
    issuer: str = ""
    origin: SanctionOrigin = SanctionOrigin.AUTOMATIC
    case: str = ""
    since: datetime | None = None
    alone: datetime | None = None
    joins: bool = False
    replaces: tuple[DecisionId, ...] = ()
    consumes: bool = False
    approvers: tuple[MemberId, ...] = ()
    overlap: Overlap | None = None


@frozen(kw_only=True)
class ConfirmSanction(Decision):
    """A provisional sanction is ratified: it stands."""

    kind: ClassVar[str] = "confirm_sanction"

    sanction: DecisionId


@frozen(kw_only=True)
class OverturnStrike(Decision):
    """The strike was a mistake: it stops counting, and what it led to is undone.

    *strike*: the event that recorded it, a breach or a sanction ordered by hand.
    *later*: what becomes of later sanctions; None: as the ladder says. *beside*: the
    others that are overturned at once with it.
    """

    kind: ClassVar[str] = "overturn_strike"

    strike: EventId
    later: LaterSanctions | None = None
    beside: tuple[EventId, ...] = ()


@frozen(kw_only=True)
class DismissProposal(Decision):
    """Close a proposal that has no object any more."""

    kind: ClassVar[str] = "dismiss_proposal"

    proposal: DecisionId


@frozen(kw_only=True)
class EndSanction(Decision):
    """Close a sanction on the record: it expired, was lifted, overturned or lapsed."""

    kind: ClassVar[str] = "end_sanction"

    sanction: DecisionId
    state: SanctionState = SanctionState.EXPIRED


@frozen(kw_only=True)
class LiftSanction(Decision):
    """Undo the measure on the platform, where it does not end there by itself."""

    kind: ClassVar[str] = "lift_sanction"

    sanction: DecisionId
    measure: str


@frozen(kw_only=True)
class RefuseAct(Decision):
    """What somebody did (*act*, an event kind) does not count, for the reason given."""

    kind: ClassVar[str] = "refuse_act"

    act: str
