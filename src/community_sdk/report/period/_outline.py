"""What a section of a period report is made of, before it is a page or a text (S22)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from community_sdk.report._markup import Html
from community_sdk.report.period._words import Words
from community_sdk.report.period.rows import Number

__all__ = ["Grid", "Section", "as_told", "heads", "number", "picture", "titled"]

Draw = Callable[[str], Html]


@frozen
class Grid:
    """A table: its head, its rows, and how many columns on the left are words."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1


@frozen(kw_only=True)
class Section:
    """A title, sentences, tables and a picture in place of the first of them.

    *trend* are figures over time for a line of blocks, where there is no picture.
    *beside*: the tables stand beside the picture, which does not tell all of them.
    """

    key: str
    title: str
    said: Sequence[str] = ()
    grids: Sequence[Grid] = ()
    draw: Draw | None = None
    captions: Sequence[str] = ()
    trend: Sequence[int] = ()
    beside: bool = False


def picture(name: str, words: Words, *more: object) -> Draw:
    """Return what draws, so that only a page with pictures needs the library."""

    def draw(key: str) -> Html:
        from community_sdk.report.period import plots

        picture: Callable[..., Html] = getattr(plots, name)
        return picture(words, *more, key)

    return draw


def titled(words: Words, key: str) -> str:
    """Return the title of a section."""
    return words(f"period.section_{key}")


def heads(words: Words, *keys: str) -> list[str]:
    """Return the heads of columns."""
    return [words(f"period.head_{key}") for key in keys]


def as_told(figure: str | None) -> str:
    """Return a figure that a scorecard tells, whole numbers as others are read."""
    if figure is None:
        return "–"
    return number(int(figure)) if figure.isdecimal() else figure


def number(value: Number | None) -> str:
    """Return a figure; a dash where nothing was observed."""
    return "–" if value is None else f"{value:,}"
