"""What holds a member now, and where the record leaves the person (S06)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from community_sdk.model import SANCTIONS, MemberStatus, Whereabouts
from community_sdk.state.partition import NEVER
from community_sdk.state.records import SanctionRecord

__all__ = ["latest_end", "restraints", "whereabouts"]

_BAN: Final = SANCTIONS["ban"].order


def restraints(records: Iterable[SanctionRecord], now: int) -> list[SanctionRecord]:
    """Return what restrains at *now*: of those that count as one, the latest end."""
    running = [record for record in records if record.in_force(now)]
    joined: dict[str, SanctionRecord] = {}
    for record in running:
        if record.joins:
            rivals = [r for r in running if r.measure == record.measure]
            joined[record.measure] = max(rivals, key=_end)
    return [
        record for record in running if joined.get(record.measure, record) is record
    ]


def _end(record: SanctionRecord) -> tuple[int, int]:
    return (NEVER if record.until is None else record.until, record.since)


def latest_end(records: Iterable[SanctionRecord]) -> int | None:
    """Return the latest end, `NEVER` where one is open, None without any."""
    return max((_end(record)[0] for record in records), default=None)


def whereabouts(
    status: MemberStatus, records: Iterable[SanctionRecord], now: int
) -> Whereabouts:
    """Return the first that holds: banned, removed, suspended, left, else active.

    A removal holds until the person is let in again; a ban while it is in force.
    """
    out = [r for r in records if r.expels and r.runs(now)]
    if any(r.holds and r.order >= _BAN for r in out):
        return Whereabouts.BANNED
    if status is MemberStatus.REMOVED or any(not r.holds for r in out):
        return Whereabouts.REMOVED
    if out:
        return Whereabouts.SUSPENDED
    if status is MemberStatus.LEFT:
        return Whereabouts.LEFT
    return Whereabouts.ACTIVE
