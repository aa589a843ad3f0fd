"""Doubles that fail and tell the time on demand, for tests of what uses the ports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from community_sdk._time import micros
from community_sdk.errors import StoreError
from community_sdk.ports import (
    Commit,
    EventStore,
    StoredDecision,
    StoredEvent,
    StoredPartition,
)

__all__ = ["FakeClock", "FakePersonalStore", "FaultyStore"]


class FakeClock:
    """Tells the time it was given; moves when it is told to, backwards as well."""

    def __init__(self, at: datetime, /) -> None:
        """Stand at *at*.

        Raises:
            HistoryError: *at* has no time zone.
        """
        self.set(at)

    def now(self) -> datetime:
        """Return the present instant."""
        return self._at

    def set(self, at: datetime, /) -> None:
        """Stand at *at* from now on.

        Raises:
            HistoryError: *at* has no time zone.
        """
        micros(at)
        self._at = at

    def advance(self, by: timedelta, /) -> datetime:
        """Move by *by*, which may be negative; return the new present."""
        self._at += by
        return self._at


class FakePersonalStore:
    """Profiles and texts in memory, for tests of erasure and of exports.

    Attributes:
        profiles: by account, what is known of the person.
        texts: by digest, what was written.
        broken: how many calls of `forget` fail from now on, having dropped nothing.
    """

    def __init__(
        self,
        profiles: Mapping[str, Mapping[str, str]] | None = None,
        texts: Mapping[str, str] | None = None,
        *,
        broken: int = 0,
    ) -> None:
        """Hold *profiles* and *texts*."""
        self.profiles = dict(profiles or {})
        self.texts = dict(texts or {})
        self.broken = broken

    def held(
        self, accounts: Collection[str], contents: Collection[str], /
    ) -> Mapping[str, object]:
        """Return the profiles and texts asked for."""
        return {
            "profiles": {a: dict(p) for a, p in self.profiles.items() if a in accounts},
            "texts": {c: text for c, text in self.texts.items() if c in contents},
        }

    def forget(self, accounts: Collection[str], contents: Collection[str], /) -> int:
        """Drop them and return how many there were.

        Raises:
            StoreError: it is *broken*.
        """
        if self.broken:
            self.broken -= 1
            raise StoreError("the side store is out of reach", code="store.failed")
        gone = [self.profiles.pop(a, None) for a in accounts]
        gone_texts = [self.texts.pop(c, None) for c in contents]
        return sum(each is not None for each in (*gone, *gone_texts))


class FaultyStore:
    """Another store whose appends fail when told to.

    Attributes:
        appends: how many appends were tried.
    """

    def __init__(
        self,
        store: EventStore,
        /,
        *,
        fail_at: int | Collection[int],
        after: bool = False,
        error: Exception | None = None,
    ) -> None:
        """Wrap *store*.

        Args:
            store: what really keeps the commits.
            fail_at: the appends that fail, the first being 1.
            after: False fails before anything is written. True writes and then loses
                the answer: the caller cannot know what happened.
            error: what is raised; default a retryable `StoreError`.
        """
        self.appends = 0
        self._store = store
        self._fail_at = {fail_at} if isinstance(fail_at, int) else set(fail_at)
        self._after = after
        self._error = error or StoreError(
            "the store failed, because a test wants it",
            code="store.fault",
            retryable=True,
        )

    def append(self, commit: Commit, /) -> None:
        """Write *commit*, or fail."""
        self.appends += 1
        fails = self.appends in self._fail_at
        if self._after or not fails:
            self._store.append(commit)
        if fails:
            raise self._error

    def version(self, community: str, /) -> int:
        """Ask the wrapped store."""
        return self._store.version(community)

    def notes(self, community: str, /) -> Mapping[str, str]:
        """Ask the wrapped store."""
        return self._store.notes(community)

    def known(self, community: str, ids: Collection[str], /) -> frozenset[str]:
        """Ask the wrapped store."""
        return self._store.known(community, ids)

    def told(self, community: str, ids: Collection[str], /) -> Iterator[StoredEvent]:
        """Ask the wrapped store."""
        return self._store.told(community, ids)

    def partitions(
        self, community: str, keys: Collection[str] | None = None, /
    ) -> Iterator[StoredPartition]:
        """Ask the wrapped store."""
        return self._store.partitions(community, keys)

    def due(self, community: str, until: int, limit: int, /) -> tuple[str, ...]:
        """Ask the wrapped store."""
        return self._store.due(community, until, limit)

    def events(self, community: str, /, *, after: int = 0) -> Iterator[StoredEvent]:
        """Ask the wrapped store."""
        return self._store.events(community, after=after)

    def decisions(
        self, community: str, /, *, member: str | None = None
    ) -> Iterator[StoredDecision]:
        """Ask the wrapped store."""
        return self._store.decisions(community, member=member)

    def pending(self, community: str, limit: int, /) -> tuple[StoredDecision, ...]:
        """Ask the wrapped store."""
        return self._store.pending(community, limit)

    def settle(self, community: str, ids: Iterable[str], /) -> None:
        """Tell the wrapped store."""
        self._store.settle(community, ids)

    def transaction(self) -> AbstractContextManager[None]:
        """Begin a transaction of the wrapped store."""
        return self._store.transaction()

    def close(self) -> None:
        """Close the wrapped store."""
        self._store.close()
