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
from community_sdk.policies.funnel import Funnel, FunnelStep
from community_sdk.policies.onboarding import (
    NicknameFormat,
    OnboardingPolicy,
    OnboardingTask,
)
from community_sdk.policies.penalty import PenaltyLadder, Trigger
from community_sdk.policies.tier import Bar, QualificationPolicy
from community_sdk.policies.watch import RuleWatch

__all__ = [
    "AdmissionPolicy",
    "Answer",
    "Bar",
    "Describes",
    "EntryRequirement",
    "EntryScreening",
    "Funnel",
    "FunnelStep",
    "GroupTerms",
    "Guards",
    "Measures",
    "MinimumAge",
    "Narrows",
    "NicknameFormat",
    "OnboardingPolicy",
    "OnboardingTask",
    "PenaltyLadder",
    "PlatformLimits",
    "Policy",
    "Prospect",
    "QualificationPolicy",
    "Reference",
    "Refers",
    "Remembers",
    "Reviews",
    "RuleWatch",
    "Scope",
    "Trigger",
    "completed_years",
]
