"""Every kind of decision, each class loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community_sdk._lazily import Kinds
from community_sdk.decisions._decision import Decision

__all__ = ["DECISIONS"]

DECISIONS: Final[Mapping[str, type[Decision]]] = Kinds(
    "community_sdk.decisions",
    "admit refuse_admission ask_for_more put_on_waiting_list greet note_first_value "
    "pause_contact open_obligation remind escalate report_breach apply_sanction "
    "confirm_sanction end_sanction lift_sanction overturn_strike dismiss_proposal "
    "change_tier renew_tier start_tier_grace end_tier_grace note_tier_review "
    "record_stage record_answer recommend report_difference request_consent refuse_act "
    "open_case close_case confirm_breach tell_outcome offer_appeal amend_rulebook "
    "close_motion repeat_rules summarize_cases request_standings close_period "
    "post_points grant_reward grant_badge revoke_badge name_best give_tag end_tag "
    "assign_segment change_lifecycle issue_scorecard sum_up_survey sum_up_wishes "
    "warm_up assign_staff attribute_join note_channel_result open_group reclaim_member "
    "refuse_route route sum_up_channel wait_for_route discount_referral flag_referrer "
    "share_profit sum_up_referral tell_referral_stage tell_tipping_point",
)
"""Every decision class by its `kind` word."""
