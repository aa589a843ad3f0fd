"""Whatever is asked of them, the SQLite store and the memory store answer alike."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.errors import CommunityError
from community_sdk.ports import (
    Commit,
    EventStore,
    StoredDecision,
    StoredEvent,
    StoredPartition,
)

NUMBERS = st.integers(-(2**63) - 1, 2**63)
TIMES = st.integers(-3, 3) | NUMBERS
COMMUNITIES = st.sampled_from(["", "a", "b"])
NAMES = st.sampled_from([*"abcdefgh", "社群", "A"]) | st.text(max_size=3)
MEMBERS = st.none() | NAMES
DATA = st.sampled_from(["{}", "[]"]) | st.text(max_size=5)
EVENTS = st.builds(
    StoredEvent,
    id=NAMES,
    kind=NAMES,
    at=TIMES,
    recorded_at=TIMES,
    member=MEMBERS,
    data=DATA,
    derived=st.booleans(),
)
DECISIONS = st.builds(
    StoredDecision,
    id=NAMES,
    kind=NAMES,
    policy=NAMES,
    member=MEMBERS,
    at=TIMES,
    mode=st.just("act"),
    data=DATA,
    pending=st.booleans(),
)
PARTITIONS = st.builds(
    StoredPartition, key=NAMES | st.just(""), data=DATA, due=st.none() | TIMES
)
COMMITS = st.builds(
    Commit,
    community=COMMUNITIES,
    expected=st.integers(-1, 1),  # beside the present version
    events=st.lists(EVENTS, max_size=4).map(tuple),
    decisions=st.lists(DECISIONS, max_size=3).map(tuple),
    partitions=st.lists(PARTITIONS, max_size=3).map(tuple),
    notes=st.dictionaries(NAMES, DATA, max_size=2),
)
RIGHT = st.booleans() | st.just(value=True)


class Broken(BaseException):
    """Ends a transaction."""


class Twins(RuleBasedStateMachine):
    """The same commands to both; every answer is compared."""

    def __init__(self) -> None:
        """Begin with two empty stores."""
        super().__init__()
        self.memory = MemoryStore()
        self.sqlite = SqliteStore.open(":memory:", durable=False)

    def teardown(self) -> None:
        """Let go of the database."""
        self.sqlite.close()

    def both(self, ask: Callable[[EventStore], Any]) -> Any:
        """Ask both, compare, return the answer."""
        one, two = (outcome(ask, store) for store in (self.memory, self.sqlite))
        assert one == two
        return one

    @rule(commit=COMMITS, right=RIGHT)
    def append(self, commit: Commit, *, right: bool) -> None:
        """Mostly at the right version."""
        self.both(lambda store: write(store, commit, right=right))

    @rule(
        commits=st.lists(COMMITS, min_size=1, max_size=3),
        right=RIGHT,
        settled=st.lists(NAMES, max_size=2),
        kept=st.booleans(),
        nested=st.booleans(),
    )
    def together(
        self,
        commits: list[Commit],
        settled: list[str],
        *,
        right: bool,
        kept: bool,
        nested: bool,
    ) -> None:
        """Several in one transaction, the last perhaps in one inside."""

        def ask(store: EventStore) -> list[object]:
            answers = list[object]()
            with suppress(Broken), store.transaction():
                for commit in commits:
                    with suppress(Broken), store.transaction():
                        answers.append(
                            outcome(lambda s, c=commit: write(s, c, right=right), store)  # type: ignore[misc]
                        )
                        if nested:
                            raise Broken
                answers.append(outcome(lambda s: s.settle("a", settled), store))
                answers.append(everything(store))
                if not kept:
                    raise Broken
            return answers

        self.both(ask)

    @rule(community=COMMUNITIES, names=st.lists(NAMES, max_size=4))
    def settle(self, community: str, names: list[str]) -> None:
        """Known and unknown decisions."""
        self.both(lambda store: store.settle(community, iter(names)))

    @rule(
        community=COMMUNITIES,
        names=st.lists(NAMES, max_size=4),
        number=NUMBERS,
        limit=st.integers(-1, 3),
    )
    def ask(self, community: str, names: list[str], number: int, limit: int) -> None:
        """Every question that takes more than a community."""
        questions: tuple[Callable[[EventStore], object], ...] = (
            lambda store: store.known(community, names),
            lambda store: list(store.told(community, names)),
            lambda store: list(store.partitions(community, names)),
            lambda store: store.due(community, number, limit),
            lambda store: list(store.events(community, after=limit)),
            lambda store: list(store.decisions(community, member="".join(names[:1]))),
            lambda store: store.pending(community, limit),
        )
        for question in questions:
            self.both(question)

    @invariant()
    def they_hold_the_same(self) -> None:
        """All that is stored is equal, in the same order."""
        self.both(everything)


def write(store: EventStore, commit: Commit, *, right: bool) -> None:
    """Append *commit*, at the present version if that is *right*."""
    version = store.version(commit.community)
    shift = 0 if right else commit.expected
    store.append(
        Commit(
            community=commit.community,
            expected=version + shift,
            events=commit.events,
            decisions=commit.decisions,
            partitions=commit.partitions,
            notes=commit.notes,
        )
    )


def outcome(ask: Callable[[EventStore], Any], store: EventStore) -> object:
    """The answer, or what the refusal says."""
    try:
        return ask(store)
    except CommunityError as error:
        return type(error), str(error), error.code, error.figures


def everything(store: EventStore) -> list[object]:
    """All that *store* holds."""
    return [
        [
            store.version(community),
            dict(store.notes(community)),
            list(store.events(community)),
            list(store.decisions(community)),
            list(store.partitions(community)),
            store.due(community, 2**63, 100),
            store.pending(community, 100),
        ]
        for community in ("", "a", "b", "社群")
    ]


TestTwins = Twins.TestCase
TestTwins.settings = settings(stateful_step_count=12)
