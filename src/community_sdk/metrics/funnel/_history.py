"""A history as a funnel sees it: per subject, events in order with what they match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from attrs import frozen

from community_sdk._time import Duration, micros
from community_sdk.events import Event, IdentityLinked
from community_sdk.metrics.funnel._attempts import Attempt, attempts
from community_sdk.metrics.funnel._chains import Seen
from community_sdk.metrics.funnel._rules import FunnelRules
from community_sdk.metrics.funnel._search import Closing, Search

__all__ = ["Track", "closing_of", "gather", "limits_of", "tracks"]

Line = tuple[Event, Seen]


@frozen
class Track:
    """One subject's events, those that can matter, and the attempts made of them.

    *spent* are the steps that ask for a first event, which there was.
    """

    events: Sequence[Event]
    attempts: Sequence[Attempt]
    search: Search
    spent: frozenset[int]

    @property
    def seen(self) -> Sequence[Seen]:
        """The events as instants and steps."""
        return self.search.seen


def closing_of(window: Duration | None, where: tzinfo) -> Closing | None:
    """Return when *window* closes, in elapsed time; months are those of *where*."""
    if window is None:
        return None
    if window.us:
        span = window.us
        return lambda opening: opening + span
    return lambda opening: window.after(opening, where)


def limits_of(rules: FunnelRules, where: tzinfo) -> tuple[Closing | None, ...]:
    """Return until when each step must follow the one before it."""
    return tuple(closing_of(step.within, where) for step in rules.steps)


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


def _instant(event: Event) -> tuple[datetime, int]:
    return (event.at, event.seq)


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
    times: tuple[Closing | None, tuple[Closing | None, ...]],
) -> list[Track]:
    """Return the tracks of one subject: one for each value of `FunnelRules.same`.

    *span* is the first and the last instant that events may have; what came before it
    still decides which event was the first.
    """
    first = _firsts(events, rules)
    spent = frozenset(step for step, event in first.items() if event is not None)
    lines: list[Line] = []
    for event in events:
        at = micros(event.at)
        if not span[0] <= at <= span[1]:
            continue
        steps = tuple(
            i
            for i, step in enumerate(rules.steps)
            if step.matches(event) and first.get(i, event) is event
        )
        bars = tuple(i for i, x in enumerate(rules.exclusions) if x.matches(event))
        if steps or bars or rules.order == "strict":
            lines.append((event, Seen(at, steps, bars)))
    return [_track(own, rules, times, spent) for own in _apart(lines, rules)]


def _apart(lines: list[Line], rules: FunnelRules) -> Iterator[list[Line]]:
    """Yield the events of each value of `FunnelRules.same`.

    What does not bear the fields is no step; it may disturb and exclude everywhere.
    """
    if not rules.same:
        if lines:
            yield lines
        return
    keyed = [(tuple(e.value(f) for f in rules.same), e, seen) for e, seen in lines]
    for key in dict.fromkeys(key for key, _, _ in keyed if None not in key):
        yield [
            (event, seen if own == key else Seen(seen.at, (), seen.bars))
            for own, event, seen in keyed
            if own == key or (None in own and (seen.bars or rules.order == "strict"))
        ]


def _track(
    own: Sequence[Line],
    rules: FunnelRules,
    times: tuple[Closing | None, tuple[Closing | None, ...]],
    spent: frozenset[int],
) -> Track:
    seen = [line[1] for line in own]
    return Track(
        events=[line[0] for line in own],
        attempts=tuple(attempts(seen, rules, *times)),
        search=Search(seen, rules, times[1]),
        spent=spent,
    )


def _firsts(events: Sequence[Event], rules: FunnelRules) -> dict[int, Event | None]:
    """Return, for steps that want it, the one event that can be first.

    It is the first of the word ever, even where its values bar it from being one.
    """
    found: dict[int, Event | None] = {}
    for nth, step in enumerate(rules.steps):
        if step.first_time == "filter":
            found[nth] = next((e for e in events if step.matches(e)), None)
        elif step.first_time == "event":
            found[nth] = next((e for e in events if step.event in ("", e.name)), None)
    return found
