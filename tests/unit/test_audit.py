"""The audit trail: every change, gap and insertion shows."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk.audit import AuditRow, Fault, trail, verify
from community_sdk.decisions import Decision
from community_sdk.events import Event
from community_sdk.model import (
    CaseId,
    CaseOutcome,
    EventId,
    MemberId,
    PolicyKey,
    RuleCode,
)
from community_sdk.policies import ReportDesk
from tests.unit.desk import HOUR, START
from tests.unit.policies.cases.office import Office
from tests.unit.policies.cases.test_appeals import LADDER

DESK = ReportDesk(key=PolicyKey("cases"))


def told() -> tuple[list[Event], list[Decision]]:
    """A short history with its facts and decisions."""
    office = Office(DESK, LADDER)
    history: list[Event] = []
    decisions: list[Decision] = []
    report = ev.ContentReported(
        id=EventId("r1"),
        at=START,
        member=MemberId("ann"),
        actor=MemberId("bo"),
        content="p1",
    )
    decided = ev.CaseDecided(
        id=EventId("d1"),
        at=START + HOUR,
        member=MemberId("ann"),
        actor=MemberId("hugo"),
        case=CaseId("cases-1"),
        outcome=CaseOutcome.UPHELD,
        rule=RuleCode("quiet"),
    )
    for event in (report, decided):
        step = office.engine.receive(event)
        history += [event, *step.facts]
        decisions += step.decisions
    return history, decisions


HISTORY, DECISIONS = told()
ROWS = tuple(trail(HISTORY, DECISIONS))


def test_a_trail_tells_who_did_what_about_whom() -> None:
    """With ground, case and playbook version."""
    first, *_ = ROWS
    assert (first.what, first.who, first.whom, first.fact) == (
        "content_reported",
        "bo",
        "ann",
        False,
    )
    breach = next(row for row in ROWS if row.what == "rule_broken")
    assert (breach.who, breach.ground, breach.case) == ("hugo", "quiet", "cases-1")
    warned = next(row for row in ROWS if row.what == "apply_sanction")
    assert (warned.who, warned.whom) == ("ladder", "ann")
    assert (warned.ground, warned.playbook) == ("quiet", "1")
    opened = next(row for row in ROWS if row.what == "open_case")
    assert (opened.ground, opened.case) == ("case.reported", "cases-1")
    assert opened.trigger == "r1"


def test_an_untouched_trail_is_whole() -> None:
    """The empty one as well; and the older one is the beginning of the newer."""
    assert verify(ROWS, seals=ROWS) is None
    assert verify(()) is None
    older = [*trail(HISTORY[:2], DECISIONS[:1])]
    assert verify(ROWS, seals=older) is None


@settings(max_examples=60)
@given(
    st.integers(0, len(ROWS) - 1),
    st.sampled_from(["who", "whom", "what", "ground", "case", "content", "id"]),
)
def test_a_changed_row_shows(place: int, name: str) -> None:
    """Whatever was changed in it."""
    bad: Any = evolve(ROWS[place], **{name: "else"})  # type: ignore[arg-type]
    rows = (*ROWS[:place], bad, *ROWS[place + 1 :])
    fault = verify(rows)
    assert fault is not None
    assert (fault.stream, fault.nth) == (bad.stream, bad.nth)


@given(st.integers(0, len(ROWS) - 2))
def test_a_row_taken_out_shows(place: int) -> None:
    """At its place, or as missing at the end where its digest was kept."""
    rows = (*ROWS[:place], *ROWS[place + 1 :])
    fault = verify(rows, seals=ROWS)
    assert fault is not None
    assert fault.stream == ROWS[place].stream


def test_a_trail_that_was_cut_shows_by_its_seal() -> None:
    """Without the seal it is a shorter trail."""
    assert verify(ROWS[:-1]) is None
    last = ROWS[-1]
    assert verify(ROWS[:-1], seals=(last,)) == Fault("decisions", last.nth, "missing")


def test_a_trail_made_up_afresh_shows_by_its_seal() -> None:
    """Changed records give another chain."""
    changed = [evolve(HISTORY[0], actor=MemberId("eve")), *HISTORY[1:]]
    rows = tuple(trail(changed, DECISIONS))
    assert verify(rows) is None
    assert verify(rows, seals=ROWS[:1]) == Fault("history", 1, "changed")


@pytest.mark.parametrize("nth", [0, 2])
def test_a_row_out_of_order_shows(nth: int) -> None:
    """Numbers run from 1 without a gap."""
    rows: list[AuditRow] = [evolve(ROWS[0], nth=nth)]
    assert verify(rows) == Fault("history", 1, "order")
