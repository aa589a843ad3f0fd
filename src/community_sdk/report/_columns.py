"""Text in columns for a terminal, where Chinese characters are two cells wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["bar", "pad", "spark", "table", "width", "wrap"]

_BLOCKS: Final = " ▏▎▍▌▋▊▉█"
_SPARKS: Final = "▁▂▃▄▅▆▇█"
_NO_START: Final = frozenset("，。；：、！？）》”’…%,.;:!?)")
_HALF: Final = 8


def width(text: str) -> int:
    """Return how many cells *text* takes on a terminal."""
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """Return *text* filled up with spaces to *cells*, at its left where *right*."""
    space = " " * max(cells - width(text), 0)
    return space + text if right else text + space


def table(
    rows: Iterable[Sequence[str]], right: Sequence[bool], *, indent: str = "  "
) -> list[str]:
    """Return *rows* in columns; those marked in *right* end at their right edge."""
    listed = [list(row) for row in rows]
    columns = range(len(right))
    widths = [max((width(row[c]) for row in listed), default=0) for c in columns]
    out: list[str] = []
    for row in listed:
        cells = [pad(row[c], widths[c], right=right[c]) for c in columns]
        out.append((indent + "  ".join(cells)).rstrip())
    return out


def bar(value: int, most: int, cells: int) -> str:
    """Return a bar of at most *cells* for *value*; anything above 0 can be seen."""
    if most <= 0 or value <= 0:
        return ""
    eighths = max(value * cells * _HALF // most, 1)
    rest = _BLOCKS[eighths % _HALF]
    return ("█" * (eighths // _HALF) + rest).rstrip()


def spark(values: Sequence[int], cells: int) -> str:
    """Return *values* as a line of blocks, neighbours put together to fit *cells*."""
    if not values:
        return ""
    size = -(-len(values) // max(cells, 1))
    sums = [sum(values[i : i + size]) for i in range(0, len(values), size)]
    most = max(sums) or 1
    top = len(_SPARKS) - 1
    return "".join(_SPARKS[-(-max(v, 0) * top // most)] for v in sums)


def wrap(text: str, cells: int, *, indent: str = "") -> list[str]:
    """Break *text* into lines of at most *cells*; Chinese may break anywhere.

    A mark that may not begin a line hangs over, by a cell or two.
    """
    limit = max(cells - width(indent), 10)
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        over = width(line) + width(piece.rstrip()) > limit
        if over and line.strip() and piece.strip() and piece not in _NO_START:
            lines.append(indent + line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        lines.append(indent + line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """Cut *text* where a line may break: after spaces and around wide characters."""
    out: list[str] = []
    for char in text:
        wide = _cells(char) > 1
        joined = out and not wide and not out[-1].endswith(" ") and not _wide(out[-1])
        if joined:
            out[-1] += char
        else:
            out.append(char)
    return out


def _wide(piece: str) -> bool:
    return bool(piece) and _cells(piece[-1]) > 1
