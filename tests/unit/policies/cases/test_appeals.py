"""Appeals: in time, once, before somebody else; a grant undoes what was a mistake."""

from datetime import datetime
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import (
    OfferAppeal,
    OverturnStrike,
    Recommend,
    TellOutcome,
)
from community_sdk.model import (
    SANCTIONS,
    AppealState,
    DecisionId,
    EventId,
    LadderStep,
    PolicyKey,
    RuleCode,
    SanctionState,
)
from community_sdk.policies import (
    AppealPolicy,
    AppealTerms,
    PenaltyLadder,
    ReportDesk,
)
from tests.unit.desk import DAY, HOUR, START, TICK
from tests.unit.policies.cases.office import (
    ADMIN,
    DENIED,
    Office,
    kinds,
    of,
    refused,
)

KEY = PolicyKey("appeals")
TERMS = AppealTerms(
    window=Duration.parse("20d"),
    reviewers=(ADMIN,),
    decide_within=Duration.parse("7d"),
)
LADDER = PenaltyLadder(
    key=PolicyKey("ladder"),
    steps=(
        LadderStep(at=1, kind=SANCTIONS["warning"]),
        LadderStep(at=2, kind=SANCTIONS["mute"], duration=Duration.parse("1d")),
        LadderStep(at=3, kind=SANCTIONS["ban"]),
    ),
)


def policy(**more: object) -> AppealPolicy:
    """Twenty days, admins, seven days for the decision."""
    return AppealPolicy(**({"key": KEY, "terms": TERMS} | more))  # type: ignore[arg-type]


def office(*more: Any, **terms: Any) -> Office:
    """A community with a ladder and appeals."""
    return Office(LADDER, policy(**terms), *more)


def sanction(desk: Office, nth: int = -1, who: str = "ann") -> DecisionId:
    """Return the name of a sanction on record."""
    return DecisionId(desk.member(who).sanctions[nth].id)


def state(desk: Office, nth: int = -1) -> str:
    """Return where a sanction stands."""
    return desk.member().sanctions[nth].state


def warned(*more: Any, **terms: Any) -> tuple[Office, DecisionId]:
    """Ann was warned by ada at the start."""
    desk = office(*more, **terms)
    desk.breach(START)
    return desk, sanction(desk)


def test_every_sanction_is_told_with_its_appeal() -> None:
    """Until when, to whom."""
    desk = office()
    (offer,) = of(desk.breach(START), OfferAppeal)
    assert (offer.sanction, offer.duty) == (sanction(desk), "admin")
    assert offer.until == START + 20 * DAY
    assert offer.because.key == "appeal.offered"


@pytest.mark.parametrize(
    ("edge", "when", "reason"),
    [
        ("inclusive", START + 20 * DAY, []),
        ("inclusive", START + 20 * DAY + TICK, ["appeal.too_late"]),
        ("exclusive", START + 20 * DAY - TICK, []),
        ("exclusive", START + 20 * DAY, ["appeal.too_late"]),
    ],
)
def test_the_window_has_an_edge(edge: Any, when: datetime, reason: list[str]) -> None:
    """It runs from the notice."""
    terms = AppealTerms(window=TERMS.window, window_edge=edge)
    desk, mute = warned(terms=terms)
    assert refused(desk.appeal(when, sanction=mute)) == reason


def test_an_appeal_in_time_that_is_told_late_is_in_time() -> None:
    """Its own instant decides."""
    desk, warning = warned()
    when = START + 20 * DAY
    step = desk.appeal(when, sanction=warning, recorded_at=when + DAY)
    assert refused(step) == []


def test_one_appeal_per_sanction_in_all() -> None:
    """Open, denied or withdrawn: it was one."""
    desk, warning = warned()
    (asked,) = of(desk.appeal(START, id="appeal", sanction=warning), Recommend)
    assert (asked.action, asked.properties["duty"]) == ("review_appeal", "admin")
    assert refused(desk.appeal(START, sanction=warning)) == ["appeal.already_appealed"]
    step = desk.judge(START + DAY, outcome=DENIED)
    assert [t.outcome for t in of(step, TellOutcome)] == ["denied"]
    assert refused(desk.appeal(START + DAY, sanction=warning)) == [
        "appeal.already_appealed"
    ]
    assert refused(desk.judge(START + DAY)) == ["appeal.already_decided"]
    assert len([s for s in desk.member().strikes if not s.overturned]) == 1


def test_a_second_appeal_where_two_are_allowed() -> None:
    """But never two at a time."""
    terms = AppealTerms(times=2)
    desk, warning = warned(terms=terms)
    desk.appeal(START, id="appeal", sanction=warning)
    assert refused(desk.appeal(START, sanction=warning)) == ["appeal.already_appealed"]
    gone = EventId("appeal")
    step = desk.tell(ev.AppealWithdrawn, START, appeal=gone)
    assert refused(step) == []
    assert refused(desk.appeal(START, sanction=warning)) == []
    first, second = policy().appeals(desk.view())
    assert (first.state, second.state) == (AppealState.WITHDRAWN, AppealState.OPEN)


def test_what_cannot_be_appealed() -> None:
    """No such sanction, somebody else's, one that is undone already."""
    desk, warning = warned()
    assert refused(desk.appeal(START, sanction=DecisionId("no"))) == [
        "appeal.no_sanction"
    ]
    assert refused(desk.appeal(START)) == ["appeal.no_sanction"]
    assert refused(desk.appeal(START, "bo", sanction=warning)) == [
        "appeal.not_permitted"
    ]
    desk.tell(ev.StrikeOverturned, START, strike=desk.member().strikes[0].id)
    assert refused(desk.appeal(START, sanction=warning)) == [
        "appeal.already_overturned"
    ]


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        ("ada", "appeal.conflict_of_interest"),
        ("ann", "appeal.not_permitted"),
        (None, "appeal.not_permitted"),
        ("zoe", "appeal.not_permitted"),
        ("hugo", "appeal.not_permitted"),
    ],
)
def test_who_does_not_decide_an_appeal(by: str | None, reason: str) -> None:
    """The issuer, the appellant, nobody, an ordinary member, another duty."""
    desk, warning = warned()
    desk.appeal(START, id="appeal", sanction=warning)
    assert refused(desk.judge(START, by)) == [reason]
    assert refused(desk.judge(START, "abe")) == []


def test_without_reviewers_anybody_with_a_duty_decides() -> None:
    """An ordinary member does not, who appeals neither."""
    desk, warning = warned(terms=AppealTerms())
    desk.tell(ev.RoleAssigned, START, "ann", role=ADMIN)
    desk.appeal(START, id="appeal", sanction=warning)
    assert refused(desk.judge(START, "zoe")) == ["appeal.not_permitted"]
    assert refused(desk.judge(START, "ann")) == ["appeal.not_permitted"]
    assert refused(desk.judge(START, "hugo")) == []


def test_the_issuer_decides_where_that_is_allowed() -> None:
    """A setting, and nothing that we would recommend."""
    desk, warning = warned(terms=AppealTerms(reviewer_not=()))
    desk.appeal(START, id="appeal", sanction=warning)
    assert refused(desk.judge(START, "ada")) == []


def test_who_reported_does_not_decide() -> None:
    """A party to the case that showed the breach, and who decided it."""
    desk = office(ReportDesk(key=PolicyKey("cases")))
    desk.tell(ev.RoleAssigned, START, "bo", role=ADMIN)
    desk.report(START)
    desk.close(START, "ada", rule=RuleCode("quiet"))
    desk.appeal(START, id="appeal", sanction=sanction(desk))
    for by in ("bo", "ada"):
        assert refused(desk.judge(START, by)) == ["appeal.conflict_of_interest"]
    assert refused(desk.judge(START, "abe")) == []


def test_a_grant_undoes_sanction_and_effect() -> None:
    """The next breach finds the ladder as if the appealed one had never counted."""
    desk, _ = warned()
    desk.breach(START + 4 * DAY)
    desk.appeal(START + 4 * DAY + HOUR, id="appeal", sanction=sanction(desk))
    step = desk.judge(START + 4 * DAY + 2 * HOUR)
    (undone,) = of(step, OverturnStrike)
    assert undone.strike == desk.member().strikes[1].id
    assert state(desk) == SanctionState.OVERTURNED.value
    assert kinds(step)[-1] == "lift_sanction"
    desk.breach(START + 7 * DAY)
    assert desk.member().sanctions[-1].measure == "mute"
