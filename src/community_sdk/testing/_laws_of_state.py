"""Laws of replay: cut, repeated, stored, late or previewed, it comes out the same."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from community_sdk.engine import Engine, Operable, Step
from community_sdk.events import Event
from community_sdk.testing._trail import (
    History,
    advanced,
    decisions,
    fail,
    lived,
    rejson,
    run,
    same,
    same_state,
    settled,
    texts,
)

__all__ = [
    "chunking_changes_nothing",
    "duplicates_are_no_ops",
    "lazy_equals_eager",
    "partial_state_suffices",
    "preview_changes_nothing",
    "replay_is_deterministic",
    "snapshot_changes_nothing",
]

_Shelf = dict[str, tuple[str, int | None]]


def replay_is_deterministic(playbook: Operable, history: History, /) -> None:
    """The same events give the same steps and the same state.

    Raises:
        AssertionError: they do not.
    """
    first, one = run(playbook, history)
    again, two = run(playbook, history)
    what = "the same history was answered differently the second time"
    same(what, first, again, history)
    same_state(what, settled(one), settled(two), history)


def snapshot_changes_nothing(playbook: Operable, history: History, /) -> None:
    """Cut anywhere, go on from the snapshot's JSON: the rest stays the same.

    Raises:
        AssertionError: it does not.
    """
    whole, engine = run(playbook, history)
    steps, end = texts(whole), settled(engine)
    first = Engine(playbook)
    for cut in range(len(history) + 1):
        text = json.dumps(first.snapshot())
        second = Engine.restore(playbook, json.loads(text))
        what = f"a snapshot after event {cut} was not restored as it was"
        same_state(what, json.loads(text), rejson(second.snapshot()), history)
        rest = [second.receive(event) for event in history[cut:]]
        rest.append(advanced(second, history))
        what = f"after a snapshot at event {cut} the rest was answered differently"
        same(what, steps[cut:], rest, history)
        same_state(what, end, settled(second), history)
        for event in history[cut : cut + 1]:
            first.receive(event)


def chunking_changes_nothing(
    playbook: Operable, history: History, /, size: int = 3
) -> None:
    """A replay in chunks of *size*, each in an engine of its own, equals the whole.

    Raises:
        AssertionError: it does not.
    """
    whole, engine = run(playbook, history)
    parts: list[Step] = []
    current = Engine(playbook)
    for nth, event in enumerate(history):
        if nth % size == 0:
            current = Engine.restore(playbook, rejson(current.snapshot()))
        parts.append(current.receive(event))
    parts.append(advanced(current, history))
    what = f"a replay in chunks of {size} was answered differently"
    same(what, whole, parts, history)
    same_state(what, settled(engine), settled(current), history)


def partial_state_suffices(playbook: Operable, history: History, /) -> None:
    """An engine that is given only what `needs` names equals one that has all.

    Every event meets a new engine, which loads the partitions named and gives back
    those that the step touched, as an operation with a store does.

    Raises:
        AssertionError: it does not, or a step changed what it did not touch.
    """
    whole = Engine(playbook)
    shelf: _Shelf = {}
    for event in history:
        expected = whole.receive(event)
        part = _fetched(playbook, whole.slots(), event, shelf)
        found = part.receive(event)
        what = f"given only what it needs, event `{event.id}` was answered differently"
        same(what, expected.decisions, found.decisions, history)
        same(what, expected.facts, found.facts, history)
        for name in {"", *found.touched}:
            out, due = part.dump(name)
            shelf[name] = (json.dumps(out), due)
    for member in whole.members.values():
        now, kept = rejson(member.plain()), shelf.get(member.id)
        if kept is not None or lived(now, whole):
            what = f"the stored state of `{member.id}` is not what it is in memory"
            stored = None if kept is None else json.loads(kept[0])
            same_state(what, now, stored, history)


def _fetched(playbook: Operable, slots: Any, event: Event, shelf: _Shelf) -> Engine:
    """Return a new engine with what *event* needs of the *shelf*, and no more."""
    engine = Engine(playbook, slots=rejson(slots))
    if "" in shelf:
        engine.load_community(json.loads(shelf[""][0]))
    while True:
        needs = engine.needs(event)
        names = set(needs.members)
        if needs.due_until is not None:
            names |= {
                name
                for name, (_, due) in shelf.items()
                if name and due is not None and due <= needs.due_until
            }
        new = [n for n in sorted(names) if n in shelf and n not in engine.members]
        if not new:
            return engine
        for name in new:
            engine.load(json.loads(shelf[name][0]))


def lazy_equals_eager(
    playbook: Operable, history: History, /, pauses: Iterable[datetime] = ()
) -> None:
    """Timers that fire late decide what they would have decided in time.

    Eager is an engine that lets time pass before every event and at *pauses*.

    Raises:
        AssertionError: they do not.
    """
    lazy, one = run(playbook, history)
    eager, two = list[Step](), Engine(playbook)
    waiting = sorted(pauses)
    for event in history:
        while waiting and waiting[0] <= event.recorded_at:
            eager.append(two.advance(waiting.pop(0)))
        eager.append(two.advance(event.recorded_at))
        eager.append(two.receive(event))
    eager.append(advanced(two, history))
    what = "timers fired in time decided differently from timers fired late"
    same(what, decisions(lazy), decisions(eager), history)
    due = [fact for step in lazy for fact in step.facts]
    same(what, due, [fact for step in eager for fact in step.facts], history)
    same_state(what, settled(one), settled(two), history)


def duplicates_are_no_ops(playbook: Operable, history: History, /) -> None:
    """An event that comes again changes nothing and decides nothing.

    Raises:
        AssertionError: it does.
    """
    engine = Engine(playbook)
    for nth, event in enumerate(history):
        engine.receive(event)
        before = rejson(engine.snapshot())
        for again in (event, history[nth // 2]):
            if engine.receive(again) != Step(duplicate=True):
                fail(f"event `{again.id}`, told twice, was answered twice", history)
        what = "an event that was told twice changed the state"
        same_state(what, before, rejson(engine.snapshot()), history)


def preview_changes_nothing(playbook: Operable, history: History, /) -> None:
    """`preview` answers what `receive` will, and leaves the state as it was.

    Raises:
        AssertionError: it does not.
    """
    engine = Engine(playbook)
    for event in history:
        before = rejson(engine.snapshot())
        expected = engine.preview(event)
        what = f"the preview of event `{event.id}` changed the state"
        same_state(what, before, rejson(engine.snapshot()), history)
        found = engine.receive(event)
        what = f"the preview of event `{event.id}` was not what came of it"
        same(what, expected.decisions, found.decisions, history)
        same(what, [expected], [found], history)
