"""A shelf of instruments, one family per file, none knowing another."""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.policies._policy import *
    from community_sdk.policies.admission import *
    from community_sdk.policies.alert import *
    from community_sdk.policies.appraisal import *
    from community_sdk.policies.atmosphere import *
    from community_sdk.policies.authority import *
    from community_sdk.policies.cases import *
    from community_sdk.policies.channels import *
    from community_sdk.policies.double import *
    from community_sdk.policies.emergency import *
    from community_sdk.policies.exit import *
    from community_sdk.policies.feedback import SurveyDesk as SurveyDesk
    from community_sdk.policies.feedback import WishDesk as WishDesk
    from community_sdk.policies.funnel import *
    from community_sdk.policies.governance import *
    from community_sdk.policies.incentive import *
    from community_sdk.policies.league import LeaguePolicy as LeaguePolicy
    from community_sdk.policies.league import LeagueRules as LeagueRules
    from community_sdk.policies.league import OrderKey as OrderKey
    from community_sdk.policies.league import Quota as Quota
    from community_sdk.policies.lifecycle import LifecyclePolicy as LifecyclePolicy
    from community_sdk.policies.lifecycle import LifeSigns as LifeSigns
    from community_sdk.policies.onboarding import *
    from community_sdk.policies.penalty import *
    from community_sdk.policies.permits import *
    from community_sdk.policies.referral import *
    from community_sdk.policies.reminders import *
    from community_sdk.policies.response import *
    from community_sdk.policies.segmentation import *
    from community_sdk.policies.staffing import *
    from community_sdk.policies.tags import *
    from community_sdk.policies.tier import *
    from community_sdk.policies.watch import *
    from community_sdk.policies.zombies import *
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _policy=(
            "Declares Describes Fits Guards Joins Measures Narrows Places Policy Ranks "
            "Reaches Reference Refers Remembers Reviews Scope"
        ),
        admission=(
            "AdmissionPolicy Answer Blacklists EntryRequirement EntryScreening "
            "GroupTerms MinimumAge PlatformLimits Prospect completed_years"
        ),
        alert="AlertPolicy",
        appraisal="AppraisalPolicy",
        atmosphere="AtmospherePolicy CentreWatch WaterSigns",
        authority="Authority HostAuthority",
        cases=(
            "AppealPolicy AppealTerms ComplaintDesk ComplaintFigures ReportDesk "
            "ReportThreshold"
        ),
        channels=(
            "ChannelAttribution ChannelFigures ChannelTally ContactWatch DeskShift "
            "FollowUp JoinCodes ReclaimRule StaffDesk StaffRouting"
        ),
        double="DoubleMembership",
        emergency="EmergencyActs",
        exit="ContactCoolDown ExitPolicy",
        feedback="SurveyDesk WishDesk",
        funnel="Funnel FunnelStep",
        governance="CouncilOrder ManagerDispute Petition RuleVote",
        incentive=(
            "ActorCredit Badge BadgePolicy BestContributors EarnRule Expiry "
            "GiftCap GiftCaps PointsProgram Rate Reward RewardStock"
        ),
        league="LeaguePolicy LeagueRules OrderKey Quota",
        lifecycle="LifecyclePolicy LifeSigns",
        onboarding=(
            "CONCERNS FirstValuePolicy NewcomerStep NicknameFormat NicknameTerms "
            "OnboardingPolicy OnboardingTask PinnedNotice Questionnaire "
            "SurveyField"
        ),
        penalty=(
            "Decay FirstOffence LengthLimit ManualSanctions PenaltyLadder SoftStep "
            "Tally Trigger rolled_back"
        ),
        permits="PermitPolicy",
        referral="ReferralBurst ReferralCampaign ReferralStage ReferralWatch",
        reminders="CaseSummary RuleReminder RuleReview",
        response="ResponseFigures ResponseTime",
        segmentation="Axis Segment Segmentation rfm_axes rfm_segments",
        staffing=(
            "DutyRota Fall Signal StaffCare StaffConduct StaffingPlan "
            "SupporterWatch TalentWatch"
        ),
        tags="Tag TagGroup TagPolicy TagRule",
        tier=(
            "Bar BenefitHeld LevelBars Progress QualificationPolicy RegularBars "
            "Resolution ReviewPlan TrustLevels Validity resolve"
        ),
        watch="RuleWatch",
        zombies="ZombieWatch",
    )
