"""What an operation tells of its record: statements of reasons, the audit trail."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from community_sdk import Duration, LadderStep, Operation, PenaltyLadder, Playbook
from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.audit import verify
from community_sdk.events import RuleBroken
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
from community_sdk.operation import statements
from community_sdk.policies import AppealPolicy
from community_sdk.ports import EventStore
from community_sdk.testing.fakes import FakeClock

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LADDER = PenaltyLadder(
    key=PolicyKey("ladder"),
    steps=(LadderStep(at=1, kind=SANCTIONS["mute"], duration=Duration.parse("1h")),),
)
BOOK = Playbook(
    community=Community(key=CommunityId("c"), zone="Asia/Shanghai"),
    rulebook=Rulebook(rules=(Rule(code=RuleCode("spam")),)),
    policies=(
        LADDER,
        AppealPolicy(key=PolicyKey("appeals")),
    ),
)


@pytest.fixture(params=["memory", "sqlite"])
def operation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Operation]:
    """A community in which ann was muted, in each shipped store."""
    sqlite = request.param == "sqlite"
    store: EventStore = SqliteStore.open(tmp_path / "c.db") if sqlite else MemoryStore()
    running = Operation.open(BOOK, store, clock=FakeClock(NOON + timedelta(days=1)))
    running.record(breach(1))
    yield running
    store.close()


def breach(n: int) -> RuleBroken:
    """Return the n-th breach, found by hugo."""
    return RuleBroken(
        id=EventId(f"b{n}"),
        at=NOON + timedelta(hours=n),
        member=MemberId("ann"),
        actor=MemberId("hugo"),
        rule=RuleCode("spam"),
    )


def test_a_statement_holds_the_reasons_of_the_decision(operation: Operation) -> None:
    """And the redress that the playbook offers; an unknown sanction has none."""
    (sanction,) = operation.view("ann").member.sanctions
    found = operation.statement("ann", sanction.id, law="Art. 1")
    assert found is not None
    assert found.why is not None
    assert found.why.key == "penalty.step"
    assert found.redress is not None
    assert (found.redress.open, found.law) == (True, "Art. 1")
    assert operation.statement("ann", "no") is None


def test_a_later_trail_goes_on_from_the_earlier(operation: Operation) -> None:
    """Rows are added at the end of each chain, and nothing before them changes."""
    before = tuple(operation.audit())
    operation.record(breach(2))
    operation.tick()
    after = tuple(operation.audit())
    assert len(after) > len(before)
    assert verify(after, seals=before) is None
    history = [row for row in after if row.stream == "history"]
    assert [row.nth for row in history] == list(range(1, len(history) + 1))
    assert {row.who for row in history if row.what == "rule_broken"} == {"hugo"}


def test_only_what_somebody_must_do_waits_for_a_platform(operation: Operation) -> None:
    """A mute and the word about the appeal do."""
    assert {d.kind for d in operation.pending()} == {"apply_sanction", "offer_appeal"}


def test_what_a_ladder_promised_stands_in_the_statement() -> None:
    """Without a policy for appeals: until when, then that it is too late."""
    ladder = evolve(LADDER, appeal_within=Duration.parse("7d"))
    book = evolve(BOOK, policies=(ladder,))
    for days, key in ((1, "statement.appeal"), (9, "statement.appeal_over")):
        clock = FakeClock(NOON + timedelta(days=days))
        running = Operation.open(book, MemoryStore(), clock=clock)
        running.record(breach(1))
        running.tick()
        state = running.view("ann")
        found = list(statements(book.policies, state, running.decisions("ann")))
        keys = {part.key for part in found[0].explanation().parts}
        assert key in keys
        assert "statement.no_appeal" not in keys
