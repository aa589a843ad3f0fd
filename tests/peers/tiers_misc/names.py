"""The words of the cases on tiers, points and leagues as those of the library."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from community_sdk import Money
from tests.peers.frame import Names, Plain, at

COIN: Final = "CNY"


def ranking(text: str) -> Plain:
    """Return what decides between two, of `key asc` or `key desc`."""
    by, best, *_ = text.split()
    return {"by": NAMES["by"].get(by, by), "best": NAMES["best"][best]}


def figure(text: str) -> str:
    """Return the condition of `metric>number`."""
    return re.sub(r"^\s*(\w+)", r'balance("\1")', text)


def minor(amount: object) -> int:
    """Return an amount of money in minor units."""
    return Money.of(str(amount), COIN).amount


def major(number: int) -> object:
    """Return minor units as an amount of money."""
    whole, part = divmod(number, minor(1))
    return number / minor(1) if part else whole


WORDS: Final = Names(
    Path(__file__).parent / "words.toml",
    yes=lambda truth: truth or None,
    text=str,
    moment=at,
    days=lambda number: f"{number}d",
    months=lambda number: f"{number} months" if number else None,
    money=lambda amount: {"amount": minor(amount), "currency": COIN},
    given=lambda word: NAMES["given"].get(word, f"case:{word}"),
    ranking=ranking,
    figure=figure,
)
NAMES: Final[Plain] = WORDS.tables["names"]
