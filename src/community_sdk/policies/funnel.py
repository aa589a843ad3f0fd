"""An ordered funnel: how far each member has come, and until when (S20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final

from attrs import field, frozen, validators

from community_sdk._time import Duration, instant, micros
from community_sdk.decisions import Mode, Recommend, RecordStage, SetTimer, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    EXOGENOUS,
    Custom,
    Event,
    EventTypes,
    RuleBroken,
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
    title: Titles = field(factory=dict, hash=False)

    def matches(self, event: Event) -> bool:
        """Tell whether *event* is one of this step."""
        return event.name == self.event and self.fits(event)

    def fits(self, event: Event) -> bool:
        """Tell whether an event of the right word has the right values."""
        return all(_field(event, name) == value for name, value in self.where)


def _field(event: Event, name: str) -> object:
    if isinstance(event, Custom) and name in event.properties:
        return event.properties[name]
    return getattr(event, name, None)


@frozen(kw_only=True)
class Funnel:
    """Follow members through *steps* in order, other events between allowed.

    The window runs from the opening, elapsed time, its last instant included. An event
    is used for one step only; events of one instant may be taken in any order; the
    best attempt wins. An event without a time of its own (`Event.dated`) is no step.

    Each new highest step yields `RecordStage`. When the window of a member's best
    attempt is over before the last step, *nudge* is recommended, once per attempt.
    """

    answers: ClassVar[EventTypes] = (
        *EXOGENOUS,
        RuleBroken,
        TierChanged,
        StageReached,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = (*EXOGENOUS, RuleBroken, TierChanged, StageReached)

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
        """The events of the steps, and the funnel's own stages and timers."""
        own = {"stage_reached", "timer_fired"}
        return frozenset({step.event for step in self.steps} | own)

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
        """Take in a step; note what was announced."""
        if isinstance(event, StageReached):
            if event.funnel == self.key:
                mine["told"] = event.step
            return mine
        if mine.get("level", -1) == len(self.steps) - 1 or not event.dated:
            return mine
        matches = self.matching(event)
        if not matches:
            return mine
        return self._advance(mine, state.at_us, matches, state)

    def _advance(
        self, mine: Slice, at: int, matches: Sequence[int], state: State
    ) -> Slice:
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
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Announce a new highest step; say when the window closed on the way."""
        mine: Slice = state.mine or {}
        level, opened = mine.get("level", -1), mine.get("opened", -1)
        if isinstance(event, TimerFired):
            yield from self._closed(event, level, opened, state)
        elif not isinstance(event, StageReached) and level > mine.get("told", -1):
            yield from self._reached(event, level, opened, state)

    def standing(self, state: State, /) -> Explanation:
        """Explain how far the member has come, and until when the next step counts."""
        mine: Slice = state.mine or {}
        level, opened = mine.get("level", -1), mine.get("opened", -1)
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
        self, event: Event, level: int, opened: int, state: State
    ) -> Iterator[Wish]:
        closes = self._closes(state.calendar.where)(opened)
        yield RecordStage(
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
        if self.nudge and level < len(self.steps) - 1:
            yield SetTimer("window", instant(closes), "after")

    def _closed(
        self, event: TimerFired, level: int, opened: int, state: State
    ) -> Iterator[Wish]:
        closes = self._closes(state.calendar.where)(opened)
        if level < 0 or level == len(self.steps) - 1 or closes > micros(event.at):
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
