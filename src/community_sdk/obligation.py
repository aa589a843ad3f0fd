"""Who must do what by when: opened, reminded, met or missed (S04 S07 S14)."""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk._time import instant, micros
from community_sdk.decisions import Decision, Escalate, Remind
from community_sdk.events import Event, ObligationMet, ObligationMissed
from community_sdk.explanation import because
from community_sdk.model import DecisionId, EventId, PolicyKey
from community_sdk.state import Duty, MemberState

__all__ = ["met", "missed", "overdue", "reminder"]


def met(event: Event, member: MemberState, now: int) -> Iterator[ObligationMet]:
    """Yield what *event* of the member meets; its own instant decides, not its arrival.

    The last instant of an obligation is still in time.
    """
    at = micros(event.at)
    for duty in member.duties:
        if (
            duty.met_by == event.name
            and duty.opened <= at <= duty.due
            and all(event.value(name) == value for name, value in duty.where)
        ):
            yield ObligationMet(
                id=EventId(f"{duty.id}:met"),
                at=event.at,
                recorded_at=instant(max(now, at)),
                member=member.id,
                obligation=DecisionId(duty.id),
                what=duty.what,
            )


def reminder(duty: Duty, member: MemberState) -> Decision:
    """Return the reminder of an obligation that is still open."""
    why = because(
        "obligation.open",
        what=duty.what,
        due=instant(duty.due),
        opened=instant(duty.opened),
    )
    return Remind(
        member=member.id, what=duty.what, because=why, policy=PolicyKey(duty.policy)
    )


def missed(duty: Duty, member: MemberState) -> ObligationMissed:
    """Return the fact that the time of an obligation is over."""
    return ObligationMissed(
        id=EventId(f"{duty.id}:missed"),
        at=instant(duty.due),
        member=member.id,
        obligation=DecisionId(duty.id),
        what=duty.what,
    )


def overdue(duty: Duty, member: MemberState) -> Iterator[Decision]:
    """Yield the hand-over of a missed obligation to its duty, where it has one."""
    if duty.duty:
        why = because(
            "obligation.missed", what=duty.what, due=instant(duty.due), duty=duty.duty
        )
        yield Escalate(
            member=member.id,
            what=duty.what,
            duty=duty.duty,
            because=why,
            policy=PolicyKey(duty.policy),
        )
