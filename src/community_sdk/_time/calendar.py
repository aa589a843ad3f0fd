"""Local days and what a year is cut into: all borders in the community's zone (S08)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum
from functools import lru_cache
from typing import Final

from community_sdk._time.instants import DAY, instant, micros, out_of_range
from community_sdk._time.lengths import Window, WindowKind
from community_sdk._time.quiet import QuietHours
from community_sdk._values import frozen

__all__ = ["Calendar", "Period", "PeriodUnit"]


class PeriodUnit(Enum):
    """What a community's year is cut into."""

    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def longest(self) -> int:
        """How many days one may have at most."""
        days = {"day": 1, "week": 7, "half_month": 16, "month": 31, "quarter": 92}
        return days.get(self.value, 366)


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

    @property
    def days(self) -> int:
        """How many local dates it has."""
        return self.until - self.since


def _months_on(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _period(unit: PeriodUnit, day: date) -> Period:
    year, month = day.year, day.month
    first = date(year, month, 1)
    if unit is PeriodUnit.DAY:
        since, until, key = day, day + timedelta(1), day.isoformat()
    elif unit is PeriodUnit.WEEK:
        since = day - timedelta(day.weekday())
        until, iso = since + timedelta(7), day.isocalendar()
        key = f"{iso.year:04}-W{iso.week:02}"
    elif unit is PeriodUnit.HALF_MONTH:
        half = date(year, month, 16)
        early = day < half
        since, until = (first, half) if early else (half, _months_on(first, 1))
        key = f"{year:04}-{month:02}-H{1 if early else 2}"
    elif unit is PeriodUnit.MONTH:
        since, until, key = first, _months_on(first, 1), f"{year:04}-{month:02}"
    elif unit is PeriodUnit.QUARTER:
        since = date(year, month - (month - 1) % 3, 1)
        until, key = _months_on(since, 3), f"{year:04}-Q{(month + 2) // 3}"
    else:
        since, until, key = date(year, 1, 1), date(year + 1, 1, 1), f"{year:04}"
    return Period(unit, since.toordinal(), until.toordinal(), key)


@lru_cache(maxsize=4096)
def _cached_period(unit: PeriodUnit, day: int) -> Period:
    return _period(unit, date.fromordinal(day))


_PERIOD_OF: Final = {
    WindowKind.DAY: PeriodUnit.DAY,
    WindowKind.WEEK: PeriodUnit.WEEK,
    WindowKind.HALF_MONTH: PeriodUnit.HALF_MONTH,
    WindowKind.MONTH: PeriodUnit.MONTH,
    WindowKind.QUARTER: PeriodUnit.QUARTER,
    WindowKind.YEAR: PeriodUnit.YEAR,
}
_LAST_HOUR: Final = 23
# Room for a zone's offset and for the end of a year's period.
_FIRST: Final = micros(datetime.fromisoformat("0002-01-01T00:00Z"))
_END: Final = micros(datetime.fromisoformat("9998-12-31T00:00Z"))


class Calendar:
    """The local days of one time zone, for instants of the years 2 to 9998.

    A day may have 23, 24 or 25 hours. It begins with the first instant that bears its
    date, which is not 00:00 where a clock change skips midnight. Where the clock goes
    back over midnight, the new day goes on: days never run backwards.
    """

    __slots__ = ("_clocks", "_hi", "_lo", "_starts", "_today", "where")

    def __init__(self, where: tzinfo) -> None:
        """Cut days in *where*."""
        self.where = where
        self._starts: dict[int, int] = {}
        self._clocks: dict[tuple[int, int], int] = {}
        self._lo = self._hi = self._today = 0

    def day(self, us: int) -> int:
        """Return the local date of *us* as an ordinal.

        Raises:
            HistoryError: *us* lies outside of the calendar.
        """
        if not self._lo <= us < self._hi:
            self._turn_to(us)
        return self._today

    def _turn_to(self, us: int) -> None:
        today = self._local(us).toordinal()
        lo, hi = self.start(today), self.start(today + 1)
        if us >= hi:
            today += 1
            lo, hi = hi, self.start(today + 1)
        self._lo, self._hi, self._today = lo, hi, today

    def _local(self, us: int) -> datetime:
        if not _FIRST <= us < _END:
            raise out_of_range()
        return instant(us).astimezone(self.where)

    def start(self, day: int) -> int:
        """Return the first instant of the local date *day*."""
        found = self._starts.get(day)
        if found is None:
            found = self._starts[day] = self._first(day, time())
        return found

    def at(self, day: int, minutes: int) -> int:
        """Return the first instant of *day* whose clock shows *minutes* or more.

        *minutes* are counted from midnight, 1440 being the end of the day. A time that
        the clock skips is reached with the jump; of a time that it shows twice, the
        first counts.
        """
        found = self._clocks.get((day, minutes))
        if found is None:
            lo, hi = self.start(day), self.start(day + 1)
            hour, minute = divmod(minutes, 60)
            reached = hi if hour > _LAST_HOUR else self._first(day, time(hour, minute))
            found = self._clocks[day, minutes] = min(max(lo, reached), hi)
        return found

    def _first(self, day: int, clock: time) -> int:
        wanted = datetime.combine(date.fromordinal(day), clock)
        there = wanted.replace(tzinfo=self.where)
        late, early = micros(there), micros(there.replace(fold=1))
        # Only a time that the clock skips is earlier by the offset that follows: it is
        # reached with the jump itself, somewhere between the two.
        while early < late:
            middle = (early + late) // 2
            if instant(middle).astimezone(self.where).replace(tzinfo=None) < wanted:
                early = middle + 1
            else:
                late = middle
        return late

    def period(self, unit: PeriodUnit, us: int) -> Period:
        """Return the period of *unit* that holds *us*."""
        return _cached_period(unit, self.day(us))

    def since(self, window: Window, now: int) -> int:
        """Return the first microsecond inside a rolling *window* that ends at *now*."""
        if window.kind is WindowKind.EXACT:
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
        return self._local(us).time()

    def quiet(self, hours: QuietHours, us: int) -> bool:
        """Tell whether *us* falls into *hours* of the local day."""
        self.day(us)
        if self._hi - self._lo != DAY:
            return hours.cover(self.clock(us))
        return hours.cover_micros(us - self._lo)

    def night(self, hours: QuietHours, us: int) -> int:
        """Return the local date on which the quiet *hours* that hold *us* began."""
        local = self._local(us)
        return local.toordinal() - hours.began_before(local.time())
