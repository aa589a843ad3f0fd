"""The imperative shell: an engine, a store and a clock; nothing acknowledged is lost.

One transaction holds an event, its facts and decisions, the partitions it changed and
what platforms have to do. A repeated event is a no-op, also after a crash.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, Self, cast

from attrs import frozen

from community_sdk import codec as shipped
from community_sdk._time import instant, micros
from community_sdk.audit import AuditRow, trail
from community_sdk.codec import Codec
from community_sdk.decisions import Decision, RequestStandings
from community_sdk.engine import Engine, Step, joined
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.events import Event, PlaybookAdopted, StandingsCounted
from community_sdk.explanation import Explanation
from community_sdk.model import EventId
from community_sdk.operation._books import kept, stored
from community_sdk.operation._clock import SystemClock, mint, refuse_future
from community_sdk.operation._known import Known
from community_sdk.operation._loading import Loader
from community_sdk.operation._reasons import statement
from community_sdk.operation._rows import Batch, partition
from community_sdk.playbook import Playbook
from community_sdk.ports import Clock, EventStore
from community_sdk.state import State
from community_sdk.statement import StatementOfReasons

__all__ = ["Operation", "Outcome", "Tick"]

_BATCH: Final = 500
_CACHE: Final = 20_000
_FORMAT: Final = "1"


@frozen
class Outcome:
    """What became of one event of a batch: a step, or the reason it was refused."""

    event: Event
    step: Step | None = None
    refusal: HistoryError | None = None


@frozen
class Tick:
    """What came of time passing; *more*: members still wait, tick again."""

    step: Step
    more: bool = False


class Operation:
    """Runs a community for a host: record events, act on decisions, let time pass.

    Several operations may share a store; whoever writes second gets `ConflictError`,
    has changed nothing, and has read the other's state when it tries again. An
    operation is used by one thread at a time.
    """

    def __init__(  # noqa: PLR0913 - every choice has a name
        self,
        playbook: Playbook,
        store: EventStore,
        *,
        clock: Clock | None = None,
        codec: Codec | None = None,
        outbox: bool = True,
        earlier: Iterable[Playbook] = (),
    ) -> None:
        """Prepare to run *playbook* on *store*; `open` reads the state as well.

        *outbox* False: decisions are kept, but none waits for a platform (replays).
        """
        self.playbook = playbook
        self.store = store
        self.clock: Clock = SystemClock() if clock is None else clock
        self._codec = cast("Codec", shipped if codec is None else codec)
        self._outbox = outbox
        self._earlier = tuple(earlier)
        self._key = str(playbook.community.key)
        self._engine = playbook.engine()
        self._loader = Loader(self._engine, store, self._key)
        self._version = -1
        self._noted = ""

    @classmethod
    def open(  # noqa: PLR0913 - every choice has a name
        cls,
        playbook: Playbook,
        store: EventStore,
        *,
        clock: Clock | None = None,
        codec: Codec | None = None,
        outbox: bool = True,
        adopt: bool = False,
        earlier: Iterable[Playbook] = (),
    ) -> Self:
        """Open the community of *playbook* in *store*, new or as it was left.

        *earlier* are playbooks that it ran before and that no file can hold, such as
        those with a function in an own policy; all others the store knows.

        Raises:
            DefinitionError: the stored community runs another version of the playbook
                and *adopt* is false, or the new version is incompatible.
            StoreError: the store cannot be read.
        """
        self = cls(
            playbook, store, clock=clock, codec=codec, outbox=outbox, earlier=earlier
        )
        self._reload()
        running = self._running()
        if running is not None and running != playbook.digest:
            if not adopt:
                raise DefinitionError(
                    f"community `{self._key}` runs another version of the playbook",
                    code="operation.playbook",
                    hint="run this one from now on: `adopt=True`, or `run --adopt`",
                    found=self._key,
                )
            self.adopt(playbook)
        return self

    # -- recording -----------------------------------------------------------------

    def record(self, event: Event, /) -> Step:
        """Record *event* and return what should be done, in one transaction.

        A known id is a no-op (`Step.duplicate`).

        Raises:
            HistoryError: the event cannot be part of the history, or its id is on
                record with other content; nothing changed.
            ConflictError: another writer was faster; repeat the call.
            StoreError: nothing was written.
        """
        outcome = next(iter(self.record_all((event,))))
        if outcome.refusal is not None:
            raise outcome.refusal
        return cast("Step", outcome.step)

    def record_all(
        self, events: Iterable[Event], /, *, batch: int = _BATCH
    ) -> Iterator[Outcome]:
        """Record many events, *batch* at a time in one transaction each.

        Outcomes are yielded after their batch is written: what was yielded is safe.
        Refused events are outcomes, not exceptions.
        """
        waiting: list[Event] = []
        for event in events:
            waiting.append(event)
            if len(waiting) >= batch:
                yield from self._write(waiting)
                waiting = []
        if waiting:
            yield from self._write(waiting)

    def preview(self, event: Event, /) -> Step:
        """Return what `record` would answer, and change nothing."""
        self._fresh()
        self._loader.needed(event)
        if self._known((event,))(event):
            return Step(duplicate=True)
        return self._engine.preview(event)

    def tick(self, limit: int = 1_000) -> Tick:
        """Let time pass to now: fire what is due, for at most *limit* members.

        Raises:
            ConflictError: another writer was faster; repeat the call.
        """
        return self.advance(self.clock.now(), limit)

    def advance(self, until: datetime, limit: int = 1_000) -> Tick:
        """Let time pass to *until*, as `tick` does to now."""
        self._fresh()
        batch = Batch(self._codec, self._outbox)
        try:
            step, more = self._pass(micros(until), limit)
            steps = self._loader.answered(None, step, batch)
            self._append(batch)
        except BaseException:
            self._version = -1
            raise
        return Tick(joined(steps), more)

    # -- looking and acting ----------------------------------------------------------

    def view(self, member: str, /) -> State:
        """Return the state as a policy would see it for *member*, to be read only."""
        self._fresh()
        self._loader.names((member,))
        return self._engine.view(member)

    def standing(self, member: str, /) -> Explanation:
        """Explain where *member* stands with every policy."""
        self._fresh()
        self._loader.names((member,))
        return self._engine.standing(member)

    def standings(self, request: RequestStandings, /) -> StandingsCounted:
        """Count everybody as *request* asks, from memory and the store."""
        self._fresh()
        return self._loader.standings(request)

    @property
    def now(self) -> datetime | None:
        """The latest instant known, None before the first event."""
        self._fresh()
        return self._engine.now

    def pending(self, limit: int = 100) -> tuple[Decision, ...]:
        """Return decisions that a platform has yet to act on, oldest first."""
        rows = self.store.pending(self._key, limit)
        return tuple(cast("Decision", self._codec.loads(row.data)) for row in rows)

    def settle(self, *decisions: Decision) -> None:
        """Mark *decisions* as handed over to a platform or a person."""
        self.store.settle(self._key, [str(d.id) for d in decisions])

    def decisions(self, member: str | None = None) -> Iterator[Decision]:
        """Yield the decisions on record, of one member or of all."""
        for row in self.store.decisions(self._key, member=member):
            yield cast("Decision", self._codec.loads(row.data))

    def history(self) -> Iterator[Event]:
        """Yield the events and facts on record, in the order they were written."""
        for row in self.store.events(self._key):
            yield cast("Event", self._codec.loads(row.data))

    def audit(self) -> Iterator[AuditRow]:
        """Yield the audit trail of what is on record: history, then decisions.

        Keep its last rows elsewhere: `community_sdk.audit.verify` tells later whether
        anything was changed since.
        """
        return trail(self.history(), self.decisions(), dumps=self._codec.dumps)

    def statement(
        self, member: str, sanction: str, *, law: str = ""
    ) -> StatementOfReasons | None:
        """Return the statement of reasons of a sanction, None where there is none.

        *law* names the ground in the law, where there is one.
        """
        state = self.view(member)
        found = (d.because for d in self.decisions(member) if d.id == sanction)
        return statement(
            self.playbook.policies, state, sanction, law=law, why=next(found, None)
        )

    def mint(self) -> EventId:
        """Return an id for an event that has none."""
        return mint(self.clock)

    def adopt(
        self, playbook: Playbook, /, *, effective: datetime | None = None
    ) -> Step:
        """Run *playbook* from *effective* on (default: the latest instant known).

        Members keep their tiers, strikes and sanctions; what a policy remembers is
        kept under its key. Nobody is judged anew: new rules look forward.

        Raises:
            DefinitionError: a policy key now names another kind of policy, or
                another period.
        """
        self._fresh()
        since = max(self._engine.community.now, 0)
        at = instant(since) if effective is None else effective
        self._engine.offer(playbook)
        event = PlaybookAdopted(
            id=EventId(f"adopt:{playbook.digest}:{micros(at)}"),
            at=at,
            recorded_at=max(at, instant(since)),
            version=playbook.version,
            digest=playbook.digest,
            effective=at,
        )
        self.playbook = playbook
        return self.record(event)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    # -- inside ----------------------------------------------------------------------

    def _write(self, events: list[Event]) -> list[Outcome]:
        self._fresh()
        known = self._known(events)
        batch = Batch(self._codec, self._outbox)
        try:
            outcomes = [self._one(event, known, batch) for event in events]
            if batch.events or batch.touched:
                self._append(batch)
        except BaseException:
            self._version = -1
            raise
        return outcomes

    def _known(self, events: Iterable[Event]) -> Known:
        return Known.of(self.store, self._key, self._codec, events)

    def _one(self, event: Event, known: Known, batch: Batch) -> Outcome:
        early = refuse_future(event, self.clock)
        try:
            if known(event):
                return Outcome(event, Step(duplicate=True))
            if early is not None:
                return Outcome(event, refusal=early)
            row = batch.stored(event)
            steps = self._loader.before(event, batch)
            with self._loader.only(self._loader.needed(event)):
                step = self._engine.receive(event)
        except HistoryError as error:
            return Outcome(event, refusal=error)
        known.add(event)
        steps += self._loader.answered(row, step, batch)
        return Outcome(event, joined(steps))

    def _pass(self, goal: int, limit: int) -> tuple[Step, bool]:
        """Fire what is due by *goal*; tell whether more is due than *limit* members."""
        timer = self._engine.community.due(goal)
        stop = goal if timer is None else min(goal, timer[0] + timer[1])
        waiting = self.store.due(self._key, stop - 1, limit)
        if len(waiting) == limit:
            self._loader.names(waiting)
            with self._loader.only():
                return self._engine.fire(waiting, instant(stop)), True
        self._loader.names(self._loader.unloaded(stop))
        with self._loader.only():
            return self._engine.advance(instant(stop)), stop < goal

    def _append(self, batch: Batch) -> None:
        notes = self._notes()
        commit = batch.commit(self._engine, self._version, notes)
        try:
            with self.store.transaction():
                self.store.append(commit)
        except BaseException:
            self._version = -1
            raise
        self._version += 1
        self._noted = self.playbook.digest
        if len(self._engine.members) > _CACHE:
            idle = [m for m in self._engine.members if m not in batch.touched]
            self._engine.forget(idle)

    def _notes(self) -> dict[str, str]:
        """Return what a later process needs in order to go on, where it is new."""
        digest = self.playbook.digest
        if digest == self._noted and self._version:
            return {}
        notes = {
            "format": _FORMAT,
            "slots": json.dumps(self._engine.slots()),
            f"playbook/{digest}": kept(self.playbook),
        }
        return notes if self._version else notes | {"first": digest}

    def _fresh(self) -> None:
        """Read the state anew if another writer has changed it, or a write failed."""
        if self.store.version(self._key) != self._version:
            self._reload()

    def _reload(self) -> None:
        version = self.store.version(self._key)
        notes = self.store.notes(self._key)
        first = notes.get("first")
        slots = cast("list[Any]", json.loads(notes.get("slots", "[]")))
        others = stored(notes, self.playbook, self._earlier)
        begun = self.playbook if first is None else others.pop(first, self.playbook)
        self._engine = Engine(begun, slots=slots)
        for other in (*others.values(), self.playbook):
            if other.digest != begun.digest:
                self._engine.offer(other)
        for row in self.store.partitions(self._key, ("",)):
            self._engine.load_community(partition(row))
        self._loader = Loader(self._engine, self.store, self._key)
        self._version = version

    def _running(self) -> str | None:
        """Return the digest of the playbook that the stored community runs."""
        if self._version == 0:
            return None
        adopted = self._engine.community.versions
        return adopted[-1][2] if adopted else self.store.notes(self._key).get("first")
