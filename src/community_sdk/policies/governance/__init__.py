"""How the rules change, and who settles what managers are at odds about (S11)."""

from community_sdk.policies.governance.dispute import ManagerDispute
from community_sdk.policies.governance.petition import CouncilOrder, Petition
from community_sdk.policies.governance.vote import RuleVote

__all__ = ["CouncilOrder", "ManagerDispute", "Petition", "RuleVote"]
