"""A history as a funnel sees it: per subject, events in order with what they match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import TypeVar

from community_sdk._time import Duration, micros
from community_sdk._values import frozen
from community_sdk.events import Event, IdentityLinked
from community_sdk.metrics.funnel._attempts import Attempt, attempts
from community_sdk.metrics.funnel._places import Seen
from community_sdk.metrics.funnel._rules import FunnelRules
from community_sdk.metrics.funnel._search import Closing, Search
from community_sdk.metrics.persons import Persons, people

__all__ = [
    "Judge",
    "Track",
    "apart",
    "closing_of",
    "gather",
    "limits_of",
    "lines",
    "tracks",
]

T = TypeVar("T")
Judge = Callable[[Event, int], bool]
"""Whether an event may be a step (from 0)."""
Values = tuple[object, ...]
Row = tuple[Values, Seen, T]
"""An event: its values of `FunnelRules.same`, what it is to the funnel, and itself."""


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
    one person are one from the beginning. Bots are left out.
    """
    known = people(events)
    persons = Persons.of(known)
    lined = (e for e in known if e.dated and not isinstance(e, IdentityLinked))
    found: dict[str, list[Event]] = {}
    for event in sorted(lined, key=_instant):
        value = event.value(subject) if subject else event.member
        if value is not None:
            found.setdefault(persons.person(str(value)), []).append(event)
    return found


def _instant(event: Event) -> tuple[datetime, int]:
    return (event.at, event.seq)


def tracks(
    events: Sequence[Event],
    rules: FunnelRules,
    span: tuple[int, int],
    times: tuple[Closing | None, tuple[Closing | None, ...]],
    judge: Judge | None = None,
) -> list[Track]:
    """Return the tracks of one subject: one for each value of `FunnelRules.same`.

    *span* is the first and the last instant that events may have; what came before it
    still decides which event was the first.
    """
    spent = frozenset(
        nth for nth, event in _firsts(events, rules, judge).items() if event is not None
    )
    rows = lines(events, rules, span, judge)
    return [_track(own, rules, times, spent) for _, own in apart(rows, rules)]


def lines(
    events: Sequence[Event],
    rules: FunnelRules,
    span: tuple[int, int],
    judge: Judge | None = None,
) -> list[Row[Event]]:
    """Return what the events of one subject are to the funnel, if anything."""
    first = _firsts(events, rules, judge)
    found: list[Row[Event]] = []
    for event in events:
        at = micros(event.at)
        if not span[0] <= at <= span[1]:
            continue
        steps = tuple(
            i
            for i in range(len(rules.steps))
            if _is_step(event, i, rules, judge) and first.get(i, event) is event
        )
        bars = tuple(i for i, x in enumerate(rules.exclusions) if x.matches(event))
        if steps or bars or rules.order == "strict":
            key = tuple(event.value(name) for name in rules.same)
            found.append((key, Seen(at, steps, bars), event))
    return found


def _is_step(event: Event, step: int, rules: FunnelRules, judge: Judge | None) -> bool:
    asked = rules.steps[step]
    return asked.matches(event) and (judge is None or judge(event, step))


def apart(
    rows: Sequence[Row[T]], rules: FunnelRules
) -> Iterator[tuple[Values, list[tuple[Seen, T]]]]:
    """Yield the events of each value of `FunnelRules.same`, in their order.

    What does not bear the fields is no step; it may disturb and exclude everywhere.
    """
    strict = rules.order == "strict"
    for key in dict.fromkeys(key for key, _, _ in rows if None not in key):
        yield (
            key,
            [
                (seen if own == key else Seen(seen.at, (), seen.bars), row)
                for own, seen, row in rows
                if own == key or (None in own and (seen.bars or strict))
            ],
        )


def _track(
    own: Sequence[tuple[Seen, Event]],
    rules: FunnelRules,
    times: tuple[Closing | None, tuple[Closing | None, ...]],
    spent: frozenset[int],
) -> Track:
    closing, limits = times
    search = Search([seen for seen, _ in own], rules, limits)
    return Track(
        events=[event for _, event in own],
        attempts=tuple(attempts(search, closing)),
        search=search,
        spent=spent,
    )


def _firsts(
    events: Sequence[Event], rules: FunnelRules, judge: Judge | None
) -> dict[int, Event | None]:
    """Return, for steps that want it, the one event that can be first.

    It is the first of the word ever, even where its values bar it from being one.
    """
    found: dict[int, Event | None] = {}
    for nth, step in enumerate(rules.steps):
        if step.first_time == "filter":
            passed = (e for e in events if _is_step(e, nth, rules, judge))
            found[nth] = next(passed, None)
        elif step.first_time == "event":
            found[nth] = next((e for e in events if step.event in ("", e.name)), None)
    return found
