"""Instants: aware datetimes outside, microseconds since 1970 (UTC) inside (S05 S08)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from community_sdk.errors import DefinitionError, HistoryError, nearest

__all__ = [
    "DAY",
    "EPOCH",
    "SECOND",
    "instant",
    "micros",
    "out_of_range",
    "stamp",
    "zone",
]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
_END: Final = (datetime(4000, 1, 1, tzinfo=UTC) - EPOCH).days * DAY


def micros(at: datetime, /) -> int:
    """Return *at* as microseconds since 1970 UTC.

    Raises:
        HistoryError: *at* has no time zone.
    """
    try:
        gap = at - EPOCH
    except TypeError:
        _refuse_naive(at)
    return gap.days * DAY + gap.seconds * SECOND + gap.microseconds


def _refuse_naive(at: datetime) -> NoReturn:
    shown = str(getattr(at, "isoformat", at.__str__)())
    raise HistoryError(
        f"expected an instant with a time zone, found `{shown}`",
        code="time.naive",
        hint=f"write `{shown}+00:00` or name the zone of the source",
        found=shown,
    ) from None


def stamp(at: datetime, /) -> int:
    """Return *at* as microseconds, if an event can have happened then.

    Windows keep instants from 1970 up to, but not including, the year 4000.

    Raises:
        HistoryError: *at* has no time zone, or lies outside of that.
    """
    us = micros(at)
    if 0 <= us < _END:
        return us
    shown = at.isoformat()
    raise HistoryError(
        f"expected an instant from 1970 on and before the year 4000, found `{shown}`",
        code="time.range",
        hint="check the format and the unit of times in the source",
        found=shown,
    )


@lru_cache(maxsize=4096)
def instant(us: int, /) -> datetime:
    """Return the instant *us* microseconds after 1970, in UTC.

    Raises:
        HistoryError: no calendar reaches that far (years 1 to 9999).
    """
    try:
        return EPOCH + timedelta(microseconds=us)
    except OverflowError:
        raise out_of_range() from None


def out_of_range() -> HistoryError:
    """Return the refusal of an instant that no calendar knows."""
    return HistoryError(
        "expected an instant between the years 1 and 9999, found one beyond",
        code="time.beyond",
        hint="shorten the duration or check the times of the source",
    )


def zone(name: str, /) -> ZoneInfo:
    """Return the IANA time zone called *name*.

    Raises:
        DefinitionError: no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = ("Asia/Shanghai", "Asia/Tokyo", "Asia/Hong_Kong", "Europe/London")
        raise DefinitionError(
            f"expected an IANA time zone such as `Asia/Shanghai`, found `{name}`",
            code="time.zone",
            hint=nearest(name, known),
            found=name,
        ) from None
