"""The example decides what it says."""

from pathlib import Path
from runpy import run_path

MAIN = run_path(str(Path(__file__).with_name("main.py")))


def test_the_tenth_day_brings_the_rise() -> None:
    """One decision, explained with both figures."""
    (why,) = MAIN["run"]("en")
    assert "20" in why
    assert "10" in why
