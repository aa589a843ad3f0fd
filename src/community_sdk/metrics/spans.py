"""Figures of one member in a span ``[since, until)`` of the past (S08 S16).

Law: they depend on the entries that are kept and on the span alone, not on when they
are asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from community_sdk.metrics.plan import DAY_ZERO, SLOTS
from community_sdk.metrics.rolling import Rolling

__all__ = ["amount_between", "days_between", "number_between"]

_MASK: Final = SLOTS - 1


def _entries(rolling: Rolling, slot: int, span: tuple[int, int]) -> list[int]:
    """Return the places of the entries of *slot* inside *span*, in microseconds."""
    stamps = rolling.stamps
    first, end = (bisect_left(stamps, us << 8) for us in span)
    return [i for i in range(first, end) if stamps[i] & _MASK == slot]


def number_between(rolling: Rolling, slot: int, span: tuple[int, int]) -> int:
    """Return how many entries of *slot* lie inside *span*."""
    return len(_entries(rolling, slot, span))


def amount_between(rolling: Rolling, slot: int, span: tuple[int, int]) -> int:
    """Return the sum of the amounts of *slot* inside *span*."""
    amounts = rolling.amounts
    if amounts is None:
        return 0
    return sum(amounts[i] for i in _entries(rolling, slot, span))


def days_between(rolling: Rolling, slot: int, days: tuple[int, int]) -> int:
    """Return on how many of the local *days* (from, up to) there is an entry."""
    plan, nums = rolling.plan, rolling.nums
    cell = plan.kept[slot].days
    since, until = (max(day - nums[DAY_ZERO], 0) for day in days)
    if not cell or until <= since:
        return 0
    return (nums[cell] >> since & (1 << until - since) - 1).bit_count()
