"""Logs written by hand: a table without any unique index, and SQLAlchemy Core with two.

Both get rows that are made already and give out no positions of their own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

__all__ = ["COLUMNS", "PRAGMAS", "plain", "sqlalchemy_core"]

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
PRAGMAS = ("cache_size = -16000", "wal_autocheckpoint = 4000")
NUMBERS = frozenset(("community", "position", "at", "recorded_at", "derived"))
TABLE = ", ".join(
    f"{name} {'INTEGER' if name in NUMBERS else 'TEXT'}" for name in COLUMNS
)
MARKS = ", ".join("?" for _ in COLUMNS)

Row = tuple[Any, ...]


def plain(path: Path, batches: Iterable[Sequence[Row]], *, full: bool) -> None:
    """Write each batch in one transaction; SQLite's own settings are its fastest."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
        connection.execute(f"CREATE TABLE log ({TABLE})")
        for batch in batches:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(f"INSERT INTO log VALUES ({MARKS})", batch)  # noqa: S608 - our own marks
            connection.execute("COMMIT")


def sqlalchemy_core(
    path: Path, batches: Iterable[Sequence[dict[str, Any]]], *, full: bool
) -> None:
    """Write each batch in one transaction, with both guarantees and our settings.

    Raises:
        ImportError: SQLAlchemy is not installed.
    """
    import sqlalchemy as sa  # noqa: PLC0415 - wanted for the bench alone

    columns = [
        sa.Column(name, sa.BigInteger if name in NUMBERS else sa.Text)
        for name in COLUMNS
    ]
    meta = sa.MetaData()
    log = sa.Table(
        "log",
        meta,
        *columns,
        sa.UniqueConstraint("community", "position"),
        sa.UniqueConstraint("community", "id"),
    )
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {'FULL' if full else 'NORMAL'}",
            *PRAGMAS,
        ):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.commit()
        meta.create_all(connection)
        connection.commit()
        statement = log.insert()
        for batch in batches:
            with connection.begin():
                connection.execute(statement, batch)
    engine.dispose()
