"""Every store keeps the laws of the suite, in each way it can be opened."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.ports import EventStore
from community_sdk.testing.contracts import EventStoreContract
from community_sdk.testing.fakes import FaultyStore


class TestMemory(EventStoreContract):
    """The reference."""

    @pytest.fixture
    def store(self) -> MemoryStore:
        """Return an empty store."""
        return MemoryStore()


class TestFaulty(EventStoreContract):
    """A double that never fails is the store it wraps."""

    @pytest.fixture
    def store(self) -> FaultyStore:
        """Return an empty store."""
        return FaultyStore(MemoryStore(), fail_at=())


class TestSqliteInMemory(EventStoreContract):
    """No file; one thread."""

    @pytest.fixture
    def store(self) -> Iterator[SqliteStore]:
        """Return an empty store."""
        with SqliteStore.open("sqlite:///:memory:") as store:
            yield store

    def again(self, store: EventStore) -> AbstractContextManager[EventStore]:
        """Offer no second one: it would have other contents."""
        pytest.skip("a database in memory has one connection")


class TestSqliteFile(EventStoreContract):
    """A file of its own."""

    persistent = True

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteStore]:
        """Return an empty store."""
        self.path = tmp_path / "x.db"
        with SqliteStore.open(self.path) as store:
            yield store

    def again(self, store: EventStore) -> AbstractContextManager[EventStore]:
        """Open the same file."""
        return SqliteStore.open(self.path, durable=False)


class TestSqliteOfHost(EventStoreContract):
    """A connection of a host, with its own idea of rows and of transactions."""

    persistent = True
    hosted = True

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteStore]:
        """Return an empty store beside a table of the host."""
        self.path = tmp_path / "host.db"
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE orders (number INTEGER PRIMARY KEY)")
            connection.row_factory = sqlite3.Row
            self.connection = connection
            yield SqliteStore(connection)

    @contextmanager
    def again(self, store: EventStore) -> Generator[EventStore]:
        """Let another part of the host open it."""
        with closing(sqlite3.connect(self.path)) as connection:
            yield SqliteStore(connection)

    @contextmanager
    def host(self, store: EventStore) -> Generator[None]:
        """Begin by writing something of the host, as Python's sqlite3 does."""
        with self.connection:
            self.connection.execute("INSERT INTO orders VALUES (NULL)")
            yield
            assert self.connection.in_transaction
