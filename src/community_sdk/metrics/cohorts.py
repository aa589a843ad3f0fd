"""Retention: who comes back how many periods after the cohort's own (S22).

A cell that could not be observed is None, never 0.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final, Literal

from attrs import field, validators

from community_sdk._time import Calendar, instant, micros, zone
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.events import Event
from community_sdk.metrics.rates import share
from community_sdk.metrics.selection import Selection

__all__ = ["Retention", "RetentionMatrix", "Span", "returns"]

Span = Literal["hour", "day", "week", "month"]
_HOUR: Final = 3_600_000_000
_MOST: Final = 10_000


@frozen
class RetentionMatrix:
    """Cohorts by rows, periods since the cohort's own by columns.

    *starts* are the beginnings of the periods; *counts[i][k]* is how many of cohort
    *i* were there *k* periods later, with the size of the cohort at *k* = 0 and None
    where that period was not observed. *whole*: how many of the periods were over
    when the observation ended; figures of a later one may still grow.
    """

    starts: tuple[datetime, ...]
    counts: tuple[tuple[int | None, ...], ...]
    whole: int

    def size(self, cohort: int) -> int | None:
        """Return how many belong to *cohort*."""
        return self.counts[cohort][0]

    def rate(self, cohort: int, k: int) -> Fraction | None:
        """Return the share of *cohort* that was there *k* periods later."""
        return share(self.counts[cohort][k], self.size(cohort))

    def average(self, k: int) -> Fraction | None:
        """Return the share of all cohorts observed at *k* that were there then."""
        seen = [row for row in self.counts if row[k] is not None]
        there = sum(row[k] or 0 for row in seen)
        return share(there, sum(row[0] or 0 for row in seen))

    def complete(self, cohort: int, k: int) -> bool:
        """Tell whether the period was over when the observation ended."""
        return cohort + k < self.whole


@frozen(kw_only=True)
class Retention:
    """Cohorts of who did *target*, and whether they did *returning* later.

    *cohort* ``first_time`` puts a member into the cohort of the first target event
    ever, also one before the range; ``recurring`` into every one in which there is a
    target event. *bounded*: back in exactly that period; else in it or any later one
    of the range. *minimum*: so many returning events in one period make a return; the
    cohort's own period does not ask for it. Periods are cut in *zone*: hours are
    elapsed, days local, weeks begin on *week_start*, months are calendar months.
    """

    target: Selection
    returning: Selection
    period: Span = "week"
    cohort: Literal["first_time", "recurring"] = "first_time"
    bounded: bool = True
    minimum: int = field(default=1, validator=validators.ge(1))
    week_start: Literal["monday", "sunday"] = "monday"
    zone: str

    def matrix(
        self,
        events: Iterable[Event],
        /,
        *,
        start: datetime,
        intervals: int,
        until: datetime | None = None,
    ) -> RetentionMatrix:
        """Count *events*, in any order, over *intervals* periods.

        The first period is the one that *start* lies in. Where the observation ended
        at *until*, periods that begin then or later were not observed.

        Raises:
            DefinitionError: no period at all, or more than 10,000.
            HistoryError: *start* or *until* has no zone.
        """
        if not 1 <= intervals <= _MOST:
            raise DefinitionError(
                f"expected from 1 to {_MOST} periods, found `{intervals}`",
                code="retention.intervals",
                found=str(intervals),
            )
        edges = self.edges(start, intervals)
        end = edges[-1] if until is None else micros(until)
        seen = bisect_left(edges, end, hi=intervals)
        cohorts, back = self._gather(events, edges)
        rows: list[tuple[int | None, ...]] = []
        for i in range(intervals):
            members = cohorts.get(i, set())
            later = [back.get(name, set()) for name in members]
            ahead = [{j - i for j in each if j > i} for each in later]
            counts = returns(ahead, max(seen - i, 0), bounded=self.bounded)
            blank: list[int | None] = [None] * (intervals - len(counts))
            rows.append((*counts, *blank))
        whole = bisect_right(edges, end) - 1
        starts = tuple(instant(edge) for edge in edges[:-1])
        return RetentionMatrix(starts, tuple(rows), min(whole, intervals))

    def edges(self, start: datetime, intervals: int) -> list[int]:
        """Return the borders of the periods in microseconds, one more than periods."""
        calendar, us = Calendar(zone(self.zone)), micros(start)
        if self.period == "hour":
            here = instant(us).astimezone(calendar.where)
            first = us - (us + _offset(here)) % _HOUR
            return [first + n * _HOUR for n in range(intervals + 1)]
        day = date.fromordinal(calendar.day(us))
        return [
            calendar.start(self._day(day, n).toordinal()) for n in range(intervals + 1)
        ]

    def _day(self, day: date, n: int) -> date:
        """Return the first day of the *n*-th period after the one of *day*."""
        if self.period == "month":
            years, month = divmod(day.month - 1 + n, 12)
            return date(day.year + years, month + 1, 1)
        if self.period == "week":
            monday = self.week_start == "monday"
            gone = day.weekday() if monday else day.isoweekday() % 7
            return day + timedelta(7 * n - gone)
        return day + timedelta(n)

    def _gather(
        self, events: Iterable[Event], edges: Sequence[int]
    ) -> tuple[dict[int, set[str]], dict[str, set[int]]]:
        """Return the members of each cohort, and the periods each member was back."""
        begun: dict[str, set[int]] = {}
        first: dict[str, int] = {}
        came: Counter[tuple[str, int]] = Counter()
        for event in events:
            if event.member is None:
                continue
            who, us = str(event.member), micros(event.at)
            place = bisect_right(edges, us) - 1
            inside = 0 <= place < len(edges) - 1
            if self.target.takes(event):
                first[who] = min(us, first.get(who, us))
                if inside:
                    begun.setdefault(who, set()).add(place)
            if inside and self.returning.takes(event):
                came[who, place] += 1
        cohorts: dict[int, set[str]] = {}
        for who, places in begun.items():
            own = {bisect_right(edges, first[who]) - 1}
            for place in places if self.cohort == "recurring" else own & places:
                cohorts.setdefault(place, set()).add(who)
        back: dict[str, set[int]] = {}
        for (who, place), number in came.items():
            if number >= self.minimum:
                back.setdefault(who, set()).add(place)
        return cohorts, back


def returns(
    members: Iterable[Iterable[int]],
    periods: int,
    *,
    bounded: bool = True,
    size: int | None = None,
) -> tuple[int, ...]:
    """Count who was back in each of *periods*, the cohort's own (0) included.

    *members* gives, for each member of the cohort, the periods (from 1) of returns;
    *size* is that of the cohort where those who never came back are left out.
    """
    found: Counter[int] = Counter()
    known = 0
    for places in members:
        known += 1
        own = {k for k in places if 0 < k < periods}
        found.update(own if bounded else range(1, max(own, default=0) + 1))
    whole = known if size is None else size
    return tuple(whole if k == 0 else found[k] for k in range(periods))


def _offset(here: datetime) -> int:
    """Return how far the clock of *here* is ahead of UTC, in microseconds."""
    ahead = here.utcoffset() or timedelta()
    return ahead // timedelta(microseconds=1)
