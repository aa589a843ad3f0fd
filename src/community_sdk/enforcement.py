"""Sanctions end by themselves, and the platform is told to undo them (S06)."""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk._time import instant
from community_sdk.decisions import EndSanction, LiftSanction
from community_sdk.events import Event, SanctionEnded, SanctionLifted
from community_sdk.explanation import because
from community_sdk.model import DecisionId, PolicyKey, SanctionState
from community_sdk.state import MemberState, SanctionRecord

__all__ = ["expire", "undo"]


def expire(record: SanctionRecord, member: MemberState) -> EndSanction:
    """Return the end of a sanction whose time is over; its strikes stay."""
    end = record.since if record.until is None else record.until
    why = because(
        "sanction.expired",
        measure=record.measure,
        since=instant(record.since),
        until=instant(end),
    )
    return EndSanction(
        member=member.id,
        sanction=DecisionId(record.id),
        because=why,
        policy=PolicyKey(record.policy),
    )


def undo(event: Event, member: MemberState, now: int) -> Iterator[LiftSanction]:
    """Yield the undoing of a measure that restrained the member and no longer does.

    While another sanction of the same kind is in force, nothing is undone.
    """
    if isinstance(event, SanctionLifted):
        ended = SanctionState.LIFTED
    elif isinstance(event, SanctionEnded):
        ended = event.state
    else:
        return
    record = member.sanction(event.sanction)
    # One that was over before has been undone before.
    if record is None or not record.holds or record.state != ended.value:
        return
    others = (s for s in member.sanctions if s.measure == record.measure)
    if any(other.in_force(now) for other in others):
        return
    why = because("sanction.over", measure=record.measure, state=record.state)
    yield LiftSanction(
        member=member.id,
        sanction=DecisionId(record.id),
        measure=record.measure,
        because=why,
        policy=PolicyKey(record.policy),
    )
