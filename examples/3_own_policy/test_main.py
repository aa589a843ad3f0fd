"""The example decides what it says."""

from pathlib import Path
from runpy import run_path

MAIN = run_path(str(Path(__file__).with_name("main.py")))


def test_the_owl_is_thanked() -> None:
    """The local clock stands in the reason."""
    (why,) = MAIN["run"]()
    assert "22:30" in why
