"""Reports, complaints, evidence and appeals (S07).

Of all of these `member` is whom the case is about (its author, the accused; None:
nobody in particular) and `actor` who acts: reporter, complainant, handler, appellant,
reviewer.
"""

from __future__ import annotations

from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.events._fields import is_amount
from community_sdk.events.activity import ContentRef
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import (
    NO_POLICY,
    AppealOutcome,
    CaseId,
    CaseOutcome,
    CaseStage,
    DecisionId,
    EventId,
    Evidence,
    MemberId,
    Money,
    PolicyKey,
    RuleCode,
)

__all__ = [
    "AppealDecided",
    "AppealFiled",
    "AppealWithdrawn",
    "CaseAdvanced",
    "CaseClosed",
    "CaseDecided",
    "CaseNoted",
    "CaseOpened",
    "CompensationGiven",
    "ComplaintFiled",
    "ContentReported",
    "EvidenceAdded",
]


@frozen(kw_only=True)
class ContentReported(Exogenous):
    """The actor reports *content* of the member: a claim, not yet a breach."""

    kind: ClassVar[str] = "content_reported"

    content: ContentRef
    category: str = ""


@frozen(kw_only=True)
class ComplaintFiled(Exogenous):
    """The actor complains about *topic*, of the member or of nobody in particular."""

    kind: ClassVar[str] = "complaint_filed"

    topic: str
    content: ContentRef | None = None


@frozen(kw_only=True)
class EvidenceAdded(Exogenous):
    """A snapshot is put on the file of *case*."""

    kind: ClassVar[str] = "evidence_added"

    case: CaseId
    evidence: Evidence


@frozen(kw_only=True)
class CaseNoted(Exogenous):
    """A private note, kept in the side store, is put on the file of *case*."""

    kind: ClassVar[str] = "case_noted"

    case: CaseId
    note: ContentRef


@frozen(kw_only=True)
class CaseAdvanced(Exogenous):
    """The actor has done *stage* of *case*: taken it in, answered, found the cause.

    The resolution is no such stage: it is `CaseDecided`.
    """

    kind: ClassVar[str] = "case_advanced"

    case: CaseId
    stage: CaseStage


@frozen(kw_only=True)
class CaseDecided(Exogenous):
    """The actor decides *case*; where it is upheld, it may be a breach of *rule*."""

    kind: ClassVar[str] = "case_decided"

    case: CaseId
    outcome: CaseOutcome
    rule: RuleCode | None = None


@frozen(kw_only=True)
class CompensationGiven(Exogenous):
    """Who complained in *case* is given something: *form* in a word, worth *money*."""

    kind: ClassVar[str] = "compensation_given"

    case: CaseId
    form: str
    money: Money | None = field(default=None, validator=is_amount)


@frozen(kw_only=True)
class AppealFiled(Exogenous):
    """The actor (None: the member) appeals *sanction*, or how *case* was decided.

    One of the two is named. *content* names the text of the appeal in the side store.
    """

    kind: ClassVar[str] = "appeal_filed"

    sanction: DecisionId | None = None
    case: CaseId | None = None
    content: ContentRef | None = None


@frozen(kw_only=True)
class AppealDecided(Exogenous):
    """The actor decides the appeal whose event is *appeal*; *case* where it names one.

    Granted and denied are about the appeal, never about the sanction.
    """

    kind: ClassVar[str] = "appeal_decided"

    appeal: EventId
    outcome: AppealOutcome
    case: CaseId | None = None


@frozen(kw_only=True)
class AppealWithdrawn(Exogenous):
    """Who filed the appeal takes it back; it counts as one all the same."""

    kind: ClassVar[str] = "appeal_withdrawn"

    appeal: EventId
    case: CaseId | None = None


@frozen(kw_only=True)
class CaseOpened(Derived):
    """A case was opened, maybe again (derived); *number* runs within *policy*."""

    kind: ClassVar[str] = "case_opened"

    case: CaseId
    number: int
    topic: str = ""
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class CaseClosed(Derived):
    """A case was decided by *by* (derived); *voices* had reported or complained."""

    kind: ClassVar[str] = "case_closed"

    case: CaseId
    outcome: CaseOutcome
    by: MemberId | None = None
    voices: tuple[MemberId, ...] = ()
    content: ContentRef | None = None
    policy: PolicyKey = NO_POLICY
