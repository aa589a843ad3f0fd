"""A backtest as one HTML file: no network, no script, light and dark (S22 S29).

Laws: everything that comes from input is escaped; equal comparisons give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import define

from community_sdk.backtest import Comparison
from community_sdk.report._markup import Html, bars, details, table, tag
from community_sdk.report._shell import shell
from community_sdk.report.backtest._words import Told, Words
from community_sdk.wording import Names

__all__ = ["render"]

_ROWS: Final = 60


def render(
    found: Comparison,
    lang: str,
    *,
    names: Names | None = None,
    source: str = "",
    plots: bool = True,
) -> str:
    """Return a whole page in ``zh`` or ``en`` that needs nothing but itself.

    *names* are the titles of a playbook, *source* is the name of the table; *plots*
    False leaves the pictures out.

    Raises:
        MissingExtraError: matplotlib is not installed and *plots* is wanted.
    """
    words = Words(found, lang, names or Names(), source)
    page = _Page(words, plots=plots)
    return shell(words.title(), words.lang, page.body())


@define
class _Page:
    words: Words
    plots: bool

    def body(self) -> Html:
        words = self.words
        parts = [
            self._head(),
            self._treatment(),
            *self._differences(),
            *self._when(),
            *self._examples(),
            *self._bullets("backtest.section_impossible", words.after()),
            *self._bullets("section.notes", words.notes()),
        ]
        foot = tag("footer", tag("p", words("report.made")))
        main = tag("div", tag("main", *parts), foot)
        return tag("div", main, cls="community-report")

    def _head(self) -> Html:
        words = self.words
        tiles = [
            tag("div", tag("dt", name), tag("dd", value))
            for value, name in words.headline()
        ]
        return tag(
            "header",
            tag("h1", tag("small", words("backtest.heading")), words.title()),
            tag("ul", *(tag("li", line) for line in words.lead()), cls="lead"),
            tag("dl", *tiles, cls="tiles"),
        )

    def _section(self, key: str, *parts: str) -> Html:
        name = key.partition(".")[2].removeprefix("section_")
        title = tag("h2", self.words(key), id=f"{name}-h")
        return tag("section", title, *parts, aria_labelledby=f"{name}-h")

    def _treatment(self) -> Html:
        words, rows = self.words, self.words.treatments()
        most = max(count for _, count in rows)
        grid = table(
            ["", words("label.members"), ""],
            ((name, f"{count:,}", bars(count, most)) for name, count in rows),
            numbers=(1,),
        )
        said = tag("p", words.summary())
        return self._section("backtest.section_treatment", said, grid)

    def _differences(self) -> Iterator[Html]:
        words, rows = self.words, self.words.found.differences
        if not rows:
            return
        grid = table(words.heads(), map(words.cells, rows[:_ROWS]), numbers=(4, 5))
        parts: list[Html] = []
        if self.plots and words.matrix():
            from community_sdk.report.backtest import plots

            drawn = tag("div", plots.matrix(words, "matrix"), tabindex="0")
            note = tag("figcaption", words("backtest.matrix_note"))
            parts.append(tag("figure", drawn, note))
            parts.append(details(words("report.data"), grid))
        else:
            parts.append(grid)
        if len(rows) > _ROWS:
            more = words("backtest.more", count=len(rows) - _ROWS)
            parts.append(tag("p", more, cls="hint"))
        yield self._section("backtest.section_differences", *parts)

    def _when(self) -> Iterator[Html]:
        words = self.words
        if not words.found.days:
            return
        unit, buckets = words.buckets()
        _, other = words.labels
        grid = table(
            [
                words(f"label.{unit}"),
                words("backtest.harsher", other=other),
                words("backtest.milder", other=other),
                words("backtest.neither"),
            ],
            (
                (f"{b.day}", f"{b.harsher:,}", f"{b.milder:,}", f"{b.neither:,}")
                for b in buckets
            ),
            numbers=(1, 2, 3),
        )
        parts = [tag("p", words.over_time())]
        if self.plots:
            from community_sdk.report.backtest import plots

            drawn = tag("div", plots.when(words, "when"), tabindex="0")
            parts.append(tag("figure", drawn))
        parts.append(details(words("report.data"), grid))
        yield self._section("backtest.section_when", *parts)

    def _examples(self) -> Iterator[Html]:
        told = self.words.examples()
        if told:
            items = tag("ol", *map(self._item, told), cls="telling")
            rule = tag("p", self.words("backtest.examples_rule"), cls="hint")
            yield self._section("backtest.section_examples", items, rule)

    def _item(self, told: Told) -> Html:
        sides: list[Html] = []
        for label, head, reasons in told.sides:
            line = self.words("backtest.side", side=label, what=head)
            sides += [tag("p", line), tag("p", reasons, cls="hint")]
        meta = tag("p", told.meta, cls="meta")
        return tag("li", tag("p", told.head, cls="head"), *sides, meta)

    def _bullets(self, key: str, said: Iterable[str]) -> Iterator[Html]:
        lines = [tag("li", line) for line in said]
        if lines:
            yield self._section(key, tag("ul", *lines, cls="notes"))
