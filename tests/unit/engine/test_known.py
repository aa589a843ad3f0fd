"""What names a rule, a role or a measure that there is not is refused, and told."""

from __future__ import annotations

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.decisions import RefuseAct
from community_sdk.engine import Step
from community_sdk.explanation import Explanation
from community_sdk.model import PolicyKey, RoleName, Rulebook, RuleCode
from community_sdk.policies import EmergencyActs, ManualSanctions
from community_sdk.wording import say
from tests.unit.desk import START, Desk


def refusal(step: Step) -> Explanation:
    """The one reason why the act did not count."""
    (decision,) = step.decisions
    assert isinstance(decision, RefuseAct)
    return decision.because


@pytest.mark.parametrize(
    ("make", "more"), [(ev.RuleWaived, {}), (ev.StrikesImported, {"count": 2})]
)
def test_a_rule_that_no_version_has(make: Any, more: dict[str, Any]) -> None:
    """Neither waived nor taken over; an empty rulebook knows every word."""
    desk = Desk()
    why = refusal(desk.tell(make, START, rule=RuleCode("floods"), **more))
    assert (why.key, why["rule"], why["nearest"]) == ("rule.unknown", "floods", "flood")
    assert desk.member().strikes == ()
    assert desk.engine.community.waivers == ()
    assert desk.tell(make, START, rule=RuleCode("flood"), **more).decisions == ()
    free = Desk(rulebook=Rulebook())
    assert free.tell(make, START, rule=RuleCode("floods"), **more).decisions == ()


def test_a_role_that_the_playbook_does_not_have() -> None:
    """The nearest is named, else all that there are; without any, every word is one."""
    desk = Desk()
    why = refusal(desk.tell(ev.RoleAssigned, START, role=RoleName("hosts")))
    assert (why.key, why["nearest"]) == ("role.unknown", "host")
    assert say(why, "en") == "The playbook has no role “hosts”; was “host” meant?"
    far = refusal(desk.tell(ev.RoleAssigned, START, role=RoleName("xyz")))
    assert far["nearest"] is None
    assert "xyz" in say(far, "zh")
    assert desk.member().roles == ()
    assert desk.tell(ev.RoleAssigned, START, role=RoleName("owner")).decisions == ()
    free = Desk(roles=())
    assert free.tell(ev.RoleAssigned, START, role=RoleName("hosts")).decisions == ()
    assert desk.tell(ev.RoleEnded, START, role=RoleName("hosts")).decisions == ()


def test_a_measure_that_there_is_not() -> None:
    """By hand, or in an emergency: the nearest is named."""
    desk = Desk(
        ManualSanctions(key=PolicyKey("hand")),
        EmergencyActs(
            key=PolicyKey("fire"), grounds=("fraud",), acting=(RoleName("host"),)
        ),
    )
    ordered = refusal(desk.tell(ev.SanctionOrdered, START, measure="mutte"))
    assert (ordered.key, ordered["nearest"]) == ("sanction.unknown", "mute")
    acted = desk.tell(ev.EmergencyActed, START, ground="fraud", measure="bann")
    why = refusal(acted)
    assert (why.key, why["nearest"]) == ("emergency.not_a_measure", "ban")
    assert "bann" in say(why, "zh")
    assert desk.member().sanctions == ()
