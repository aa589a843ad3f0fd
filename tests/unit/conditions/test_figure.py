"""Figures in words: exact, signed and readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.conditions.figure import lasting, quoted, shown

SIZES = {
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "min": 60_000_000,
    "s": 10**6,
    "us": 1,
}


@given(st.integers(-(2**63), 2**63))
def test_lengths_are_exact(us: int) -> None:
    """The words add up to the length, with the largest first."""
    text = lasting(us)
    parts = [re.fullmatch(r"(\d+)([a-z]+)", word) for word in text.strip("-").split()]
    total = sum(int(part[1]) * SIZES[part[2]] for part in parts if part)
    assert (-total if text.startswith("-") else total) == us


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0s"),
        (129_600_000_000, "1d 12h"),
        (-300_000_000, "-5min"),
        (61_000_001, "1min 1s 1us"),
    ],
)
def test_lengths_read_well(us: int, text: str) -> None:
    """Days, hours, minutes, seconds; what is zero is left out."""
    assert lasting(us) == text


@given(st.text())
def test_what_is_shown_is_one_visible_line(text: str) -> None:
    """A message never breaks its line or turns its letters, and stays short."""
    line = shown(text)
    assert len(line) <= 40
    assert not set(line) & set("\n\r\x00\u202e\u2028")


def test_quotes_are_escaped() -> None:
    """Quotes, backslashes and hidden signs; letters of any script stay as they are."""
    assert quoted('群"\\\n\u202e\x07é') == '"群\\"\\\\\\n\\u202e\\u0007é"'
