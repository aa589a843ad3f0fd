"""Reward more than punish: points, rewards, badges, the best of a month (S17)."""

from community_sdk.policies.incentive._badges import Badge, BadgePolicy
from community_sdk.policies.incentive._best import BestContributors
from community_sdk.policies.incentive._caps import GiftCap, GiftCaps, RewardStock
from community_sdk.policies.incentive._credit import ActorCredit
from community_sdk.policies.incentive._program import PointsProgram
from community_sdk.policies.incentive._rules import EarnRule, Expiry, Rate, Reward

__all__ = [
    "ActorCredit",
    "Badge",
    "BadgePolicy",
    "BestContributors",
    "EarnRule",
    "Expiry",
    "GiftCap",
    "GiftCaps",
    "PointsProgram",
    "Rate",
    "Reward",
    "RewardStock",
]
