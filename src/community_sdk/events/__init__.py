"""The closed union of what can happen, in the past tense; `kind` words are for ever."""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.events._kinds import *
    from community_sdk.events.activity import *
    from community_sdk.events.cases import *
    from community_sdk.events.channels import *
    from community_sdk.events.contact import *
    from community_sdk.events.entry import *
    from community_sdk.events.envelope import KINDS as KINDS
    from community_sdk.events.envelope import Derived as Derived
    from community_sdk.events.envelope import Event as Event
    from community_sdk.events.envelope import EventTypes as EventTypes
    from community_sdk.events.envelope import Exogenous as Exogenous
    from community_sdk.events.envelope import refuse_other as refuse_other
    from community_sdk.events.exit import *
    from community_sdk.events.feedback import *
    from community_sdk.events.governance import *
    from community_sdk.events.incentive import *
    from community_sdk.events.membership import *
    from community_sdk.events.order import *
    from community_sdk.events.record import *
    from community_sdk.events.rules import *
    from community_sdk.events.segments import *
    from community_sdk.events.standing import *
    from community_sdk.events.tiers import *
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _kinds="DERIVED EXOGENOUS",
        activity=(
            "ContentRef Custom HeadCounted MessagePosted PurchaseMade ReactionReceived "
            "RefundMade"
        ),
        cases=(
            "AppealDecided AppealFiled AppealWithdrawn CaseAdvanced CaseClosed "
            "CaseDecided CaseNoted CaseOpened CompensationGiven ComplaintFiled "
            "ContentReported EvidenceAdded"
        ),
        channels=(
            "ChannelResultNoted ChannelSpent CodeRenewed CodeScanned ContactAdded "
            "ContactDeleted FollowedUp FollowUpClaimed FollowUpReclaimed "
            "FollowUpStageSet JoinAttributed StaffRequested"
        ),
        contact="AnswerGiven QuestionAnswered QuestionAsked SkillNoted SupporterKnown",
        entry=(
            "EntryAnswered EntryConsented FeePaid FirstValueReached Invited "
            "ReferralClaimed ReferralJudged StepDone"
        ),
        envelope="KINDS Derived Event EventTypes Exogenous refuse_other",
        exit=(
            "Blacklisted ContactPaused ContentNoticed ErasureRequested "
            "PersonalDataErased TakenOffBlacklist"
        ),
        feedback=(
            "FigureReported LifecycleChanged LifecycleSet RatingGiven SurveyOpened "
            "WishAnswered WishMade"
        ),
        governance=(
            "CouncilOrdered DisputeRaised DisputeSettled EmergencyActed "
            "EmergencyRatified EmergencyRejected EmergencyReported MotionClosed "
            "MotionWithdrawn PetitionSigned PetitionStarted RulebookAmended "
            "VoteCalled VoteCast"
        ),
        incentive=(
            "BadgeGranted BadgeImported BadgeRevoked BadgeWithdrawn BestNamed "
            "GiftReturned GiftSent OrderCancelled PointsAdjusted PointsPosted "
            "PointsReversed RedemptionRequested RedemptionReturned RewardGranted"
        ),
        membership=(
            "AdmissionRefused Admitted IdentityLinked Introduced Joined JoinRequested "
            "Left MemberRemoved MembershipImported NicknameSet RoleAssigned RoleEnded "
            "SurveyAnswered Waitlisted"
        ),
        order=(
            "ObligationEscalated ObligationMet ObligationMissed ObligationMoved "
            "ObligationOpened ProposalApproved ProposalDismissed ProposalExpired "
            "ProposalOpened ProposalRefused RuleBroken SanctionConfirmed SanctionEnded "
            "SanctionImported SanctionImposed SanctionLifted StrikeOverturned"
        ),
        record="ActsRolledBack RecordCleared SanctionOrdered StrikesImported",
        rules=(
            "AdPosted InvitationSent PermitGranted PermitRequested PermitWithdrawn "
            "RuleWaived WaiverEnded"
        ),
        segments="SegmentChanged TagCleared TagEnded TagGiven TagSet",
        standing=(
            "BalanceImported EnforcementReported PeriodClosed PlaybookAdopted "
            "StageReached StandingsCounted TierChanged TierImported TimerFired"
        ),
        tiers=(
            "ExtraTierEnded ExtraTierGranted TierExcused TierGraceEnded "
            "TierGraceStarted TierOverridden TierOverrideEnded TierRenewed "
            "TierReviewed TierReviewRequested TierSet"
        ),
    )
