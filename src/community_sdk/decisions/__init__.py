"""The closed union of what should be done, in the imperative; each says `because`.

A decision was *taken*; whether somebody must consent is a `Proposal`, whether a
platform did it an `EnforcementReported`: three truths, kept apart.
"""

from typing import Final

from community_sdk.decisions._decision import ClearTimer, Decision, Mode, SetTimer, Wish
from community_sdk.decisions.duties import (
    Escalate,
    OpenObligation,
    Remind,
    RequestConsent,
)
from community_sdk.decisions.membership import (
    Admit,
    AskForMore,
    Greet,
    PutOnWaitingList,
    RefuseAdmission,
)
from community_sdk.decisions.order import (
    ApplySanction,
    EndSanction,
    LiftSanction,
    RefuseAct,
    ReportBreach,
)
from community_sdk.decisions.standing import (
    ChangeTier,
    Recommend,
    RecordStage,
    ReportDifference,
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
