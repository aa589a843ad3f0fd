"""Segments: every member falls into one, by ordered rules and a named rest (S09).

INVARIANT: a member who was looked at falls into exactly one segment: the first whose
rule holds, else the rest. A change is told once, whatever goes on holding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.conditions import (
    Condition,
    holds,
    metrics,
    moved_by,
    next_look,
    verdict,
)
from community_sdk.decisions import (
    AssignSegment,
    ClearTimer,
    Mode,
    Recommend,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import Event, EventTypes, SegmentChanged, TimerFired
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Scope
from community_sdk.policies.segmentation._axis import Axis, Segment
from community_sdk.state import State

__all__ = ["Segmentation"]

_OWN: Final = frozenset({"segment_changed", "timer_fired"})


@frozen(kw_only=True)
class Segmentation:
    """Sort members into *segments*: the first whose rule holds, else *rest*.

    Members are looked at while their membership runs: after each event that can move
    a figure, and when time alone can. Who has left keeps the segment on record.

    Attributes:
        segments: The segments, the first that fits counting.
        rest: The segment of those whom no rule fits; it has no rule.
        axes: The figures that `levels` speak of.
        stays: For so long a member stays in a segment, unless an earlier one takes the
            member.
    """

    answers: ClassVar[EventTypes] = (Event,)
    folds: ClassVar[EventTypes] = (Event,)

    key: PolicyKey
    segments: tuple[Segment, ...] = field(validator=validators.min_len(1))
    rest: Segment
    axes: tuple[Axis, ...] = ()
    stays: Duration | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse names that stand twice, and patterns that no level can fit."""
        names = [each.key for each in self.every]
        for name in names:
            if names.count(name) > 1:
                raise DefinitionError(
                    f"expected each segment of `{self.key}` once, found `{name}` twice",
                    code="segment.twice",
                    hint="one segment may have several `levels`",
                    found=name,
                )
        for each in self.every:
            if each.ruled == (each is self.rest):
                raise DefinitionError(
                    f"expected a rule for each segment but the rest, see `{each.key}`",
                    code="segment.rule",
                    hint="give it `when` or `levels`; the rest takes whom none fits",
                    found=each.key,
                )
            for known in each.levels:
                if not self._pattern(known):
                    raise DefinitionError(
                        f"expected a level or `*` for each of {len(self.axes)} axes,"
                        f" found `{known}`",
                        code="segment.levels",
                        hint="levels go from 1 to one more than the axis has cuts",
                        found=known,
                        expected=str(len(self.axes)),
                    )

    def _pattern(self, known: str) -> bool:
        return len(known) == len(self.axes) and all(
            mark == "*" or mark in "123456789"[: len(axis.cuts) + 1]
            for mark, axis in zip(known, self.axes, strict=True)
        )

    @property
    def every(self) -> tuple[Segment, ...]:
        """All segments in their order, the rest last."""
        return (*self.segments, self.rest)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything that is asked."""
        return tuple(c for segment in self.segments for c in segment.conditions)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Everything that is measured."""
        found = {m: None for axis in self.axes for m in axis.metrics}
        found |= {m: None for each in self.conditions for m in metrics(each)}
        return tuple(found)

    @property
    def words(self) -> frozenset[str]:
        """What moves a figure or begins a membership, and the changes themselves."""
        begun = {"joined", "membership_imported", "message", "purchase"}
        return moved_by(self.metrics) | begun | _OWN

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The segments there are."""
        return {"segment": tuple(each.key for each in self.every)}

    def start(self) -> dict[str, Any]:
        """Remember no segment."""
        return {}

    def fold(
        self, mine: dict[str, Any], event: Event, state: State, /
    ) -> dict[str, Any]:
        """Remember the segment, since when, and the event that changed it."""
        if not state.member.here or self._foreign(event):
            return mine
        segment = self._place(mine, state)
        if segment.key == mine.get("segment"):
            return mine
        before = mine.get("segment", "")
        return {
            "segment": segment.key,
            "since": state.now_us,
            "before": before,
            "by": str(event.id),
        }

    def join(self, mine: dict[str, Any], _: dict[str, Any], __: State, /) -> Any:
        """Keep the member's own; the link itself is a reason to look."""
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Tell a change, recommend what the new segment gets, plan the next look."""
        if self._foreign(event):
            return
        mine: dict[str, Any] = state.mine or {}
        if isinstance(event, SegmentChanged) and event.policy == self.key:
            yield from self._gets(event, state)
        if mine.get("by") == event.id:
            known = state.member.segments.get(self.key)
            before = mine["before"] if known is None else known.segment
            after = self._named(mine["segment"])
            if after is not None and before != after.key:
                yield self._assign(before, after, state)
        yield from self._plan(mine, state)

    def review_now(self, state: State, /) -> Iterator[Wish]:
        """Yield the change that a look would find now."""
        mine: dict[str, Any] = state.mine or {}
        if state.member.here:
            after, before = self._place(mine, state), mine.get("segment", "")
            if after.key != before:
                yield self._assign(before, after, state)

    def _foreign(self, event: Event) -> bool:
        return isinstance(event, TimerFired) and event.policy != self.key

    def _named(self, key: str) -> Segment | None:
        return next((each for each in self.every if each.key == key), None)

    def _place(self, mine: dict[str, Any], state: State) -> Segment:
        """Return the segment of the member now."""
        levels = [axis.level(state) for axis in self.axes]
        for segment in self.segments:
            if segment.holds(state, levels):
                return segment
            if segment.key == mine.get("segment") and self._kept(segment, mine, state):
                return segment
        return self.rest

    def _kept(self, segment: Segment, mine: dict[str, Any], state: State) -> bool:
        if segment.keeps is not None and holds(segment.keeps, state):
            return True
        where = state.calendar.where
        return self.stays is not None and state.now_us < self.stays.after(
            mine["since"], where
        )

    def _assign(self, before: str, after: Segment, state: State) -> AssignSegment:
        return AssignSegment(
            segments=str(self.key),
            before=before,
            after=after.key,
            spares=after.spares,
            because=self._why(before, after, state),
        )

    def _why(self, before: str, after: Segment, state: State) -> Explanation:
        parts = [axis.shown(state) for axis in self.axes]
        if after.when is not None:
            parts += verdict(after.when, state).because().parts
        if after.key == self.rest.key:
            return because("segment.rest", *parts, before=before, segment=after.key)
        return because("segment.changed", *parts, before=before, segment=after.key)

    def _gets(self, event: SegmentChanged, state: State) -> Iterator[Recommend]:
        segment = self._named(event.after)
        for action in () if segment is None else segment.gets:
            yield Recommend(
                action=action,
                properties={"segment": event.after},
                because=because("segment.gets", segment=event.after, action=action),
            )

    def _plan(self, mine: dict[str, Any], state: State) -> Iterator[Wish]:
        """Come back when time alone may change the segment."""
        dues: list[int | None] = []
        if state.member.here:
            dues = [due for axis in self.axes for due in axis.turns(state)]
            dues.append(next_look(self.conditions, state))
            if self.stays is not None and "since" in mine:
                end = self.stays.after(mine["since"], state.calendar.where)
                dues.append(end if end > state.now_us else None)
        found = [due for due in dues if due is not None]
        planned = state.member.timers.get(f"{self.key}/look")
        if found and (planned is None or planned[0] != min(found)):
            yield SetTimer("look", instant(min(found)))
        elif not found and planned is not None:
            yield ClearTimer("look")

    def standing(self, state: State, /) -> Explanation:
        """Tell the segment, since when, and the figures it comes from."""
        mine: dict[str, Any] = state.mine or {}
        segment = self._named(mine.get("segment", ""))
        if segment is None:
            return because("segment.none", segments=self.key)
        levels = [axis.level(state) for axis in self.axes]
        parts = [axis.shown(state) for axis in self.axes]
        if segment.when is not None:
            parts += verdict(segment.when, state).because().parts
        if segment is not self.rest and not segment.holds(state, levels):
            parts.append(because("segment.kept"))
        return because(
            "segment.standing",
            *parts,
            segment=segment.key,
            since=instant(mine["since"]),
        )
