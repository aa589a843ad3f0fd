"""The one clock of the library, and ids that sort by the time they were minted."""

from __future__ import annotations

from datetime import UTC, datetime
from secrets import token_hex

from community_sdk._time import micros
from community_sdk.errors import HistoryError
from community_sdk.events import Event
from community_sdk.model import EventId
from community_sdk.ports import Clock

__all__ = ["SystemClock", "mint", "refuse_future"]


class SystemClock:
    """The clock of the machine, in UTC."""

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(UTC)


def mint(clock: Clock) -> EventId:
    """Return a new event id: the instant in hexadecimal, then 80 random bits."""
    return EventId(f"{micros(clock.now()):014x}-{token_hex(10)}")


def refuse_future(event: Event, clock: Clock) -> HistoryError | None:
    """Return why *event* cannot be taken in yet, None where it is not of the future."""
    now = clock.now()
    if event.recorded_at <= now:
        return None
    shown = event.recorded_at.isoformat()
    return HistoryError(
        f"event `{event.id}` lies in the future: `{shown}`",
        code="event.future",
        hint="check the clock and the time zone of the source",
        id=event.id,
        at=shown,
        now=now.isoformat(),
    )
