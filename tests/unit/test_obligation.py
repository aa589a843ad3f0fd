"""Obligations: met in time by their own instant, reminded of, missed, handed over."""

from datetime import timedelta

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk import obligation
from community_sdk._time import micros
from community_sdk.decisions import Escalate, Remind
from community_sdk.metrics import WindowPlan
from community_sdk.state import Duty, MemberState
from tests.unit.desk import DAY, HOUR, START, TICK, head

DUTY = Duty(
    id="d",
    what="introduce",
    opened=micros(START),
    due=micros(START + 7 * DAY),
    met_by="introduced",
    where=(),
    duty="host",
    policy="on",
)


def member(*duties: Duty) -> MemberState:
    """A member with open duties."""
    one = MemberState("ann", WindowPlan(0))
    one.duties = duties
    return one


@pytest.mark.parametrize(
    ("after", "met"),
    [
        (timedelta(0), True),
        (-TICK, False),
        (7 * DAY, True),
        (7 * DAY + TICK, False),
    ],
)
def test_the_instant_of_the_event_decides(after: timedelta, met: object) -> None:
    """From the opening to the last instant, both included."""
    event = ev.Introduced(**head("e", START + after))
    found = list(obligation.met(event, member(DUTY), micros(START + 30 * DAY)))
    assert bool(found) is met


def test_what_meets_an_obligation_is_a_fact() -> None:
    """At the event's own instant, known now."""
    event = ev.Introduced(**head("e", START + HOUR))
    now = START + DAY
    (fact,) = obligation.met(event, member(DUTY, evolve(DUTY, met_by="x")), micros(now))
    assert (fact.obligation, fact.what, fact.member) == ("d", "introduce", "ann")
    assert (fact.at, fact.recorded_at, fact.id) == (event.at, now, "d:met")


@pytest.mark.parametrize(
    ("event", "met"),
    [
        (ev.MessagePosted(**head("e", START, group="hall"), length=9), True),
        (ev.MessagePosted(**head("e", START, group="attic"), length=9), False),
        (ev.MessagePosted(**head("e", START, group="hall"), length=8), False),
        (ev.Introduced(**head("e", START, group="hall")), False),
    ],
)
def test_only_what_fits_meets(event: ev.Event, met: object) -> None:
    """The word, and every field that is asked for."""
    duty = evolve(DUTY, met_by="message", where=(("group", "hall"), ("length", 9)))
    assert bool([*obligation.met(event, member(duty), event.seq)]) is met


@pytest.mark.parametrize(("level", "met"), [("gold", True), ("tin", False)])
def test_hosts_own_events_meet_by_their_properties(level: str, met: object) -> None:
    """A property, or a field of every event."""
    duty = evolve(DUTY, met_by="badge", where=(("group", "hall"), ("level", "gold")))
    more = head("e", START, group="hall")
    event = ev.Custom(**more, word="badge", properties={"level": level})
    assert bool([*obligation.met(event, member(duty), 0)]) is met


def test_a_reminder_says_what_is_open() -> None:
    """By the policy that opened it."""
    remind = obligation.reminder(DUTY, member(DUTY))
    assert isinstance(remind, Remind)
    assert (remind.member, remind.what, remind.policy) == ("ann", "introduce", "on")
    assert remind.because["due"] == (START + 7 * DAY).isoformat()


def test_a_missed_obligation_is_a_fact_of_its_last_instant() -> None:
    """However late it is noticed."""
    fact = obligation.missed(DUTY, member(DUTY))
    assert (fact.at, fact.obligation, fact.what) == (
        START + 7 * DAY,
        "d",
        "introduce",
    )


def test_a_missed_obligation_goes_to_its_duty() -> None:
    """Where it has one."""
    (handed,) = obligation.overdue(DUTY, member(DUTY))
    assert isinstance(handed, Escalate)
    assert (handed.duty, handed.what, handed.policy) == ("host", "introduce", "on")
    assert not [*obligation.overdue(evolve(DUTY, duty=""), member())]
