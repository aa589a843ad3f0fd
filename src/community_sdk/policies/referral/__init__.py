"""Members bring members: campaigns that count it, a watch over the spread (S19)."""

from community_sdk.policies.referral._campaign import ReferralCampaign
from community_sdk.policies.referral._terms import ReferralBurst, ReferralStage
from community_sdk.policies.referral._watch import ReferralWatch

__all__ = ["ReferralBurst", "ReferralCampaign", "ReferralStage", "ReferralWatch"]
