"""An engine that has everybody in memory: it closes periods itself (S08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from community_sdk._time import instant, micros
from community_sdk._values import frozen
from community_sdk.engine._close import asked, joined
from community_sdk.engine._engine import Engine
from community_sdk.engine._step import Step
from community_sdk.events import Event

__all__ = ["WholeEngine"]


@frozen
class WholeEngine:
    """An *engine* whose requests for standings are answered at once, from memory.

    `receive` and `advance` let time pass from one timer of the community to the next,
    so that a period is closed with the members as they are at its end, whenever the
    next event comes. It must hold the partitions of all members; a shell that keeps
    them in a store answers in its own way.
    """

    engine: Engine

    def receive(self, event: Event, /) -> Step:
        """Handle *event* as `Engine.receive` does, after closing what is over."""
        engine = self.engine
        steps: list[Step] = []
        if engine.community.next_due <= micros(event.recorded_at) and engine.admits(
            event
        ):
            steps += self._until(micros(event.recorded_at))
        steps += self._answered(engine.receive(event))
        return joined(steps)

    def advance(self, until: datetime, /) -> Step:
        """Let time pass to *until*, and close what is over."""
        goal = micros(until)
        steps = list(self._until(goal))
        steps += self._answered(self.engine.advance(until))
        return joined(steps)

    def replay(self, events: Iterable[Event], /) -> Iterator[Step]:
        """Receive *events* one after the other; too late ones raise."""
        return map(self.receive, events)

    def _until(self, goal: int) -> Iterator[Step]:
        while (timer := self.engine.community.due(goal)) is not None:
            stop = instant(min(timer[0] + timer[1], goal))
            yield from self._answered(self.engine.advance(stop))

    def _answered(self, step: Step) -> Iterator[Step]:
        """Yield *step* and what comes of answering it, until nothing is asked."""
        yield step
        for request in asked(step):
            counted = self.engine.standings(request)
            yield from self._answered(self.engine.receive(counted))
