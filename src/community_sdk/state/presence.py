"""Who is here since when, in whatever order it becomes known (S03 S25).

Every sight, entry and exit counts at its own instant (and `seq` within one, an exit
last): the order in which they are told changes nothing.
"""

from __future__ import annotations

from typing import Final

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.metrics import Rolling
from community_sdk.model import MemberStatus
from community_sdk.state.community import CommunityState
from community_sdk.state.context import FoldContext
from community_sdk.state.member import MemberState, Moment
from community_sdk.state.trail import EXIT, PUT_OUT, SEEN

__all__ = ["count", "leave", "outside", "seen", "settle", "stand_anew", "unmask"]

_NEVER: Final[Moment] = (-1, -1)
_SETTLED: Final = (
    *(MemberStatus.UNKNOWN, MemberStatus.ACTIVE),
    *(MemberStatus.LEFT, MemberStatus.REMOVED),
)


def seen(
    event: ev.Event,
    at: int,
    member: MemberState,
    context: FoldContext,
    group: str | None = None,
) -> None:
    """Take the member as present at *at*, and as let into *group* where there is one.

    What is older than the last exit says only that there was a membership before.
    """
    trail, seq, community, where = member.trail, event.seq, context.community, ""
    if group is not None:
        entered, left = member.doors.get(group, (_NEVER, _NEVER))
        member.doors[group] = (max(entered, (at, seq)), left)
        # Of what is too old to be kept in order, only the last exit is known.
        where = "" if at < trail.cut and left >= (at, seq) else group
    if where or context.account:
        later = trail.add((at, seq, SEEN, context.account, "seen", where))
    else:
        later = trail.see(at, seq)
    member.entered = max(member.entered, at)
    if not later:
        if group is not None or not _within(at, member):
            settle(member, community)
    elif member.status is not MemberStatus.ACTIVE:
        member.status, member.since = MemberStatus.ACTIVE, at
        member.stays += 1
        community.members += not member.bot
    if later and group is not None and group not in member.groups:
        member.groups[group] = at
        _count(group, member, community, 1)
    trail.tidy(context.now - context.lateness)


def _within(at: int, member: MemberState) -> bool:
    """Tell whether a sight at *at* only confirms the running membership."""
    since = member.since
    known = member.here and since is not None and since < at
    return known and not member.trail.linked


def leave(event: ev.Event, member: MemberState, context: FoldContext) -> bool:
    """Take the exit from a group or from all; tell whether the member is gone."""
    at, group = micros(event.at), event.group
    out = isinstance(event, ev.MemberRemoved) and group is None
    what = MemberStatus.REMOVED if out else MemberStatus.LEFT
    rank = PUT_OUT if out else EXIT
    turn = (at, event.seq, rank, context.account, what.value, group or "")
    later = member.trail.add(turn)
    known = member.left
    if group is not None:
        entered, left = member.doors.get(group, (_NEVER, _NEVER))
        member.doors[group] = (entered, max(left, (at, event.seq)))
    else:
        member.left = at if known is None else max(at, known)
        if out:
            member.removed = max(at, member.removed or 0)
    if later and member.here and not member.trail.linked:
        _go(member, context.community, what, group)
    else:
        settle(member, context.community, over=later and group is None)
    member.trail.tidy(context.now - context.lateness)
    return group is None and not member.here and at == member.left


def _go(
    member: MemberState,
    community: CommunityState,
    what: MemberStatus,
    group: str | None,
) -> None:
    """Take the member, who is here, out of *group* or of all, as `settle` would."""
    count(member, community, -1)
    if group is None:
        member.status, member.groups = what, {}
    else:
        member.groups.pop(group, None)
    count(member, community, 1)


def settle(
    member: MemberState, community: CommunityState, *, over: bool = False
) -> None:
    """Let the member stand as all comings and goings say; *over*: so do requests."""
    count(member, community, -1)
    stand_anew(member, over=over)
    count(member, community, 1)


def stand_anew(member: MemberState, *, over: bool = False) -> None:
    """Do what `settle` does, and leave the counts alone."""
    stand = member.trail.stand()
    if stand.here:
        member.status = MemberStatus.ACTIVE
    elif over or member.status in _SETTLED:
        member.status = MemberStatus(stand.out)
    member.since, member.stays, member.groups = stand.since, stand.stays, stand.groups


def outside(member: MemberState) -> None:
    """Give back the standing that the member had before a request."""
    member.status = MemberStatus(member.trail.stand().out)


def count(member: MemberState, community: CommunityState, sign: int) -> None:
    """Let the member count, or count no more, among those who are here and where."""
    if not member.bot:
        community.members += sign * member.here
        for group in member.groups:
            _count(group, member, community, sign)


def _count(
    group: str, member: MemberState, community: CommunityState, sign: int
) -> None:
    if not member.bot:
        community.groups[group] = community.groups.get(group, 0) + sign


def unmask(member: MemberState, community: CommunityState, *, bot: bool) -> None:
    """Take back what was counted of a member who turns out to be a bot."""
    if bot and not member.bot:
        count(member, community, -1)
        member.bot = True
        member.rolling = Rolling(member.rolling.plan)
