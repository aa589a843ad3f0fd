"""The rules are repeated, their cases taught from, the whole reviewed (S05 S06).

Law: a reminder is given at each time of the schedule, and at each time of the tighter
one at which enough breaches were known; no other.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk._time import Duration, PeriodUnit, Schedule, instant
from community_sdk._values import frozen
from community_sdk.decisions import (
    Mode,
    Recommend,
    RepeatRules,
    ReportDifference,
    SetTimer,
    SummarizeCases,
    Wish,
)
from community_sdk.events import (
    Event,
    EventTypes,
    Exogenous,
    RuleBroken,
    SanctionImposed,
    StrikeOverturned,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import PolicyKey, RoleName, RuleCode, Severity
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["CaseSummary", "RuleReminder", "RuleReview"]

_NEXT: Final = "next"
Counts = dict[str, dict[str, Any]]
"""By period: when it ends, what was counted in it."""


@frozen(kw_only=True)
class RuleReminder:
    """Repeat the rules to the group at the times of *schedule*, by the local clock.

    *rules* are those repeated, as far as they are in force; empty: all. At times of
    *tight_schedule* they are repeated as well while at least *tighten_at* breaches of
    *categories* (empty: of any) happened within *window*, counted back from then; one
    exactly that old still counts. Who breaks rules less is reminded less again.
    """

    answers: ClassVar[EventTypes] = (Exogenous, TimerFired)
    folds: ClassVar[EventTypes] = (RuleBroken,)

    key: PolicyKey
    schedule: Schedule
    rules: tuple[RuleCode, ...] = ()
    categories: tuple[str, ...] = ()
    tight_schedule: Schedule | None = None
    tighten_at: int = field(default=3, validator=validators.ge(1))
    window: Duration = field(factory=lambda: Duration.parse("7d"))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name rules and categories that the playbook does not have."""
        book = definition.rulebook
        codes = tuple(map(str, book.codes))
        for place, rule in enumerate(self.rules):
            if rule not in codes:
                yield (f"rules[{place}]", rule, codes)
        known = tuple(dict.fromkeys(r.ladder for r in book.rules))
        for place, name in enumerate(self.categories):
            if name not in known:
                yield (f"categories[{place}]", name, known)

    def start(self) -> list[int]:
        """Remember no breach."""
        return []

    def fold(self, mine: list[int], event: RuleBroken, state: State, /) -> list[int]:
        """Remember when the latest breaches happened, as many as matter."""
        rule = state.rule(event.rule)
        category = event.rule if rule is None else rule.ladder
        if not self.categories or category in self.categories:
            insort(mine, state.at_us)
        return mine[-self.tighten_at :]

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Repeat the rules where it is time, and set the next time."""
        fired = isinstance(event, TimerFired)
        if fired:
            yield from self._repeat(state)
        if fired or isinstance(event, RuleBroken) or not _set(self.key, state):
            yield SetTimer(_NEXT, instant(self._next(state)))

    def _repeat(self, state: State) -> Iterator[RepeatRules]:
        due, where = state.now_us, state.calendar.where
        planned = self.schedule.after(due - 1, where) == due
        if not planned and not self._tight(state):
            return
        book = state.rulebook
        rules = tuple(
            rule.code
            for rule in book.rules_at(state.now)
            if not self.rules or rule.code in self.rules
        )
        if rules:
            version = book.version_at(state.now)
            why = because(
                "reminder.planned" if planned else "reminder.tightened",
                version=version,
                rules=len(rules),
                breaches=len(state.mine or ()),
                window=self.window,
            )
            yield RepeatRules(version=version, rules=rules, because=why)

    def _tight(self, state: State) -> bool:
        since = self.window.after(state.now_us, state.calendar.where, times=-1)
        recent = [us for us in state.mine or () if us >= since]
        return len(recent) >= self.tighten_at

    def _next(self, state: State) -> int:
        now, where = state.now_us, state.calendar.where
        due = self.schedule.after(now, where)
        if self.tight_schedule is not None and self._tight(state):
            due = min(due, self.tight_schedule.after(now, where))
        return due


@frozen(kw_only=True)
class CaseSummary:
    """Sum up the cases of each *period* to teach with: how many, and of nobody.

    Breaches belong to the period in which they happened, sanctions to that in which
    they were imposed. One told after its period was summed up is reported as a
    difference. Counts of closed periods are dropped when nothing late can come in.
    """

    answers: ClassVar[EventTypes] = (
        RuleBroken,
        StrikeOverturned,
        SanctionImposed,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers[:-1]

    key: PolicyKey
    period: PeriodUnit = PeriodUnit.MONTH
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def start(self) -> Counts:
        """Remember no case."""
        return {}

    def fold(self, mine: Counts, event: Event, state: State, /) -> Counts:
        """Count what happened under the period that it belongs to."""
        for key in [k for k, row in mine.items() if row["until"] <= state.now_us]:
            del mine[key]
        if isinstance(event, StrikeOverturned):
            self._uncount(mine, event, state)
            return mine
        period = state.calendar.period(self.period, state.at_us)
        until = state.calendar.start(period.until)
        if until <= state.now_us:
            return mine
        row = mine.setdefault(
            period.key, {"until": until, "since": period.since, "overturned": []}
        )
        if isinstance(event, SanctionImposed):
            _add(row, "measures", event.measure)
        elif (strike := state.member.strike(event.id)) and not strike.overturned:
            _add(row, "rules", strike.rule)
            _add(row, "severities", Severity(strike.severity).name.lower())
        return mine

    def _uncount(self, mine: Counts, event: StrikeOverturned, state: State) -> None:
        strike = state.member.strike(event.strike)
        if strike is None:
            return
        row = mine.get(state.calendar.period(self.period, strike.occurred).key)
        if row is not None and strike.id not in row["overturned"]:
            row["overturned"].append(strike.id)
            _add(row, "rules", strike.rule, -1)
            _add(row, "severities", Severity(strike.severity).name.lower(), -1)

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Sum up a period that is over; say where one was summed up too early."""
        mine: Counts = state.mine or {}
        if isinstance(event, TimerFired):
            row = mine.get(event.timer)
            if row is not None:
                yield self._sum(event.timer, row, state)
            return
        period = state.calendar.period(self.period, state.at_us)
        if period.key in mine:
            yield SetTimer(period.key, instant(mine[period.key]["until"]))
        elif isinstance(event, RuleBroken):
            why = because("summary.late", period=period.key, rule=event.rule)
            yield ReportDifference(subject=period.key, because=why)

    def _sum(self, key: str, row: Mapping[str, Any], state: State) -> SummarizeCases:
        pairs: dict[str, Any] = {
            sort: tuple(sorted((w, n) for w, n in row.get(sort, {}).items() if n))
            for sort in ("rules", "severities", "measures")
        }
        cases = sum(number for _, number in pairs["rules"])
        return SummarizeCases(
            period=key,
            since=instant(state.calendar.start(row["since"])),
            until=instant(row["until"]),
            cases=cases,
            overturned=len(row["overturned"]),
            because=because("summary.cases", *_told(pairs), period=key, cases=cases),
            **pairs,
        )


@frozen(kw_only=True)
class RuleReview:
    """Have *duty* review the rules at the times of *schedule*, by the local clock.

    With it go the version in force and how many breaches there were since the last
    review, whatever became of them.
    """

    answers: ClassVar[EventTypes] = (Exogenous, TimerFired)
    folds: ClassVar[EventTypes] = (RuleBroken, TimerFired)

    key: PolicyKey
    schedule: Schedule
    duty: RoleName
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name a role that the playbook does not have."""
        yield from unknown("duty", self.duty, role_names(definition))

    def start(self) -> list[int]:
        """Remember no breach: those of this review, and of the one that is due."""
        return [0, 0]

    def fold(self, mine: list[int], event: Event, _: State, /) -> list[int]:
        """Count breaches; begin anew at each review."""
        return [0, mine[0]] if isinstance(event, TimerFired) else [mine[0] + 1, mine[1]]

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Ask for the review where it is due, and set the next time."""
        fired = isinstance(event, TimerFired)
        if fired:
            version = state.rulebook.version_at(state.now)
            figures: dict[str, Any] = {
                "version": version,
                "breaches": state.mine[1],
            }
            yield Recommend(
                action="review_rules",
                properties={"duty": str(self.duty), **figures},
                because=because("review.due", duty=self.duty, **figures),
            )
        if fired or not _set(self.key, state):
            due = self.schedule.after(state.now_us, state.calendar.where)
            yield SetTimer(_NEXT, instant(due))


def _told(pairs: Mapping[str, Any]) -> Iterator[Explanation]:
    """Say each count."""
    for word, number in pairs["rules"]:
        yield because("summary.rule", rule=word, times=number)
    for word, number in pairs["severities"]:
        yield because("summary.severity", severity=word, times=number)
    for word, number in pairs["measures"]:
        yield because("summary.measure", measure=word, times=number)


def _set(key: str, state: State) -> bool:
    """Tell whether the policy waits for its next time already."""
    return f"{key}/{_NEXT}" in state.community.timers


def _add(row: dict[str, Any], sort: str, word: str, number: int = 1) -> None:
    counts: dict[str, int] = row.setdefault(sort, {})
    counts[word] = counts.get(word, 0) + number
