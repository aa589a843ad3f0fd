"""A period report in a terminal: plain text in columns, Chinese or English (S22)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from community_sdk.report._columns import spark, table, width, wrap
from community_sdk.report.period._figures import PeriodFigures
from community_sdk.report.period._outline import Grid
from community_sdk.report.period._sections import sections
from community_sdk.report.period._words import Words

__all__ = ["render"]

_NARROWEST: Final = 40


def render(report: PeriodFigures, lang: str, *, width: int = 88) -> str:
    """Return *report* as text of at most *width* cells a line where words allow it.

    Chinese characters count for two cells. The text has no colours and no escape
    sequences, so that it can be kept and compared.
    """
    return "\n".join(_lines(Words(report, lang), max(width, _NARROWEST))) + "\n"


def _lines(words: Words, cells: int) -> Iterator[str]:
    name = f"{words.name} · {words.title}"
    yield name
    yield "═" * min(width(name), cells)
    for line in words.lead():
        yield from wrap(line, cells)
    if words.report.credit:
        yield from wrap(words("report.credit", credit=words.report.credit), cells)
    for section in sections(words):
        yield from _head(section.title, cells)
        for said in section.said:
            yield from _point(said, cells)
        if section.trend:
            yield f"  {spark(section.trend, cells - 4)}"
        for grid in section.grids:
            yield from _grid(grid, cells)
        if section.key == "cohorts":
            for caption in section.captions:
                yield from _point(caption, cells)
    yield from _head(words("section.notes"), cells)
    for note in words.notes():
        yield from _point(note, cells)


def _head(title: str, cells: int) -> Iterator[str]:
    yield ""
    yield title
    yield "─" * min(width(title), cells)


def _point(text: str, cells: int) -> Iterator[str]:
    first, *rest = wrap(text, cells - 4)
    yield f"  · {first}"
    for line in rest:
        yield f"    {line}"


def _grid(grid: Grid, cells: int) -> Iterator[str]:
    """Yield a table; columns on the right that do not fit are left out."""
    columns = len(grid.head)
    rows = [list(grid.head), *map(list, grid.rows)]
    widths = [max(width(row[c]) for row in rows) + 2 for c in range(columns)]
    while columns > grid.words + 1 and sum(widths[:columns]) > cells:
        columns -= 1
    right = [c >= grid.words for c in range(columns)]
    yield from table([row[:columns] for row in rows], right)
