"""Posts, turns, conduct and care of those who run a community (S10 S16)."""

from community_sdk.policies.staffing._care import Fall, Signal, StaffCare
from community_sdk.policies.staffing._conduct import StaffConduct
from community_sdk.policies.staffing._plan import StaffingPlan
from community_sdk.policies.staffing._rota import DutyRota
from community_sdk.policies.staffing._supporters import SupporterWatch
from community_sdk.policies.staffing._talent import TalentWatch

__all__ = [
    "DutyRota",
    "Fall",
    "Signal",
    "StaffCare",
    "StaffConduct",
    "StaffingPlan",
    "SupporterWatch",
    "TalentWatch",
]
