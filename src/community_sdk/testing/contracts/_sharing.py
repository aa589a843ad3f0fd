"""Several writers and readers of the same contents disturb nobody."""

# ruff: noqa: PLR2004, S101 - a contract speaks by assert, of figures where they are

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Barrier, Event
from typing import ClassVar, Protocol, TypeVar
from unittest import SkipTest

from community_sdk.errors import ConflictError
from community_sdk.ports import Commit, EventStore, StoredEvent
from community_sdk.testing.contracts._commits import (
    HERE,
    commit,
    decision,
    event,
    everything,
    part,
)

__all__ = ["Sharing"]

WRITERS, COMMITS = 4, 25
PATIENCE = 60.0  # of writers who wait for one that has failed

_T = TypeVar("_T")


class _Suite(Protocol):
    persistent: ClassVar[bool]

    def again(self, store: EventStore) -> AbstractContextManager[EventStore]: ...


class Sharing:
    """What two handles on the same contents promise."""

    def test_reopening(self: _Suite, store: EventStore) -> None:
        """What was written is there when the store is opened again."""
        if not self.persistent:
            raise SkipTest("nothing outlives this store")
        store.append(
            commit(
                events=[event("a")],
                decisions=[decision("d", pending=True)],
                partitions=[part("", "1"), part("ann", "2", due=3)],
                notes=[("n", "1")],
            )
        )
        before = everything(store)
        store.close()
        with self.again(store) as other:
            assert everything(other) == before
            other.append(commit(1, events=[event("b")]))
            assert other.version(HERE) == 2

    def test_nobody_sees_half_a_transaction(self: _Suite, store: EventStore) -> None:
        """Another reader sees nothing before the end, and all after it."""
        if not self.persistent:
            raise SkipTest("this store keeps others waiting instead")
        with self.again(store) as other:
            with store.transaction():
                store.append(commit(events=[event("a")], partitions=[part("ann")]))
                store.append(commit(1, events=[event("b")]))
                assert other.version(HERE) == 0
                assert list(other.events(HERE)) == []
                assert list(other.partitions(HERE)) == []
            assert other.version(HERE) == 2
            assert [e.id for e in other.events(HERE)] == ["a", "b"]

    def test_of_many_writers_one_wins(self: _Suite, store: EventStore) -> None:
        """All have read the same version: one writes, the others are told."""
        start = Barrier(WRITERS, timeout=PATIENCE)

        def write(nth: int) -> int:
            with self.again(store) as own:
                wins = 0
                for version in range(COMMITS):
                    start.wait()
                    name = f"{version} by {nth}"
                    lost = _tried(own, commit(version, events=[event(name)]))
                    assert lost is None or lost.code == "store.conflict"
                    wins += lost is None
                    start.wait()
                    assert own.version(HERE) == version + 1
                return wins

        assert sum(_at_once(write)) == COMMITS
        rounds = [e.id.split()[0] for e in store.events(HERE)]
        assert rounds == [str(version) for version in range(COMMITS)]

    def test_a_reader_that_follows_misses_nothing(
        self: _Suite, store: EventStore
    ) -> None:
        """No smaller position appears once a greater one was seen."""
        done = Event()

        def follow() -> list[StoredEvent]:
            seen = list[StoredEvent]()
            with self.again(store) as own:
                last_look = False
                while not last_look:
                    last_look = done.is_set()
                    after = seen[-1].position if seen else 0
                    seen += own.events(HERE, after=after)
            return seen

        def write(nth: int) -> None:
            with self.again(store) as own:
                for count in range(COMMITS):
                    names = [f"{nth} {count} {part}" for part in range(nth + 1)]
                    _insist(own, names)

        with ThreadPoolExecutor(1) as pool:
            follower = pool.submit(follow)
            try:
                _at_once(write)
            finally:
                done.set()
            seen = follower.result()
        assert seen == list(store.events(HERE))
        assert len(seen) == COMMITS * sum(range(WRITERS + 1))
        assert store.version(HERE) == COMMITS * WRITERS


def _tried(store: EventStore, one: Commit) -> ConflictError | None:
    """Append *one*, or return what was in the way."""
    try:
        store.append(one)
    except ConflictError as error:
        return error
    return None


def _insist(store: EventStore, names: list[str]) -> None:
    """Load again and repeat until it is written."""
    events = [event(name) for name in names]
    while _tried(store, commit(store.version(HERE), events=events)):
        pass


def _at_once(work: Callable[[int], _T]) -> list[_T]:
    """Let every writer work in a thread of its own."""
    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(work, range(WRITERS)))
