"""Who looks at newcomers that somebody brought: anybody else than the inviter (S19)."""

from __future__ import annotations

import pytest

from community_sdk import events as ev
from community_sdk.engine import Step
from community_sdk.model import MemberId
from tests.unit.desk import DAY, START, Desk
from tests.unit.policies.test_referral import KEY, bring, have, open_desk, why


def judge(desk: Desk, by: str) -> Step:
    """Let somebody say that ann's newcomers are none."""
    actor = MemberId(by)
    given = {"campaign": KEY, "honest": False}
    return desk.tell(ev.ReferralJudged, START + DAY, "ann", actor=actor, **given)


@pytest.mark.parametrize("name", ["ann", "alt"])
def test_nobody_judges_their_own_newcomers(name: str) -> None:
    """By no account; what others say counts."""
    desk = open_desk()
    bring(desk, "bo", "ann")
    desk.tell(ev.IdentityLinked, START, "ann", alias=MemberId("alt"))
    assert why(judge(desk, name)) == "referral.own_judge"
    assert have(desk) == 1
    assert not list(judge(desk, "boss"))
    assert have(desk) == 0
