"""What follows from a sanction: it ends, the platform undoes it (S06)."""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk._time import instant, micros
from community_sdk.decisions import DismissProposal, EndSanction, LiftSanction
from community_sdk.events import SanctionEnded, SanctionImposed, SanctionLifted
from community_sdk.explanation import because
from community_sdk.model import DecisionId, PolicyKey, SanctionKind, SanctionState
from community_sdk.state import MemberState, SanctionRecord

__all__ = ["expire", "follow"]


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


def _dismiss(event: SanctionImposed, member: MemberState) -> Iterator[DismissProposal]:
    kind = SanctionKind(event.measure, event.order, expels=event.expels)
    if not kind.terminal or event.state is SanctionState.EXPIRED:
        return
    for pending in member.consents:
        yield DismissProposal(
            member=member.id,
            proposal=DecisionId(pending.id),
            because=because("consent.dismissed", measure=event.measure),
            policy=PolicyKey(pending.policy),
        )


def follow(
    event: SanctionImposed | SanctionEnded | SanctionLifted,
    member: MemberState,
    now: int,
) -> Iterator[LiftSanction | DismissProposal]:
    """Yield what the beginning or the end of a sanction calls for.

    A measure that restrained the member and no longer does is undone; while another
    sanction of the same kind is in force, nothing is undone. Removal and ban leave
    nothing to decide: open proposals about the member are dismissed.
    """
    if isinstance(event, SanctionImposed):
        yield from _dismiss(event, member)
        return
    ended = event.state if isinstance(event, SanctionEnded) else SanctionState.LIFTED
    record = member.sanction(event.sanction)
    # One that was over or replaced before has been undone before.
    if record is None or not record.holds or record.state != ended.value:
        return
    if record.replaced or (
        record.ended is not None and record.ended < micros(event.at)
    ):
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
