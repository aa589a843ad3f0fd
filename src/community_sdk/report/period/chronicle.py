"""A history kept so that any of its periods can be reported on (S22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from attrs import define, field

from community_sdk._time import Calendar, PeriodUnit, instant, micros
from community_sdk.decisions import ApplySanction, Decision, IssueScorecard
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.events import Event
from community_sdk.report._activity import Activity
from community_sdk.report._presence import Presence
from community_sdk.report.summary import Summary

if TYPE_CHECKING:
    from community_sdk.report.period._report import PeriodReport

__all__ = ["Chronicle", "Taken"]


@define
class Taken:
    """What was decided: instant, kind and mode, and whether it is a sanction."""

    at: int
    kind: str
    mode: str
    sanction: bool


@define
class _Kept:
    told: list[Event] = field(factory=list[Event])
    taken: list[Taken] = field(factory=list[Taken])
    cards: list[IssueScorecard] = field(factory=list[IssueScorecard])


class Chronicle(Summary):
    """A `Summary` that keeps what it sees, so that periods can be looked at.

    Call `see` after each step and `finish` at the end, then `report` as often as
    wanted. Events without a time of their own belong to no period.
    """

    def _begin(self) -> None:
        super()._begin()
        self._kept = _Kept()
        self._known = 0

    def see(self, event: Event | None, step: Step) -> None:
        """Take in one event and what came of it; None where only time passed."""
        super().see(event, step)
        if step.duplicate:
            return
        if event is not None and event.dated:
            self._kept.told.append(event)
        self._kept.told.extend(fact for fact in step.facts if fact.dated)
        for decision in step.decisions:
            self._take(decision)

    def _take(self, decision: Decision) -> None:
        if isinstance(decision, IssueScorecard):
            self._kept.cards.append(decision)
        if decision.at is not None:
            one = Taken(
                micros(decision.at),
                decision.kind,
                decision.mode.value,
                isinstance(decision, ApplySanction),
            )
            self._kept.taken.append(one)

    def finish(self, engine: Any = None, *, seconds: float | None = None) -> None:
        """Draw up the tables, as of the last instant that *engine* knows."""
        super().finish(engine, seconds=seconds)
        known: Any = getattr(engine, "now", None)
        self._known = self._hi
        if isinstance(known, datetime):
            self._known = max(self._hi, micros(known))

    @property
    def began(self) -> datetime:
        """The first instant of the history."""
        return instant(self._lo)

    @property
    def known(self) -> datetime:
        """The last instant of the history."""
        return instant(self._known)

    @property
    def days(self) -> tuple[int, int]:
        """The first and the last local day of the history, as ordinals."""
        return self.calendar.day(self._lo), self.calendar.day(self._known)

    @property
    def calendar(self) -> Calendar:
        """The days of the community."""
        return self._calendar

    @property
    def presence(self) -> Presence:
        """Who was there when."""
        return self._presence

    @property
    def activity(self) -> Activity:
        """What members did by day."""
        return self._activity

    @property
    def told(self) -> Sequence[Event]:
        """Dated events and facts, as they came."""
        return self._kept.told

    @property
    def taken(self) -> Sequence[Taken]:
        """What was decided, as it came."""
        return self._kept.taken

    @property
    def cards(self) -> Sequence[IssueScorecard]:
        """Every scorecard, as it came."""
        return self._kept.cards

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
            DefinitionError: the history has no dated event, or the day lies outside.
        """
        from community_sdk.report.period._survey import Survey

        if self.period is None:
            raise DefinitionError(
                "expected a history with at least one dated event, found none",
                code="report.empty",
                hint="feed events with a time of their own before you ask for a report",
            )
        first, last = self.days
        day = (
            self._last(PeriodUnit(unit), first, last) if on is None else on.toordinal()
        )
        if not first <= day <= last:
            raise DefinitionError(
                f"expected a day from {date.fromordinal(first)} to"
                f" {date.fromordinal(last)}, found `{date.fromordinal(day)}`",
                code="report.day",
                hint="name a day of the history",
                found=str(date.fromordinal(day)),
                first=str(date.fromordinal(first)),
                last=str(date.fromordinal(last)),
            )
        return Survey(self, PeriodUnit(unit), day, names=names).report()

    def _last(self, unit: PeriodUnit, first: int, last: int) -> int:
        """Return a day of the last period that is over, else the last day."""
        running = self._calendar.period(unit, self._known)
        return running.since - 1 if running.since > first else last
