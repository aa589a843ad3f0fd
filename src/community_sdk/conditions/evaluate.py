"""The recursive reader, which says what a condition means (S08 S20).

INVARIANT: the compiled forms answer the same.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final

from community_sdk._time import Duration
from community_sdk.conditions.tree import (
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Fixed,
    Holds,
    Named,
    Not,
    Op,
)
from community_sdk.conditions.walk import refuse_name
from community_sdk.metrics import Metric

__all__ = ["COMPARISONS", "Read", "compared", "evaluate", "side"]

Read = Callable[[Metric], int | None]
"""Gives the figure of a metric: lengths of time in microseconds, truths as 0 or 1,
None for what was never observed."""

COMPARISONS: Final[dict[Op, Callable[[int, int], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}


def evaluate(condition: Condition, read: Read, /) -> bool:
    """Tell whether *condition* holds of the figures that *read* gives.

    No comparison with None holds; `Not` of one therefore does. Parts are asked in
    order and no further than needed; of a comparison both sides are read.

    Raises:
        DefinitionError: a name has not been resolved.
    """
    if isinstance(condition, Compare):
        left, right = condition.metric, condition.value
        return compared(side(left, read), condition.op, side(right, read))
    if isinstance(condition, Holds):
        return read(condition.metric) == 1
    if isinstance(condition, All):
        return all(evaluate(part, read) for part in condition.parts)
    if isinstance(condition, Any):
        return any(evaluate(part, read) for part in condition.parts)
    if isinstance(condition, Not):
        return not evaluate(condition.part, read)
    if isinstance(condition, AtLeast):
        return _enough(condition.k, condition.parts, read)
    return condition.holds if isinstance(condition, Fixed) else refuse_name(condition)


def _enough(k: int, parts: tuple[Condition, ...], read: Read) -> bool:
    met, left = 0, len(parts)
    for part in parts:
        if met + left < k:
            return False
        met += evaluate(part, read)
        left -= 1
        if met == k:
            return True
    return False


def compared(left: int | None, op: Op, right: int | None) -> bool:
    """Compare two figures; with None nothing compares."""
    if left is None or right is None:
        return False
    return COMPARISONS[op](left, right)


def side(value: int | Duration | Metric | Named, read: Read, /) -> int | None:
    """Return the figure on one side of a comparison."""
    if isinstance(value, Metric):
        return read(value)
    if isinstance(value, Duration):
        return value.us
    return refuse_name(value) if isinstance(value, Named) else value
