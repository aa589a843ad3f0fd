"""Appraisal: community and staff are scored once a period, with the one before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.conditions import count, total
from community_sdk.decisions import (
    Decision,
    IssueScorecard,
    RefuseAct,
    ReportDifference,
    RequestStandings,
)
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric
from community_sdk.model import (
    KPI,
    Direction,
    Missing,
    Money,
    PolicyKey,
    RoleName,
)
from community_sdk.policies import AppraisalPolicy, ResponseTime
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, HOUR, START, Book, Desk

NOBODY: dict[str, Any] = {"member": None}
KEY, HOST = PolicyKey("score"), RoleName("host")
WEEK = PeriodUnit.WEEK
MONDAY = START.replace(hour=0)
MINUTE = timedelta(minutes=1)


def counted(text: Any) -> Metric:
    """Return the metric of a term."""
    metric: Metric = text.metric
    return metric


FIGURES = {
    "messages": counted(count("message")),
    "replies": counted(count("message", reply=True)),
    "revenue": counted(total("purchase")),
}


def kpi(measure: str = "messages", **given: Any) -> KPI:
    """A weekly key figure with a target of ten."""
    fields: dict[str, Any] = {"key": measure, "measure": measure, "period": WEEK}
    fields["target"] = 10
    return KPI(**{**fields, **given})


def house(*kpis: KPI, **given: Any) -> Desk:
    """A community scored by the week, watched from Monday on."""
    fields: dict[str, Any] = {"figures": FIGURES, **given}
    policy = AppraisalPolicy(key=KEY, kpis=kpis or (kpi(),), **fields)
    desk = Desk(policy, lateness=Duration.parse("30d"))
    desk.tell(ev.Joined, START)
    return desk


def cards(*steps: Step) -> list[IssueScorecard]:
    """Return the scorecards."""
    return [d for step in steps for d in step if isinstance(d, IssueScorecard)]


def posts(desk: Desk, number: int, base: datetime = START, **more: Any) -> None:
    """Let ann post *number* messages."""
    for minute in range(number):
        desk.post(base + minute * MINUTE, **more)


# -- the community -------------------------------------------------------------------


def test_a_week_is_scored_when_it_is_over() -> None:
    """With what was reached, and against the week before."""
    desk = house()
    posts(desk, 5)
    assert cards(desk.advance(MONDAY + 7 * DAY - timedelta(seconds=1))) == []
    (card,) = cards(desk.advance(MONDAY + 7 * DAY))
    assert (card.period, card.score, card.change) == ("2026-W02", 50, None)
    assert (card.reached, card.missing, card.whole) == ((("messages", 50),), (), True)
    posts(desk, 8, MONDAY + 7 * DAY)
    found = cards(desk.advance(MONDAY + 28 * DAY))
    assert [(c.score, c.change) for c in found] == [(80, 30), (0, -80), (0, 0)]


def test_every_kind_of_figure() -> None:
    """Counts with filters, sums, shares, heads, and figures that are reported."""
    desk = house(
        kpi("revenue", target=1000),
        kpi("replies", of="messages", target=50),
        kpi("members", target=4, cap=200),
        kpi("fans", missing=Missing.ZERO),
        kpi("visits", target=None),
        kpi("complaints", direction=Direction.DOWN, floor=20, missing=Missing.WITHHOLD),
    )
    desk.tell(ev.PurchaseMade, START, money=Money(500, "CNY"))
    posts(desk, 3)
    posts(desk, 1, reply=True)
    for name in ("bo", "cy", "robot"):
        desk.tell(ev.Joined, START, name, bot=name == "robot")
    posts(desk, 9, member="robot")
    when = START + HOUR
    for measure, figure, at in (
        *(("complaints", 15, when), ("complaints", 99, when - MINUTE)),
        *(("visits", 7, when), ("messages", 999, when)),
    ):
        desk.tell(ev.FigureReported, at, measure=measure, figure=figure)
    (card,) = cards(desk.advance(MONDAY + 7 * DAY))
    assert dict(card.reached) == {
        "revenue": 50,
        "replies": 50,
        "members": 75,
        "fans": 0,
        "complaints": 50,
    }
    assert (card.missing, card.score) == (("fans",), 45)
    told = say(card.because, "zh")
    assert "“投诉数”为 15（目标 10）" in told
    assert "25%" in told
    assert "没有数据（按零分计）" in told


def test_what_must_not_miss_withholds_the_score() -> None:
    """Said as such, in both languages."""
    desk = house(kpi("fans", missing=Missing.WITHHOLD), kpi())
    (card,) = cards(desk.advance(MONDAY + 7 * DAY))
    assert (card.score, card.change) == (None, None)
    assert say(card.because, "zh").startswith("2026-W02 的数据不全，无法评分")
    assert say_decision(card, "en").startswith("No score of 2026-W02")


def test_a_week_begun_late_is_not_whole() -> None:
    """It is scored with what was seen, and says so."""
    policy = AppraisalPolicy(key=KEY, kpis=(kpi(),), figures=FIGURES)
    desk = Desk(policy, lateness=Duration.parse("30d"))
    posts(desk, 2, START + DAY)
    first, second = cards(desk.advance(MONDAY + 14 * DAY))
    assert (first.whole, second.whole) == (False, True)
    assert "尚未完整观察" in say(first.because, "zh")
    assert "none before" not in say(second.because, "en")


def test_what_comes_late_is_reported() -> None:
    """A scored week stands; one that nobody watched is of no interest."""
    desk = house(kpi(), kpi("fans"))
    desk.advance(MONDAY + 8 * DAY)
    late = desk.post(START, recorded_at=MONDAY + 8 * DAY)
    figure = desk.tell(
        ev.FigureReported,
        START,
        recorded_at=MONDAY + 8 * DAY,
        measure="fans",
        figure=3,
    )
    for step, word in ((late, "messages"), (figure, "fans")):
        (found,) = [d for d in step if isinstance(d, ReportDifference)]
        assert (found.subject, found.because["measures"]) == ("2026-W02", (word,))
    old = desk.post(START - 9 * DAY, recorded_at=MONDAY + 8 * DAY)
    assert not [d for d in old if isinstance(d, ReportDifference)]


@given(st.lists(st.tuples(st.integers(0, 27), st.booleans()), max_size=12))
def test_weeks_are_counted_as_by_hand(rows: list[tuple[int, bool]]) -> None:
    """Each message in its own week, whatever happens between."""
    desk = house(kpi(cap=2000), kpi("replies", of="messages", target=100))
    steps = [desk.post(START + d * DAY, reply=reply) for d, reply in sorted(rows)]
    steps.append(desk.advance(MONDAY + 28 * DAY))
    for week, card in enumerate(cards(*steps)):
        own = [reply for day, reply in rows if day // 7 == week]
        assert dict(card.reached)["messages"] == 10 * len(own)
        expected = (200 * sum(own) + len(own)) // (2 * len(own)) if own else None
        assert dict(card.reached).get("replies") == expected
    assert len(cards(*steps)) == 4


# -- staff ---------------------------------------------------------------------------


def office(**given: Any) -> Desk:
    """Two hosts who are scored by their messages, and a member who is not."""
    desk = house(kpi(), kpi("replies", of="messages"), staff=(HOST,), **given)
    for name in ("hanna", "henk"):
        desk.tell(ev.RoleAssigned, START, name, role=HOST)
    return desk


def close(desk: Desk, when: datetime) -> list[IssueScorecard]:
    """Ask for the figures of staff as a shell does, and hand them in."""
    step = desk.advance(when)
    found: list[IssueScorecard] = []
    for request in step:
        if isinstance(request, RequestStandings):
            found += cards(desk.engine.receive(desk.engine.standings(request)))
    return found


def test_staff_is_scored_by_what_is_on_record() -> None:
    """Each by himself or herself, with the period before; nobody else is."""
    desk = office()
    posts(desk, 4, member="hanna")
    posts(desk, 9)
    first = close(desk, MONDAY + 7 * DAY)
    assert [(c.member, c.score) for c in first] == [("hanna", 20), ("henk", 0)]
    assert [c.missing for c in first] == [(), ("replies",)]
    posts(desk, 6, MONDAY + 7 * DAY, member="hanna")
    second = close(desk, MONDAY + 14 * DAY)
    assert [(c.score, c.change) for c in second] == [(30, 10), (0, 0)]
    assert "hanna" in say_decision(second[0], "zh")


def test_nothing_is_compared_with_what_nobody_watched() -> None:
    """Before the first period of a watch there is no score of staff, not one of 0."""
    desk = office()
    posts(desk, 4, member="hanna")
    first, *_ = close(desk, MONDAY + 7 * DAY)
    assert (first.score, first.change) == (20, None)
    assert [part["before"] for part in first.because.parts] == [None, None]
    assert "上期无得分可比" in say(first.because, "zh")


def test_a_figure_that_is_new_in_the_playbook_counts_from_the_next_period_on() -> None:
    """Of the running one it was not observed from its first day on."""
    desk = house()
    posts(desk, 2)
    more = AppraisalPolicy(
        key=KEY,
        kpis=(kpi(), kpi("joins")),
        figures={**FIGURES, "joins": counted(count("joined"))},
    )
    desk.engine.offer(Book(policies=(more,), version="2", digest="2"))
    when = START + HOUR
    desk.tell(
        ev.PlaybookAdopted, when, **NOBODY, version="2", digest="2", effective=when
    )
    desk.tell(ev.Joined, START + DAY, "bo")
    (card,) = cards(desk.advance(MONDAY + 7 * DAY))
    assert (card.score, card.missing) == (20, ("joins",))
    desk.tell(ev.Joined, MONDAY + 8 * DAY, "cy")
    (card,) = cards(desk.advance(MONDAY + 14 * DAY))
    assert (dict(card.reached)["joins"], card.missing) == (10, ())


def test_only_figures_that_were_asked_for_count() -> None:
    """Those of no period, and those of a period that is scored, are refused."""
    desk = office()
    (request,) = [
        d for d in desk.advance(MONDAY + 7 * DAY) if isinstance(d, RequestStandings)
    ]
    answer = desk.engine.standings(request)
    assert len(cards(desk.engine.receive(answer))) == 2
    again = desk.tell(
        ev.StandingsCounted,
        MONDAY + 7 * DAY,
        **NOBODY,
        policy=KEY,
        period="2026-W02",
        since=answer.since,
        until=answer.until,
    )
    (refusal,) = again.decisions
    assert isinstance(refusal, RefuseAct)
    assert refusal.because.key == "appraisal.not_asked"
    other = desk.tell(
        ev.StandingsCounted,
        MONDAY + 7 * DAY,
        **NOBODY,
        policy=PolicyKey("x"),
        period="p",
        since=answer.since,
        until=answer.until,
    )
    assert other.decisions == ()


def test_late_answers_are_a_share_of_all_answers() -> None:
    """Facts about staff are figures as well; without an answer there is no share."""
    answers = {
        "late": counted(count("answer_given", late=True)),
        "answers": counted(count("answer_given")),
    }
    late = kpi("late", of="answers", direction=Direction.DOWN, target=10, floor=60)
    policy = AppraisalPolicy(key=KEY, kpis=(late,), figures=answers, staff=(HOST,))
    asked = ResponseTime(
        key=PolicyKey("answers"), duty=HOST, within=Duration.parse("10min")
    )
    desk = Desk(asked, policy, lateness=Duration.parse("30d"))
    for name in ("hanna", "henk"):
        desk.tell(ev.RoleAssigned, START, name, role=HOST)
    for hour, wait in enumerate((5, 11)):
        when = START + (hour + 1) * HOUR
        desk.post(when, "ann", group="hall")
        desk.post(when + wait * MINUTE, "hanna", group="hall")
    found = close(desk, MONDAY + 7 * DAY)
    assert [(c.member, c.score, c.missing) for c in found] == [
        ("hanna", 20, ()),
        ("henk", None, ("late",)),
    ]
    assert "为 50%（目标 10）" in say(found[0].because, "zh")


# -- mistakes ------------------------------------------------------------------------


def test_what_cannot_be_counted_is_refused() -> None:
    """Other metrics, windows, mixed periods, measures of staff without a figure."""
    with pytest.raises(DefinitionError, match="without a window"):
        house(figures={"m": counted(count("message", "30d"))})
    with pytest.raises(DefinitionError, match="one period"):
        house(kpi(), kpi("x", period=PeriodUnit.DAY))
    with pytest.raises(DefinitionError, match="expected a figure"):
        house(kpi("mails"), staff=(HOST,))
    with pytest.raises(DefinitionError, match="each key figure of `score` once"):
        house(kpi(), kpi(weight=3))
    for name in ("members", "before.messages"):
        with pytest.raises(DefinitionError, match="another name for the figure"):
            house(figures={**FIGURES, name: FIGURES["messages"]})
    roles = (HOST, RoleName("x"))
    bad = AppraisalPolicy(key=KEY, kpis=(kpi(),), figures=FIGURES, staff=roles)
    assert [p[0] for p in bad.problems(house().view().definition)] == ["staff[1]"]


def test_only_what_is_asked_for_is_remembered() -> None:
    """Whatever anybody reports, a period holds as many figures as are asked for."""
    desk = house(kpi("complaints"), kpi("part", of="rest"))
    told = {"complaints": 3, "part": 1, "rest": 2, "members": 99, "messages": 7}
    for nth, (name, figure) in enumerate((*told.items(), ("nobody_asks", 1))):
        when = START + nth * MINUTE
        desk.tell(ev.FigureReported, when, **NOBODY, measure=name, figure=figure)
    row = desk.engine.community.slices["score"]["periods"]["2026-W02"]["counted"]
    fresh = dict.fromkeys(FIGURES, 0)
    assert row == fresh | {"complaints": 3, "part": 1, "rest": 2}
    desk.advance(MONDAY + 7 * DAY)
    late: dict[str, Any] = {"figure": 1, "recorded_at": MONDAY + 8 * DAY}
    step = desk.tell(ev.FigureReported, START, measure="nobody_asks", **late)
    assert not [d for d in step if isinstance(d, ReportDifference)]


def test_asking_and_refusing_are_said() -> None:
    """In both languages."""
    desk = office()
    (request,) = desk.advance(MONDAY + 7 * DAY).decisions
    assert isinstance(request, Decision)
    assert say(request.because, "zh") == "2026-W02 已结束，统计各人的数据以便评分。"
