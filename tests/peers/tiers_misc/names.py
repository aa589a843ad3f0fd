"""The words of the cases on tiers, points and leagues as those of the library."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.peers.frame import Names, Plain, at


def ranking(text: str) -> Plain:
    """Return what decides between two, of `key asc` or `key desc`."""
    by, best, *_ = text.split()
    return {"by": NAMES["by"].get(by, by), "best": NAMES["best"][best]}


WORDS: Final = Names(
    Path(__file__).parent / "words.toml",
    yes=lambda truth: truth or None,
    text=str,
    moment=at,
    months=lambda number: f"{number} months" if number else None,
    ranking=ranking,
)
NAMES: Final[Plain] = WORDS.tables["names"]
