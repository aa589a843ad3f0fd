"""Disputes between managers go up, and are settled by somebody else."""

from __future__ import annotations

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Escalate, OpenObligation, RefuseAct
from community_sdk.engine import Step
from community_sdk.model import EventId, MemberId, PolicyKey, RoleName
from community_sdk.policies import ManagerDispute
from tests.unit.desk import DAY, HOUR, START, Book, Desk

HOST, OWNER = RoleName("host"), RoleName("owner")


def desk() -> Desk:
    """A community whose owners settle what hosts are at odds about."""
    policy = ManagerDispute(
        key=PolicyKey("d"), duty=OWNER, roles=(HOST,), within=Duration.parse("3d")
    )
    made = Desk(policy)
    for name, role in (("h1", HOST), ("h2", HOST), ("boss", OWNER), ("h2", OWNER)):
        made.tell(ev.RoleAssigned, START, name, role=role)
    return made


def raised(at: Desk, who: str = "h1") -> Step:
    """Let *who* raise a dispute with the second host."""
    return at.tell(ev.DisputeRaised, START + HOUR, who, other=MemberId("h2"), id="q")


def settle(at: Desk, by: str | None, hours: float = 2, key: str = "q") -> str:
    """Settle it; return why that does not count."""
    when, actor = START + hours * HOUR, None if by is None else MemberId(by)
    step = at.tell(ev.DisputeSettled, when, "h1", dispute=EventId(key), actor=actor)
    return next((d.because.key for d in step if isinstance(d, RefuseAct)), "")


def test_a_dispute_is_handed_up() -> None:
    """To the duty, with a deadline."""
    (duty,) = raised(desk()).decisions
    assert isinstance(duty, OpenObligation)
    assert (duty.duty, duty.due) == (OWNER, START + HOUR + 3 * DAY)
    assert (duty.because.key, duty.because["other"]) == ("dispute.goes_up", "h2")


def test_disputes_of_others_are_no_concern() -> None:
    """Nor is their end."""
    at = desk()
    assert raised(at, "ann").decisions == ()
    assert settle(at, "ann") == ""


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("boss", ""),
        ("h1", "dispute.party"),
        ("h2", "dispute.party"),
        (None, "dispute.party"),
        ("ann", "dispute.not_holder"),
    ],
)
def test_who_may_settle_it(by: str | None, key: str) -> None:
    """A holder of the duty who is no party to it, although the other holds it."""
    at = desk()
    raised(at)
    assert settle(at, by) == key
    assert (at.member("h1").duties == ()) == (not key)
    assert settle(at, "ann", 3) == ("" if not key else "dispute.not_holder")


def test_what_is_not_settled_in_time_is_told() -> None:
    """The last instant is in time."""
    at = desk()
    raised(at)
    step = at.advance(START + HOUR + 3 * DAY)
    assert step.decisions == ()
    (late,) = at.advance(START + 4 * DAY).decisions
    assert isinstance(late, Escalate)
    assert (late.what, late.duty) == ("settle_dispute", OWNER)


def test_roles_must_be_those_of_the_playbook() -> None:
    """The duty as well."""
    policy = ManagerDispute(
        key=PolicyKey("d"),
        duty=RoleName("king"),
        roles=(HOST, RoleName("duke")),
        within=Duration.parse("3d"),
    )
    found = {where: word for where, word, _ in policy.problems(Book())}
    assert found == {"roles[1]": "duke", "duty": "king"}
    known = ManagerDispute(
        key=PolicyKey("d"), duty=OWNER, roles=(HOST,), within=Duration.parse("3d")
    )
    assert [*known.problems(Book())] == []
