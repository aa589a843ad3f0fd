"""What is drawn of single families: their events and their policies."""

from community_sdk.testing._drawn.incentives import INCENTIVE_POLICIES, INCENTIVES

__all__ = ["INCENTIVES", "INCENTIVE_POLICIES"]
