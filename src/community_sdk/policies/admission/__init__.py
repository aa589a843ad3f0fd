"""Who may come in: terms, consent, places, limits, ways back, screening (S03 S25)."""

from community_sdk.policies.admission._blacklist import Blacklists
from community_sdk.policies.admission._limits import PlatformLimits
from community_sdk.policies.admission._policy import AdmissionPolicy
from community_sdk.policies.admission._screening import EntryScreening, Prospect
from community_sdk.policies.admission._terms import (
    Answer,
    EntryRequirement,
    GroupTerms,
    MinimumAge,
    completed_years,
)

__all__ = [
    "AdmissionPolicy",
    "Answer",
    "Blacklists",
    "EntryRequirement",
    "EntryScreening",
    "GroupTerms",
    "MinimumAge",
    "PlatformLimits",
    "Prospect",
    "completed_years",
]
