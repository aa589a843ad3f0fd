"""Penalty escalation: equal histories lead to equal sanctions (S06).

Strikes are facts; a ladder counts those of its scope and window and answers the one
that came in. Lifting a sanction keeps its strike; overturning a strike frees the
member of the sanction that it led to and of its weight in every later step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import ClassVar, Literal

from attrs import field, frozen

from community_sdk._time import Duration, instant
from community_sdk.decisions import (
    ApplySanction,
    Decision,
    EndSanction,
    Mode,
    Recommend,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import EventTypes, RuleBroken, StrikeOverturned
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    DecisionId,
    EventId,
    LadderStep,
    PolicyKey,
    SanctionState,
    Severity,
)
from community_sdk.policies._policy import Reference, Scope
from community_sdk.state import Definition, SanctionRecord, State, Strike

__all__ = ["PenaltyLadder", "Trigger"]


class Trigger(Enum):
    """When a step is taken: at every strike, or only when the total passes it."""

    EACH_STRIKE = "each_strike"
    ON_CROSSING = "on_crossing"


@frozen(kw_only=True)
class PenaltyLadder:
    """Answer a breach with the step that the member's record has reached.

    *measure* counts strikes or adds up their points; *per* is what they must share
    with the new one. Only strikes not older than *window* count, measured back from
    now to the instant of the breach; one exactly that old still counts where
    *window_edge* is ``inclusive``. Between two steps the lower one holds; beyond the
    last the last repeats; below the first nothing is done. *categories* empty: all.

    A breach of a category in *immediate* gets that step whatever the record, and is
    recorded all the same; one of at least *zero_tolerance* gets the last step. A breach
    of a category in *enter_at* lifts the record to that number at least, and the next
    one counts on from there. One event, one sanction.
    """

    answers: ClassVar[EventTypes] = (RuleBroken, StrikeOverturned)

    key: PolicyKey
    steps: tuple[LadderStep, ...]
    measure: Literal["count", "points"] = "count"
    per: Literal["category", "rule", "member"] = "category"
    categories: tuple[str, ...] = ()
    window: Duration | None = None
    window_edge: Literal["inclusive", "exclusive"] = "inclusive"
    trigger: Trigger = Trigger.EACH_STRIKE
    immediate: Mapping[str, LadderStep] = field(
        factory=dict[str, LadderStep], hash=False
    )
    enter_at: Mapping[str, int] = field(factory=dict[str, int], hash=False)
    zero_tolerance: Severity | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse a ladder that does not rise."""
        if not self.steps:
            raise DefinitionError(
                f"expected at least one step in ladder `{self.key}`",
                code="ladder.empty",
                found=self.key,
            )
        for low, high in zip(self.steps, self.steps[1:], strict=False):
            if high.at <= low.at or high.kind.order < low.kind.order:
                raise DefinitionError(
                    f"expected steps of ladder `{self.key}` to rise, found"
                    f" `{high.kind}` at {high.at} after `{low.kind}` at {low.at}",
                    code="ladder.order",
                    hint="order steps by number; a later one is never milder",
                    found=self.key,
                )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name categories that no rule has."""
        known = tuple(dict.fromkeys(r.ladder for r in definition.rulebook.rules))
        for where in ("categories", "immediate", "enter_at"):
            for name in getattr(self, where):
                if name not in known:
                    yield (where, name, known)

    def decide(
        self, event: RuleBroken | StrikeOverturned, state: State, /
    ) -> Iterator[Decision]:
        """Impose the step earned, or undo what an overturned strike led to."""
        if isinstance(event, StrikeOverturned):
            yield from self._undo(event, state)
            return
        strike = next((s for s in state.member.strikes if s.id == event.id), None)
        if strike is None or not self._answers(strike):
            return
        counted, left_out = self._sort(strike, state)
        step = self._step(strike, counted)
        if step is None:
            return
        until = self._until(step, state)
        yield ApplySanction(
            member=event.member,
            group=event.group,
            step=step,
            until=until,
            strikes=tuple(
                EventId(s.id) for s in (strike, *self._rests(strike, counted))
            ),
            because=self._why(strike, step, (counted, left_out)),
        )

    def standing(self, state: State, /) -> Explanation:
        """Explain which strikes count now, and which sanctions are in force."""
        since = None
        if self.window is not None:
            since = self.window.after(state.now_us, state.calendar.where, times=-1)
        parts: list[Explanation] = []
        for strike in state.member.strikes:
            reason = self._left_out(strike, strike, since)
            key = "penalty.left_out" if reason else "penalty.counted"
            parts.append(_part(key, strike, reason))
        for record in state.member.sanctions:
            if record.policy == self.key and record.in_force(state.now_us):
                until = None if record.until is None else instant(record.until)
                parts.append(
                    because("penalty.in_force", measure=record.measure, until=until)
                )
        counted = sum(1 for part in parts if part.key == "penalty.counted")
        return because("penalty.standing", *parts, ladder=self.key, counted=counted)

    def _answers(self, strike: Strike) -> bool:
        known = not self.categories or strike.category in self.categories
        return known and not strike.overturned

    def _sort(
        self, new: Strike, state: State
    ) -> tuple[list[Strike], list[tuple[Strike, str]]]:
        counted: list[Strike] = []
        left_out: list[tuple[Strike, str]] = []
        since = None
        if self.window is not None:
            since = self.window.after(state.now_us, state.calendar.where, times=-1)
        for strike in state.member.strikes:
            reason = self._left_out(strike, new, since)
            if reason:
                left_out.append((strike, reason))
            else:
                counted.append(strike)
        return counted, left_out

    def _left_out(self, strike: Strike, new: Strike, since: int | None) -> str:
        if strike.overturned:
            return "overturned"
        if self.per == "category" and strike.category != new.category:
            return "other_category"
        if self.per == "rule" and strike.rule != new.rule:
            return "other_rule"
        if self.categories and strike.category not in self.categories:
            return "other_category"
        if since is not None:
            edge = self.window_edge == "inclusive"
            if strike.occurred < since or (strike.occurred == since and not edge):
                return "too_old"
        return ""

    def _step(self, new: Strike, counted: list[Strike]) -> LadderStep | None:
        if new.category in self.immediate:
            return self.immediate[new.category]
        if self._severe(new):
            return self.steps[-1]
        others = [s for s in counted if s.id != new.id]
        if len(others) == len(counted):
            return None
        stands = self._stands(counted)
        step = next((s for s in reversed(self.steps) if s.at <= stands), None)
        crossing = self.trigger is Trigger.ON_CROSSING
        if step is not None and crossing and self._stands(others) >= step.at:
            return None
        return step

    def _rests(self, new: Strike, counted: list[Strike]) -> list[Strike]:
        """Return the older strikes that the step taken rests on."""
        if new.category in self.immediate or self._severe(new):
            return []
        return [s for s in counted if s.id != new.id]

    def _severe(self, strike: Strike) -> bool:
        least = self.zero_tolerance
        return least is not None and strike.severity >= least

    def _stands(self, counted: list[Strike]) -> int:
        """Return the number that *counted*, in order of occurrence, have led to."""
        stands = 0
        for strike in counted:
            entry = self.enter_at.get(strike.category, 0)
            stands = max(stands + self._weight(strike), entry)
        return stands

    def _weight(self, strike: Strike) -> int:
        return 1 if self.measure == "count" else strike.weight

    def _until(self, step: LadderStep, state: State) -> datetime | None:
        """Return when the sanction ends: the later end where one is in force."""
        if step.duration is None:
            return None
        end = step.duration.after(state.now_us, state.calendar.where)
        for record in state.member.sanctions:
            if record.measure == step.kind.word and record.in_force(state.now_us):
                if record.until is None:
                    return None
                end = max(end, record.until)
        return instant(end)

    def _why(
        self,
        new: Strike,
        step: LadderStep,
        sorted_strikes: tuple[list[Strike], list[tuple[Strike, str]]],
    ) -> Explanation:
        counted, left_out = sorted_strikes
        parts = [_part("penalty.counted", s, "") for s in counted]
        parts += [_part("penalty.left_out", s, reason) for s, reason in left_out]
        stands = self._stands(counted)
        harder = next((s for s in self.steps if s.at > stands), None)
        if harder is not None:
            parts.append(because("penalty.next", at=harder.at, measure=harder.kind))
        key = "penalty.step"
        if new.category in self.immediate:
            key = "penalty.immediate"
        elif self._severe(new):
            key = "penalty.zero_tolerance"
        return because(
            key,
            *parts,
            rule=new.rule,
            category=new.category,
            version=new.version,
            occurred=instant(new.occurred),
            counts=self.measure,
            total=sum(map(self._weight, counted)),
            stands=stands,
            measure=step.kind,
            duration=step.duration,
            window=self.window,
        )

    def _undo(self, event: StrikeOverturned, state: State) -> Iterator[Decision]:
        for record in state.member.sanctions:
            active = record.state == SanctionState.ACTIVE.value
            if record.policy != self.key or not active:
                continue
            if event.strike not in record.strikes:
                continue
            if record.strikes[0] == event.strike:
                yield self._overturn(event, record)
            else:
                yield Recommend(
                    member=event.member,
                    action="review_sanction",
                    properties={"sanction": record.id, "measure": record.measure},
                    because=because(
                        "penalty.rests_on_overturned",
                        strike=event.strike,
                        sanction=record.id,
                        measure=record.measure,
                    ),
                )

    def _overturn(self, event: StrikeOverturned, record: SanctionRecord) -> EndSanction:
        why = because("penalty.overturned", strike=event.strike, measure=record.measure)
        return EndSanction(
            member=event.member,
            sanction=DecisionId(record.id),
            state=SanctionState.OVERTURNED,
            because=why,
        )


def _part(key: str, strike: Strike, reason: str) -> Explanation:
    figures: dict[str, object] = {
        "rule": strike.rule,
        "occurred": instant(strike.occurred),
        "weight": strike.weight,
    }
    if reason:
        figures["reason"] = reason
    return because(key, source=strike.id, **figures)
