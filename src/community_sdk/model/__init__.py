"""The nouns: what is. Frozen values and nothing else (S01 S02 S05 S06 S08 S21)."""

from community_sdk.model.campaign import Campaign
from community_sdk.model.community import Community, Group, Positioning, Titles
from community_sdk.model.ids import (
    NO_POLICY,
    CommunityId,
    DecisionId,
    EventId,
    GroupId,
    MemberId,
    PolicyKey,
    RoleName,
    RuleCode,
    TierKey,
)
from community_sdk.model.kpi import KPI, Direction
from community_sdk.model.member import Member, MemberStatus
from community_sdk.model.money import Money
from community_sdk.model.role import (
    PERMISSIONS,
    Limit,
    Person,
    Role,
    RoleAssignment,
)
from community_sdk.model.rulebook import Rule, Rulebook, Severity
from community_sdk.model.sanction import (
    SANCTIONS,
    LadderStep,
    Notice,
    SanctionKind,
    SanctionState,
)
from community_sdk.model.tier import Tier, TierGroup

__all__ = [
    "KPI",
    "NO_POLICY",
    "PERMISSIONS",
    "SANCTIONS",
    "Campaign",
    "Community",
    "CommunityId",
    "DecisionId",
    "Direction",
    "EventId",
    "Group",
    "GroupId",
    "LadderStep",
    "Limit",
    "Member",
    "MemberId",
    "MemberStatus",
    "Money",
    "Notice",
    "Person",
    "PolicyKey",
    "Positioning",
    "Role",
    "RoleAssignment",
    "RoleName",
    "Rule",
    "RuleCode",
    "Rulebook",
    "SanctionKind",
    "SanctionState",
    "Severity",
    "Tier",
    "TierGroup",
    "TierKey",
    "Titles",
]
