"""Replay a table through a playbook, in memory or on a store, and gather what came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from attrs import define, field

from community_sdk.adapters.tables import Refusal, Table
from community_sdk.cli._progress import Progress
from community_sdk.engine import Engine, Step, WholeEngine
from community_sdk.errors import HistoryError
from community_sdk.events import Derived, Event
from community_sdk.operation import Operation, Outcome, SystemClock, refuse_future
from community_sdk.ports import Clock
from community_sdk.report import Summary

__all__ = ["InMemory", "OnStore", "Replay", "Run", "recall"]


class Run(Protocol):
    """Something that events are fed to."""

    def outcomes(self, events: Iterable[Event]) -> Iterator[Outcome]:
        """Yield what became of each event, once it is safe."""
        ...

    def finish(self) -> Step:
        """Fire what is due at the end of the history."""
        ...


@define
class InMemory:
    """An engine that is forgotten afterwards."""

    engine: Engine
    clock: Clock = field(factory=SystemClock)

    @property
    def whole(self) -> WholeEngine:
        """The engine with everybody in memory, which closes periods itself."""
        return WholeEngine(self.engine)

    def outcomes(self, events: Iterable[Event]) -> Iterator[Outcome]:
        """Yield what became of each event."""
        for event in events:
            early = refuse_future(event, self.clock)
            if early is not None:
                yield Outcome(event, refusal=early)
                continue
            try:
                yield Outcome(event, self.whole.receive(event))
            except HistoryError as error:
                yield Outcome(event, refusal=error)

    def finish(self) -> Step:
        """Fire what is due at the latest instant known."""
        now = self.engine.now
        return Step() if now is None else self.whole.advance(now)


@define
class OnStore:
    """An operation whose state outlives the process."""

    operation: Operation

    def outcomes(self, events: Iterable[Event]) -> Iterator[Outcome]:
        """Yield what became of each event, after its batch was written."""
        return self.operation.record_all(events)

    def finish(self) -> Step:
        """Fire what is due at the latest instant known."""
        steps: list[Step] = []
        now, more = self.operation.now, True
        while now is not None and more:
            tick = self.operation.advance(now)
            steps.append(tick.step)
            more = tick.more
        return Step(
            decisions=tuple(d for s in steps for d in s.decisions),
            facts=tuple(f for s in steps for f in s.facts),
            suppressed=tuple(x for s in steps for x in s.suppressed),
        )


@define
class Replay:
    """One table on its way through a run."""

    table: Table
    summary: Summary
    progress: Progress
    refusals: list[Refusal] = field(factory=list[Refusal])
    known: int = 0
    _lines: dict[str, int] = field(factory=dict[str, int])

    def feed(self, run: Run, *, in_order: bool) -> None:
        """Feed the whole table; *in_order* sorts it first, in memory."""
        events: Iterable[Event] = self._events()
        if in_order:
            events = sorted(events, key=lambda e: (e.recorded_at, e.at, e.seq))
        for done, outcome in enumerate(run.outcomes(events), 1):
            self.progress.at(self.table.position, done)
            line = self._lines.pop(str(outcome.event.id), 0)
            if outcome.refusal is not None:
                self._refuse(_refused(outcome.refusal, self.table.source, line))
            elif outcome.step is not None and outcome.step.duplicate:
                self.known += 1
            elif outcome.step is not None:
                self.summary.see(outcome.event, outcome.step)
        self.summary.see(None, run.finish())
        self.progress.done()

    def _events(self) -> Iterator[Event]:
        for each in self.table:
            if isinstance(each, Refusal):
                self._refuse(each)
            else:
                self._lines[str(each.id)] = self.table.line
                yield each

    def _refuse(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)
        self.summary.refuse(refusal)


def recall(operation: Operation, summary: Summary) -> None:
    """Tell *summary* everything on record, as if it had been there from the start."""
    for event in operation.history():
        if isinstance(event, Derived):
            summary.see(None, Step(facts=(event,)))
        else:
            summary.see(event, Step(late=event.at < event.recorded_at))
    for decision in operation.decisions():
        summary.see(None, Step(decisions=(decision,)))


def _refused(error: HistoryError, source: str, line: int) -> Refusal:
    return Refusal(
        source=source,
        line=line,
        code=error.code,
        message=error.message,
        hint=error.hint,
        figures=error.figures,
    )
