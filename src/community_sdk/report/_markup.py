"""HTML that cannot be injected into: text is escaped unless it was made here."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["Html", "bars", "details", "join", "table", "tag"]

_VOID: Final = frozenset({"meta", "br"})


class Html(str):
    """Text that is HTML already; only this module and `plots` make it."""

    __slots__ = ()


class Bar(Html):
    """A bar in a cell of a table."""

    __slots__ = ()


def _safe(child: str) -> str:
    return child if isinstance(child, Html) else html.escape(child)


def join(children: Iterable[str], between: str = "") -> Html:
    """Put *children* side by side, escaping those that are plain text."""
    return Html(_safe(between).join(map(_safe, children)))


def tag(element: str, /, *children: str, **attributes: str | None) -> Html:
    """Return an element; ``cls`` is its class, ``_`` in names stands for ``-``."""
    pairs: list[str] = []
    for key, value in attributes.items():
        if value is not None:
            name = "class" if key == "cls" else key.replace("_", "-")
            pairs.append(f' {name}="{html.escape(value)}"')
    opening = f"<{element}{''.join(pairs)}>"
    return Html(
        opening if element in _VOID else f"{opening}{join(children)}</{element}>"
    )


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Iterable[int] = (),
) -> Html:
    """Return a table; columns in *numbers* (from 0) hold figures."""
    figures = frozenset(numbers)

    def cell(name: str, place: int, text: str) -> Html:
        kind = "num" if place in figures else None
        if isinstance(text, Bar):
            kind = "chart"
        scope = "col" if name == "th" else None
        return tag(name, text, cls=kind, scope=scope)

    titles = [cell("th", i, text) for i, text in enumerate(head)]
    body = [
        tag("tr", *(cell("td", i, text) for i, text in enumerate(row))) for row in rows
    ]
    parts = [tag("thead", tag("tr", *titles)), tag("tbody", *body)]
    return tag("div", tag("table", *parts), cls="scroll", tabindex="0")


def details(title: str, inside: Html) -> Html:
    """Return something that opens when it is asked for."""
    return tag("details", tag("summary", title), inside)


def bars(value: int, most: int) -> Bar:
    """Return a bar whose length is *value* of *most*, for the eye alone."""
    share = value * 1000 // most if most else 0
    width = max(share, 4) if value else 0
    style = f"width:{width // 10}.{width % 10}%"
    return Bar(tag("span", tag("span", style=style), cls="bar", aria_hidden="true"))
