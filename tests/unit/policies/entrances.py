"""A door beside which bo is the owner, and shorthand to ask at it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from community_sdk import events as ev
from community_sdk.decisions import Decision
from community_sdk.engine import Step
from community_sdk.model import (
    Community,
    CommunityId,
    Group,
    GroupId,
    MemberId,
    PolicyKey,
    RoleName,
)
from community_sdk.policies import (
    AdmissionPolicy,
)
from tests.unit.desk import DAY, HOUR, START, Desk

KEY = PolicyKey("door")
A, B = GroupId("a"), GroupId("b")
HOME = Community(
    key=CommunityId("home"),
    groups=(Group(key=A, capacity=9), Group(key=B), Group(key=GroupId("c"))),
)
OWNER = RoleName("owner")
BO = MemberId("bo")


def door(**given: Any) -> Desk:
    """A door beside which bo is the owner."""
    desk = Desk(AdmissionPolicy(key=KEY, **given), community=HOME)
    desk.tell(ev.RoleAssigned, START - DAY, "bo", role=OWNER)
    return desk


def last(step: Step) -> Decision:
    """The last decision of a step."""
    return step.decisions[-1]


def ask(desk: Desk, member: str = "ann", after: timedelta = HOUR, **more: Any) -> Any:
    """Ask to come in and return the answer."""
    return last(desk.tell(ev.JoinRequested, START + after, member, **more))


def reasons(decision: Any) -> list[str]:
    """The keys of the parts of its reason."""
    return [part.key for part in decision.because.parts]
