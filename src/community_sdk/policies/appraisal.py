"""Appraisal: key figures against targets, of the community and of its staff (S21).

Laws: a period is scored once, oldest first; what was not observed is never taken for
0; a member of staff is measured by what is on record of him or her alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, ClassVar, Final

from attrs import evolve, field, validators

from community_sdk._time import PeriodUnit, Window, WindowKind, instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import (
    IssueScorecard,
    Mode,
    ReportDifference,
    RequestStandings,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events import (
    Event,
    EventTypes,
    FigureReported,
    StandingsCounted,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import LIFETIME, Metric
from community_sdk.metrics.scorecard import Scorecard, percent, scored
from community_sdk.metrics.spans import amount_between, number_between
from community_sdk.model import KPI, PolicyKey, RoleName, Standing, TierKey
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["AppraisalPolicy"]

Slice = dict[str, Any]
_TIMER: Final = "close"
_MEMBERS: Final = "members"
_BEFORE: Final = "before."


@frozen(kw_only=True)
class AppraisalPolicy:
    """Score *kpis* when a period is over, with the period before beside it.

    Without *staff* the community is scored, in whose period every event of a member
    counts, whoever it is; what is told after its period was scored is reported as a
    difference. With *staff* each holder of one of these roles is, by what is on record
    of him or her, however late it was told.

    Attributes:
        kpis: What is measured, with target, weight, floor, cap and what becomes of a
            figure that was not observed. All have the same period.
        figures: How measures are counted, by name: `count` or `total` without a window.
            `members` is how many there are at the end; of the community, what is not
            here must be reported (`figure_reported`).
        staff: The roles whose holders are scored instead of the community.
    """

    answers: ClassVar[EventTypes] = (Event,)
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (StandingsCounted,)

    key: PolicyKey
    kpis: tuple[KPI, ...] = field(validator=validators.min_len(1))
    figures: Mapping[str, Metric] = field(factory=dict[str, Metric], hash=False)
    staff: tuple[RoleName, ...] = ()
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse figures that cannot be counted in a period, and mixed periods."""
        self._names()
        for name, metric in self.figures.items():
            if metric.word not in ("count", "total") or metric.window != LIFETIME:
                raise DefinitionError(
                    f"expected `count` or `total` without a window as `{name}`, found"
                    f" `{metric.word}`",
                    code="appraisal.figure",
                    hint="the period is its window: write for example"
                    ' `count("message")`',
                    found=metric.word,
                    name=name,
                )
        for kpi in self.kpis:
            if kpi.period is not self.period:
                raise DefinitionError(
                    f"expected one period in `{self.key}`, found"
                    f" `{kpi.period.value}` as well",
                    code="appraisal.period",
                    hint="write one appraisal for each period",
                    found=kpi.period.value,
                    key=self.key,
                )
            self._countable(kpi)
        judged = [kpi for kpi in self.kpis if kpi.target is not None]
        if judged and not any(kpi.weight for kpi in judged):
            raise DefinitionError(
                f"expected a weight above 0 of a key figure with a target in"
                f" `{self.key}`, found none",
                code="appraisal.weights",
                hint="without one there is never a score; without targets all is shown",
                found=self.key,
            )

    def _names(self) -> None:
        """Refuse a key figure that comes twice, and names that mean something else."""
        keys = [kpi.key for kpi in self.kpis]
        for key in keys:
            if keys.count(key) > 1:
                raise DefinitionError(
                    f"expected each key figure of `{self.key}` once, found `{key}`"
                    " twice",
                    code="appraisal.twice",
                    found=key,
                    key=self.key,
                )
        for name in self.figures:
            if name == _MEMBERS or name.startswith(_BEFORE):
                raise DefinitionError(
                    f"expected another name for the figure `{name}` of `{self.key}`",
                    code="appraisal.reserved",
                    hint=f"`{_MEMBERS}` is how many there are, and `{_BEFORE}…` the"
                    " figures of the period before",
                    found=name,
                    key=self.key,
                )

    def _countable(self, kpi: KPI) -> None:
        """Refuse a measure of staff that nobody counts."""
        for measure in (kpi.measure, kpi.of):
            if self.staff and measure and measure not in self.figures:
                raise DefinitionError(
                    f"expected a figure of `{self.key}`, found `{measure}`",
                    code="appraisal.measure",
                    hint=nearest(measure, self.figures) or "declare it under `figures`",
                    found=measure,
                    key=self.key,
                )

    @property
    def period(self) -> PeriodUnit:
        """After which time there is a score."""
        return self.kpis[0].period

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What is kept of members, where staff is scored: three periods."""
        if not self.staff:
            return ()
        window = Window(WindowKind.DAYS, 3 * self.period.longest + 1)
        return tuple(evolve(m, window=window) for m in self.figures.values())

    @property
    def words(self) -> frozenset[str]:
        """What is counted, whoever comes, and the ends of periods."""
        counted = {m.kind for m in self.figures.values() if m.kind}
        own = {"joined", "membership_imported", "figure_reported", "timer_fired"}
        return frozenset(counted | own | {"standings_counted"})

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        yield from unknown("staff", self.staff, role_names(definition))

    def start(self) -> Slice:
        """Remember nothing."""
        return {"periods": {}, "pending": [], "notes": []}

    def refuse(self, event: StandingsCounted, state: State, /) -> Explanation | None:
        """Refuse the figures of a period that nobody asked for, or that is scored."""
        mine: Slice = state.mine or self.start()
        if event.policy != self.key or _span(event) in mine["pending"]:
            return None
        return because("appraisal.not_asked", period=event.period)

    # -- counting ------------------------------------------------------------------

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Count an event in its own period; close a period that is over."""
        mine["notes"] = []
        mine.setdefault("begun", state.now_us)
        if isinstance(event, StandingsCounted):
            mine["pending"] = [p for p in mine["pending"] if p != _span(event)]
        elif isinstance(event, TimerFired):
            self._close(mine, state)
        elif not self.staff and event.dated and not state.member.bot:
            self._count(mine, event, state)
        return mine

    def _close(self, mine: Slice, state: State) -> None:
        over = state.calendar.period(self.period, state.now_us - 1)
        span = [state.calendar.start(day) for day in (over.since, over.until)]
        if self.staff:
            mine["pending"].append([over.key, *span])
            return
        row = mine["periods"].setdefault(over.key, self._row())
        row["counted"][_MEMBERS] = state.community.members
        row["closed"] = True
        last = state.calendar.period(self.period, span[0] - 1).key
        keys = (last, over.key)
        mine["notes"] = [["score", over.key, *span, last]]
        mine["periods"] = {k: mine["periods"][k] for k in keys if k in mine["periods"]}

    def _row(self) -> Slice:
        """Return a period in which nothing happened yet."""
        return {"counted": dict.fromkeys(self.figures, 0), "at": {}, "closed": False}

    def _count(self, mine: Slice, event: Event, state: State) -> None:
        taken = {n: m for n, m in self.figures.items() if _takes(m, event)}
        reported = isinstance(event, FigureReported) and self._asks(event.measure)
        if not taken and not reported:
            return
        key = state.calendar.period(self.period, state.at_us).key
        running = state.calendar.period(self.period, state.now_us).key
        row = mine["periods"].get(key)
        if key != running:
            if row is not None:
                names = [*taken] or [str(event.value("measure"))]
                mine["notes"] = [["late", key, sorted(names)]]
            return
        if row is None:
            row = mine["periods"][key] = self._row()
        for name, metric in taken.items():
            if name not in row["counted"]:
                continue  # new in the playbook: observed from the next period on
            row["counted"][name] += 1 if metric.word == "count" else _worth(event)
        if isinstance(event, FigureReported) and reported:
            known = row["at"].get(event.measure, -1)
            if state.at_us >= known:
                row["at"][event.measure] = state.at_us
                row["counted"][event.measure] = event.figure

    def _asks(self, measure: str) -> bool:
        """Tell whether *measure* must be reported: it is asked for, and not counted."""
        asked = any(measure in (kpi.measure, kpi.of) for kpi in self.kpis)
        return asked and measure not in self.figures and measure != _MEMBERS

    # -- deciding ------------------------------------------------------------------

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Score what is over; ask for the figures of staff; set the next time."""
        mine: Slice = state.mine or self.start()
        if isinstance(event, StandingsCounted):
            if event.policy == self.key:
                yield from self._of_staff(event, mine, state)
            return
        for what, key, *rest in mine["notes"]:
            if what == "late":
                why = because("appraisal.late", period=key, measures=tuple(rest[0]))
                yield ReportDifference(subject=key, because=why)
            else:
                yield self._of_all(key, rest, mine, state)
        if isinstance(event, TimerFired):
            for period, since, until in mine["pending"]:
                yield self._request(period, since, until)
        elif f"{self.key}/{_TIMER}" in state.community.timers:
            return
        running = state.calendar.period(self.period, state.now_us)
        yield SetTimer(_TIMER, instant(state.calendar.start(running.until)))

    def _of_all(
        self, key: str, rest: list[Any], mine: Slice, state: State
    ) -> IssueScorecard:
        since, until, last = rest
        past = mine["periods"].get(last)
        counted = mine["periods"][key]["counted"]
        before = None if past is None else past["counted"]
        whole = _whole(mine, since, state)
        return self._issue((key, since, until), counted, before, whole=whole)

    def _of_staff(
        self, event: StandingsCounted, mine: Slice, state: State
    ) -> Iterator[IssueScorecard]:
        span = (event.period, micros(event.since), micros(event.until))
        whole = _whole(mine, span[1], state)
        for one in event.standings:
            counted = {n: one.figures.get(n) for n in self.figures}
            past = {n: one.figures.get(_BEFORE + n) for n in self.figures}
            before = past if mine["begun"] < span[1] else None
            card = self._issue(span, counted, before, whole=whole)
            yield evolve(card, member=one.member)

    def _issue(
        self,
        span: tuple[str, int, int],
        counted: Mapping[str, int | None],
        before: Mapping[str, int | None] | None,
        *,
        whole: bool,
    ) -> IssueScorecard:
        period, since, until = span
        card = scored(self.kpis, counted, before)
        past = None if before is None else scored(self.kpis, before).score
        score = card.score
        change = None if score is None or past is None else score - past
        reached = [(r.kpi.key, percent(r.reached)) for r in card.rows]
        why = because(
            "appraisal.score",
            *_told(card),
            period=period,
            score=score,
            change=change,
            whole=whole,
        )
        return IssueScorecard(
            period=period,
            since=instant(since),
            until=instant(until),
            score=score,
            change=change,
            reached=tuple((key, n) for key, n in reached if n is not None),
            missing=card.missing,
            whole=whole,
            because=why,
        )

    def _request(self, period: str, since: int, until: int) -> RequestStandings:
        return RequestStandings(
            period=period,
            since=instant(since),
            until=instant(until),
            figures={name: str(m.word) for name, m in self.figures.items()},
            because=because("appraisal.asked", period=period),
        )

    def stand(self, state: State, span: tuple[int, int], /) -> Standing | None:
        """Return the figures of one of the staff in *span* and in the period before."""
        member = state.member
        if member.bot or not any(member.serves(r, span[1] - 1) for r in self.staff):
            return None
        day = state.calendar.period(self.period, span[0] - 1).since
        earlier = (state.calendar.start(day), span[0])
        found: dict[str, int] = {}
        for name, metric in self.figures.items():
            slot = state.plan.slot(metric.source)
            between = number_between if metric.word == "count" else amount_between
            found[name] = between(member.rolling, slot, span)
            found[_BEFORE + name] = between(member.rolling, slot, earlier)
        return Standing(member=member.id, tier=TierKey(""), figures=found)


def _span(event: StandingsCounted) -> list[Any]:
    return [event.period, micros(event.since), micros(event.until)]


def _whole(mine: Slice, since: int, state: State) -> bool:
    """Tell whether the watch began on the first day of the period, or before."""
    return state.calendar.day(mine["begun"]) <= state.calendar.day(since)


def _takes(metric: Metric, event: Event) -> bool:
    return metric.kind == event.name and all(
        event.value(name) == value for name, value in metric.where
    )


def _worth(event: Event) -> int:
    """Return the amount of *event*, in minor units or points; 0 where it has none."""
    found = (event.value(name) for name in ("money", "qualifying", "amount"))
    amounts = (getattr(value, "amount", value) for value in found)
    return next((n for n in amounts if isinstance(n, int)), 0)


def _told(card: Scorecard) -> Iterator[Explanation]:
    """Say what was reached of each key figure."""
    for row in card.rows:
        kpi = row.kpi
        if row.figure is None:
            yield because("appraisal.missing", kpi=kpi.key, rule=kpi.missing)
            continue
        yield because(
            "appraisal.row",
            kpi=kpi.key,
            figure=_shown(kpi, row.figure),
            before=None if row.before is None else _shown(kpi, row.before),
            target=kpi.target,
            reached=percent(row.reached),
            weight=kpi.weight,
        )


def _shown(kpi: KPI, figure: Fraction) -> str:
    """Return a figure as people read it, cut to one decimal where it is no integer."""
    tenths, sign = int(abs(figure) * 10), "-" if figure < 0 else ""
    rest = f".{tenths % 10}" if tenths % 10 else ""
    return f"{sign}{tenths // 10}{rest}{'%' if kpi.of else ''}"
