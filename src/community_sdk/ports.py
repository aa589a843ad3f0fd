"""What is asked of the world: protocols that hosts and adapters fulfil."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from attrs import evolve, field

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.explanation import Explanation
from community_sdk.model import GroupId, MemberId, Person, RoleName, SanctionKind

__all__ = [
    "Act",
    "Authorization",
    "Authorizer",
    "Clock",
    "Commit",
    "EventStore",
    "PersonalStore",
    "Plain",
    "StoredDecision",
    "StoredEvent",
    "StoredPartition",
]

Plain = Mapping[str, object]
"""JSON-ready builtins."""


@frozen(kw_only=True)
class StoredEvent:
    """One event as a store keeps it.

    *at* and *recorded_at* are microseconds since 1970; *data* is its JSON text;
    *derived* tells facts of the engine from events of the world; *position* is the
    store's own running number, 0 before it is stored.
    """

    id: str
    kind: str
    at: int
    recorded_at: int
    member: str | None
    data: str
    derived: bool = False
    position: int = 0


@frozen(kw_only=True)
class StoredDecision:
    """One decision as a store keeps it; *pending*: a platform has yet to act on it."""

    id: str
    kind: str
    policy: str
    member: str | None
    at: int
    mode: str
    data: str
    pending: bool = False


@frozen(kw_only=True)
class StoredPartition:
    """The state of one member, or of the community (*key* empty).

    *due* is its next timer in microseconds, None without one.
    """

    key: str
    data: str
    due: int | None = None


@frozen(kw_only=True)
class Commit:
    """All that one or several steps change, written in one transaction.

    *expected* is the version that the writer has read; the store refuses with
    `ConflictError` when another writer was faster, and sets *expected* + 1.
    """

    community: str
    expected: int
    events: tuple[StoredEvent, ...] = ()
    decisions: tuple[StoredDecision, ...] = ()
    partitions: tuple[StoredPartition, ...] = ()
    notes: Mapping[str, str] = field(factory=dict[str, str])


class EventStore(Protocol):
    """Keeps events, facts, decisions and partitions of communities.

    Laws (the contract suite in `community_sdk.testing` holds every store to them):
    a commit is written whole or not at all; an event id is stored once per community,
    and so is a decision id; a stale *expected* changes nothing; what a returned
    `append` wrote survives the death of the process; readers never see half a commit;
    whoever has seen a position never sees a smaller one appear later. A community
    nobody wrote to is empty. All but `close` raise `StoreError` once the store is
    closed, and `HistoryError` for text that no store can keep.
    """

    def version(self, community: str, /) -> int:
        """Return how many commits the community has, 0 for none."""
        ...

    def notes(self, community: str, /) -> Mapping[str, str]:
        """Return what the last commits noted (playbook digest, tzdata version)."""
        ...

    def known(self, community: str, ids: Collection[str], /) -> frozenset[str]:
        """Return those of *ids* that are stored already."""
        ...

    def told(self, community: str, ids: Collection[str], /) -> Iterator[StoredEvent]:
        """Yield the events and facts called *ids* that are stored, in their order."""
        ...

    def partitions(
        self, community: str, keys: Collection[str] | None = None, /
    ) -> Iterator[StoredPartition]:
        """Yield the partitions called *keys*, or all, in the order of their keys.

        Absent ones are left out. All are of one version: end the iteration before
        appending.
        """
        ...

    def due(self, community: str, until: int, limit: int, /) -> tuple[str, ...]:
        """Return the members with a timer due by *until*, earliest first, then by key.

        *until* is in microseconds and included. The community's own partition is left
        out.
        """
        ...

    def append(self, commit: Commit, /) -> None:
        """Write *commit* whole.

        Raises:
            ConflictError: *expected* is stale (`store.conflict`), or an id is stored
                already or twice in *commit* (`store.duplicate`).
            HistoryError: a text or a number that no store can keep.
            StoreError: the store cannot write (full disk, lock, damage).
        """
        ...

    def events(self, community: str, /, *, after: int = 0) -> Iterator[StoredEvent]:
        """Yield events and facts in the order of commit, positions above *after*.

        Those stored when it was called; what is appended meanwhile waits for the next.
        """
        ...

    def decisions(
        self, community: str, /, *, member: str | None = None
    ) -> Iterator[StoredDecision]:
        """Yield the decisions stored by now, in the order they were taken."""
        ...

    def pending(self, community: str, limit: int, /) -> tuple[StoredDecision, ...]:
        """Return decisions that a platform has yet to act on, oldest first."""
        ...

    def settle(self, community: str, ids: Iterable[str], /) -> None:
        """Mark decisions as handed over; unknown ids are no errors."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Join the host's transaction, or begin and commit an own one.

        An exception that leaves it undoes what was written inside, and no more.
        """
        ...

    def close(self) -> None:
        """Let go of what the store itself opened."""
        ...


class PersonalStore(Protocol):
    """Keeps what is personal beside the record: profiles, account links, texts.

    Laws: what is forgotten is never held again unless it is told anew; forgetting
    twice is no error and forgets nothing more; other people's things are not touched.
    Both may raise `WorldError`.
    """

    def held(self, accounts: Collection[str], contents: Collection[str], /) -> Plain:
        """Return, as builtins, what is held of *accounts* and the texts *contents*."""
        ...

    def forget(self, accounts: Collection[str], contents: Collection[str], /) -> int:
        """Drop all of it and return how many things there were.

        *accounts* are pseudonyms, *contents* digests that events name (`ContentRef`).
        """
        ...


class Clock(Protocol):
    """Tells the time; the only one lives in `community_sdk.operation`."""

    def now(self) -> datetime:
        """Return the present instant, aware."""
        ...


@frozen(kw_only=True)
class Act:
    """What somebody is about to do, and to whom.

    Attributes:
        actor: who acts; None: the automation.
        action: a permission, such as ``lift_sanction``.
        target: whom it is about, None for the community.
        at: when it is done; roles are read at that instant.
        group: where, None for the whole community.
        measure: the sanction imposed, for *length* (None: without end, or at once).
        role: the role that is given.
        issuer: who imposed the sanction that is lifted.
        parties: who takes part in the matter that is decided.
    """

    actor: Person | None
    action: str
    target: Person | None
    at: datetime
    group: GroupId | None = None
    measure: SanctionKind | None = None
    length: Duration | None = None
    role: RoleName | None = None
    issuer: MemberId | None = None
    parties: tuple[MemberId, ...] = ()


@frozen(kw_only=True)
class Authorization:
    """Whether an act is allowed, and by what or why not: every reason, in order."""

    allowed: bool
    reasons: tuple[Explanation, ...]

    @property
    def because(self) -> Explanation:
        """The first reason, the others as its parts."""
        first, *others = self.reasons
        return evolve(first, parts=(*first.parts, *others))


class Authorizer(Protocol):
    """Answers who may do what; a host's own may stand in for the one shipped.

    Laws: it is pure, the same act has the same answer; there is at least one reason.
    """

    def can(self, act: Act, /) -> Authorization:
        """Return whether *act* is allowed, with the reasons."""
        ...
