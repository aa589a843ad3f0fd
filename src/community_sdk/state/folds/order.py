"""How strikes and sanctions change a member's partition (S06)."""

from __future__ import annotations

from bisect import insort
from typing import Final

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.model import (
    SANCTIONS,
    EventId,
    SanctionKind,
    SanctionOrigin,
    SanctionState,
    Severity,
)
from community_sdk.state.context import Fold, FoldContext
from community_sdk.state.member import MemberState
from community_sdk.state.records import SanctionRecord, Strike

__all__ = ["FOLDS"]

_VOIDED: Final = 64
_OPEN: Final = (SanctionState.ACTIVE.value, SanctionState.PROVISIONAL.value)
_OVER: Final = (SanctionState.EXPIRED.value, SanctionState.LIFTED.value)


def _broken(event: ev.RuleBroken, member: MemberState, context: FoldContext) -> None:
    rulebook = context.community.rulebook(context.rulebook)
    rule = rulebook.rule_at(event.rule, event.at)
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
        version=rulebook.version_at(event.at),
        overturned=event.id in member.voided,
        by=event.actor or "",
        case=event.case,
        seq=event.seq,
    )
    _strike(strike, member)


def _strike(strike: Strike, member: MemberState) -> None:
    """Put a strike on record, at its own time; before a clearing it is forgiven."""
    member.voided = tuple(key for key in member.voided if key != strike.id)
    if member.cleared is not None and strike.occurred < member.cleared:
        strike = evolve(strike, forgiven=True)
    strikes = list(member.strikes)
    insort(strikes, strike, key=lambda s: s.order)
    member.strikes = tuple(strikes)


def _strikes_imported(
    event: ev.StrikesImported, member: MemberState, context: FoldContext
) -> None:
    """Take over strikes; each is a record of its own, at the instant of the event."""
    for nth in range(event.count):
        one = ev.RuleBroken(
            id=EventId(f"{event.id}#{nth + 1}"),
            at=event.at,
            recorded_at=event.recorded_at,
            seq=event.seq,
            rule=event.rule,
            weight=event.weight,
        )
        _broken(one, member, context)


def _ordered(event: ev.SanctionOrdered, member: MemberState, _: FoldContext) -> None:
    """Record points given by hand: a strike under no rule."""
    if event.points:
        strike = Strike(
            id=event.id,
            rule="",
            category="",
            severity=int(Severity.MINOR),
            weight=event.points,
            occurred=micros(event.at),
            recorded=micros(event.recorded_at),
            version=0,
            overturned=event.id in member.voided,
            by=event.actor or "",
            case=event.case,
            seq=event.seq,
        )
        _strike(strike, member)


def _cleared(event: ev.RecordCleared, member: MemberState, _: FoldContext) -> None:
    at = micros(event.at)
    member.cleared = max(at, at if member.cleared is None else member.cleared)
    member.strikes = tuple(
        evolve(s, forgiven=True) if s.occurred < at else s for s in member.strikes
    )
    member.sanctions = tuple(
        evolve(s, forgiven=True) if s.since < at else s for s in member.sanctions
    )


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
        since=micros(event.at if event.since is None else event.since),
        until=until,
        policy=event.policy,
        strikes=tuple(event.strikes),
        state=event.state.value,
        issuer=event.issuer,
        origin=event.origin.value,
        level=event.level,
        notice=event.notice.value,
        case=event.case,
        expels=event.expels,
        irreversible=event.irreversible,
        step=event.step,
        joins=event.joins,
        approvers=tuple(event.approvers),
    )
    _record(record, member)
    if event.replaces:
        member.sanctions = tuple(
            evolve(s, replaced=record.id) if s.id in event.replaces else s
            for s in member.sanctions
        )
    if event.consumes:
        used, free = event.strikes, {"", *_stood_for(event, member)}
        member.strikes = tuple(
            evolve(s, consumed=record.id) if s.id in used and s.consumed in free else s
            for s in member.strikes
        )


def _stood_for(event: ev.SanctionImposed, member: MemberState) -> list[str]:
    """Return the sanctions that a correction stands for: its ladder, its breach."""
    if event.since is None:
        return []
    cause = tuple(event.strikes[:1])
    mine = (s for s in member.sanctions if s.policy == event.policy)
    return [s.id for s in mine if s.strikes[:1] == cause]


def _record(record: SanctionRecord, member: MemberState) -> None:
    member.sanctions = (*member.sanctions, record)
    if record.until is not None and record.open:
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
        origin=SanctionOrigin.MANUAL.value,
        expels=kind.expels,
        irreversible=kind.irreversible,
    )
    _record(record, member)


def _confirmed(
    event: ev.SanctionConfirmed, member: MemberState, _: FoldContext
) -> None:
    member.sanctions = tuple(
        evolve(s, state=SanctionState.ACTIVE.value)
        if s.id == event.sanction and s.state == SanctionState.PROVISIONAL.value
        else s
        for s in member.sanctions
    )


def _end(member: MemberState, key: str, state: SanctionState, at: int) -> None:
    """Close the sanction called *key*; a mistake is one also after its end."""
    record = member.sanction(key)
    if record is None:
        return
    late = state is SanctionState.OVERTURNED and record.state in _OVER
    if record.state not in _OPEN and not late:
        return
    ended = at if record.ended is None else record.ended
    if record.until is not None:
        ended = min(ended, record.until)
    over = evolve(record, state=state.value, ended=ended)
    member.sanctions = tuple(over if s.id == key else s for s in member.sanctions)
    member.clear_timer(f"~sanction/{key}")
    if state in (SanctionState.OVERTURNED, SanctionState.LAPSED):
        _give_back(member, key)


def _give_back(member: MemberState, key: str) -> None:
    """Free what the sanction called *key* used up, and revive what it replaced."""
    member.strikes = tuple(
        evolve(s, consumed="") if s.consumed == key else s for s in member.strikes
    )
    member.sanctions = tuple(
        evolve(s, replaced="") if s.replaced == key else s for s in member.sanctions
    )


def _sanction_ended(
    event: ev.SanctionEnded, member: MemberState, _: FoldContext
) -> None:
    _end(member, event.sanction, event.state, micros(event.at))


def _lifted(event: ev.SanctionLifted, member: MemberState, _: FoldContext) -> None:
    state = SanctionState.EXPIRED if event.expired else SanctionState.LIFTED
    _end(member, event.sanction, state, micros(event.at))


FOLDS: Final[dict[str, Fold]] = {
    "rule_broken": _broken,
    "strike_overturned": _overturned,
    "sanction_imposed": _sanctioned,
    "sanction_confirmed": _confirmed,
    "sanction_imported": _sanction_imported,
    "sanction_ordered": _ordered,
    "strikes_imported": _strikes_imported,
    "record_cleared": _cleared,
    "sanction_ended": _sanction_ended,
    "sanction_lifted": _lifted,
}
