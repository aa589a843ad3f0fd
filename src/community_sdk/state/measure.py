"""Metrics become readers of the state; events become entries of the windows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from operator import attrgetter
from typing import Any, Final, cast

import attrs
from attrs import frozen

from community_sdk import events as ev
from community_sdk._time import DAY, Window, WindowKind
from community_sdk.errors import DefinitionError, nearest
from community_sdk.metrics import DAY_ZERO, Metric, WindowPlan
from community_sdk.model import MemberStatus
from community_sdk.state.member import MemberState
from community_sdk.state.view import Reader, State

__all__ = ["Entry", "count_event", "entries", "read_metrics"]


@frozen
class Entry:
    """One source that an event may be counted for."""

    slot: int
    by_actor: bool
    where: tuple[tuple[str, object], ...]
    amount: Callable[[Any], int] | None
    notes: tuple[str, ...]


_ENVELOPE: Final = frozenset({"id", "at", "recorded_at"})


def entries(
    metrics: Iterable[Metric], plan: WindowPlan, declared: frozenset[str] = frozenset()
) -> dict[str, tuple[Entry, ...]]:
    """Return, per event word, what each event of it is counted for.

    *declared* are the host's own event words.

    Raises:
        DefinitionError: a metric of an unknown kind or of a field it does not have.
    """
    found: dict[tuple[str, int], Entry] = {}
    for metric in metrics:
        if metric.word in _UNCOUNTED:
            continue
        kind = metric.kind
        _check(metric, kind, declared)
        slot = plan.slot(metric.source)
        entry = found.get((kind, slot))
        amount = _amount(kind) if metric.word == "total" else None
        notes = (metric.of,) if metric.word == "distinct" else ()
        if entry is None:
            entry = Entry(slot, metric.by == "actor", metric.where, amount, notes)
        else:
            names = tuple(dict.fromkeys((*entry.notes, *notes)))
            kept = entry.amount or amount
            entry = Entry(slot, entry.by_actor, entry.where, kept, names)
        found[kind, slot] = entry
    words = dict.fromkeys(kind for kind, _ in found)
    return {w: tuple(e for (k, _), e in found.items() if k == w) for w in words}


def _check(metric: Metric, kind: str, declared: frozenset[str]) -> None:
    cls = ev.KINDS.get(kind)
    if cls is ev.Custom or (cls is None and kind not in declared):
        known = ({*ev.KINDS} - {ev.Custom.kind}) | declared
        raise DefinitionError(
            f"expected an event kind, found `{kind}`",
            code="metric.kind",
            hint=nearest(kind, known) or "declare your own words under `events`",
            found=kind,
        )
    if cls is None:
        return
    if metric.word == "total" and kind not in _PAID:
        raise DefinitionError(
            f"expected an event with an amount for `total`, found `{kind}`",
            code="metric.amount",
            hint="`purchase`, `refund` and your own words have amounts",
            found=kind,
        )
    fields = {field.name for field in attrs.fields(cls)} - _ENVELOPE
    asked = [name for name, _ in metric.where]
    if metric.word == "distinct":
        asked.append(metric.of)
    for name in asked:
        if name not in fields:
            raise DefinitionError(
                f"expected a field of `{kind}`, found `{name}`",
                code="metric.field",
                hint=nearest(name, fields),
                found=name,
                kind=kind,
            )


_PAID: Final = ("purchase", "refund", "points_posted")
_HELD: Final = ("balance", "usable", "earned")
_UNCOUNTED: Final = ("tenure", "strikes", "has", *_HELD)


def _amount(kind: str) -> Callable[[Any], int]:
    if kind == "points_posted":
        return cast("Callable[[Any], int]", attrgetter("qualifying"))
    if kind in _PAID:
        return cast("Callable[[Any], int]", attrgetter("money.amount"))
    return lambda event: _int(event.value("amount"))


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def count_event(
    event: ev.Event,
    at: int,
    who_and_when: tuple[MemberState, MemberState, int],
    hits: tuple[Entry, ...],
) -> Collection[MemberState]:
    """Count *event* of *at* for whom each entry is about; return who was counted.

    *who_and_when* are the member, the actor and the local day.
    """
    member, actor, day = who_and_when
    counted: dict[str, MemberState] = {}
    for entry in hits:
        who = actor if entry.by_actor else member
        if who.bot or (entry.where and not _matches(event, entry.where)):
            continue
        counted[who.id] = who
        amount = 0 if entry.amount is None else entry.amount(event)
        rolling = who.rolling
        if not event.dated:
            rolling.total(entry.slot, amount)
            continue
        rolling.add(entry.slot, at, amount, day)
        for name in entry.notes:
            value = event.value(name)
            if value is not None:
                rolling.note(entry.slot, name, str(value), at)
    return counted.values()


def _matches(event: ev.Event, where: tuple[tuple[str, object], ...]) -> bool:
    return all(event.value(name) == wanted for name, wanted in where)


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
}
