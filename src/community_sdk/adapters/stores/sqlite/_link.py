"""A connection whose failures are told in our words, and its transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from community_sdk.adapters.stores import closed
from community_sdk.adapters.stores.sqlite._failures import failure

__all__ = ["PAGE", "Link", "Row"]

Row = tuple[Any, ...]
PAGE: Final = 500

_OWN: Final = ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
_JOINED: Final = (
    "SAVEPOINT community_sdk",
    "RELEASE community_sdk",
    ("ROLLBACK TO community_sdk", "RELEASE community_sdk"),
)


class Link:
    """One connection to one file.

    Attributes:
        name: the file, for messages.
        owned: whether we opened it; the host's is left as it is.
    """

    def __init__(
        self, connection: sqlite3.Connection, name: str, *, owned: bool
    ) -> None:
        """Take *connection* over, or borrow it."""
        self.name = name
        self.owned = owned
        self._connection = connection
        self._closed = False

    def close(self) -> None:
        """Close what is ours; a second time changes nothing."""
        self._closed = True
        if self.owned:
            self._connection.close()

    def run(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Begin one statement.

        Raises:
            StoreError: SQLite cannot do it.
        """
        if self._closed:
            raise closed(self.name)
        try:
            cursor = self._connection.cursor()
            cursor.row_factory = None  # the host's own may make anything of a row
            return cursor.execute(statement, values)
        except sqlite3.Error as error:
            raise failure(error, self.name) from error

    def run_many(self, statement: str, rows: Sequence[Row]) -> None:
        """Run one statement for each of *rows*.

        Raises:
            StoreError: SQLite cannot do it; a row that is there already is its cause
                as `sqlite3.IntegrityError`.
        """
        try:
            self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise failure(error, self.name) from error

    def ask(self, statement: str, *values: object) -> list[Row]:
        """Return all rows of a small answer."""
        return list(self.stream(statement, *values))

    def stream(self, statement: str, *values: object) -> Iterator[Row]:
        """Begin to read at once, hand over page by page."""
        return self._drain(self.run(statement, *values))

    def _drain(self, cursor: sqlite3.Cursor) -> Iterator[Row]:
        while rows := self._page(cursor):
            yield from rows

    def _page(self, cursor: sqlite3.Cursor) -> list[Row]:
        try:
            return cursor.fetchmany(PAGE)
        except sqlite3.Error as error:
            raise failure(error, self.name) from error

    def ask_some(
        self, statement: str, number: int, names: Collection[str]
    ) -> list[Row]:
        """Ask for *names* in portions: a statement takes a limited number of values."""
        ordered = sorted(set(names))
        rows = list[Row]()
        for start in range(0, len(ordered), PAGE):
            portion = ordered[start : start + PAGE]
            marks = ",".join("?" * len(portion))
            rows += self.ask(statement.format(marks=marks), number, *portion)
        return rows

    def pages(
        self, statement: str, values: tuple[object, ...], after: int, last: int
    ) -> Iterator[Row]:
        """Read up to the place *last* by statements that each end at once.

        A statement left open would hold its old view of the file, and this connection
        could not write before it ends.
        """
        while rows := self.ask(statement, *values, after, last, PAGE):
            yield from rows
            after = rows[-1][0]

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Keep all that is written inside, or none; join what runs already."""
        begin, keep, undo = _JOINED if self._is_joined() else _OWN
        self.run(begin)
        try:
            yield
            self.run(keep)
        except BaseException:
            with suppress(sqlite3.Error):
                # Some failures, a full disk among them, have undone all already.
                if self._connection.in_transaction:
                    for statement in undo:
                        self._connection.execute(statement)
            raise

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """Let several statements read the same version."""
        if self._is_joined():
            yield
            return
        self.run("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def _is_joined(self) -> bool:
        """Whether a transaction runs that is not for us to end."""
        if self._closed:
            raise closed(self.name)
        try:
            return self._connection.in_transaction
        except sqlite3.Error as error:
            raise failure(error, self.name) from error
