"""Response time: hand-over in stages, standing, figures."""

from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Dates, Duration, Hours, PeriodUnit
from community_sdk.decisions import Decision, Mode, Recommend, RecordAnswer
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Escalation,
    GroupId,
    MemberId,
    RoleName,
    Roster,
    Shift,
)
from community_sdk.policies import ResponseFigures
from community_sdk.wording import say
from tests.unit.desk import Desk
from tests.unit.policies.chats import HEAD, OFFICE, ROLES, STAFF, desk, on, policy
from tests.unit.policies.test_response import CLOSED, MINUTE, figures, open_now, told


def test_a_question_told_late_is_due_by_its_own_instant() -> None:
    """It may be overdue already; what was to remind is not sent any more."""
    one = desk(remind=(Duration.parse("10 min"),))
    one.advance(on("05 16:00"))
    one.post(on("05 09:00"), group="hall", recorded_at=on("05 16:00"))
    step = one.advance(on("05 16:01"))
    assert told(step) == [("escalate", on("05 16:00"))] * 2
    assert {d.because["due"] for d in step.decisions} == {on("05 10:00").isoformat()}


def test_an_answer_between_two_messages_told_late() -> None:
    """The first is answered; who wrote again after it waits on."""
    one = desk()
    one.post(on("05 09:00"), group="hall")
    one.post(on("05 09:30"), group="hall")
    step = one.post(on("05 09:10"), "sue", group="hall", recorded_at=on("05 09:31"))
    assert [d.kind for d in step.decisions] == ["record_answer"]
    assert [c["first"] for c in open_now(one).values()] == [
        int(on("05 09:30").timestamp()) * 10**6
    ]
    assert told(one.advance(on("05 11:00"))) == [("escalate", on("05 10:30"))]
    one.post(on("05 08:59"), "sue", group="hall", recorded_at=on("05 11:00"))
    assert len(open_now(one)) == 1, "it was asked after that"


@pytest.mark.parametrize("make", [ev.Left, ev.MemberRemoved])
def test_who_is_gone_waits_no_more(make: Any) -> None:
    """From the group, or from all of them; it counts as never answered."""
    one = desk()
    for group in ("hall", "shop", None):
        one.post(on("05 09:00"), group=group)
    one.tell(make, on("05 09:30"), group="hall")
    assert [c["group"] for c in open_now(one).values()] == ["shop", ""]
    one.tell(make, on("05 08:59"), recorded_at=on("05 09:31"))
    assert len(open_now(one)) == 2, "written after that"
    one.tell(make, on("05 09:40"))
    assert open_now(one) == {}
    assert figures(one).lapsed == 1
    assert told(one.advance(on("06 12:00"))) == []


def test_what_nobody_answers_lapses_and_is_told() -> None:
    """After the time set, without an end to the record."""
    one = desk(lapse=Duration.parse("3d"), escalation=())
    one.post(on("05 09:00"), group="hall")
    step = one.advance(on("09 09:00"))
    last = step.decisions[-1]
    assert isinstance(last, Recommend)
    assert (last.action, last.at) == ("look_after_unanswered", on("08 09:00"))
    assert last.properties == {"duty": "staff"}
    assert open_now(one) == {}
    assert set(one.engine.community.timers) == {"answer/close"}


def test_figures_are_told_when_the_period_is_over() -> None:
    """By group; what comes later than that is a difference."""
    one = desk(period=PeriodUnit.DAY, escalation=())
    one.post(on("05 09:00"), group="hall")
    one.post(on("05 09:00"), "bo", group="hall")
    one.post(on("05 09:00"), "cy")
    one.post(on("05 09:30"), "sue", group="hall", reply_to=MemberId("ann"))
    assert figures(one).overdue_rate == Fraction(0)
    step = one.advance(on("06 00:00"))
    reports = [d for d in step.decisions if isinstance(d, Recommend)]
    assert [(d.group, d.properties["chats"], d.at) for d in reports] == [
        (None, 1, on("06 00:00")),
        ("hall", 2, on("06 00:00")),
    ]
    assert reports[1].properties == {
        "period": "2026-01-05",
        "chats": 2,
        "answered": 1,
        "in_time": 1,
        "overdue": 1,
        "waited": 1800 * 10**6,
        "worked": 1800 * 10**6,
    }
    why = reports[1].because
    assert (why["percent"], why["minutes"]) == (50, 30)
    late = one.post(
        on("05 09:40"),
        "sue",
        group="hall",
        reply_to=MemberId("bo"),
        recorded_at=on("06 08:00"),
    )
    kinds = [(d.kind, d.because.key) for d in late.decisions]
    assert kinds == [
        ("record_answer", "response.in_time"),
        ("report_difference", "response.in_time_after_all"),
        ("report_difference", "response.period_over"),
    ]
    assert figures(one) == ResponseFigures()


def test_figures_of_nothing() -> None:
    """Nothing is not zero."""
    none = ResponseFigures()
    assert (none.overdue_rate, none.mean_wait, none.mean_work) == (None, None, None)
    some = ResponseFigures(in_time=1, overdue=2, answered=2, waited=9, worked=3)
    assert some.overdue_rate == Fraction(2, 3)
    assert (some.mean_wait, some.mean_work) == (Fraction(9, 2), Fraction(3, 2))
    assert policy().figures(None) == {}


def test_accounts_of_one_person_ask_as_one() -> None:
    """The earlier question counts; what was told stays told."""
    one = desk()
    one.post(on("05 09:00"), "ann", group="hall")
    one.post(on("05 09:30"), "alt", group="hall")
    one.post(on("05 09:30"), "alt", group="shop")
    one.tell(ev.IdentityLinked, on("05 09:40"), "ann", alias=MemberId("alt"))
    assert {(c["who"], c["group"]) for c in open_now(one).values()} == {
        ("ann", "hall"),
        ("ann", "shop"),
    }
    step = one.advance(on("05 11:00"))
    assert told(step) == [("escalate", on("05 10:00")), ("escalate", on("05 10:30"))]
    one.post(on("05 11:00"), "more", group="hall")
    one.tell(ev.IdentityLinked, on("05 11:01"), "ann", alias=MemberId("more"))
    assert told(one.advance(on("05 17:00"))) == [
        ("escalate", on("05 12:00")),
        ("escalate", on("05 13:30")),
    ]


def test_an_office_that_never_opens_has_no_due_time() -> None:
    """The question stays open, and is answered without being late."""
    one = Desk(policy(), community=evolve(OFFICE, roster=CLOSED), roles=ROLES)
    one.tell(ev.RoleAssigned, on("04 00:00"), "sue", role=STAFF)
    one.post(on("05 09:00"))
    assert "何时答复未定" in say(one.engine.standing("ann"), "zh")
    step = one.post(on("09 09:00"), "sue", reply_to=MemberId("ann"))
    (answer,) = (d for d in step.decisions if isinstance(d, RecordAnswer))
    assert (answer.due, answer.late, answer.worked) == (None, False, 0)
    one.post(on("09 10:00"), recorded_at=on("09 10:00"))
    assert one.advance(on("10 00:00")).decisions == ()


def test_a_step_that_never_comes_is_left_out() -> None:
    """Where nobody works long enough after the due time."""
    once = shift_once("2026-01-05")
    one = Desk(policy(), community=evolve(OFFICE, roster=once), roles=ROLES)
    one.post(on("05 09:00"))
    assert told(one.advance(on("10 00:00"))) == [("escalate", on("05 10:00"))]


def shift_once(day: str) -> Roster:
    """A roster with two hours of work in all."""
    dates, hours = (Dates.parse(day),), (Hours.parse("09:00-11:00"),)
    return Roster(shifts=(Shift(roles=(STAFF,), dates=dates, hours=hours),))


@pytest.mark.parametrize(("percent", "names"), [(None, []), (60, ["sue"]), (81, [])])
def test_who_carries_too_much_is_told(percent: int | None, names: list[str]) -> None:
    """From a share of all answers on, where there were twenty."""
    one = desk(overload=percent, period=PeriodUnit.DAY)
    for nth in range(20):
        when = on("05 09:00") + nth * MINUTE
        one.post(when, f"m{nth}", group="hall")
        one.post(when, "sue" if nth % 5 else "sam", group="hall")
    step = one.advance(on("06 00:00"))
    found = [d for d in step.decisions if getattr(d, "action", "") == "share_the_load"]
    assert [d.member for d in found] == names
    if found:
        assert "20 次" in say(found[0].because, "zh")
    few = desk(overload=1, period=PeriodUnit.DAY)
    few.post(on("05 09:00"), group="hall")
    few.post(on("05 09:00"), "sue", group="hall")
    kinds = [getattr(d, "action", "") for d in few.advance(on("06 00:00")).decisions]
    assert kinds == ["review_response_times"]


def test_where_a_member_stands() -> None:
    """Each question with its time, in both languages."""
    one = desk()
    assert "没有等待答复的提问" in say(one.engine.standing("ann"), "zh")
    one.post(on("05 09:00"), group="hall")
    one.post(on("05 09:30"))
    one.advance(on("05 10:15"))
    text = say(one.engine.standing("ann"), "en")
    assert "2 questions wait for an answer of the staff" in text
    assert "is overdue" in text


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"within": Duration.parse("1 month")}, "response.months"),
        ({"remind": (Duration.parse("1h"),)}, "response.remind"),
        (
            {
                "escalation": tuple(
                    Escalation(after=Duration.parse(t), duty=HEAD) for t in ("2h", "1h")
                )
            },
            "response.escalation",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], code: str) -> None:
    """Months of work, reminders before the question, steps out of order."""
    with pytest.raises(DefinitionError) as caught:
        policy(**given)
    assert caught.value.code == code


def test_names_must_lead_somewhere() -> None:
    """Roles, and groups where the playbook declares any."""
    wrong = policy(
        duty=RoleName("x"),
        staff=(RoleName("y"),),
        closers=(RoleName("z"),),
        groups=(GroupId("g"), GroupId("hall")),
    )
    one = desk()
    found = [path for path, _, _ in wrong.problems(one.engine.playbook)]
    assert found == ["duty", "staff[0]", "closers[0]", "groups[0]"]


def test_answers_are_put_on_record_without_consent() -> None:
    """What is only noted needs nobody's voice; in shadow nothing comes of it."""
    for mode, facts in ((Mode.PROPOSE, 1), (Mode.SHADOW, 0)):
        one = desk(mode=mode)
        one.post(on("05 09:00"), group="hall")
        step = one.post(on("05 09:10"), "sue", group="hall")
        kinds: list[Decision] = [*step.decisions]
        assert [d.kind for d in kinds] == ["record_answer"]
        assert len(step.facts) == facts


def test_a_timer_of_an_older_plan_does_nothing() -> None:
    """Shorter plans leave no trace."""
    one = desk()
    one.post(on("05 09:00"), group="hall")
    key = next(iter(open_now(one)))
    community = one.engine.community
    community.set_timer(f"answer/7/{key}", int(on("05 09:05").timestamp()) * 10**6)
    community.set_timer("answer/0/gone", int(on("05 09:05").timestamp()) * 10**6)
    assert told(one.advance(on("05 09:10"))) == []
