"""The events of a case as events of the library: a function per `type`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from community_sdk import Event
from community_sdk import events as ev
from community_sdk.model import DecisionId, EventId, RuleCode
from tests.peers.frame import at
from tests.peers.penalties.history import Told

Telling = Iterator[Event]


def violation(told: Told) -> Telling:
    """A confirmed breach."""
    plain, more = told.plain, dict[str, Any]()
    if "occurred" in plain:
        more["at"] = at(plain["occurred"])
    told.strike = told.key
    yield ev.RuleBroken(
        **told.envelope(recorded_at=told.when, **more),
        rule=RuleCode(plain["category"]),
        weight=plain.get("points"),
    )


def revoke(told: Told) -> Telling:
    """The strike was a mistake."""
    assert told.ref
    yield ev.StrikeOverturned(**told.envelope(), strike=EventId(told.ref.strike))


def lift(told: Told) -> Telling:
    """Early mercy."""
    assert told.ref
    sanction = DecisionId(told.ref.sanction)
    yield ev.SanctionLifted(**told.envelope(), sanction=sanction)


def join_request(told: Told) -> Telling:
    """Somebody asks to come in."""
    yield ev.JoinRequested(**told.envelope())


def observe(_: Told) -> Telling:
    """Time alone has passed."""
    yield from ()
