"""How events change the shared part of partitions, for all policies (S03 S06 S10)."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import define, evolve

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.model import (
    SANCTIONS,
    MemberStatus,
    Rulebook,
    SanctionKind,
    SanctionState,
    Severity,
)
from community_sdk.state.community import CommunityState
from community_sdk.state.member import MemberState
from community_sdk.state.presence import leave, seen, step_in, unmask
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

_VOIDED: Final = 64
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
        seen(event, at, member, context.community)
    fold = _FOLDS.get(type(event))
    if fold is not None:
        fold(event, member, context)


def _joined(event: ev.Joined, member: MemberState, context: FoldContext) -> None:
    community, at = context.community, micros(event.at)
    unmask(member, community, bot=event.bot)
    seen(event, at, member, community)
    _wait_no_more(event, member, community)
    if event.group is not None:
        step_in(event.group, (at, event.seq), member, community)


def _imported(
    event: ev.MembershipImported, member: MemberState, context: FoldContext
) -> None:
    unmask(member, context.community, bot=event.bot)
    since = micros(event.since)
    seen(event, since, member, context.community)
    if event.group is not None:
        step_in(event.group, (since, event.seq), member, context.community)


def _left(event: ev.Event, member: MemberState, context: FoldContext) -> None:
    if leave(event, member, context.community):
        for duty in member.duties:
            if not duty.duty:
                _close(duty.id, member)
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
    if not member.here:
        member.status = MemberStatus.ADMITTED
    _wait_no_more(event, member, context.community)


def _refused(event: ev.Event, member: MemberState, context: FoldContext) -> None:
    if not member.here:
        member.status = MemberStatus.LEFT
        if member.left is None:
            member.status = MemberStatus.UNKNOWN
        elif member.left == member.removed:
            member.status = MemberStatus.REMOVED
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
    at, held = micros(event.at), member.roles.get(event.role)
    if held is None or (held[0], held[2]) <= (at, event.seq):
        until = None if event.until is None else micros(event.until)
        member.roles[event.role] = (at, until, event.seq)


def _role_ended(event: ev.RoleEnded, member: MemberState, _: FoldContext) -> None:
    """End the role; the end of one not held is kept for an assignment told late."""
    at, held = micros(event.at), member.roles.get(event.role)
    if held is None or (held[0], held[2]) <= (at, event.seq):
        member.roles[event.role] = (at, at, event.seq)


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
        overturned=event.id in member.voided,
    )
    member.voided = tuple(key for key in member.voided if key != event.id)
    strikes = list(member.strikes)
    insort(strikes, strike, key=lambda s: s.order)
    member.strikes = tuple(strikes)


def _overturned(
    event: ev.StrikeOverturned, member: MemberState, _: FoldContext
) -> None:
    """Void the strike, also one that is told later."""
    if member.strike(event.strike) is None:
        member.voided = (*member.voided, event.strike)[-_VOIDED:]
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
    _record(record, member)


def _record(record: SanctionRecord, member: MemberState) -> None:
    member.sanctions = (*member.sanctions, record)
    if record.until is not None:
        member.set_timer(f"~sanction/{record.id}", record.until)


def _sanction_imported(
    event: ev.SanctionImported, member: MemberState, _: FoldContext
) -> None:
    """Take over a sanction; a measure of the other system's own restrains."""
    until = None if event.until is None else micros(event.until)
    kind = SANCTIONS.get(event.measure, SanctionKind(event.measure, 0, holds=True))
    record = SanctionRecord(
        id=event.sanction,
        measure=event.measure,
        order=kind.order,
        holds=kind.holds,
        since=micros(event.at),
        until=until,
        policy=event.source,
    )
    _record(record, member)


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
    for timer in list(member.timers):
        if timer == f"~duty/{key}" or timer.startswith(f"~remind/{key}/"):
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


def _settled(event: ev.ProposalExpired, member: MemberState, _: FoldContext) -> None:
    member.consents = tuple(c for c in member.consents if c.id != event.proposal)
    member.clear_timer(f"~consent/{event.proposal}")


def _tier(event: ev.TierChanged, member: MemberState, _: FoldContext) -> None:
    member.tiers[event.tiers] = Holding(event.after, micros(event.at), event.id)


def _tier_imported(event: ev.TierImported, member: MemberState, _: FoldContext) -> None:
    since, held = micros(event.since), member.tiers.get(event.tiers)
    if held is None or held.since <= since:
        member.tiers[event.tiers] = Holding(event.tier, since, event.id)


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
