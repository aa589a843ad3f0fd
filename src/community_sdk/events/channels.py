"""Channels, join codes, contacts and their follow-up (S18 S20 S25)."""

from __future__ import annotations

from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import (
    NO_POLICY,
    ContactSide,
    FollowUpStage,
    GroupId,
    MemberId,
    Money,
    PolicyKey,
)

__all__ = [
    "ChannelResultNoted",
    "ChannelSpent",
    "CodeRenewed",
    "CodeScanned",
    "ContactAdded",
    "ContactDeleted",
    "FollowUpClaimed",
    "FollowUpReclaimed",
    "FollowUpStageSet",
    "FollowedUp",
    "JoinAttributed",
    "StaffRequested",
]


@frozen(kw_only=True)
class CodeScanned(Exogenous):
    """The member scanned the join code called *code* and waits to be led."""

    kind: ClassVar[str] = "code_scanned"

    code: str


@frozen(kw_only=True)
class CodeRenewed(Exogenous):
    """The picture of *room* behind the join code *code* was made anew."""

    kind: ClassVar[str] = "code_renewed"

    code: str
    room: GroupId


@frozen(kw_only=True)
class ChannelSpent(Exogenous):
    """*money* was spent on *channel*; below zero: it came back."""

    kind: ClassVar[str] = "channel_spent"

    channel: str
    money: Money


@frozen(kw_only=True)
class JoinAttributed(Derived):
    """The member came in by *channel* (derived); empty: nobody knows how.

    *first*: it is the earliest join known. *before*: the channel that a join known
    earlier was counted to as the first, where this one is earlier still; *moved* tells
    that there was one. *seed*: a seed user.
    """

    kind: ClassVar[str] = "join_attributed"

    channel: str = ""
    code: str = ""
    invited_by: MemberId | None = None
    first: bool = False
    seed: bool = False
    before: str = ""
    moved: bool = False
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class ChannelResultNoted(Derived):
    """The member, first come by *channel*, now counts for *result* (derived).

    *result*: ``good`` or ``converted``.
    """

    kind: ClassVar[str] = "channel_result_noted"

    channel: str = ""
    result: str
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class StaffRequested(Exogenous):
    """The member, come by *channel*, asks for somebody of the staff."""

    kind: ClassVar[str] = "staff_requested"

    channel: str = ""


@frozen(kw_only=True)
class ContactAdded(Exogenous):
    """The member and *staff* became contacts, by *way* and *channel* (words)."""

    kind: ClassVar[str] = "contact_added"

    staff: MemberId
    way: str = ""
    channel: str = ""


@frozen(kw_only=True)
class ContactDeleted(Exogenous):
    """One *side* took the other off its contacts."""

    kind: ClassVar[str] = "contact_deleted"

    staff: MemberId
    side: ContactSide = ContactSide.MEMBER


@frozen(kw_only=True)
class FollowUpClaimed(Exogenous):
    """*staff* follows the member up from now on."""

    kind: ClassVar[str] = "follow_up_claimed"

    staff: MemberId


@frozen(kw_only=True)
class FollowedUp(Exogenous):
    """The actor followed the member up; the time until a reclaim begins anew."""

    kind: ClassVar[str] = "followed_up"


@frozen(kw_only=True)
class FollowUpStageSet(Exogenous):
    """The actor put the follow-up of the member into *stage*, by hand."""

    kind: ClassVar[str] = "follow_up_stage_set"

    stage: FollowUpStage


@frozen(kw_only=True)
class FollowUpReclaimed(Derived):
    """The member is nobody's to follow up any longer: *staff* let it lie (derived)."""

    kind: ClassVar[str] = "follow_up_reclaimed"

    staff: MemberId
    policy: PolicyKey = NO_POLICY
