"""Whether one condition asks for no more than another (S08).

Law: where `implies` says so, whoever meets the first meets the second.
"""

from __future__ import annotations

from typing import Final

from community_sdk._time import Duration
from community_sdk.conditions.tree import All, Any, Compare, Condition, Fixed, Not

__all__ = ["implies"]

_END: Final = 1 << 200
"""Beyond every figure."""


def implies(strong: Condition, weak: Condition, /) -> bool:
    """Tell whether it is proven that *weak* holds wherever *strong* does.

    Proven from the trees alone: by equal parts, and by bounds of one figure. False
    says only that no proof was found.
    """
    match strong, weak:
        case _ if strong == weak:
            return True
        case (Fixed(holds=False), _) | (_, Fixed(holds=True)):
            return True
        case Any(parts=parts), _:
            return all(implies(part, weak) for part in parts)
        case _, All(parts=parts):
            return all(implies(strong, part) for part in parts)
        case Not(part=first), Not(part=second):
            return implies(second, first)
        case Compare(), Compare():
            return _bounded(strong, weak)
        case _:
            some = strong.parts if isinstance(strong, All) else ()
            others = weak.parts if isinstance(weak, Any) else ()
            return any(implies(part, weak) for part in some) or any(
                implies(strong, part) for part in others
            )


def _bounded(strong: Compare, weak: Compare) -> bool:
    """Tell whether the figures that *strong* leaves all satisfy *weak*."""
    inner, number = _span(strong), _number(weak)
    if strong.metric != weak.metric or inner is None or number is None:
        return False
    if weak.op == "!=":
        return not inner[0] <= number <= inner[1]
    outer = _span(weak)
    return outer is not None and outer[0] <= inner[0] and inner[1] <= outer[1]


def _number(one: Compare) -> int | None:
    """Return the number that *one* compares with, None for another figure."""
    value = one.value.us if isinstance(one.value, Duration) else one.value
    return value if isinstance(value, int) else None


def _span(one: Compare) -> tuple[int, int] | None:
    """Return the least and the greatest figure that satisfy *one*, if it has them."""
    number = _number(one)
    if number is None:
        return None
    spans = {
        ">=": (number, _END),
        ">": (number + 1, _END),
        "<=": (-_END, number),
        "<": (-_END, number - 1),
        "==": (number, number),
    }
    return spans.get(one.op)
