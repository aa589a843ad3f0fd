"""Decisions about emergency acts have their time, and nothing is decided by waiting."""

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Escalate, OpenObligation
from community_sdk.playbook import dumps, loads
from community_sdk.wording import say
from tests.laws.house import HOUSE
from tests.unit.desk import DAY, HOUR, START, TICK
from tests.unit.policies.test_emergency import act, desk, refusal, state, then


def test_a_decision_has_its_time_as_well() -> None:
    """From the first report on; then who decides is told, and nothing is decided."""
    made = desk(decide_within=Duration.parse("2d"))
    act(made)
    first = then(made, ev.EmergencyReported, 2, "ada")
    (asked,) = (d for d in first if isinstance(d, OpenObligation))
    assert (asked.what, asked.duty) == ("emergency_decision", "owner")
    assert asked.due == START + 2 * HOUR + 2 * DAY
    assert "紧急处置" in say(asked.because, "zh")
    assert "decides about it by" in say(asked.because, "en")
    again = then(made, ev.EmergencyReported, 3, "ada")
    assert not [d for d in again if isinstance(d, OpenObligation)]
    assert not list(made.advance(asked.due))
    told = list(made.advance(asked.due + TICK))
    assert [(d.what, d.duty) for d in told if isinstance(d, Escalate)] == [
        ("emergency_decision", "owner")
    ]
    assert state(made) == "provisional"
    assert refusal(then(made, ev.EmergencyRatified, 72)) == ""
    assert state(made) == "active"


@pytest.mark.parametrize("make", [ev.EmergencyRatified, ev.EmergencyRejected])
def test_a_decision_in_time_leaves_nothing_to_do(make: Any) -> None:
    """Nobody is told that it is overdue."""
    made = desk(decide_within=Duration.parse("2d"))
    act(made)
    then(made, ev.EmergencyReported, 2, "ada")
    then(made, make, 3)
    assert not made.member().duties
    assert not [d for d in made.advance(START + 9 * DAY) if isinstance(d, Escalate)]


def test_where_nobody_ratifies_nobody_is_told() -> None:
    """The measure stays provisional once it is reported."""
    made = desk(ratifying=(), decide_within=Duration.parse("2d"))
    act(made)
    (asked,) = (
        d
        for d in then(made, ev.EmergencyReported, 2, "ada")
        if isinstance(d, OpenObligation)
    )
    assert asked.duty == ""
    assert refusal(then(made, ev.EmergencyRatified, 3)) == "authority.not_permitted"


def test_a_file_holds_the_time_to_decide() -> None:
    """And one without it."""
    line = 'report_within = "24h"\n'
    book = loads(HOUSE.replace(line, f'{line}decide_within = "2d"\n'))
    assert loads(dumps(book)) == book != loads(HOUSE)
