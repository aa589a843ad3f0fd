"""The imperative shell: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import Duration, LadderStep, Operation, PenaltyLadder, Playbook
from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.decisions import ApplySanction, EndSanction, LiftSanction
from community_sdk.errors import (
    ConflictError,
    DefinitionError,
    HistoryError,
    StoreError,
)
from community_sdk.events import Event, Joined, MessagePosted, RuleBroken
from community_sdk.model import (
    SANCTIONS,
    Community,
    CommunityId,
    EventId,
    MemberId,
    PolicyKey,
    Rule,
    Rulebook,
    RuleCode,
)
from community_sdk.operation import SystemClock
from community_sdk.policies import OnboardingPolicy, OnboardingTask
from community_sdk.ports import EventStore, StoredPartition
from community_sdk.testing.fakes import FakeClock, FaultyStore

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SPAM = RuleCode("spam")
ANN = MemberId("ann")


def a_playbook(version: str = "1", second: str = "12h") -> Playbook:
    """Mute at the first and second strike; greet and ask newcomers for a word."""
    steps = tuple(
        LadderStep(at=at, kind=SANCTIONS["mute"], duration=Duration.parse(lasts))
        for at, lasts in ((1, "1h"), (2, second))
    )
    word = OnboardingTask(
        what="first_word", met_by="message", within=Duration.parse("2d")
    )
    return Playbook(
        version=version,
        community=Community(key=CommunityId("c"), zone="Asia/Shanghai"),
        rulebook=Rulebook(rules=(Rule(code=SPAM),)),
        policies=(
            PenaltyLadder(key=PolicyKey("ladder"), steps=steps),
            OnboardingPolicy(key=PolicyKey("welcome"), tasks=(word,)),
        ),
    )


def breach(n: int, member: str = "ann", hours: int = 0) -> RuleBroken:
    """Return the n-th breach, some hours after noon."""
    at = NOON + timedelta(hours=hours)
    return RuleBroken(id=EventId(f"b{n}"), at=at, member=MemberId(member), rule=SPAM)


def joined(n: int, member: str = "ann") -> Joined:
    """Return a join at noon."""
    return Joined(id=EventId(f"j{n}"), at=NOON, member=MemberId(member))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    """Give each shipped store in turn."""
    made: EventStore = (
        MemoryStore()
        if request.param == "memory"
        else SqliteStore.open(tmp_path / "community.db")
    )
    yield made
    made.close()


def late_clock() -> FakeClock:
    """Return a clock that is far ahead of the history."""
    return FakeClock(NOON + timedelta(days=100))


def opened(store: EventStore, clock: FakeClock | None = None) -> Operation:
    """Open the playbook on a store."""
    return Operation.open(a_playbook(), store, clock=clock or late_clock())


def test_a_step_is_recorded_and_its_decisions_wait(store: EventStore) -> None:
    """What a platform has to do waits until it is settled."""
    operation = opened(store)
    (decision,) = operation.record(breach(1))
    assert isinstance(decision, ApplySanction)
    assert operation.pending() == (decision,)
    assert list(operation.decisions("ann")) == [decision]
    operation.settle(decision)
    assert operation.pending() == ()


def test_a_repeated_event_is_a_no_op_also_after_reopening(store: EventStore) -> None:
    """The store is the authority about what is known."""
    opened(store).record(breach(1))
    again = opened(store)
    assert again.record(breach(1)).duplicate
    assert again.preview(breach(1)).duplicate
    assert len(list(again.decisions())) == 1
    twice = [o.step for o in again.record_all([breach(2), breach(2)])]
    assert [s is not None and s.duplicate for s in twice] == [False, True]


def test_a_known_id_with_other_content_is_refused(store: EventStore) -> None:
    """Stored long ago, or told in the same batch; what is on record stays."""
    opened(store).record(breach(1))
    again = opened(store)
    other = breach(1, "bo")
    for ask in (again.record, again.preview):
        with pytest.raises(HistoryError, match="`member` was `ann`, found `bo`") as e:
            ask(other)
        assert e.value.code == "event.other_content"
    batch = [breach(2), breach(2), breach(2, "cy"), other, breach(3)]
    outcomes = list(again.record_all(batch))
    refused = [o.refusal and o.refusal.figures["name"] for o in outcomes]
    assert refused == [None, None, "member", "member", None]
    assert [e.id for e in again.history() if e.kind == "rule_broken"] == [
        *("b1", "b2", "b3")
    ]


def test_an_id_of_a_fact_is_taken_as_well(store: EventStore) -> None:
    """Whoever names an event like one of the engine's is told so."""
    operation = opened(store)
    operation.record(breach(1))
    fact = next(e for e in operation.history() if e.kind == "sanction_imposed")
    with pytest.raises(HistoryError, match="`kind` was `sanction_imposed`"):
        operation.record(evolve(breach(2), id=fact.id))


def test_state_goes_on_where_it_was_left(store: EventStore) -> None:
    """A second process counts the strikes of the first."""
    opened(store).record(breach(1))
    first, lift, second = opened(store).record(breach(2, hours=2))
    assert isinstance(first, EndSanction)
    assert isinstance(lift, LiftSanction)
    assert isinstance(second, ApplySanction)
    assert second.until == NOON + timedelta(hours=14)


def test_preview_changes_nothing(store: EventStore) -> None:
    """Neither the store nor the engine knows of a preview."""
    operation = opened(store)
    operation.record(joined(1))
    before = [(p.key, p.data) for p in store.partitions("c")]
    seen = operation.preview(breach(1))
    assert [d.kind for d in seen] == ["apply_sanction"]
    assert [(p.key, p.data) for p in store.partitions("c")] == before
    assert operation.record(breach(1)).decisions == seen.decisions


def test_an_event_of_the_future_is_refused(store: EventStore) -> None:
    """The clock of the shell decides; nothing is written."""
    operation = opened(store, FakeClock(NOON))
    with pytest.raises(HistoryError, match="lies in the future") as caught:
        operation.record(breach(1, hours=1))
    assert caught.value.code == "event.future"
    assert store.version("c") == 0


def test_refusals_of_a_batch_are_outcomes(store: EventStore) -> None:
    """One bad event costs one event."""
    foreign = evolve(breach(2), community=CommunityId("other"))
    outcomes = list(opened(store).record_all([breach(1), foreign, breach(3)]))
    assert [o.refusal is None for o in outcomes] == [True, False, True]
    assert outcomes[1].refusal is not None
    assert outcomes[1].refusal.code == "event.community"
    assert {e.id for e in store.events("c") if not e.derived} == {"b1", "b3"}


def test_time_passes_with_ticks(store: EventStore) -> None:
    """Expiry is a decision of the tick that finds it due, dated when it was."""
    clock = FakeClock(NOON)
    operation = opened(store, clock)
    operation.record(breach(1))
    assert operation.tick().step.decisions == ()
    clock.advance(timedelta(hours=5))
    step = operation.tick().step
    assert [d.kind for d in step] == ["end_sanction", "lift_sanction"]
    assert {d.at for d in step} == {NOON + timedelta(hours=1)}
    assert operation.now == clock.now()


@given(limit=st.integers(1, 7), members=st.integers(0, 6))
def test_ticks_in_slices_do_what_one_tick_does(limit: int, members: int) -> None:
    """Members who wait are told by `more`; nobody is left out or done twice."""
    names = [f"m{i}" for i in range(members)]
    kinds: list[list[tuple[str, str | None]]] = []
    for size in (limit, 1_000):
        clock = FakeClock(NOON)
        operation = opened(MemoryStore(), clock)
        for i, name in enumerate(names):
            operation.record(joined(i, name))
            operation.record(breach(i, name))
        clock.advance(timedelta(days=3))
        found: list[tuple[str, str | None]] = []
        more = True
        while more:
            tick = operation.tick(size)
            found += [(d.kind, d.member) for d in tick.step]
            more = tick.more
        kinds.append(sorted(found, key=str))
    assert kinds[0] == kinds[1]
    assert len(kinds[0]) == 3 * members


def test_the_second_writer_loses_and_learns(store: EventStore) -> None:
    """Optimistic: who is late gets a conflict only if he wrote from old state."""
    first, second = opened(store), opened(store)
    first.record(breach(1))
    (decision,) = second.record(breach(2))
    assert isinstance(decision, ApplySanction)
    assert len(decision.strikes) == 2


def test_a_conflict_changes_nothing_and_the_retry_succeeds() -> None:
    """A write from stale state is refused whole."""
    inner = MemoryStore()
    operation = opened(inner)
    operation.record(joined(1))

    class Racing:
        """Lets somebody else write between reading and writing."""

        def __init__(self) -> None:
            self.raced = False

        def __getattr__(self, name: str) -> object:
            if name == "append" and not self.raced:
                self.raced = True
                opened(inner).record(joined(9, "rival"))
            return getattr(inner, name)

    racing: EventStore = Racing()  # type: ignore[assignment]
    late = Operation.open(a_playbook(), racing, clock=late_clock())
    with pytest.raises(ConflictError):
        late.record(breach(1))
    assert list(operation.decisions("ann"))[-1].kind != "apply_sanction"
    assert [d.kind for d in late.record(breach(1))] == ["apply_sanction"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_failing_store_loses_nothing_acknowledged(nth: int, *, after: bool) -> None:
    """After a failed write, or a lost answer, the same call may be repeated."""
    inner = MemoryStore()
    faulty = FaultyStore(inner, fail_at=nth, after=after)
    operation = Operation.open(a_playbook(), faulty, clock=late_clock())
    events: list[Event] = [joined(1), breach(1), breach(2, hours=1)]
    for event in events:
        try:
            operation.record(event)
        except StoreError:
            operation.record(event)
    smooth = opened(MemoryStore())
    for event in events:
        smooth.record(event)
    assert list(operation.decisions()) == list(smooth.decisions())
    assert operation.pending() == smooth.pending()


def test_another_playbook_must_be_adopted(store: EventStore) -> None:
    """A changed playbook is no accident: it is opened with `adopt=True`."""
    opened(store).record(breach(1))
    changed = a_playbook("2", second="24h")
    with pytest.raises(DefinitionError, match="another version") as caught:
        Operation.open(changed, store, clock=late_clock())
    assert caught.value.code == "operation.playbook"
    operation = Operation.open(changed, store, clock=late_clock(), adopt=True)
    step = operation.record(breach(2, hours=3))
    applied = [d for d in step if isinstance(d, ApplySanction)]
    assert [d.until for d in applied] == [NOON + timedelta(hours=27)]
    assert [d.playbook for d in applied] == ["2"]
    again = Operation.open(changed, store, clock=late_clock())
    assert again.record(breach(2, hours=3)).duplicate


def test_a_replay_leaves_no_work_for_platforms(store: EventStore) -> None:
    """Decisions of a replay are on record, but nothing waits."""
    operation = Operation.open(a_playbook(), store, clock=late_clock(), outbox=False)
    operation.record(breach(1))
    assert operation.pending() == ()
    assert len(list(operation.decisions())) == 1


def test_a_damaged_partition_is_named() -> None:
    """The member whose state cannot be read stands in the message."""
    inner = MemoryStore()
    opened(inner).record(breach(1))

    class Damaged:
        """Returns partitions that are no JSON."""

        def __getattr__(self, name: str) -> object:
            return getattr(inner, name)

        def partitions(self, *words: object) -> Iterator[StoredPartition]:
            for row in inner.partitions(*words):  # type: ignore[arg-type]
                yield evolve(row, data="{" if row.key else row.data)

    damaged: EventStore = Damaged()  # type: ignore[assignment]
    operation = Operation.open(a_playbook(), damaged, clock=late_clock())
    with pytest.raises(StoreError, match="`ann` cannot be read"):
        operation.record(breach(2))


def test_where_a_member_stands(store: EventStore) -> None:
    """The standing is an explanation, the view is what a policy sees."""
    operation = opened(store)
    operation.record(joined(1))
    operation.record(
        MessagePosted(id=EventId("m1"), at=NOON + timedelta(hours=1), member=ANN)
    )
    standing = operation.standing("ann")
    assert standing["status"] == "active"
    assert {p.key for p in standing.parts} >= {"penalty.standing"}
    assert operation.view("ann").member.duties == ()


def test_minted_ids_sort_by_time() -> None:
    """An id begins with its instant."""
    clock = FakeClock(NOON)
    operation = opened(MemoryStore(), clock)
    first = operation.mint()
    clock.advance(timedelta(microseconds=1))
    assert first < operation.mint()
    assert first != operation.mint()


def test_the_clock_of_the_machine_is_aware() -> None:
    """Times without a zone never come in here."""
    assert SystemClock().now().tzinfo is not None


def test_a_host_may_close(store: EventStore) -> None:
    """Closing is the store's business and may be repeated."""
    operation = opened(store)
    operation.close()
    operation.close()
    assert operation.playbook == a_playbook()


def test_a_value_that_cannot_be_stored_costs_one_event(store: EventStore) -> None:
    """The rest of its batch is written, and the engine has not seen it."""
    odd = MessagePosted(
        id=EventId("odd"),
        at=NOON,
        member=ANN,
        length=1.5,  # type: ignore[arg-type]
    )
    outcomes = list(opened(store).record_all([breach(1), odd, breach(2)]))
    assert [o.refusal is None for o in outcomes] == [True, False, True]
    assert {e.id for e in store.events("c") if not e.derived} == {"b1", "b2"}


def test_nothing_is_known_before_the_first_event(store: EventStore) -> None:
    """Standing and instant have an answer on an empty store."""
    operation = opened(store)
    assert operation.now is None
    assert operation.standing("nobody")["status"] == "unknown"
