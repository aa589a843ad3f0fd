"""Ways in: join codes, attribution, staff, contacts and follow-up (S02 S18 S20)."""

from community_sdk.policies.channels._attribution import ChannelAttribution
from community_sdk.policies.channels._codes import JoinCodes
from community_sdk.policies.channels._contacts import ContactWatch
from community_sdk.policies.channels._follow_up import FollowUp, ReclaimRule
from community_sdk.policies.channels._staff import DeskShift, StaffDesk, StaffRouting
from community_sdk.policies.channels._tally import ChannelFigures, ChannelTally

__all__ = [
    "ChannelAttribution",
    "ChannelFigures",
    "ChannelTally",
    "ContactWatch",
    "DeskShift",
    "FollowUp",
    "JoinCodes",
    "ReclaimRule",
    "StaffDesk",
    "StaffRouting",
]
