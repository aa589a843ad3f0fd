"""Tiers by bars: rise by entry, stay by retention, fall with notice (S08)."""

from community_sdk.policies.tier._bars import Bar
from community_sdk.policies.tier._policy import QualificationPolicy
from community_sdk.policies.tier._progress import BenefitHeld, Progress
from community_sdk.policies.tier._resolution import Resolution, resolve
from community_sdk.policies.tier._terms import ReviewPlan, Validity
from community_sdk.policies.tier._trust import LevelBars, RegularBars, TrustLevels

__all__ = [
    "Bar",
    "BenefitHeld",
    "LevelBars",
    "Progress",
    "QualificationPolicy",
    "RegularBars",
    "Resolution",
    "ReviewPlan",
    "TrustLevels",
    "Validity",
    "resolve",
]
