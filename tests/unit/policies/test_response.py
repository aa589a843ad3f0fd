"""Response time: who must answer by when, who may, what is told and counted."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import RecordAnswer
from community_sdk.engine import Step
from community_sdk.model import (
    GroupId,
    MemberId,
    RoleName,
    Roster,
    Shift,
)
from community_sdk.policies import ResponseFigures
from community_sdk.wording import say_decision
from tests.unit.desk import HOUR, TICK, Desk
from tests.unit.policies.chats import HEAD, STAFF, desk, on, policy

MINUTE = timedelta(minutes=1)
CLOSED = Roster(shifts=(Shift(roles=(STAFF,)),))


def told(step: Step) -> list[tuple[str, datetime | None]]:
    """What was decided when, answers on record aside."""
    return [(d.kind, d.at) for d in step.decisions if d.kind != "record_answer"]


def figures(desk: Desk, group: str = "hall") -> ResponseFigures:
    """The figures of the running period."""
    found = policy().figures(desk.engine.community.slices.get("answer"))
    return found.get(group, ResponseFigures())


def open_now(desk: Desk) -> dict[str, Any]:
    """What waits for an answer."""
    found: dict[str, Any] = desk.engine.community.slices["answer"]["open"]
    return found


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("05 09:00", "05 10:00"),
        ("05 11:30", "05 13:30"),
        ("05 17:00", "05 18:00"),
        ("06 17:30", "08 09:30"),  # a holiday lies between
        ("05 20:00", "06 10:00"),
        ("09 17:30", "10 09:30"),  # a Saturday that is a working day
    ],
)
def test_overdue_is_told_when_the_work_time_is_over(asked: str, due: str) -> None:
    """To the duty at once, two hours of work later to the head."""
    one = desk()
    one.post(on(asked), group="hall")
    step = one.advance(on("12 00:00"))
    first, second = (d for d in step.decisions if d.kind == "escalate")
    assert (first.at, first.because.key) == (on(due), "response.overdue")
    assert second.because.key == "response.still_open"
    assert [getattr(d, "duty", "") for d in (first, second)] == [STAFF, HEAD]
    assert (first.member, first.group, first.policy) == ("ann", "hall", "answer")


@pytest.mark.parametrize(
    ("after", "late"), [(MINUTE, False), (HOUR, False), (HOUR + TICK, True)]
)
def test_the_last_instant_is_in_time(after: timedelta, late: object) -> None:
    """Exactly the time allowed still is."""
    one = desk()
    one.post(on("05 09:00"), group="hall")
    step = one.post(on("05 09:00") + after, "sue", group="hall")
    (answer,) = (d for d in step.decisions if isinstance(d, RecordAnswer))
    assert (answer.member, answer.asker, answer.late) == ("sue", "ann", late)
    assert answer.waited == answer.worked == after / timedelta(microseconds=1)
    assert answer.because.key == f"response.{'late' if late else 'in_time'}"
    (fact,) = (f for f in step.facts if isinstance(f, ev.AnswerGiven))
    assert (fact.member, fact.asker, fact.asked, fact.late) == (
        "sue",
        "ann",
        on("05 09:00"),
        late,
    )
    assert bool(told(step)) is late
    assert open_now(one) == {}
    assert told(one.advance(on("06 23:00"))) == []


def test_reminders_come_before() -> None:
    """Counted in hours of work as well; whose turn it is is named."""
    one = desk(remind=(Duration.parse("15 min"),))
    one.post(on("05 11:50"), group="hall")
    (remind,) = one.advance(on("05 13:40")).decisions
    assert (remind.kind, remind.at) == ("remind", on("05 13:35"))
    assert remind.because["people"] == ("sue",)
    assert say_decision(remind, "zh").startswith("提醒staff：“答复成员提问”尚未完成")


@pytest.mark.parametrize(
    ("again", "due", "head"),
    [("keep", "05 10:00", "05 12:00"), ("move", "05 10:40", "05 13:40")],
)
def test_another_message_keeps_or_moves_the_time(
    again: str, due: str, head: str
) -> None:
    """Until it is overdue: then nothing moves it."""
    one = desk(again=again)
    one.post(on("05 09:00"), group="hall")
    one.post(on("05 09:40"), group="hall")
    step = one.advance(on("05 11:00"))
    assert told(step) == [("escalate", on(due))]
    one.post(on("05 11:10"), group="hall")
    assert told(one.advance(on("05 17:59"))) == [("escalate", on(head))]
    assert figures(one).chats == 1


@pytest.mark.parametrize(
    ("outside", "opens"), [("next_shift", True), ("ignore", False)]
)
def test_outside_of_shifts(outside: str, *, opens: bool) -> None:
    """A question at night waits for the morning, or is none."""
    one = desk(outside=outside)
    one.post(on("05 22:00"), group="hall")
    assert bool(open_now(one)) is opens
    one.post(on("06 09:00"), "bo", group="hall")
    assert len(open_now(one)) == 1 + opens


@pytest.mark.parametrize(
    ("fields", "asks"),
    [
        ({"group": "hall"}, True),
        ({"group": "shop"}, False),
        ({"group": "hall", "no_reply": True}, False),
        ({"group": "hall", "link": True}, False),
        ({"group": "hall", "length": 4}, False),
        ({}, True),
    ],
)
def test_only_what_asks_opens_a_question(fields: dict[str, Any], *, asks: bool) -> None:
    """By group, by fields, never by text."""
    one = desk(
        groups=(GroupId("hall"),), where=(("length", 9),), unless=(("link", True),)
    )
    given: dict[str, Any] = {"length": 9, **fields}
    one.post(on("05 09:00"), **given)
    assert bool(open_now(one)) is asks


def test_other_events_can_ask() -> None:
    """Questions as such, and hosts' own words; in private or not."""
    one = desk(asks=("question_asked", "badge"), private=False)
    one.post(on("05 09:00"), group="hall")
    one.tell(ev.QuestionAsked, on("05 09:00"))
    assert open_now(one) == {}
    one.tell(ev.QuestionAsked, on("05 09:00"), group="hall", topic="price")
    one.tell(ev.Custom, on("05 09:01"), "bo", group="hall", word="badge")
    assert len(open_now(one)) == 2


def test_bots_and_the_undated_ask_nothing() -> None:
    """Nor do staff; a bot answers nobody either."""
    one = desk()
    one.tell(ev.Joined, on("05 09:00"), "bot", group="hall", bot=True)
    one.post(on("05 09:01"), "bot", group="hall")
    one.post(on("05 09:01"), "sue", group="hall")
    one.post(on("05 09:02"), "bo", group="hall", dated=False)
    one.tell(ev.HeadCounted, on("05 09:03"), count=3)
    assert open_now(one) == {}
    one.post(on("05 09:03"), group="hall")
    one.post(on("05 09:04"), "bot", group="hall")
    assert len(open_now(one)) == 1


@pytest.mark.parametrize(
    ("unaddressed", "waiting"),
    [("all", ["cy"]), ("newest", ["ann", "cy"]), ("none", ["ann", "bo", "cy"])],
)
def test_whom_a_message_to_nobody_answers(unaddressed: str, waiting: list[str]) -> None:
    """All who asked in the group, the newest of them, or none."""
    one = desk(unaddressed=unaddressed)
    one.post(on("05 09:00"), "ann", group="hall")
    one.post(on("05 09:01"), "bo", group="hall")
    one.post(on("05 09:02"), "cy", group="shop")
    one.post(on("05 09:03"), "sue", group="hall")
    one.post(on("05 09:04"), "sue")
    assert [chat["who"] for chat in open_now(one).values()] == waiting


def test_whom_an_addressed_message_answers() -> None:
    """Only that person; without a group, wherever he or she asked."""
    one = desk()
    for group in ("hall", "shop"):
        one.post(on("05 09:00"), "ann", group=group)
    one.post(on("05 09:00"), "bo", group="hall")
    one.post(on("05 09:01"), "sue", group="hall", reply_to=MemberId("ann"))
    assert [c["group"] for c in open_now(one).values()] == ["shop", "hall"]
    one.post(on("05 09:02"), "sue", reply_to=MemberId("ann"))
    assert [c["who"] for c in open_now(one).values()] == ["bo"]


@pytest.mark.parametrize(
    ("closers", "who", "closes"),
    [((), "sue", True), ((), "hal", False), ((HEAD,), "sue", False)],
)
def test_who_may_answer(
    closers: tuple[RoleName, ...], who: str, *, closes: bool
) -> None:
    """The duty and the staff, or the roles named alone."""
    one = desk(closers=closers)
    one.post(on("05 09:00"), group="hall")
    one.post(on("05 09:01"), who, group="hall")
    assert any(c["who"] == "ann" for c in open_now(one).values()) is not closes


def test_the_owner_of_the_group_answers_there_alone() -> None:
    """A role that is held in one group."""
    owner = RoleName("owner")
    one = desk(closers=(owner,), staff=(HEAD,))
    one.tell(ev.RoleAssigned, on("05 08:00"), "oz", role=owner, group="hall")
    for group in ("hall", "shop"):
        one.post(on("05 09:00"), group=group)
        one.post(on("05 09:01"), "oz", group=group)
    assert {(c["who"], c["group"]) for c in open_now(one).values()} == {
        ("ann", "shop"),
        ("oz", "shop"),
    }


def test_an_answer_by_other_ways_counts() -> None:
    """By phone, entered by whoever may answer."""
    one = desk()
    one.post(on("05 09:00"), group="hall")
    no = one.tell(
        ev.QuestionAnswered, on("05 09:10"), actor=MemberId("bo"), way="phone"
    )
    assert [(d.kind, d.because.key) for d in no.decisions] == [
        ("refuse_act", "response.not_staff")
    ]
    own = one.tell(ev.QuestionAnswered, on("05 09:11"))
    assert [d.kind for d in own.decisions] == ["refuse_act"]
    step = one.tell(ev.QuestionAnswered, on("05 09:12"), actor=MemberId("sue"))
    assert [(d.kind, d.member) for d in step.decisions] == [("record_answer", "sue")]
    assert open_now(one) == {}


def test_an_answer_told_late_was_in_time() -> None:
    """The hand-over stands, the difference is reported, the figure is set right."""
    one = desk()
    one.post(on("05 09:00"), group="hall")
    assert told(one.advance(on("05 10:30"))) == [("escalate", on("05 10:00"))]
    assert figures(one).overdue == 1
    step = one.post(on("05 09:30"), "sue", group="hall", recorded_at=on("05 10:45"))
    assert [d.kind for d in step.decisions] == ["record_answer", "report_difference"]
    assert step.decisions[1].because.key == "response.in_time_after_all"
    assert (figures(one).overdue, figures(one).in_time) == (0, 1)
    assert told(one.advance(on("06 12:00"))) == []


def test_a_question_told_after_its_answer_is_answered() -> None:
    """While the answer is remembered; the first one after it counts."""
    one = desk()
    one.post(on("05 09:30"), "sue", group="hall")
    one.post(on("05 09:40"), "sue", group="hall")
    late: dict[str, Any] = {"recorded_at": on("05 09:45"), "group": "hall"}
    one.post(on("05 09:20"), **late)
    assert open_now(one) == {}
    assert figures(one) == ResponseFigures(
        chats=1, answered=1, in_time=1, waited=600 * 10**6, worked=600 * 10**6
    )
    one.post(on("05 09:44"), "bo", **late)
    assert len(open_now(one)) == 1
    one.post(on("05 11:00"), group="hall")
    one.post(on("05 09:25"), recorded_at=on("05 11:00"), group="hall")
    assert len(open_now(one)) == 2
    assert figures(one).chats == 3


@pytest.mark.parametrize(
    ("to", "group", "waits"),
    [("ann", "hall", 0), ("ann", None, 0), ("bo", "hall", 1), ("ann", "shop", 1)],
)
def test_an_addressed_answer_is_remembered_for_its_person(
    to: str, group: str | None, waits: int
) -> None:
    """In its group, or wherever that person asked."""
    one = desk()
    one.post(on("05 09:30"), "sue", group=group, reply_to=MemberId(to))
    one.post(on("05 09:20"), group="hall", recorded_at=on("05 09:31"))
    assert len(open_now(one)) == waits
