"""What a backtest says of itself, the same on a page and in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from attrs import define, field, frozen

from community_sdk.backtest import (
    Comparison,
    DayRow,
    Difference,
    DifferenceRow,
    Parting,
    SideRow,
    Treatment,
)
from community_sdk.decisions import Decision
from community_sdk.explanation import Explanation
from community_sdk.model import SANCTIONS
from community_sdk.report._buckets import begin, unit_of
from community_sdk.wording import Names, language, phrase, say, say_decision, word

__all__ = ["Told", "Words"]

_SORTS: Final = {
    "apply_sanction": "sanction",
    "change_tier": "tier",
    "report_breach": "rule",
    "recommend": "action",
    "open_obligation": "task",
    "remind": "task",
    "escalate": "task",
    "refuse_act": "event",
}
_SHOWN: Final = 12


@frozen(kw_only=True)
class Told:
    """One difference in words: who and when, either side with its reasons, the rest."""

    head: str
    sides: tuple[tuple[str, str, str], ...]
    meta: str


@define
class Words:
    """Phrases and sentences for one comparison in one language."""

    found: Comparison
    lang: str
    names: Names = field(factory=Names)
    source: str = ""

    def __attrs_post_init__(self) -> None:
        """Settle on a language that there are words in."""
        self.lang = language(self.lang)

    def __call__(self, key: str, /, **figures: object) -> str:
        """Return the phrase called *key*."""
        return phrase(key, self.lang, figures, zone=self.found.zone, names=self.names)

    @property
    def labels(self) -> tuple[str, str]:
        """What the two sides are called in a word, never the same."""
        one, other = self._label(self.found.one), self._label(self.found.other)
        if one != other:
            return one, other
        first, second = (
            self("backtest.version", name=s.name, version=s.version)
            for s in (self.found.one, self.found.other)
        )
        if first != second:
            return first, second
        return self("backtest.first", name=one), self("backtest.second", name=other)

    def _label(self, side: SideRow) -> str:
        return side.name if side.digest else self("backtest.operators")

    def title(self) -> str:
        """Return the name of the page."""
        one, other = self.labels
        return self("backtest.title", one=one, other=other)

    def lead(self) -> list[str]:
        """Return what is compared, over which history."""
        found = self.found
        since, until = (at.isoformat() for at in found.period)
        out = [
            self("backtest.one", side=self._side(found.one)),
            self("backtest.other", side=self._side(found.other)),
            self("backtest.period", since=since, until=until),
            self("report.zone", zone=found.zone),
        ]
        if self.source:
            out.append(self("report.source", source=self.source))
        return out

    def _side(self, side: SideRow) -> str:
        if not side.digest:
            return self("backtest.as_acted")
        return self(
            "report.playbook", name=side.name, version=side.version, digest=side.digest
        )

    def headline(self) -> list[tuple[str, str]]:
        """Return the figures that stand on top: value and what it is."""
        found = self.found
        figures = [
            (found.counts["events"], "head.events"),
            (found.counts["members"] - found.counts["bots"], "head.members"),
            (len(found.people), "backtest.head_people"),
            (found.different, "backtest.head_different"),
            (found.same, "backtest.head_same"),
        ]
        return [(f"{value:,}", self(key)) for value, key in figures]

    def summary(self) -> str:
        """Say in one sentence how many are treated differently."""
        found, (one, other) = self.found, self.labels
        if not found.different:
            return self("backtest.nothing", one=one, other=other)
        if not found.people:
            return self("backtest.nobody", one=one, other=other)
        counts = {t.value: found.members[t] for t in Treatment}
        people, everybody = len(found.people), sum(found.members.values())
        return self(
            "backtest.summary",
            people=people,
            everybody=everybody,
            other=other,
            **counts,
        )

    def treatments(self) -> list[tuple[str, int]]:
        """Return how many members are treated in which way by the second side."""
        _, other = self.labels
        return [
            (self(f"backtest.{t.value}", other=other), self.found.members[t])
            for t in Treatment
        ]

    def cells(self, row: DifferenceRow) -> list[str]:
        """Return a sort of differences as cells: kind, either side, how, how many."""
        sides = ((row.one, row.open_one), (row.other, row.open_other))
        return [
            word("decision", row.kind, self.lang, names=self.names),
            *(
                self.measure(row.kind, label, endless=endless)
                for label, endless in sides
            ),
            self(f"backtest.{row.what.value}"),
            f"{row.count:,}",
            f"{row.members:,}",
        ]

    def heads(self) -> list[str]:
        """Return what stands above those cells."""
        last = ("backtest.what", "label.count", "label.members")
        return [self("label.kind"), *self.labels, *map(self, last)]

    def measure(self, kind: str, label: str, *, endless: bool) -> str:
        """Return a word for what one side decided; a dash for nothing."""
        if not label:
            return "–"
        sort = _SORTS.get(kind)
        said = word(sort, label, self.lang, names=self.names) if sort else label
        return self("backtest.endless", measure=said) if endless else said

    def matrix(self) -> tuple[list[str], list[str], dict[tuple[str, str], int]]:
        """Return the sanctions that differ: those of either side, and how often which.

        Words for nothing stand first, then the mildest.
        """
        rows = [r for r in self.found.differences if r.kind == "apply_sanction"]
        counts = Counter[tuple[str, str]]()
        order: dict[str, tuple[int, int, str]] = {}
        for row in rows:
            cell: list[str] = []
            for label, endless in (
                (row.one, row.open_one),
                (row.other, row.open_other),
            ):
                said = self.measure(row.kind, label, endless=endless)
                said = said if label else self("backtest.none")
                kind = SANCTIONS.get(label)
                rank = -1 if not label else 0 if kind is None else kind.order
                order[said] = (rank, int(endless), said)
                cell.append(said)
            counts[cell[0], cell[1]] += row.count
        ones, others = (
            sorted({pair[nth] for pair in counts}, key=order.__getitem__)
            for nth in (0, 1)
        )
        return ones, others, dict(counts)

    def buckets(self) -> tuple[str, list[DayRow]]:
        """Return the differences by day, week or month, and which it is."""
        since, until = (at.date() for at in self.found.period)
        unit = unit_of((until - since).days + 1)
        out: list[DayRow] = []
        for day, rows in groupby(self.found.days, lambda r: begin(r.day, unit)):
            group = list(rows)
            out.append(
                DayRow(
                    day=day,
                    harsher=sum(r.harsher for r in group),
                    milder=sum(r.milder for r in group),
                    neither=sum(r.neither for r in group),
                )
            )
        return unit, out

    def over_time(self) -> str:
        """Say how many decisions are harsher, and how many milder."""
        days = self.found.days
        return self(
            "backtest.over_time",
            other=self.labels[1],
            harsher=sum(row.harsher for row in days),
            milder=sum(row.milder for row in days),
            neither=sum(row.neither for row in days),
        )

    def examples(self) -> list[Told]:
        """Return an example of each sort in words, the gravest sorts first."""
        return [self.told(found) for found in self.found.examples[:_SHOWN]]

    def told(self, found: Difference) -> Told:
        """Return one difference in words."""
        member = "" if found.member is None else str(found.member)
        head = self("backtest.difference", at=found.at.isoformat(), member=member)
        pairs = ((found.one, found.why_one), (found.other, found.why_other))
        sides = tuple(
            (label, *self._said(decision, why))
            for label, (decision, why) in zip(self.labels, pairs, strict=True)
        )
        parts = [
            self(f"backtest.{found.what.value}"),
            self._parted(found.parted, found),
        ]
        if found.after_one or found.after_other:
            parts.append(self("backtest.after"))
        return Told(head=head, sides=sides, meta=" · ".join(p for p in parts if p))

    def _said(
        self, decision: Decision | None, why: Explanation | None
    ) -> tuple[str, str]:
        zone, names = self.found.zone, self.names
        if decision is None:
            reason = "" if why is None else say(why, self.lang, zone=zone, names=names)
            return self("backtest.no_decision"), reason
        head = say_decision(decision, self.lang, zone=zone, names=names, reasons=False)
        whole = say_decision(decision, self.lang, zone=zone, names=names)
        return head, whole[len(head) :].strip()

    def _parted(self, parted: Parting, found: Difference) -> str:
        if parted.at == found.at:
            return self("backtest.parted_here")
        return self("backtest.parted", at=parted.at.isoformat())

    def after(self) -> list[str]:
        """Say what of the history a side had made impossible."""
        out: list[str] = []
        sides = (self.found.one, self.found.other)
        for label, side in zip(self.labels, sides, strict=True):
            if side.acts_after:
                out.append(
                    self(
                        "backtest.impossible",
                        side=label,
                        acts=side.acts_after,
                        members=side.members_after,
                        decisions=side.decisions_after,
                    )
                )
        return out

    def notes(self) -> Iterator[str]:
        """Yield how it was compared, and what was left out."""
        found = self.found
        for name in ("history", "pairs", "harshness", "proposals"):
            yield self(f"backtest.note_{name}")
        yield self("note.days", zone=found.zone)
        for name in ("duplicates", "bots"):
            if found.counts[name]:
                yield self(f"note.{name}", count=found.counts[name])
        for name in ("derived", "adoptions"):
            if found.counts[name]:
                yield self(f"backtest.note_{name}", count=found.counts[name])
        for label, side in zip(self.labels, (found.one, found.other), strict=True):
            if side.apart:
                yield self("backtest.note_apart", side=label, count=side.apart)
            if side.shadow:
                yield self("backtest.note_shadow", side=label, count=side.shadow)
            if side.late:
                yield self("backtest.note_late", side=label, count=side.late)
        yield self("note.ids")
