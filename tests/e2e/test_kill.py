"""A run that is killed at random points ends as an undisturbed one."""

from __future__ import annotations

import gzip
import random
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.playbook import load
from tests.processes import unmeasured

ROWS = 12_000


def command(folder: Path, store: str) -> list[str]:
    """Return a run of the shipped history on a store."""
    shipped = Path(__file__).parents[2] / "src/community_sdk/cli/demo_data"
    return [
        sys.executable,
        "-m",
        "community_sdk.cli",
        "run",
        "--playbook",
        "smart_home",
        "--zone",
        "Asia/Tokyo",
        "--events",
        str(folder / "history.csv"),
        "--mapping",
        str(shipped / "dd2030_slack.toml"),
        "--store",
        f"sqlite:///{store}",
    ]


def whole_state(path: Path) -> dict[str, object]:
    """Return all that a store holds, in an order that does not depend on batches."""
    store = SqliteStore.open(path)
    name = str(load("smart_home").community.key)
    try:
        return {
            "events": sorted(e.data for e in store.events(name)),
            "decisions": sorted(d.data for d in store.decisions(name)),
            "partitions": sorted((p.key, p.data) for p in store.partitions(name)),
        }
    finally:
        store.close()


@pytest.mark.parametrize("seed", range(2))
def test_nothing_is_lost_and_nothing_done_twice(tmp_path: Path, seed: int) -> None:
    """Kill, run again, kill again, run to the end: the same events and decisions."""
    shipped = Path(__file__).parents[2] / "src/community_sdk/cli/demo_data"
    with gzip.open(shipped / "dd2030_slack.csv.gz", "rt", encoding="utf-8") as file:
        lines = list(islice(file, ROWS))
    (tmp_path / "history.csv").write_text("".join(lines), "utf-8")
    smooth, killed = tmp_path / "smooth.db", tmp_path / "killed.db"
    call = command(tmp_path, str(smooth))
    subprocess.run(call, check=True, capture_output=True, env=unmeasured())
    rng = random.Random(seed)  # noqa: S311 - moments of death
    kills = sum(killed_while_writing(tmp_path, killed, rng) for _ in range(3))
    last = subprocess.run(
        command(tmp_path, str(killed)),
        check=False,
        capture_output=True,
        text=True,
        env=unmeasured(),
    )
    assert last.returncode == 0, last.stderr
    assert kills
    assert whole_state(killed) == whole_state(smooth)


def killed_while_writing(folder: Path, store: Path, rng: random.Random) -> bool:
    """Kill a run soon after it has begun to write; tell whether it died of it."""
    log = Path(f"{store}-wal")
    process = subprocess.Popen(
        command(folder, str(store)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=unmeasured(),
    )
    while process.poll() is None and not (log.exists() and log.stat().st_size):
        time.sleep(0.01)
    time.sleep(rng.uniform(0, 0.4))
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL
