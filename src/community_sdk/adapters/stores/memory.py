"""A store in memory: the reference of the laws, for tests and notebooks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Self

from attrs import Factory, define, evolve

from community_sdk.adapters.stores import (
    closed,
    refuse_text,
    refuse_unstorable,
    stale,
    taken,
)
from community_sdk.ports import Commit, StoredDecision, StoredEvent, StoredPartition

__all__ = ["MemoryStore"]


@define
class _Shelf:
    """What one community has stored."""

    version: int = 0
    log: list[StoredEvent] = Factory(list[StoredEvent])
    places: dict[str, int] = Factory(dict[str, int])
    decisions: dict[str, StoredDecision] = Factory(dict[str, StoredDecision])
    partitions: dict[str, StoredPartition] = Factory(dict[str, StoredPartition])
    notes: dict[str, str] = Factory(dict[str, str])

    def refuse(self, commit: Commit) -> None:
        """Refuse what is stale or stored already."""
        if commit.expected != self.version:
            raise stale(commit.community, expected=commit.expected, found=self.version)
        events = [event.id for event in commit.events]
        decisions = [decision.id for decision in commit.decisions]
        for what, names, known in (
            ("event", events, self.places),
            ("decision", decisions, self.decisions),
        ):
            seen = set[str]()
            for name in names:
                if name in known or name in seen:
                    raise taken(commit.community, what=what, name=name)
                seen.add(name)

    def write(self, commit: Commit) -> None:
        """Take in what was not refused."""
        position = len(self.log)
        self.log += [
            evolve(event, position=position + nth)
            for nth, event in enumerate(commit.events, 1)
        ]
        self.places |= {e.id: nth for nth, e in enumerate(commit.events, position)}
        self.decisions |= {decision.id: decision for decision in commit.decisions}
        self.partitions |= {part.key: part for part in commit.partitions}
        self.notes |= commit.notes
        self.version += 1

    def undo(self, commit: Commit) -> Callable[[], None]:
        """Remember how to take *commit* out again; ask before it is written."""
        length = len(self.log)
        notes = dict(self.notes)
        keys = {part.key for part in commit.partitions}
        parts = {k: self.partitions[k] for k in keys if k in self.partitions}

        def undo() -> None:
            self.version -= 1
            del self.log[length:]
            for event in commit.events:
                del self.places[event.id]
            for decision in commit.decisions:
                del self.decisions[decision.id]
            for key in keys:
                del self.partitions[key]
            self.partitions |= parts
            self.notes = notes

        return undo


class MemoryStore:
    """Keeps everything in this process; nothing survives it.

    One store may be used by many threads: each call is whole, and a `transaction`
    keeps the other threads waiting until it ends.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._shelves: dict[str, _Shelf] = {}
        self._lock = RLock()
        self._undo: list[Callable[[], None]] = []
        self._depth = 0
        self._closed = False

    def __enter__(self) -> Self:
        """Return the store itself; leaving closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def version(self, community: str, /) -> int:
        """Return how many commits the community has, 0 for none."""
        with self._shelf(community) as shelf:
            return shelf.version

    def notes(self, community: str, /) -> Mapping[str, str]:
        """Return what the commits noted, the last word for each name."""
        with self._shelf(community) as shelf:
            return dict(shelf.notes)

    def known(self, community: str, ids: Collection[str], /) -> frozenset[str]:
        """Return those of *ids* that are stored already."""
        refuse_text(*ids)
        with self._shelf(community) as shelf:
            return frozenset(name for name in ids if name in shelf.places)

    def told(self, community: str, ids: Collection[str], /) -> Iterator[StoredEvent]:
        """Yield the events and facts called *ids* that are stored, in their order."""
        refuse_text(*ids)
        with self._shelf(community) as shelf:
            places = sorted({shelf.places[n] for n in ids if n in shelf.places})
            return iter([shelf.log[place] for place in places])

    def partitions(
        self, community: str, keys: Collection[str] | None = None, /
    ) -> Iterator[StoredPartition]:
        """Yield the partitions called *keys*, or all, in the order of their keys."""
        if keys is not None:
            refuse_text(*keys)
        with self._shelf(community) as shelf:
            found = shelf.partitions
            names = found if keys is None else found.keys() & set(keys)
            return iter([found[name] for name in sorted(names)])

    def due(self, community: str, until: int, limit: int, /) -> tuple[str, ...]:
        """Return the members with a timer due by *until*, earliest first."""
        with self._shelf(community) as shelf:
            ripe = sorted(
                (part.due, key)
                for key, part in shelf.partitions.items()
                if key and part.due is not None and part.due <= until
            )
        return tuple(key for _, key in ripe[: max(limit, 0)])

    def append(self, commit: Commit, /) -> None:
        """Write *commit* whole.

        Raises:
            ConflictError: *expected* is stale, or an id is stored already.
            HistoryError: a text or a number that no store can keep.
            StoreError: the store is closed.
        """
        refuse_unstorable(commit)
        with self.transaction():
            shelf = self._shelves.get(commit.community, _Shelf())
            shelf.refuse(commit)
            undo = shelf.undo(commit)
            shelf.write(commit)
            self._shelves[commit.community] = shelf
            self._undo.append(undo)

    def events(self, community: str, /, *, after: int = 0) -> Iterator[StoredEvent]:
        """Yield the events and facts stored by now, positions above *after*."""
        with self._shelf(community) as shelf:
            return iter(shelf.log[max(after, 0) :])

    def decisions(
        self, community: str, /, *, member: str | None = None
    ) -> Iterator[StoredDecision]:
        """Yield the decisions stored by now in the order they were taken."""
        refuse_text(member or "")
        with self._shelf(community) as shelf:
            every = list(shelf.decisions.values())
        return (one for one in every if member is None or one.member == member)

    def pending(self, community: str, limit: int, /) -> tuple[StoredDecision, ...]:
        """Return decisions that a platform has yet to act on, oldest first."""
        with self._shelf(community) as shelf:
            open_ = [one for one in shelf.decisions.values() if one.pending]
        return tuple(open_[: max(limit, 0)])

    def settle(self, community: str, ids: Iterable[str], /) -> None:
        """Mark decisions as handed over; unknown ids are no errors."""
        names = tuple(ids)
        refuse_text(*names)
        with self.transaction(), self._shelf(community) as shelf:
            before = {
                name: shelf.decisions[name] for name in names if name in shelf.decisions
            }
            shelf.decisions |= {k: evolve(v, pending=False) for k, v in before.items()}
            self._undo.append(lambda: shelf.decisions.update(before))

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Keep all that is written inside, or none when an exception leaves it."""
        with self._lock:
            self._refuse_closed()
            mark = len(self._undo)
            self._depth += 1
            try:
                yield
            except BaseException:
                while len(self._undo) > mark:
                    self._undo.pop()()
                raise
            finally:
                self._depth -= 1
                if not self._depth:
                    self._undo.clear()

    def close(self) -> None:
        """Answer no more; a second time changes nothing."""
        self._closed = True

    @contextmanager
    def _shelf(self, community: str) -> Generator[_Shelf]:
        """Hold the community still for one look; an unknown one is empty."""
        refuse_text(community)
        with self._lock:
            self._refuse_closed()
            yield self._shelves.get(community, _Shelf())

    def _refuse_closed(self) -> None:
        if self._closed:
            raise closed(":memory:")
