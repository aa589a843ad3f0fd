"""Cases as values: where they stand, and what is no evidence."""

from collections.abc import Callable
from typing import cast

import pytest

from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Appeal,
    AppealState,
    Case,
    CaseId,
    CaseOutcome,
    CaseStage,
    CaseState,
    EventId,
    Evidence,
    MemberId,
    PolicyKey,
    StageMark,
)
from tests.unit.desk import DAY, START, TICK

CASE = Case(
    id=CaseId("c-1"), number=1, policy=PolicyKey("c"), topic="attitude", opened=START
)


@pytest.mark.parametrize("bad", ["", "he said so", "a\nb", "x" * 257])
@pytest.mark.parametrize("name", ["kind", "ref", "digest"])
def test_evidence_is_named_and_never_quoted(name: str, bad: str) -> None:
    """Texts belong into the side store."""
    given = {"kind": "screenshot", "ref": "s/1", "digest": "ab", name: bad}
    make = cast("Callable[..., Evidence]", Evidence)
    with pytest.raises(DefinitionError, match=name):
        make(**{**given, "captured_at": START})


def test_a_case_without_stages_is_never_late() -> None:
    """It is open, with nothing due."""
    assert CASE.state is CaseState.OPEN
    assert (CASE.stage, CASE.due) == (None, None)
    assert not CASE.overdue(START + 900 * DAY)


def test_a_mark_is_late_only_after_its_instant() -> None:
    """Done in time it stays in time, done late it stays late, without limit never."""
    due = StageMark(stage=CaseStage.RESPONSE, due=START)
    assert not due.overdue(START)
    assert due.overdue(START + TICK)
    for done, late in ((START, False), (START + TICK, True)):
        mark = StageMark(stage=CaseStage.RESPONSE, due=START, done=done)
        assert mark.overdue(START + DAY) is late
    assert not StageMark(stage=CaseStage.INTAKE).overdue(START)


def test_states_follow_from_what_is_on_file() -> None:
    """Somebody has it, it is decided."""
    taken = Case(
        id=CASE.id,
        number=1,
        policy=CASE.policy,
        topic="attitude",
        opened=START,
        handler=MemberId("hugo"),
    )
    assert taken.state is CaseState.IN_REVIEW
    done = Case(
        id=CASE.id,
        number=1,
        policy=CASE.policy,
        topic="attitude",
        opened=START,
        outcome=CaseOutcome.UPHELD,
    )
    assert done.state is CaseState.DECIDED


def test_an_appeal_is_late_only_after_its_instant() -> None:
    """And without one never."""
    who = MemberId("ann")
    appeal = Appeal(id=EventId("a"), appellant=who, filed=START, due=START + DAY)
    assert appeal.state is AppealState.OPEN
    assert not appeal.overdue(START + DAY)
    assert appeal.overdue(START + DAY + TICK)
    assert not Appeal(id=EventId("a"), appellant=who, filed=START).overdue(START + DAY)
