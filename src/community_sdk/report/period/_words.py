"""What a period report says, the same on a page and in a terminal (S22)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Final

from attrs import define

from community_sdk.decisions import Mode
from community_sdk.metrics.rates import nearest
from community_sdk.model import Money, SurveyScale
from community_sdk.report._speech import Speech
from community_sdk.report._words import decimal, percent
from community_sdk.report.period._figures import PeriodFigures
from community_sdk.report.period.rows import (
    BandRow,
    Figure,
    LifeChange,
    LifeRow,
    Number,
    ScoreRow,
    SegmentRow,
    StepRow,
    SurveyRow,
    Unit,
)
from community_sdk.wording import say

__all__ = ["Words"]

_MINUTE: Final = 60_000_000
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_MINUTES_TO: Final = 2 * _HOUR
_HOURS_TO: Final = 2 * _DAY
_TOLD: Final = (
    *("active", "messages", "purchases", "came", "discussions", "sanctions"),
)
_STRIKING: Final = Fraction(1, 5)
_CROWDED: Final = Fraction(3, 5)
_TALKS: Final = 4
_LEAST: Final = 5


@define
class Words(Speech[PeriodFigures]):
    """Phrases and sentences for one period report in one language."""

    @property
    def report(self) -> PeriodFigures:
        """What is told of."""
        return self.subject

    @property
    def title(self) -> str:
        """What kind of report it is."""
        return self(f"period.title_{self.report.unit}")

    def span(self, since: date, until: date) -> str:
        """Return the days from *since* up to *until*, which is no part of them."""
        last = until - timedelta(1)
        if since == last:
            return self("period.one_day", since=since.isoformat())
        return self("period.days", since=since.isoformat(), last=last.isoformat())

    def lead(self) -> list[str]:
        """Return what the report is about."""
        report, book = self.report, self.report.playbook
        named = "" if report.unit == "day" else f" ({report.name})"
        out = [
            self.span(report.now.since, report.now.until) + named,
            self(
                "report.playbook",
                name=book.name,
                version=book.version,
                digest=book.digest,
            ),
            self("report.zone", zone=self.zone),
        ]
        if report.source:
            out.append(self("report.source", source=report.source))
        return out

    def warnings(self) -> Iterator[str]:
        """Yield what was not observed as a whole, and what follows from it."""
        report, before = self.report, self.report.before
        days = (before.until - before.since).days
        if not report.now.over:
            yield self("period.running", at=report.known.isoformat())
        if not report.now.whole:
            days_now = (report.now.until - report.now.since).days
            yield self("period.partial", days=report.now.observed, of=days_now)
        if not before.observed:
            yield self("period.before_unseen")
        elif not before.whole:
            yield self("period.before_partial", days=before.observed, of=days)

    # -- figures ---------------------------------------------------------------------

    def number(self, value: Number | None, unit: Unit = "count") -> str:
        """Return a figure as people read it; a dash where nothing was observed."""
        if value is None:
            return "–"
        if unit == "share":
            return percent(Fraction(value))
        if unit == "time":
            return self.lasting(Fraction(value))
        return f"{value:,}" if isinstance(value, int) else decimal(value)

    @staticmethod
    def ratio(value: Fraction | None) -> str:
        """Return *value* with two decimals, halves up; a dash where there is none."""
        if value is None:
            return "–"
        whole, rest = divmod(int(value * 100 + Fraction(1, 2)), 100)
        return f"{whole:,}.{rest:02}"

    def lasting(self, value: Fraction) -> str:
        """Return microseconds as minutes, hours or days."""
        for name, size, most in (
            ("minutes", _MINUTE, _MINUTES_TO),
            ("hours", _HOUR, _HOURS_TO),
        ):
            if value < most:
                return self(f"period.{name}", number=decimal(value / size))
        return self("period.lasted_days", number=decimal(value / _DAY))

    def figure(self, key: str) -> str:
        """Return the name of a figure."""
        return self(f"period.figure_{key}")

    def unobserved(self) -> list[str]:
        """Name the figures that neither of the two periods has."""
        names = tuple(
            self.figure(f.key)
            for f in self.report.figures
            if f.value is None and f.before is None
        )
        return [self("period.unobserved", names=names)] if names else []

    def change(self, figure: Figure) -> str:
        """Return how much a figure grew or fell; a dash where that says nothing."""
        grown = figure.change
        if grown is None:
            return "–"
        sign = "" if not grown else "+" if grown > 0 else "−"
        said = f"{sign}{decimal(abs(grown) * 100)}"
        return (
            self("period.points", number=said) if figure.unit == "share" else said + "%"
        )

    def headline(self) -> list[tuple[str, str]]:
        """Return the figures that stand on top: value and what it is."""
        talks = self.report.figure("messages").value is not None
        told = ("messages", "discussions") if talks else ("purchases", "buyers")
        shown = ("members", "came", "active", *told, "sanctions")
        figures = (f for key in shown for f in self.report.figures if f.key == key)
        return [(self.number(f.value, f.unit), self.figure(f.key)) for f in figures]

    def band(self, row: BandRow) -> str:
        """Return the name of a band of writers."""
        if row.most is None:
            return self("period.band_over", least=row.least)
        if row.least == row.most:
            return self("period.band_one", least=row.least)
        return self("period.band", least=row.least, most=row.most)

    def step(self, row: StepRow) -> str:
        """Return the name of a step with its number."""
        named = self.names.step(row.funnel, row.step, self.lang)
        name = named or self.word("event", row.event)
        said = self("funnel.step", nth=row.step + 1, step=name)
        return self("period.optional", step=said) if row.optional else said

    def tier(self, key: str, *, gone: bool) -> str:
        """Return a tier; empty: not there yet, or not there any more where *gone*."""
        if key:
            return self.word("tier", key)
        return self("period.gone" if gone else "period.new")

    def funnels(self) -> Iterator[tuple[str, list[StepRow]]]:
        """Yield each funnel by its title with its steps."""
        for key, rows in groupby(self.report.funnels, key=lambda row: row.funnel):
            yield self("period.funnel", name=key), list(rows)

    def scored(self, row: ScoreRow) -> str:
        """Return what a scorecard is about: its period, and of whom."""
        who = row.member or self("period.community")
        return self("period.scored", policy=row.policy, period=row.period, who=who)

    # -- groups, channels, voices ----------------------------------------------------

    def group(self, key: str) -> str:
        """Return the title of a group; empty: the whole community."""
        return self.word("group", key) if key else self("period.community")

    def segment(self, key: str) -> str:
        """Return the title of a segment; empty: not looked at yet."""
        return self.word("segment", key) if key else self("period.unplaced")

    def channel(self, key: str) -> str:
        """Return the title of a channel; empty: unknown."""
        return self.word("channel", key) if key else self("period.no_channel")

    def topic(self, key: str) -> str:
        """Return the word of a topic; empty: none was named."""
        return self.word("topic", key) if key else self("period.no_topic")

    def survey(self, row: SurveyRow) -> str:
        """Return the name of a survey with what it asks, and until when it is open."""
        name, scale = self.word("survey", row.survey), self.word("scale", row.scale)
        key = "period.survey_open" if row.open else "period.survey"
        return self(key, name=name, scale=scale, until=row.until.isoformat())

    def rated(self, figure: int | None, scale: str) -> str:
        """Return the figure of a survey; a dash where there is none."""
        if figure is None:
            return "–"
        if scale == SurveyScale.CSAT.value:
            return f"{figure}%"
        return self.signed(figure)

    @staticmethod
    def signed(number: int) -> str:
        """Return a difference with its sign."""
        return f"{number:+,}".replace("-", "−") if number else "0"

    def money(self, costs: Sequence[tuple[str, int | Fraction]]) -> str:
        """Return amounts of several currencies, rounded to their smallest units."""
        told = (
            str(Money(int(nearest(Fraction(n))), name)).split() for name, n in costs
        )
        return self.listed([f"{Decimal(amount):,} {code}" for amount, code in told])

    def listed(self, texts: Sequence[str]) -> str:
        """Return *texts* one after another; a dash where there is none."""
        return self("period.listed", texts=tuple(texts)) if texts else "–"

    def trial(self, rows: Sequence[LifeRow] | Sequence[SegmentRow]) -> list[str]:
        """Say that nothing of *rows* took effect, where it was only tried."""
        tried = any(row.mode == Mode.SHADOW.value for row in rows)
        return [self("period.trial")] if tried else []

    def life_change(self, one: LifeChange) -> str:
        """Say how a group came into another state of life, and why."""
        where = self.group(one.group)
        if one.why is None:
            return self(
                "period.life_set",
                at=one.at.isoformat(),
                group=where,
                before=one.before,
                after=one.after,
            )
        why = say(one.why, self.lang, zone=self.zone, names=self.names)
        return self("period.life_change", group=where, why=why)

    # -- sentences -------------------------------------------------------------------

    def findings(self) -> list[str]:
        """Say what stands out, at most a handful; or that nothing does."""
        found = [*self._changes(), *self._quiet(), *self._lives(), *self._ways()]
        return found or [self("period.nothing")]

    def _changes(self) -> Iterator[str]:
        for figure in (f for f in self.report.figures if f.key in _TOLD):
            key = figure.key
            grown = figure.change
            known = [v for v in (figure.value, figure.before) if v is not None]
            if grown is None or abs(grown) < _STRIKING or max(known) < _LEAST:
                continue
            yield self(
                "period.rose" if grown > 0 else "period.fell",
                figure=self.figure(key),
                now=self.number(figure.value),
                before=self.number(figure.before),
                share=percent(abs(grown)),
            )

    def _quiet(self) -> Iterator[str]:
        report, days = self.report, self.report.now.observed
        figures = {figure.key: figure for figure in report.figures}
        silent = figures.get("silent_days")
        if silent is not None and silent.value:
            yield self("period.silent", days=silent.value, of=days)
        talks = figures["discussions"].value
        if talks is not None and talks < _TALKS * days:
            yield self("period.thin", count=talks, days=days)
        top = figures["top_share"].value
        if top is not None and top >= _CROWDED:
            yield self("period.crowded", share=percent(Fraction(top)))
        left, came = figures["left"].value, figures["came"].value
        if left and came is not None and left > came:
            yield self("period.leaving", left=left, came=came)

    def _lives(self) -> Iterator[str]:
        for one in self.report.life_changes:
            yield self(
                "period.life_turn",
                group=self.group(one.group),
                before=one.before,
                after=one.after,
            )

    def _ways(self) -> Iterator[str]:
        for named, rows in self.funnels():
            needed = [row for row in rows if not row.optional]
            pairs = [(one, two) for one, two in pairwise(needed) if one.reached]
            if pairs:
                one, two = max(pairs, key=lambda p: p[0].reached - p[1].reached)
                lost = one.reached - two.reached
                if lost:
                    yield self(
                        "period.stuck_open" if one.open else "period.stuck",
                        funnel=named,
                        reached=one.reached,
                        step=self.step(one),
                        lost=lost,
                        onwards=self.step(two),
                    )
        matrix = self.report.cohorts
        if matrix is not None and len(matrix.starts) > 1:
            average = matrix.average(1)
            if average is not None:
                talks = any(d.messages is not None for d in self.report.calendar)
                key = "period.returning" if talks else "period.buying_again"
                yield self(key, share=percent(average))

    def notes(self) -> Iterator[str]:
        """Yield what was counted, how, and what was left out."""
        report = self.report
        yield self("note.days", zone=self.zone)
        yield self("note.members")
        if report.figure("left").value is None and report.now.observed:
            yield self("note.stock")
        yield self("note.active")
        yield self("period.note_compare")
        if report.figure("messages").value is not None:
            yield self("period.note_talks")
        if report.funnels:
            yield self("period.note_funnels")
        yield from self._counted()
        if report.staff_scores:
            yield self("period.note_staff", count=report.staff_scores)
        yield self("period.note_ids" if report.speakers else "note.ids")

    def _counted(self) -> Iterator[str]:
        """Yield how the sections that are there were counted."""
        report = self.report
        if report.cohorts is not None:
            yield self("period.note_cohorts")
        if report.flows is None and report.stocks:
            yield self("period.note_flows")
        if report.channels:
            yield self("period.note_channels")
        if report.surveys:
            yield self("period.note_surveys")
        if report.generations:
            yield self("period.note_generations", days=report.cycle.days)
