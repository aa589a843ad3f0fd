"""A funnel over a whole history: report, trend, breakdown, one member's story (S20)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Container, Iterable, Sequence
from copy import copy
from datetime import datetime
from typing import Final, Literal, Self

from attrs import evolve

from community_sdk._time import instant, micros, zone
from community_sdk._values import frozen
from community_sdk.events import Event
from community_sdk.explanation import Explanation, because
from community_sdk.metrics.cohorts import Retention, Span
from community_sdk.metrics.funnel._attempts import (
    Attempt,
    best,
    choices,
    may_convert,
)
from community_sdk.metrics.funnel._history import (
    Judge,
    Track,
    closing_of,
    gather,
    limits_of,
    lines,
    tracks,
)
from community_sdk.metrics.funnel._levels import window_level
from community_sdk.metrics.funnel._report import FunnelReport, Outcome
from community_sdk.metrics.funnel._rules import FunnelRules
from community_sdk.metrics.funnel._search import tainted
from community_sdk.metrics.selection import Selection

__all__ = ["FunnelAnalysis", "TrendPeriod"]

_EVER: Final = 1 << 61
_MOST: Final = 10_000
Values = tuple[object, ...]


@frozen(kw_only=True)
class TrendPeriod:
    """Who opened an attempt in a period, and who of them got where.

    *complete*: every window opened in the period was over at the end of the
    observation; else the figure may still grow.
    """

    start: datetime
    reached_from: int
    reached_to: int
    complete: bool


class FunnelAnalysis:
    """A funnel over *events*, in any order; equal instants stand as they came.

    *since* and *until* are the first and the last instant at which an event may be a
    step or exclude, *until* also the end of the observation (default: the last event);
    *subject* is a field that is followed instead of the member.
    *judge* is asked whether an event may be a step (from 0) beyond what the step asks;
    *funnel* names the funnel in explanations.
    Events without a time of their own are left out.
    """

    def __init__(  # noqa: PLR0913 - every choice has a name
        self,
        rules: FunnelRules,
        events: Iterable[Event],
        /,
        *,
        where: str = "UTC",
        since: datetime | None = None,
        until: datetime | None = None,
        subject: str = "",
        judge: Judge | None = None,
        funnel: str = "",
    ) -> None:
        """Work out every attempt."""
        self.rules = rules
        self._judge, self._funnel = judge, funnel
        self._where, self._zone = where, zone(where)
        self._subject = subject
        self._by = gather(events, subject)
        times = [micros(e.at) for own in self._by.values() for e in (own[0], own[-1])]
        self._since = -_EVER if since is None else micros(since)
        self._until = _EVER if until is None else micros(until)
        self._seen = (min(times, default=0), max(times, default=0))
        self._observed = self._seen[1] if until is None else self._until
        how = (closing_of(rules.window, self._zone), limits_of(rules, self._zone))
        span = (self._since, self._until)
        self._tracks = {
            name: tracks(own, rules, span, how, judge) for name, own in self._by.items()
        }

    def report(self) -> FunnelReport:
        """Return the figures of all subjects."""
        outcomes = [
            self._outcome(name, track, attempt)
            for name, own in self._tracks.items()
            for track, attempt in self._winners(own)
        ]
        return FunnelReport(rules=self.rules, subjects=len(self._by), outcomes=outcomes)

    def _winners(self, own: Sequence[Track]) -> list[tuple[Track, Attempt]]:
        """Return the attempts that count: one, or all where attempts are counted."""
        found = [(track, a) for track in own for a in track.attempts]
        if self.rules.entry == "totals":
            return [pair for pair in found if not pair[1].excluded]
        winner = best([a for _, a in found], self.rules)
        return [pair for pair in found if pair[1] is winner]

    def _outcome(self, name: str, track: Track, attempt: Attempt) -> Outcome:
        done = attempt.level == len(self.rules.steps) - 1
        chain = sorted(attempt.chain.items())
        own = self._tracks[name] if self.rules.entry != "totals" else ()
        return Outcome(
            subject=name,
            attempt=attempt,
            times=tuple((step, track.seen[place].at) for step, place in chain),
            done=done,
            may_convert=not done
            and (
                self._may(track, attempt)
                or any(self._may(t, a) for t in own for a in reversed(t.attempts))
            ),
        )

    def _may(self, track: Track, attempt: Attempt) -> bool:
        return may_convert(track.search, attempt, self._observed, track.spent)

    # -- over time -------------------------------------------------------------------

    def trend(  # noqa: PLR0913 - every choice has a name
        self,
        period: Span = "day",
        *,
        since_step: int = 0,
        until_step: int | None = None,
        week_start: Literal["monday", "sunday"] = "monday",
        start: datetime | None = None,
        periods: int | None = None,
    ) -> list[TrendPeriod]:
        """Return, by the period of the opening, who reached the two steps.

        Every attempt counts, a subject once in a period. Periods without an entry are
        told as well: *periods* of them from the one that holds *start*, by default all
        from the first event to the last. They are cut in the zone of the analysis.
        """
        last = len(self.rules.steps) - 1 if until_step is None else until_step
        edges = self._edges(period, week_start, start, periods)
        starts: list[set[str]] = [set() for _ in edges[1:]]
        ends: list[set[str]] = [set() for _ in edges[1:]]
        for name, own in self._tracks.items():
            for attempt in (a for track in own for a in track.attempts):
                place = bisect_right(edges, attempt.opened) - 1
                if attempt.excluded or not 0 <= place < len(starts):
                    continue
                if self._came_to(attempt, since_step):
                    starts[place].add(name)
                if self._came_to(attempt, last):
                    ends[place].add(name)
        closing = closing_of(self.rules.window, self._zone)
        return [
            TrendPeriod(
                start=instant(edges[i]),
                reached_from=len(starts[i]),
                reached_to=len(ends[i]),
                complete=closing is not None
                and closing(edges[i + 1] - 1) <= self._observed,
            )
            for i in range(len(starts))
        ]

    def _came_to(self, attempt: Attempt, step: int) -> bool:
        if self.rules.steps[step].optional:
            return step in attempt.chain
        return attempt.level >= step

    def _edges(
        self,
        period: Span,
        week_start: Literal["monday", "sunday"],
        start: datetime | None,
        periods: int | None,
    ) -> list[int]:
        first = max(self._since, self._seen[0])
        if start is not None:
            first = micros(start)
        last, every = min(self._until, self._seen[1]), Selection()
        cut = Retention(
            target=every,
            returning=every,
            period=period,
            week_start=week_start,
            zone=self._where,
        )
        if periods is not None:
            return cut.edges(instant(first), periods)
        size = 1
        while (edges := cut.edges(instant(first), size))[-1] <= last and size < _MOST:
            size *= 2
        return edges[: bisect_right(edges, last) + 1]

    # -- by group --------------------------------------------------------------------

    def breakdown(
        self, by: Sequence[str], attribution: str = "first_touch"
    ) -> dict[Values, FunnelReport]:
        """Return a report per value of the fields *by*; what is missing is None.

        ``first_touch`` and ``last_touch`` go by a subject's first or last event that
        bears one of the fields; ``step_0``, ``step_1``, … by the event taken as that
        step, in every group where equal chains lead through several; ``all_events``
        splits the events themselves. Groups that nobody enters are left out.
        """
        parts = self.parts(by, attribution)
        return {values: part.report() for values, part in parts.items()}

    def parts(
        self, by: Sequence[str], attribution: str = "first_touch"
    ) -> dict[Values, Self]:
        """Return an analysis per value of the fields *by*, as `breakdown` has them."""
        if attribution == "all_events":
            found = self._split(by)
        else:
            groups: dict[Values, set[str]] = {}
            for name, own in self._tracks.items():
                for values in self._labels(name, own, by, attribution):
                    groups.setdefault(values, set()).add(name)
            found = {values: self._only(names) for values, names in groups.items()}
        return {values: part for values, part in found.items() if part.entered}

    @property
    def entered(self) -> bool:
        """Whether anybody's attempt counts."""
        return any(self._winners(own) for own in self._tracks.values())

    def _only(self, names: Container[str]) -> Self:
        """Return the analysis of the subjects *names*."""
        part, chosen = copy(self), self._tracks
        part._by = {n: own for n, own in self._by.items() if n in names}  # noqa: SLF001 - a copy of itself
        part._tracks = {n: own for n, own in chosen.items() if n in names}  # noqa: SLF001 - a copy of itself
        return part

    def _labels(
        self, name: str, own: Sequence[Track], by: Sequence[str], attribution: str
    ) -> set[Values]:
        if attribution in ("first_touch", "last_touch"):
            events = self._by[name]
            ordered = events if attribution == "first_touch" else reversed(events)
            bearing = (e for e in ordered if any(e.value(f) is not None for f in by))
            event = next(bearing, None)
            return {tuple(None for _ in by) if event is None else _values(event, by)}
        step = int(attribution.removeprefix("step_"))
        return {
            _values(track.events[place], by)
            for track in own
            for place in choices(track.search, track.attempts, step)
        }

    def _split(self, by: Sequence[str]) -> dict[Values, Self]:
        parts: dict[Values, list[Event]] = {}
        for own in self._by.values():
            for event in own:
                parts.setdefault(_values(event, by), []).append(event)
        since, until = (
            None if abs(us) == _EVER else instant(us)
            for us in (self._since, self._until)
        )
        return {
            values: type(self)(
                self.rules,
                part,
                where=self._where,
                since=since,
                until=until,
                subject=self._subject,
                judge=self._judge,
                funnel=self._funnel,
            )
            for values, part in parts.items()
        }

    def levels(self, modes: Collection[str] = ()) -> dict[str, int]:
        """Return how many steps each subject reaches as databases count (`modes`).

        See `window_level`; order, ties and exclusions of the rules are not asked.
        """
        every = evolve(self.rules, order="strict", exclusions=())
        span, closing = (self._since, self._until), closing_of(every.window, self._zone)
        found: dict[str, int] = {}
        for name, own in self._by.items():
            rows = lines(own, every, span, self._judge)
            seen = [seen for _, seen, _ in rows]
            if "strict_order" not in modes:
                seen = [e for e in seen if e.steps]
            found[name] = window_level(seen, len(self.rules.steps), closing, modes)
        return found

    # -- one member ------------------------------------------------------------------

    def explain(self, name: str, /) -> Explanation:
        """Tell which attempt of *name* won, by which events, and why it stopped.

        Why: its time was over, or what came or was too late bars it from going on; an
        attempt that does not count is told with what excluded it.
        """
        own = self._tracks.get(name, [])
        winners = self._winners(own)
        if not winners:
            return self._not_counted(own)
        track, attempt = self._latest(own, winners)
        ordered, level = self.rules.order != "unordered", attempt.level
        done = level == len(self.rules.steps) - 1
        missing = "" if done else self.rules.steps[level + 1].event
        over = attempt.closes is not None and attempt.closes < self._observed
        running = self._may(track, attempt)
        return because(
            "funnel.done" if done else "funnel.standing",
            *self._events_of(track, attempt),
            funnel=self._funnel,
            step=level,
            of=len(self.rules.steps),
            name=track.events[attempt.chain[level]].name if ordered else "",
            missing=missing if ordered else "",
            opened=instant(attempt.opened),
            closes=None if attempt.closes is None else instant(attempt.closes),
            open=running,
            broken=not (done or running or over),
        )

    def _latest(
        self, own: Sequence[Track], winners: Sequence[tuple[Track, Attempt]]
    ) -> tuple[Track, Attempt]:
        """Return the winner; on the way the latest attempt that came as far."""
        track, attempt = max(winners, key=_last)
        if self.rules.entry == "totals" or attempt.level == len(self.rules.steps) - 1:
            return track, attempt
        found = [(t, a) for t in own for a in t.attempts if not a.excluded]
        equal = [pair for pair in found if pair[1].level == attempt.level]
        return max(equal, key=lambda pair: (pair[1].opened, self._may(*pair)))

    def _events_of(self, track: Track, attempt: Attempt) -> list[Explanation]:
        ordered = self.rules.order != "unordered"
        return [
            because(
                "funnel.by_event",
                source=track.events[place].id,
                funnel=self._funnel,
                step=step if ordered else None,
                nth=step + 1,
                name=track.events[place].name,
                at=track.events[place].at,
            )
            for step, place in sorted(attempt.chain.items())
        ]

    def _not_counted(self, own: Sequence[Track]) -> Explanation:
        """Tell that nobody entered, or what excluded the attempt that came furthest."""
        barred = [(track, a) for track in own for a in track.attempts if a.excluded]
        if not barred:
            return because("funnel.not_entered", funnel=self._funnel)
        track, attempt = max(barred, key=_furthest)
        end = _EVER if attempt.closes is None else attempt.closes
        at = tainted(track.seen, attempt.chain, self.rules, end)
        lined = zip(track.events, track.seen, strict=True)
        found = [event for event, seen in lined if seen.at == at and seen.bars]
        return because(
            "funnel.all_excluded",
            *self._events_of(track, attempt),
            funnel=self._funnel,
            event=found[0].name,
            at=found[0].at,
        )


def _last(pair: tuple[Track, Attempt]) -> int:
    return pair[1].opened


def _furthest(pair: tuple[Track, Attempt]) -> tuple[int, int, int]:
    return pair[1].rank


def _values(event: Event, by: Sequence[str]) -> Values:
    return tuple(event.value(name) for name in by)
