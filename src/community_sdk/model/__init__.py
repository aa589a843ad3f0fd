"""The nouns: what is. Frozen values and nothing else (S01 S02 S05 S06 S08 S21)."""

from community_sdk.model.campaign import Campaign
from community_sdk.model.case import (
    Appeal,
    AppealOutcome,
    AppealState,
    Case,
    CaseId,
    CaseOutcome,
    CaseStage,
    CaseState,
    Evidence,
    StageLimit,
    StageMark,
)
from community_sdk.model.community import Community, Group, Positioning, Titles
from community_sdk.model.council import MotionState, Voice
from community_sdk.model.door import BlacklistScope, Mark
from community_sdk.model.duty import Escalation, HandOver
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
from community_sdk.model.roster import Post, Roster, Rota, Shift, Swap, WorkDays
from community_sdk.model.rulebook import (
    Amendment,
    Rule,
    Rulebook,
    RuleChange,
    Severity,
)
from community_sdk.model.sanction import (
    SANCTIONS,
    LadderStep,
    LaterSanctions,
    Notice,
    Overlap,
    SanctionKind,
    SanctionOrigin,
    SanctionState,
    Whereabouts,
)
from community_sdk.model.tier import Tier, TierGroup

__all__ = [
    "KPI",
    "NO_POLICY",
    "PERMISSIONS",
    "SANCTIONS",
    "Amendment",
    "Appeal",
    "AppealOutcome",
    "AppealState",
    "BlacklistScope",
    "Campaign",
    "Case",
    "CaseId",
    "CaseOutcome",
    "CaseStage",
    "CaseState",
    "Community",
    "CommunityId",
    "DecisionId",
    "Direction",
    "Escalation",
    "EventId",
    "Evidence",
    "Group",
    "GroupId",
    "HandOver",
    "LadderStep",
    "LaterSanctions",
    "Limit",
    "Mark",
    "Member",
    "MemberId",
    "MemberStatus",
    "Money",
    "MotionState",
    "Notice",
    "Overlap",
    "Person",
    "PolicyKey",
    "Positioning",
    "Post",
    "Role",
    "RoleAssignment",
    "RoleName",
    "Roster",
    "Rota",
    "Rule",
    "RuleChange",
    "RuleCode",
    "Rulebook",
    "SanctionKind",
    "SanctionOrigin",
    "SanctionState",
    "Severity",
    "Shift",
    "StageLimit",
    "StageMark",
    "Swap",
    "Tier",
    "TierGroup",
    "TierKey",
    "Titles",
    "Voice",
    "Whereabouts",
    "WorkDays",
]
