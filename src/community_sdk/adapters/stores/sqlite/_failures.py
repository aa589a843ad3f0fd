"""What SQLite says when it fails, in words that name the cure."""

from __future__ import annotations

import sqlite3
from typing import Final

from attrs import field, frozen

from community_sdk.adapters.stores import closed, shown
from community_sdk.adapters.stores.sqlite._schema import PREFIX
from community_sdk.errors import StoreError

__all__ = ["failure", "foreign", "newer"]


@frozen
class _Words:
    """One kind of failure: its code, its words, its cure."""

    code: str
    text: str
    hint: str = ""
    retryable: bool = field(default=False, kw_only=True)

    def error(self, store: str, **figures: str) -> StoreError:
        """Make the error from its facts."""
        return StoreError(
            self.text.format(store=store, **figures),
            code=self.code,
            hint=self.hint.format(store=store, **figures),
            retryable=self.retryable,
            retry_after=None,
            store=store,
            **figures,
        )


_OLD_SNAPSHOT: Final = 517
_LOCKED: Final = _Words(
    "store.locked",
    "the store `{store}` is locked by another writer",
    "repeat, or open it with a longer `wait`",
    retryable=True,
)
_CANNOT_OPEN: Final = _Words(
    "store.cannot_open",
    "the store `{store}` cannot be opened: {reason}",
    "check who may read and write the file and its folder",
)
_BY_CODE: Final = {
    _OLD_SNAPSHOT: _Words(
        "store.old_snapshot",
        "the store `{store}` was written to since this transaction began to read",
        "roll back, begin with `BEGIN IMMEDIATE` and repeat",
        retryable=True,
    ),
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _Words(
        "store.full",
        "the disk or the size allowed to the store `{store}` is full",
        "make room; nothing of this commit was written",
    ),
    sqlite3.SQLITE_READONLY: _Words(
        "store.read_only",
        "the store `{store}` may only be read",
        "allow writing to the file and its folder, or use a copy",
    ),
    sqlite3.SQLITE_CORRUPT: _Words(
        "store.damaged",
        "the store `{store}` is damaged: {reason}",
        "restore a copy, or save what is left with `.recover` of the sqlite3 shell",
    ),
    sqlite3.SQLITE_NOTADB: _Words(
        "store.foreign",
        "`{store}` is no SQLite database",
        "name another file; this one was not changed",
    ),
    sqlite3.SQLITE_CANTOPEN: _CANNOT_OPEN,
    sqlite3.SQLITE_PERM: _CANNOT_OPEN,
    sqlite3.SQLITE_AUTH: _CANNOT_OPEN,
    sqlite3.SQLITE_IOERR: _Words(
        "store.io",
        "the disk of the store `{store}` failed: {reason}",
        "check the disk; open the store again",
    ),
    sqlite3.SQLITE_TOOBIG: _Words(
        "store.too_big",
        "a text is longer than the store `{store}` can hold",
        "split it, or keep it elsewhere under its digest",
    ),
}
_THREAD: Final = _Words(
    "store.thread",
    "the store `{store}` belongs to the thread that opened it",
    "open one store per thread",
)
_NO_TABLES: Final = _Words(
    "store.no_tables",
    "the tables of the store `{store}` are gone",
    "if the transaction that made them was rolled back, build the store anew",
)
_FOREIGN: Final = _Words(
    "store.foreign",
    "`{store}` is a database of something else: it has the table `{table}`",
    "name another file, or pass the connection to keep both in one database",
)
_NEWER: Final = _Words(
    "store.newer",
    "the store `{store}` has format {found}; this version reads up to {expected}",
    "install a newer version of community-sdk",
)
_OTHER: Final = _Words("store.failed", "the store `{store}` failed: {reason}")


def failure(error: sqlite3.Error, store: str, /) -> StoreError:
    """Put what SQLite said about the file *store* into our words."""
    reason = shown(" ".join(str(error).split())).lower()
    if isinstance(error, sqlite3.ProgrammingError):
        if "closed" in reason:
            return closed(store)
        if "thread" in reason:
            return _THREAD.error(store)
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    words = _BY_CODE.get(code) or _BY_CODE.get(code & 0xFF, _OTHER)
    if f"no such table: {PREFIX}" in reason:
        words = _NO_TABLES
    return words.error(store, reason=reason)


def foreign(store: str, table: str, /) -> StoreError:
    """Say that the database holds other tables than ours."""
    return _FOREIGN.error(store, table=shown(table))


def newer(store: str, /, *, found: int, expected: int) -> StoreError:
    """Say that a later version of this library wrote the store."""
    return _NEWER.error(store, found=str(found), expected=str(expected))
