"""One period of a chronicle, looked at from every side (S22).

Laws: the days of the calendar sum up to the messages of the period; bands sum up to
all who wrote; flows sum up to the stocks of tiers at both ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from community_sdk._time import Period, PeriodUnit, instant, micros
from community_sdk.explanation import Explanation
from community_sdk.metrics import Retention, RetentionMatrix, Selection
from community_sdk.metrics.funnel import FunnelAnalysis
from community_sdk.metrics.rates import share
from community_sdk.model import TierGroup
from community_sdk.policies import Funnel
from community_sdk.report._presence import starting_tier
from community_sdk.report.period._frame import Frame
from community_sdk.report.period._groups import life_changes, lives, segments
from community_sdk.report.period._kept import Kept, Taken
from community_sdk.report.period._people import FIGURES, People
from community_sdk.report.period._report import PeriodReport
from community_sdk.report.period._voices import answers, surveys, wishes
from community_sdk.report.period._ways import channels
from community_sdk.report.period.rows import (
    CalendarRow,
    DecisionCount,
    Figure,
    FlowRow,
    GenerationRow,
    KpiRow,
    ScoreRow,
    SpeakerRow,
    StepRow,
    Stretch,
)
from community_sdk.report.rows import TierRow

__all__ = ["Survey"]

_WEEK: Final = 7
_CALENDAR_WEEKS: Final = {"day": 13, "week": 26, "month": 26}
_COHORT_WEEKS: Final = {"week": 8, "month": 13}
_CYCLE_DAYS: Final = {"day": 7, "week": 7, "month": 30}
_SPEAKERS: Final = 10
_OPTIONAL: Final = frozenset({"invited", "purchases", "buyers"})


class Survey:
    """What is said of one period."""

    def __init__(
        self, chronicle: Kept, unit: PeriodUnit, day: int, *, names: bool
    ) -> None:
        """Look at the period of *unit* that holds the local *day*."""
        self._chronicle, self._unit, self._names = chronicle, unit.value, names
        self._calendar = chronicle.calendar
        self._known = micros(chronicle.known)
        first, last = chronicle.days
        self._people = People.of(
            chronicle.presence, chronicle.activity, chronicle.told, (first, last)
        )
        start = self._calendar.start
        self._period = self._calendar.period(unit, start(day))
        earlier = self._calendar.period(unit, start(self._period.since - 1))
        self._now, self._before = self._stretch(self._period), self._stretch(earlier)
        self._since, self._until = self._period.since, self._period.until
        self._end = min(start(self._until), self._known + 1)

    def _stretch(self, period: Period) -> Stretch:
        people = self._people
        over = self._known >= self._calendar.start(period.until)
        return Stretch(
            since=date.fromordinal(period.since),
            until=date.fromordinal(period.until),
            observed=len(people.stretch(period.since, period.until)),
            over=over,
            whole=over and people.first <= period.since,
        )

    def report(self) -> PeriodReport:
        """Return the report."""
        chronicle = self._chronicle
        cohort_of, cohorts = self._cohorts()
        scores = tuple(self._scores())
        told = tuple(s for s in scores if self._names or not s.member)
        frame = Frame(chronicle, self._people, self._now, self._before)
        return PeriodReport(
            playbook=chronicle.playbook,
            source=chronicle.source,
            credit=chronicle.credit,
            unit=self._unit,
            name=self._period.key,
            now=self._now,
            before=self._before,
            began=chronicle.began,
            known=chronicle.known,
            figures=tuple(self._figures()),
            calendar=tuple(self._days()),
            bands=tuple(self._people.bands(self._now, self._before)),
            funnels=tuple(self._funnels()),
            cohorts=cohorts,
            cohort_of=cohort_of,
            flows=self._flows(),
            stocks=tuple(self._stocks()),
            generations=tuple(self._generations()),
            cycle=timedelta(_CYCLE_DAYS[self._unit]),
            scores=told,
            staff_scores=len(scores) - len(told),
            lives=tuple(lives(frame)),
            life_changes=tuple(life_changes(frame)),
            segments=tuple(segments(frame)),
            channels=tuple(channels(frame)),
            surveys=tuple(surveys(frame)),
            wishes=tuple(wishes(frame)),
            answers=tuple(answers(frame)),
            decisions=tuple(self._decisions()),
            speakers=tuple(self._speakers()) if self._names else (),
        )

    # -- figures ---------------------------------------------------------------------

    def _figures(self) -> Iterator[Figure]:
        now = self._people.figures(self._now) | self._sanctions(self._now)
        before = self._people.figures(self._before) | self._sanctions(self._before)
        comparable = self._now.whole and self._before.whole
        for key, value in now.items():
            if key in _OPTIONAL and value is None and before[key] is None:
                continue
            if key == "silent_days" and self._unit == "day":
                continue
            yield Figure(
                key=key,
                value=value,
                before=before[key],
                unit=FIGURES.get(key, "count"),
                comparable=comparable,
            )

    def _sanctions(self, span: Stretch) -> dict[str, int | None]:
        taken = [t for t in self._taken(span) if t.sanction and t.mode == "act"]
        return {"sanctions": len(taken) if span.observed else None}

    def _taken(self, span: Stretch) -> list[Taken]:
        since = self._calendar.start(span.since.toordinal())
        until = self._calendar.start(span.until.toordinal())
        return [t for t in self._chronicle.taken if since <= t.at < until]

    def _decisions(self) -> Iterator[DecisionCount]:
        now = Counter((t.kind, t.mode) for t in self._taken(self._now))
        past = Counter((t.kind, t.mode) for t in self._taken(self._before))
        for kind, mode in sorted(now | past, key=lambda k: (-now[k], -past[k], k)):
            yield DecisionCount(
                kind=kind,
                mode=mode,
                count=now[kind, mode],
                before=past[kind, mode] if self._before.observed else None,
            )

    def _days(self) -> Iterator[CalendarRow]:
        weeks = _CALENDAR_WEEKS[self._unit]
        first = _monday(self._until - 1) - _WEEK * (weeks - 1)
        first = min(max(first, self._people.first), self._since)
        first = _monday(first)
        observed, counted = self._people.stretch(first, self._until), {}
        talks = self._people.talks
        if observed:
            counted = self._people.per_day()
        for day in range(first, self._until):
            active, messages = counted.get(day, (0, 0))
            seen = day in observed
            yield CalendarRow(
                day=date.fromordinal(day),
                messages=messages if seen and talks else None,
                active=active if seen else None,
            )

    def _speakers(self) -> Iterator[SpeakerRow]:
        wrote = self._people.wrote(self._now) or Counter[str]()
        most = sorted(wrote.items(), key=lambda item: (-item[1], item[0]))
        for member, messages in most[:_SPEAKERS]:
            yield SpeakerRow(member=member, messages=messages)

    # -- ways ------------------------------------------------------------------------

    def _funnels(self) -> Iterator[StepRow]:
        for policy in self._chronicle.playbook.policies:
            if isinstance(policy, Funnel):
                yield from self._steps(policy, self._analysis(policy))

    def _analysis(self, funnel: Funnel) -> FunnelAnalysis:
        """Look at all who are no bots; where a step asks how they stood, once more."""
        kept, bots = self._chronicle, self._chronicle.presence.bots
        if any(step.when is not None for step in funnel.steps):
            return kept.replay(funnel)
        told = [e for e in kept.told if str(e.member) not in bots]
        where = str(self._calendar.where)
        return funnel.analyse(told, where=where, until=kept.known)

    def _steps(self, funnel: Funnel, analysis: FunnelAnalysis) -> Iterator[StepRow]:
        start = instant(self._calendar.start(self._before.since.toordinal()))
        unit: Any = self._unit
        rows = [
            analysis.trend(unit, start=start, periods=2, until_step=nth)
            for nth in range(len(funnel.steps))
        ]
        watched = self._before.observed > 0
        for nth, (before, now) in enumerate(rows):
            past = before.reached_to if watched else None
            yield StepRow(
                funnel=str(funnel.key),
                step=nth,
                event=funnel.steps[nth].event,
                reached=now.reached_to,
                share_of_first=share(now.reached_to, rows[0][1].reached_to),
                open=not now.complete,
                before=past,
                share_before=share(past, rows[0][0].reached_to),
                open_before=not before.complete,
                optional=funnel.steps[nth].optional,
            )

    def _cohorts(self) -> tuple[str, RetentionMatrix | None]:
        weeks = _COHORT_WEEKS.get(self._unit)
        told = [e for e in self._people.told if micros(e.at) < self._end]
        kinds = {e.kind for e in told}
        back = "message" if self._people.talks else "purchase"
        target = "joined" if "joined" in kinds else back
        if weeks is None:
            return target, None
        last = _monday(min(self._until - 1, self._people.last))
        start = max(last - _WEEK * (weeks - 1), _monday(self._people.first))
        retention = Retention(
            target=Selection(target),
            returning=Selection(back),
            zone=str(self._calendar.where),
        )
        matrix = retention.matrix(
            told,
            start=instant(self._calendar.start(start)),
            intervals=(last - start) // _WEEK + 1,
            until=instant(self._end),
        )
        return target, matrix

    def _generations(self) -> Iterator[GenerationRow]:
        tree = self._people.tree()
        if not tree.inviters:
            return
        cycle = timedelta(_CYCLE_DAYS[self._unit])
        until = instant(self._end)
        for branch in tree.branching("generation", cycle=cycle, until=until):
            yield GenerationRow(
                generation=int(branch.of),
                members=branch.members,
                sharers=branch.sharers,
                invited=branch.invited,
                k=branch.k,
            )

    # -- tiers and scores ------------------------------------------------------------

    def _held(self, group: TierGroup, day: int) -> dict[str, str]:
        first = starting_tier(self._chronicle.playbook, group)
        return self._chronicle.presence.holders(group.key, first, day, self._calendar)

    @property
    def _last(self) -> int:
        return min(self._until - 1, self._people.last)

    def _flows(self) -> tuple[FlowRow, ...] | None:
        if self._since <= self._people.first:
            return None
        found: list[FlowRow] = []
        for group in self._chronicle.playbook.tiers:
            old = self._held(group, self._since - 1)
            new = self._held(group, self._last)
            moves = Counter((old.get(m, ""), new.get(m, "")) for m in {**old, **new})
            found += [
                FlowRow(tiers=group.key, before=one, after=other, members=moves[pair])
                for pair in sorted(moves)
                for one, other in [pair]
            ]
        return tuple(found)

    def _stocks(self) -> Iterator[TierRow]:
        for group in self._chronicle.playbook.tiers:
            held = Counter(self._held(group, self._last).values())
            for key in group.keys:
                yield TierRow(
                    day=date.fromordinal(self._last),
                    tiers=group.key,
                    tier=str(key),
                    members=held[str(key)],
                )

    def _scores(self) -> Iterator[ScoreRow]:
        since, until = map(self._calendar.start, (self._since, self._until))
        for card in self._chronicle.cards:
            if since < micros(card.until) <= until:
                yield ScoreRow(
                    policy=str(card.policy),
                    period=card.period,
                    member=str(card.member or ""),
                    score=card.score,
                    change=card.change,
                    whole=card.whole,
                    reached=tuple((key, int(n)) for key, n in card.reached),
                    missing=card.missing,
                    rows=tuple(map(_told, card.because.parts)),
                )


def _monday(day: int) -> int:
    return day - (day - 1) % _WEEK


def _told(part: Explanation) -> KpiRow:
    """Return what a scorecard says of one key figure."""
    figures: dict[str, Any] = dict(part.figures)
    names = ("figure", "before", "target", "reached", "weight")
    return KpiRow(kpi=figures["kpi"], **{name: figures.get(name) for name in names})
