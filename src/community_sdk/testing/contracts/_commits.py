"""Small commits to write, and all that a store tells about a community."""

# ruff: noqa: S101 - a contract speaks by assert

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NoReturn

from community_sdk.errors import CommunityError
from community_sdk.ports import (
    Commit,
    EventStore,
    StoredDecision,
    StoredEvent,
    StoredPartition,
)

__all__ = [
    "HERE",
    "Quit",
    "commit",
    "decision",
    "event",
    "everything",
    "leave",
    "part",
    "refusal",
]

HERE = "smart_home"


def event(
    name: str, *, member: str | None = "ann", data: str = "{}", derived: bool = False
) -> StoredEvent:
    """One event called *name*."""
    return StoredEvent(
        id=name,
        kind="message",
        at=1_700_000_000_000_000,
        recorded_at=1_700_000_000_000_001,
        member=member,
        data=data,
        derived=derived,
    )


def decision(
    name: str, *, member: str | None = "ann", data: str = "{}", pending: bool = False
) -> StoredDecision:
    """One decision called *name*."""
    return StoredDecision(
        id=name,
        kind="promote",
        policy="ladder",
        member=member,
        at=1_700_000_000_000_002,
        mode="act",
        data=data,
        pending=pending,
    )


def part(key: str, data: str = "{}", *, due: int | None = None) -> StoredPartition:
    """The state of *key*."""
    return StoredPartition(key=key, data=data, due=due)


def commit(
    expected: int = 0,
    *,
    events: Iterable[StoredEvent] = (),
    decisions: Iterable[StoredDecision] = (),
    partitions: Iterable[StoredPartition] = (),
    notes: Iterable[tuple[str, str]] = (),
    community: str = HERE,
) -> Commit:
    """A commit of these parts."""
    return Commit(
        community=community,
        expected=expected,
        events=tuple(events),
        decisions=tuple(decisions),
        partitions=tuple(partitions),
        notes=dict(notes),
    )


def everything(store: EventStore, community: str = HERE) -> dict[str, object]:
    """All that *store* tells about *community*."""
    parts = tuple(store.partitions(community))
    due = [p.due for p in parts if p.due is not None]
    return {
        "version": store.version(community),
        "notes": dict(store.notes(community)),
        "events": tuple(store.events(community)),
        "decisions": tuple(store.decisions(community)),
        "partitions": parts,
        "due": store.due(community, max(due, default=0), 1_000_000),
        "pending": store.pending(community, 1_000_000),
    }


def refusal(call: Callable[[], object]) -> CommunityError:
    """The error that *call* ends with; it must end with one of ours."""
    try:
        call()
    except CommunityError as error:
        found = error
    else:
        raise AssertionError("this should have been refused")
    assert "\n" not in str(found), "an error is one line"
    return found


class Quit(BaseException):
    """Ends a transaction badly; no error, so that nobody handles it."""


def leave() -> NoReturn:
    """End what surrounds this, as Ctrl-C would."""
    raise Quit
