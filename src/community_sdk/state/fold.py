"""How events change the shared part of partitions, for all policies (S03 S06 S10)."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import define, evolve

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.metrics import Rolling
from community_sdk.model import MemberStatus, Rulebook, SanctionState, Severity
from community_sdk.state.community import CommunityState
from community_sdk.state.member import MemberState
from community_sdk.state.records import (
    Duty,
    Holding,
    PendingConsent,
    SanctionRecord,
    Strike,
)

__all__ = ["FoldContext", "fold_shared"]


@define
class FoldContext:
    """What a fold may look at: the community, the instant, the rules then in force."""

    community: CommunityState
    now: int
    rulebook: Rulebook
    wish: Callable[[str], Mapping[str, object]]


Fold = Callable[[Any, MemberState, FoldContext], None]

_PRESENCE: Final = (
    ev.MessagePosted,
    ev.Introduced,
    ev.NicknameSet,
    ev.SurveyAnswered,
    ev.PurchaseMade,
)


def fold_shared(
    event: ev.Event, at: int, member: MemberState, context: FoldContext
) -> None:
    """Fold *event* of *at* into its member's shared part and the community's counts."""
    if member.first is None or at < member.first:
        member.first = at
    if isinstance(event, _PRESENCE):
        _seen(event, at, member, context.community)
    fold = _FOLDS.get(type(event))
    if fold is not None:
        fold(event, member, context)


def _seen(
    event: ev.Event, at: int, member: MemberState, community: CommunityState
) -> None:
    """Take the member as present; what happened before the last exit does not."""
    if member.left is not None and (at, event.seq) < (member.left, member.left_seq):
        return
    if member.status is not MemberStatus.ACTIVE:
        _enter(member, at, community)
    elif member.since is None or at < member.since:
        member.since = at


def _enter(member: MemberState, at: int, community: CommunityState) -> None:
    member.status = MemberStatus.ACTIVE
    member.since = at
    member.stays += 1
    if not member.bot:
        community.members += 1


def _joined(event: ev.Joined, member: MemberState, context: FoldContext) -> None:
    community = context.community
    _unmask(member, community, bot=event.bot)
    _seen(event, micros(event.at), member, community)
    community.waiting = tuple(w for w in community.waiting if w[1] != member.id)
    group = event.group
    if member.here and group is not None and group not in member.groups:
        member.groups[group] = micros(event.at)
        if not member.bot:
            community.groups[group] = community.groups.get(group, 0) + 1


def _imported(
    event: ev.MembershipImported, member: MemberState, context: FoldContext
) -> None:
    _unmask(member, context.community, bot=event.bot)
    _seen(event, micros(event.since), member, context.community)


def _unmask(member: MemberState, community: CommunityState, *, bot: bool) -> None:
    """Take back what was counted of a member who turns out to be a bot."""
    if bot and not member.bot:
        member.bot = True
        community.members -= member.here
        for group in member.groups:
            community.groups[group] -= 1
        member.rolling = Rolling(member.rolling.plan)


def _left(event: ev.Event, member: MemberState, context: FoldContext) -> None:
    at, community = micros(event.at), context.community
    if member.since is not None and at < member.since:
        return
    gone = [event.group] if event.group is not None else list(member.groups)
    for group in gone:
        if member.groups.pop(group, None) is not None and not member.bot:
            community.groups[group] -= 1
    if event.group is None:
        community.members -= member.here and not member.bot
        out = isinstance(event, ev.MemberRemoved)
        if out:
            member.removed = at
        member.status = MemberStatus.REMOVED if out else MemberStatus.LEFT
        member.left, member.left_seq = at, event.seq
        for duty in member.duties:
            if not duty.duty:
                _close(duty.id, member)
        community.waiting = tuple(w for w in community.waiting if w[1] != member.id)


def _requested(_: ev.Event, member: MemberState, __: FoldContext) -> None:
    if not member.here:
        member.status = MemberStatus.PENDING


def _admitted(_: ev.Event, member: MemberState, context: FoldContext) -> None:
    if not member.here:
        member.status = MemberStatus.ADMITTED
    community = context.community
    community.waiting = tuple(w for w in community.waiting if w[1] != member.id)


def _refused(_: ev.Event, member: MemberState, __: FoldContext) -> None:
    if not member.here:
        out = member.left is not None
        member.status = MemberStatus.LEFT if out else MemberStatus.UNKNOWN


def _waitlisted(event: ev.Event, member: MemberState, context: FoldContext) -> None:
    if not member.here:
        member.status = MemberStatus.WAITING
    community = context.community
    if all(w[1] != member.id for w in community.waiting):
        entry = (event.group or "", str(member.id), micros(event.at))
        community.waiting = (*community.waiting, entry)


def _role(event: ev.RoleAssigned, member: MemberState, _: FoldContext) -> None:
    until = None if event.until is None else micros(event.until)
    member.roles[event.role] = (micros(event.at), until)


def _role_ended(event: ev.RoleEnded, member: MemberState, _: FoldContext) -> None:
    held = member.roles.get(event.role)
    if held is not None:
        member.roles[event.role] = (held[0], micros(event.at))


def _broken(event: ev.RuleBroken, member: MemberState, context: FoldContext) -> None:
    rule = context.rulebook.rule(event.rule)
    severity = event.severity or (Severity.MINOR if rule is None else rule.severity)
    weight = event.weight
    if weight is None:
        weight = 1 if rule is None else rule.weight
    strike = Strike(
        id=event.id,
        rule=event.rule,
        category=event.rule if rule is None else rule.ladder,
        severity=int(severity),
        weight=weight,
        occurred=micros(event.at),
        recorded=micros(event.recorded_at),
        version=context.rulebook.version,
    )
    strikes = list(member.strikes)
    insort(strikes, strike, key=lambda s: s.order)
    member.strikes = tuple(strikes)


def _overturned(
    event: ev.StrikeOverturned, member: MemberState, _: FoldContext
) -> None:
    member.strikes = tuple(
        evolve(s, overturned=True) if s.id == event.strike else s
        for s in member.strikes
    )


def _sanctioned(event: ev.SanctionImposed, member: MemberState, _: FoldContext) -> None:
    until = None if event.until is None else micros(event.until)
    record = SanctionRecord(
        id=event.sanction,
        measure=event.measure,
        order=event.order,
        holds=event.holds,
        since=micros(event.at),
        until=until,
        policy=event.policy,
        strikes=tuple(event.strikes),
    )
    member.sanctions = (*member.sanctions, record)
    if until is not None:
        member.set_timer(f"~sanction/{record.id}", until)


def _sanction_imported(
    event: ev.SanctionImported, member: MemberState, _: FoldContext
) -> None:
    until = None if event.until is None else micros(event.until)
    record = SanctionRecord(
        id=event.sanction,
        measure=event.measure,
        order=0,
        holds=True,
        since=micros(event.at),
        until=until,
        policy=event.source,
    )
    member.sanctions = (*member.sanctions, record)
    if until is not None:
        member.set_timer(f"~sanction/{record.id}", until)


def _end(member: MemberState, key: str, state: SanctionState) -> None:
    member.sanctions = tuple(
        evolve(s, state=state.value)
        if s.id == key and s.state == SanctionState.ACTIVE.value
        else s
        for s in member.sanctions
    )
    member.clear_timer(f"~sanction/{key}")


def _sanction_ended(
    event: ev.SanctionEnded, member: MemberState, _: FoldContext
) -> None:
    _end(member, event.sanction, event.state)


def _lifted(event: ev.SanctionLifted, member: MemberState, _: FoldContext) -> None:
    _end(member, event.sanction, SanctionState.LIFTED)


def _opened(event: ev.ObligationOpened, member: MemberState, _: FoldContext) -> None:
    duty = Duty(
        id=event.obligation,
        what=event.what,
        opened=micros(event.at),
        due=micros(event.due),
        met_by=event.met_by,
        where=event.where,
        duty=event.duty,
        policy=event.policy,
    )
    member.duties = (*member.duties, duty)
    member.set_timer(f"~duty/{duty.id}", duty.due, 1)
    for i, when in enumerate(event.reminders):
        member.set_timer(f"~remind/{duty.id}/{i}", micros(when))


def _closed(
    event: ev.ObligationMet | ev.ObligationMissed, member: MemberState, _: FoldContext
) -> None:
    _close(event.obligation, member)


def _close(key: str, member: MemberState) -> None:
    member.duties = tuple(d for d in member.duties if d.id != key)
    for timer in [t for t in member.timers if t.startswith("~") and key in t]:
        member.clear_timer(timer)


def _proposed(
    event: ev.ProposalOpened, member: MemberState, context: FoldContext
) -> None:
    deadline = None if event.deadline is None else micros(event.deadline)
    pending = PendingConsent(
        id=event.proposal,
        policy=event.policy,
        duty=event.duty,
        needs=event.needs,
        opened=micros(event.at),
        deadline=deadline,
        wish=context.wish(event.proposal),
    )
    member.consents = (*member.consents, pending)
    if deadline is not None:
        member.set_timer(f"~consent/{pending.id}", deadline)


def _settled(
    event: ev.ProposalRefused | ev.ProposalExpired, member: MemberState, _: FoldContext
) -> None:
    member.consents = tuple(c for c in member.consents if c.id != event.proposal)
    member.clear_timer(f"~consent/{event.proposal}")


def _tier(event: ev.TierChanged, member: MemberState, _: FoldContext) -> None:
    member.tiers[event.tiers] = Holding(event.after, micros(event.at), event.id)


def _tier_imported(event: ev.TierImported, member: MemberState, _: FoldContext) -> None:
    member.tiers[event.tiers] = Holding(event.tier, micros(event.since), event.id)


_FOLDS: Final[dict[type[ev.Event], Fold]] = {
    ev.Joined: _joined,
    ev.MembershipImported: _imported,
    ev.Left: _left,
    ev.MemberRemoved: _left,
    ev.JoinRequested: _requested,
    ev.Admitted: _admitted,
    ev.AdmissionRefused: _refused,
    ev.Waitlisted: _waitlisted,
    ev.RoleAssigned: _role,
    ev.RoleEnded: _role_ended,
    ev.RuleBroken: _broken,
    ev.StrikeOverturned: _overturned,
    ev.SanctionImposed: _sanctioned,
    ev.SanctionImported: _sanction_imported,
    ev.SanctionEnded: _sanction_ended,
    ev.SanctionLifted: _lifted,
    ev.ObligationOpened: _opened,
    ev.ObligationMet: _closed,
    ev.ObligationMissed: _closed,
    ev.ProposalOpened: _proposed,
    ev.ProposalExpired: _settled,
    ev.TierChanged: _tier,
    ev.TierImported: _tier_imported,
}
