"""One version of a playbook, compiled for the engine: who is asked about what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol

from attrs import define

from community_sdk._time import DAY, Calendar, Duration, zone
from community_sdk._values import frozen
from community_sdk.decisions import Decision, Wish
from community_sdk.engine._lawful import DECLARED, GUARDED, LAWFUL
from community_sdk.errors import DefinitionError
from community_sdk.events import KINDS, Event, Exogenous
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


Watch = tuple[Asked, Collection[str]]
"""A guard with the kinds of events that it is asked about."""


@frozen
class Audience:
    """Who is concerned by events of one word, in the order of the playbook.

    Attributes:
        asked: who is asked what should be done.
        folds: those of them whose slices such an event changes.
        guards: who may forbid it; nobody forbids what the engine makes.
        reaching: those asked who decide about others than an event's own people.
    """

    asked: tuple[Asked, ...] = ()
    folds: tuple[Asked, ...] = ()
    guards: tuple[Asked, ...] = ()
    reaching: tuple[Asked, ...] = ()


class Audiences(dict[str, Audience]):
    """Who is concerned, by event word; found when the first event of it comes.

    A word that nobody declared concerns whom any event of a host's own concerns.
    """

    def __init__(
        self, asked: Sequence[Asked], always: Sequence[Watch], own: Collection[str]
    ) -> None:
        """Know the policies *asked*, who *always* guards, the hosts' *own* words."""
        super().__init__()
        self._own = own
        self._asked = [
            (a, a.policy.words if isinstance(a.policy, Narrows) else None)
            for a in asked
        ]
        self._always = always
        self._far = {a.key for a in asked if isinstance(a.policy, Reaches)}

    def __missing__(self, word: str) -> Audience:
        if word not in KINDS and word not in self._own:
            return self["custom"]
        cls = KINDS[word if word in KINDS else "custom"]
        asked = tuple(
            a
            for a, wanted in self._asked
            if issubclass(cls, a.policy.answers) and (wanted is None or word in wanted)
        )
        self[word] = found = Audience(
            asked,
            tuple(
                a for a in asked if a.remembers and issubclass(cls, a.remembers.folds)
            ),
            (
                *(guard for guard, kinds in self._always if word in kinds),
                *(a for a, _ in self._asked if a.guards and _guarded(cls, a.guards)),
            ),
            tuple(a for a in asked if a.key in self._far),
        )
        return found


def _guarded(cls: type[Event], guards: Guards) -> bool:
    """Tell whether *guards* may forbid events of *cls*: of facts, nobody."""
    return issubclass(cls, guards.guards) and issubclass(cls, Exogenous)


@define
class Version:
    """A playbook version with its index of policies, counters and readers."""

    playbook: Operable
    state: State
    hits: dict[str, tuple[Entry, ...]]
    audiences: Audiences
    by_key: dict[str, Asked]
    context: FoldContext
    shared: dict[str, tuple[Entry, ...]]

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
    asked = [_asked(policy) for policy in playbook.policies]
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
    state.declared = vocabulary(playbook.policies)
    state.calendar = Calendar(zone(playbook.community.zone))
    hits = entries(metrics, plan, own)
    shared = shared_entries(metrics, plan, own)
    state.readers = read_metrics(metrics, plan)
    wishes: dict[str, Plain] = {}
    nobody = CommunityState(plan)
    context = FoldContext(nobody, 0, playbook.rulebook, wishes.__getitem__, lateness)
    audiences = Audiences(asked, _watching(), own)
    return Version(
        playbook, state, hits, audiences, by_key=by_key, context=context, shared=shared
    )


def _asked(policy: Policy) -> Asked:
    return Asked(
        policy,
        str(policy.key),
        policy if isinstance(policy, Remembers) else None,
        policy.scope is Scope.MEMBER,
        policy.decide,
        policy if isinstance(policy, Guards) else None,
    )


def _watching() -> list[Watch]:
    """Return the guards that every playbook has."""
    return [
        (Asked(guard, str(guard.key), None, True, guard.decide, guard), kinds)  # noqa: FBT003 - of the member
        for guard, kinds in ((LAWFUL, ("rule_broken",)), (DECLARED, GUARDED))
    ]


def _longest(lateness: Duration) -> int:
    return lateness.us or lateness.months * 31 * DAY


def _metrics(playbook: Operable) -> tuple[Metric, ...]:
    found: dict[Metric, None] = {}
    for policy in playbook.policies:
        if isinstance(policy, Measures):
            found.update(dict.fromkeys(policy.metrics))
    return tuple(found)
