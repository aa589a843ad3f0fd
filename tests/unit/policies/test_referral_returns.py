"""A stage is told when it is reached, in whatever way the number rises (S19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.decisions import TellReferralStage
from community_sdk.engine import Step
from community_sdk.model import MemberId
from community_sdk.policies import ReferralStage
from tests.unit.desk import DAY, START, Book, Desk
from tests.unit.policies.test_referral import (
    KEY,
    MINUTE,
    bring,
    campaign,
    have,
    of,
    open_desk,
)

STAGES = (ReferralStage(count=2, reward="cup"),)


def told(step: Step) -> list[tuple[str, int]]:
    """Return who is told of a stage, and with how many newcomers."""
    return [(one.member, one.count) for one in of(step, TellReferralStage)]


def judge(desk: Desk, when: datetime, *, honest: bool) -> Step:
    """Let somebody else say whether ann's newcomers are real."""
    given: Any = {"campaign": KEY, "honest": honest, "actor": MemberId("boss")}
    return desk.tell(ev.ReferralJudged, when, "ann", **given)


@pytest.mark.parametrize("inviter", [None, "eve", "ann"])
def test_who_comes_back_counts_whomever_the_entry_names(inviter: str | None) -> None:
    """The number of the first inviter rises, and with it the stage."""
    desk = open_desk(stages=STAGES)
    bring(desk, "bo", "ann")
    desk.tell(ev.Left, START + MINUTE, "bo")
    assert told(bring(desk, "cy", "ann", 2)) == []
    step = desk.tell(ev.Joined, START + 3 * MINUTE, "bo", invited_by=inviter)
    assert told(step) == [("ann", 2)]


def test_two_accounts_reach_a_stage_together() -> None:
    """Neither did alone."""
    desk = open_desk(stages=STAGES)
    bring(desk, "bo", "eve", 1)
    bring(desk, "cy", "ann", 2)
    step = desk.tell(ev.IdentityLinked, START + DAY, "ann", alias=MemberId("eve"))
    assert told(step) == [("ann", 2)]
    assert have(desk) == 2


def test_who_stands_above_an_account_reaches_a_stage_as_well() -> None:
    """With the account came what the person brought."""
    desk = open_desk(stages=STAGES, depth=2)
    bring(desk, "bo", "eve", 1)
    assert told(bring(desk, "cy", "ann", 2)) == []
    step = desk.tell(ev.IdentityLinked, START + DAY, "ann", alias=MemberId("bo"))
    assert told(step) == [("eve", 2)]


def test_newcomers_found_honest_count_at_once() -> None:
    """Who came while all was doubted brings the stage when it is cleared."""
    desk = open_desk(stages=STAGES)
    judge(desk, START, honest=False)
    bring(desk, "bo", "ann")
    assert told(bring(desk, "cy", "ann", 1)) == []
    assert told(judge(desk, START + DAY, honest=True)) == [("ann", 2)]


def test_a_stage_is_told_once_however_often_the_number_rises() -> None:
    """Leaving and coming back reaches nothing anew."""
    desk = open_desk(stages=STAGES)
    bring(desk, "bo", "ann")
    assert told(bring(desk, "cy", "ann", 1)) == [("ann", 2)]
    desk.tell(ev.Left, START + 2 * MINUTE, "bo")
    assert told(desk.tell(ev.Joined, START + 3 * MINUTE, "bo")) == []


@pytest.mark.parametrize("end", [None, START + 30 * DAY])
def test_a_campaign_that_is_prolonged_goes_on(end: datetime | None) -> None:
    """Nobody is forgotten at the end that it had; the new one holds, if any."""
    desk = open_desk(stages=STAGES, until=START + DAY)
    bring(desk, "bo", "ann")
    longer = Book(policies=(campaign(STAGES, until=end),), version="2", digest="2")
    desk.engine.offer(longer)
    when = START + 2 * MINUTE
    given: Any = {"version": "2", "digest": "2", "effective": when, "member": None}
    desk.tell(ev.PlaybookAdopted, when, **given)
    desk.advance(START + 20 * DAY)
    assert have(desk) == 1
    desk.advance(START + 40 * DAY)
    assert have(desk) == (0 if end else 1)
