"""Instants, windows, durations, periods: all arithmetic on time, half-open (S05 S08).

Instants are aware datetimes; inside, integers of microseconds since 1970 (UTC). Days,
half-months, weeks and months are cut in the time zone of the community.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import Factory, field, frozen
from dateutil.relativedelta import relativedelta
from dateutil.tz import resolve_imaginary

from community_sdk.errors import DefinitionError, HistoryError, nearest

__all__ = [
    "Calendar",
    "Duration",
    "Period",
    "PeriodUnit",
    "QuietHours",
    "Window",
    "WindowKind",
    "instant",
    "micros",
    "zone",
]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY: Final = 86_400_000_000
SECOND: Final = 1_000_000


def micros(at: datetime, /) -> int:
    """Return *at* as microseconds since 1970 UTC.

    Raises:
        HistoryError: *at* has no time zone.
    """
    if at.tzinfo is None:
        shown = at.isoformat()
        raise HistoryError(
            f"expected an instant with a time zone, found `{shown}`",
            code="time.naive",
            hint=f"write `{shown}+00:00` or name the zone of the source",
            found=shown,
        )
    gap = at - EPOCH
    return gap.days * DAY + gap.seconds * SECOND + gap.microseconds


def instant(us: int, /) -> datetime:
    """Return the instant *us* microseconds after 1970, in UTC."""
    return EPOCH + timedelta(microseconds=us)


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


_EXACT: Final = {
    "us": 1,
    "s": SECOND,
    "min": 60 * SECOND,
    "h": 3_600 * SECOND,
    "d": DAY,
    "w": 7 * DAY,
}
_MONTHS: Final = {"month": 1, "months": 1, "year": 12, "years": 12}
_WORDS: Final = {
    "second": "s", "seconds": "s", "sec": "s", "minute": "min", "minutes": "min",
    "hour": "h", "hours": "h", "day": "d", "days": "d", "week": "w", "weeks": "w",
}  # fmt: skip
_AMOUNT: Final = re.compile(r"\s*(\d{1,9})\s*([A-Za-z]+)\s*", re.ASCII)
_LIMIT: Final = 1_000 * 366 * DAY


def _amount(text: str, what: str, example: str) -> tuple[int, str]:
    match = _AMOUNT.fullmatch(text)
    unit = "" if match is None else match[2]
    unit = _WORDS.get(unit, unit)
    if match is None or (unit not in _EXACT and unit not in _MONTHS):
        known = (*_EXACT, *_MONTHS)
        hint = "`m` is minutes or months: write `min` or `month`" if unit == "m" else ""
        raise DefinitionError(
            f"expected {what} such as {example}, found `{text}`",
            code="time.duration" if what == "a duration" else "time.window",
            hint=hint or (nearest(unit, known) if unit else ""),
            found=text,
        )
    return int(match[1]), unit


@frozen(cache_hash=True)
class Duration:
    """A length of time: exact microseconds, or calendar months.

    ``30d`` is 30 × 24 hours; ``1 month`` and ``1 year`` follow the calendar of the
    zone, are computed from the anchor and clamped to the end of the month: 31 January
    + 1 month is the last of February, + 2 months is 31 March. A month never drifts.
    """

    us: int = 0
    months: int = 0

    def __attrs_post_init__(self) -> None:
        """Refuse mixed, negative and absurd lengths."""
        if bool(self.us) == bool(self.months) or min(self.us, self.months) < 0:
            raise DefinitionError(
                "expected a duration of either exact time or months, longer than zero",
                code="time.duration_empty",
            )
        if self.us > _LIMIT or self.months > 12_000:  # noqa: PLR2004 - 1,000 years
            raise DefinitionError(
                "expected a duration of at most 1,000 years", code="time.duration_long"
            )

    @classmethod
    def parse(cls, text: str, /) -> Duration:
        """Read ``90d``, ``24h``, ``15 min``, ``1 month``, ``2 years``.

        Raises:
            DefinitionError: *text* is no duration.
        """
        number, unit = _amount(text, "a duration", "`90d`, `24h` or `1 month`")
        if unit in _MONTHS:
            return cls(months=number * _MONTHS[unit])
        return cls(us=number * _EXACT[unit])

    def __str__(self) -> str:
        """Print the shortest text that parses back to the same value."""
        if self.months:
            return f"{self.months} month{'s' if self.months > 1 else ''}"
        for unit in ("d", "h", "min", "s"):
            if self.us % _EXACT[unit] == 0:
                return f"{self.us // _EXACT[unit]}{unit}"
        return f"{self.us}us"

    def after(self, anchor: int, where: tzinfo, *, times: int = 1) -> int:
        """Return the instant *times* durations after *anchor* (microseconds).

        Negative *times* look back. Months keep the local time of day in *where*; a
        local time that a clock change skips moves forward over the gap.
        """
        if not self.months:
            return anchor + self.us * times
        local = instant(anchor).astimezone(where)
        moved = local.replace(tzinfo=None) + relativedelta(months=self.months * times)
        return micros(resolve_imaginary(moved.replace(tzinfo=where, fold=local.fold)))


class WindowKind(Enum):
    """How a window finds its beginning."""

    DAYS = "days"
    EXACT = "exact"
    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SINCE_JOIN = "since_join"
    SINCE_TIER = "since_tier"
    LIFETIME = "lifetime"


_NAMED: Final = {
    k.value: k for k in WindowKind if k not in (WindowKind.DAYS, WindowKind.EXACT)
}
_LONGEST: Final = {
    WindowKind.DAY: 1, WindowKind.WEEK: 7, WindowKind.HALF_MONTH: 16,
    WindowKind.MONTH: 31, WindowKind.QUARTER: 92, WindowKind.YEAR: 366,
}  # fmt: skip


@frozen(cache_hash=True)
class Window:
    """A stretch of the past that a metric looks at, ending now (inclusive).

    ``30d`` and ``2w`` are calendar days of the zone, today included; ``24h``,
    ``10min`` and ``2400h`` are exact and trailing, ``(at − w, at]``; ``day``,
    ``week`` (from Monday), ``half_month`` (1–15, 16–end), ``month``, ``quarter`` and
    ``year`` run from the local beginning of the current one; ``since_join``,
    ``since_tier`` (later than the last change of tier) and ``lifetime`` belong to the
    member.
    """

    kind: WindowKind
    length: int = 0

    @classmethod
    def parse(cls, text: str, /) -> Window:
        """Read a window.

        Raises:
            DefinitionError: *text* is no window.
        """
        named = _NAMED.get(text.strip())
        if named is not None:
            return cls(named)
        if text.strip().isidentifier() and not text.strip()[-1].isdigit():
            raise DefinitionError(
                f"expected a window such as `30d`, `24h` or `month`, found `{text}`",
                code="time.window",
                hint=nearest(text.strip(), _NAMED),
                found=text,
            )
        number, unit = _amount(text, "a window", "`30d`, `24h` or `month`")
        if unit in _MONTHS or number == 0:
            raise DefinitionError(
                f"expected a window in days or hours, found `{text}`",
                code="time.window",
                hint="for the running month write `month`, for 30 local days `30d`",
                found=text,
            )
        length = number * _EXACT[unit]
        if length > _LIMIT:
            raise DefinitionError(
                f"expected a window of at most 1,000 years, found `{text}`",
                code="time.window",
                hint="for everything write `lifetime`",
                found=text,
            )
        if unit in ("d", "w"):
            return cls(WindowKind.DAYS, length // DAY)
        return cls(WindowKind.EXACT, length)

    def __str__(self) -> str:
        """Print the text that parses back to the same value."""
        if self.kind is WindowKind.DAYS:
            return f"{self.length}d"
        if self.kind is WindowKind.EXACT:
            for unit in ("h", "min", "s"):
                if self.length % _EXACT[unit] == 0:
                    return f"{self.length // _EXACT[unit]}{unit}"
            return f"{self.length}us"
        return str(self.kind.value)

    @property
    def rolling(self) -> bool:
        """Whether the beginning follows from the instant and the zone alone."""
        return self.kind.value not in ("since_join", "since_tier", "lifetime")

    @property
    def longest(self) -> int:
        """The longest that the window can be, in microseconds (0: no bound)."""
        if self.kind is WindowKind.EXACT:
            return self.length
        named = _LONGEST.get(self.kind, 0)
        days = self.length if self.kind is WindowKind.DAYS else named
        return (days + 1) * DAY if days else 0


class PeriodUnit(Enum):
    """What a community's year is cut into."""

    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@frozen
class Period:
    """One day, week, half-month, month, quarter or year, ``[since, until)``.

    *since* and *until* are local dates as proleptic ordinals; *key* is its stable
    name: ``2026-11-21``, ``2026-W47``, ``2026-11-H2``, ``2026-11``, ``2026-Q4``,
    ``2026``.
    """

    unit: PeriodUnit
    since: int
    until: int
    key: str


def _period(unit: PeriodUnit, day: date) -> Period:
    year, month = day.year, day.month
    first = date(year, month, 1)
    turn = first + relativedelta(months=1)
    if unit is PeriodUnit.DAY:
        since, until, key = day, day + timedelta(1), day.isoformat()
    elif unit is PeriodUnit.WEEK:
        since = day - timedelta(day.weekday())
        until, iso = since + timedelta(7), day.isocalendar()
        key = f"{iso.year}-W{iso.week:02}"
    elif unit is PeriodUnit.HALF_MONTH:
        half = date(year, month, 16)
        early = day < half
        since, until = (first, half) if early else (half, turn)
        key = f"{year:04}-{month:02}-H{1 if early else 2}"
    elif unit is PeriodUnit.MONTH:
        since, until, key = first, turn, f"{year:04}-{month:02}"
    elif unit is PeriodUnit.QUARTER:
        since = date(year, month - (month - 1) % 3, 1)
        until, key = since + relativedelta(months=3), f"{year:04}-Q{(month + 2) // 3}"
    else:
        since, until, key = date(year, 1, 1), date(year + 1, 1, 1), f"{year:04}"
    return Period(unit, since.toordinal(), until.toordinal(), key)


_PERIOD_OF: Final = {
    WindowKind.DAY: PeriodUnit.DAY,
    WindowKind.WEEK: PeriodUnit.WEEK,
    WindowKind.HALF_MONTH: PeriodUnit.HALF_MONTH,
    WindowKind.MONTH: PeriodUnit.MONTH,
    WindowKind.QUARTER: PeriodUnit.QUARTER,
    WindowKind.YEAR: PeriodUnit.YEAR,
}


class Calendar:
    """The local days of one time zone; a day may have 23, 24 or 25 hours."""

    __slots__ = ("_hi", "_lo", "_starts", "_today", "where")

    def __init__(self, where: tzinfo) -> None:
        """Cut days in *where*."""
        self.where = where
        self._starts: dict[int, int] = {}
        self._lo = self._hi = self._today = 0

    def day(self, us: int) -> int:
        """Return the local date of *us* as an ordinal."""
        if not self._lo <= us < self._hi:
            today = instant(us).astimezone(self.where).toordinal()
            self._lo, self._hi = self.start(today), self.start(today + 1)
            self._today = today
        return self._today

    def start(self, day: int) -> int:
        """Return the first instant of the local date *day*."""
        found = self._starts.get(day)
        if found is None:
            local = datetime.combine(date.fromordinal(day), time(), self.where)
            found = self._starts[day] = micros(local)
        return found

    def period(self, unit: PeriodUnit, us: int) -> Period:
        """Return the period of *unit* that holds *us*."""
        return _cached_period(unit, self.day(us))

    def since(self, window: Window, now: int) -> int:
        """Return the first microsecond inside a rolling *window* that ends at *now*."""
        kind = window.kind
        if kind is WindowKind.EXACT:
            return now - window.length + 1
        return self.start(self.first_day(window, now))

    def first_day(self, window: Window, now: int) -> int:
        """Return the first local date inside a *window* of days that ends at *now*."""
        today = self.day(now)
        if window.kind is WindowKind.DAYS:
            return max(today - window.length + 1, 1)
        return _cached_period(_PERIOD_OF[window.kind], today).since

    def ends(self, window: Window, now: int) -> int:
        """Return when the running period that *window* looks at is over."""
        day = self.day(now)
        return self.start(_cached_period(_PERIOD_OF[window.kind], day).until)

    def clock(self, us: int) -> time:
        """Return the local time of day of *us*."""
        return instant(us).astimezone(self.where).time()

    def quiet(self, hours: QuietHours, us: int) -> bool:
        """Tell whether *us* falls into *hours* of the local day."""
        self.day(us)
        if self._hi - self._lo != DAY:
            return hours.cover(self.clock(us))
        return hours.cover_micros(us - self._lo)


@lru_cache(maxsize=4096)
def _cached_period(unit: PeriodUnit, day: int) -> Period:
    return _period(unit, date.fromordinal(day))


_HOURS: Final = re.compile(
    r"\s*((?:[01]\d|2[0-3]):[0-5]\d)\s*-\s*((?:[01]\d|2[0-3]):[0-5]\d)\s*", re.ASCII
)


def _of_day(clock: time) -> int:
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return seconds * SECOND + clock.microsecond


@frozen
class QuietHours:
    """Hours of the local day in which nobody posts, ``[start, end)`` (S05).

    *end* before *start* passes midnight. Equal ends are refused: say so with no quiet
    hours at all.
    """

    start: time
    end: time
    _since: int = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: _of_day(self.start), takes_self=True),
    )
    _until: int = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: _of_day(self.end), takes_self=True),
    )

    def __attrs_post_init__(self) -> None:
        """Refuse an empty stretch."""
        if self.start == self.end:
            raise DefinitionError(
                f"expected quiet hours that begin and end apart, found `{self}`",
                code="time.quiet_hours",
                found=str(self),
            )

    @classmethod
    def parse(cls, text: str, /) -> QuietHours:
        """Read ``23:00-07:00``.

        Raises:
            DefinitionError: *text* names no two times of day.
        """
        match = _HOURS.fullmatch(text)
        if match is None:
            raise DefinitionError(
                f"expected quiet hours such as `23:00-07:00`, found `{text}`",
                code="time.quiet_hours",
                found=text,
            )
        return cls(time.fromisoformat(match[1]), time.fromisoformat(match[2]))

    def __str__(self) -> str:
        """Print the text that parses back to the same value."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def cover(self, clock: time) -> bool:
        """Tell whether the local time of day *clock* is quiet."""
        return self.cover_micros(_of_day(clock))

    def cover_micros(self, us: int) -> bool:
        """Tell whether the time of day *us* microseconds after midnight is quiet."""
        if self._since < self._until:
            return self._since <= us < self._until
        return us >= self._since or us < self._until
