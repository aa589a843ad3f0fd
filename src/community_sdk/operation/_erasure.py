"""Erasure on request: profile, texts and links go, the record stays pseudonymous (S29).

The request is on record before anything is dropped, and the deed after it: whatever
dies in between is found unfinished and finished. A replay never touches a side store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, cast

from attrs import frozen

from community_sdk._time import instant, micros
from community_sdk.events import (
    EntryAnswered,
    ErasureRequested,
    JoinRequested,
    PersonalDataErased,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import EventId, MemberId
from community_sdk.operation._operation import Operation
from community_sdk.operation._personal import Person, identify
from community_sdk.ports import PersonalStore
from community_sdk.state import Passage

__all__ = ["Erasure", "erase", "finish_erasures", "unfinished_erasures"]


@frozen
class Erasure:
    """What was dropped of a member, and what is kept and why.

    *items*: how many things the side store dropped, 0 where there was nothing left.
    *kept* explains it: `community_sdk.wording.say` puts it into words.
    """

    member: MemberId
    accounts: tuple[str, ...]
    items: int
    kept: Explanation


def erase(operation: Operation, member: str, beside: PersonalStore, /) -> Erasure:
    """Erase what is kept of *member* beside the record, and say what stays and why.

    Asking again erases nothing more and records nothing, unless the member was seen
    since. Decisions about others are not touched, nor is the member's own record.

    Raises:
        HistoryError: nothing is known of *member*.
        ConflictError: another writer was faster; repeat the call.
        WorldError: the side store failed; the request is on record, and
            `finish_erasures` goes on with it.
    """
    person = identify(operation, member)
    passage = person.state.passage
    if not _asked(passage, person.state.entered):
        at = max(operation.clock.now(), operation.now or operation.clock.now())
        key = EventId(f"erase:{person.state.id}:{micros(at)}")
        operation.record(ErasureRequested(id=key, at=at, member=person.state.id))
        person = identify(operation, member)
    return _finish(operation, person, beside)


def unfinished_erasures(operation: Operation, /) -> tuple[str, ...]:
    """Return the members who asked for erasure and still have something beside."""
    key = str(operation.playbook.community.key)
    return tuple(
        row.key
        for row in operation.store.partitions(key)
        if row.key and _unfinished(_passage(row.data))
    )


def finish_erasures(
    operation: Operation, beside: PersonalStore, /
) -> Iterator[Erasure]:
    """Finish what was asked for and not done, after a crash or a failing side store.

    Raises:
        WorldError: the side store failed; call again.
    """
    for member in unfinished_erasures(operation):
        yield _finish(operation, identify(operation, member), beside)


def _asked(passage: Passage, seen: int) -> bool:
    """Tell whether the last request covers all that there can be."""
    return passage.erased is not None and seen <= passage.erased


def _unfinished(passage: Passage) -> bool:
    asked, done = passage.erased, passage.forgotten
    return asked is not None and (done is None or done < asked)


def _passage(data: str) -> Passage:
    plain = cast("dict[str, Any]", json.loads(data))
    return Passage.restore(plain.get("passage", {}))


def _finish(operation: Operation, person: Person, beside: PersonalStore) -> Erasure:
    items = beside.forget(person.accounts, person.contents)
    passage, member = person.state.passage, person.state.id
    if _unfinished(passage):
        asked = cast("int", passage.erased)
        at = max(instant(asked), operation.now or instant(asked))
        key = EventId(f"erase:{member}:{asked}:done")
        operation.record(PersonalDataErased(id=key, at=at, member=member, items=items))
        person = identify(operation, member)
    return Erasure(member, person.accounts, items, _kept(operation, person))


def _kept(operation: Operation, person: Person) -> Explanation:
    """Explain what stays on record under the pseudonym, and why."""
    state, now = person.state, operation.now
    parts = [
        because(
            "erasure.events",
            events=len(person.events),
            decisions=sum(1 for a in person.accounts for _ in operation.decisions(a)),
        ),
        because(
            "erasure.record",
            strikes=len(state.strikes),
            sanctions=len(state.sanctions),
            running=0 if now is None else len(state.in_force(micros(now))),
        ),
    ]
    asked = sorted({*_answers(person)})
    if asked:
        parts.append(because("erasure.answers", answers=asked))
    return because("erasure.kept", *parts, member=state.id)


def _answers(person: Person) -> Iterable[str]:
    for event in person.events:
        own = event.member in person.accounts
        if own and isinstance(event, (JoinRequested, EntryAnswered)):
            yield from event.answers
