"""Sanctions end by themselves; the platform is told once, when nothing holds."""

from typing import Any

import pytest

from community_sdk import enforcement
from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.metrics import WindowPlan
from community_sdk.model import DecisionId, SanctionState
from community_sdk.state import MemberState, SanctionRecord
from tests.unit.desk import DAY, HOUR, START, head

NOW = micros(START + HOUR)


def record(key: str = "x", **more: Any) -> SanctionRecord:
    """A mute of a day, over by default."""
    given: dict[str, Any] = {
        "id": key,
        "measure": "mute",
        "order": 50,
        "holds": True,
        "since": micros(START),
        "until": micros(START + DAY),
        "policy": "ladder",
        "state": "expired",
    }
    return SanctionRecord(**given | more)


def member(*records: SanctionRecord) -> MemberState:
    """A member with sanctions on record."""
    one = MemberState("ann", WindowPlan(0))
    one.sanctions = records
    return one


def ended(state: SanctionState = SanctionState.EXPIRED) -> ev.Event:
    """The sanction `x` is over."""
    return ev.SanctionEnded(**head("e", START), sanction=DecisionId("x"), state=state)


def lifted() -> ev.Event:
    """The sanction `x` was lifted."""
    return ev.SanctionLifted(**head("e", START), sanction=DecisionId("x"))


def test_a_sanction_expires_with_its_reason() -> None:
    """By the policy that imposed it; one without an end names its beginning."""
    end = enforcement.expire(record(), member())
    assert (end.sanction, end.state, end.policy) == (
        "x",
        SanctionState.EXPIRED,
        "ladder",
    )
    assert end.because["until"] == (START + DAY).isoformat()
    endless = enforcement.expire(record(until=None), member())
    assert endless.because["until"] == START.isoformat()


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (ended(), "expired"),
        (ended(SanctionState.OVERTURNED), "overturned"),
        (lifted(), "lifted"),
    ],
)
def test_what_restrained_is_undone(event: ev.Event, state: str) -> None:
    """Expired, overturned or lifted: the platform is told which measure."""
    (undo,) = enforcement.undo(event, member(record(state=state)), NOW)
    assert (undo.sanction, undo.measure, undo.policy) == ("x", "mute", "ladder")
    assert undo.because["state"] == state


@pytest.mark.parametrize(
    ("event", "records"),
    [
        (ev.Left(**head("e", START)), [record()]),
        (ended(), []),
        (ended(), [record(measure="warning", holds=False)]),
        (lifted(), [record()]),
        (ended(SanctionState.OVERTURNED), [record()]),
        (ended(), [record(), record("y", state="active")]),
        (ended(), [record(), record("y", state="active", until=None)]),
    ],
)
def test_nothing_to_undo(event: ev.Event, records: list[SanctionRecord]) -> None:
    """Not an end, unknown, done at once, over before, or another one still holds."""
    assert not [*enforcement.undo(event, member(*records), NOW)]


@pytest.mark.parametrize(
    "other",
    [
        record("y", state="active", measure="ban"),
        record("y", state="active", until=NOW),
        record("y", state="active", since=NOW + 1, until=None),
        record("y", state="lifted"),
    ],
)
def test_other_sanctions_keep_only_their_own_measure(other: SanctionRecord) -> None:
    """Of another kind, over at this instant, not begun, or lifted."""
    assert [*enforcement.undo(ended(), member(record(), other), NOW)]
