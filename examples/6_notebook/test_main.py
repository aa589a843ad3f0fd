"""The notebook runs from top to bottom, and shows what it says."""

from pathlib import Path
from runpy import run_path

import pytest


def test_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Frames lose nothing, and a shorter night has fewer breaches."""
    cells = run_path(str(Path(__file__).with_name("main.py")))
    counts = cells["table"].counts
    assert counts.refused == 0
    assert counts.events == len(cells["events"]) > 20_000
    assert cells["plain"].counts["events"] == counts.events
    assert cells["breaches"](cells["later"]) < cells["breaches"](cells["plain"])
    assert "from midnight" in capsys.readouterr().out
