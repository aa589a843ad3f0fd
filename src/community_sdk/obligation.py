"""Who must do what by when: opened, moved, reminded, met, missed, handed on (S04 S07).

Law: once it is open it ends met, missed, or handed on to the last of its stages.
"""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk._time import instant, micros
from community_sdk.decisions import Decision, Escalate, Remind
from community_sdk.events import (
    Event,
    ObligationEscalated,
    ObligationMet,
    ObligationMissed,
)
from community_sdk.explanation import because
from community_sdk.model import DecisionId, EventId, PolicyKey
from community_sdk.state import Duty, MemberState

__all__ = ["escalated", "handed_on", "met", "missed", "overdue", "reminder"]


def met(event: Event, member: MemberState, now: int) -> Iterator[ObligationMet]:
    """Yield what *event* of the member meets; its own instant decides, not its arrival.

    The last instant of an obligation is still in time. One that was missed and is
    handed on can be met late.
    """
    at = micros(event.at)
    for duty in member.duties:
        if (
            duty.met_by == event.name
            and duty.opened <= at
            and (at <= duty.due or duty.missed)
            and all(event.value(name) == value for name, value in duty.where)
        ):
            yield ObligationMet(
                id=EventId(f"{duty.id}:met"),
                at=event.at,
                recorded_at=instant(max(now, at)),
                member=member.id,
                obligation=DecisionId(duty.id),
                what=duty.what,
                late=at > duty.due,
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


def handed_on(duty: Duty, member: MemberState) -> Decision:
    """Return the hand-over of a missed obligation to the duty that is next."""
    at, to = duty.stages[0]
    why = because(
        "obligation.still_open",
        what=duty.what,
        due=instant(duty.due),
        until=instant(at),
        duty=to,
    )
    return Escalate(
        member=member.id,
        what=duty.what,
        duty=to,
        because=why,
        policy=PolicyKey(duty.policy),
    )


def escalated(duty: Duty, member: MemberState) -> ObligationEscalated:
    """Return the fact that a missed obligation went to the duty that is next."""
    at, to = duty.stages[0]
    return ObligationEscalated(
        id=EventId(f"{duty.id}:stage:{at}"),
        at=instant(at),
        member=member.id,
        obligation=DecisionId(duty.id),
        what=duty.what,
        duty=to,
    )
