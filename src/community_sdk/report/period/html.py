"""A period report as one HTML file: no network, no script, light and dark (S22).

Laws: everything that comes from input is escaped; equal reports give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk.report._markup import Html, details, join, table, tag
from community_sdk.report._shell import shell, style
from community_sdk.report.period._figures import PeriodFigures
from community_sdk.report.period._outline import Grid, Section
from community_sdk.report.period._sections import sections
from community_sdk.report.period._words import Words

__all__ = ["fragment", "render"]


def render(report: PeriodFigures, lang: str, *, plots: bool = True) -> str:
    """Return a whole page in ``zh`` or ``en`` that needs nothing but itself.

    *plots* False writes tables in place of drawings.

    Raises:
        MissingExtraError: matplotlib is not installed and *plots* is wanted.
    """
    words = Words(report, lang)
    title = f"{words.name} · {words.title} · {report.name}"
    return shell(title, words.lang, _body(words, plots=plots))


def fragment(report: PeriodFigures, lang: str) -> str:
    """Return the report as a part of another page, without plots."""
    return join([tag("style", style()), _body(Words(report, lang), plots=False)])


def _body(words: Words, *, plots: bool) -> Html:
    parts = [_section(words, one, plots=plots) for one in sections(words)]
    notes = tag("ul", *(tag("li", n) for n in words.notes()), cls="notes")
    last = _frame("notes", words("section.notes"), notes)
    main = tag("main", _head(words), *parts, last)
    return tag("div", tag("div", main, _foot(words)), cls="community-report")


def _head(words: Words) -> Html:
    tiles = [
        tag("div", tag("dt", name), tag("dd", value))
        for value, name in words.headline()
    ]
    return tag(
        "header",
        tag("h1", tag("small", words.title), words.name),
        tag("ul", *(tag("li", line) for line in words.lead()), cls="lead"),
        tag("dl", *tiles, cls="tiles"),
    )


def _frame(key: str, title: str, *parts: str) -> Html:
    name = tag("h2", title, id=f"{key}-h")
    return tag("section", name, *parts, aria_labelledby=f"{key}-h")


def _section(words: Words, section: Section, *, plots: bool) -> Html:
    parts: list[Html] = []
    if section.key == "findings":
        points = [tag("li", said) for said in section.said]
        parts.append(tag("ul", *points, cls="notes"))
    else:
        parts += [tag("p", said) for said in section.said]
    parts += _shown(words, section, plots=plots)
    return _frame(section.key, section.title, *parts)


def _shown(words: Words, section: Section, *, plots: bool) -> Iterator[Html]:
    grids = [_grid(grid) for grid in section.grids]
    if plots and section.draw is not None:
        drawn = tag("div", section.draw(section.key), tabindex="0")
        captions = [tag("figcaption", text) for text in section.captions]
        yield tag("figure", drawn, *captions)
        tables = join(grids)
        yield tables if section.beside else details(words("report.data"), tables)
    else:
        yield from grids


def _grid(grid: Grid) -> Html:
    numbers = range(grid.words, len(grid.head))
    return table(grid.head, grid.rows, numbers=numbers)


def _foot(words: Words) -> Html:
    credit = words.report.credit
    parts = [tag("p", words("report.credit", credit=credit))] if credit else []
    return tag("footer", *parts, tag("p", words("report.made")))
