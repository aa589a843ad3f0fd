"""Events become entries of the windows, of members and of the whole community."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from operator import attrgetter
from typing import Any, Final, cast

import attrs
from attrs import evolve

from community_sdk import events as ev
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events._fields import check_filter
from community_sdk.metrics import Metric, WindowPlan
from community_sdk.state.community import CommunityState
from community_sdk.state.member import MemberState

__all__ = ["Entry", "count_event", "count_shared", "entries", "shared_entries"]


@frozen
class Entry:
    """One source that an event may be counted for."""

    slot: int
    by_actor: bool
    where: tuple[tuple[str, object], ...]
    amount: Callable[[Any], int] | None
    notes: tuple[str, ...]


_ENVELOPE: Final = frozenset({"id", "at", "recorded_at"})
_CUSTOM: Final = "custom"
"""The kind of all events of hosts' own words; it is no word itself."""


def entries(
    metrics: Iterable[Metric], plan: WindowPlan, declared: frozenset[str] = frozenset()
) -> dict[str, tuple[Entry, ...]]:
    """Return, per event word, what each event of it is counted for.

    *declared* are the host's own event words.

    Raises:
        DefinitionError: a metric of an unknown kind or of a field it does not have, or
            a filter that no event could pass.
    """
    found: dict[tuple[str, int], Entry] = {}
    for metric in metrics:
        if metric.word in _UNCOUNTED:
            continue
        kind = metric.kind
        _check(metric, kind, declared)
        slot = plan.slot(metric.source)
        entry = found.get((kind, slot))
        amount = _amount(kind) if _weighs(metric) else None
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


def _weighs(metric: Metric) -> bool:
    """Tell whether *metric* needs the amounts of its events."""
    worth = metric.word == "active_days" and metric.arg("worth")
    return metric.word == "total" or metric.of == "amount" or bool(worth)


def shared_entries(
    metrics: Iterable[Metric], plan: WindowPlan, declared: frozenset[str] = frozenset()
) -> dict[str, tuple[Entry, ...]]:
    """Return, per event word, what each event counts for in the whole community.

    Raises:
        DefinitionError: a metric of an unknown kind or of a field it does not have.
    """
    found: dict[str, dict[int, Entry]] = {}
    for metric in metrics:
        if metric.word != "share":
            continue
        _check(metric, metric.kind, declared)
        slot = plan.slot(metric.source)
        amount = _amount(metric.kind) if _weighs(metric) else None
        known = found.setdefault(metric.kind, {})
        old = known.get(slot) or Entry(slot, False, metric.where, None, ())  # noqa: FBT003 - whoever did it
        known[slot] = evolve(old, amount=old.amount or amount)
    return {word: tuple(each.values()) for word, each in found.items()}


def count_shared(
    event: ev.Event,
    at: int,
    day: int,
    community: CommunityState,
    hits: tuple[Entry, ...],
) -> None:
    """Count *event* of *at*, on the local *day*, for the whole community."""
    for entry in hits:
        if entry.where and not _matches(event, entry.where):
            continue
        amount = 0 if entry.amount is None else entry.amount(event)
        if event.dated:
            community.rolling.add(entry.slot, at, amount, day)
        else:
            community.rolling.total(entry.slot, amount)


def _check(metric: Metric, kind: str, declared: frozenset[str]) -> None:
    cls = ev.KINDS.get(kind)
    if kind == _CUSTOM or (cls is None and kind not in declared):
        known = ({*ev.KINDS} - {_CUSTOM}) | declared
        raise DefinitionError(
            f"expected an event kind, found `{kind}`",
            code="metric.kind",
            hint=nearest(kind, known) or "declare your own words under `events`",
            found=kind,
        )
    if cls is None:
        return
    if _weighs(metric) and kind not in _PAID:
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
    check_filter(cls, metric.where)


_PAID: Final = ("purchase", "refund", "points_posted")
_HELD: Final = ("balance", "usable", "earned")
_UNCOUNTED: Final = (
    *("tenure", "strikes", "has", "penalties", "served", "share"),
    *_HELD,
)


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
