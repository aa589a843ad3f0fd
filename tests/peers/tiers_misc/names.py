"""The words of the cases on tiers, points and leagues as those of the library."""

from __future__ import annotations

import re
from functools import reduce
from pathlib import Path
from typing import Any, Final

from community_sdk import Money
from tests.peers.frame import Names, Plain, at

COIN: Final = "CNY"


def ranking(text: str) -> Plain:
    """Return what decides between two, of `key asc` or `key desc`."""
    by, best, *_ = text.split()
    return {"by": NAMES["by"].get(by, by), "best": NAMES["best"][best]}


def minor(amount: object) -> int:
    """Return an amount of money in minor units."""
    return Money.of(str(amount), COIN).amount


WORDS: Final = Names(
    Path(__file__).parent / "words.toml",
    yes=lambda truth: truth or None,
    text=str,
    moment=at,
    minus=lambda number: -number,
    at_once=lambda _: "immediate",
    at_review=lambda _: "at_review",
    at_expiry=lambda _: "at_expiry",
    days=lambda number: f"{number}d",
    months=lambda number: f"{number} months" if number else None,
    money=lambda amount: {"amount": minor(amount), "currency": COIN},
    given=lambda word: NAMES["given"].get(word, f"case:{word}"),
    figure=lambda text: re.sub(r"^\s*(\w+)", r'balance("\1")', text),
    ranking=ranking,
)
TABLES: Final[dict[str, Any]] = {**WORDS.tables}
NAMES: Final[dict[str, Any]] = TABLES["names"]


class Read:
    """Answers by the table of where they stand."""

    def __getattr__(self, key: str) -> Any:
        """Return the answer called *key*."""
        if key not in TABLES["read"]:
            raise AttributeError(key)
        path, *words = TABLES["read"][key].split("|")
        value: Any = reduce(getattr, path.split("."), self)
        return reduce(lambda found, word: getattr(self, word)(found), words, value)
