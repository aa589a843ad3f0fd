"""How tiers, and what people decide about them, change a member's partition (S08)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.model import OverrideKind
from community_sdk.state.context import Fold, FoldContext
from community_sdk.state.member import MemberState
from community_sdk.state.records import Excuse, ExtraTier, Holding, OverrideRecord

__all__ = ["FOLDS"]


def _end(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _tier(event: ev.TierChanged, member: MemberState, _: FoldContext) -> None:
    now = micros(event.at)
    member.tiers[event.tiers] = Holding(
        event.after,
        now if event.since is None else micros(event.since),
        event.id,
        cause=event.cause.value,
        own=event.own,
        until=_end(event.until),
        rules=event.rules,
        order=event.order,
        own_until=_end(event.own_until),
    )
    if event.lock:
        member.overrides = (*member.overrides, _locked(event, member, now))


def _locked(event: ev.TierChanged, member: MemberState, now: int) -> OverrideRecord:
    """Return the lock of a tier set by hand: it ends as told, or as the one before."""
    kind = OverrideKind.LOCK.value
    locks = [
        o
        for o in member.overrides
        if (o.tiers, o.kind) == (event.tiers, kind) and o.holds(now)
    ]
    until = _end(event.until)
    if locks and until is None:
        until = max(locks, key=lambda o: o.since).until
    by = str(event.by or "")
    return OverrideRecord(str(event.id), event.tiers, kind, event.after, now, until, by)


def _tier_imported(event: ev.TierImported, member: MemberState, _: FoldContext) -> None:
    since, held = micros(event.since), member.tiers.get(event.tiers)
    if held is None or held.since <= since:
        member.tiers[event.tiers] = Holding(
            event.tier,
            since,
            event.id,
            cause=event.cause.value,
            until=_end(event.until),
            below=_end(event.below),
        )


def _overridden(event: ev.TierOverridden, member: MemberState, _: FoldContext) -> None:
    override = OverrideRecord(
        str(event.id),
        event.tiers,
        event.override.value,
        event.tier,
        micros(event.since or event.at),
        _end(event.until),
        str(event.actor or ""),
        event.reason,
    )
    member.overrides = (*member.overrides, override)


def _override_ended(
    event: ev.TierOverrideEnded, member: MemberState, _: FoldContext
) -> None:
    now, by = micros(event.at), str(event.actor or "")
    member.overrides = tuple(
        each
        for o in member.overrides
        for each in (_cut(o, now, by) if _meant(event, o) else (o,))
    )


def _meant(event: ev.TierOverrideEnded, override: OverrideRecord) -> bool:
    if (override.tiers, override.kind) != (event.tiers, event.override.value):
        return False
    return event.of is None or event.of == override.id


def _cut(override: OverrideRecord, now: int, by: str) -> tuple[OverrideRecord, ...]:
    """Return *override* ended at *now*: what had not begun never was."""
    if override.since >= now:
        return ()
    if override.until is not None and override.until <= now:
        return (override,)
    return (evolve(override, until=now, ended_by=by),)


def _excused(event: ev.TierExcused, member: MemberState, _: FoldContext) -> None:
    since = micros(event.since or event.at)
    excuse = Excuse(event.tiers, event.cause, since, micros(event.until))
    member.excuses = (*member.excuses, excuse)


def _extra(event: ev.ExtraTierGranted, member: MemberState, _: FoldContext) -> None:
    since = micros(event.at)
    extra = ExtraTier(event.tiers, event.tier, event.cause, since, _end(event.until))
    kept = (e for e in member.extras if (e.tiers, e.tier) != (extra.tiers, extra.tier))
    member.extras = (*kept, extra)


def _extra_ended(event: ev.ExtraTierEnded, member: MemberState, _: FoldContext) -> None:
    ended = (event.tiers, event.tier)
    member.extras = tuple(e for e in member.extras if (e.tiers, e.tier) != ended)


def _renewed(event: ev.TierRenewed, member: MemberState, _: FoldContext) -> None:
    held = member.tiers.get(event.tiers)
    if held is not None:
        term, until = micros(event.since), _end(event.until)
        member.tiers[event.tiers] = evolve(held, term=term, until=until)


def _grace(event: ev.TierGraceStarted, member: MemberState, _: FoldContext) -> None:
    _below(event.tiers, micros(event.at), member)


def _grace_ended(event: ev.TierGraceEnded, member: MemberState, _: FoldContext) -> None:
    _below(event.tiers, None, member)


def _below(tiers: str, since: int | None, member: MemberState) -> None:
    held = member.tiers.get(tiers)
    if held is not None:
        member.tiers[tiers] = evolve(held, below=since)


FOLDS: Final[dict[str, Fold]] = {
    "tier_changed": _tier,
    "tier_imported": _tier_imported,
    "tier_overridden": _overridden,
    "tier_override_ended": _override_ended,
    "tier_excused": _excused,
    "extra_tier_granted": _extra,
    "extra_tier_ended": _extra_ended,
    "tier_renewed": _renewed,
    "tier_grace_started": _grace,
    "tier_grace_ended": _grace_ended,
}
