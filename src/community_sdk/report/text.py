"""The report in a terminal: plain text in columns, Chinese or English (S22)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from community_sdk.report._columns import bar, pad, spark, table, width, wrap
from community_sdk.report._tally import Tally
from community_sdk.report._words import FUNNEL_COLUMNS, Words
from community_sdk.wording import say_problem

__all__ = ["render"]

_NARROWEST: Final = 40
_BAR: Final = 24


def render(summary: Tally, lang: str, *, width: int = 88) -> str:
    """Return *summary* as text of at most *width* cells a line where words allow it.

    Chinese characters count for two cells. The text has no colours and no escape
    sequences, so that it can be kept and compared.
    """
    page = _Page(summary, lang, max(width, _NARROWEST))
    return "\n".join(page.lines()) + "\n"


class _Page:
    def __init__(self, summary: Tally, lang: str, cells: int) -> None:
        self.summary = summary
        self.words = Words(summary, lang)
        self.lang = lang
        self.cells = cells

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield from self._activity()
        yield from self._tiers()
        yield from self._funnels()
        yield from self._decisions()
        yield from self._sanctions()
        yield from self._telling()
        yield from self._refused()
        yield from self._notes()

    def _head(self) -> Iterator[str]:
        words = self.words
        name = f"{words.name} · {words('report.title')}"
        yield name
        yield "═" * min(width(name), self.cells)
        for line in words.lead():
            yield from wrap(line, self.cells)
        if self.summary.credit:
            yield from wrap(
                words("report.credit", credit=self.summary.credit), self.cells
            )
        yield ""
        figures = words.headline()
        if self.summary.speed is not None:
            figures.append((f"{self.summary.speed:,}", words("head.speed")))
        yield from table(figures, (True, False))

    def _section(self, name: str) -> Iterator[str]:
        yield ""
        title = self.words(f"section.{name}")
        yield title
        yield "─" * min(width(title), self.cells)

    def _activity(self) -> Iterator[str]:
        daily, words = self.summary.daily, self.words
        if not daily:
            return
        yield from self._section("activity")
        yield from wrap(words.activity(), self.cells, indent="  ")
        names = ("active", "messages", "joins")
        labels = [words(f"label.{name}") for name in names]
        cells = max(map(width, labels))
        for name, label in zip(names, labels, strict=True):
            values = [int(getattr(row, name)) for row in daily]
            line = spark(values, self.cells - cells - 4)
            yield f"  {pad(label, cells)}  {line}"
        if self.summary.hours:
            for line in words.hours():
                yield from wrap(line, self.cells, indent="  ")

    def _tiers(self) -> Iterator[str]:
        words = self.words
        for group in self.summary.playbook.tiers:
            stocks = words.tiers(group.key)
            if not stocks:
                continue
            yield from self._section("tiers")
            most = max(members for _, members in stocks)
            rows: list[tuple[str, ...]] = []
            for tier, members in reversed(stocks):
                line = bar(members, most, _BAR)
                rows.append((words.word("tier", tier), f"{members:,}", line))
            yield from table(rows, (False, True, False))

    def _funnels(self) -> Iterator[str]:
        words = self.words
        for key, group in groupby(self.summary.funnels, key=lambda row: row.funnel):
            rows = list(group)
            yield from self._section("funnels")
            yield from wrap(
                words(
                    "funnel.named",
                    funnel=words.policy(key, "funnel"),
                    text=words.funnel_end(rows),
                ),
                self.cells,
                indent="  ",
            )
            head = [words(f"label.{name}") for name in FUNNEL_COLUMNS]
            body = map(words.funnel_row, rows)
            yield from table([head, *body], (False, *[True] * 5))

    def _decisions(self) -> Iterator[str]:
        words, rows = self.words, self.summary.decisions
        yield from self._section("decisions")
        if not rows:
            yield f"  {words('report.nothing')}"
            return
        modes = words.modes(rows)
        labels = ("kind", "policy", *modes, "count", "people")
        body = [
            [
                words.word("decision", row.kind),
                words.policy(row.policy, row.family),
                *(words.word(mode, row.mode) for mode in modes),
                f"{row.count:,}",
                f"{row.members:,}",
            ]
            for row in rows
        ]
        head = [words(f"label.{name}") for name in labels]
        left = [False] * (len(modes) + 2)
        yield from table([head, *body], (*left, True, True))
        if self.summary.suppressed:
            yield from self._section("suppressed")
            dropped = [
                [
                    words.word("decision", row.kind),
                    words.word("conflict", row.reason),
                    f"{row.count:,}",
                ]
                for row in self.summary.suppressed
            ]
            yield from table(dropped, (False, False, True))

    def _sanctions(self) -> Iterator[str]:
        words, rows = self.words, self.summary.sanctions
        if not rows:
            return
        yield from self._section("sanctions")
        most = max(row.count for row in rows)
        body = [
            [
                words.word("sanction", row.measure),
                "" if row.mode == "act" else words.word("mode", row.mode),
                f"{row.count:,}",
                words("report.shown_members", members=row.members),
                bar(row.count, most, _BAR),
            ]
            for row in rows
        ]
        yield from table(body, (False, False, True, False, False))

    def _telling(self) -> Iterator[str]:
        words, rows = self.words, self.summary.telling
        if not rows:
            return
        yield from self._section("telling")
        for nth, row in enumerate(rows, start=1):
            told = words.told(row)
            number = f"{nth:>3}. "
            head = wrap(told.head, self.cells - 5)
            yield number + head[0]
            for line in head[1:]:
                yield f"     {line}"
            yield from wrap(told.reasons, self.cells, indent="     ")
            beside = " · ".join(t for t in (told.when, told.policy, told.alike) if t)
            yield from wrap(beside, self.cells, indent="     ")
        yield from wrap(words("telling.rule"), self.cells, indent="  ")

    def _refused(self) -> Iterator[str]:
        words, rows = self.words, self.summary.refused
        if not rows:
            return
        yield from self._section("refused")
        for row in rows:
            code = row.code or words("report.no_code")
            yield f"  {row.count:,}  {code}"
            for example in row.examples:
                said = say_problem(example, self.lang, zone=words.zone)
                yield from wrap(said, self.cells, indent="     ")
            more = row.count - len(row.examples)
            if more:
                yield f"     {words('refused.more', count=more)}"

    def _notes(self) -> Iterator[str]:
        yield from self._section("notes")
        for note in self.words.notes():
            first, *rest = wrap(note, self.cells - 4)
            yield f"  · {first}"
            for line in rest:
                yield f"    {line}"
