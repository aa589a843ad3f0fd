"""Ways in: join codes, attribution, staff, contacts and follow-up (S02 S18 S20)."""

from community_sdk.policies.channels._codes import JoinCodes

__all__ = ["JoinCodes"]
