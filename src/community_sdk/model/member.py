"""A member's standing in the register: an opaque pseudonym and a status (S03 S25)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import field

from community_sdk._values import frozen
from community_sdk.model.ids import GroupId, MemberId, RoleName

__all__ = ["Member", "MemberStatus", "TagOrigin"]


class MemberStatus(Enum):
    """Where a member stands between the door and the exit."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    WAITING = "waiting"
    ADMITTED = "admitted"
    ACTIVE = "active"
    LEFT = "left"
    REMOVED = "removed"


@frozen(kw_only=True)
class Member:
    """What the register says of one member at one instant.

    *since* is the beginning of the running membership, None before any event told.
    *groups*, *roles* and *tiers* are sorted by name; *tiers* are pairs of tier group
    and tier.
    """

    id: MemberId
    status: MemberStatus = MemberStatus.UNKNOWN
    since: datetime | None = None
    groups: tuple[GroupId, ...] = ()
    roles: tuple[RoleName, ...] = ()
    tiers: tuple[tuple[str, str], ...] = ()
    bot: bool = field(default=False)


class TagOrigin(Enum):
    """Who gave a tag: a rule, a person, or what was brought over from elsewhere."""

    RULE = "rule"
    PERSON = "person"
    IMPORT = "import"
