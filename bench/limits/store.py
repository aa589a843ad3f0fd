"""Logs written by hand: a table without any unique index, and SQLAlchemy Core with two.

The first gets rows that are made already; neither reads what version is there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["COLUMNS", "plain", "sqlalchemy_core"]

COLUMNS = (
    "community",
    "position",
    "id",
    "kind",
    "at",
    "recorded_at",
    "member",
    "derived",
    "data",
)
NUMBERS = frozenset(("community", "position", "at", "recorded_at", "derived"))
TABLE = ", ".join(
    f"{name} {'INTEGER' if name in NUMBERS else 'TEXT'}" for name in COLUMNS
)
MARKS = ", ".join("?" for _ in COLUMNS)

Row = tuple[Any, ...]


def plain(path: Path, batches: Iterable[Sequence[Row]], *, full: bool) -> None:
    """Write each batch in one transaction."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in _settings(full=full, own=True):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"CREATE TABLE log ({TABLE})")
        for batch in batches:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(f"INSERT INTO log VALUES ({MARKS})", batch)  # noqa: S608 - our own marks
            connection.execute("COMMIT")


def sqlalchemy_core(
    path: Path, batches: Iterable[Sequence[Any]], *, full: bool, own: bool
) -> None:
    """Write each batch of values in one transaction, with both guarantees.

    Args:
        path: the new file.
        batches: events as values with attributes, as the store takes them.
        full: whether each commit syncs the disk.
        own: whether the settings are those of the store, or SQLite's.

    Raises:
        ImportError: SQLAlchemy is not installed.
    """
    sa: Any = import_module("sqlalchemy")
    log = sa.Table(
        "log",
        sa.MetaData(),
        *(sa.Column(n, sa.BigInteger if n in NUMBERS else sa.Text) for n in COLUMNS),
        sa.UniqueConstraint("community", "position"),
        sa.UniqueConstraint("community", "id"),
    )
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        for pragma in _settings(full=full, own=own):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.commit()
        log.create(connection)
        connection.commit()
        statement = log.insert()
        last = 0
        for batch in batches:
            with connection.begin():
                connection.execute(statement, _named(batch, last))
            last += len(batch)
    engine.dispose()


def _named(batch: Sequence[Any], last: int) -> list[dict[str, Any]]:
    return [
        {
            "community": 1,
            "position": position,
            "id": e.id,
            "kind": e.kind,
            "at": e.at,
            "recorded_at": e.recorded_at,
            "member": e.member,
            "derived": e.derived,
            "data": e.data,
        }
        for position, e in enumerate(batch, last + 1)
    ]


def _settings(*, full: bool, own: bool) -> Iterator[str]:
    yield "journal_mode = WAL"
    yield f"synchronous = {'FULL' if full else 'NORMAL'}"
    if own:
        yield "cache_size = -16000"
        yield "wal_autocheckpoint = 8000"
