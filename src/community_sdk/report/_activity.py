"""What members did, by local day and by hour of the week (S16 S22)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from attrs import define, field

from community_sdk import events as ev
from community_sdk._time import Calendar, micros

__all__ = ["Activity"]

_OWN: Final = (
    ev.MessagePosted,
    ev.Introduced,
    ev.NicknameSet,
    ev.SurveyAnswered,
    ev.RatingGiven,
    ev.WishMade,
    ev.PurchaseMade,
)

Counts = dict[int, dict[str, int]]
"""By day (or hour of the week) and member: messages, 0 where the member did else."""


@define
class Activity:
    """Counts per day and member; bots are taken out at the end, when all are known."""

    calendar: Calendar
    days: Counts = field(factory=dict[int, dict[str, int]])
    hours: Counts = field(factory=dict[int, dict[str, int]])

    def see(self, event: ev.Event) -> None:
        """Take in an event that has a time of its own."""
        doer = _doer(event)
        if doer is None:
            return
        at = micros(event.at)
        day = self.calendar.day(at)
        members = self.days.setdefault(day, {})
        if not isinstance(event, ev.MessagePosted):
            members.setdefault(doer, 0)
            return
        members[doer] = members.get(doer, 0) + 1
        slot = (day - 1) % 7 * 24 + self.calendar.clock(at).hour
        hour = self.hours.setdefault(slot, {})
        hour[doer] = hour.get(doer, 0) + 1

    def daily(
        self, bots: Collection[str], canonical: Callable[[str], str]
    ) -> dict[int, tuple[int, int]]:
        """Return active members and messages by day; no entry on silent days."""
        out: dict[int, tuple[int, int]] = {}
        for day, members in self.days.items():
            people = {m: n for m, n in members.items() if m not in bots}
            active = {canonical(m) for m in people}
            if active:
                out[day] = (len(active), sum(people.values()))
        return out

    def weekly(self, bots: Collection[str]) -> dict[int, int]:
        """Return messages by hour of the week, 0 is Monday from midnight."""
        return {
            slot: sum(n for m, n in members.items() if m not in bots)
            for slot, members in self.hours.items()
        }


def _doer(event: ev.Event) -> str | None:
    """Return who did it, None where nobody did anything of his or her own."""
    if isinstance(event, _OWN):
        return event.member
    if isinstance(event, ev.ReactionReceived):
        return event.actor
    if isinstance(event, ev.Custom):
        return event.actor or event.member
    return None
