"""Ways in: channels, join codes with their groups, sides and stages (S18 S20).

INVARIANT: the room of a group is the least of what the code, the group and the
platform allow; what is not known does not bound it.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Literal

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model.community import Titles
from community_sdk.model.ids import GroupId

__all__ = [
    "Channel",
    "ContactSide",
    "FillOrder",
    "FollowUpStage",
    "JoinCode",
    "NextGroups",
    "PoolGroup",
    "RouteWay",
]

_AT_LEAST_ONE = validators.optional(validators.ge(1))

FillOrder = Literal["first_fit", "rotation", "least_filled"]


class RouteWay(Enum):
    """How somebody comes into a group: by scanning its code, or by an invitation."""

    SCAN = "scan"
    INVITATION = "invitation"


class ContactSide(Enum):
    """Which side of a contact ended it."""

    MEMBER = "member"
    STAFF = "staff"


class FollowUpStage(Enum):
    """Where the work with a member stands, as its staff says."""

    TO_FOLLOW = "to_follow"
    FOLLOWING = "following"
    WON = "won"
    LOST = "lost"
    GONE = "gone"


@frozen(kw_only=True)
class Channel:
    """A way by which people come in, such as a page, a shop or street work.

    Attributes:
        codes: Marks that joins of this channel may bear in place of its key.
        seed: Whoever first came by it is a seed user.
    """

    key: str
    codes: tuple[str, ...] = ()
    seed: bool = False
    title: Titles = field(factory=dict[str, str], hash=False)


@frozen(kw_only=True)
class PoolGroup:
    """A group that a join code fills.

    Attributes:
        group: The chat room.
        limit: Filled up to so many members through the code; that of the code where
            there is none.
    """

    group: GroupId
    limit: int | None = field(default=None, validator=_AT_LEAST_ONE)


@frozen(kw_only=True)
class NextGroups:
    """How the next groups are called that are opened when all are full.

    Attributes:
        name: The name before the running number.
        first: The number of the first one.
        capacity: How many members each may have.
        most: At most so many are opened; without it there is no end.
    """

    name: str
    capacity: int = field(validator=validators.ge(1))
    first: int = field(default=1, validator=validators.ge(0))
    most: int | None = field(default=None, validator=_AT_LEAST_ONE)


@frozen(kw_only=True)
class JoinCode:
    """A code that leads whoever scans it into one group of an ordered pool.

    Attributes:
        groups: The pool, in the order in which it is filled.
        channel: The channel that joins through the code are attributed to; its own
            key where there is none.
        limit: Each group is filled up to so many members through the code.
        reserve: Places of each group's capacity that the code leaves free, for
            accounts of staff and of machines.
        scan_limit: From so many members on a group cannot be entered by scanning, as
            the platform has it; its capacity may be greater.
        invites: Between both, people are invited; without it they are led elsewhere.
        order: `first_fit` takes the first group with a place, `rotation` the next one
            after the last, `least_filled` the one with the fewest members.
        uses: At most so many people are led by the code.
        until: The code holds up to, but not at, this instant.
        lasts: The picture of a group's code is good for so long after it was renewed.
        opens: The next groups, opened one by one when no group has a place.
    """

    key: str
    groups: tuple[PoolGroup, ...] = ()
    channel: str = ""
    limit: int | None = field(default=None, validator=_AT_LEAST_ONE)
    reserve: int = field(default=0, validator=validators.ge(0))
    scan_limit: int | None = field(default=None, validator=_AT_LEAST_ONE)
    invites: bool = False
    order: FillOrder = "first_fit"
    uses: int | None = field(default=None, validator=_AT_LEAST_ONE)
    until: datetime | None = None
    lasts: Duration | None = None
    opens: NextGroups | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a code that leads nowhere."""
        names = [each.group for each in self.groups]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise DefinitionError(
                f"expected each group of code `{self.key}` once, found `{twice[0]}`"
                " twice",
                code="join_code.twice",
                found=str(twice[0]),
            )
        if not self.groups and self.opens is None:
            raise DefinitionError(
                f"expected groups in code `{self.key}`, found none",
                code="join_code.nowhere",
                hint="name `groups`, or `opens` for groups yet to come",
                found=self.key,
            )
        if self.opens is not None and self.opens.capacity <= self.reserve:
            raise DefinitionError(
                f"expected next groups of code `{self.key}` with more than the"
                f" {self.reserve} places of the reserve, found"
                f" {self.opens.capacity}",
                code="join_code.reserve",
                found=str(self.opens.capacity),
            )
