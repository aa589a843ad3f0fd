"""The closed union of what should be done, in the imperative; each says `because`.

A decision was *taken*; whether somebody must consent is a `Proposal`, whether a
platform did it an `EnforcementReported`: three truths, kept apart.
"""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.decisions._decision import *
    from community_sdk.decisions._kinds import *
    from community_sdk.decisions.cases import *
    from community_sdk.decisions.channels import *
    from community_sdk.decisions.contact import *
    from community_sdk.decisions.duties import *
    from community_sdk.decisions.governance import *
    from community_sdk.decisions.health import *
    from community_sdk.decisions.incentive import *
    from community_sdk.decisions.league import *
    from community_sdk.decisions.membership import *
    from community_sdk.decisions.order import *
    from community_sdk.decisions.referral import *
    from community_sdk.decisions.segments import *
    from community_sdk.decisions.standing import *
    from community_sdk.decisions.tiers import *
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _decision="ClearTimer Decision Mode SetTimer Wish",
        _kinds="DECISIONS",
        cases="CloseCase ConfirmBreach OfferAppeal OpenCase TellOutcome",
        channels=(
            "AssignStaff AttributeJoin NoteChannelResult OpenGroup ReclaimMember "
            "RefuseRoute Route SumUpChannel WaitForRoute"
        ),
        contact="RecordAnswer",
        duties="Escalate OpenObligation Remind RequestConsent",
        governance="AmendRulebook CloseMotion RepeatRules SummarizeCases",
        health="ChangeLifecycle IssueScorecard SumUpSurvey SumUpWishes WarmUp",
        incentive="GrantBadge GrantReward NameBest PostPoints RevokeBadge",
        league="ClosePeriod RequestStandings",
        membership=(
            "Admit AskForMore Greet NoteFirstValue PauseContact PutOnWaitingList "
            "RefuseAdmission"
        ),
        order=(
            "ApplySanction ConfirmSanction DismissProposal EndSanction LiftSanction "
            "OverturnStrike RefuseAct ReportBreach"
        ),
        referral=(
            "DiscountReferral FlagReferrer ShareProfit SumUpReferral TellReferralStage "
            "TellTippingPoint"
        ),
        segments="AssignSegment EndTag GiveTag",
        standing="ChangeTier Recommend RecordStage ReportDifference",
        tiers="EndTierGrace NoteTierReview RenewTier StartTierGrace",
    )
