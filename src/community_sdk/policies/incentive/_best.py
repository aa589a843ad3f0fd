"""The best contributors of a period, named and rewarded (S17).

Law: the same figures name the same people, whatever the order of members; a period is
named once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from attrs import evolve, field, validators

from community_sdk._time import PeriodUnit, Window, WindowKind, instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import (
    Mode,
    NameBest,
    PostPoints,
    RequestStandings,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Event,
    EventTypes,
    Exogenous,
    StandingsCounted,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import LIFETIME, Metric
from community_sdk.metrics.spans import amount_between, number_between
from community_sdk.model import EntryKind, PolicyKey, RoleName, Standing, TierKey
from community_sdk.policies._policy import Scope
from community_sdk.state import State

__all__ = ["BestContributors"]

_DAYS = {
    PeriodUnit.DAY: 1,
    PeriodUnit.WEEK: 7,
    PeriodUnit.HALF_MONTH: 16,
    PeriodUnit.MONTH: 31,
    PeriodUnit.QUARTER: 92,
    PeriodUnit.YEAR: 366,
}
_TIMER = "close"
Slice = dict[str, Any]


@frozen(kw_only=True)
class BestContributors:
    """Name the *top* members by *figure* when a *period* of the zone is over.

    *figure* is a ``count`` or a ``total`` without a window. Who has less than *least*
    is never named; of equal figures the longer membership goes first, then the id.
    Holders of a role of *not_for* do not compete. The n-th of *points* goes to the n-th
    place, in *currency*, to be spent and not for tiers; the last one to all further.
    """

    answers: ClassVar[EventTypes] = (Exogenous, TimerFired)
    folds: ClassVar[EventTypes] = (StandingsCounted, TimerFired)
    guards: ClassVar[EventTypes] = (StandingsCounted,)

    key: PolicyKey
    figure: Metric
    top: int = field(default=3, validator=validators.ge(1))
    period: PeriodUnit = PeriodUnit.MONTH
    least: int = field(default=1, validator=validators.ge(1))
    not_for: frozenset[RoleName] = frozenset()
    points: tuple[int, ...] = ()
    currency: str = "points"
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse a figure that cannot be counted in a period of the past."""
        if self.figure.word not in ("count", "total") or self.figure.window != LIFETIME:
            raise DefinitionError(
                f"expected `count` or `total` without a window in `{self.key}`, found"
                f" `{self.figure.word}`",
                code="best.figure",
                hint='write for example `count("message")`',
                found=self.figure.word,
                key=self.key,
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What is kept of members: a period and the one before."""
        return (evolve(self.figure, window=Window(WindowKind.DAYS, self._reach)),)

    @property
    def _reach(self) -> int:
        return 2 * _DAYS[self.period] + 1

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The currency that it books in."""
        return {"currency": (self.currency,)}

    @property
    def words(self) -> frozenset[str]:
        """What is counted, and the ends of periods."""
        return frozenset({self.figure.kind, "timer_fired", "standings_counted"})

    def start(self) -> Slice:
        """Remember no period."""
        return {"pending": []}

    def refuse(self, event: StandingsCounted, state: State, /) -> Explanation | None:
        """Refuse the figures of a period that nobody asked for, or that is named."""
        mine: Slice = state.mine or self.start()
        if event.policy != self.key or _span(event) in mine["pending"]:
            return None
        return because("best.not_asked", period=event.period)

    def fold(
        self, mine: Slice, event: StandingsCounted | TimerFired, state: State, /
    ) -> Slice:
        """Remember which periods are over and not named yet."""
        if isinstance(event, TimerFired):
            if event.policy == self.key:
                over = state.calendar.period(self.period, state.now_us - 1)
                span = [state.calendar.start(day) for day in (over.since, over.until)]
                mine["pending"].append([over.key, *span])
        elif event.policy == self.key:
            mine["pending"] = [p for p in mine["pending"] if p != _span(event)]
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Ask for the figures when a period is over; name the best of them."""
        if isinstance(event, StandingsCounted):
            if event.policy == self.key:
                yield from self._named(event)
            return
        if isinstance(event, TimerFired):
            if event.policy != self.key:
                return
            for period, since, until in (state.mine or self.start())["pending"]:
                yield RequestStandings(
                    period=period,
                    since=instant(since),
                    until=instant(until),
                    figures={"figure": str(self.figure.word)},
                    because=because("best.asked", period=period),
                )
        elif f"{self.key}/{_TIMER}" in state.community.timers:
            return
        running = state.calendar.period(self.period, state.now_us)
        yield SetTimer(_TIMER, instant(state.calendar.start(running.until)))

    def stand(self, state: State, span: tuple[int, int], /) -> Standing | None:
        """Return the member's figure in *span*, None for who does not compete."""
        member = state.member
        if not member.here or member.bot or member.since is None:
            return None
        if any(member.serves(role, state.now_us) for role in self.not_for):
            return None
        slot = state.plan.slot(self.figure.source)
        between = number_between if self.figure.word == "count" else amount_between
        return Standing(
            member=member.id,
            tier=TierKey(""),
            figures={"figure": between(member.rolling, slot, span)},
            joined=instant(member.since),
        )

    def ranked(self, event: StandingsCounted, /) -> list[Standing]:
        """Return who is named, the best first."""
        able = [s for s in event.standings if s.figures.get("figure", 0) >= self.least]
        able.sort(key=_order)
        return able[: self.top]

    def _named(self, event: StandingsCounted) -> Iterator[Wish]:
        for place, best in enumerate(self.ranked(event), 1):
            figure = best.figures["figure"]
            why = because(
                "best.named",
                period=event.period,
                place=place,
                figure=figure,
                of=len(event.standings),
            )
            yield NameBest(
                member=best.member,
                period=event.period,
                place=place,
                figure=figure,
                because=why,
            )
            if self.points and self.points[min(place, len(self.points)) - 1]:
                yield PostPoints(
                    member=best.member,
                    currency=self.currency,
                    amount=self.points[min(place, len(self.points)) - 1],
                    entry=EntryKind.EARN,
                    external=f"{self.key}/{event.period}",
                    order=f"{self.key}/{event.period}",
                    because=why,
                )


def _span(event: StandingsCounted) -> list[Any]:
    return [event.period, micros(event.since), micros(event.until)]


def _order(one: Standing) -> tuple[int, int, str]:
    joined = 0 if one.joined is None else micros(one.joined)
    return (-one.figures["figure"], joined, str(one.member))
