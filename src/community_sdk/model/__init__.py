"""The nouns: what is. Frozen values and nothing else (S01 S02 S05 S06 S08 S21)."""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.model.account import *
    from community_sdk.model.campaign import *
    from community_sdk.model.case import *
    from community_sdk.model.channel import *
    from community_sdk.model.community import *
    from community_sdk.model.council import *
    from community_sdk.model.door import *
    from community_sdk.model.duty import *
    from community_sdk.model.ids import *
    from community_sdk.model.kpi import *
    from community_sdk.model.ledger import *
    from community_sdk.model.member import *
    from community_sdk.model.money import *
    from community_sdk.model.role import *
    from community_sdk.model.roster import Post as Post
    from community_sdk.model.roster import Roster as Roster
    from community_sdk.model.roster import Rota as Rota
    from community_sdk.model.roster import Shift as Shift
    from community_sdk.model.roster import Swap as Swap
    from community_sdk.model.roster import WorkDays as WorkDays
    from community_sdk.model.rulebook import *
    from community_sdk.model.sanction import *
    from community_sdk.model.standing import *
    from community_sdk.model.tier import *
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        account="Account Earning Lot",
        campaign="Campaign",
        case=(
            "Appeal AppealOutcome AppealState Case CaseOutcome CaseStage CaseState "
            "Evidence StageLimit StageMark"
        ),
        channel=(
            "Channel ContactSide FillOrder FollowUpStage JoinCode NextGroups PoolGroup "
            "RouteWay"
        ),
        community="Community Group Positioning Titles",
        council="MotionState Voice",
        door="BlacklistScope Mark",
        duty="Escalation HandOver Tie",
        ids=(
            "NO_POLICY CaseId CommunityId DecisionId EventId GroupId MemberId "
            "PolicyKey RoleName RuleCode TierKey"
        ),
        kpi="KPI Direction Lifecycle Missing SurveyScale",
        ledger="EntryKind Ledger LedgerEntry Posting",
        member="Member MemberStatus TagOrigin",
        money="AMOUNT_LIMIT Money",
        role="PERMISSIONS Limit Person Role RoleAssignment",
        roster="Post Roster Rota Shift Swap WorkDays",
        rulebook="WEIGHT_LIMIT Amendment Rule Rulebook RuleChange Severity",
        sanction=(
            "SANCTIONS LadderStep LaterSanctions Notice Overlap SanctionKind "
            "SanctionOrigin SanctionState Whereabouts"
        ),
        standing="Movement PeriodClose Rank Standing",
        tier="OverrideKind Tier TierCause TierGroup TierLook TierOverride",
    )
