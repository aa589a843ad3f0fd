"""What is missing until a condition holds: have, need, missing, until when (S08 S20).

INVARIANT: ``gap(c, read).met == evaluate(c, read)``.
INVARIANT: when the gap is possible and no metric stands in two requirements, moving
every figure by its requirement's `change` (from 0 where nothing was observed) makes the
condition hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any as Anything
from typing import Final, Literal, NamedTuple

from attrs import evolve

from community_sdk._time import instant
from community_sdk._values import frozen
from community_sdk.conditions.evaluate import Read, compared, side
from community_sdk.conditions.figure import lasting, shown_figure, shown_metric
from community_sdk.conditions.tree import (
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Fixed,
    Holds,
    Not,
    Op,
)
from community_sdk.conditions.walk import metrics
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric, Unit

__all__ = ["Fades", "Gap", "Requirement", "gap"]

Fades = Callable[[Metric, int], int | None]
"""Tells when, in microseconds, a figure falls below a number if nothing happens."""

_NEGATED: Final[dict[Op, Op]] = {
    ">=": "<", ">": "<=", "<=": ">", "<": ">=", "==": "!=", "!=": "==",
}  # fmt: skip


@frozen(kw_only=True)
class Requirement:
    """One comparison that the shortest way to the condition asks for.

    Attributes:
        metric: what is measured.
        op: how it is compared; ``is`` for `has`.
        need: the number to compare with (lengths of time in microseconds, truths 0 or
            1); None where it is the figure of *than* and that was never observed.
        have: the figure now; None where it was never observed.
        missing: how much must be added (``>=``, ``>``), taken away (``<=``, ``<``) or
            either (``==``, ``!=``), counted from 0 where nothing was observed; 0 when
            met.
        met: whether it holds now.
        until: for ``>=`` and ``>``, when the figure will have fallen below what it is
            now worth (the need if met, else itself) if nothing happens, in
            microseconds; None where that is unknown or never.
        than: the other metric, where two are compared.
    """

    metric: Metric
    op: Op | Literal["is"]
    need: int | None
    have: int | None
    missing: int
    met: bool
    until: int | None = None
    than: Metric | None = None

    @property
    def change(self) -> int:
        """What to add to the figure: `missing` with its sign."""
        down = self.op in ("<", "<=") or (
            self.op != "!=" and (self.have or 0) > (self.need or 0)
        )
        return -self.missing if down else self.missing

    def because(self) -> Explanation:
        """Explain the requirement; *until* is ISO 8601 in UTC."""
        time = self.metric.spec.unit is Unit.TIME
        figures: dict[str, Anything] = {
            "metric": shown_metric(self.metric),
            "op": self.op,
            "need": shown_figure(self.metric, self.need),
            "have": shown_figure(self.metric, self.have),
            "missing": lasting(self.missing) if time else self.missing,
            "met": self.met,
            "until": None if self.until is None else instant(self.until),
        }
        if self.than is not None:
            figures["than"] = shown_metric(self.than)
        return because("gap.requirement", **figures)


@frozen(kw_only=True)
class Gap:
    """What is missing until a condition holds.

    Of `or` the part with the fewest unmet requirements is taken, of `at_least` as many
    such parts as it wants, the earlier one where two are equal; `not` is moved inwards
    to the comparisons, and a negated one also holds where nothing was observed.

    Attributes:
        met: whether the condition holds.
        requirements: what the shortest way asks for, met or not, in order of the text.
        possible: whether meeting them all would do; not so past a plain `False`.
    """

    met: bool
    requirements: tuple[Requirement, ...]
    possible: bool = True

    @property
    def missing(self) -> tuple[Requirement, ...]:
        """The requirements that are not met."""
        return tuple(r for r in self.requirements if not r.met)

    def because(self, key: str = "gap", /) -> Explanation:
        """Explain the gap.

        The figures of *key* are *met*, *possible* and *missing* (how many are unmet);
        one part ``gap.requirement`` per requirement: *metric*, *op*, *need*, *have*,
        *missing*, *met*, *until* and, where two metrics are compared, *than*.
        """
        parts = (requirement.because() for requirement in self.requirements)
        count = len(self.missing)
        return because(key, *parts, met=self.met, possible=self.possible, missing=count)


def gap(condition: Condition, read: Read, /, until: Fades | None = None) -> Gap:
    """Return what is missing until *condition* holds of the figures that *read* gives.

    *until* tells when a figure falls below a number; without it nothing is said of
    that.

    Raises:
        DefinitionError: a name has not been resolved.
    """
    given = {metric: read(metric) for metric in metrics(condition)}
    way = _way(condition, given.__getitem__, negated=False)
    found = way.requirements
    if until is not None:
        found = tuple(_dated(requirement, until) for requirement in found)
    met = way.possible and way.unmet == 0
    return Gap(met=met, requirements=found, possible=way.possible)


class _Way(NamedTuple):
    requirements: tuple[Requirement, ...]
    unmet: int
    possible: bool

    @property
    def cost(self) -> tuple[bool, int]:
        return not self.possible, self.unmet


def _way(node: Condition, read: Read, *, negated: bool) -> _Way:
    match node:
        case Not(part=part):
            return _way(part, read, negated=not negated)
        case All(parts=parts):
            k = 1 if negated else len(parts)
        case Any(parts=parts):
            k = len(parts) if negated else 1
        case AtLeast(k=least, parts=parts):
            k = len(parts) - least + 1 if negated else least
        case Fixed(holds=holds):
            return _Way((), 0, possible=holds is not negated)
        case _:
            requirement = _required(node, read, negated=negated)
            return _Way((requirement,), int(not requirement.met), possible=True)
    return _cheapest(k, [_way(part, read, negated=negated) for part in parts])


def _cheapest(k: int, ways: Sequence[_Way]) -> _Way:
    order = sorted(range(len(ways)), key=lambda nth: ways[nth].cost)
    taken = [ways[nth] for nth in sorted(order[:k])]
    return _Way(
        tuple(r for way in taken for r in way.requirements),
        sum(way.unmet for way in taken),
        possible=all(way.possible for way in taken),
    )


def _required(leaf: Condition, read: Read, *, negated: bool) -> Requirement:
    if isinstance(leaf, Holds):
        have, need = read(leaf.metric), int(not negated)
        met = (have == 1) is not negated
        missing = 0 if met else 1
        return Requirement(
            metric=leaf.metric, op="is", need=need, have=have, missing=missing, met=met
        )
    # `metrics` refused names before.
    assert isinstance(leaf, Compare) and isinstance(leaf.metric, Metric)  # noqa: S101, PT018
    have, wanted = read(leaf.metric), side(leaf.value, read)
    met = compared(have, leaf.op, wanted) is not negated
    op = _NEGATED[leaf.op] if negated else leaf.op
    return Requirement(
        metric=leaf.metric,
        op=op,
        need=wanted,
        have=have,
        missing=0 if met else _missing(have or 0, op, wanted or 0),
        met=met,
        than=leaf.value if isinstance(leaf.value, Metric) else None,
    )


def _missing(have: int, op: Op, need: int) -> int:
    match op:
        case ">=":
            return max(need - have, 0)
        case ">":
            return max(need - have + 1, 0)
        case "<=":
            return max(have - need, 0)
        case "<":
            return max(have - need + 1, 0)
        case "==":
            return abs(need - have)
        case _:
            return int(have == need)


def _dated(requirement: Requirement, fades: Fades) -> Requirement:
    have, need, op = requirement.have, requirement.need, requirement.op
    countable = requirement.metric.spec.unit in (Unit.TIMES, Unit.DAYS, Unit.AMOUNT)
    if not countable or op not in (">=", ">") or have is None or need is None:
        return requirement
    worth = need + (op == ">") if requirement.met else have
    return evolve(requirement, until=fades(requirement.metric, worth))
