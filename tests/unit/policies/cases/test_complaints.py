"""Complaints: stages, deadlines, patience, compensation, everybody told."""

from fractions import Fraction

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Escalate, Mode, OpenCase, Recommend, TellOutcome
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    CaseId,
    CaseStage,
    CaseState,
    MemberId,
    Money,
    PolicyKey,
    RoleName,
    StageLimit,
)
from community_sdk.policies import AppealTerms, ComplaintDesk
from tests.unit.desk import DAY, HOUR, START, TICK
from tests.unit.policies.cases.office import (
    ADMIN,
    DISMISSED,
    HOST,
    OWNER,
    Office,
    kinds,
    of,
    refused,
)

KEY = PolicyKey("cases")
CASE = CaseId("cases-1")
STAGES = tuple(
    StageLimit(stage=stage, within=Duration.parse(within))
    for stage, within in (
        (CaseStage.INTAKE, "4h"),
        (CaseStage.RESPONSE, "1d"),
        (CaseStage.RESOLUTION, "3d"),
        (CaseStage.ROOT_CAUSE, "14d"),
        (CaseStage.IMPROVEMENT, "30d"),
    )
)


def desk(**more: object) -> ComplaintDesk:
    """A desk with all five stages and three duties."""
    given = {"key": KEY, "stages": STAGES, "duties": (HOST, ADMIN, OWNER)}
    return ComplaintDesk(**(given | more))  # type: ignore[arg-type]


def test_a_complaint_opens_a_case() -> None:
    """With a number, a duty, a due instant; nobody in particular may be meant."""
    office = Office(desk())
    (opened,) = of(office.complain(START), OpenCase)
    assert (opened.member, opened.case, opened.duty) == ("ann", CASE, "host")
    assert opened.due == START + 3 * DAY
    (other,) = of(office.complain(START, member=None), OpenCase)
    assert (other.member, other.number) == (None, 2)


def test_what_is_no_complaint() -> None:
    """One that nobody makes, and one against oneself."""
    office = Office(desk())
    assert refused(office.complain(START, None)) == ["case.nobody"]
    assert refused(office.complain(START, "ann")) == ["case.against_oneself"]


def test_a_case_goes_through_its_stages() -> None:
    """Intake makes it somebody's; what comes later implies what came before."""
    one = desk()
    office = Office(one)
    office.complain(START)
    office.advance_case(START + HOUR, CaseStage.INTAKE)
    case = one.case(office.view(), CASE)
    assert case is not None
    assert (case.state, case.handler) == (CaseState.IN_REVIEW, "hugo")
    assert case.stage is CaseStage.RESPONSE
    assert kinds(office.close(START + 2 * HOUR)) == [
        "close_case",
        "tell_outcome",
        "tell_outcome",
    ]
    case = one.case(office.view(), CASE)
    assert case is not None
    assert (case.state, case.stage) == (CaseState.DECIDED, CaseStage.ROOT_CAUSE)
    assert not case.overdue(START + 14 * DAY)
    assert case.overdue(START + 14 * DAY + TICK)
    office.advance_case(START + DAY, CaseStage.IMPROVEMENT)
    case = one.case(office.view(), CASE)
    assert case is not None
    assert case.stage is None
    assert not case.overdue(START + 90 * DAY)
    assert kinds(office.advance(START + 90 * DAY)) == []


@pytest.mark.parametrize(
    ("stage", "decided"),
    [
        (CaseStage.RESOLUTION, False),
        (CaseStage.ROOT_CAUSE, False),
        (CaseStage.RESPONSE, True),
    ],
)
def test_stages_out_of_order(stage: CaseStage, *, decided: bool) -> None:
    """The decision is no stage to be ticked off, causes follow it, answers precede."""
    office = Office(desk())
    office.complain(START)
    if decided:
        office.close(START)
    assert refused(office.advance_case(START, stage)) == ["case.stage_order"]


def test_a_stage_is_done_once() -> None:
    """Its instant does not move."""
    office = Office(desk())
    office.complain(START)
    office.advance_case(START, CaseStage.INTAKE)
    assert refused(office.advance_case(START + HOUR, CaseStage.INTAKE)) == [
        "case.stage_order"
    ]


@pytest.mark.parametrize("party", ["ann", "bo"])
def test_no_party_handles_the_case(party: str) -> None:
    """Not even one who holds a duty."""
    office = Office(desk())
    office.tell(ev.RoleAssigned, START, party, role=OWNER)
    office.complain(START)
    assert refused(office.close(START, party)) == ["case.party_to_the_case"]
    assert refused(office.advance_case(START, CaseStage.INTAKE, party)) == [
        "case.party_to_the_case"
    ]


def test_each_missed_stage_calls_the_next_duty() -> None:
    """Host, admin, owner, and the owner again."""
    office = Office(desk())
    office.complain(START)
    step = office.advance(START + 40 * DAY)
    calls = [(c.what, c.duty) for c in of(step, Escalate)]
    assert calls == [
        ("case_intake", "admin"),
        ("case_response", "owner"),
        ("case_resolution", "owner"),
        ("case_root_cause", "owner"),
        ("case_improvement", "owner"),
    ]


def test_a_stage_done_in_time_and_told_late_was_in_time() -> None:
    """The call went out; the record says how it was."""
    one = desk()
    office = Office(one)
    office.complain(START)
    office.advance(START + 5 * HOUR)
    office.tell(
        ev.CaseAdvanced,
        START + HOUR,
        actor=MemberId("hugo"),
        case=CASE,
        stage=CaseStage.INTAKE,
        recorded_at=START + 6 * HOUR,
    )
    case = one.case(office.view(), CASE)
    assert case is not None
    assert not case.overdue(START + 6 * HOUR)


def test_a_manager_is_questioned_before_a_higher_duty() -> None:
    """The outcome is told to both."""
    office = Office(desk())
    (opened,) = of(office.complain(START, member="hugo"), OpenCase)
    assert opened.duty == "admin"
    assert [p.key for p in opened.because.parts] == ["case.manager"]
    step = office.close(START, "ada", member="hugo")
    assert [t.member for t in of(step, TellOutcome)] == ["bo", "hugo"]


def test_a_complaint_about_nobody_is_told_to_who_complained() -> None:
    """There is nobody else."""
    office = Office(desk())
    office.complain(START, member=None)
    step = office.close(START, member=None)
    assert [t.member for t in of(step, TellOutcome)] == ["bo"]


@pytest.mark.parametrize(
    ("patience", "by", "whom", "reason"),
    [
        ("parties", "ann", "bo", ["case.patience"]),
        ("parties", "bo", "ann", ["case.patience"]),
        ("parties", "hugo", "ann", []),
        ("all", "hugo", "ann", ["case.patience"]),
        ("all", "hugo", "cy", []),
        ("none", "ann", "bo", []),
    ],
)
def test_patience_until_it_is_decided(
    patience: str, by: str, whom: str, reason: list[str]
) -> None:
    """Nobody acts alone while the case is open; afterwards anybody may."""
    office = Office(desk(patience=patience))
    office.complain(START)
    for make in (_breach, _order):
        assert refused(make(office, by, whom)) == reason
    office.close(START + HOUR)
    assert refused(_breach(office, by, whom)) == []


def _breach(office: Office, by: str, whom: str) -> Step:
    return office.breach(START + 2 * HOUR, by, member=whom)


def _order(office: Office, by: str, whom: str) -> Step:
    return office.tell(
        ev.SanctionOrdered, START, whom, actor=MemberId(by), measure="warning"
    )


def test_patience_does_not_bind_policies() -> None:
    """What is found automatically, or by nobody who is named, counts."""
    office = Office(desk(patience="all"))
    office.complain(START)
    assert refused(office.breach(START, "hugo", automatic=True)) == []
    step = office.tell(ev.RuleBroken, START, rule="quiet")
    assert refused(step) == []


def test_sensitive_topics_go_by_phone() -> None:
    """It is marked, and said why."""
    one = desk(phone_only=("service",))
    office = Office(one)
    (opened,) = of(office.complain(START, topic="service"), OpenCase)
    assert opened.phone
    assert [p.key for p in opened.because.parts] == ["case.phone_only"]
    case = one.case(office.view(), CASE)
    assert case is not None
    assert case.phone


def given(office: Office, case: str, amount: int, form: str = "coupon") -> list[str]:
    """Give compensation; return what is suggested."""
    step = office.tell(
        ev.CompensationGiven,
        START,
        actor=MemberId("hugo"),
        case=CaseId(case),
        form=form,
        money=Money(amount, "CNY") if amount else None,
    )
    return [f"{d.action}:{d.member}" for d in of(step, Recommend)]


def test_compensation_is_felt_as_a_reward() -> None:
    """It is on file with form and money; a party does not give it."""
    one = desk()
    office = Office(one)
    office.complain(START)
    assert given(office, CASE, 5000) == ["give_as_reward:bo"]
    assert given(office, CASE, 0, "apology") == ["give_as_reward:bo"]
    case = one.case(office.view(), CASE)
    assert case is not None
    assert case.given == (("coupon", Money(5000, "CNY")), ("apology", None))
    step = office.tell(
        ev.CompensationGiven, START, actor=MemberId("bo"), case=CASE, form="cash"
    )
    assert refused(step) == ["case.party_to_the_case"]


def test_unequal_treatment_by_phone_is_flagged() -> None:
    """Only where phone-only would hide it, and only where it is unequal."""
    office = Office(desk(phone_only=("service",)))
    for by, topic in (("bo", "service"), ("cy", "service"), ("dan", "service")):
        office.complain(START, by, topic=topic)
    office.complain(START, "eve", topic="open")
    office.complain(START, "fay", topic="open")
    assert given(office, "cases-1", 5000) == ["give_as_reward:bo"]
    assert given(office, "cases-2", 5000) == ["give_as_reward:cy"]
    flagged = ["give_as_reward:dan", "review_fairness:None"]
    assert given(office, "cases-3", 9000) == flagged
    assert given(office, "cases-4", 5000) == ["give_as_reward:eve"]
    assert given(office, "cases-5", 9000) == ["give_as_reward:fay"]
    assert given(office, "cases-9", 1) == []


def test_figures_and_rate() -> None:
    """Complaints of the window per member; nobody, no rate."""
    one = desk()
    office = Office(one)
    assert one.figures(office.view()).rate is None
    for who in ("ann", "bo", "cy", "dan"):
        office.tell(ev.Joined, START, who)
    office.complain(START)
    office.complain(START + DAY, "cy")
    office.complain(START + DAY, "dan")
    office.close(START + DAY)
    office.close(START + DAY, outcome=DISMISSED, case="cases-2")
    office.advance(START + 30 * DAY)
    figures = one.figures(office.view())
    assert (figures.open, figures.upheld, figures.dismissed) == (1, 1, 1)
    assert figures.overdue == 3
    assert figures.rate == Fraction(3, 4)
    office.advance(START + 30 * DAY + TICK)
    assert one.figures(office.view()).recent == 2


def test_the_accused_appeals_what_was_upheld() -> None:
    """And only the accused."""
    office = Office(desk(appeals=AppealTerms(reviewers=(OWNER,))))
    office.complain(START)
    office.close(START)
    assert refused(office.appeal(START, "bo", case=CASE)) == ["appeal.not_permitted"]
    office.appeal(START, id="appeal", case=CASE)
    assert kinds(office.judge(START, "olga", case=CASE)) == [
        "tell_outcome",
        "open_case",
    ]


def test_stages_that_make_no_sense() -> None:
    """Out of order, twice, or without the decision."""
    wrong = (STAGES[::-1], (STAGES[2], STAGES[2]), STAGES[:2])
    for stages in wrong:
        with pytest.raises(DefinitionError, match="order"):
            desk(stages=stages)


def test_a_desk_names_duties_that_are_not_there() -> None:
    """As they stand in the playbook."""
    book = Office().engine.playbook
    one = desk(duties=(RoleName("clerk"),))
    assert [path for path, _, _ in one.problems(book)] == ["duties[0]"]
    assert list(desk().problems(book)) == []


def test_a_timer_of_a_case_that_is_gone() -> None:
    """It calls nobody."""
    one = desk(keep=Duration.parse("1h"))
    office = Office(one)
    office.complain(START)
    office.close(START)
    office.advance_case(START, CaseStage.IMPROVEMENT)
    office.complain(START + DAY, "cy")
    assert one.case(office.view(), CASE) is None
    fired = ev.TimerFired(
        id="t",  # type: ignore[arg-type]
        at=START,
        timer=f"{CASE}/1",
        policy=KEY,
    )
    state = office.view()
    state.mine = office.engine.community.slices[KEY]
    assert list(one.decide(fired, state)) == []


def test_in_shadow_what_would_be_refused_is_on_no_file() -> None:
    """Neither the complaint nor what is said of a case that is not there."""
    one = desk(mode=Mode.SHADOW)
    office = Office(one)
    assert refused(office.complain(START, None)) == ["case.nobody"]
    assert one.case(office.view(), CASE) is None
    assert given(office, CASE, 1) == []
    assert one.figures(office.view()).recent == 0


def test_stages_without_further_ado() -> None:
    """An answer within a day, a decision within a week."""
    (opened,) = of(Office(ComplaintDesk(key=KEY)).complain(START), OpenCase)
    assert opened.due == START + 7 * DAY
