"""Rules repeated by the clock, more often in bad times; cases summed up; reviews."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit, Schedule, instant, micros, zone
from community_sdk.decisions import (
    Mode,
    Recommend,
    RepeatRules,
    ReportDifference,
    SummarizeCases,
)
from community_sdk.engine import Engine, Step
from community_sdk.model import (
    SANCTIONS,
    Amendment,
    Community,
    CommunityId,
    EventId,
    LadderStep,
    PolicyKey,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
)
from community_sdk.policies import (
    CaseSummary,
    PenaltyLadder,
    RuleReminder,
    RuleReview,
)
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk, at

TUESDAYS = Schedule.parse("FREQ=WEEKLY;BYDAY=TU;BYHOUR=20")
DAILY = Schedule.parse("FREQ=DAILY;BYHOUR=9")
SHANGHAI = Community(key=CommunityId("home"), zone="Asia/Shanghai")
KEY = PolicyKey("k")


def reminding(**given: Any) -> Desk:
    """A community in Shanghai that is reminded on Tuesday evenings."""
    fields: dict[str, Any] = {"schedule": TUESDAYS, **given}
    policy = RuleReminder(key=KEY, **fields)
    return Desk(policy, community=SHANGHAI, lateness=Duration.parse("60d"))


def tight(**given: Any) -> Desk:
    """The same, reminded daily while there are two breaches a week."""
    length = Duration.parse("7d")
    more = {"tight_schedule": DAILY, "tighten_at": 2, "window": length, **given}
    return reminding(**more)


def told(*steps: Step) -> list[str]:
    """Return when rules were repeated, by the local clock."""
    found = [d for step in steps for d in step if isinstance(d, RepeatRules)]
    where = zone("Asia/Shanghai")
    return [f"{d.at.astimezone(where):%m-%d %H:%M}" for d in found if d.at]


def breach(desk: Desk, when: datetime, rule: str = "flood", **more: Any) -> Step:
    """Break a rule."""
    return desk.tell(ev.RuleBroken, when, rule=RuleCode(rule), **more)


def test_rules_are_repeated_by_the_local_clock() -> None:
    """From the first event on, at each time that has passed."""
    desk = reminding()
    for minute in range(3):
        assert desk.post(START + minute * HOUR).decisions == ()
    step = desk.advance(START + 15 * DAY)
    assert told(step) == ["01-06 20:00", "01-13 20:00", "01-20 20:00"]
    decision = step.decisions[0]
    assert isinstance(decision, RepeatRules)
    assert (decision.version, decision.rules) == (1, ("quiet", "flood", "caps"))
    assert decision.because.key == "reminder.planned"
    assert decision.member is None


def test_only_rules_in_force_are_repeated() -> None:
    """With the version of that evening; where there are none, nothing is said."""
    book = Rulebook(
        amendments=(Amendment(version=2, since=START + 2 * DAY),),
        rules=(
            Rule(code=RuleCode("flood"), until=2),
            Rule(code=RuleCode("caps"), since=2),
        ),
    )
    policy = RuleReminder(key=KEY, schedule=TUESDAYS, rules=(RuleCode("flood"),))
    rest = RuleReminder(key=PolicyKey("all"), schedule=TUESDAYS)
    desk = Desk(policy, rest, rulebook=book)
    desk.post(START)
    steps = [desk.advance(START + days * DAY) for days in (2, 9)]
    found = [
        [(d.policy, d.version, d.rules) for d in step if isinstance(d, RepeatRules)]
        for step in steps
    ]
    assert found == [
        [("all", 1, ("flood",)), ("k", 1, ("flood",))],
        [("all", 2, ("caps",))],
    ]


def test_reminders_tighten_and_relax() -> None:
    """Daily while two breaches are at most a week old."""
    desk = tight()
    breach(desk, START)
    assert told(desk.advance(START + 23 * HOUR)) == []
    step = breach(desk, START + 2 * DAY)
    assert told(step) == ["01-06 20:00"]
    days = desk.advance(START + 20 * DAY)
    assert told(days) == [
        *("01-08 09:00", "01-09 09:00", "01-10 09:00", "01-11 09:00", "01-12 09:00"),
        *("01-13 20:00", "01-20 20:00"),
    ]
    keys = [d.because.key for d in days]
    assert keys == ["reminder.tightened"] * 5 + ["reminder.planned"] * 2


@pytest.mark.parametrize(
    ("early", "day"), [(timedelta(0), "01-08 09:00"), (TICK, "01-07 09:00")]
)
def test_a_breach_exactly_as_old_as_the_window_still_counts(
    early: timedelta, day: str
) -> None:
    """One microsecond older does not."""
    desk = tight(tighten_at=1, window=Duration.parse("1d"))
    nine = at("2026-01-08 09:00", "Asia/Shanghai")
    breach(desk, nine - DAY - early)
    assert told(desk.advance(nine + DAY)) == [day]


def test_only_breaches_of_the_categories_tighten() -> None:
    """Told late or not."""
    desk = tight(categories=("noise",), tighten_at=1)
    breach(desk, START, "quiet")
    assert told(desk.advance(START + 23 * HOUR)) == []
    breach(desk, START, "flood", recorded_at=START + 23 * HOUR)
    assert told(desk.advance(START + 2 * DAY)) == ["01-06 20:00", "01-07 09:00"]


def test_what_is_remembered_is_as_much_as_matters() -> None:
    """Never more instants than the threshold."""
    desk = tight(tighten_at=3)
    for hour in range(9):
        breach(desk, START + hour * HOUR)
    mine = desk.engine.community.slices["k"]
    assert mine == [micros(START + hour * HOUR) for hour in (6, 7, 8)]
    copy = Engine.restore(desk.engine.playbook, desk.engine.snapshot())
    assert copy.snapshot() == desk.engine.snapshot()


@given(st.lists(st.integers(0, 300), max_size=12).map(sorted))
def test_reminders_are_those_of_the_brute_force(hours: list[int]) -> None:
    """INVARIANT: planned times, and tight ones with enough breaches in the window."""
    desk, where = tight(), zone("Asia/Shanghai")
    steps = [desk.post(START)]
    steps += [breach(desk, START + hour * HOUR) for hour in hours]
    end = START + 320 * HOUR
    steps.append(desk.advance(end))
    found = [d.at for step in steps for d in step if isinstance(d, RepeatRules)]

    def all_times(schedule: Schedule) -> list[datetime]:
        us, times = micros(START), list[datetime]()
        while (us := schedule.after(us, where)) <= micros(end):
            times.append(instant(us))
        return times

    def enough(when: datetime) -> bool:
        known = [START + hour * HOUR for hour in hours]
        return sum(when - 7 * DAY <= one < when for one in known) >= 2

    tighter = [when for when in all_times(DAILY) if enough(when)]
    assert found == sorted({*all_times(TUESDAYS), *tighter})


def test_a_reminder_names_what_must_exist() -> None:
    """Rules and categories."""
    policy = RuleReminder(
        key=KEY,
        schedule=DAILY,
        rules=(RuleCode("flood"), RuleCode("x")),
        categories=("noise", "y"),
    )
    found = {where: word for where, word, _ in policy.problems(Book())}
    assert found == {"rules[1]": "x", "categories[1]": "y"}


def teaching(period: PeriodUnit = PeriodUnit.MONTH, **given: Any) -> Desk:
    """A community that sums up its cases and mutes at the second breach."""
    summary = CaseSummary(key=KEY, period=period, **given)
    mute = LadderStep(at=2, kind=SANCTIONS["mute"], duration=Duration.parse("1h"))
    ladder = PenaltyLadder(key=PolicyKey("l"), per="member", steps=(mute,))
    return Desk(summary, ladder, community=SHANGHAI, lateness=Duration.parse("60d"))


def summaries(step: Step) -> list[SummarizeCases]:
    """Return the summaries of a step."""
    return [d for d in step if isinstance(d, SummarizeCases)]


def test_a_month_is_summed_up_at_its_end() -> None:
    """By rule, severity and measure; nobody is named."""
    desk = teaching()
    breach(desk, START)
    breach(desk, START + HOUR, "caps")
    breach(desk, START + DAY, member="bo")
    desk.tell(ev.StrikeOverturned, START + 2 * DAY, "bo", strike=EventId("e3"))
    desk.tell(ev.StrikeOverturned, START + 2 * DAY, "bo", strike=EventId("e3"))
    desk.tell(ev.StrikeOverturned, START + 2 * DAY, "bo", strike=EventId("none"))
    end = at("2026-02-01 00:00", "Asia/Shanghai")
    assert summaries(desk.advance(end - TICK)) == []
    (summary,) = summaries(desk.advance(end))
    assert (summary.period, summary.member, summary.until) == ("2026-01", None, end)
    assert summary.since == at("2026-01-01 00:00", "Asia/Shanghai")
    assert (summary.cases, summary.overturned) == (2, 1)
    assert dict(summary.rules) == {"flood": 1, "caps": 1}
    assert dict(summary.severities) == {"minor": 2}
    assert dict(summary.measures) == {"mute": 1}
    assert "ann" not in str(summary.because.plain())
    assert summaries(desk.advance(end + 90 * DAY)) == []


def test_what_is_told_too_late_is_reported_as_a_difference() -> None:
    """The summary stands; a month without cases has none."""
    desk = teaching()
    breach(desk, START)
    desk.advance(START + 40 * DAY)
    step = breach(desk, START + DAY, recorded_at=START + 41 * DAY)
    (difference,) = [d for d in step if isinstance(d, ReportDifference)]
    assert (difference.subject, difference.because.key) == ("2026-01", "summary.late")
    desk.tell(ev.StrikeOverturned, START + 42 * DAY, strike=EventId("e1"))
    (february,) = summaries(desk.advance(START + 60 * DAY))
    # The mute that the late breach led to was imposed in February.
    assert (february.period, february.cases, dict(february.measures)) == (
        "2026-02",
        0,
        {"mute": 1},
    )
    breach(desk, START + 61 * DAY)
    assert [*desk.engine.community.slices["k"]] == ["2026-03"]


def test_a_breach_that_was_overturned_before_it_was_told_is_no_case() -> None:
    """Its strike never counted."""
    desk = teaching(PeriodUnit.DAY)
    desk.tell(ev.StrikeOverturned, START, strike=EventId("b"))
    breach(desk, START, id="b")
    (summary,) = summaries(desk.advance(START + DAY))
    assert (summary.cases, summary.rules) == (0, ())


def test_a_timer_of_what_is_not_remembered_means_nothing() -> None:
    """Such as one that another period left behind."""
    desk = teaching()
    fired = ev.TimerFired(id=EventId("t"), at=START, timer="2026-W02", policy=KEY)
    policy = CaseSummary(key=KEY)
    assert [*policy.decide(fired, desk.view())] == []


def test_a_shadow_sums_up_for_itself() -> None:
    """Its decisions are kept, and told."""
    desk = teaching(mode=Mode.SHADOW)
    breach(desk, START)
    (summary,) = summaries(desk.advance(START + 40 * DAY))
    assert summary.mode is Mode.SHADOW


def test_the_rules_are_reviewed_on_a_period() -> None:
    """With what happened since the last time."""
    owner = RoleName("owner")
    monthly = Schedule.parse("FREQ=MONTHLY")
    policy = RuleReview(key=KEY, schedule=monthly, duty=owner)
    desk = Desk(policy)
    breach(desk, START)
    breach(desk, START + DAY)
    step = breach(desk, START + 30 * DAY)
    (first,) = [d for d in step if isinstance(d, Recommend)]
    assert (first.action, first.at) == ("review_rules", at("2026-02-01 00:00"))
    assert first.properties == {"duty": "owner", "version": 1, "breaches": 2}
    (second,) = desk.advance(START + 60 * DAY).decisions
    assert second.because["breaches"] == 1
    king = RuleReview(key=KEY, schedule=monthly, duty=RoleName("king"))
    assert [where for where, _, _ in king.problems(Book())] == ["duty"]
    assert [*policy.problems(Book())] == []
