"""How strikes and sanctions change a member's partition (S06)."""

from __future__ import annotations

from bisect import insort
from typing import Final

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.model import SANCTIONS, SanctionKind, SanctionState, Severity
from community_sdk.state._folding import Fold, FoldContext
from community_sdk.state.member import MemberState
from community_sdk.state.records import SanctionRecord, Strike

__all__ = ["FOLDS"]

_VOIDED: Final = 64


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


FOLDS: Final[dict[type[ev.Event], Fold]] = {
    ev.RuleBroken: _broken,
    ev.StrikeOverturned: _overturned,
    ev.SanctionImposed: _sanctioned,
    ev.SanctionImported: _sanction_imported,
    ev.SanctionEnded: _sanction_ended,
    ev.SanctionLifted: _lifted,
}
