"""Obligations handed on stage by stage, met late, and moved to another time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk.decisions import Decision, Mode, OpenObligation
from community_sdk.engine import Engine, Step
from community_sdk.explanation import because
from community_sdk.model import DecisionId, HandOver, PolicyKey, RoleName
from community_sdk.policies import Scope
from community_sdk.state import State
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk, head

STAGES = (3 * DAY, 5 * DAY, 7 * DAY)
KEY = PolicyKey("homework")
DUTIES = tuple(RoleName(name) for name in ("owner", "head", "board"))


@frozen(kw_only=True)
class Homework:
    """Let who joins introduce himself or herself within a day."""

    answers: ClassVar[ev.EventTypes] = (ev.Joined,)

    key: PolicyKey = KEY
    stages: tuple[timedelta, ...] = STAGES
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(self, event: ev.Joined, _: State, /) -> Iterator[Decision]:
        """Set the task."""
        yield OpenObligation(
            what="introduce",
            due=event.at + DAY,
            met_by="introduced",
            duty="host",
            reminders=(event.at + HOUR, event.at + 23 * HOUR),
            stages=tuple(
                HandOver(at=event.at + after, duty=duty)
                for after, duty in zip(self.stages, DUTIES, strict=False)
            ),
            because=because("onboarding.task", what="introduce"),
        )


def joined(*stages: timedelta) -> tuple[Desk, DecisionId]:
    """A member with the task, and the name of it."""
    desk = Desk(Homework(stages=stages))
    (task,) = desk.tell(ev.Joined, START, id="join").decisions
    return desk, task.id


def told(step: Step) -> list[tuple[str, str, datetime]]:
    """What was decided, to whom, when."""
    return [
        (d.kind, getattr(d, "duty", ""), d.at)
        for d in step.decisions
        if d.at is not None
    ]


def test_it_goes_from_duty_to_duty_until_the_last() -> None:
    """At its time to the first, then on; nothing is left open in the end."""
    desk, _ = joined(*STAGES)
    step = desk.advance(START + 30 * DAY)
    assert told(step) == [
        ("remind", "", START + HOUR),
        ("remind", "", START + 23 * HOUR),
        ("escalate", "host", START + DAY),
        ("escalate", "owner", START + 3 * DAY),
        ("escalate", "head", START + 5 * DAY),
        ("escalate", "board", START + 7 * DAY),
    ]
    kinds = [fact.kind for fact in step.facts]
    assert kinds == ["obligation_missed"] + ["obligation_escalated"] * 3
    assert (desk.member().duties, desk.member().timers) == ((), {})
    last = step.decisions[-1].because
    assert (last.key, last["duty"]) == ("obligation.still_open", "board")


@pytest.mark.parametrize(
    ("after", "late", "passed"),
    [
        (DAY, False, 0),
        (DAY + TICK, True, 1),
        (3 * DAY, True, 1),
        (3 * DAY + TICK, True, 2),
        (7 * DAY, True, 3),
        (7 * DAY + TICK, None, 4),
    ],
)
def test_it_can_be_met_late(after: timedelta, late: object, passed: int) -> None:
    """Until the last stage is reached; each instant named is still before it."""
    desk, _ = joined(*STAGES)
    step = desk.tell(ev.Introduced, START + after)
    met = [f for f in step.facts if isinstance(f, ev.ObligationMet)]
    assert [fact.late for fact in met] == ([] if late is None else [late])
    assert [d.kind for d in step.decisions].count("escalate") == passed
    assert told(desk.advance(START + 30 * DAY)) == []
    assert not desk.member().duties


def test_in_time_but_told_after_it_was_missed() -> None:
    """It is met in time; what was handed over stands."""
    desk, _ = joined(*STAGES)
    desk.advance(START + 2 * DAY)
    step = desk.tell(ev.Introduced, START + HOUR, recorded_at=START + 2 * DAY)
    (met,) = step.facts
    assert isinstance(met, ev.ObligationMet)
    assert not met.late
    assert not told(desk.advance(START + 30 * DAY))


def test_without_stages_it_ends_when_it_is_missed() -> None:
    """As it always was."""
    desk, _ = joined()
    step = desk.advance(START + 30 * DAY)
    assert [d.kind for d in step.decisions] == ["remind", "remind", "escalate"]
    assert not desk.tell(ev.Introduced, START + 31 * DAY).facts


def move(desk: Desk, task: str, when: datetime, due: datetime) -> Step:
    """Give the task another time."""
    return desk.tell(ev.ObligationMoved, when, obligation=DecisionId(task), due=due)


def test_what_is_to_come_moves_along() -> None:
    """Reminders, the time itself and the stages after it, all by as much."""
    desk, task = joined(3 * DAY)
    desk.advance(START + 2 * HOUR)
    move(desk, task, START + 2 * HOUR, START + 2 * DAY)
    assert told(desk.advance(START + 30 * DAY)) == [
        ("remind", "", START + 47 * HOUR),
        ("escalate", "host", START + 2 * DAY),
        ("escalate", "owner", START + 4 * DAY),
    ]


def test_a_missed_one_is_open_again() -> None:
    """It can be met in time once more, or missed a second time."""
    desk, task = joined(*STAGES)
    desk.advance(START + 2 * DAY)
    move(desk, task, START + 2 * DAY, START + 10 * DAY)
    step = desk.tell(ev.Introduced, START + 10 * DAY)
    assert [d.kind for d in step.decisions] == []
    assert [getattr(f, "late", None) for f in step.facts] == [False]


def test_what_is_not_open_cannot_be_moved() -> None:
    """Nothing happens."""
    desk, task = joined()
    desk.advance(START + 2 * DAY)
    assert move(desk, task, START + 2 * DAY, START + 9 * DAY) == Step(
        touched=frozenset({"ann"})
    )
    assert not desk.member().timers


@given(
    st.lists(st.integers(0, 12 * 24), max_size=4),
    st.lists(st.sampled_from(["introduced", "moved"]), min_size=4, max_size=4),
)
def test_lazy_is_eager(hours: list[int], kinds: list[str]) -> None:
    """INVARIANT: it does not matter how often time is let pass."""
    engines = [Engine(Book(policies=(Homework(),))) for _ in range(2)]
    found: list[list[Decision]] = [[], []]
    join = ev.Joined(**head("join", START))
    (task,) = [engine.receive(join).decisions[0].id for engine in engines][:1]
    for nth, (hour, kind) in enumerate(zip(sorted(hours), kinds, strict=False)):
        when = START + hour * HOUR
        event: ev.Event = ev.Introduced(**head(f"e{nth}", when))
        if kind == "moved":
            event = ev.ObligationMoved(
                **head(f"e{nth}", when), obligation=task, due=when + DAY
            )
        for day in range(hour // 24 + 1):
            found[1] += engines[1].advance(START + day * DAY).decisions
        for engine, decisions in zip(engines, found, strict=True):
            decisions.extend(engine.receive(event).decisions)
    for engine, decisions in zip(engines, found, strict=True):
        decisions.extend(engine.advance(START + 60 * DAY).decisions)
    assert found[0] == found[1]
    assert engines[0].snapshot() == engines[1].snapshot()
