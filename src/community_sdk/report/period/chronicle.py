"""A history kept so that any of its periods can be reported on (S22)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from community_sdk._time import Period, PeriodUnit, micros
from community_sdk.errors import DefinitionError
from community_sdk.report.period._kept import Kept
from community_sdk.report.period._report import PeriodReport
from community_sdk.report.period._survey import Survey

__all__ = ["Chronicle"]


class Chronicle(Kept):
    """A `Summary` that keeps what it sees, so that periods can be looked at.

    Call `see` after each step and `finish` at the end, then `report` as often as
    wanted. Events without a time of their own belong to no period.
    """

    def report(
        self,
        unit: Literal["day", "week", "month"],
        /,
        *,
        on: date | None = None,
        names: bool = False,
    ) -> PeriodReport:
        """Return the report of the *unit* that holds the local day *on*.

        By default the last one that is over; where none is, the running one. With
        *names* it tells ids of members: who wrote most, and scorecards of staff.

        Raises:
            DefinitionError: the history has no dated event, or none of its days lies in
                that period.
        """
        if self.period is None:
            raise DefinitionError(
                "expected a history with at least one dated event, found none",
                code="report.empty",
                hint="feed events with a time of their own before you ask for a report",
            )
        first, last = self.days
        cut = PeriodUnit(unit)
        day = self._last(cut, first, last) if on is None else on.toordinal()
        begun, over = (self._period(cut, edge) for edge in (first, last))
        if not begun.since <= day < over.until:
            raise DefinitionError(
                f"expected a day from {date.fromordinal(first)} to"
                f" {date.fromordinal(last)}, found `{date.fromordinal(day)}`",
                code="report.day",
                hint="name a day of the history",
                found=str(date.fromordinal(day)),
                first=str(date.fromordinal(first)),
                last=str(date.fromordinal(last)),
            )
        return Survey(self, cut, day, names=names).report()

    def _period(self, unit: PeriodUnit, day: int) -> Period:
        return self.calendar.period(unit, self.calendar.start(day))

    def _last(self, unit: PeriodUnit, first: int, last: int) -> int:
        """Return a day of the last period that is over, else the last day."""
        running = self.calendar.period(unit, micros(self.known))
        return running.since - 1 if running.since > first else last
