"""Appends to SQLite beside a table without a unique index and beside SQLAlchemy Core.

Run as `python -m bench.bench_store`. The guarantees: a position is given once in a
community, and so is an event id.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.limits.store import COLUMNS, plain, sqlalchemy_core
from bench.rounds import ratios
from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.ports import Commit, StoredEvent

EVENTS = 50_000
BATCH = 1_000
SYNCED = 200
PLAIN, OURS = "no unique index", "community_sdk"
ALCHEMY, TUNED = "SQLAlchemy Core", "SQLAlchemy Core, our settings"
SIZES = (1_000, 100, 10, 1)
SMALL = 10_000
PLACE_BITS = 40  # a row of ours has its position in the lower bits of its place

Row = tuple[Any, ...]


def main() -> None:
    """Measure and print all tables."""
    if find_spec("sqlalchemy") is None:
        print("SQLAlchemy is not installed: its rows are left out\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.db")
        for full in (False, True):
            for ordered in (False, True):
                appends(path, ordered=ordered, full=full)
        sizes(path)
        reading(path)
        syncs(path)


def rows(count: int, *, ordered: bool) -> list[Row]:
    """Events with 235 bytes of text; ids like digests, or in the order of time."""
    dice = random.Random(1)
    made: list[Row] = []
    for nth in range(1, count + 1):
        chance = dice.getrandbits(64)
        head = nth if ordered else dice.getrandbits(64)
        ids = f"{head:016x}{chance:016x}"
        member = f"m{dice.getrandbits(32):08x}"
        text = '{"n":"' + "x" * 227 + '"}'
        at = 1_700_000_000_000_000 + nth
        made.append((1, nth, ids, "message", at, at, member, 0, text))
    return made


def commits(made: Sequence[Row], size: int) -> list[Commit]:
    """The same rows as our store takes them."""
    return [
        Commit(
            community="c",
            expected=start // size,
            events=tuple(stored(row) for row in made[start : start + size]),
        )
        for start in range(0, len(made), size)
    ]


def stored(row: Row) -> StoredEvent:
    """The row as a value."""
    _, _, name, kind, at, recorded_at, member, derived, data = row
    return StoredEvent(
        id=name,
        kind=kind,
        at=at,
        recorded_at=recorded_at,
        member=member,
        derived=bool(derived),
        data=data,
    )


def ours(path: Path, batches: Sequence[Commit], *, full: bool) -> None:
    """Append each commit."""
    with SqliteStore.open(path, durable=full) as store:
        for commit in batches:
            store.append(commit)


def writers(
    path: Path, made: Sequence[Row], *, full: bool
) -> dict[str, Callable[[], None]]:
    """All writers of the same rows; each begins with no file."""
    parts = [made[start : start + BATCH] for start in range(0, len(made), BATCH)]
    batches = commits(made, BATCH)
    values = [commit.events for commit in batches]
    found: dict[str, Callable[[], None]] = {
        PLAIN: partial(plain, path, parts, full=full),
        OURS: partial(ours, path, batches, full=full),
    }
    if find_spec("sqlalchemy") is not None:
        for name, own in ((ALCHEMY, False), (TUNED, True)):
            found[name] = partial(sqlalchemy_core, path, values, full=full, own=own)
    return found


def anew(path: Path, write: Callable[[], object]) -> None:
    """Write to a file that is not there yet."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    write()


def appends(path: Path, *, ordered: bool, full: bool) -> None:
    """Batches of a thousand events, for one kind of ids and one kind of syncing."""
    made = rows(EVENTS, ordered=ordered)
    found = writers(path, made, full=full)
    for name, write in found.items():
        anew(path, write)
        assert contents(path, "community_events" if name == OURS else "log") == made
    kind = "in order of time" if ordered else "like digests"
    level = "FULL" if full else "NORMAL"
    print(f"{EVENTS:,} events in commits of {BATCH:,}; ids {kind}; synchronous {level}")
    timed = {name: partial(anew, path, write) for name, write in found.items()}
    measured = ratios(timed, base=PLAIN, number=1, each=EVENTS, per="event")
    by_name = {one.name: one for one in measured}
    for name in (ALCHEMY, TUNED):
        if name in by_name:
            faster = by_name[name].ratio / by_name[OURS].ratio
            print(f"{faster:.2f} times as fast as {name}")
    print()


def contents(path: Path, table: str) -> list[Row]:
    """All rows in order of position."""
    columns = ", ".join(COLUMNS)
    order = "position"
    if table != "log":
        order = "place"
        columns = columns.replace("position", f"place & {(1 << PLACE_BITS) - 1}")
    with closing(sqlite3.connect(path)) as connection:
        asked = f"SELECT {columns} FROM {table} ORDER BY {order}"  # noqa: S608 - ours
        return connection.execute(asked).fetchall()


def sizes(path: Path) -> None:
    """The same events in larger and smaller commits."""
    made = rows(SMALL, ordered=False)
    print(f"{SMALL:,} events, ids like digests, synchronous NORMAL, by size of commit")
    found = {
        f"{size:,}": partial(
            anew, path, partial(ours, path, commits(made, size), full=False)
        )
        for size in SIZES
    }
    ratios(found, base=f"{SIZES[0]:,}", number=1, each=SMALL, per="event")


def reading(path: Path) -> None:
    """The whole log as values beside the bare rows."""
    made = rows(EVENTS, ordered=False)
    anew(path, partial(ours, path, commits(made, BATCH), full=False))
    assert contents(path, "community_events") == made
    with SqliteStore.open(path) as store:
        assert sum(1 for _ in store.events("c")) == EVENTS
        print(f"reading {EVENTS:,} events")
        ratios(
            {
                "bare rows, all at once": partial(contents, path, "community_events"),
                OURS: lambda: sum(1 for _ in store.events("c")),
            },
            base="bare rows, all at once",
            number=1,
            each=EVENTS,
            per="event",
        )


def syncs(path: Path) -> None:
    """Count how often a durable commit syncs, by watching the calls of a process."""
    strace = shutil.which("strace")
    if strace is None:
        print("strace is not installed: syncs per commit were not counted")
        return
    few, many = (counted(strace, path, count) for count in (10, 10 + SYNCED))
    log, other = (many[kind] - few[kind] for kind in ("log", "other"))
    print(f"syncs for {SYNCED} more durable commits: log {log}, other files {other}")
    assert (log, other) == (SYNCED, 0)


def counted(strace: str, path: Path, count: int) -> dict[str, int]:
    """Sync calls of a process that makes *count* durable commits."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from bench.bench_store import anew, commits, ours, rows\n"
        "path, count = Path(sys.argv[1]), int(sys.argv[2])\n"
        "batches = commits(rows(count, ordered=False), 1)\n"
        "anew(path, lambda: ours(path, batches, full=True))\n"
    )
    notes = path.with_name("calls.txt")
    watch = [strace, "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", str(notes)]
    run = [sys.executable, "-c", program, str(path), str(count)]
    subprocess.run([*watch, *run], check=True)
    calls = re.findall(r"f(?:data)?sync\(\d+<([^>]*)>", notes.read_text())
    logged = sum(name.endswith("-wal") for name in calls)
    return {"log": logged, "other": len(calls) - logged}


if __name__ == "__main__":
    main()
