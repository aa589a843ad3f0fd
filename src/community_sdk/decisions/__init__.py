"""The closed union of what should be done, in the imperative; each says `because`.

A decision was *taken*; whether somebody must consent is a `Proposal`, whether a
platform did it an `EnforcementReported`: three truths, kept apart.
"""

from typing import Final

from community_sdk.decisions._decision import ClearTimer, Decision, Mode, SetTimer, Wish
from community_sdk.decisions.cases import (
    CloseCase,
    ConfirmBreach,
    OfferAppeal,
    OpenCase,
    TellOutcome,
)
from community_sdk.decisions.contact import RecordAnswer
from community_sdk.decisions.duties import (
    Escalate,
    OpenObligation,
    Remind,
    RequestConsent,
)
from community_sdk.decisions.governance import (
    AmendRulebook,
    CloseMotion,
    RepeatRules,
    SummarizeCases,
)
from community_sdk.decisions.health import (
    ChangeLifecycle,
    IssueScorecard,
    SumUpSurvey,
    SumUpWishes,
    WarmUp,
)
from community_sdk.decisions.incentive import (
    GrantBadge,
    GrantReward,
    NameBest,
    PostPoints,
    RevokeBadge,
)
from community_sdk.decisions.league import ClosePeriod, RequestStandings
from community_sdk.decisions.membership import (
    Admit,
    AskForMore,
    Greet,
    NoteFirstValue,
    PauseContact,
    PutOnWaitingList,
    RefuseAdmission,
)
from community_sdk.decisions.order import (
    ApplySanction,
    ConfirmSanction,
    DismissProposal,
    EndSanction,
    LiftSanction,
    OverturnStrike,
    RefuseAct,
    ReportBreach,
)
from community_sdk.decisions.segments import AssignSegment, EndTag, GiveTag
from community_sdk.decisions.standing import (
    ChangeTier,
    Recommend,
    RecordStage,
    ReportDifference,
)
from community_sdk.decisions.tiers import (
    EndTierGrace,
    NoteTierReview,
    RenewTier,
    StartTierGrace,
)

__all__ = [
    "DECISIONS",
    "Admit",
    "AmendRulebook",
    "ApplySanction",
    "AskForMore",
    "AssignSegment",
    "ChangeLifecycle",
    "ChangeTier",
    "ClearTimer",
    "CloseCase",
    "CloseMotion",
    "ClosePeriod",
    "ConfirmBreach",
    "ConfirmSanction",
    "Decision",
    "DismissProposal",
    "EndSanction",
    "EndTag",
    "EndTierGrace",
    "Escalate",
    "GiveTag",
    "GrantBadge",
    "GrantReward",
    "Greet",
    "IssueScorecard",
    "LiftSanction",
    "Mode",
    "NameBest",
    "NoteFirstValue",
    "NoteTierReview",
    "OfferAppeal",
    "OpenCase",
    "OpenObligation",
    "OverturnStrike",
    "PauseContact",
    "PostPoints",
    "PutOnWaitingList",
    "Recommend",
    "RecordAnswer",
    "RecordStage",
    "RefuseAct",
    "RefuseAdmission",
    "Remind",
    "RenewTier",
    "RepeatRules",
    "ReportBreach",
    "ReportDifference",
    "RequestConsent",
    "RequestStandings",
    "RevokeBadge",
    "SetTimer",
    "StartTierGrace",
    "SumUpSurvey",
    "SumUpWishes",
    "SummarizeCases",
    "TellOutcome",
    "WarmUp",
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
        NoteFirstValue,
        PauseContact,
        OpenObligation,
        Remind,
        Escalate,
        ReportBreach,
        ApplySanction,
        ConfirmSanction,
        EndSanction,
        LiftSanction,
        OverturnStrike,
        DismissProposal,
        ChangeTier,
        RenewTier,
        StartTierGrace,
        EndTierGrace,
        NoteTierReview,
        RecordStage,
        RecordAnswer,
        Recommend,
        ReportDifference,
        RequestConsent,
        RefuseAct,
        OpenCase,
        CloseCase,
        ConfirmBreach,
        TellOutcome,
        OfferAppeal,
        AmendRulebook,
        CloseMotion,
        RepeatRules,
        SummarizeCases,
        RequestStandings,
        ClosePeriod,
        PostPoints,
        GrantReward,
        GrantBadge,
        RevokeBadge,
        NameBest,
        GiveTag,
        EndTag,
        AssignSegment,
        ChangeLifecycle,
        IssueScorecard,
        SumUpSurvey,
        SumUpWishes,
        WarmUp,
    )
}
"""Every decision class by its `kind` word."""
