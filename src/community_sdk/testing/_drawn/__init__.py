"""What is drawn of single families: their events and their policies."""

from community_sdk.testing._drawn.channels import CHANNEL_POLICIES, CHANNELS
from community_sdk.testing._drawn.health import HEALTH, HEALTH_POLICIES
from community_sdk.testing._drawn.incentives import INCENTIVE_POLICIES, INCENTIVES
from community_sdk.testing._drawn.referral import REFERRAL, REFERRAL_POLICIES
from community_sdk.testing._drawn.segments import SEGMENT_POLICIES, SEGMENTS

__all__ = [
    "CHANNELS",
    "CHANNEL_POLICIES",
    "HEALTH",
    "HEALTH_POLICIES",
    "INCENTIVES",
    "INCENTIVE_POLICIES",
    "REFERRAL",
    "REFERRAL_POLICIES",
    "SEGMENTS",
    "SEGMENT_POLICIES",
]
