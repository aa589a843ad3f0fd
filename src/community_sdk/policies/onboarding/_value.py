"""The moment at which a newcomer sees the value: reached, how fast, help if not (S04).

It is told once per membership, and the time to it is a figure of the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.conditions import Condition, holds, metrics, shortfall, verdict
from community_sdk.decisions import Mode, NoteFirstValue, Recommend, SetTimer, Wish
from community_sdk.events import Event, EventTypes, Exogenous, Joined, TimerFired
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Scope
from community_sdk.state import State

__all__ = ["FirstValuePolicy"]

_MINUTE: Final = 60_000_000
Slice = dict[str, int]


@frozen(kw_only=True)
class FirstValuePolicy:
    """Note when a newcomer first meets *when*: the aha moment, called *moment*.

    It is looked at after each event that the condition counts. Whoever has not come
    that far *within* the time is recommended *help*, once; the last instant is still
    in time. Coming back after leaving begins anew. Whoever was there before the first
    event was recorded is no newcomer.
    """

    answers: ClassVar[EventTypes] = (Exogenous, TimerFired)
    folds: ClassVar[EventTypes] = (Exogenous,)

    key: PolicyKey
    when: Condition
    within: Duration
    moment: str = "aha"
    help: str = "show_the_way"
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What the condition measures."""
        return metrics(self.when)

    @property
    def words(self) -> frozenset[str]:
        """Entries, what the condition counts, and the policy's own timer."""
        counted = {m.kind for m in self.metrics if m.kind and m.word != "has"}
        words = {m.word for m in self.metrics}
        if "strikes" in words:
            counted |= {"rule_broken", "strike_overturned"}
        if "has" in words:
            counted |= {"role_assigned", "role_ended"}
        return frozenset(counted | {"joined", "timer_fired"})

    def start(self) -> Slice:
        """Remember no newcomer."""
        return {}

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Remember the newcomer, and when the moment came: ``now`` while it does."""
        member = state.member
        fresh = mine.get("stay") != member.stays and member.since == state.at_us
        if isinstance(event, Joined) and fresh:
            mine = {"stay": member.stays, "since": state.at_us, "new": 1}
        else:
            mine.pop("new", None)
            mine.pop("now", None)
        waits = mine.get("stay") == member.stays and "reached" not in mine
        if waits and member.here and holds(self.when, state):
            mine |= {"reached": state.now_us, "now": 1}
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Note the moment, or help who has not had it in time."""
        mine: Slice = state.mine or {}
        if isinstance(event, TimerFired):
            if "reached" not in mine and state.member.here:
                yield self._help(mine, state)
            return
        if "new" in mine:
            due = self.within.after(mine["since"], state.calendar.where)
            yield SetTimer("help", instant(due), "after")
        if "now" in mine:
            yield self._note(mine, state)

    def standing(self, state: State, /) -> Explanation:
        """Explain whether the moment has come, else what is missing for it."""
        mine: Slice = state.mine or {}
        if "since" not in mine:
            return because("value.no_newcomer", moment=self.moment)
        if "reached" in mine:
            reached, took = _took(mine)
            return because(
                "value.standing", moment=self.moment, reached=reached, took=took
            )
        gap = shortfall(self.when, state).because()
        until = instant(self.within.after(mine["since"], state.calendar.where))
        return because("value.open", gap, moment=self.moment, until=until)

    def _note(self, mine: Slice, state: State) -> NoteFirstValue:
        last = self.within.after(mine["since"], state.calendar.where)
        rows = verdict(self.when, state).because()
        reached, took = _took(mine)
        return NoteFirstValue(
            member=state.member.id,
            moment=self.moment,
            since=instant(mine["since"]),
            because=because(
                "value.reached",
                rows,
                moment=self.moment,
                in_time=mine["reached"] <= last,
                reached=reached,
                took=took,
            ),
        )

    def _help(self, mine: Slice, state: State) -> Recommend:
        gap = shortfall(self.when, state).because()
        since = mine.get("since", state.now_us)
        return Recommend(
            member=state.member.id,
            action=self.help,
            properties={"moment": self.moment},
            because=because(
                "value.late",
                gap,
                moment=self.moment,
                since=instant(since),
                within=self.within,
            ),
        )


def _took(mine: Slice) -> tuple[datetime, Duration]:
    """Return when the moment came, and how long after joining, in whole minutes."""
    minutes = max((mine["reached"] - mine["since"]) // _MINUTE, 1)
    return instant(mine["reached"]), Duration(us=minutes * _MINUTE)
