"""What every store refuses, in the same words; each store is a module of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from community_sdk.errors import ConflictError, HistoryError, StoreError
from community_sdk.ports import Commit

__all__ = [
    "LEAST",
    "MOST",
    "closed",
    "refuse_text",
    "refuse_unstorable",
    "shown",
    "stale",
    "taken",
]

LEAST: Final = -(2**63)
MOST: Final = 2**63 - 1


def refuse_unstorable(commit: Commit, /) -> None:
    """Refuse a commit that not every store could keep, before anything is written.

    Text must be Unicode without NUL and without lone surrogates; numbers must fit in
    64 bits with a sign.

    Raises:
        HistoryError: names the record and the character or number.
    """
    # One look at all texts joined costs a third of a look at each.
    if _fault("".join(_joined(commit))):
        for record, texts in _texts(commit):
            _refuse(record, texts)
    numbers = [event.at for event in commit.events]
    numbers += [event.recorded_at for event in commit.events]
    numbers += [decision.at for decision in commit.decisions]
    numbers += [part.due for part in commit.partitions if part.due is not None]
    for number in (min(numbers, default=0), max(numbers, default=0)):
        if not LEAST <= number <= MOST:
            raise HistoryError(
                f"the commit holds the number `{number}`, which has over 64 bits",
                code="store.number",
                hint="times are microseconds since 1970",
                found=str(number),
            )


def refuse_text(*texts: str) -> None:
    """Refuse names to look for that no store can hold.

    Raises:
        HistoryError: names the character.
    """
    for text in texts:
        _refuse(f"the name `{shown(text)}`", (text,))


def stale(community: str, /, *, expected: int, found: int) -> ConflictError:
    """Say that another writer was faster."""
    return ConflictError(
        f"`{community}` is at version {found}, not at {expected}: "
        "another writer was faster",
        code="store.conflict",
        hint="load again and repeat",
        retryable=True,
        community=community,
        expected=str(expected),
        found=str(found),
    )


def taken(community: str, /, *, what: str, name: str) -> ConflictError:
    """Say that the id *name* of an event or a decision is stored already."""
    return ConflictError(
        f"{what} `{name}` is stored in `{community}` already",
        code="store.duplicate",
        hint="ask which ids are known, and leave those out",
        community=community,
        what=what,
        id=name,
    )


def closed(store: str, /) -> StoreError:
    """Say that the store was closed before it was asked."""
    return StoreError(
        f"the store `{store}` is closed",
        code="store.closed",
        hint="open it again",
        store=store,
    )


def _joined(commit: Commit) -> Iterator[str]:
    """Every text to be stored, fast."""
    yield commit.community
    for event in commit.events:
        yield event.id
        yield event.data
        yield event.kind
        if event.member is not None:
            yield event.member
    yield from chain.from_iterable(
        (d.id, d.data, d.kind, d.policy, d.mode, d.member or "")
        for d in commit.decisions
    )
    for part in commit.partitions:
        yield part.key
        yield part.data
    yield from chain.from_iterable(commit.notes.items())


def _texts(commit: Commit) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The same texts by the record that holds them, to name it."""
    yield f"the community `{shown(commit.community)}`", (commit.community,)
    for e in commit.events:
        yield f"event `{shown(e.id)}`", (e.id, e.data, e.kind, e.member or "")
    for d in commit.decisions:
        texts = (d.id, d.data, d.kind, d.policy, d.mode, d.member or "")
        yield f"decision `{shown(d.id)}`", texts
    for part in commit.partitions:
        yield f"partition `{shown(part.key)}`", (part.key, part.data)
    for note in commit.notes.items():
        yield f"note `{shown(note[0])}`", note


def _fault(text: str) -> str:
    """The first character that no store can keep, or nothing."""
    if "\0" in text:
        return "\0"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            return text[error.start]
    return ""


def _refuse(record: str, texts: Iterable[str]) -> None:
    for text in texts:
        if fault := _fault(text):
            point = f"U+{ord(fault):04X}"
            raise HistoryError(
                f"{record} holds the character `{point}`, which no store can keep",
                code="store.text",
                hint="remove it where the text comes from",
                record=record,
                found=point,
            )


def shown(text: str) -> str:
    """The text with what cannot be printed written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
