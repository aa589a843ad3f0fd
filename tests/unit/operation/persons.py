"""A circle with a door and a ladder, its people, and what is held beside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from community_sdk import Operation, Playbook, codec, loads
from community_sdk.events import Event
from community_sdk.ports import EventStore
from community_sdk.testing.fakes import FakeClock, FakePersonalStore

BOOK = """
format = 1
name = "circle"

[community]
key = "circle"
zone = "Asia/Shanghai"

[[group]]
key = "hall"

[[role]]
name = "host"
rank = 5

[[rule]]
code = "ads"

[[policy]]
kind = "admission"
key = "door"
capacity = 3
requirements = [{ answer = "adult" }]

[[policy]]
kind = "penalty_ladder"
key = "ladder"
steps = [{ at = 1, kind = "mute", duration = "1d" }, { at = 2, kind = "remove" }]

[[policy]]
kind = "onboarding"
key = "welcome"
tasks = [{ what = "introduce", met_by = "introduced", within = "3d" }]
"""
START = datetime(2026, 5, 1, 1, tzinfo=UTC)
ANN, PHONE, BO, KIM = "ann-7f", "ann-phone-4e", "bo-2c", "kim-9d"
OTHERS: Final = (BO, KIM)
TOLD: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("join_requested", ANN, {"answers": {"adult": True}, "invited_by": KIM}),
    ("joined", ANN, {"group": "hall", "invited_by": KIM}),
    ("join_requested", BO, {"actor": ANN, "answers": {"adult": True, "pet": "of bo"}}),
    ("joined", BO, {}),
    ("joined", KIM, {}),
    ("identity_linked", ANN, {"alias": PHONE}),
    ("role_assigned", ANN, {"role": "host", "substitute_for": KIM}),
    ("message", ANN, {"content": "t-ann", "length": 3}),
    ("message", PHONE, {"content": "t-phone", "length": 3, "reply_to": BO}),
    ("message", BO, {"content": "t-bo", "length": 3, "reply_to": ANN}),
    ("rule_broken", ANN, {"rule": "ads", "actor": KIM, "content": "t-ann"}),
    ("rule_broken", BO, {"rule": "ads", "actor": ANN}),
    ("blacklisted", ANN, {"actor": KIM, "scope": "campaign", "of": "spring"}),
    ("join_requested", "lin-5b", {"answers": {"adult": True}}),
)
"""What happened, an hour apart: kind, member, and the rest."""


def circle() -> Playbook:
    """Return the playbook."""
    return loads(BOOK)


def event(nth: int, kind: str, member: str, **more: Any) -> Event:
    """Return the event of hour *nth*."""
    at = (START + timedelta(hours=nth)).isoformat()
    return cast(
        "Event",
        codec.load({"kind": kind, "id": f"e{nth}", "at": at, "member": member, **more}),
    )


def history() -> list[Event]:
    """Return all that happened."""
    return [event(n, kind, who, **more) for n, (kind, who, more) in enumerate(TOLD)]


def running(store: EventStore) -> Operation:
    """Return the circle after its history, a day later."""
    clock = FakeClock(START + timedelta(days=1))
    operation = Operation.open(circle(), store, clock=clock)
    for each in history():
        operation.record(each)
    return operation


def beside() -> FakePersonalStore:
    """Return profiles and texts of everybody."""
    profiles = {name: {"name": f"name of {name}"} for name in (ANN, PHONE, *OTHERS)}
    return FakePersonalStore(
        profiles, {f"t-{name}": f"words of {name}" for name in ("ann", "phone", "bo")}
    )
