"""Which step a breach has earned by the record: the heart of a ladder, pure (S06).

Laws: the same record earns the same step; where every strike is answered and nothing
fades, is used up or discounted, more strikes never earn a milder one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from attrs import evolve

from community_sdk._values import frozen
from community_sdk.model import LadderStep, Severity
from community_sdk.policies.penalty._counting import Counting, Record, Tally
from community_sdk.policies.penalty._settings import Rung, SoftStep, Trigger
from community_sdk.state import Strike

__all__ = ["Judgement", "Judging"]

_NOTHING: Final = Tally()


@frozen(kw_only=True)
class Judgement:
    """What a breach has earned: *step* None is nothing; *key* names the reason.

    *rests*: the strikes that the step rests on, the breach itself first.
    """

    step: Rung | None
    tally: Tally = _NOTHING
    key: str = "penalty.step"
    rests: tuple[Strike, ...] = ()

    @property
    def same(self) -> tuple[object, ...]:
        """What two judgements share that come to the same."""
        step = self.step
        if not isinstance(step, LadderStep):
            return ()
        return (step.kind, step.duration, step.level)


@frozen(kw_only=True)
class Judging:
    """The settings by which a ladder answers; see `PenaltyLadder`."""

    counting: Counting
    steps: tuple[LadderStep, ...]
    soft: tuple[SoftStep, ...]
    trigger: Trigger
    between: Literal["use_lower", "none"]
    after_last: Literal["repeat", "none"]
    immediate: Mapping[str, LadderStep]
    zero_tolerance: Severity | None

    def judge(
        self, new: Strike, record: Record, at_once: LadderStep | None = None
    ) -> Judgement:
        """Return what *new*, which *record* holds, has earned.

        *at_once*: what the rulebook itself says of a breach of this rule.
        """
        like = (self.counting.group(new.category), new.rule)
        tally = self.counting.tally(record, like)
        step = self.immediate.get(new.category, at_once)
        if step is not None:
            key = "penalty.immediate"
            return Judgement(step=step, tally=tally, key=key, rests=(new,))
        least = self.zero_tolerance
        if least is not None and new.severity >= least and self.steps:
            step, key = self.steps[-1], "penalty.zero_tolerance"
            return Judgement(step=step, tally=tally, key=key, rests=(new,))
        if all(s.id != new.id for s in tally.counted):
            return Judgement(step=None, tally=tally)
        tally = self.counting.entered(tally, new.category)
        others = tuple(s for s in tally.counted if s.id != new.id)
        rung = self._reached(self._before(new, record, like), tally.stands)
        return Judgement(step=rung, tally=tally, rests=(new, *others))

    def _before(self, new: Strike, record: Record, like: tuple[str, str]) -> int:
        """Return where the record stood without *new*."""
        if self.trigger is not Trigger.ON_CROSSING:
            return 0
        rest = [s for s in record.strikes if s.id != new.id]
        return self.counting.tally(evolve(record, strikes=rest), like).stands

    @property
    def _rungs(self) -> tuple[Rung, ...]:
        return (*self.soft, *self.steps)

    def _reached(self, before: int, stands: int) -> Rung | None:
        below = [r for r in self._rungs if r.at <= stands]
        if self.trigger is Trigger.ON_CROSSING:
            crossed = [r for r in below if before < r.at]
            return crossed[-1] if crossed else None
        if not below:
            return None
        top = below[-1]
        over = stands - top.at
        last = top is self._rungs[-1]
        if over and (self.after_last if last else self.between) == "none":
            return None
        return _lasting(top, over)

    def next_step(self, tally: Tally) -> Rung | None:
        """Return the next step above where the record stands."""
        return next((rung for rung in self._rungs if rung.at > tally.stands), None)


def _lasting(rung: Rung, nth: int) -> Rung:
    """Return a step that grows as it is when taken for the *nth* time."""
    if isinstance(rung, SoftStep) or rung.grows == 1:
        return rung
    return evolve(rung, duration=rung.lasting(nth), grows=1, longest=None)
