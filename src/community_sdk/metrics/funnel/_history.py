"""A history as a funnel sees it: per subject, events in order with what they match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo

from attrs import frozen

from community_sdk._time import micros
from community_sdk.events import Event, IdentityLinked
from community_sdk.metrics.funnel._attempts import Attempt, Closing, attempts
from community_sdk.metrics.funnel._chains import Seen
from community_sdk.metrics.funnel._rules import FunnelRules

__all__ = ["Track", "closing_of", "gather", "limits_of", "tracks"]

Subject = Callable[[Event], str | None]


@frozen
class Track:
    """One subject's events, those that can matter, and the attempts made of them."""

    events: Sequence[Event]
    attempts: Sequence[Attempt]
    seen: Sequence[Seen]


def closing_of(rules: FunnelRules, where: tzinfo) -> Closing | None:
    """Return when a window closes, in elapsed time; months are those of *where*."""
    window = rules.window
    if window is None:
        return None
    if window.us and not window.months:
        span = window.us
        return lambda opening: opening + span
    return lambda opening: window.after(opening, where)


def limits_of(rules: FunnelRules) -> tuple[int | None, ...]:
    """Return the limit of each step in microseconds."""
    return tuple(None if s.within is None else s.within.us for s in rules.steps)


def gather(events: Iterable[Event], subject: str = "") -> dict[str, list[Event]]:
    """Return the events of each subject by instant, equal ones as they came.

    *subject* is a field that stands for the member; accounts that turned out to be
    one person are one from the beginning.
    """
    lined: list[Event] = []
    linked: dict[str, str] = {}
    for event in events:
        if isinstance(event, IdentityLinked) and event.member is not None:
            linked[str(event.alias)] = str(event.member)
        elif event.dated:
            lined.append(event)
    found: dict[str, list[Event]] = {}
    for event in sorted(lined, key=_instant):
        value = event.value(subject) if subject else event.member
        if value is not None:
            found.setdefault(_person(str(value), linked), []).append(event)
    return found


def _instant(event: Event) -> datetime:
    return event.at


def _person(name: str, linked: Mapping[str, str]) -> str:
    known = {name}
    while name in linked and linked[name] not in known:
        name = linked[name]
        known.add(name)
    return name


def tracks(
    events: Sequence[Event],
    rules: FunnelRules,
    span: tuple[int, int],
    times: tuple[Closing | None, tuple[int | None, ...]],
) -> list[Track]:
    """Return the tracks of one subject: one for each value of `FunnelRules.same`.

    *span* is the first and the last instant that events may have; what came before it
    still decides which event was the first.
    """
    firsts = _firsts(events, rules)
    groups: dict[tuple[object, ...], tuple[list[Event], list[Seen]]] = {}
    for event in events:
        at = micros(event.at)
        if not span[0] <= at <= span[1]:
            continue
        steps = tuple(
            i
            for i, step in enumerate(rules.steps)
            if (firsts[i] is event if step.first_time else step.matches(event))
        )
        bars = tuple(i for i, x in enumerate(rules.exclusions) if x.matches(event))
        if steps or bars or rules.order == "strict":
            key = tuple(event.value(name) for name in rules.same)
            kept, seen = groups.setdefault(key, ([], []))
            kept.append(event)
            seen.append(Seen(at, steps, bars))
    return [
        Track(kept, tuple(attempts(seen, rules, *times)), seen)
        for kept, seen in groups.values()
    ]


def _firsts(events: Sequence[Event], rules: FunnelRules) -> list[Event | None]:
    """Return, for steps that want it, the one event that can be first."""
    found: list[Event | None] = []
    for step in rules.steps:
        first = None
        if step.first_time == "filter":
            first = next((e for e in events if step.matches(e)), None)
        elif step.first_time == "event":
            named = (e for e in events if step.event in ("", e.name))
            first = next(named, None)
            first = None if first is None or not step.fits(first) else first
        found.append(first)
    return found
