"""The closed union of what should be done, in the imperative; each says `because`.

A decision was *taken*; whether somebody must consent is a `Proposal`, whether a
platform did it an `EnforcementReported`: three truths, kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import ClassVar, Final, Literal

from attrs import field, frozen

from community_sdk.explanation import Explanation
from community_sdk.model import (
    NO_POLICY,
    DecisionId,
    EventId,
    GroupId,
    LadderStep,
    MemberId,
    PolicyKey,
    RuleCode,
    SanctionState,
    TierKey,
)

__all__ = [
    "DECISIONS",
    "Admit",
    "ApplySanction",
    "AskForMore",
    "ChangeTier",
    "ClearTimer",
    "Decision",
    "EndSanction",
    "Escalate",
    "Greet",
    "LiftSanction",
    "Mode",
    "OpenObligation",
    "PutOnWaitingList",
    "Recommend",
    "RecordStage",
    "RefuseAct",
    "RefuseAdmission",
    "Remind",
    "ReportBreach",
    "ReportDifference",
    "RequestConsent",
    "SetTimer",
    "Wish",
]


_NO_ID: Final = DecisionId("")


class Mode(Enum):
    """What becomes of a policy's decisions: kept only, proposed, or done."""

    SHADOW = "shadow"
    PROPOSE = "propose"
    ACT = "act"


@frozen(kw_only=True)
class Decision:
    """Something that should be done about a member or the community.

    A policy fills in the facts and *because*; the engine adds *id*, *policy*,
    *playbook* (version), *trigger*, *at* and *mode*.

    Attributes:
        id: digest of community, policy, trigger, kind, subject and ordinal.
        at: when it was due; a late timer's decision bears the due instant.
        trigger: the event, or the timer and its due instant, that led to it.
        playbook: the version it was taken under, recorded and not part of the id.
    """

    kind: ClassVar[str] = ""

    member: MemberId | None = None
    group: GroupId | None = None
    because: Explanation
    id: DecisionId = _NO_ID
    policy: PolicyKey = NO_POLICY
    playbook: str = ""
    trigger: str = ""
    at: datetime | None = None
    mode: Mode = Mode.ACT


@frozen(kw_only=True)
class Admit(Decision):
    """Let the member in."""

    kind: ClassVar[str] = "admit"


@frozen(kw_only=True)
class RefuseAdmission(Decision):
    """Do not let the member in, for the requirements named."""

    kind: ClassVar[str] = "refuse_admission"


@frozen(kw_only=True)
class AskForMore(Decision):
    """Ask for what is unknown; the request stays pending."""

    kind: ClassVar[str] = "ask_for_more"

    missing: tuple[str, ...] = ()


@frozen(kw_only=True)
class PutOnWaitingList(Decision):
    """Everything is met, but the group is full."""

    kind: ClassVar[str] = "put_on_waiting_list"


@frozen(kw_only=True)
class Greet(Decision):
    """Welcome the member with the text called *template*."""

    kind: ClassVar[str] = "greet"

    template: str = "welcome"


@frozen(kw_only=True)
class OpenObligation(Decision):
    """Somebody must do *what* by *due*: the member, or a holder of *duty*.

    Met by the first event called *met_by* whose fields equal *where*; reminded at the
    instants in *reminders*.
    """

    kind: ClassVar[str] = "open_obligation"

    what: str
    due: datetime
    met_by: str = ""
    where: tuple[tuple[str, str | int | bool], ...] = ()
    duty: str = ""
    reminders: tuple[datetime, ...] = ()


@frozen(kw_only=True)
class Remind(Decision):
    """Remind of an obligation that is still open."""

    kind: ClassVar[str] = "remind"

    what: str


@frozen(kw_only=True)
class Escalate(Decision):
    """An obligation was missed: hand it to *duty*."""

    kind: ClassVar[str] = "escalate"

    what: str
    duty: str = ""


@frozen(kw_only=True)
class ReportBreach(Decision):
    """A policy itself found a breach of *rule*: record it."""

    kind: ClassVar[str] = "report_breach"

    rule: RuleCode


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
class ChangeTier(Decision):
    """Move the member within *tiers*."""

    kind: ClassVar[str] = "change_tier"

    tiers: str
    before: TierKey
    after: TierKey
    rise: bool


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


@frozen(kw_only=True)
class RequestConsent(Decision):
    """Ask *needs* holders of *duty* to agree to the decision *wish* by *deadline*."""

    kind: ClassVar[str] = "request_consent"

    wish: Decision
    duty: str
    needs: int = 1
    deadline: datetime | None = None


@frozen(kw_only=True)
class RefuseAct(Decision):
    """What somebody did (*act*, an event kind) does not count, for the reason given."""

    kind: ClassVar[str] = "refuse_act"

    act: str


@frozen
class SetTimer:
    """Wake the policy at *due* with `TimerFired`; the same *timer* replaces.

    *phase* ``before`` fires at the instant itself (ends of half-open things);
    ``after`` once time has passed beyond it (ends of inclusive things).
    """

    timer: str
    due: datetime
    phase: Literal["before", "after"] = "before"


@frozen
class ClearTimer:
    """Forget the timer called *timer*, if there is one."""

    timer: str


Wish = Decision | SetTimer | ClearTimer
"""What a policy may yield."""

DECISIONS: Final = {
    cls.kind: cls
    for cls in (
        Admit,
        RefuseAdmission,
        AskForMore,
        PutOnWaitingList,
        Greet,
        OpenObligation,
        Remind,
        Escalate,
        ReportBreach,
        ApplySanction,
        EndSanction,
        LiftSanction,
        ChangeTier,
        RecordStage,
        Recommend,
        ReportDifference,
        RequestConsent,
        RefuseAct,
    )
}
"""Every decision class by its `kind` word."""
