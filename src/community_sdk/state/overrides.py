"""Overrides of tiers: which are in force, which ended last, told in data (S08)."""

from __future__ import annotations

from collections.abc import Iterable

from community_sdk._time import instant
from community_sdk.explanation import Explanation, because
from community_sdk.model import OverrideKind, TierCause
from community_sdk.state.member import MemberState
from community_sdk.state.records import OverrideRecord

__all__ = ["decisive", "in_force", "just_over", "told", "told_over"]


def in_force(member: MemberState, tiers: str, now: int) -> list[OverrideRecord]:
    """Return the overrides of *tiers* that hold at *now*, in the order told."""
    return [o for o in member.overrides if o.tiers == tiers and o.holds(now)]


def decisive(records: Iterable[OverrideRecord]) -> OverrideRecord | None:
    """Return the lock that holds, else the boost; None without either.

    Of several the one that began last, of equal ones the one told last.
    """
    known = list(records)
    for kind in (OverrideKind.LOCK.value, OverrideKind.BOOST.value):
        found = [o for o in known if o.kind == kind]
        if found:
            return max(enumerate(found), key=lambda pair: (pair[1].since, pair[0]))[1]
    return None


def just_over(member: MemberState, tiers: str, now: int) -> OverrideRecord | None:
    """Return the override of *tiers* that ended last.

    None where another is in force, or the tier was changed since it ended.
    """
    held = member.tiers.get(tiers)
    begin = -1 if held is None else held.since
    ended = [
        (o.until, place, o)
        for place, o in enumerate(member.overrides)
        if o.tiers == tiers and o.until is not None and begin <= o.until <= now
    ]
    return None if not ended or in_force(member, tiers, now) else max(ended)[-1]


def told(record: OverrideRecord) -> Explanation:
    """Explain an override that decides: whose it is, why, and until when."""
    return because(
        "tier.overridden",
        cause=TierCause(record.kind),
        by=record.by or None,
        reason=record.reason or None,
        until=None if record.until is None else instant(record.until),
    )


def told_over(record: OverrideRecord) -> Explanation:
    """Explain that an override is over: whose it was, and who ended it."""
    return because(
        "tier.source_over",
        cause=TierCause(record.kind),
        by=record.by or None,
        ended_by=record.ended_by or None,
        reason=record.reason or None,
        until=None if record.until is None else instant(record.until),
    )
