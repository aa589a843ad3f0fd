"""Reports: one open case per content, each counted once, everybody told."""

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import (
    CloseCase,
    Escalate,
    Mode,
    OpenCase,
    TellOutcome,
)
from community_sdk.model import (
    CaseId,
    CaseState,
    Evidence,
    MemberId,
    PolicyKey,
    RuleCode,
)
from community_sdk.policies import (
    Guards,
    ReportDesk,
)
from tests.unit.desk import DAY, HOUR, START, TICK
from tests.unit.policies.cases.office import (
    ADMIN,
    DISMISSED,
    HOST,
    Office,
    kinds,
    of,
    refused,
)

KEY = PolicyKey("cases")
TWO_DAYS = Duration.parse("2d")


def desk(**more: object) -> ReportDesk:
    """A desk with two duties and two days."""
    given = {"key": KEY, "decide_within": TWO_DAYS, "duties": (HOST, ADMIN)}
    return ReportDesk(**(given | more))  # type: ignore[arg-type]


def test_a_desk_guards() -> None:
    """The protocol is known at run time."""
    assert isinstance(desk(), Guards)


def test_the_first_report_opens_a_case() -> None:
    """With number, duty and the instant at which the decision is due."""
    office = Office(desk())
    step = office.report(START, category="spam")
    (opened,) = of(step, OpenCase)
    assert (opened.case, opened.number, opened.topic) == ("cases-1", 1, "spam")
    assert (opened.duty, opened.due) == ("host", START + 2 * DAY)
    assert isinstance(step.facts[0], ev.CaseOpened)
    case = desk().case(office.view(), "cases-1")
    assert case is not None
    assert case.state is CaseState.OPEN
    assert case.voices == ("bo",)
    assert case.due == START + 2 * DAY


def test_further_reports_join_the_open_case() -> None:
    """One open case per content; another content has its own, with the next number."""
    office = Office(desk())
    office.report(START)
    assert kinds(office.report(START + HOUR, "cy")) == []
    case = desk().open_case(office.view(), "p1")
    assert case is not None
    assert case.voices == ("bo", "cy")
    (other,) = of(office.report(START + HOUR, "cy", "p2"), OpenCase)
    assert other.case == "cases-2"


@pytest.mark.parametrize(
    ("by", "content", "member", "reason"),
    [
        ("bo", "p1", "ann", "case.duplicate"),
        ("ann", "p2", "ann", "case.own_content"),
        (None, "p2", "ann", "case.own_content"),
        ("cy", "p1", "dan", "case.other_author"),
    ],
)
def test_reports_that_do_not_count(
    by: str | None, content: str, member: str, reason: str
) -> None:
    """A second one, one's own, one nobody made, one of another author: all named."""
    office = Office(desk())
    office.report(START)
    before = office.engine.community.plain()
    step = office.report(START + HOUR, by, content, member=member)
    assert refused(step) == [reason]
    assert office.engine.community.slices[KEY] == before["slices"]["cases"]  # type: ignore[index]


def test_in_shadow_what_would_be_refused_is_on_no_file() -> None:
    """The desk keeps its files as if it acted."""
    office = Office(desk(mode=Mode.SHADOW))
    office.report(START)
    assert refused(office.report(START + HOUR)) == ["case.duplicate"]
    office.close(START + HOUR, "bo")
    case = desk().open_case(office.view(), "p1")
    assert case is not None
    assert case.voices == ("bo",)


def test_reporters_are_told_and_a_breach_is_recorded() -> None:
    """In the name of who decided, at the instant of the report, under the case."""
    office = Office(desk(tell_author=True))
    office.report(START)
    office.report(START + HOUR, "cy")
    step = office.close(START + 2 * HOUR, rule=RuleCode("quiet"))
    (closed,) = of(step, CloseCase)
    assert (closed.by, closed.voices) == ("hugo", ("bo", "cy"))
    assert [t.member for t in of(step, TellOutcome)] == ["bo", "cy", "ann"]
    (strike,) = office.member().strikes
    assert (strike.by, strike.case, strike.rule) == ("hugo", "cases-1", "quiet")
    assert refused(office.close(START + 3 * HOUR)) == ["case.already_decided"]


def test_a_report_after_the_decision_opens_a_new_case() -> None:
    """Also one by the same person: what was decided is over."""
    office = Office(desk())
    office.report(START)
    step = office.close(START + HOUR, outcome=DISMISSED)
    assert [t.member for t in of(step, TellOutcome)] == ["bo"]
    assert desk().open_case(office.view(), "p1") is None
    (opened,) = of(office.report(START + 2 * HOUR), OpenCase)
    assert opened.case == "cases-2"


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        ("ann", "case.party_to_the_case"),
        ("bo", "case.party_to_the_case"),
        ("zoe", "case.not_permitted"),
    ],
)
def test_who_does_not_decide(by: str, reason: str) -> None:
    """Neither author nor reporter, nor anybody without the duty."""
    office = Office(desk())
    office.report(START)
    assert refused(office.close(START + HOUR, by)) == [reason]
    case = desk().case(office.view(), "cases-1")
    assert case is not None
    assert case.state is CaseState.OPEN


def test_a_rule_that_is_none_settles_nothing() -> None:
    """A slip of the pen is told; the decision can be made again."""
    office = Office(desk())
    office.report(START)
    slip = office.close(START + HOUR, rule=RuleCode("queit"))
    assert refused(slip) == ["rule.unknown"]
    assert of(office.close(START + 2 * HOUR, rule=RuleCode("quiet")), CloseCase)


def test_a_case_that_is_not_there() -> None:
    """A number not given, another member's, another desk's."""
    office = Office(desk())
    office.report(START)
    assert refused(office.close(START + HOUR, case="cases-2")) == ["case.unknown"]
    assert refused(office.close(START + HOUR, member="dan")) == ["case.unknown"]
    assert kinds(office.close(START + HOUR, case="others-1")) == []
    assert desk().case(office.view(), "cases-9") is None


def test_staff_is_judged_by_a_duty_above() -> None:
    """A host's content is decided by an admin; at the top by another holder."""
    office = Office(desk())
    (opened,) = of(office.report(START, member="hugo"), OpenCase)
    assert opened.duty == "admin"
    office.tell(ev.RoleAssigned, START, "hal", role=HOST)
    assert refused(office.close(START + HOUR, "hal", member="hugo")) == [
        "case.not_permitted"
    ]
    office.report(START, content="p2", member="ada")
    done = office.close(START + HOUR, "abe", member="ada", case="cases-2")
    assert kinds(done) == ["close_case", "tell_outcome"]


def test_a_missed_deadline_hands_the_case_upward() -> None:
    """Only after the due instant, one duty up, and it stays late once decided."""
    office = Office(desk())
    office.report(START)
    due = START + 2 * DAY
    assert kinds(office.advance(due)) == []
    case = desk().case(office.view(), "cases-1")
    assert case is not None
    assert not case.overdue(due)
    (call,) = of(office.advance(due + TICK), Escalate)
    assert (call.what, call.duty, call.at) == ("case_resolution", "admin", due)
    office.close(due + HOUR)
    case = desk().case(office.view(), "cases-1")
    assert case is not None
    assert case.overdue(due + HOUR)
    assert case.stages[0].overdue(due + 30 * DAY)


def test_without_deadline_and_duties() -> None:
    """Nothing is due, anybody who is no party decides."""
    office = Office(ReportDesk(key=KEY))
    (opened,) = of(office.report(START), OpenCase)
    assert (opened.due, opened.duty) == (None, "")
    assert refused(office.close(START + HOUR, "zoe")) == []


def test_a_missed_deadline_without_duties_calls_nobody_in_particular() -> None:
    """It is said all the same."""
    office = Office(ReportDesk(key=KEY, decide_within=TWO_DAYS))
    office.report(START)
    (call,) = of(office.advance(START + 3 * DAY), Escalate)
    assert call.duty == ""


def test_evidence_and_notes_are_on_file() -> None:
    """As references; a note is never a party's."""
    office = Office(desk())
    office.report(START)
    shot = Evidence(kind="screenshot", ref="s/1", digest="ab12", captured_at=START)
    case = CaseId("cases-1")
    office.tell(ev.EvidenceAdded, START, actor=MemberId("bo"), case=case, evidence=shot)
    office.tell(ev.CaseNoted, START, actor=MemberId("hugo"), case=case, note="n/1")
    step = office.tell(ev.CaseNoted, START, actor=MemberId("bo"), case=case, note="n/2")
    assert refused(step) == ["case.party_to_the_case"]
    file = desk().case(office.view(), "cases-1")
    assert file is not None
    assert file.evidence == (shot,)
    assert file.notes == ("n/1",)


def test_accounts_of_one_person_are_one_voice() -> None:
    """A reporter's second account joins the first, also on the file."""
    office = Office(desk())
    office.report(START)
    office.report(START, "bo2")
    office.tell(ev.IdentityLinked, START + HOUR, "bo", alias=MemberId("bo2"))
    case = desk().case(office.view(), "cases-1")
    assert case is not None
    assert case.voices == ("bo",)
    assert refused(office.report(START + HOUR, "bo2")) == ["case.duplicate"]
