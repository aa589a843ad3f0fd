"""The report as one HTML file: no network, no script, light and dark, prints (S22).

Laws: everything that comes from input is escaped; equal summaries give equal bytes, so
the speed of the run is not in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

from community_sdk.report._markup import Html, bars, details, join, table, tag
from community_sdk.report._shell import shell, style
from community_sdk.report._tally import Tally
from community_sdk.report._words import FUNNEL_COLUMNS, Words, decimal
from community_sdk.report.rows import FunnelRow
from community_sdk.wording import say_problem

__all__ = ["fragment", "render"]

_LEGEND: Final = (
    ("funnel.onwards", "--c1"),
    ("label.still_open", "--c1-half"),
    ("label.dropped_off", "--soft-half"),
)


def render(summary: Tally, lang: str, *, plots: bool = True) -> str:
    """Return a whole page in ``zh`` or ``en`` that needs nothing but itself.

    *plots* False writes tables in place of drawings.

    Raises:
        MissingExtraError: matplotlib is not installed and *plots* is wanted.
    """
    page = _Page(summary, lang, plots=plots)
    title = f"{page.words.name} · {page.words('report.title')}"
    return shell(title, page.words.lang, page.body())


def fragment(summary: Tally, lang: str) -> str:
    """Return the report as a part of another page, without plots."""
    page = _Page(summary, lang, plots=False)
    return join([tag("style", style()), page.body()])


class _Page:
    def __init__(self, summary: Tally, lang: str, *, plots: bool) -> None:
        self.summary = summary
        self.words = Words(summary, lang)
        self.plots = plots

    def body(self) -> Html:
        parts = [
            self._head(),
            *self._activity(),
            *self._hours(),
            *self._tiers(),
            *self._funnels(),
            *self._decisions(),
            *self._telling(),
            *self._refused(),
            self._notes(),
        ]
        main = tag("div", tag("main", *parts), self._foot())
        return tag("div", main, cls="community-report")

    def _head(self) -> Html:
        words = self.words
        lead = [tag("li", line) for line in words.lead()]
        tiles = [
            tag("div", tag("dt", name), tag("dd", value))
            for value, name in words.headline()
        ]
        return tag(
            "header",
            tag("h1", tag("small", words("report.title")), words.name),
            tag("ul", *lead, cls="lead"),
            tag("dl", *tiles, cls="tiles"),
        )

    def _section(self, name: str, *parts: str) -> Html:
        return tag(
            "section",
            tag("h2", self.words(f"section.{name}"), id=f"{name}-h"),
            *parts,
            aria_labelledby=f"{name}-h",
        )

    def _figure(self, draw: Callable[[], Html], *captions: str) -> Html:
        parts = [tag("figcaption", caption) for caption in captions if caption]
        return tag("figure", tag("div", draw(), tabindex="0"), *parts)

    def _activity(self) -> Iterator[Html]:
        words = self.words
        if not self.summary.daily:
            return
        unit, buckets = words.buckets()
        active = "active" if unit == "day" else "active_mean"
        names = (unit, active, "messages", "joins", "members")
        grid = table(
            [words(f"label.{name}") for name in names],
            (
                (
                    b.since.isoformat(),
                    f"{b.active}" if unit == "day" else decimal(b.active),
                    f"{b.messages:,}",
                    f"{b.joins:,}",
                    f"{b.members:,}",
                )
                for b in buckets
            ),
            numbers=(1, 2, 3, 4),
        )
        parts: list[str] = [tag("p", words.activity())]
        if self.plots:
            from community_sdk.report import plots

            draw = self._figure(
                lambda: plots.daily(words, "daily"), words(f"activity.{unit}")
            )
            parts += [draw, details(words("report.data"), grid)]
        else:
            parts.append(grid)
        yield self._section("activity", *parts)

    def _hours(self) -> Iterator[Html]:
        words, rows = self.words, self.summary.hours
        if not rows:
            return
        week = range(7)
        grid = table(
            [words("label.hour"), *(words(f"weekday.{day}") for day in week)],
            (
                [str(hour), *(f"{rows[day * 24 + hour].messages:,}" for day in week)]
                for hour in range(24)
            ),
            numbers=range(8),
        )
        parts: list[str] = [tag("p", words.sentences(words.hours()))]
        if self.plots:
            from community_sdk.report import plots

            draw = self._figure(lambda: plots.hours(words, "hours"), words.outlined())
            parts += [draw, details(words("report.data"), grid)]
        else:
            parts.append(details(words("report.data"), grid))
        yield self._section("hours", *parts)

    def _tiers(self) -> Iterator[Html]:
        words = self.words
        groups = [g for g in self.summary.playbook.tiers if words.tiers(g.key)]
        if not groups:
            return
        parts: list[str] = []
        for nth, group in enumerate(groups):
            if len(groups) > 1:
                parts.append(tag("h3", group.key))
            parts += self._tier_group(group.key, f"tiers{nth}")
        yield self._section("tiers", *parts)

    def _tier_group(self, group: str, key: str) -> Iterator[Html]:
        words = self.words
        stocks = words.tiers(group)
        most = max(members for _, members in stocks)
        yield tag("p", words.tiers_end(group))
        if self.plots and words.moved(group):
            from community_sdk.report import plots

            base = stocks[0] if plots.undrawn(stocks) else None
            caption = "" if base is None else words.base(*base)
            yield self._figure(lambda: plots.tiers(words, group, key), caption)
        elif not words.moved(group):
            yield tag("p", words("tiers.flat"), cls="hint")
        grid = table(
            [words("label.tier"), words("label.members"), ""],
            (
                (words.word("tier", tier), f"{members:,}", bars(members, most))
                for tier, members in reversed(stocks)
            ),
            numbers=(1,),
        )
        yield details(words("report.data"), grid) if self.plots else grid

    def _funnels(self) -> Iterator[Html]:
        words = self.words
        groups = groupby(self.summary.funnels, key=lambda row: row.funnel)
        funnels = [(key, list(rows)) for key, rows in groups]
        if not funnels:
            return
        parts: list[str] = []
        for nth, (key, rows) in enumerate(funnels):
            if len(funnels) > 1:
                parts.append(tag("h3", words.policy(key, "funnel")))
            parts += self._funnel(rows, f"funnel{nth}")
        yield self._section("funnels", *parts)

    def _funnel(self, rows: list[FunnelRow], key: str) -> Iterator[Html]:
        words = self.words
        yield tag("p", words.funnel_end(rows))
        grid = table(
            [words(f"label.{name}") for name in FUNNEL_COLUMNS],
            map(words.funnel_row, rows),
            numbers=range(1, 6),
        )
        if not (self.plots and rows[0].entered):
            yield grid
            return
        from community_sdk.report import plots

        yield self._figure(lambda: plots.funnel(words, rows, key))
        yield tag(
            "ul",
            *(
                tag("li", tag("i", style=f"background:var({colour})"), words(name))
                for name, colour in _LEGEND
            ),
            cls="legend",
        )
        yield details(words("report.data"), grid)

    def _decisions(self) -> Iterator[Html]:
        words, rows = self.words, self.summary.decisions
        if not rows:
            nothing = tag("p", words("report.nothing"))
            yield self._section("decisions", nothing)
            return
        most = max(row.count for row in rows)
        modes = words.modes(rows)
        labels = ("kind", "policy", *modes, "count", "people")
        grid = table(
            [*(words(f"label.{name}") for name in labels), ""],
            (
                (
                    words.word("decision", row.kind),
                    words.policy(row.policy, row.family),
                    *(words.word(mode, row.mode) for mode in modes),
                    f"{row.count:,}",
                    f"{row.members:,}",
                    bars(row.count, most),
                )
                for row in rows
            ),
            numbers=(len(modes) + 2, len(modes) + 3),
        )
        yield self._section("decisions", grid, *self._suppressed())
        yield from self._sanctions()

    def _suppressed(self) -> Iterator[Html]:
        words = self.words
        if not self.summary.suppressed:
            return
        yield tag("h3", words("section.suppressed"))
        yield table(
            [words(f"label.{name}") for name in ("kind", "reason", "count")],
            (
                (
                    words.word("decision", row.kind),
                    words.word("conflict", row.reason),
                    f"{row.count:,}",
                )
                for row in self.summary.suppressed
            ),
            numbers=(2,),
        )

    def _sanctions(self) -> Iterator[Html]:
        words, rows = self.words, self.summary.sanctions
        if not rows:
            return
        most = max(row.count for row in rows)
        modes = words.modes(rows)
        labels = ("measure", *modes, "count", "people")
        grid = table(
            [*(words(f"label.{name}") for name in labels), ""],
            (
                (
                    words.word("sanction", row.measure),
                    *(words.word(mode, row.mode) for mode in modes),
                    f"{row.count:,}",
                    f"{row.members:,}",
                    bars(row.count, most),
                )
                for row in rows
            ),
            numbers=(len(modes) + 1, len(modes) + 2),
        )
        yield self._section("sanctions", tag("div", grid, cls="mild"))

    def _telling(self) -> Iterator[Html]:
        words = self.words
        items: list[Html] = []
        for row in self.summary.telling:
            told = words.told(row)
            meta = " · ".join(t for t in (told.when, told.policy, told.alike) if t)
            items.append(
                tag(
                    "li",
                    tag("p", told.head, cls="head"),
                    tag("p", told.reasons),
                    tag("p", meta, cls="meta"),
                )
            )
        if items:
            rule = tag("p", words("telling.rule"), cls="hint")
            yield self._section("telling", tag("ol", *items, cls="telling"), rule)

    def _refused(self) -> Iterator[Html]:
        words = self.words
        parts: list[Html] = []
        for row in self.summary.refused:
            code = row.code or words("report.no_code")
            said = [
                tag("li", say_problem(each, words.lang, zone=words.zone))
                for each in row.examples
            ]
            more = row.count - len(row.examples)
            if more:
                said.append(tag("li", words("refused.more", count=more)))
            parts += [tag("h3", f"{code} · {row.count:,}"), tag("ul", *said)]
        if parts:
            yield self._section("refused", tag("div", *parts, cls="refused"))

    def _notes(self) -> Html:
        notes = [tag("li", note) for note in self.words.notes()]
        return self._section("notes", tag("ul", *notes, cls="notes"))

    def _foot(self) -> Html:
        words, credit = self.words, self.summary.credit
        parts = [tag("p", words("report.credit", credit=credit))] if credit else []
        return tag("footer", *parts, tag("p", words("report.made")))
