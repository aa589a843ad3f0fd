"""Metrics become readers of the state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Final

from community_sdk._time import DAY, Window, WindowKind
from community_sdk.errors import DefinitionError, nearest
from community_sdk.metrics import DAY_ZERO, Metric, WindowPlan
from community_sdk.model import MemberStatus
from community_sdk.state.figures import penalties, share, weighty_days
from community_sdk.state.view import Reader, State

__all__ = ["read_metrics"]


def read_metrics(metrics: Iterable[Metric], plan: WindowPlan) -> dict[Metric, Reader]:
    """Return a reader for each metric; the windows they need are planned."""
    return {metric: _READERS[metric.word](metric, plan) for metric in metrics}


def _count(metric: Metric, plan: WindowPlan) -> Reader:
    slot = plan.slot(metric.source)
    if metric.window.kind is WindowKind.LIFETIME:
        life = plan.keep(slot, "life")
        return lambda s: s.member.rolling.nums[life]
    return _inside(metric.window, plan, plan.count(slot, metric.window))


def _total(metric: Metric, plan: WindowPlan) -> Reader:
    slot = plan.slot(metric.source)
    if metric.window.kind is WindowKind.LIFETIME:
        paid = plan.keep(slot, "paid")
        return lambda s: s.member.rolling.nums[paid]
    cell = plan.count(slot, metric.window, amount=True)
    return _inside(metric.window, plan, cell)


def _inside(window: Window, plan: WindowPlan, cell: int) -> Reader:
    """Return a reader of *cell*, with its window moved to where it begins now."""
    w = plan.window(window)
    begin = plan.bounds[w]
    if not window.rolling:

        def read_since(s: State) -> int:
            if not s.member.begun(window):
                return 0
            rolling = s.member.rolling
            rolling.rebase(w, s.member.begins(window))
            return rolling.nums[cell]

        return read_since

    def read(s: State) -> int:
        rolling = s.member.rolling
        bound = s.bounds[w]
        if rolling.nums[begin] != bound:
            rolling.move(w, bound)
        return rolling.nums[cell]

    return read


def _active_days(metric: Metric, plan: WindowPlan) -> Reader:
    if metric.args or metric.window.kind is WindowKind.EXACT:
        return weighty_days(metric, plan)
    slot = plan.slot(metric.source)
    window, cell = metric.window, plan.keep(slot, "days")
    if window.kind is WindowKind.LIFETIME:
        old = plan.keep(slot, "old_days")

        def whole(s: State) -> int:
            nums = s.member.rolling.nums
            return nums[cell].bit_count() + nums[old]

        return whole
    plan.keep_days = max(plan.keep_days, window.longest // DAY)

    def read(s: State) -> int:
        nums = s.member.rolling.nums
        shift = s.calendar.first_day(window, s.now_us) - nums[DAY_ZERO]
        bits = nums[cell]
        return (bits >> shift if shift > 0 else bits).bit_count()

    return read


def _streak(metric: Metric, plan: WindowPlan) -> Reader:
    slot = plan.slot(metric.source)
    cell, run = plan.keep(slot, "days"), plan.keep(slot, "run")

    def read(s: State) -> int:
        nums = s.member.rolling.nums
        bits = nums[cell]
        today = s.calendar.day(s.now_us) - nums[DAY_ZERO]
        if not bits or today < 0:
            return 0
        days = today + (bits >> today & 1)
        idle = ~bits & (1 << days) - 1
        return days - idle.bit_length() + (0 if idle else nums[run])

    return read


def _recency(metric: Metric, plan: WindowPlan) -> Reader:
    cell = plan.keep(plan.slot(metric.source), "last")

    def read(s: State) -> int | None:
        last = s.member.rolling.nums[cell]
        return None if last < 0 else max(s.now_us - last, 0)

    return read


def _distinct(metric: Metric, plan: WindowPlan) -> Reader:
    slot = plan.slot(metric.source)
    plan.retention = max(plan.retention, metric.window.longest)
    key, window = (slot, metric.of), metric.window
    if window.kind is WindowKind.LIFETIME:
        plan.lasting.add(key)

        def ever(s: State) -> int:
            values = s.member.rolling.values
            return 0 if values is None else len(values.get(key, ()))

        return ever

    def read(s: State) -> int:
        values = s.member.rolling.values
        seen = None if values is None else values.get(key)
        if not seen:
            return 0
        begin = s.calendar.since(window, s.now_us)
        return sum(1 for us in seen.values() if us >= begin)

    return read


def _tenure(_: Metric, __: WindowPlan) -> Reader:
    def read(s: State) -> int | None:
        since = s.member.since if s.member.here else None
        return None if since is None else max(s.now_us - since, 0)

    return read


def _strikes(metric: Metric, _: WindowPlan) -> Reader:
    window, category = metric.window, metric.of

    def read(s: State) -> int:
        if window.kind is WindowKind.LIFETIME:
            begin = 0
        elif window.rolling:
            begin = s.calendar.since(window, s.now_us)
        elif s.member.begun(window):
            begin = s.member.begins(window)
        else:
            return 0
        return sum(
            1
            for strike in s.member.strikes
            if not strike.overturned
            and strike.occurred >= begin
            and category in ("", strike.category)
        )

    return read


def _held(metric: Metric, _: WindowPlan) -> Reader:
    """Return a reader of the member's account."""
    currency = metric.kind
    read = attrgetter("active" if metric.word == "usable" else metric.word)

    def held(s: State) -> int:
        account = s.member.accounts.get(currency)
        return 0 if account is None else int(read(account))

    return held


def _has(metric: Metric, _: WindowPlan) -> Reader:
    what, word = metric.of, metric.kind
    if what == "role":
        return lambda s: int(s.member.serves(word, s.now_us))
    if what == "tier":
        return lambda s: int(any(h.tier == word for h in s.member.tiers.values()))
    if what == "sanction":
        return lambda s: int(
            any(word in ("any", r.measure) for r in s.member.in_force(s.now_us))
        )
    if what == "tag":
        return lambda s: int(s.member.bears(word, s.now_us))
    if what == "segment":
        return lambda s: int(any(r.segment == word for r in s.member.segments.values()))
    if what == "group":
        return lambda s: int(word in s.member.groups)
    known = [status.value for status in MemberStatus]
    if word not in known:
        raise DefinitionError(
            f"expected a status of a member, found `{word}`",
            code="metric.status",
            hint=nearest(word, known),
            found=word,
        )
    return lambda s: int(s.member.status.value == word)


_READERS: Final[dict[str, Callable[[Metric, WindowPlan], Reader]]] = {
    "count": _count,
    "active_days": _active_days,
    "total": _total,
    "distinct": _distinct,
    "recency": _recency,
    "streak": _streak,
    "tenure": _tenure,
    "strikes": _strikes,
    "has": _has,
    "balance": _held,
    "usable": _held,
    "earned": _held,
    "share": share,
    "penalties": penalties,
    "served": penalties,
}
