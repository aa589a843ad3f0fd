"""A writer that is killed at a random moment loses nothing that it acknowledged."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.ports import Commit, StoredDecision, StoredEvent, StoredPartition

ROUNDS = 12
EVENTS = 12
DATA = "x" * 12_000


def write_until_killed(path: str, *, durable: bool) -> None:
    """Append for ever; print each version once it is acknowledged."""
    with SqliteStore.open(path, durable=durable) as store:
        # So that writers die within checkpoints as well.
        store._link.ask("PRAGMA wal_autocheckpoint = 100")
        version = store.version("c")
        while True:
            store.append(commit(version))
            version += 1
            print(version, flush=True)  # noqa: T201 - the acknowledgement


def commit(version: int) -> Commit:
    """All kinds of records, recognisable by the version."""
    return Commit(
        community="c",
        expected=version,
        events=tuple(
            StoredEvent(
                id=f"{version}.{nth}",
                kind="message",
                at=version,
                recorded_at=version,
                member="ann",
                data=DATA,
            )
            for nth in range(EVENTS)
        ),
        decisions=(
            StoredDecision(
                id=f"{version}",
                kind="promote",
                policy="ladder",
                member="ann",
                at=version,
                mode="act",
                data="{}",
                pending=True,
            ),
        ),
        partitions=(StoredPartition(key="ann", data=f"{version}", due=version),),
        notes={"version": f"{version}"},
    )


@pytest.mark.parametrize("durable", [True, False])
def test_killed_at_random_points(tmp_path: Path, *, durable: bool) -> None:
    """All acknowledged commits are there, no half commit, and it goes on."""
    path = tmp_path / "x.db"
    dice = random.Random(7)  # noqa: S311 - moments, no secrets
    acknowledged = 0
    for _ in range(ROUNDS):
        acknowledged = max(acknowledged, *killed_writer(path, dice, durable=durable))
        with SqliteStore.open(path) as store:
            version = store.version("c")
            # One commit may have been written and its answer lost.
            assert acknowledged <= version <= acknowledged + 1
            assert_whole(store, version)
            acknowledged = version
    assert acknowledged > ROUNDS


def killed_writer(path: Path, dice: random.Random, *, durable: bool) -> list[int]:
    """Let a writer work for a moment, kill it; return what it acknowledged."""
    program = f"import {__name__} as t; t.write_until_killed({str(path)!r}, "
    program = f"{program}durable={durable})"
    place = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
    with subprocess.Popen(
        [sys.executable, "-c", place + program.replace(__name__, Path(__file__).stem)],
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(dice.randrange(1, 6))]
        time.sleep(dice.random() * 0.05)
        writer.kill()
        told += writer.stdout.readlines()
    # The last line may be cut: an acknowledgement nobody has read.
    return [int(line) for line in told if line.endswith("\n")]


def assert_whole(store: SqliteStore, version: int) -> None:
    """Each commit up to *version* is there with all its records, and no other."""
    assert store._link.ask("PRAGMA integrity_check") == [("ok",)]
    events = list(store.events("c"))
    assert [e.id for e in events] == [
        f"{commit}.{nth}" for commit in range(version) for nth in range(EVENTS)
    ]
    assert [e.position for e in events] == list(range(1, version * EVENTS + 1))
    assert all(e.data == DATA for e in events)
    decisions = [d.id for d in store.decisions("c", member="ann")]
    assert decisions == [f"{commit}" for commit in range(version)]
    assert len(store.pending("c", version + 1)) == version
    assert [p.data for p in store.partitions("c")] == [f"{version - 1}"]
    assert store.due("c", version, 9) == ("ann",)
    assert store.notes("c") == {"version": f"{version - 1}"}
