"""What a report says of one summary, the same on a page and in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Final

from attrs import define, frozen

from community_sdk._time import QuietHours
from community_sdk.report._buckets import Bucket, bucketed, unit_of
from community_sdk.report._presence import starting_tier
from community_sdk.report._speech import Speech
from community_sdk.report._tally import Tally
from community_sdk.report.rows import (
    DailyRow,
    DecisionRow,
    FunnelRow,
    SanctionRow,
    TellingRow,
)
from community_sdk.wording import say_decision

__all__ = ["FUNNEL_COLUMNS", "Told", "Words", "decimal", "percent"]

FUNNEL_COLUMNS: Final = (
    *("step", "entered", "share_of_first", "share_of_previous"),
    *("dropped_off", "still_open"),
)


def decimal(value: Fraction) -> str:
    """Return *value* with one decimal, half rounded up."""
    tenths = int(value * 10 + Fraction(1, 2))
    return f"{tenths // 10:,}.{tenths % 10}"


def percent(share: Fraction | None) -> str:
    """Return *share* in per cent with one decimal; a dash where there is none."""
    return "–" if share is None else f"{decimal(share * 100)}%"


@frozen(kw_only=True)
class Told:
    """One decision in words: what, why, when, by which policy, how many like it."""

    head: str
    reasons: str
    when: str
    policy: str
    alike: str


@define
class Words(Speech[Tally]):
    """Phrases, words and sentences for one summary in one language."""

    @property
    def summary(self) -> Tally:
        """What is told of."""
        return self.subject

    def lead(self) -> list[str]:
        """Return what the report is about: playbook, period, zone, source."""
        summary, book = self.summary, self.summary.playbook
        out = [
            self(
                "report.playbook",
                name=book.name,
                version=book.version,
                digest=book.digest,
            ),
            self.period(),
            self("report.zone", zone=self.zone),
        ]
        if summary.source:
            out.append(self("report.source", source=summary.source))
        return out

    def period(self) -> str:
        """Return the days that the history covers."""
        if self.summary.period is None:
            return self("report.no_period")
        since, until = (at.isoformat() for at in self.summary.period)
        days = len(self.summary.daily)
        return self("report.period", since=since, until=until, days=days)

    def headline(self) -> list[tuple[str, str]]:
        """Return the figures that stand on top: value and what it is."""
        summary = self.summary
        done = sum(row.count for row in summary.sanctions if row.mode == "act")
        figures = [
            ("events", f"{summary.counts['events']:,}"),
            ("members", f"{summary.counts['members']:,}"),
            ("active", decimal(self.mean_active())),
            ("messages", f"{sum(row.messages for row in summary.daily):,}"),
            ("decisions", f"{summary.counts['decisions']:,}"),
            ("sanctions", f"{done:,}"),
        ]
        if summary.counts["refused"]:
            figures.append(("refused", f"{summary.counts['refused']:,}"))
        return [(value, self(f"head.{name}")) for name, value in figures]

    def mean_active(self) -> Fraction:
        """Return the mean of active members over all days of the history."""
        daily = self.summary.daily
        return Fraction(sum(row.active for row in daily), len(daily) or 1)

    def activity(self) -> str:
        """Sum the daily figures up in one sentence."""
        daily = self.summary.daily
        top = max(daily, key=_active)
        return self(
            "activity.summary",
            mean=decimal(self.mean_active()),
            top=top.active,
            day=top.day.isoformat(),
            messages=sum(row.messages for row in daily),
            joins=sum(row.joins for row in daily),
        )

    def buckets(self) -> tuple[str, list[Bucket]]:
        """Return the daily figures by day, week or month, and which it is."""
        unit = unit_of(len(self.summary.daily))
        return unit, bucketed(self.summary.daily, unit)

    def hours(self) -> list[str]:
        """Say when the community is awake, and how much of it falls into the night."""
        rows = self.summary.hours
        top = max(rows, key=lambda row: row.messages)
        said = [
            self(
                "hours.summary",
                weekday=self(f"weekday.{top.weekday}"),
                hour=top.hour,
                messages=top.messages,
            )
        ]
        quiet = self.summary.playbook.community.quiet_hours
        total = sum(row.messages for row in rows)
        if quiet is not None and on_the_hour(quiet):
            inside = sum(row.messages for row in rows if in_quiet(quiet, row.hour))
            share = percent(Fraction(inside, total) if total else None)
            said.append(
                self("hours.quiet", hours=str(quiet), messages=inside, share=share)
            )
        return said

    def tiers(self, group: str) -> list[tuple[str, int]]:
        """Return the stock of each tier at the end, lowest first."""
        rows = [row for row in self.summary.tiers if row.tiers == group]
        last = rows[-1].day if rows else None
        return [(row.tier, row.members) for row in rows if row.day == last]

    def tiers_end(self, group: str) -> str:
        """Say the stock of each tier at the end."""
        items = [
            self("tiers.item", tier=self.word("tier", tier), members=members)
            for tier, members in reversed(self.tiers(group))
        ]
        return self("tiers.summary", items=tuple(items))

    def funnel_end(self, rows: Sequence[FunnelRow]) -> str:
        """Say how many went all the way."""
        if not rows[0].entered:
            return self("funnel.nobody")
        last = rows[-1]
        return self(
            "funnel.summary", done=last.entered, share=percent(last.share_of_first)
        )

    def funnel_row(self, row: FunnelRow) -> list[str]:
        """Return a step as cells, in the order of `FUNNEL_COLUMNS`."""
        return [
            self.step(row),
            f"{row.entered:,}",
            percent(row.share_of_first),
            percent(row.share_of_previous),
            f"{row.dropped_off:,}",
            f"{row.still_open:,}",
        ]

    def base(self, tier: str, members: int) -> str:
        """Say why the lowest tier is not drawn."""
        return self("tiers.base", tier=self.word("tier", tier), members=members)

    def moved(self, group: str) -> bool:
        """Tell whether anybody ever held another tier than that of the beginning."""
        book = self.summary.playbook
        first = next(starting_tier(book, g) for g in book.tiers if g.key == group)
        rows = (row for row in self.summary.tiers if row.tiers == group)
        return any(row.members for row in rows if row.tier != first)

    def outlined(self) -> str:
        """Explain the outline in the map of hours, where there is one."""
        quiet = self.summary.playbook.community.quiet_hours
        drawn = quiet is not None and on_the_hour(quiet)
        return self("hours.outlined") if drawn else ""

    def sentences(self, said: Iterable[str]) -> str:
        """Return phrases as sentences of one paragraph."""
        stop = self("report.stop")
        return "".join(f"{each}{stop}" for each in said).strip()

    def modes(
        self, rows: Iterable[DecisionRow] | Iterable[SanctionRow]
    ) -> tuple[str, ...]:
        """Return the column of modes, or no column where everything is live."""
        return () if {row.mode for row in rows} == {"act"} else ("mode",)

    def step(self, row: FunnelRow) -> str:
        """Return the name of a step with its number."""
        title = self.names.step(row.funnel, row.step, self.lang)
        name = title or self.word("event", row.event)
        return self("funnel.step", nth=row.step + 1, step=name)

    def policy(self, key: str, family: str) -> str:
        """Return a policy by its family, with its key where that tells more."""
        name = self.word("policy", family) if family else key
        if key in ("", name, family):
            return name
        return self("report.policy", name=name, key=key)

    def told(self, row: TellingRow) -> Told:
        """Return one decision in words."""
        decision = row.decision
        head = say_decision(
            decision, self.lang, zone=self.zone, names=self.names, reasons=False
        )
        whole = say_decision(decision, self.lang, zone=self.zone, names=self.names)
        families = {r.policy: r.family for r in self.summary.decisions}
        key = str(decision.policy)
        at = "" if decision.at is None else decision.at.isoformat()
        return Told(
            head=head,
            reasons=whole[len(head) :].strip(),
            when=self("report.at", at=at) if at else "",
            policy=self.policy(key, families.get(key, "")),
            alike=self("telling.alike", alike=row.alike),
        )

    def notes(self) -> Iterator[str]:
        """Yield what was counted, what was not, and why."""
        summary = self.summary
        yield self("note.days", zone=self.zone)
        yield self("note.members")
        if not any(r.event in ("left", "member_removed") for r in summary.events):
            yield self("note.stock")
        yield self("note.active")
        if summary.counts["undated"]:
            yield self(
                "note.undated",
                count=summary.counts["undated"],
                kinds=tuple(
                    f"{self.word('event', row.event)} {row.undated:,}"
                    for row in summary.events
                    if row.undated
                ),
            )
        for name in ("bots", "late", "duplicates"):
            if summary.counts[name]:
                yield self(f"note.{name}", count=summary.counts[name])
        if summary.tiers:
            yield self("note.tiers")
        if summary.funnels:
            yield self("note.funnels")
        modes = {row.mode for row in summary.decisions}
        modes |= {row.mode for row in summary.sanctions}
        if "shadow" in modes:
            yield self("note.trial")
        if "propose" in modes:
            yield self("note.propose")
        yield self("note.ids")


def on_the_hour(quiet: QuietHours) -> bool:
    """Tell whether quiet hours begin and end at full hours, as a map shows them."""
    return quiet.start.minute == quiet.end.minute == 0


def in_quiet(quiet: QuietHours, hour: int) -> bool:
    """Tell whether the hour from *hour* on is quiet."""
    start, end = quiet.start.hour, quiet.end.hour
    return start <= hour < end if start < end else hour >= start or hour < end


def _active(row: DailyRow) -> int:
    return row.active
