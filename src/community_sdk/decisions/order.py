"""Breaches, sanctions and acts that do not count (S05 S06)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from community_sdk.decisions._decision import Decision
from community_sdk.model import DecisionId, EventId, LadderStep, RuleCode, SanctionState

__all__ = ["ApplySanction", "EndSanction", "LiftSanction", "RefuseAct", "ReportBreach"]


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
    """Impose the *step* of a ladder, until *until* (None: no end, or at once)."""

    kind: ClassVar[str] = "apply_sanction"

    step: LadderStep
    until: datetime | None = None
    strikes: tuple[EventId, ...] = ()


@frozen(kw_only=True)
class EndSanction(Decision):
    """Close a sanction on the record: it expired or was overturned."""

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
