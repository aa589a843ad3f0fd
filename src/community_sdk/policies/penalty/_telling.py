"""Why a step was taken: what counted, what did not, what comes next (S06 S29)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.events import Event, RuleBroken
from community_sdk.explanation import Explanation, because
from community_sdk.model import LadderStep, RoleName
from community_sdk.policies.penalty._counting import Tally, nearest
from community_sdk.policies.penalty._judging import Judgement
from community_sdk.policies.penalty._settings import Rung
from community_sdk.state import SanctionRecord, State, Strike

__all__ = ["Redress", "record_parts", "unproved", "why"]

_HUNDRED = 100


@frozen(kw_only=True)
class Redress:
    """Who may undo a sanction, and how long it may be appealed."""

    undone_by: tuple[RoleName, ...]
    appeal_within: Duration | None

    def parts(self, state: State) -> Iterator[Explanation]:
        """Yield what the member may do about it."""
        if self.undone_by:
            yield because("penalty.undone_by", roles=self.undone_by)
        if self.appeal_within is not None:
            until = self.appeal_within.after(state.now_us, state.calendar.where)
            yield because("penalty.appeal", until=instant(until))


def why(
    new: Strike,
    found: Judgement,
    *rest: Explanation,
    figures: dict[str, Any],
    harder: Rung | None,
) -> Explanation:
    """Explain the step that *new* has earned; *figures* are those of the ladder."""
    step = found.step
    parts = [*record_parts(found.tally)]
    if isinstance(step, LadderStep) and step.level:
        parts.insert(0, because("penalty.level", level=step.level, measure=step.kind))
    if isinstance(harder, LadderStep):
        parts.append(because("penalty.next", at=harder.at, measure=harder.kind))
    about: dict[str, Any]
    if isinstance(step, LadderStep):
        key, about = found.key, {"measure": step.kind, "duration": step.duration}
    else:
        key, about = "penalty.soft", {"action": None if step is None else step.action}
    return because(
        key,
        *parts,
        *rest,
        rule=new.rule,
        category=new.category,
        version=new.version,
        occurred=instant(new.occurred),
        total=found.tally.total,
        stands=found.tally.stands,
        **figures,
        **about,
    )


def unproved(event: Event, state: State) -> Iterator[Explanation]:
    """Say what evidence the rule wants, where a report brought none.

    A case tells it itself; what a policy found is proved by the record.
    """
    if not isinstance(event, RuleBroken) or event.automatic or event.case:
        return
    rule = state.rulebook.rule_at(event.rule, event.at)
    if rule is not None and rule.evidence and not event.evidence:
        yield because("penalty.no_evidence", wanted=rule.evidence)


def record_parts(tally: Tally) -> Iterator[Explanation]:
    """Yield what counts, then what does not."""
    if tally.sanctions:
        yield from (_sanction(record) for record in tally.sanctions)
    else:
        # A ladder that counts sanctions lets no strike contribute anything by itself.
        yield from (_counted(s, tally) for s in tally.counted if s.id in tally.worth)
    for out in tally.left_out:
        if out.strike.rule:
            yield _strike("penalty.left_out", out.strike, reason=out.reason)
        else:
            yield _points("penalty.points_left_out", out.strike, reason=out.reason)


def _sanction(record: SanctionRecord) -> Explanation:
    return because(
        "penalty.sanction_counted",
        source=record.id,
        measure=record.measure,
        since=instant(record.since),
        state=record.state,
    )


def _counted(strike: Strike, tally: Tally) -> Explanation:
    if not strike.rule:
        return _points("penalty.points_counted", strike)
    worth, counts = tally.worth[strike.id], "points" if tally.points else "count"
    if worth == tally.weights[strike.id]:
        return _strike("penalty.counted", strike, counts=counts)
    part = _decimal(worth)
    return _strike("penalty.counted_in_part", strike, worth=part, counts=counts)


def _strike(key: str, strike: Strike, **more: Any) -> Explanation:
    figures: dict[str, Any] = {
        "rule": strike.rule,
        "occurred": instant(strike.occurred),
        "weight": strike.weight,
    }
    return because(key, source=strike.id, **figures, **more)


def _points(key: str, strike: Strike, **more: Any) -> Explanation:
    at, weight = instant(strike.occurred), strike.weight
    return because(key, source=strike.id, occurred=at, weight=weight, **more)


def _decimal(number: Fraction) -> str:
    """Return *number* to two places, halves up, without idle zeros."""
    whole, rest = divmod(nearest(number * _HUNDRED), _HUNDRED)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
