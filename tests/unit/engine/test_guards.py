"""Guards: what a policy forbids changes nothing, and is answered with a reason."""

from collections.abc import Iterable
from typing import Any, ClassVar

import pytest
from attrs import frozen

from community_sdk import events as ev
from community_sdk.decisions import Mode, RefuseAct, Wish
from community_sdk.errors import PolicyError
from community_sdk.explanation import Explanation, because
from community_sdk.model import PolicyKey, RoleName, RuleCode
from community_sdk.policies import Guards, Scope
from community_sdk.state import State
from tests.unit.desk import HOUR, START, Desk

KEY = PolicyKey("watchman")


@frozen(kw_only=True)
class Watchman:
    """Lets nobody report a breach, except the host."""

    answers: ClassVar[ev.EventTypes] = ()
    guards: ClassVar[ev.EventTypes] = (ev.RuleBroken,)

    key: PolicyKey = KEY
    scope: Scope = Scope.MEMBER
    mode: Mode = Mode.ACT
    broken: bool = False

    def refuse(self, _: ev.RuleBroken, state: State, /) -> Explanation | None:
        """Ask who did it."""
        if self.broken:
            raise RuntimeError
        if state.actor.holds("host", state.now_us):
            return None
        return because("test.no_host")

    def decide(self, _: ev.Event, __: State, /) -> Iterable[Wish]:
        """Decide nothing."""
        return ()


def breach(desk: Desk, who: str = "carl", hours: int = 1, **more: Any) -> list[str]:
    """Let *who* report a breach by ann; return the keys of refusals."""
    when = START + hours * HOUR
    step = desk.tell(ev.RuleBroken, when, actor=who, rule=RuleCode("quiet"), **more)
    return [d.because.key for d in step.decisions if isinstance(d, RefuseAct)]


def test_a_guard_is_one() -> None:
    """The protocol is known at run time."""
    assert isinstance(Watchman(), Guards)


def test_a_forbidden_act_changes_nothing() -> None:
    """Neither strike nor figure; the same act by another counts."""
    desk = Desk(Watchman())
    desk.tell(ev.RoleAssigned, START, member="bo", role=RoleName("host"))
    desk.tell(ev.Joined, START)
    before = desk.member("ann").plain()
    assert breach(desk) == ["test.no_host"]
    assert desk.member("ann").plain() == before
    assert breach(desk, "bo", 2) == []
    assert len(desk.member("ann").strikes) == 1


def test_a_guard_in_shadow_only_notes() -> None:
    """The act counts all the same."""
    desk = Desk(Watchman(mode=Mode.SHADOW))
    assert breach(desk) == ["test.no_host"]
    assert len(desk.member("ann").strikes) == 1


def test_a_guard_that_breaks_is_named() -> None:
    """As a policy that breaks while it decides."""
    with pytest.raises(PolicyError, match="watchman"):
        breach(Desk(Watchman(broken=True)))
