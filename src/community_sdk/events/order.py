"""Breaches, sanctions, consent and duties (S05–S07 S10 S11)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.events._fields import is_end, refuse_number
from community_sdk.events.activity import ContentRef
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import (
    NO_POLICY,
    WEIGHT_LIMIT,
    DecisionId,
    EventId,
    HandOver,
    LaterSanctions,
    MemberId,
    Notice,
    PolicyKey,
    RuleCode,
    SanctionOrigin,
    SanctionState,
    Severity,
)

__all__ = [
    "ObligationEscalated",
    "ObligationMet",
    "ObligationMissed",
    "ObligationMoved",
    "ObligationOpened",
    "ProposalApproved",
    "ProposalDismissed",
    "ProposalExpired",
    "ProposalOpened",
    "ProposalRefused",
    "RuleBroken",
    "SanctionConfirmed",
    "SanctionEnded",
    "SanctionImported",
    "SanctionImposed",
    "SanctionLifted",
    "StrikeOverturned",
]


@frozen(kw_only=True)
class RuleBroken(Exogenous):
    """A confirmed breach of *rule*: it is recorded as a strike.

    *severity* and *weight* None: as the rulebook in force at `at` says. *automatic*:
    found by a policy, not by a person. The actor is who decided it, None: automation.
    *evidence* names what proves it; *case*: where it was decided.
    """

    kind: ClassVar[str] = "rule_broken"

    rule: RuleCode
    severity: Severity | None = None
    weight: int | None = None
    automatic: bool = False
    content: ContentRef | None = None
    evidence: tuple[ContentRef, ...] = ()
    case: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a weight below zero, as a breach is never a merit, or too great."""
        super().__attrs_post_init__()
        refuse_number(self.id, "weight", self.weight or 0, most=WEIGHT_LIMIT)


@frozen(kw_only=True)
class StrikeOverturned(Exogenous):
    """The strike was a mistake: it stops counting, the record stays.

    *strike*: the event that recorded it, a breach or a sanction ordered by hand.
    *later*: what becomes of later sanctions that rested on it; None: as the ladder
    says. *beside*: the others that are overturned at once with it.
    """

    kind: ClassVar[str] = "strike_overturned"

    strike: EventId
    later: LaterSanctions | None = None
    beside: tuple[EventId, ...] = ()


@frozen(kw_only=True)
class SanctionImposed(Derived):
    """A sanction is on record (derived, or entered by a person).

    *until* None: without end, or a measure that is done at once. *strikes* are those
    that led to it, the one that was answered first. *issuer*: who imposed it, empty
    for automation. *step*: the number of the ladder's step. *since*: from when it
    counts, None: from `at` on. *joins*, *replaces*: how it meets others of its kind in
    force. *consumes*: its strikes are used up. *approvers*: who agreed, where somebody
    had to.
    """

    kind: ClassVar[str] = "sanction_imposed"

    sanction: DecisionId
    measure: str
    order: int
    holds: bool = False
    until: datetime | None = None
    policy: PolicyKey = NO_POLICY
    strikes: tuple[EventId, ...] = ()
    state: SanctionState = SanctionState.ACTIVE
    issuer: str = ""
    origin: SanctionOrigin = SanctionOrigin.AUTOMATIC
    level: int = 0
    notice: Notice = Notice.PRIVATE
    case: str = ""
    expels: bool = False
    irreversible: bool = False
    step: int = 0
    since: datetime | None = None
    joins: bool = False
    replaces: tuple[DecisionId, ...] = ()
    consumes: bool = False
    approvers: tuple[MemberId, ...] = ()


@frozen(kw_only=True)
class SanctionConfirmed(Derived):
    """A provisional sanction was ratified: it is active (derived)."""

    kind: ClassVar[str] = "sanction_confirmed"

    sanction: DecisionId


@frozen(kw_only=True)
class SanctionImported(Exogenous):
    """A sanction in force from `at` up to, but not at, *until* (None: without end).

    Another system imposed it; a *measure* that only that system knows restrains.
    """

    kind: ClassVar[str] = "sanction_imported"

    sanction: DecisionId
    measure: str
    until: datetime | None = field(default=None, validator=is_end)


@frozen(kw_only=True)
class SanctionLifted(Exogenous):
    """Mercy: the sanction ends, the strike stays.

    *expired*: no mercy, another system reports that its time was over.
    """

    kind: ClassVar[str] = "sanction_lifted"

    sanction: DecisionId
    expired: bool = False


@frozen(kw_only=True)
class SanctionEnded(Derived):
    """A sanction is over: expired, lifted, overturned or lapsed (derived)."""

    kind: ClassVar[str] = "sanction_ended"

    sanction: DecisionId
    state: SanctionState = SanctionState.EXPIRED


@frozen(kw_only=True)
class ProposalOpened(Derived):
    """A decision waits for the consent of *needs* holders of *duty* (derived).

    Or of a role in *also*. *proposer*: who wants it; *excluded*: without a voice.
    *voices*: who agrees already.
    """

    kind: ClassVar[str] = "proposal_opened"

    proposal: DecisionId
    duty: str
    needs: int = 1
    deadline: datetime | None = None
    policy: PolicyKey = NO_POLICY
    also: tuple[str, ...] = ()
    proposer: MemberId | None = None
    excluded: bool = True
    voices: tuple[MemberId, ...] = ()


@frozen(kw_only=True)
class ProposalApproved(Exogenous):
    """The actor agrees to the proposal."""

    kind: ClassVar[str] = "proposal_approved"

    proposal: DecisionId


@frozen(kw_only=True)
class ProposalRefused(Exogenous):
    """The actor refuses the proposal."""

    kind: ClassVar[str] = "proposal_refused"

    proposal: DecisionId


@frozen(kw_only=True)
class ProposalExpired(Derived):
    """Nobody decided in time (derived)."""

    kind: ClassVar[str] = "proposal_expired"

    proposal: DecisionId


@frozen(kw_only=True)
class ProposalDismissed(Derived):
    """The proposal is closed: what it asks for has no object any more (derived)."""

    kind: ClassVar[str] = "proposal_dismissed"

    proposal: DecisionId


@frozen(kw_only=True)
class ObligationOpened(Derived):
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
    stages: tuple[HandOver, ...] = ()


@frozen(kw_only=True)
class ObligationMet(Exogenous):
    """It was done, or said to be done by the actor; *late*: after its time was over."""

    kind: ClassVar[str] = "obligation_met"

    obligation: DecisionId
    what: str = ""
    late: bool = False


@frozen(kw_only=True)
class ObligationMoved(Exogenous):
    """The actor set another time, *due*; what is still to come moves as far."""

    kind: ClassVar[str] = "obligation_moved"

    obligation: DecisionId
    due: datetime


@frozen(kw_only=True)
class ObligationEscalated(Derived):
    """It is still open after its time, and went to *duty* (derived)."""

    kind: ClassVar[str] = "obligation_escalated"

    obligation: DecisionId
    what: str = ""
    duty: str = ""


@frozen(kw_only=True)
class ObligationMissed(Derived):
    """The time for it is over (derived)."""

    kind: ClassVar[str] = "obligation_missed"

    obligation: DecisionId
    what: str = ""
