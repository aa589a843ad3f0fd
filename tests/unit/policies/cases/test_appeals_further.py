"""Appeals: what a grant undoes, and what stands."""

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk.decisions import (
    Decision,
    EndSanction,
    Escalate,
    Mode,
    OverturnStrike,
)
from community_sdk.model import (
    SANCTIONS,
    AppealState,
    CaseId,
    DecisionId,
    EventId,
    LaterSanctions,
    MemberId,
    PolicyKey,
    RoleName,
    SanctionState,
)
from community_sdk.policies import (
    AppealTerms,
    EmergencyActs,
    ReportThreshold,
)
from community_sdk.proposal import Consent
from tests.unit.desk import DAY, HOUR, START, TICK, WEEK, Border
from tests.unit.policies.cases.office import (
    ADMIN,
    DENIED,
    OWNER,
    Office,
    kinds,
    of,
    refused,
)
from tests.unit.policies.cases.test_appeals import (
    KEY,
    LADDER,
    office,
    policy,
    sanction,
    state,
    warned,
)


def test_only_the_appealed_sanction_ends() -> None:
    """Another of its kind keeps holding the member, so the platform undoes nothing."""
    desk, _ = warned()
    desk.breach(START + HOUR)
    first = sanction(desk)
    other = DecisionId("other")
    desk.tell(ev.SanctionImported, START + HOUR, sanction=other, measure="mute")
    desk.appeal(START + 2 * HOUR, id="appeal", sanction=first)
    step = desk.judge(START + 3 * HOUR)
    assert "lift_sanction" not in kinds(step)
    now = desk.engine.community.now
    assert [s.id for s in desk.member().sanctions if s.in_force(now)] == [other]


@pytest.mark.parametrize("lifted", [True, False])
def test_a_sanction_that_is_over_still_clears_the_record(*, lifted: bool) -> None:
    """Expired or lifted, it was a mistake all the same."""
    desk, _ = warned()
    desk.breach(START + HOUR)
    mute = sanction(desk)
    if lifted:
        lift = {"actor": MemberId("ada"), "sanction": mute}
        desk.tell(ev.SanctionLifted, START + 2 * HOUR, **lift)
    desk.advance(START + 3 * DAY)
    desk.appeal(START + 3 * DAY, id="appeal", sanction=mute)
    step = desk.judge(START + 4 * DAY)
    assert desk.member().strikes[1].overturned
    assert desk.member().sanction(mute).state == "overturned"  # type: ignore[union-attr]
    assert "lift_sanction" not in kinds(step)


def test_a_sanction_without_a_strike_is_ended() -> None:
    """What reports led to, and what another system imposed."""
    mute = SANCTIONS["mute"]
    desk = office(ReportThreshold(key=PolicyKey("threshold"), measure=mute))
    desk.report(START)
    desk.appeal(START, id="appeal", sanction=sanction(desk))
    (end,) = of(desk.judge(START), EndSanction)
    assert end.state is SanctionState.OVERTURNED
    assert state(desk) == "overturned"
    old = DecisionId("old")
    desk.tell(ev.SanctionImported, START, sanction=old, measure="ban")
    desk.appeal(START, id="appeal2", sanction=old)
    desk.judge(START, appeal="appeal2")
    assert state(desk) == "overturned"


@pytest.mark.parametrize("later", [None, *LaterSanctions])
def test_what_becomes_of_later_sanctions(later: LaterSanctions | None) -> None:
    """The ladder does what the policy says."""
    desk, warning = warned(later=later)
    desk.appeal(START, id="appeal", sanction=warning)
    (undone,) = of(desk.judge(START), OverturnStrike)
    assert undone.later is later


def test_an_appeal_that_is_not_decided_in_time() -> None:
    """It is called for once, after the due instant; decided late, it stays late."""
    desk, warning = warned()
    desk.appeal(START, id="appeal", sanction=warning)
    due = START + 7 * DAY
    assert of(desk.advance(due), Escalate) == []
    (call,) = of(desk.advance(due + TICK), Escalate)
    assert (call.what, call.duty, call.at) == ("decide_appeal", "admin", due)
    desk.judge(due + DAY)
    (appeal,) = policy().appeals(desk.view())
    assert appeal.overdue(due + DAY)
    assert (appeal.due, appeal.by, appeal.state) == (due, "abe", AppealState.GRANTED)


@pytest.mark.parametrize("withdrawn", [True, False])
def test_a_settled_appeal_calls_nobody(*, withdrawn: bool) -> None:
    """Neither a withdrawn one nor one that was decided in time."""
    desk, warning = warned()
    desk.appeal(START, id="appeal", sanction=warning)
    if withdrawn:
        desk.tell(ev.AppealWithdrawn, START + DAY, appeal=EventId("appeal"))
        assert refused(desk.judge(START + DAY)) == ["appeal.already_decided"]
    else:
        desk.judge(START + DAY, outcome=DENIED)
    assert kinds(desk.advance(START + 30 * DAY)) == []
    (appeal,) = policy().appeals(desk.view())
    assert not appeal.overdue(START + 30 * DAY)


def test_only_the_appellant_takes_an_appeal_back() -> None:
    """And only one that is there."""
    desk, warning = warned()
    desk.appeal(START, id="appeal", sanction=warning)
    for appeal, reason in (("appeal", "not_permitted"), ("no", "unknown")):
        step = desk.tell(
            ev.AppealWithdrawn, START, actor=MemberId("bo"), appeal=EventId(appeal)
        )
        assert refused(step) == [f"appeal.{reason}"]


def test_in_shadow_what_would_be_refused_is_not_remembered() -> None:
    """An appeal too late is none."""
    desk, warning = warned(mode=Mode.SHADOW)
    desk.appeal(START + 30 * DAY, id="appeal", sanction=warning)
    assert policy().appeals(desk.view()) == ()
    desk.judge(START + 30 * DAY)
    assert state(desk) == "active"


def test_standing_tells_until_when_and_to_whom() -> None:
    """What may be appealed, what is being heard, and nothing of what is over."""
    desk, warning = warned()
    desk.breach(START + HOUR)
    desk.appeal(START + HOUR, id="appeal", sanction=warning)
    parts = policy_part(desk)
    assert parts == ["appeal.being_heard", "appeal.may"]
    desk.judge(START + 2 * HOUR, outcome=DENIED)
    assert policy_part(desk) == ["appeal.may"]
    desk.advance(START + 40 * DAY)
    assert policy_part(desk) == []


def policy_part(desk: Office) -> list[str]:
    """Return what the appeals part of a standing says."""
    whole = desk.engine.standing("ann")
    (mine,) = (p for p in whole.parts if p.key == "appeal.standing")
    assert mine["count"] == len(mine.parts)
    return [part.key for part in mine.parts]


def test_an_appeal_of_a_case_is_no_business_of_this_policy() -> None:
    """The desk that keeps the case hears it."""
    desk, _ = warned()
    assert kinds(desk.appeal(START, case=CaseId("cases-1"))) == []
    assert kinds(desk.judge(START, appeal="x", case=CaseId("cases-1"))) == []
    assert policy().appeals(desk.view()) == ()


def test_reviewers_that_are_not_there() -> None:
    """They are named."""
    one = policy(terms=AppealTerms(reviewers=(RoleName("judge"),)))
    book = Office().engine.playbook
    assert [path for path, _, _ in one.problems(book)] == ["terms.reviewers[0]"]
    assert list(policy().problems(book)) == []


class Named(Border):
    """A border that names what waits, as files do."""

    def dump(self, decision: Decision, /) -> Mapping[str, Any]:
        """Wrap *decision* with its id."""
        return {"id": decision.id, "decision": decision}


def test_who_agreed_does_not_decide() -> None:
    """An approver of the sanction is excluded."""
    ladder = evolve(LADDER, mode=Mode.PROPOSE)
    consent = Consent(duty=ADMIN, within=WEEK)
    desk = Office(ladder, policy(), border=Named(), approval=consent)
    (asked,) = desk.breach(START, "hugo")
    agreed = {"actor": MemberId("ada"), "proposal": asked.id}
    desk.tell(ev.ProposalApproved, START, **agreed)
    desk.appeal(START, id="appeal", sanction=sanction(desk))
    assert refused(desk.judge(START, "ada")) == ["appeal.conflict_of_interest"]
    assert refused(desk.judge(START, "abe")) == []


def test_who_ratified_an_emergency_does_not_decide() -> None:
    """Nor does who acted."""
    acts = EmergencyActs(
        key=PolicyKey("emergency"),
        grounds=("ad_flood",),
        acting=(ADMIN,),
        ratifying=(OWNER,),
    )
    desk = Office(acts, policy(terms=AppealTerms()))
    acted = {"ground": "ad_flood", "measure": "mute", "actor": MemberId("ada")}
    desk.tell(ev.EmergencyActed, START, id="act", **acted)
    ratified = {"emergency": EventId("act"), "actor": MemberId("olga")}
    desk.tell(ev.EmergencyRatified, START, **ratified)
    desk.appeal(START, id="appeal", sanction=sanction(desk))
    for by in ("ada", "olga"):
        assert refused(desk.judge(START, by)) == ["appeal.conflict_of_interest"]
    assert refused(desk.judge(START, "abe")) == []


def test_an_appeal_is_taken_back_once() -> None:
    """Afterwards it is settled."""
    desk, warning = warned()
    desk.appeal(START, id="appeal", sanction=warning)
    for reasons in ([], ["appeal.already_decided"]):
        step = desk.tell(ev.AppealWithdrawn, START, appeal=EventId("appeal"))
        assert refused(step) == reasons


def test_a_record_that_is_gone() -> None:
    """Neither its appeal nor its timer does anything."""
    desk, warning = warned()
    desk.appeal(START, id="appeal", sanction=warning)
    desk.member().sanctions = ()
    assert refused(desk.judge(START)) == ["appeal.no_sanction"]
    view = desk.view()
    view.mine = policy().start()
    fired = ev.TimerFired(id=EventId("t"), at=START, timer="appeal", policy=KEY)
    assert list(policy().decide(fired, view)) == []
