"""Make the tables, or see that those found are ours and of a format we read."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic, sleep
from typing import Final

from community_sdk.adapters.stores.sqlite import _schema as sql
from community_sdk.adapters.stores.sqlite._failures import foreign, newer
from community_sdk.adapters.stores.sqlite._link import Link
from community_sdk.errors import StoreError

__all__ = ["prepare", "refuse_others", "set_up"]

_PAUSE: Final = 0.01


def prepare(link: Link) -> None:
    """Make the tables where there are none.

    Raises:
        StoreError: what `refuse_others` refuses, and no right to write.
    """
    if not refuse_others(link):
        with link.transaction():
            # Another process may have made them since we looked.
            if not refuse_others(link):
                for statement in sql.SCHEMA:
                    link.run(statement)


def refuse_others(link: Link) -> bool:
    """Whether our tables are there; others are refused where they disturb.

    Raises:
        StoreError: a newer format; a file of something else; in the database of a
            host, a table with the name of one of ours.
    """
    tables = {row[0] for row in link.ask(sql.FIND_TABLES)}
    if sql.FORMAT_TABLE in tables:
        rows = link.ask(sql.FIND_FORMAT)
        if len(rows) != 1 or not isinstance(rows[0][0], int):
            raise foreign(link.name, sql.FORMAT_TABLE)
        if rows[0][0] > sql.FORMAT:
            raise newer(link.name, found=rows[0][0], expected=sql.FORMAT)
        return True
    strange = tables if link.owned else tables & sql.OUR_TABLES
    if strange:
        raise foreign(link.name, min(strange))
    return False


def set_up(link: Link, *, durable: bool, wait: timedelta) -> None:
    """Choose how a file of our own is written.

    Raises:
        StoreError: another process holds the file for longer than *wait*.
    """
    patience = monotonic() + wait.total_seconds()
    while True:
        try:
            link.ask("PRAGMA journal_mode = WAL")
            break
        except StoreError as error:
            # SQLite itself does not wait where two first openings cross.
            if not error.retryable or monotonic() > patience:
                raise
        sleep(_PAUSE)
    link.ask(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    for pragma in sql.PRAGMAS:
        link.ask(f"PRAGMA {pragma}")
