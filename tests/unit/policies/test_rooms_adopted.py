"""Rooms that a changed playbook adds are watched, others no longer (S16 S23)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.decisions import ChangeLifecycle, WarmUp
from community_sdk.model import (
    Community,
    CommunityId,
    EventId,
    Group,
    GroupId,
    PolicyKey,
    RoleName,
)
from community_sdk.policies import AtmospherePolicy, LifecyclePolicy, LifeSigns
from tests.unit.desk import DAY, START, Book, Desk

KEY, HOST = PolicyKey("rooms"), RoleName("host")
HALL, DEN = GroupId("hall"), GroupId("den")
HOME = Community(key=CommunityId("home"), groups=(Group(key=HALL), Group(key=DEN)))
ONE = LifeSigns(messages=1)


def air(*groups: GroupId) -> AtmospherePolicy:
    """Two silent days call the host."""
    return AtmospherePolicy(key=KEY, duty=HOST, groups=groups)


def life(*groups: GroupId) -> LifecyclePolicy:
    """A message a week keeps a group alive."""
    return LifecyclePolicy(key=KEY, duty=HOST, lively=ONE, keeps=ONE, groups=groups)


def told(
    make: Any, before: tuple[GroupId, ...], after: tuple[GroupId, ...]
) -> set[Any]:
    """Watch *before*, from the third day on *after*; tell who is called for."""
    desk = Desk(make(*before), community=HOME)
    for group in (HALL, DEN):
        desk.post(START, group=group)
    when = START + timedelta(hours=1)
    book = Book(policies=(make(*after),), community=HOME, version="2", digest="2")
    desk.engine.offer(book)
    desk.engine.receive(
        ev.PlaybookAdopted(
            id=EventId("v2"), at=when, version="2", digest="2", effective=when
        )
    )
    step = desk.advance(START + 21 * DAY)
    return {d.group for d in step if isinstance(d, (ChangeLifecycle, WarmUp))}


@pytest.mark.parametrize("make", [air, life])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((HALL, DEN), (HALL,)),
        ((HALL,), (DEN,)),
        ((HALL,), (HALL, DEN)),
        ((HALL, DEN), ()),
        ((), (DEN,)),
    ],
)
def test_only_rooms_of_the_running_playbook_are_told(
    make: Any, before: tuple[GroupId, ...], after: tuple[GroupId, ...]
) -> None:
    """All of them, be they new or known; none that was taken out."""
    expected: set[GroupId | None] = {*after} if after else {None}
    assert told(make, before, after) == expected
