"""The example decides what it says."""

from pathlib import Path
from runpy import run_path

MAIN = run_path(str(Path(__file__).with_name("main.py")))


def test_the_second_webhook_does_nothing() -> None:
    """One task, although the breach came twice."""
    counts, tasks = MAIN["run"]()
    assert counts == [1, 0]
    assert len(tasks) == 1
