"""The example decides what it says."""

from pathlib import Path
from runpy import run_path

MAIN = run_path(str(Path(__file__).with_name("main.py")))


def test_every_breach_is_answered() -> None:
    """Each breach leads to a sanction that is worded in both languages."""
    english = list(MAIN["decide"]("en"))
    chinese = list(MAIN["decide"]("zh"))
    assert sum(line.startswith("apply_sanction") for line in english) == 3
    assert len(chinese) == len(english)
    assert all("flooding" not in line for line in chinese)
