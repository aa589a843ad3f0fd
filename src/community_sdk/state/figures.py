"""Figures beyond a count: shares of the whole, heavy days, penalties (S08)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil
from typing import Final

from community_sdk._time import DAY, Duration, WindowKind
from community_sdk.metrics import Metric, WindowPlan
from community_sdk.model import SanctionState
from community_sdk.state.records import SanctionRecord
from community_sdk.state.view import Reader, State

__all__ = ["eased", "penalties", "share", "weighty_days"]

_FOR_EVER: Final = 366_000 * DAY
_SLOT: Final = 255
_TAKEN_OFF: Final = (
    SanctionState.OVERTURNED.value,
    SanctionState.LAPSED.value,
    SanctionState.PROPOSED.value,
    SanctionState.REFUSED.value,
)


def share(metric: Metric, plan: WindowPlan) -> Reader:
    """Return a reader of a part of what the whole community did."""
    slot, window = plan.slot(metric.source), metric.window
    paid = metric.of == "amount"
    if window.kind is WindowKind.LIFETIME:
        cell = plan.keep(slot, "paid" if paid else "life")
        return _part(metric, lambda s: s.community.rolling.nums[cell])
    cell = plan.count(slot, window, amount=paid)
    w = plan.window(window)
    begin = plan.bounds[w]

    def whole(s: State) -> int:
        rolling, bound = s.community.rolling, s.bounds[w]
        if rolling.nums[begin] != bound:
            rolling.move(w, bound)
        return rolling.nums[cell]

    return _part(metric, whole)


def _part(metric: Metric, whole: Callable[[State], int]) -> Reader:
    """Return a reader of the part of *whole* that *metric* asks for."""
    percent = metric.number("percent", 100)
    cap, floor = metric.arg("cap"), metric.number("floor", 0)
    rounding = str(metric.arg("rounding") or "nearest")
    keep, slack = str(metric.arg("keep") or 1), metric.number("slack", 0)

    def read(s: State) -> int:
        part = _rounded(whole(s) * percent, rounding)
        if isinstance(cap, int):
            part = min(part, cap)
        return eased(max(part, floor), Fraction(keep), slack)

    return read


def _rounded(hundredfold: int, rounding: str) -> int:
    if rounding == "up":
        return -(-hundredfold // 100)
    return (hundredfold + (50 if rounding == "nearest" else 0)) // 100


def eased(need: int, keep: Fraction, slack: int) -> int:
    """Return what is enough of *need*: the part *keep*, and *slack* less, not below 0.

    Nothing is rounded in favour of less: 9/10 of 25 is 22.5, so that 23 is enough.
    """
    return max(min(ceil(need * keep), need - slack), 0)


def weighty_days(metric: Metric, plan: WindowPlan) -> Reader:
    """Return a reader of the local days with so many events, or of such a worth."""
    slot, window = plan.slot(metric.source), metric.window
    least, worth = metric.number("at_least", 1), metric.number("worth", 0)
    if window.kind is WindowKind.LIFETIME:
        plan.retention = max(plan.retention, _FOR_EVER)
    else:
        plan.retention = max(plan.retention, window.longest)

    def read(s: State) -> int:
        rolling, calendar = s.member.rolling, s.calendar
        begin = 0
        if window.kind is not WindowKind.LIFETIME:
            begin = calendar.since(window, s.now_us)
        number: dict[int, int] = {}
        amount: dict[int, int] = {}
        for i, code in enumerate(rolling.stamps):
            if code & _SLOT != slot or not begin <= code >> 8 <= s.now_us:
                continue
            day = calendar.day(code >> 8)
            number[day] = number.get(day, 0) + 1
            if rolling.amounts is not None:
                amount[day] = amount.get(day, 0) + rolling.amounts[i]
        return sum(n >= least and amount.get(d, 0) >= worth for d, n in number.items())

    return read


def penalties(metric: Metric, _: WindowPlan) -> Reader:
    """Return a reader of the penalties that count: begun in the window, not taken off.

    Where none is left and one is still in force, it counts as 1. ``served`` counts
    those alone that are over.
    """
    measure, window, months = metric.of, metric.window, metric.number("months", 0)
    forgiven = Duration(months=months) if months else None

    def begin(s: State) -> int:
        if forgiven is not None:
            return forgiven.after(s.now_us, s.calendar.where, times=-1) + 1
        if window.kind is WindowKind.LIFETIME:
            return 0
        if window.rolling:
            return s.calendar.since(window, s.now_us)
        return s.member.begins(window)

    def read(s: State) -> int:
        first, now = begin(s), s.now_us
        known = [
            r for r in s.member.sanctions if r.holds and measure in ("", r.measure)
        ]
        running = sum(r.in_force(now) for r in known)
        found = sum(_counts(r) and first <= r.since <= now for r in known)
        if metric.word == "penalties":
            return found or min(running, 1)
        over = (r for r in known if not r.in_force(now))
        return sum(_counts(r) and first <= r.since <= now for r in over)

    return read


def _counts(record: SanctionRecord) -> bool:
    """Tell whether a penalty still counts: not reversed by a person, not replaced."""
    if record.state in _TAKEN_OFF or record.replaced or record.forgiven:
        return False
    return record.state != SanctionState.LIFTED.value
