"""A run that is killed at random points ends as an undisturbed one."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.playbook import load

ROWS = 4_000


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
    import gzip

    shipped = Path(__file__).parents[2] / "src/community_sdk/cli/demo_data"
    with gzip.open(shipped / "dd2030_slack.csv.gz", "rt", encoding="utf-8") as file:
        lines = [line for _, line in zip(range(ROWS), file, strict=False)]
    (tmp_path / "history.csv").write_text("".join(lines), "utf-8")
    smooth, killed = tmp_path / "smooth.db", tmp_path / "killed.db"
    subprocess.run(command(tmp_path, str(smooth)), check=True, capture_output=True)
    rng = random.Random(seed)
    kills = 0
    for _ in range(4):
        process = subprocess.Popen(
            command(tmp_path, str(killed)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(rng.uniform(0.3, 1.6))
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    last = subprocess.run(
        command(tmp_path, str(killed)), check=False, capture_output=True, text=True
    )
    assert last.returncode == 0, last.stderr
    assert kills
    assert whole_state(killed) == whole_state(smooth)
