"""Breaches, sanctions, consent and duties (S05–S07 S10 S11)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from community_sdk.events.activity import ContentRef
from community_sdk.events.envelope import Event, refuse_below_zero
from community_sdk.model import (
    NO_POLICY,
    DecisionId,
    EventId,
    PolicyKey,
    RuleCode,
    SanctionState,
    Severity,
)

__all__ = [
    "ObligationMet",
    "ObligationMissed",
    "ObligationOpened",
    "ProposalApproved",
    "ProposalExpired",
    "ProposalOpened",
    "ProposalRefused",
    "RuleBroken",
    "SanctionEnded",
    "SanctionImported",
    "SanctionImposed",
    "SanctionLifted",
    "StrikeOverturned",
]


@frozen(kw_only=True)
class RuleBroken(Event):
    """A confirmed breach of *rule*: it is recorded as a strike.

    *severity* and *weight* None: as the rulebook in force at `at` says. *automatic*:
    found by a policy, not by a person.
    """

    kind: ClassVar[str] = "rule_broken"

    rule: RuleCode
    severity: Severity | None = None
    weight: int | None = None
    automatic: bool = False
    content: ContentRef | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a weight below zero: a breach is never a merit."""
        super().__attrs_post_init__()
        refuse_below_zero(self.id, "weight", self.weight or 0)


@frozen(kw_only=True)
class StrikeOverturned(Event):
    """The strike was a mistake: it stops counting, the record stays."""

    kind: ClassVar[str] = "strike_overturned"

    strike: EventId


@frozen(kw_only=True)
class SanctionImposed(Event):
    """A sanction is on record (derived, or entered by a person).

    *until* None: without end, or a measure that is done at once. *strikes* are those
    that led to it.
    """

    kind: ClassVar[str] = "sanction_imposed"

    sanction: DecisionId
    measure: str
    order: int
    holds: bool = False
    until: datetime | None = None
    policy: PolicyKey = NO_POLICY
    strikes: tuple[EventId, ...] = ()


@frozen(kw_only=True)
class SanctionImported(Event):
    """A sanction in force that another system imposed."""

    kind: ClassVar[str] = "sanction_imported"

    sanction: DecisionId
    measure: str
    until: datetime | None = None


@frozen(kw_only=True)
class SanctionLifted(Event):
    """Mercy: the sanction ends, the strike stays."""

    kind: ClassVar[str] = "sanction_lifted"

    sanction: DecisionId


@frozen(kw_only=True)
class SanctionEnded(Event):
    """A sanction is over: expired or overturned (derived)."""

    kind: ClassVar[str] = "sanction_ended"

    sanction: DecisionId
    state: SanctionState = SanctionState.EXPIRED


@frozen(kw_only=True)
class ProposalOpened(Event):
    """A decision waits for the consent of *needs* holders of *duty* (derived)."""

    kind: ClassVar[str] = "proposal_opened"

    proposal: DecisionId
    duty: str
    needs: int = 1
    deadline: datetime | None = None
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class ProposalApproved(Event):
    """The actor agrees to the proposal."""

    kind: ClassVar[str] = "proposal_approved"

    proposal: DecisionId


@frozen(kw_only=True)
class ProposalRefused(Event):
    """The actor refuses the proposal."""

    kind: ClassVar[str] = "proposal_refused"

    proposal: DecisionId


@frozen(kw_only=True)
class ProposalExpired(Event):
    """Nobody decided in time (derived)."""

    kind: ClassVar[str] = "proposal_expired"

    proposal: DecisionId


@frozen(kw_only=True)
class ObligationOpened(Event):
    """Somebody must do *what* by *due*: the member, or a holder of *duty* (derived)."""

    kind: ClassVar[str] = "obligation_opened"

    obligation: DecisionId
    what: str
    due: datetime
    met_by: str = ""
    where: tuple[tuple[str, str | int | bool], ...] = ()
    duty: str = ""
    reminders: tuple[datetime, ...] = ()
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class ObligationMet(Event):
    """It was done in time, or said to be done by the actor."""

    kind: ClassVar[str] = "obligation_met"

    obligation: DecisionId
    what: str = ""


@frozen(kw_only=True)
class ObligationMissed(Event):
    """The time for it is over (derived)."""

    kind: ClassVar[str] = "obligation_missed"

    obligation: DecisionId
    what: str = ""
