"""How comings, goings and roles change a member's partition (S03 S10)."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.model import MemberStatus
from community_sdk.state.community import CommunityState
from community_sdk.state.context import Fold, FoldContext
from community_sdk.state.folds.duties import close
from community_sdk.state.folds.roles import end, give
from community_sdk.state.member import MemberState
from community_sdk.state.passage import Listing
from community_sdk.state.presence import leave, outside, seen, unmask
from community_sdk.state.records import RoleSpan

__all__ = ["FOLDS"]


def _joined(event: ev.Joined, member: MemberState, context: FoldContext) -> None:
    at = micros(event.at)
    unmask(member, context.community, bot=event.bot)
    seen(event, at, member, context, event.group)
    member.let_in(at)
    _wait_no_more(event, member, context.community)


def _imported(
    event: ev.MembershipImported, member: MemberState, context: FoldContext
) -> None:
    unmask(member, context.community, bot=event.bot)
    since = micros(event.since)
    seen(event, since, member, context, event.group)
    member.let_in(since)


def _left(event: ev.Event, member: MemberState, context: FoldContext) -> None:
    if leave(event, member, context):
        for duty in member.duties:
            if not duty.duty:
                close(duty.id, member)
        _wait_no_more(event, member, context.community)


def _wait_no_more(
    event: ev.Event, member: MemberState, community: CommunityState
) -> None:
    """Strike the member off the waiting list of the event's group, or off all."""
    if community.waiting:
        group = event.group
        community.waiting = tuple(
            w
            for w in community.waiting
            if w[1] != member.id or (group is not None and w[0] not in ("", group))
        )


def _requested(_: ev.Event, member: MemberState, __: FoldContext) -> None:
    if not member.here:
        member.status = MemberStatus.PENDING


def _admitted(event: ev.Event, member: MemberState, context: FoldContext) -> None:
    member.let_in(micros(event.at))
    if not member.here:
        member.status = MemberStatus.ADMITTED
    at = max(micros(event.at), member.passage.admitted or 0)
    member.passage = evolve(member.passage, admitted=at)
    _wait_no_more(event, member, context.community)


def _refused(event: ev.Event, member: MemberState, context: FoldContext) -> None:
    if not member.here:
        outside(member)
    _wait_no_more(event, member, context.community)


def _waitlisted(event: ev.Event, member: MemberState, context: FoldContext) -> None:
    if not member.here:
        member.status = MemberStatus.WAITING
    community = context.community
    place = (event.group or "", str(member.id))
    if all(w[:2] != place for w in community.waiting):
        community.waiting = (*community.waiting, (*place, micros(event.at)))


def _role(event: ev.RoleAssigned, member: MemberState, _: FoldContext) -> None:
    """Give the role, unless a later word about it is known."""
    said = micros(event.at)
    span = RoleSpan(
        role=event.role,
        group=event.group or "",
        substitute_for=event.substitute_for or "",
        since=said if event.since is None else micros(event.since),
        until=None if event.until is None else micros(event.until),
        said=said,
        seq=event.seq,
        planned=event.since is not None,
    )
    give(member, span)


def _role_ended(event: ev.RoleEnded, member: MemberState, _: FoldContext) -> None:
    """End the role; the end of one not held is kept for an assignment told late."""
    scope = (str(event.role), event.group or "", event.substitute_for or "")
    end(member, (*scope, micros(event.at), event.seq))


def _blacklisted(event: ev.Blacklisted, member: MemberState, _: FoldContext) -> None:
    of = event.of or event.group or ""
    until = None if event.until is None else micros(event.until)
    entry = Listing(str(event.id), event.scope.value, of, micros(event.at), until)
    member.passage = member.passage.list_up(entry)


def _taken_off(
    event: ev.TakenOffBlacklist, member: MemberState, _: FoldContext
) -> None:
    member.passage = member.passage.take_off(str(event.entry), micros(event.at))


def _paused(event: ev.ContactPaused, member: MemberState, _: FoldContext) -> None:
    until = micros(event.until)
    member.passage = member.passage.leave_alone(until, event.actions)


def _erasure(event: ev.Event, member: MemberState, context: FoldContext) -> None:
    at = max(micros(event.at), member.passage.erased or 0)
    member.passage = evolve(member.passage, erased=at)
    if not member.here:
        _wait_no_more(event, member, context.community)
        if member.status in (MemberStatus.PENDING, MemberStatus.WAITING):
            outside(member)


def _forgotten(
    event: ev.PersonalDataErased, member: MemberState, _: FoldContext
) -> None:
    at = max(micros(event.at), member.passage.forgotten or 0)
    member.passage = evolve(member.passage, forgotten=at)


FOLDS: Final[dict[str, Fold]] = {
    "joined": _joined,
    "membership_imported": _imported,
    "left": _left,
    "member_removed": _left,
    "join_requested": _requested,
    "invited": _requested,
    "blacklisted": _blacklisted,
    "taken_off_blacklist": _taken_off,
    "contact_paused": _paused,
    "erasure_requested": _erasure,
    "personal_data_erased": _forgotten,
    "admitted": _admitted,
    "admission_refused": _refused,
    "waitlisted": _waitlisted,
    "role_assigned": _role,
    "role_ended": _role_ended,
}
