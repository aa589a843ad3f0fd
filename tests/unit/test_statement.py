"""The statement of reasons: every point of the article, whatever led to it."""

from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Decision
from community_sdk.model import (
    SANCTIONS,
    CaseId,
    CommunityId,
    DecisionId,
    EventId,
    Evidence,
    MemberId,
    PolicyKey,
    RuleCode,
    Severity,
)
from community_sdk.operation import statement, statements
from community_sdk.policies import (
    AppealPolicy,
    AppealTerms,
    ComplaintDesk,
    PenaltyLadder,
    ReportDesk,
    ReportThreshold,
)
from community_sdk.statement import Origin, StatementOfReasons, state_reasons
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, START
from tests.unit.policies.cases.office import ADMIN, Office
from tests.unit.policies.cases.test_appeals import LADDER

TERMS = AppealTerms(window=Duration.parse("20d"), reviewers=(ADMIN,))
APPEALS = AppealPolicy(key=PolicyKey("appeals"), terms=TERMS)
DESK = ReportDesk(key=PolicyKey("cases"))
THRESHOLD = ReportThreshold(key=PolicyKey("threshold"), measure=SANCTIONS["mute"])
EVERY = (LADDER, APPEALS, DESK)


def stated(office: Office, policies: tuple[Any, ...] = EVERY) -> StatementOfReasons:
    """Return the statement of ann's latest sanction."""
    last = office.member().sanctions[-1]
    found = statement(policies, office.view(), last.id)
    assert found is not None
    return found


def keys(found: StatementOfReasons) -> list[str]:
    """Return the points that are made, in order."""
    return [part.key.removeprefix("statement.") for part in found.explanation().parts]


def test_what_a_person_found() -> None:
    """Scope and time, the fact, its origin, the rule, the appeal, the courts."""
    office = Office(*EVERY)
    office.breach(START)
    office.breach(START + HOUR)
    found = stated(office)
    assert (found.measure, found.scope, found.lasts) == ("mute", "home", True)
    assert (found.since, found.until) == (START + HOUR, START + HOUR + DAY)
    assert [fact.rule for fact in found.facts] == ["quiet", "quiet"]
    assert found.facts[0].occurred == START + HOUR
    assert found.facts[0].severity is Severity.MINOR
    assert found.origin is Origin.OWN
    assert (found.automatic_detection, found.automatic_decision) == (False, True)
    assert found.redress is not None
    assert found.redress.open
    assert (found.redress.duty, found.redress.until) == (
        "admin",
        START + HOUR + 20 * DAY,
    )
    assert keys(found) == [
        "what",
        "fact",
        "fact",
        "origin",
        "automatic",
        "rules",
        "appeal",
        "courts",
    ]


def test_what_a_policy_found() -> None:
    """Nobody is named as finder: the detection was automatic."""
    office = Office(*EVERY)
    office.tell(ev.RuleBroken, START, rule=RuleCode("quiet"), automatic=True)
    found = stated(office)
    assert found.origin is Origin.AUTOMATIC
    assert found.automatic_detection


def test_what_reports_brought_up() -> None:
    """The case and its evidence are told, and nobody who reported."""
    office = Office(*EVERY)
    office.report(START)
    shot = Evidence(kind="screenshot", ref="s/1", digest="ab12", captured_at=START)
    office.tell(
        ev.EvidenceAdded,
        START,
        actor=MemberId("bo"),
        case=CaseId("cases-1"),
        evidence=shot,
    )
    office.close(START, "ada", rule=RuleCode("quiet"))
    found = stated(office)
    assert (found.origin, found.case) == (Origin.NOTICE, "cases-1")
    assert found.evidence == (shot,)
    for lang in ("zh", "en"):
        assert "ab12" in say(found.explanation(), lang)
    figures = [v for part in found.explanation().walk() for _, v in part.figures]
    assert "ann" in figures
    assert "bo" not in figures


def test_a_case_of_another_desk() -> None:
    """The desk that keeps it is found."""
    other = ComplaintDesk(key=PolicyKey("complaints"))
    office = Office(LADDER, DESK, other)
    office.complain(START)
    office.close(START, "ada", case="complaints-1", rule=RuleCode("quiet"))
    found = stated(office, (LADDER, DESK, other))
    assert (found.case, found.evidence) == ("complaints-1", ())


def test_evidence_of_a_case_that_is_not_kept() -> None:
    """The statement goes without."""
    office = Office(*EVERY)
    office.breach(START, case="cases-7")
    found = stated(office)
    assert (found.case, found.evidence) == ("cases-7", ())


def test_a_measure_of_reports_alone() -> None:
    """Found by people, decided by a machine, under no rule in particular."""
    office = Office(APPEALS, THRESHOLD)
    office.report(START)
    found = stated(office, (APPEALS, THRESHOLD))
    assert (found.origin, found.facts) == (Origin.NOTICE, ())
    assert (found.automatic_detection, found.automatic_decision) == (False, True)
    assert "no_rule" in keys(found)


@pytest.mark.parametrize("when", ["used", "late", "overturned"])
def test_redress_that_is_over(when: str) -> None:
    """An appeal is waiting, the time is over, or there is nothing left to appeal."""
    office = Office(*EVERY)
    office.breach(START)
    sanction = DecisionId(office.member().sanctions[-1].id)
    if when == "late":
        office.advance(START + 21 * DAY)
    else:
        office.appeal(START, id="appeal", sanction=sanction)
    if when == "overturned":
        office.judge(START)
    found = stated(office)
    assert found.redress is not None
    assert not found.redress.open
    assert "appeal_over" in keys(found)
    if when == "overturned":
        assert not found.facts[0].counts


def test_without_appeals_and_with_a_law() -> None:
    """The community hears none; the ground is in the law; the reasons are added."""
    office = Office(LADDER)
    step = office.breach(START)
    (decision,) = step
    found = statement(
        (LADDER,),
        office.view(),
        str(decision.id),
        law="Art. 12",
        why=decision.because,
    )
    assert found is not None
    assert found.redress is None
    assert [k for k in keys(found) if "." not in k] == [
        "what",
        "fact",
        "origin",
        "automatic",
        "law",
        "no_appeal",
        "courts",
    ]
    assert decision.because in found.explanation().parts


def test_every_sanction_has_a_statement() -> None:
    """In their order, each with its own reasons; none for what is not there."""
    office = Office(*EVERY)
    decisions: list[Decision] = []
    for hour in range(3):
        decisions += office.breach(START + hour * HOUR)
    found = list(statements(EVERY, office.view(), decisions))
    assert [each.measure for each in found] == ["warning", "mute", "ban"]
    assert all(each.why is not None for each in found)
    assert statement(EVERY, office.view(), "no") is None
    assert state_reasons(office.member(), "no", scope=CommunityId("home")) is None


def test_points_given_by_hand() -> None:
    """A strike without a rule is told as what it is."""
    office = Office(PenaltyLadder(key=PolicyKey("l"), steps=LADDER.steps), APPEALS)
    office.breach(START)
    found = stated(office)
    bare = evolve(found, facts=(evolve(found.facts[0], rule=RuleCode("")),))
    for lang in ("zh", "en"):
        assert "quiet" not in say(bare.explanation(), lang)
    assert EventId("e1") not in say(bare.explanation(), "en")
