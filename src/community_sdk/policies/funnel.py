"""An ordered funnel: how far each member has come, and until when (S20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final

from attrs import field, frozen, validators

from community_sdk._time import Duration, instant, micros
from community_sdk.decisions import (
    ClearTimer,
    Mode,
    Recommend,
    RecordStage,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    EXOGENOUS,
    Event,
    EventTypes,
    StageReached,
    TierChanged,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Attempts, levels
from community_sdk.model import PolicyKey, Titles
from community_sdk.policies._policy import Scope
from community_sdk.state import State

__all__ = ["Funnel", "FunnelStep"]

Slice = dict[str, Any]
_STEPS: Final = 32


@frozen(kw_only=True)
class FunnelStep:
    """One step: an event word and the values that its fields must have."""

    event: str
    where: tuple[tuple[str, str | int | bool], ...] = ()
    title: Titles = field(factory=dict[str, str], hash=False)

    def matches(self, event: Event) -> bool:
        """Tell whether *event* is one of this step."""
        return event.name == self.event and self.fits(event)

    def fits(self, event: Event) -> bool:
        """Tell whether an event of the right word has the right values."""
        return all(event.value(name) == value for name, value in self.where)


@frozen(kw_only=True)
class Funnel:
    """Follow members through *steps* in order, other events between allowed.

    The window runs from the opening, elapsed time, its last instant included. An event
    is used for one step only; events of one instant may be taken in any order; the
    best attempt wins. An event without a time of its own (`Event.dated`) is no step.

    Each new highest step yields `RecordStage`. When the window of the latest attempt
    that came as far is over before the last step, *nudge* is recommended, once per
    attempt. A funnel that has come to have another number of steps begins anew.
    """

    answers: ClassVar[EventTypes] = (
        *EXOGENOUS,
        TierChanged,
        StageReached,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = (*EXOGENOUS, TierChanged, StageReached)

    key: PolicyKey
    steps: tuple[FunnelStep, ...] = field(validator=validators.min_len(1))
    window: Duration
    nudge: str = ""
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse more steps than anybody reads."""
        if len(self.steps) > _STEPS:
            raise DefinitionError(
                f"expected at most {_STEPS} steps in funnel `{self.key}`",
                code="funnel.steps",
                found=str(len(self.steps)),
            )

    @property
    def words(self) -> frozenset[str]:
        """The events of the steps, and the funnel's own timers."""
        return frozenset({step.event for step in self.steps} | {"timer_fired"})

    def matching(self, event: Event) -> tuple[int, ...]:
        """Return the steps that *event* is one of."""
        name = event.name
        return tuple(
            i
            for i, step in enumerate(self.steps)
            if step.event == name and (not step.where or step.fits(event))
        )

    def levels(
        self, events: Iterable[Event], /, *, where: Any = None
    ) -> dict[str, int]:
        """Return the highest step (0-based) of each member over a whole history.

        It equals what the engine finds event by event. *where* is the time zone for a
        window in months.
        """
        found = (
            (str(e.member), micros(e.at), steps)
            for e in events
            if e.member is not None and e.dated and (steps := self.matching(e))
        )
        return levels(found, len(self.steps), self._closes(where))

    def start(self) -> Slice:
        """Remember no attempt."""
        return {}

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Take in a step; note which event led to a new highest one."""
        if len(mine.get("run", self.steps)) != len(self.steps):
            mine = {}
        if mine.get("level", -1) == len(self.steps) - 1 or not event.dated:
            return mine
        matches = self.matching(event)
        if matches:
            before = mine.get("level", -1)
            self._advance(mine, state.at_us, matches, state)
            if mine["level"] > before:
                mine["by"] = str(event.id)
        return mine

    def _advance(
        self, mine: Slice, at: int, matches: Sequence[int], state: State
    ) -> None:
        steps, closes = len(self.steps), self._closes(state.calendar.where)
        attempts = Attempts(steps, closes, mine)
        attempts.add(at, matches)
        openings = attempts.openings
        level: int = mine.get("level", -1)
        while level + 1 < steps and openings[level + 1] >= 0:
            level += 1
        if level == steps - 1:
            attempts.close()
        elif attempts.crowded:
            attempts.settle(self._oldest(state))
        mine["level"], mine["opened"] = level, openings[level] if level >= 0 else -1

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Announce a new highest step; say when the window closed on the way."""
        level, opened, by = self._reach(state)
        if level < 0:
            return
        closes = self._closes(state.calendar.where)(opened)
        if isinstance(event, TimerFired):
            yield from self._closed(event, (level, opened), closes)
            return
        rises = by == event.id
        if rises:
            yield self._reached(event, (level, opened), closes)
        planned = f"{self.key}/window" in state.member.timers
        if level == len(self.steps) - 1:
            if planned:
                yield ClearTimer("window")
        elif self.nudge and (rises or (not planned and closes >= state.now_us)):
            yield SetTimer("window", instant(closes), "after")

    def _reach(self, state: State) -> tuple[int, int, str]:
        """Return the highest step, its opening, and the event that led to it."""
        mine: Slice = state.mine or {}
        if len(mine.get("run", ())) != len(self.steps):
            return (-1, -1, "")
        return (mine["level"], mine["opened"], mine.get("by", ""))

    def standing(self, state: State, /) -> Explanation:
        """Explain how far the member has come, and until when the next step counts."""
        level, opened, _ = self._reach(state)
        if level < 0:
            return because("funnel.not_entered", funnel=self.key)
        closes = self._closes(state.calendar.where)(opened)
        done = level == len(self.steps) - 1
        return because(
            "funnel.done" if done else "funnel.standing",
            funnel=self.key,
            step=level,
            name=self.steps[level].event,
            missing=None if done else self.steps[level + 1].event,
            opened=instant(opened),
            closes=instant(closes),
            open=closes >= state.now_us,
        )

    def _reached(
        self, event: Event, reach: tuple[int, int], closes: int
    ) -> RecordStage:
        level, opened = reach
        return RecordStage(
            member=event.member,
            step=level,
            opened=instant(opened),
            because=because(
                "funnel.reached",
                step=level,
                name=self.steps[level].event,
                of=len(self.steps),
                opened=instant(opened),
                window=self.window,
                closes=instant(closes),
            ),
        )

    def _closed(
        self, event: TimerFired, reach: tuple[int, int], closes: int
    ) -> Iterator[Wish]:
        level, opened = reach
        if level == len(self.steps) - 1 or not self.nudge:
            return
        if closes > micros(event.at):
            # A later attempt has come as far and is still running.
            yield SetTimer("window", instant(closes), "after")
            return
        yield Recommend(
            member=event.member,
            action=self.nudge,
            properties={"funnel": self.key, "step": level},
            because=because(
                "funnel.stuck",
                step=level,
                name=self.steps[level].event,
                missing=self.steps[level + 1].event,
                opened=instant(opened),
                closed=instant(closes),
            ),
        )

    def _closes(self, where: Any) -> Callable[[int], int]:
        if self.window.us:
            span = self.window.us
            return lambda opening: opening + span
        return lambda opening: self.window.after(opening, where)

    def _oldest(self, state: State) -> int:
        """Return the earliest instant at which an event may still come in."""
        lateness = state.definition.lateness
        return lateness.after(state.now_us, state.calendar.where, times=-1)
