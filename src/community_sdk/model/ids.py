"""Names of things: opaque words, told apart by type."""

from typing import NewType

__all__ = [
    "NO_POLICY",
    "CaseId",
    "CommunityId",
    "DecisionId",
    "EventId",
    "GroupId",
    "MemberId",
    "PolicyKey",
    "RoleName",
    "RuleCode",
    "TierKey",
]

CommunityId = NewType("CommunityId", str)
GroupId = NewType("GroupId", str)
MemberId = NewType("MemberId", str)
EventId = NewType("EventId", str)
DecisionId = NewType("DecisionId", str)
PolicyKey = NewType("PolicyKey", str)
RuleCode = NewType("RuleCode", str)
RoleName = NewType("RoleName", str)
TierKey = NewType("TierKey", str)
CaseId = NewType("CaseId", str)
"""The policy that keeps the case and its running number there: ``complaints-7``."""

NO_POLICY = PolicyKey("")
