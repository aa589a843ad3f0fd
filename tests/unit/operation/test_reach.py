"""A step writes over nobody whose record was not loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import frozen

from community_sdk import Operation, Playbook
from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.decisions import Mode, Recommend, SetTimer
from community_sdk.errors import DefinitionError
from community_sdk.events import EventTypes, MessagePosted, RoleAssigned, TimerFired
from community_sdk.explanation import because
from community_sdk.model import (
    Community,
    CommunityId,
    EventId,
    MemberId,
    PolicyKey,
    RoleName,
)
from community_sdk.policies import Scope
from community_sdk.testing.fakes import FakeClock

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEY = PolicyKey("thanks")
ANN, BEN = MemberId("ann"), MemberId("ben")


@frozen(kw_only=True)
class ThankAnn:
    """Whoever speaks, thank ann for it, once somebody has agreed."""

    answers: ClassVar[EventTypes] = (MessagePosted,)

    key: PolicyKey = KEY
    mode: Mode = Mode.PROPOSE
    scope: Scope = Scope.COMMUNITY

    def decide(self, event: MessagePosted, _: Any, /) -> Iterator[Recommend]:
        """Thank."""
        yield Recommend(member=ANN, action="thank", because=because("test.thanks"))


class ThankAnnOpenly(ThankAnn):
    """Says whom it may be about."""

    def reaches(self, event: MessagePosted, mine: Any, /) -> Iterable[str]:
        """Ann, whatever happened."""
        return (str(ANN),)


def opened(store: MemoryStore, policy: ThankAnn) -> Operation:
    """An operation that has nobody in memory yet."""
    community = Community(key=CommunityId("c"), zone="UTC")
    playbook = Playbook(community=community, policies=(policy,))
    return Operation.open(playbook, store, clock=FakeClock(NOON))


def spoke(n: int, who: MemberId) -> MessagePosted:
    """The n-th message."""
    return MessagePosted(id=EventId(f"m{n}"), at=NOON, member=who)


def prepared(policy: ThankAnn) -> MemoryStore:
    """A store in which ann is on record as a host."""
    store = MemoryStore()
    host = RoleAssigned(
        id=EventId("r"), at=NOON, member=ANN, actor=BEN, role=RoleName("host")
    )
    opened(store, policy).record(host)
    return store


def test_a_decision_about_somebody_not_loaded_is_refused_and_nothing_is_written() -> (
    None
):
    """Else the record of ann would begin anew, and her role would be lost."""
    policy = ThankAnn()
    store = prepared(policy)
    operation = opened(store, policy)
    with pytest.raises(DefinitionError, match=r"`ann`.*does not name.*`reaches`"):
        operation.record(spoke(1, BEN))
    assert [e.id for e in operation.history()] == ["r"]
    assert [r.role for r in operation.view("ann").member.roles] == ["host"]


def test_who_is_named_is_loaded() -> None:
    """The proposal joins what is on record."""
    policy = ThankAnnOpenly()
    operation = opened(prepared(policy), policy)
    step = operation.record(spoke(1, BEN))
    assert [d.kind for d in step] == ["request_consent"]
    ann = opened(operation.store, policy).view("ann").member  # type: ignore[arg-type]
    assert [r.role for r in ann.roles] == ["host"]
    assert len(ann.consents) == 1


def test_a_newcomer_of_the_event_is_no_stranger() -> None:
    """Who is seen for the first time has no record that could be lost."""
    operation = opened(MemoryStore(), ThankAnnOpenly())
    assert operation.record(spoke(1, ANN)).decisions


@frozen(kw_only=True)
class ThankAnnLater(ThankAnn):
    """An hour after the first word, when nobody was named."""

    answers: ClassVar[EventTypes] = (MessagePosted, TimerFired)

    def decide(self, event: MessagePosted | TimerFired, _: Any, /) -> Iterator[Any]:
        """Wait, then thank."""
        if isinstance(event, TimerFired):
            yield Recommend(member=ANN, action="thank", because=because("test.thanks"))
        else:
            yield SetTimer("thank", NOON + timedelta(hours=1))


@pytest.mark.parametrize("limit", [1, 1_000])
def test_time_writes_over_nobody_either(limit: int) -> None:
    """Refused as often as it is tried; what is on record stays."""
    policy = ThankAnnLater()
    store = prepared(policy)
    opened(store, policy).record(spoke(1, BEN))
    operation = opened(store, policy)
    for _ in range(2):
        with pytest.raises(DefinitionError, match="`ann`"):
            operation.advance(NOON + timedelta(hours=2), limit)
    assert [r.role for r in operation.view("ann").member.roles] == ["host"]
