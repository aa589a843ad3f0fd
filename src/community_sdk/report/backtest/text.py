"""A backtest in a terminal: plain text in columns, Chinese or English (S22 S29)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import define

from community_sdk.backtest import Comparison
from community_sdk.report._columns import bar, spark, table, width, wrap
from community_sdk.report.backtest._words import Words
from community_sdk.wording import Names

__all__ = ["render"]

_NARROWEST: Final = 40
_BAR: Final = 24
_ROWS: Final = 30


def render(
    found: Comparison,
    lang: str,
    *,
    names: Names | None = None,
    source: str = "",
    width: int = 88,
) -> str:
    """Return *found* as text of at most *width* cells a line where words allow it.

    *names* are the titles of a playbook, *source* is the name of the table.
    """
    words = Words(found, lang, names or Names(), source)
    return "\n".join(_Page(words, max(width, _NARROWEST)).lines()) + "\n"


@define
class _Page:
    words: Words
    cells: int

    def lines(self) -> Iterator[str]:
        words = self.words
        title = words.title()
        yield title
        yield "═" * min(width(title), self.cells)
        for line in words.lead():
            yield from wrap(line, self.cells)
        yield ""
        yield from table(words.headline(), (True, False))
        yield from self._treatment()
        yield from self._differences()
        yield from self._when()
        yield from self._examples()
        yield from self._bullets("section_impossible", words.after())
        yield from self._bullets("", words.notes())

    def _section(self, name: str) -> Iterator[str]:
        yield ""
        title = self.words(f"backtest.{name}" if name else "section.notes")
        yield title
        yield "─" * min(width(title), self.cells)

    def _treatment(self) -> Iterator[str]:
        words = self.words
        yield from self._section("section_treatment")
        yield from wrap(words.summary(), self.cells, indent="  ")
        rows = words.treatments()
        most = max(count for _, count in rows)
        body = [(name, f"{count:,}", bar(count, most, _BAR)) for name, count in rows]
        yield from table(body, (False, True, False))

    def _differences(self) -> Iterator[str]:
        words, rows = self.words, self.words.found.differences
        if not rows:
            return
        yield from self._section("section_differences")
        body = [words.heads(), *map(words.cells, rows[:_ROWS])]
        yield from table(body, (False, False, False, False, True, True))
        if len(rows) > _ROWS:
            yield f"  {words('backtest.more', count=len(rows) - _ROWS)}"

    def _when(self) -> Iterator[str]:
        words = self.words
        if not words.found.days:
            return
        yield from self._section("section_when")
        yield from wrap(words.over_time(), self.cells, indent="  ")
        _, other = words.labels
        buckets = words.buckets()[1]
        lines = [
            (words("backtest.harsher", other=other), [b.harsher for b in buckets]),
            (words("backtest.milder", other=other), [b.milder for b in buckets]),
        ]
        room = self.cells - 4 - max(width(name) for name, _ in lines)
        drawn = [(name, spark(values, max(room, 10))) for name, values in lines]
        yield from table(drawn, (False, False))

    def _examples(self) -> Iterator[str]:
        told = self.words.examples()
        if not told:
            return
        yield from self._section("section_examples")
        for nth, each in enumerate(told, start=1):
            yield f"{nth:>3}. {each.head}"
            for label, head, reasons in each.sides:
                line = self.words("backtest.side", side=label, what=head)
                yield from wrap(line, self.cells, indent="     ")
                yield from wrap(reasons, self.cells, indent="       ")
            yield from wrap(each.meta, self.cells, indent="     ")

    def _bullets(self, section: str, said: list[str] | Iterator[str]) -> Iterator[str]:
        lines = list(said)
        if not lines:
            return
        yield from self._section(section)
        for line in lines:
            first, *rest = wrap(line, self.cells - 4)
            yield f"  · {first}"
            for more in rest:
                yield f"    {more}"
