"""People led to groups and staff, joins attributed, members reclaimed (S18 S20)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import FollowUpStage, MemberId, RouteWay

__all__ = [
    "AssignStaff",
    "AttributeJoin",
    "NoteChannelResult",
    "OpenGroup",
    "ReclaimMember",
    "RefuseRoute",
    "Route",
    "SumUpChannel",
    "WaitForRoute",
]

Pairs = tuple[tuple[str, str | int | bool], ...]


@frozen(kw_only=True)
class AttributeJoin(Decision):
    """Count the join to *channel* (empty: unknown), *code* and *invited_by*.

    *first*: it is the earliest join known; *moved*: a later one was counted as the
    first until now, to the channel *before*. *seed*: a seed user.
    """

    kind: ClassVar[str] = "attribute_join"

    channel: str = ""
    code: str = ""
    invited_by: MemberId | None = None
    first: bool = False
    seed: bool = False
    before: str = ""
    moved: bool = False


@frozen(kw_only=True)
class NoteChannelResult(Decision):
    """Count the member to *channel* as ``good`` or ``converted``, once for each."""

    kind: ClassVar[str] = "note_channel_result"

    channel: str = ""
    result: str


@frozen(kw_only=True)
class SumUpChannel(Decision):
    """Tell what *channel* (empty: unknown) brought in a period and what it cost.

    *joins* counts joins, *people* those who came for the first time; *cost* is in
    minor units by currency.
    """

    kind: ClassVar[str] = "sum_up_channel"

    channel: str = ""
    period: str
    since: datetime
    until: datetime
    joins: int = 0
    people: int = 0
    seeds: int = 0
    good: int = 0
    converted: int = 0
    cost: Pairs = ()


@frozen(kw_only=True)
class Route(Decision):
    """Lead *person* into the group, through *code*; the place is kept until *until*.

    *person* may be somebody who waited, and who is not the subject of what happened.
    """

    kind: ClassVar[str] = "route"

    person: MemberId
    code: str
    channel: str = ""
    way: RouteWay = RouteWay.SCAN
    until: datetime


@frozen(kw_only=True)
class OpenGroup(Decision):
    """Open the group as the next one of *code*, with room for *capacity* members.

    *name* and *number*: what it is called.
    """

    kind: ClassVar[str] = "open_group"

    code: str
    name: str
    number: int
    capacity: int


@frozen(kw_only=True)
class WaitForRoute(Decision):
    """Tell *person* to wait for a place: at *place* of the line, from 1 on.

    Through the join code *code*, or for somebody of the staff where it is empty.
    """

    kind: ClassVar[str] = "wait_for_route"

    person: MemberId
    code: str = ""
    channel: str = ""
    place: int


@frozen(kw_only=True)
class RefuseRoute(Decision):
    """Tell *person* that *code* leads nowhere, or not any more, and why."""

    kind: ClassVar[str] = "refuse_route"

    person: MemberId | None = None
    code: str


@frozen(kw_only=True)
class AssignStaff(Decision):
    """Let *staff* take care of *person*, who came by *channel*.

    *backup*: nobody of the shift could. *until*: so long the assignment waits for
    the two to become contacts.
    """

    kind: ClassVar[str] = "assign_staff"

    person: MemberId
    staff: MemberId
    channel: str = ""
    backup: bool = False
    until: datetime


@frozen(kw_only=True)
class ReclaimMember(Decision):
    """Take the member back from *staff*: nobody followed up in *stage* for too long."""

    kind: ClassVar[str] = "reclaim_member"

    staff: MemberId
    stage: FollowUpStage
