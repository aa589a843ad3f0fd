"""Gathering what came of a history, step by step, and drawing up its tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from community_sdk import _time
from community_sdk._time import Calendar, instant, micros
from community_sdk.decisions import (
    ApplySanction,
    Decision,
    RecordStage,
    RequestConsent,
)
from community_sdk.engine import Step
from community_sdk.events import Event, TierChanged
from community_sdk.playbook import Playbook
from community_sdk.policies import Funnel
from community_sdk.report._activity import Activity
from community_sdk.report._funnels import Stages
from community_sdk.report._presence import Presence, starting_tier
from community_sdk.report._telling import Telling
from community_sdk.report.rows import (
    DailyRow,
    DecisionRow,
    EventRow,
    FunnelRow,
    HourRow,
    RefusedRow,
    SanctionRow,
    SuppressedRow,
    TellingRow,
    TierRow,
)

__all__ = ["Tally", "family"]

_EXAMPLES: Final = 3
_TELLING: Final = 10
_LONGEST: Final = 36_600  # local days listed without a gap; past that, only lively ones
_UPPER: Final = re.compile(r"(?<!^)(?=[A-Z])")


class Tally:
    """What `Summary` gathers and the tables it draws up (see there)."""

    def __init__(
        self, playbook: Playbook, *, source: str = "", credit: str = ""
    ) -> None:
        """Begin before the first event."""
        self.playbook = playbook
        self.source = source
        self.credit = credit
        self.counts: Counter[str] = Counter()
        self.period: tuple[datetime, datetime] | None = None
        self.speed: int | None = None
        self.events: tuple[EventRow, ...] = ()
        self.daily: tuple[DailyRow, ...] = ()
        self.hours: tuple[HourRow, ...] = ()
        self.tiers: tuple[TierRow, ...] = ()
        self.funnels: tuple[FunnelRow, ...] = ()
        self.decisions: tuple[DecisionRow, ...] = ()
        self.suppressed: tuple[SuppressedRow, ...] = ()
        self.sanctions: tuple[SanctionRow, ...] = ()
        self.telling: tuple[TellingRow, ...] = ()
        self.refused: tuple[RefusedRow, ...] = ()
        self._begin()

    def _begin(self) -> None:
        self._calendar = Calendar(_time.zone(self.playbook.community.zone))
        self._lo = self._hi = 0
        self._seen: Counter[str] = Counter()
        self._undated: Counter[str] = Counter()
        self._activity = Activity(self._calendar)
        self._presence = Presence()
        self._stages = {
            str(p.key): Stages(p)
            for p in self.playbook.policies
            if isinstance(p, Funnel)
        }
        self._telling = Telling()
        self._taken: dict[tuple[str, str, str], Counter[str]] = {}
        self._measures: dict[tuple[int, str, str], Counter[str]] = {}
        self._dropped: Counter[tuple[str, str]] = Counter()
        self._refusals: dict[str, list[Any]] = {}
        self._refused_by: Counter[str] = Counter()

    # -- while it is replayed --------------------------------------------------------

    def see(self, event: Event | None, step: Step) -> None:
        """Take in one event and what came of it; None where only time passed."""
        if step.duplicate:
            self.counts["duplicates"] += 1
            return
        if event is not None:
            self._event(event)
            self.counts["late"] += step.late
        for decision in step.decisions:
            self._decision(decision)
        for fact in step.facts:
            if isinstance(fact, TierChanged):
                at = micros(fact.at)
                self._presence.move(str(fact.member), fact.tiers, at, fact.after)
            for stages in self._stages.values():
                stages.see(fact)
        for dropped in step.suppressed:
            self.counts["suppressed"] += 1
            self._dropped[dropped.decision.kind, dropped.because.key] += 1

    def _event(self, event: Event) -> None:
        self.counts["events"] += 1
        self._seen[event.name] += 1
        self._presence.see(event)
        if not event.dated:
            self._undated[event.name] += 1
            return
        at = micros(event.at)
        if self.period is None:
            self.period, self._lo, self._hi = (event.at, event.at), at, at
        elif at > self._hi:
            self._hi = at
        elif at < self._lo:
            self._lo = at
        self._activity.see(event)
        for stages in self._stages.values():
            stages.see(event)

    def _decision(self, decision: Decision) -> None:
        self.counts["decisions"] += 1
        name, mode = str(decision.member or ""), decision.mode.value
        key = (decision.kind, str(decision.policy), mode)
        self._taken.setdefault(key, Counter())[name] += 1
        self._telling.see(decision)
        wish = decision
        if isinstance(decision, RequestConsent):
            wish, mode = decision.wish, decision.wish.mode.value
        if isinstance(wish, ApplySanction):
            measure = (wish.step.kind.order, wish.step.kind.word, mode)
            self._measures.setdefault(measure, Counter())[name] += 1
        elif isinstance(decision, RecordStage):
            stages = self._stages.get(str(decision.policy))
            if stages is not None:
                stages.decided(decision)

    def refuse(self, refusal: Any) -> None:
        """Take in a refused row or event: anything with a code and a message."""
        self.counts["refused"] += 1
        code = str(getattr(refusal, "code", ""))
        self._refused_by[code] += 1
        kept = self._refusals.setdefault(code, [])
        if len(kept) < _EXAMPLES:
            kept.append(refusal)

    # -- at the end ------------------------------------------------------------------

    def finish(self, engine: Any = None, *, seconds: float | None = None) -> None:
        """Draw up the tables, as of the last instant that *engine* knows.

        *engine* is an engine or an operation, anything with ``now``; without one, the
        history ends with its last event. *seconds* is how long the replay took.
        """
        if seconds is not None and seconds > 0:
            self.speed = int(self.counts["events"] / seconds)
        if self.period is not None:
            self.period = (instant(self._lo), instant(self._hi))
        known: Any = getattr(engine, "now", None)
        now = self._hi
        if isinstance(known, datetime):
            now = max(now, micros(known))
        self._count()
        days = self._days()
        self._daily(days)
        self._tiers(days)
        self.funnels = tuple(
            row
            for stages in self._stages.values()
            for row in stages.rows(now, self._calendar, self._presence.persons.person)
        )
        self.telling = self._telling.choose(_TELLING)

    def _count(self) -> None:
        presence = self._presence
        self.counts["members"] = len(presence.members)
        self.counts["bots"] = len(set(map(presence.persons.person, presence.bots)))
        self.counts["undated"] = self._undated.total()
        self.events = tuple(
            EventRow(event=name, count=count, undated=self._undated[name])
            for name, count in sorted(self._seen.items(), key=_most)
        )
        self.suppressed = tuple(
            SuppressedRow(kind=kind, reason=reason, count=count)
            for (kind, reason), count in sorted(self._dropped.items(), key=_most)
        )
        self.refused = tuple(
            RefusedRow(code=code, count=count, examples=tuple(self._refusals[code]))
            for code, count in sorted(self._refused_by.items(), key=_most)
        )
        self._count_decisions()

    def _count_decisions(self) -> None:
        families = {str(p.key): family(p) for p in self.playbook.policies}
        taken = sorted(self._taken.items(), key=lambda kv: (-kv[1].total(), kv[0]))
        self.decisions = tuple(
            DecisionRow(
                kind=kind,
                policy=policy,
                family=families.get(policy, ""),
                mode=mode,
                count=people.total(),
                members=_people(people),
            )
            for (kind, policy, mode), people in taken
        )
        self.sanctions = tuple(
            SanctionRow(
                measure=measure,
                order=order,
                mode=mode,
                count=people.total(),
                members=_people(people),
            )
            for (order, measure, mode), people in sorted(self._measures.items())
        )

    def _days(self) -> range:
        if self.period is None:
            return range(0)
        day = self._calendar.day
        return range(day(self._lo), day(self._hi) + 1)

    def _listed(self, days: range, lively: Iterable[int]) -> list[int]:
        if len(days) <= _LONGEST:
            return list(days)
        return sorted(day for day in set(lively) if day in days)

    def _daily(self, days: range) -> None:
        presence, calendar = self._presence, self._calendar
        counted = self._activity.daily(presence.bots, presence.persons.person)
        joins = presence.joins(calendar)
        stock = presence.stock(days, calendar)
        self.daily = tuple(
            DailyRow(
                day=date.fromordinal(day),
                active=counted.get(day, (0, 0))[0],
                messages=counted.get(day, (0, 0))[1],
                joins=joins.get(day, 0),
                members=stock[day - days.start],
            )
            for day in self._listed(days, counted)
        )
        weekly = self._activity.weekly(presence.bots)
        self.hours = tuple(
            HourRow(weekday=slot // 24, hour=slot % 24, messages=weekly.get(slot, 0))
            for slot in range(7 * 24)
            if weekly
        )

    def _tiers(self, days: range) -> None:
        found: list[TierRow] = []
        listed = [row.day.toordinal() for row in self.daily]
        for group in self.playbook.tiers:
            first = starting_tier(self.playbook, group)
            stocks = self._presence.tiers(group, first, days, self._calendar)
            found += [
                TierRow(
                    day=date.fromordinal(day),
                    tiers=group.key,
                    tier=tier,
                    members=stock[day - days.start],
                )
                for day in listed
                for tier, stock in stocks.items()
            ]
        self.tiers = tuple(found)


def family(policy: object) -> str:
    """Return the word for the kind of *policy*, as playbook files write it."""
    word = type(policy).__name__.removesuffix("Policy")
    return _UPPER.sub("_", word).lower()


def _most(item: tuple[Any, int]) -> tuple[int, Any]:
    return (-item[1], item[0])


def _people(people: Counter[str]) -> int:
    return sum(1 for name in people if name)
