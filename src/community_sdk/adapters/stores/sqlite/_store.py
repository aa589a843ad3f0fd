"""The store itself: every commit is one transaction, its own or the host's."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Final, Self

from community_sdk.adapters.stores import (
    LEAST,
    MOST,
    refuse_text,
    refuse_unstorable,
    shown,
    stale,
    taken,
)
from community_sdk.adapters.stores.sqlite import _schema as sql
from community_sdk.adapters.stores.sqlite._address import connected, located, name_of
from community_sdk.adapters.stores.sqlite._link import Link, Row
from community_sdk.adapters.stores.sqlite._tables import prepare, refuse_others, set_up
from community_sdk.errors import StoreError
from community_sdk.ports import Commit, StoredDecision, StoredEvent, StoredPartition

__all__ = ["SqliteStore"]

_WAIT: Final = timedelta(seconds=5)


class SqliteStore:
    """Keeps communities in SQLite, in tables whose names begin with `community_`.

    `SqliteStore.open(address)` has a connection of its own and a file of its own.
    `SqliteStore(connection)` uses the host's: inside a transaction of the host each
    append is a savepoint of it, kept or undone with it, and the store never commits
    what it did not begin; outside of one each append is a transaction by itself. A
    host that reads before it appends begins with ``BEGIN IMMEDIATE``.

    One store belongs to one thread; threads and processes open one store each. Writers
    wait for one another; readers never wait. Positions are given out while the writer
    is alone, so that whoever has seen a position has seen all below it.
    """

    def __init__(self, connection: sqlite3.Connection, /) -> None:
        """Use the host's *connection*, and make the tables where they are missing.

        Raises:
            StoreError: a newer format, other tables of the same names, no right to
                write.
        """
        self._link = Link(connection, name_of(connection), owned=False)
        prepare(self._link)

    @classmethod
    def open(
        cls,
        address: str | os.PathLike[str],
        /,
        *,
        durable: bool = True,
        create: bool = True,
        wait: timedelta = _WAIT,
    ) -> Self:
        """Open a file as a store.

        Args:
            address: a path, or ``sqlite:///x.db`` (relative), ``sqlite:////srv/x.db``
                (absolute), ``sqlite:///:memory:`` (gone when closed).
            durable: True syncs the disk once at each commit: what was acknowledged
                survives the loss of power. False leaves the moment to the system: the
                last commits may be lost with the power, though never by the death of
                the process, and never in part.
            create: False refuses a file that does not exist.
            wait: how long to wait for another writer before `StoreError`.

        Raises:
            DefinitionError: *address* is none.
            StoreError: the file cannot be opened, is damaged, of a newer format, or
                of something else.
        """
        path = located(address)
        connection = connected(path, create=create, wait=wait)
        try:
            link = Link(connection, shown(path), owned=True)
            refuse_others(link)  # before anything of the file is changed
            set_up(link, durable=durable, wait=wait)
            prepare(link)
        except BaseException:
            connection.close()
            raise
        store = cls.__new__(cls)
        store._link = link  # noqa: SLF001 - our own
        return store

    def __enter__(self) -> Self:
        """Return the store itself; leaving closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def version(self, community: str, /) -> int:
        """Return how many commits the community has, 0 for none."""
        return self._find(community)[1]

    def notes(self, community: str, /) -> Mapping[str, str]:
        """Return what the commits noted, the last word for each name."""
        return dict(self._link.ask(sql.NOTES, self._find(community)[0]))

    def known(self, community: str, ids: Collection[str], /) -> frozenset[str]:
        """Return those of *ids* that are stored already."""
        number = self._find(community, *ids)[0]
        return frozenset(row[0] for row in self._link.ask_some(sql.KNOWN, number, ids))

    def told(self, community: str, ids: Collection[str], /) -> Iterator[StoredEvent]:
        """Yield the events and facts called *ids* that are stored, in their order."""
        number = self._find(community, *ids)[0]
        with self._link.snapshot():
            rows = sorted(self._link.ask_some(sql.TOLD, number, ids))
        return (_event(row, _base(number)) for row in rows)

    def partitions(
        self, community: str, keys: Collection[str] | None = None, /
    ) -> Iterator[StoredPartition]:
        """Yield the partitions called *keys*, or all, in the order of their keys.

        All are read as of now, while the iteration lasts: end it before appending.
        """
        number = self._find(community, *(keys or ()))[0]
        if keys is None:
            rows = self._link.stream(sql.PARTITIONS, number)
        else:
            with self._link.snapshot():
                rows = iter(self._link.ask_some(sql.SOME_PARTITIONS, number, keys))
        return (StoredPartition(key=key, due=due, data=data) for key, due, data in rows)

    def due(self, community: str, until: int, limit: int, /) -> tuple[str, ...]:
        """Return the members with a timer due by *until*, earliest first."""
        number = self._find(community)[0]
        rows = self._link.ask(sql.DUE, number, _fitting(until), _counted(limit))
        return tuple(row[0] for row in rows)

    def append(self, commit: Commit, /) -> None:
        """Write *commit* whole.

        Raises:
            ConflictError: *expected* is stale, or an id is stored already.
            HistoryError: a text or a number that no store can keep.
            StoreError: a full disk, a lock, damage.
        """
        refuse_unstorable(commit)
        with self.transaction():
            number, events, decisions = self._claim(commit)
            base = _base(number)
            self._add_events(commit, number, base + events)
            self._add_decisions(commit, number, base + decisions)
            self._link.run_many(
                sql.PUT_PARTITIONS,
                [(number, part.key, part.due, part.data) for part in commit.partitions],
            )
            self._link.run_many(
                sql.PUT_NOTES,
                [(number, name, text) for name, text in commit.notes.items()],
            )

    def events(self, community: str, /, *, after: int = 0) -> Iterator[StoredEvent]:
        """Yield the events and facts stored by now, positions above *after*."""
        number, _, last, _ = self._find(community)
        base = _base(number)
        rows = self._link.pages(
            sql.EVENTS, (), base + min(_counted(after), last), base + last
        )
        return (_event(row, base) for row in rows)

    def decisions(
        self, community: str, /, *, member: str | None = None
    ) -> Iterator[StoredDecision]:
        """Yield the decisions stored by now in the order they were taken."""
        number, _, _, last = self._find(community, member or "")
        base = _base(number)
        if member is None:
            rows = self._link.pages(sql.DECISIONS, (), base, base + last)
        else:
            values = number, member
            rows = self._link.pages(sql.OF_MEMBER, values, base, base + last)
        return (_decision(row) for row in rows)

    def pending(self, community: str, limit: int, /) -> tuple[StoredDecision, ...]:
        """Return decisions that a platform has yet to act on, oldest first."""
        number = self._find(community)[0]
        rows = self._link.ask(sql.PENDING, number, _counted(limit))
        return tuple(_decision(row) for row in rows)

    def settle(self, community: str, ids: Iterable[str], /) -> None:
        """Mark decisions as handed over; unknown ids are no errors."""
        names = tuple(ids)
        refuse_text(*names)
        with self.transaction():
            number = self._find(community)[0]
            self._link.run_many(sql.SETTLE, [(number, name) for name in names])

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all that is written inside, or none when an exception leaves it.

        Inside a transaction of the host it joins that as a savepoint.
        """
        return self._link.transaction()

    def close(self) -> None:
        """Close what `open` opened; a second time changes nothing."""
        self._link.close()

    def _find(self, community: str, *names: str) -> tuple[int, int, int, int]:
        """Return number, version, and how many events and decisions there are.

        Nothing of it is remembered: the host may roll it back.
        """
        refuse_text(community, *names)
        rows = self._link.ask(sql.COMMUNITY, community)
        number, version, events, decisions = rows[0] if rows else (0, 0, 0, 0)
        return number, version, events, decisions

    def _claim(self, commit: Commit) -> tuple[int, int, int]:
        """Move the community on by one version; return where the writing begins."""
        number, version, events, decisions = self._find(commit.community)
        if version != commit.expected:
            raise stale(commit.community, expected=commit.expected, found=version)
        counts = len(commit.events), len(commit.decisions)
        if version:
            self._link.run(sql.MOVE_COMMUNITY, *counts, number)
        else:
            added = self._link.run(sql.ADD_COMMUNITY, commit.community, *counts)
            number = added.lastrowid or 0
        return number, events, decisions

    def _add_events(self, commit: Commit, number: int, last: int) -> None:
        rows = [
            (
                place,
                number,
                e.id,
                e.kind,
                e.at,
                e.recorded_at,
                e.member,
                e.derived,
                e.data,
            )
            for place, e in enumerate(commit.events, last + 1)
        ]
        with self._named(commit, "event", rows, last):
            self._link.run_many(sql.ADD_EVENTS, rows)

    def _add_decisions(self, commit: Commit, number: int, last: int) -> None:
        rows = [
            (
                place,
                number,
                d.id,
                d.kind,
                d.policy,
                d.member,
                d.at,
                d.mode,
                d.pending,
                d.data,
            )
            for place, d in enumerate(commit.decisions, last + 1)
        ]
        with self._named(commit, "decision", rows, last):
            self._link.run_many(sql.ADD_DECISIONS, rows)

    @contextmanager
    def _named(
        self, commit: Commit, what: str, rows: Sequence[Row], last: int
    ) -> Generator[None]:
        """Name the id that was stored already."""
        try:
            yield
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                seen = set[str]()
                for row in rows:
                    number, name = row[1], row[2]
                    stored = self._link.ask(sql.TAKEN[what], number, last, name)
                    if stored or name in seen:
                        raise taken(commit.community, what=what, name=name) from None
                    seen.add(name)
            raise


def _event(row: Row, base: int) -> StoredEvent:
    place, id_, kind, at, recorded_at, member, derived, data = row
    return StoredEvent(
        position=place - base,
        id=id_,
        kind=kind,
        at=at,
        recorded_at=recorded_at,
        member=member,
        derived=bool(derived),
        data=data,
    )


def _decision(row: Row) -> StoredDecision:
    _, id_, kind, policy, member, at, mode, pending, data = row
    return StoredDecision(
        id=id_,
        kind=kind,
        policy=policy,
        member=member,
        at=at,
        mode=mode,
        pending=bool(pending),
        data=data,
    )


def _base(number: int) -> int:
    """The place before the first of the community."""
    return number << sql.PLACE_BITS


def _fitting(number: int) -> int:
    """The nearest number that SQLite can compare with."""
    return min(max(number, LEAST), MOST)


def _counted(limit: int) -> int:
    """A limit that does not mean `all` when it is negative."""
    return min(max(limit, 0), MOST)
