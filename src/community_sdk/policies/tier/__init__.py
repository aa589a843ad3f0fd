"""Tiers by bars: rise by entry, stay by retention, fall with notice (S08)."""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.policies.tier._bars import Bar as Bar
    from community_sdk.policies.tier._policy import *
    from community_sdk.policies.tier._progress import BenefitHeld as BenefitHeld
    from community_sdk.policies.tier._progress import Progress as Progress
    from community_sdk.policies.tier._resolution import Resolution as Resolution
    from community_sdk.policies.tier._resolution import resolve as resolve
    from community_sdk.policies.tier._terms import ReviewPlan as ReviewPlan
    from community_sdk.policies.tier._terms import Validity as Validity
    from community_sdk.policies.tier._trust import *
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _bars="Bar",
        _policy="QualificationPolicy",
        _progress="BenefitHeld Progress",
        _resolution="Resolution resolve",
        _terms="ReviewPlan Validity",
        _trust="LevelBars RegularBars TrustLevels",
    )
