"""When to look at a condition again: after which events, and at which instant (S09).

INVARIANT: what a condition answers changes only with an event whose word `moved_by`
names, or at an instant that `next_look` gave before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from community_sdk._time import Duration, WindowKind
from community_sdk.conditions.tree import Compare, Condition, Holds
from community_sdk.conditions.walk import leaves
from community_sdk.metrics import Metric, Unit
from community_sdk.state import State

__all__ = ["moved_by", "next_look", "turns"]

_PRESENCE: Final = frozenset(
    {"joined", "membership_imported", "admitted", "message", "introduced"}
    | {"nickname_set", "survey_answered", "purchase", "left", "member_removed"}
)
_SANCTIONS: Final = frozenset(
    {"sanction_imposed", "sanction_confirmed", "sanction_ended", "sanction_lifted"}
    | {"sanction_imported", "strike_overturned", "record_cleared"}
)
_TIERS: Final = frozenset({"tier_changed", "tier_imported"})
_LEDGER: Final = frozenset({"points_posted", "balance_imported"})
_MOVES: Final = {
    "strikes": frozenset(
        {"rule_broken", "strike_overturned", "record_cleared", "strikes_imported"}
        | {"sanction_ordered"}
    ),
    "penalties": _SANCTIONS,
    "served": _SANCTIONS,
    "tenure": _PRESENCE,
    "balance": _LEDGER,
    "usable": _LEDGER,
    "earned": _LEDGER,
}
_HAS: Final = {
    "role": frozenset({"role_assigned", "role_ended"}),
    "tier": _TIERS,
    "group": _PRESENCE,
    "status": _PRESENCE | _SANCTIONS,
    "sanction": _SANCTIONS,
    "tag": frozenset({"tag_set", "tag_cleared", "tag_given", "tag_ended"}),
    "segment": frozenset({"segment_changed"}),
}
_LINKED: Final = frozenset({"identity_linked"})


def moved_by(metrics: Iterable[Metric], /) -> frozenset[str]:
    """Return the words of the events that can move one of *metrics*."""
    found = _LINKED
    for metric in metrics:
        if metric.word == "has":
            found |= _HAS[metric.of]
        else:
            found |= _MOVES.get(metric.word) or {metric.kind}
        if metric.window.kind is WindowKind.SINCE_TIER:
            found |= _TIERS
        elif metric.window.kind is WindowKind.SINCE_JOIN:
            found |= _PRESENCE
    return found


def next_look(conditions: Iterable[Condition], state: State, /) -> int | None:
    """Return when time alone may next turn one of *conditions*, in microseconds.

    Exact for counts in windows, times since and what ends at an instant; other
    figures of sliding windows are looked at when the local day begins. None: only an
    event can turn them.
    """
    found = [
        due
        for condition in conditions
        for leaf in leaves(condition)
        for due in _of(leaf, state)
    ]
    return min(found, default=None)


def _of(leaf: Condition, state: State) -> Iterator[int]:
    if isinstance(leaf, Holds):
        yield from turns(leaf.metric, (), state)
    elif isinstance(leaf, Compare) and isinstance(leaf.metric, Metric):
        value = leaf.value
        if isinstance(value, Metric):
            for side in (leaf.metric, value):
                yield from _at_midnight(side, state)
        else:
            number = value.us if isinstance(value, Duration) else value
            assert isinstance(number, int)  # noqa: S101 - `metrics` refused names
            yield from turns(leaf.metric, (number,), state)


def turns(metric: Metric, against: Collection[int], state: State, /) -> Iterator[int]:
    """Yield when time alone may next move *metric* across one of the numbers."""
    if metric.word == "has":
        yield from _ends(metric, state)
    elif metric.spec.unit is Unit.TIME:
        have = state.measure(metric)
        for number in against if have is not None else ():
            # Reached at the one instant, passed a microsecond later.
            wait = number - (have or 0)
            yield from (state.now_us + w for w in (wait, wait + 1) if w > 0)
    elif metric.word == "count":
        needs = {need for number in against for need in (number, number + 1)}
        dues = [state.fades(metric, need) for need in needs if need > 0]
        yield from (due for due in dues if due is not None and due > state.now_us)
    else:
        yield from _at_midnight(metric, state)


def _at_midnight(metric: Metric, state: State) -> Iterator[int]:
    """Yield when the next local day begins, where the figure may sink by itself."""
    slides = metric.window.rolling or metric.word in ("streak", "penalties", "served")
    if (slides or metric.spec.unit is Unit.TIME) and state.measure(metric):
        yield state.calendar.start(state.calendar.day(state.now_us) + 1)


def _ends(metric: Metric, state: State) -> Iterator[int]:
    member, now, word = state.member, state.now_us, metric.kind
    if metric.of == "tag":
        known = member.tags.get(word)
        borders = [] if known is None else [known.until]
    elif metric.of == "role":
        spans = [span for span in member.roles if span.role == word]
        borders = [border for span in spans for border in (span.since, span.until)]
    else:
        borders = []
    yield from (border for border in borders if border is not None and border > now)
