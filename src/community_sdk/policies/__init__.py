"""A shelf of instruments, one family per file, none knowing another."""

from community_sdk.policies._policy import (
    Describes,
    Guards,
    Measures,
    Narrows,
    Policy,
    Reference,
    Refers,
    Remembers,
    Reviews,
    Scope,
)
from community_sdk.policies.admission import (
    AdmissionPolicy,
    Answer,
    EntryRequirement,
    EntryScreening,
    GroupTerms,
    MinimumAge,
    PlatformLimits,
    Prospect,
    completed_years,
)
from community_sdk.policies.authority import Authority, HostAuthority
from community_sdk.policies.emergency import EmergencyActs
from community_sdk.policies.cases import (
    AppealPolicy,
    AppealTerms,
    ComplaintDesk,
    ComplaintFigures,
    ReportDesk,
    ReportThreshold,
)
from community_sdk.policies.funnel import Funnel, FunnelStep
from community_sdk.policies.onboarding import (
    NicknameFormat,
    OnboardingPolicy,
    OnboardingTask,
)
from community_sdk.policies.penalty import PenaltyLadder, Trigger
from community_sdk.policies.tier import Bar, QualificationPolicy
from community_sdk.policies.watch import RuleWatch
from community_sdk.policies.governance import (
    CouncilOrder,
    ManagerDispute,
    Petition,
    RuleVote,
)
from community_sdk.policies.permits import PermitPolicy
from community_sdk.policies.reminders import CaseSummary, RuleReminder, RuleReview

__all__ = [
    "AdmissionPolicy",
    "Answer",
    "AppealPolicy",
    "AppealTerms",
    "Authority",
    "Bar",
    "CaseSummary",
    "ComplaintDesk",
    "ComplaintFigures",
    "CouncilOrder",
    "Describes",
    "EmergencyActs",
    "EntryRequirement",
    "EntryScreening",
    "Funnel",
    "FunnelStep",
    "GroupTerms",
    "Guards",
    "HostAuthority",
    "ManagerDispute",
    "Measures",
    "MinimumAge",
    "Narrows",
    "NicknameFormat",
    "OnboardingPolicy",
    "OnboardingTask",
    "PenaltyLadder",
    "PermitPolicy",
    "Petition",
    "PlatformLimits",
    "Policy",
    "Prospect",
    "QualificationPolicy",
    "Reference",
    "Refers",
    "Remembers",
    "ReportDesk",
    "ReportThreshold",
    "Reviews",
    "RuleReminder",
    "RuleReview",
    "RuleVote",
    "RuleWatch",
    "Scope",
    "Trigger",
    "completed_years",
]
