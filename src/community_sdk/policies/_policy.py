"""What a policy is: a frozen value that reads an event and the state, and decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, Protocol, runtime_checkable

from community_sdk.decisions import Mode, Wish
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events import EventTypes
from community_sdk.explanation import Explanation
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, Standing
from community_sdk.state import Definition, State

__all__ = [
    "Declares",
    "Describes",
    "Fits",
    "Guards",
    "Joins",
    "Measures",
    "Narrows",
    "Places",
    "Policy",
    "Ranks",
    "Reaches",
    "Reference",
    "Refers",
    "Remembers",
    "Reviews",
    "Scope",
]


Reference = tuple[str, str, tuple[str, ...]]
"""A path inside a policy, the word used there, the words that exist."""


def unknown(
    path: str, words: str | Iterable[str], known: Iterable[str]
) -> Iterator[Reference]:
    """Yield what of *words*, which stand at *path*, is not *known*.

    Several words stand at ``path[0]``, ``path[1]``, …
    """
    names = tuple(known)
    if isinstance(words, str):
        named = [(path, words)]
    else:
        named = [(f"{path}[{nth}]", word) for nth, word in enumerate(words)]
    yield from ((where, str(word), names) for where, word in named if word not in names)


def absent(
    where: str, key: str, kind: str, known: Iterable[str]
) -> Iterator[tuple[str, DefinitionError]]:
    """Yield that *key*, which stands at *where*, is of no policy of *kind*.

    *known* are the keys of those that there are; no key at all is no mistake.
    """
    names = tuple(known)
    if key and key not in names:
        error = DefinitionError(
            f"expected the key of a policy `{kind}`, found `{key}`",
            code="policy.absent",
            hint=nearest(key, names) or f"add a policy of the kind `{kind}`",
            found=key,
            policy=kind,
        )
        yield (where, error)


def role_names(definition: Definition) -> tuple[str, ...]:
    """Return the names of the roles that the playbook has."""
    return tuple(str(role.name) for role in definition.roles)


def group_names(definition: Definition) -> tuple[str, ...]:
    """Return the keys of the groups that the community has."""
    return tuple(str(group.key) for group in definition.community.groups)


def vocabulary(policies: Iterable[object]) -> dict[str, tuple[str, ...]]:
    """Return what *policies* declare: by sort, the words in their order."""
    found: dict[str, dict[str, None]] = {}
    for policy in policies:
        if isinstance(policy, Declares):
            for sort, words in policy.vocabulary.items():
                found.setdefault(sort, {}).update(dict.fromkeys(words))
    return {sort: tuple(words) for sort, words in found.items()}


def had(definition: Definition, policies: Iterable[object], /) -> dict[str, list[str]]:
    """Return what a member may have by a playbook and its *policies*, by sort."""
    # Groups need not be declared: rooms come and go without a new playbook. Tags and
    # segments of which no policy knows any may come from a host.
    free = {
        "group": [str(group.key) for group in definition.community.groups],
        **vocabulary(policies),
    }
    return {
        "role": [str(role.name) for role in definition.roles],
        "tier": [str(key) for group in definition.tiers for key in group.keys],
        **{sort: [*words] for sort, words in free.items() if words},
    }


class Scope(Enum):
    """Whose partition a policy keeps its slice in."""

    MEMBER = "member"
    COMMUNITY = "community"


class Policy(Protocol):
    """One instrument of a playbook; no base class, no registry.

    Laws: `decide` is pure and changes nothing; *answers* equals the annotation of its
    *event*; the same event and state give the same wishes in the same order.
    """

    answers: ClassVar[EventTypes]

    @property
    def key(self) -> PolicyKey:
        """The name that its slice and its decisions are kept under."""
        ...

    @property
    def scope(self) -> Scope:
        """Member: it decides about the event's member and remembers per member."""
        ...

    @property
    def mode(self) -> Mode:
        """What becomes of its decisions."""
        ...

    def decide(self, event: Any, state: State, /) -> Iterable[Wish]:
        """Yield what should be done about *event*, which is folded already."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """A policy with a slice of its own, in JSON-ready builtins.

    *folds* are those of its *answers* that change the slice.
    """

    folds: ClassVar[EventTypes]

    def start(self) -> Any:
        """Return the slice of a member (or community) never seen before."""
        ...

    def fold(self, mine: Any, event: Any, state: State, /) -> Any:
        """Return the slice after *event*; *mine* may be changed in place."""
        ...


@runtime_checkable
class Joins(Protocol):
    """A policy that can make one slice of two when two accounts are one person."""

    def join(self, mine: Any, other: Any, state: State, /) -> Any:
        """Return the slice of the person; *other* was the alias's, which is emptied.

        Without this the slice of the alias is only kept where the member has none.
        """
        ...


@runtime_checkable
class Places(Protocol):
    """A policy that moves members within the group of tiers called *tiers*."""

    @property
    def tiers(self) -> str:
        """The group."""
        ...

    @property
    def starts_in(self) -> str:
        """The tier of who is here and has no record, empty for the lowest."""
        ...


@runtime_checkable
class Measures(Protocol):
    """A policy that reads metrics: they must be known before the first event."""

    @property
    def metrics(self) -> Iterable[Metric]:
        """Every metric that `decide` may measure."""
        ...


@runtime_checkable
class Narrows(Protocol):
    """A policy that answers only events of some words among its *answers*."""

    @property
    def words(self) -> Collection[str]:
        """The event words (kinds, and hosts' own words) that it wants to see."""
        ...


@runtime_checkable
class Reviews(Protocol):
    """A policy that can say at any time what it would decide about a member."""

    def review_now(self, state: State, /) -> Iterable[Wish]:
        """Yield what would be decided now; used to preview a changed playbook."""
        ...


@runtime_checkable
class Guards(Protocol):
    """A policy that can forbid an act before anything comes of it.

    It is asked about what comes from outside, among *guards*, before the event is
    folded: an act that it refuses changes nothing and answers with `RefuseAct`. In
    mode ``shadow`` the refusal is only noted. Facts of the engine are not asked about.
    """

    guards: ClassVar[EventTypes]

    def refuse(self, event: Any, state: State, /) -> Explanation | None:
        """Return why *event* does not count, None where nothing is against it.

        *state* is as before the event; `state.mine` may be None.
        """
        ...


@runtime_checkable
class Reaches(Protocol):
    """A policy of the community that decides about others than an event's own people.

    A shell with a store loads who is named, beside the event's member and actor, before
    the step: a decision about anybody else could not be kept, and is refused there.
    """

    def reaches(self, event: Any, mine: Any, /) -> Iterable[str]:
        """Name whom a decision about *event* may be about, before it is folded.

        *mine* is the policy's slice, None before the first event; no member's partition
        may be read. Names too many do no harm.
        """
        ...


@runtime_checkable
class Describes(Protocol):
    """A policy that can explain where a member stands with it."""

    def standing(self, state: State, /) -> Explanation:
        """Explain what is reached, what is missing, and until when."""
        ...


@runtime_checkable
class Ranks(Protocol):
    """A policy that compares everybody: it asks for all members' standings.

    It yields `RequestStandings`; the shell asks it about one member after the other
    and answers with `StandingsCounted`.
    """

    def stand(self, state: State, span: tuple[int, int], /) -> Standing | None:
        """Return where `state.member` stands in *span*, None for whom it leaves out.

        *span* is ``[since, until)`` in microseconds; what is counted lies inside it,
        however late it is counted.
        """
        ...


@runtime_checkable
class Refers(Protocol):
    """A policy that names parts of the playbook, which may not exist."""

    def problems(
        self, definition: Definition, /
    ) -> Iterable[tuple[str, str, Iterable[str]]]:
        """Yield (path inside the policy, word used, words that exist)."""
        ...


@runtime_checkable
class Declares(Protocol):
    """A policy that gives words their meaning.

    Once a word of a sort is declared, events and conditions may name no others of it.
    """

    @property
    def vocabulary(self) -> Mapping[str, Collection[str]]:
        """By sort (``tag``, ``badge``, ``segment``, ``currency``), the words."""
        ...


@runtime_checkable
class Fits(Protocol):
    """A policy whose settings have to fit the rest of the playbook."""

    def misfits(
        self, definition: Definition, policies: Sequence[Policy], /
    ) -> Iterable[tuple[str, DefinitionError]]:
        """Yield (path inside the policy, what contradicts the rest).

        *policies* are all of the playbook, this one among them.
        """
        ...


def followed(groups: Iterable[str]) -> frozenset[str]:
    """Return the names that are kept for *groups*; none: the community as one."""
    return frozenset(map(str, groups)) or frozenset(("",))


def keep_up(
    known: dict[str, Any], names: frozenset[str], begin: Callable[[], Any]
) -> None:
    """Let *known* be of *names*: forget others, `begin` with those that are new."""
    if known.keys() == names:
        return
    for name in known.keys() - names:
        del known[name]
    for name in sorted(names - known.keys()):
        known[name] = begin()
