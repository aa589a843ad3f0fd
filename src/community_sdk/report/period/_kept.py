"""A history that is kept: events, decisions and scorecards, as they came (S22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from attrs import define, field

from community_sdk._time import Calendar, instant, micros
from community_sdk.decisions import (
    ApplySanction,
    AssignSegment,
    ChangeLifecycle,
    Decision,
    IssueScorecard,
    SumUpSurvey,
)
from community_sdk.engine import Step
from community_sdk.events import Derived, Event
from community_sdk.metrics.funnel import FunnelAnalysis
from community_sdk.policies import Funnel
from community_sdk.report._activity import Activity
from community_sdk.report._presence import Presence
from community_sdk.report.summary import Summary

__all__ = ["Kept", "Noted", "Taken"]

Noted = AssignSegment | ChangeLifecycle | SumUpSurvey


@define
class Taken:
    """What was decided: instant, kind and mode, and whether it is a sanction."""

    at: int
    kind: str
    mode: str
    sanction: bool


@define
class _Pile:
    told: list[Event] = field(factory=list[Event])
    undated: list[Event] = field(factory=list[Event])
    taken: list[Taken] = field(factory=list[Taken])
    cards: list[IssueScorecard] = field(factory=list[IssueScorecard])
    noted: list[tuple[datetime, Noted]] = field(factory=list[tuple[datetime, Noted]])
    replayed: dict[str, FunnelAnalysis] = field(factory=dict[str, FunnelAnalysis])


class Kept(Summary):
    """A `Summary` that keeps what it sees."""

    def _begin(self) -> None:
        super()._begin()
        self._kept = _Pile()
        self._known = 0

    def see(self, event: Event | None, step: Step) -> None:
        """Take in one event and what came of it; None where only time passed."""
        super().see(event, step)
        if step.duplicate:
            return
        if event is not None:
            pile = self._kept.told if event.dated else self._kept.undated
            pile.append(event)
        self._kept.told.extend(fact for fact in step.facts if fact.dated)
        for decision in step.decisions:
            self._take(decision)

    def _take(self, decision: Decision) -> None:
        if isinstance(decision, IssueScorecard):
            self._kept.cards.append(decision)
        if isinstance(decision, Noted) and decision.at is not None:
            self._kept.noted.append((decision.at, decision))
        if decision.at is not None:
            one = Taken(
                micros(decision.at),
                decision.kind,
                decision.mode.value,
                isinstance(decision, ApplySanction),
            )
            self._kept.taken.append(one)

    def finish(self, engine: Any = None, *, seconds: float | None = None) -> None:
        """Draw up the tables, as of the last instant that *engine* knows."""
        super().finish(engine, seconds=seconds)
        self._kept.replayed.clear()
        known: Any = getattr(engine, "now", None)
        self._known = self._hi
        if isinstance(known, datetime):
            self._known = max(self._hi, micros(known))

    @property
    def began(self) -> datetime:
        """The first instant of the history."""
        return instant(self._lo)

    @property
    def known(self) -> datetime:
        """The last instant of the history."""
        return instant(self._known)

    @property
    def days(self) -> tuple[int, int]:
        """The first and the last local day of the history, as ordinals."""
        return self.calendar.day(self._lo), self.calendar.day(self._known)

    @property
    def calendar(self) -> Calendar:
        """The days of the community."""
        return self._calendar

    @property
    def presence(self) -> Presence:
        """Who was there when."""
        return self._presence

    @property
    def activity(self) -> Activity:
        """What members did by day."""
        return self._activity

    @property
    def told(self) -> Sequence[Event]:
        """Dated events and facts, as they came."""
        return self._kept.told

    def replay(self, funnel: Funnel) -> FunnelAnalysis:
        """Replay all but bots, once, for a *funnel* that asks how members stood."""
        known = self._kept.replayed.get(funnel.key)
        if known is None:
            told = (e for e in self._kept.told if not isinstance(e, Derived))
            bots = self._presence.bots
            people = [
                e for e in (*told, *self._kept.undated) if str(e.member) not in bots
            ]
            known = self.playbook.analyse(str(funnel.key), people, until=self.known)
            self._kept.replayed[funnel.key] = known
        return known

    @property
    def taken(self) -> Sequence[Taken]:
        """What was decided, as it came."""
        return self._kept.taken

    @property
    def cards(self) -> Sequence[IssueScorecard]:
        """Every scorecard, as it came."""
        return self._kept.cards

    @property
    def noted(self) -> Sequence[tuple[datetime, Noted]]:
        """When what became of groups, segments and surveys, as it came."""
        return self._kept.noted
