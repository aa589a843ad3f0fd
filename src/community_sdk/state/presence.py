"""Who is here since when, in whatever order it becomes known (S03 S25).

The latest entry and the latest exit decide, each by its own instant (and `seq` within
one), so that an exit told late does not undo an entry that followed it.
"""

from __future__ import annotations

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.metrics import Rolling
from community_sdk.model import MemberStatus
from community_sdk.state.community import CommunityState
from community_sdk.state.member import MemberState, Moment

__all__ = ["leave", "seen", "step_in", "unmask"]

_NEVER: Moment = (-1, -1)


def seen(
    event: ev.Event, at: int, member: MemberState, community: CommunityState
) -> None:
    """Take the member as present at *at*, unless the last exit came after it.

    A stay that is over when it becomes known was one: who comes then comes back.
    """
    seq = event.seq
    if at > member.entered or (at == member.entered and seq > member.entered_seq):
        member.entered, member.entered_seq = at, seq
    if member.left is not None and (at, seq) < (member.left, member.left_seq):
        if member.since is None:
            member.since, member.stays = at, member.stays + 1
        return
    if member.status is not MemberStatus.ACTIVE:
        member.status, member.since = MemberStatus.ACTIVE, at
        member.stays += 1
        if not member.bot:
            community.members += 1
    elif member.since is None or at < member.since:
        member.since = at


def step_in(
    group: str, moment: Moment, member: MemberState, community: CommunityState
) -> None:
    """Let the member, who is present, be in *group* as well."""
    entered, left = member.doors.get(group, (_NEVER, _NEVER))
    member.doors[group] = (max(entered, moment), left)
    gone = (-1 if member.left is None else member.left, member.left_seq)
    if moment < max(left, gone):
        return
    if group not in member.groups:
        _count(group, member, community, 1)
    member.groups[group] = min(moment[0], member.groups.get(group, moment[0]))


def leave(event: ev.Event, member: MemberState, community: CommunityState) -> bool:
    """Take the exit from a group or from all; tell whether the member is gone."""
    moment = (micros(event.at), event.seq)
    if event.group is not None:
        entered, left = member.doors.get(event.group, (_NEVER, _NEVER))
        member.doors[event.group] = (entered, max(left, moment))
        _step_out(event.group, moment, member, community)
        return False
    out = isinstance(event, ev.MemberRemoved)
    if out:
        member.removed = max(moment[0], member.removed or 0)
    if member.left is not None and moment < (member.left, member.left_seq):
        return False
    member.left, member.left_seq = moment
    for group in tuple(member.groups):
        _step_out(group, moment, member, community)
    if member.here and (member.entered, member.entered_seq) > moment:
        if member.since is None or member.since <= moment[0]:
            member.since = member.entered
        return False
    community.members -= member.here and not member.bot
    member.status = MemberStatus.REMOVED if out else MemberStatus.LEFT
    return True


def _step_out(
    group: str, moment: Moment, member: MemberState, community: CommunityState
) -> None:
    since = member.groups.get(group)
    if since is None:
        return
    entered, _ = member.doors.get(group, (_NEVER, _NEVER))
    if entered > moment:
        member.groups[group] = since if since > moment[0] else entered[0]
        return
    del member.groups[group]
    _count(group, member, community, -1)


def _count(
    group: str, member: MemberState, community: CommunityState, sign: int
) -> None:
    if not member.bot:
        community.groups[group] = community.groups.get(group, 0) + sign


def unmask(member: MemberState, community: CommunityState, *, bot: bool) -> None:
    """Take back what was counted of a member who turns out to be a bot."""
    if bot and not member.bot:
        community.members -= member.here
        for group in member.groups:
            _count(group, member, community, -1)
        member.bot = True
        member.rolling = Rolling(member.rolling.plan)
