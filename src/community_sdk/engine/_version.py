"""One version of a playbook, compiled for the engine: who is asked about what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, Protocol

from attrs import define, frozen

from community_sdk._time import DAY, Calendar, Duration, zone
from community_sdk.decisions import Decision, Wish
from community_sdk.engine._lawful import LAWFUL, Known
from community_sdk.errors import DefinitionError
from community_sdk.events import EXOGENOUS, KINDS, Event, EventTypes
from community_sdk.metrics import Metric, WindowPlan
from community_sdk.policies._policy import (
    Guards,
    Measures,
    Narrows,
    Policy,
    Reaches,
    Remembers,
    Scope,
    vocabulary,
)
from community_sdk.ports import Plain
from community_sdk.proposal import Consent
from community_sdk.state import (
    CommunityState,
    Definition,
    Entry,
    FoldContext,
    State,
    count_shared,
    entries,
    read_metrics,
    shared_entries,
)

__all__ = [
    "Asked",
    "Audience",
    "DecisionBorder",
    "Operable",
    "Version",
    "compile_version",
]


class DecisionBorder(Protocol):
    """Turns decisions into builtins and back, for proposals in snapshots."""

    def dump(self, decision: Decision, /) -> Plain:
        """Return *decision* as builtins."""
        ...

    def load(self, plain: Plain, /) -> Decision:
        """Return the decision that `dump` was given."""
        ...


class Operable(Definition, Protocol):
    """What the engine asks of a playbook."""

    @property
    def policies(self) -> Sequence[Policy]:
        """The policies in the order in which they are asked."""
        ...

    @property
    def version(self) -> str:
        """The version that stands beside each decision."""
        ...

    @property
    def digest(self) -> str:
        """A digest of the whole playbook."""
        ...

    @property
    def words(self) -> Collection[str]:
        """The hosts' own event words that were declared."""
        ...

    @property
    def approval(self) -> Consent:
        """Who confirms what is proposed, and what needs consent in any mode."""
        ...

    @property
    def border(self) -> DecisionBorder:
        """How decisions that wait for consent are stored."""
        ...


@define
class Asked:
    """One policy with what the engine looked up about it."""

    policy: Policy
    key: str
    remembers: Remembers | None
    of_member: bool
    decide: Callable[[Any, State], Iterable[Wish]]
    guards: Guards | None = None


@frozen
class Audience:
    """Who is asked about events of one word, and whose slices they change."""

    asked: tuple[Asked, ...]
    folds: tuple[Asked, ...]


@define
class Version:
    """A playbook version with its index of policies, counters and readers."""

    playbook: Operable
    state: State
    hits: dict[str, tuple[Entry, ...]]
    audiences: dict[str, Audience]
    guards: dict[str, tuple[Asked, ...]]
    by_key: dict[str, Asked]
    context: FoldContext
    shared: dict[str, tuple[Entry, ...]]
    reaching: dict[str, tuple[Asked, ...]]

    def count_whole(
        self,
        event: Event,
        at: int,
        community: CommunityState,
        hits: tuple[Entry, ...],
    ) -> None:
        """Count *event* of *at* for the whole community."""
        state, rolling = self.state, community.rolling
        count_shared(event, at, state.calendar.day(at), community, hits)
        if len(rolling.stamps) > rolling.check:
            bounds = zip(state.plan.windows, state.bounds, strict=True)
            begins = [bound if w.rolling else -1 for w, bound in bounds]
            rolling.compact(state.now_us, state.calendar.day(state.now_us), begins)


def compile_version(playbook: Operable, plan: WindowPlan) -> Version:
    """Index the policies of *playbook* by the events they answer.

    Raises:
        DefinitionError: two policies share a key, or a metric cannot be measured.
    """
    asked = [
        Asked(
            policy,
            str(policy.key),
            policy if isinstance(policy, Remembers) else None,
            policy.scope is Scope.MEMBER,
            policy.decide,
            policy if isinstance(policy, Guards) else None,
        )
        for policy in playbook.policies
    ]
    by_key = {a.key: a for a in asked}
    if len(by_key) != len(asked):
        twice = next(a.key for a in asked if by_key[a.key] is not a)
        raise DefinitionError(
            f"expected policies with keys of their own, found `{twice}` twice",
            code="policy.twice",
            found=twice,
        )
    lateness = _longest(playbook.lateness)
    plan.retention = max(plan.retention, lateness)
    metrics = _metrics(playbook)
    own = frozenset(playbook.words)
    state = State(playbook, plan)
    state.calendar = Calendar(zone(playbook.community.zone))
    hits = entries(metrics, plan, own)
    shared = shared_entries(metrics, plan, own)
    state.readers = read_metrics(metrics, plan)
    index = _audiences(asked, own)
    wishes: dict[str, Plain] = {}
    nobody = CommunityState(plan)
    context = FoldContext(nobody, 0, playbook.rulebook, wishes.__getitem__, lateness)
    guards = _guards([*_watching(playbook), *asked])
    parts = (hits, index, guards, by_key, context, shared, _reaching(index, asked))
    return Version(playbook, state, *parts)


@lru_cache(maxsize=1024)
def _kinds(types: EventTypes) -> frozenset[str]:
    """Return the kinds of event that are among *types*."""
    return frozenset(kind for kind, cls in KINDS.items() if issubclass(cls, types))


def _watching(playbook: Operable) -> list[Asked]:
    """Return the guards that every playbook has."""
    known = Known(words=vocabulary(playbook.policies))
    return [
        Asked(guard, str(guard.key), None, True, guard.decide, guard)  # noqa: FBT003 - of the member
        for guard in (LAWFUL, known)
    ]


def _guards(asked: Sequence[Asked]) -> dict[str, tuple[Asked, ...]]:
    """Return the policies that may forbid an act, by the kind of its event."""
    found = [(a, _kinds(a.guards.guards)) for a in asked if a.guards is not None]
    index = {
        cls.kind: tuple(a for a, kinds in found if cls.kind in kinds)
        for cls in EXOGENOUS
    }
    return {word: watching for word, watching in index.items() if watching}


def _reaching(
    index: dict[str, Audience], asked: Sequence[Asked]
) -> dict[str, tuple[Asked, ...]]:
    """Return who decides about others than an event's own people, by event word."""
    far = {a.key for a in asked if isinstance(a.policy, Reaches)}
    found = {
        word: tuple(a for a in audience.asked if a.key in far)
        for word, audience in (index.items() if far else ())
    }
    return {word: those for word, those in found.items() if those}


def _longest(lateness: Duration) -> int:
    return lateness.us or lateness.months * 31 * DAY


def _metrics(playbook: Operable) -> tuple[Metric, ...]:
    found: dict[Metric, None] = {}
    for policy in playbook.policies:
        if isinstance(policy, Measures):
            found.update(dict.fromkeys(policy.metrics))
    return tuple(found)


def _audiences(asked: Sequence[Asked], own: Collection[str]) -> dict[str, Audience]:
    """Return who is asked about events of each word, in the order of *asked*."""
    words = dict.fromkeys((*KINDS, *own), Audience((), ()))
    hosts = tuple(word for word in words if word not in KINDS)
    answering: dict[str, list[Asked]] = {}
    folding: dict[str, list[Asked]] = {}
    for one in asked:
        wanted = one.policy.words if isinstance(one.policy, Narrows) else words
        folds = _kinds(one.remembers.folds) if one.remembers else ()
        for kind in _kinds(one.policy.answers):
            for word in ("custom", *hosts) if kind == "custom" else (kind,):
                if word in wanted:
                    answering.setdefault(word, []).append(one)
                    if kind in folds:
                        folding.setdefault(word, []).append(one)
    return words | {
        word: Audience(tuple(those), tuple(folding.get(word, ())))
        for word, those in answering.items()
    }
