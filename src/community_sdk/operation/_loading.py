"""What a step needs from the store, and the close of periods over all of it (S08)."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from itertools import islice
from typing import Final

from attrs import frozen

from community_sdk._time import instant, micros
from community_sdk.decisions import RequestStandings
from community_sdk.engine import Engine, Step, asked
from community_sdk.errors import DefinitionError
from community_sdk.events import Event, StandingsCounted
from community_sdk.operation._rows import Batch, partition
from community_sdk.ports import EventStore, StoredEvent

__all__ = ["Loader"]

_ALL: Final = 1 << 30


@frozen
class Loader:
    """Brings partitions of the community *key* from *store* into *engine*."""

    engine: Engine
    store: EventStore
    key: str

    def names(self, names: Iterable[str]) -> bool:
        """Load what is not in memory; tell whether nothing new came in."""
        engine = self.engine
        absent = [n for n in names if n and n not in engine.members]
        found = False
        if absent:
            for row in self.store.partitions(self.key, absent):
                engine.load(partition(row))
                found = True
        return not found

    def unloaded(self, until: int) -> list[str]:
        """Return who has a timer due by *until* and is not in memory."""
        due = self.store.due(self.key, until, _ALL)
        return [name for name in due if name not in self.engine.members]

    def needed(self, event: Event) -> frozenset[str]:
        """Load what a step about *event* touches, and name it."""
        needs = self.engine.needs(event)
        if needs.due_until is not None:
            while waiting := self.unloaded(needs.due_until):
                self.names(waiting)
        while not self.names(needs.members):
            needs = self.engine.needs(event)
        return needs.members

    @contextmanager
    def only(self, names: Collection[str] = ()) -> Generator[None]:
        """Let a step bring nobody into memory but those among *names*, who are new.

        Anybody else may be on record in the store, and would be written over.

        Raises:
            DefinitionError: a policy decided about somebody who was not loaded.
        """
        before = len(self.engine.members)
        yield
        for name in islice(self.engine.members, before, None):
            if name not in names:
                raise DefinitionError(
                    f"a policy decided about `{name}`, whom the event does not name",
                    code="policy.reach",
                    hint="name in `reaches` whom its decisions may be about",
                    found=name,
                )

    # -- periods ---------------------------------------------------------------------

    def standings(self, request: RequestStandings) -> StandingsCounted:
        """Count everybody: who is in memory, and the others one after the other."""
        rows = self.store.partitions(self.key)
        beside = (partition(row) for row in rows if row.key)
        return self.engine.standings(request, beside)

    def before(self, event: Event, batch: Batch) -> list[Step]:
        """Let time pass to *event*, timer by timer, and close what is over by then.

        So a period is closed with the members as they are at its end.
        """
        engine, now = self.engine, micros(event.recorded_at)
        found: list[Step] = []
        if engine.community.next_due > now or not engine.admits(event):
            return found
        while (timer := engine.community.due(now)) is not None:
            stop = min(timer[0] + timer[1], now)
            self.names(self.unloaded(stop))
            with self.only():
                step = engine.advance(instant(stop))
            found += self.answered(None, step, batch)
        return found

    def answered(self, row: StoredEvent | None, step: Step, batch: Batch) -> list[Step]:
        """Take *step* into *batch*, and what comes of counting what it asks for."""
        batch.add(row, step)
        found = [step]
        for request in asked(step):
            counted = self.standings(request)
            answer = batch.stored(counted)
            with self.only(self.needed(counted)):
                follows = self.engine.receive(counted)
            found += self.answered(answer, follows, batch)
        return found
