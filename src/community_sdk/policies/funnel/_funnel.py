"""A funnel of a playbook: how far each member has come, and until when (S20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, Literal, cast

from attrs import field, frozen, validators

from community_sdk._time import Duration, instant, micros
from community_sdk.conditions import holds, metrics
from community_sdk.decisions import (
    ClearTimer,
    Mode,
    Recommend,
    SetTimer,
    Wish,
)
from community_sdk.events import (
    Event,
    EventTypes,
    IdentityLinked,
    StageReached,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric, funnel, levels, persons
from community_sdk.metrics.funnel import Exclusion, FunnelRules, closing_of, limits_of
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Scope
from community_sdk.policies.funnel._memory import Memory, leaf
from community_sdk.policies.funnel._plain import PlainMemory
from community_sdk.policies.funnel._soundness import check, check_judged
from community_sdk.policies.funnel._step import FunnelStep
from community_sdk.policies.funnel._telling import Reach, between, reached
from community_sdk.state import State

__all__ = ["Funnel"]

Slice = dict[str, Any]
_NOT_YET: Final = (-1, -1, -1)


@frozen(kw_only=True)
class Funnel:
    """Follow members through *steps*; see `FunnelRules` for what can be asked.

    The window runs from the opening, elapsed time, its last instant included. An event
    is used for one step only; events of one instant may be taken in any order; the
    best attempt wins. An event without a time of its own (`Event.dated`) is no step.

    Each new highest step yields `RecordStage`; with *entry* ``totals``, of each
    attempt. When the window of the latest attempt that came as far is over before the
    last step, *nudge* is recommended, once per attempt. What was announced stands,
    also where something excludes the attempt afterwards. A funnel that has come to
    have another number of steps begins anew.

    *order*: ``ordered`` allows other events between, ``strict`` none of the words of
    the steps, of *exclusions* and of *among*, ``unordered`` any order. *ties*: events
    of one instant may be taken in ``any`` order, by ``position``, or only one of them
    (``increasing``). *entry*: which attempt counts, the ``best``, the ``first``, or
    all (``totals``). *exclusion_scope*: an excluded ``attempt`` does not count, or the
    ``user`` all of whose best attempts are excluded. *same*: fields that must have one
    value along an attempt. *reuse_event*: one event may be several steps.
    """

    answers: ClassVar[EventTypes] = (Event,)
    folds: ClassVar[EventTypes] = answers

    key: PolicyKey
    steps: tuple[FunnelStep, ...] = field(validator=validators.min_len(1))
    window: Duration
    nudge: str = ""
    order: Literal["ordered", "strict", "unordered"] = "ordered"
    ties: Literal["any", "position", "increasing"] = "any"
    entry: Literal["best", "first", "totals"] = "best"
    exclusions: tuple[Exclusion, ...] = ()
    exclusion_scope: Literal["attempt", "user"] = "attempt"
    same: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    reuse_event: bool = False
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER
    rules: FunnelRules = field(init=False, eq=False, repr=False)
    _plain: bool = field(init=False, eq=False, repr=False)
    _places: Mapping[str, list[int]] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what `FunnelRules` refuses."""
        rules = FunnelRules(
            steps=self.steps,
            window=self.window,
            order=self.order,
            ties=self.ties,
            entry=self.entry,
            reuse_event=self.reuse_event,
            exclusions=self.exclusions,
            scope=self.exclusion_scope,
            same=self.same,
        )
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "_plain", rules.plain)
        places: dict[str, list[int]] = {}
        for place, step in enumerate(self.steps):
            places.setdefault(step.event, []).append(place)
        object.__setattr__(self, "_places", places)
        asked = (bool(self.among), self.exclusion_scope != "attempt")
        check(self.key, self.order, asked, self.steps)

    @property
    def words(self) -> frozenset[str]:
        """The events of steps and exclusions, accounts of one person, own timers."""
        return self._told | {"identity_linked", "timer_fired"}

    @property
    def _told(self) -> frozenset[str]:
        named = {step.event for step in self.steps}
        return frozenset({*named, *(x.event for x in self.exclusions), *self.among})

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What the conditions of the steps measure."""
        return tuple(
            m for s in self.steps if s.when is not None for m in metrics(s.when)
        )

    def matching(self, event: Event, state: State | None = None) -> tuple[int, ...]:
        """Return the steps that *event* is one of; `when` is asked of *state*.

        A funnel does not follow itself: its own stages are no steps of it.
        """
        places = self._places.get(event.name, ())
        if not places or _is_stage(event, self.key):
            return ()
        found = [(place, self.steps[place]) for place in places]
        return tuple(
            place
            for place, step in found
            if step.fits(event)
            and (step.when is None or state is None or holds(step.when, state))
        )

    # -- over a whole history --------------------------------------------------------

    def analyse(
        self,
        events: Iterable[Event],
        /,
        *,
        where: str = "UTC",
        judge: Callable[[Event, int], bool] | None = None,
        **more: Any,
    ) -> funnel.FunnelAnalysis:
        """Return the analysis of a whole history; it answers as the engine does.

        *where* is the time zone; *judge* tells whether the condition `when` of a step
        (from 0) held when the event came in; *more* are arguments of `FunnelAnalysis`.

        Raises:
            DefinitionError: a step has a condition and nobody judges it.
        """
        if judge is None:
            check_judged(self.key, self.steps)
        told, steps = {*self._told, IdentityLinked.kind}, self.steps
        people = persons.people(events)

        def stood(event: Event, step: int) -> bool:
            return judge is None or steps[step].when is None or judge(event, step)

        return funnel.FunnelAnalysis(
            self.rules,
            (e for e in people if e.name in told and not _is_stage(e, self.key)),
            where=where,
            judge=stood,
            funnel=self.key,
            **more,
        )

    def levels(
        self, events: Iterable[Event], /, *, where: Any = None
    ) -> dict[str, int]:
        """Return the highest step (0-based) of each member over a whole history.

        It equals what the engine finds event by event. *where* is the time zone for a
        window in months.

        Raises:
            DefinitionError: a step has a condition, which a history does not tell.
        """
        check_judged(self.key, self.steps)
        if not self._plain:
            zone = "UTC" if where is None else str(where)
            found: dict[str, int] = {}
            for outcome in self.analyse(events, where=zone).report().outcomes:
                level = max(outcome.attempt.level, found.get(outcome.subject, -1))
                found[outcome.subject] = level
            return found
        seen = (
            (str(e.member), micros(e.at), steps)
            for e in persons.people(events)
            if e.member is not None and e.dated and (steps := self.matching(e))
        )
        return levels(seen, len(self.steps), self._closes(where))

    # -- event by event --------------------------------------------------------------

    def start(self) -> Slice:
        """Remember no attempt."""
        return {}

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Take in a step; note which event led to a new highest one."""
        if not event.dated:
            return mine
        if self._plain:
            return self._fold_plain(mine, event, state)
        if mine.get("steps") != len(self.steps):
            mine = {"steps": len(self.steps)}
        return mine if mine.get("over") else self._fold(mine, event, state)

    def _fold_plain(self, mine: Slice, event: Event, state: State) -> Slice:
        if len(mine.get("run", self.steps)) != len(self.steps) or "rows" in mine:
            mine = {}
        if mine.get("level") == len(self.steps) - 1:
            return mine
        matches, rises = self.matching(event, state), False
        if not (matches or isinstance(event, IdentityLinked)):
            return mine
        memory = self._plainly(mine, state)
        if matches:
            rises = memory.add(state.at_us, matches, lambda: self._oldest(state))
        elif mine:
            rises = memory.rise()
        if rises:
            mine["by"] = str(event.id)
        return mine

    def _fold(self, mine: Slice, event: Event, state: State) -> Slice:
        name = event.name
        if name not in self._told and not isinstance(event, IdentityLinked):
            return mine
        bars = [i for i, x in enumerate(self.exclusions) if x.matches(event)]
        steps = list(self.matching(event, state))
        firsts = [
            i
            for i, step in enumerate(self.steps)
            if (step.first_time == "filter" and i in steps)
            or (step.first_time == "event" and step.event == name)
        ]
        values = [leaf(event.value(each)) for each in self.same]
        row = [state.at_us, event.seq, str(event.id), steps, bars, values]
        memory = self._memory(mine, state)
        found = memory.add(row, firsts) if name in self._told else memory.news()
        mine["by"], mine["fresh"] = str(event.id), found
        if memory.crowded:
            memory.settle(self._oldest(state))
        return mine

    def join(self, mine: Slice, other: Slice, state: State, /) -> Slice:
        """Return what is remembered of two accounts that are one person.

        Events that are kept go together as if they had always been one's; of what was
        folded before, the account that came further stands.
        """
        if not self._is_mine(mine) or not self._is_mine(other):
            return mine if self._is_mine(mine) else other
        if self._plain:
            return self._plainly(mine, state).join(other)
        self._memory(mine, state).join(other)
        return mine

    def _is_mine(self, kept: Slice) -> bool:
        """Tell whether *kept* is of this funnel as it is now."""
        if self._plain:
            return len(kept.get("run", ())) == len(self.steps)
        return kept.get("steps") == len(self.steps) and "rows" in kept

    def _plainly(self, mine: Slice, state: State) -> PlainMemory:
        closes = self._closes(state.calendar.where)
        return PlainMemory(len(self.steps), closes, mine)

    def _memory(self, mine: Slice, state: State) -> Memory:
        where = state.calendar.where
        closes, limits = self._closes(where), limits_of(self.rules, where)
        return Memory(self.rules, closes, limits, mine)

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Announce a new highest step; say when the window closed on the way."""
        if self._unmoved(event, state):
            return
        reach, fresh = self._reach(event, state)
        level, _, closes = reach
        if isinstance(event, TimerFired):
            yield from self._closed(event, reach)
            return
        for each in fresh:
            yield reached(self.rules, event, each)
        planned = f"{self.key}/window" in state.member.timers
        if level in (-1, len(self.steps) - 1):
            if planned:
                yield ClearTimer("window")
        elif self.nudge and (fresh or (not planned and closes >= state.now_us)):
            yield SetTimer("window", instant(closes), "after")

    def _unmoved(self, event: Event, state: State) -> bool:
        """Tell whether *event* led to no step, and what is planned stands."""
        mine: Slice = state.mine or {}
        if not self._plain or event.name == "timer_fired" or not self._is_mine(mine):
            return False
        if mine.get("by") == event.id:
            return False
        ended = mine["level"] in (-1, len(self.steps) - 1)
        planned = f"{self.key}/window" in state.member.timers
        return not ended if planned else ended or not self.nudge

    def _reach(self, event: Event | None, state: State) -> tuple[Reach, list[Reach]]:
        """Return the attempt that counts, and those that *event* led further."""
        mine: Slice = state.mine or {}
        new = event is not None and mine.get("by") == event.id
        if not self._is_mine(mine):
            return _NOT_YET, []
        if self._plain:
            if mine["level"] < 0:
                return _NOT_YET, []
            level, opened = mine["level"], mine["opened"]
            reach = (level, opened, self._closes(state.calendar.where)(opened))
            return reach, [reach] if new else []
        now = mine["now"]
        found = [cast("Reach", tuple(each)) for each in mine["fresh"] if new]
        return (_NOT_YET if now is None else cast("Reach", tuple(now))), found

    def standing(self, state: State, /) -> Explanation:
        """Explain how far the member has come, and until when the next step counts."""
        (level, opened, closes), _ = self._reach(None, state)
        if level < 0:
            return because("funnel.not_entered", funnel=self.key)
        done = level == len(self.steps) - 1
        running = closes >= state.now_us
        if running and not self._plain and not done:
            running = self._memory(state.mine, state).standing(state.now_us)[1]
        return because(
            "funnel.done" if done else "funnel.standing",
            funnel=self.key,
            **between(self.rules, level),
            opened=instant(opened),
            closes=instant(closes),
            open=running,
            broken=closes >= state.now_us and not running and not done,
        )

    def _closed(self, event: TimerFired, reach: Reach) -> Iterator[Wish]:
        level, opened, closes = reach
        if level in (-1, len(self.steps) - 1) or not self.nudge:
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
                **between(self.rules, level),
                opened=instant(opened),
                closed=instant(closes),
            ),
        )

    def _closes(self, where: Any) -> Callable[[int], int]:
        return cast("Callable[[int], int]", closing_of(self.window, where))

    def _oldest(self, state: State) -> int:
        """Return the earliest instant at which an event may still come in."""
        late = state.definition.lateness
        return late.after(state.now_us, state.calendar.where, times=-1)


def _is_stage(event: Event, key: PolicyKey) -> bool:
    """Tell whether *event* is what the funnel *key* has said itself."""
    return isinstance(event, StageReached) and event.funnel == key
