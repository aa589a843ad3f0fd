"""Reward more than punish: points, rewards, badges, the best of a month (S17)."""

from community_sdk.policies.incentive._badges import Badge, BadgePolicy
from community_sdk.policies.incentive._program import PointsProgram
from community_sdk.policies.incentive._rules import EarnRule, Expiry, Rate, Reward

__all__ = [
    "Badge",
    "BadgePolicy",
    "EarnRule",
    "Expiry",
    "PointsProgram",
    "Rate",
    "Reward",
]
