"""What each channel brings and costs, in whole numbers (S18).

INVARIANT: a member is counted as new for one channel only, that of the first touch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, ClassVar, Final

from attrs import field

from community_sdk._time import PeriodUnit, instant
from community_sdk._values import frozen
from community_sdk.decisions import Mode, SetTimer, SumUpChannel, Wish
from community_sdk.events import (
    ChannelResultNoted,
    ChannelSpent,
    Event,
    EventTypes,
    JoinAttributed,
    TimerFired,
)
from community_sdk.explanation import because
from community_sdk.metrics import share
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Scope
from community_sdk.state import State

__all__ = ["ChannelFigures", "ChannelTally"]

Slice = dict[str, Any]
_CLOSE: Final = "close"
_COUNTS: Final = ("joins", "people", "seeds", "good", "converted")


@frozen(kw_only=True)
class ChannelFigures:
    """What a channel brought: whole numbers, and ratios that are None over nothing.

    Attributes:
        joins: Joins by the channel, later ones of a member as well.
        people: Members whose first touch it was.
        seeds: Seed users among them.
        good: Those who came to count as good.
        converted: Those who came to count as converted.
        cost: What was spent on it, in minor units by currency.
    """

    joins: int = 0
    people: int = 0
    seeds: int = 0
    good: int = 0
    converted: int = 0
    cost: Mapping[str, int] = field(factory=dict[str, int], hash=False)

    @property
    def quality(self) -> Fraction | None:
        """The share of good members."""
        return share(self.good, self.people)

    @property
    def conversion(self) -> Fraction | None:
        """The share of converted members."""
        return share(self.converted, self.people)

    def cost_each(self, currency: str, /) -> Fraction | None:
        """Return minor units for each new member; None without cost or members."""
        return share(self.cost.get(currency), self.people)

    def cost_converted(self, currency: str, /) -> Fraction | None:
        """Return minor units for each converted member."""
        return share(self.cost.get(currency), self.converted)


@frozen(kw_only=True)
class ChannelTally:
    """Count by channel what attributed joins, results and costs tell.

    What becomes known later counts in the period that runs then. Results that were
    noted for a channel stay with it when an earlier join becomes known.

    Attributes:
        period: After each, every channel that moved is summed up.
    """

    answers: ClassVar[EventTypes] = (
        JoinAttributed,
        ChannelResultNoted,
        ChannelSpent,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers

    key: PolicyKey
    period: PeriodUnit = PeriodUnit.MONTH
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def start(self) -> Slice:
        """Count nothing yet."""
        return {"all": {}, "now": {}, "told": {}}

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Count; at the end of a period begin anew."""
        mine["told"] = Slice()
        if isinstance(event, TimerFired):
            mine["told"], mine["now"] = mine["now"], Slice()
        for name in ("all", "now"):
            _count(mine[name], event)
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Sum up each channel when the period is over."""
        mine: Slice = state.mine or self.start()
        over = state.calendar.period(self.period, state.now_us - 1)
        for channel, row in sorted(mine["told"].items()):
            counts = {name: row[name] for name in _COUNTS}
            why = because(
                "channel.sum",
                period=over.key,
                joins=row["joins"],
                people=row["people"],
                seeds=row["seeds"],
                good=row["good"],
                converted=row["converted"],
            )
            yield SumUpChannel(
                channel=channel,
                period=over.key,
                since=instant(state.calendar.start(over.since)),
                until=instant(state.calendar.start(over.until)),
                cost=tuple(sorted(row["cost"].items())),
                because=why,
                **counts,
            )
        fired = isinstance(event, TimerFired)
        if fired or f"{self.key}/{_CLOSE}" not in state.community.timers:
            running = state.calendar.period(self.period, state.now_us)
            yield SetTimer(_CLOSE, instant(state.calendar.start(running.until)))

    def figures(self, state: State, /) -> dict[str, ChannelFigures]:
        """Return what is known of each channel so far; the empty word: unknown."""
        mine: Slice = state.community.slices.get(self.key) or self.start()
        return {key: _figures(row) for key, row in sorted(mine["all"].items())}


def _row(table: Slice, channel: str) -> Slice:
    counts: Slice = dict.fromkeys(_COUNTS, 0)
    found: Slice = table.setdefault(channel, {**counts, "cost": {}})
    return found


def _count(table: Slice, event: Event) -> None:
    if isinstance(event, JoinAttributed):
        row = _row(table, event.channel)
        row["joins"] += 1
        row["people"] += event.first
        row["seeds"] += event.seed and not event.moved
        if event.moved:
            _row(table, event.before)["people"] -= 1
    elif isinstance(event, ChannelResultNoted):
        _row(table, event.channel)[event.result] += 1
    elif isinstance(event, ChannelSpent):
        cost = _row(table, event.channel)["cost"]
        money = event.money
        cost[money.currency] = cost.get(money.currency, 0) + money.amount


def _figures(row: Slice) -> ChannelFigures:
    cost: dict[str, int] = dict(row["cost"])
    counts: dict[str, int] = {name: row[name] for name in _COUNTS}
    return ChannelFigures(**counts, cost=cost)
