"""Onboarding: one welcome per membership, tasks, reminders, help where one fails."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Decision, Greet, OpenObligation, Recommend, Remind
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import Community, CommunityId, PolicyKey
from community_sdk.policies import NicknameFormat, OnboardingPolicy, OnboardingTask
from tests.unit.desk import DAY, HOUR, START, TICK, Desk, at

KEY = PolicyKey("on")
WEEK = Duration.parse("7d")
TASK = OnboardingTask(what="introduce", met_by="introduced", within=WEEK)
NAME = NicknameFormat(parts=("interest", "city", "job"))


def policy(*tasks: OnboardingTask, **given: Any) -> OnboardingPolicy:
    """An onboarding policy."""
    return OnboardingPolicy(key=KEY, tasks=tasks, **given)


def kinds(step: Step) -> list[str]:
    """What was decided, in order."""
    return [decision.kind for decision in step.decisions]


def of(step: Step, kind: type[Decision]) -> list[Any]:
    """The decisions of one kind."""
    return [decision for decision in step.decisions if isinstance(decision, kind)]


def test_a_newcomer_is_greeted_and_told_what_is_expected() -> None:
    """With the text of the playbook, in the group that was joined."""
    task = OnboardingTask(
        what="introduce",
        met_by="introduced",
        within=WEEK,
        where=(("group", "hall"),),
        remind=(Duration.parse("3d"), Duration.parse("5d")),
        duty="host",
    )
    desk = Desk(policy(task, welcome="hello"))
    step = desk.tell(ev.Joined, START, group="hall", channel="poster")
    greet, opened = step.decisions
    assert isinstance(greet, Greet)
    assert (greet.template, greet.group, greet.member) == ("hello", "hall", "ann")
    assert (greet.because["channel"], greet.because["joined"]) == (
        "poster",
        START.isoformat(),
    )
    assert isinstance(opened, OpenObligation)
    assert (opened.what, opened.met_by, opened.duty) == (
        "introduce",
        "introduced",
        "host",
    )
    assert (opened.due, opened.where) == (START + 7 * DAY, (("group", "hall"),))
    assert opened.reminders == (START + 3 * DAY, START + 5 * DAY)


@pytest.mark.parametrize(
    ("told", "greeted"),
    [
        ([("joined", 0), ("joined", 0)], 1),
        ([("joined", 0), ("joined", 5)], 1),
        ([("joined", 5), ("joined", 0)], 1),
        ([("message", 5), ("joined", 0)], 1),
        ([("message", 0), ("joined", 5)], 0),
        ([("joined", 0), ("left", 1), ("joined", 2)], 2),
        ([("joined", 0), ("left", 1), ("message", 2), ("joined", 3)], 1),
        ([("joined", 0), ("out", 1), ("joined", 2), ("joined", 3)], 2),
    ],
)
def test_a_membership_is_greeted_once(
    told: list[tuple[str, int]], greeted: int
) -> None:
    """Not by telling it twice, not for another group, not for an older one told late.

    Coming back after leaving is a new membership. Who was seen before is no newcomer.
    """
    makes: dict[str, Callable[..., ev.Event]] = {
        "joined": ev.Joined,
        "message": ev.MessagePosted,
        "left": ev.Left,
        "out": ev.MemberRemoved,
    }
    desk, found = Desk(policy()), 0
    for nth, (what, hour) in enumerate(told):
        step = desk.tell(makes[what], START + hour * HOUR, group=None, seq=nth)
        found += kinds(step).count("greet")
    assert found == greeted


def test_one_more_group_is_no_new_membership() -> None:
    """Joining three rooms is one welcome."""
    desk = Desk(policy())
    steps = [desk.tell(ev.Joined, START + n * HOUR, group=f"g{n}") for n in range(3)]
    assert [kinds(step) for step in steps] == [["greet"], [], []]


def test_who_was_imported_is_no_newcomer() -> None:
    """The membership began elsewhere, long ago."""
    desk = Desk(policy(TASK))
    desk.tell(ev.MembershipImported, START, since=START - 99 * DAY)
    assert kinds(desk.tell(ev.Joined, START + HOUR)) == []


def test_bots_are_not_welcomed() -> None:
    """They read no text."""
    assert kinds(Desk(policy(TASK)).tell(ev.Joined, START, bot=True)) == []


@pytest.mark.parametrize(
    ("after", "missed"), [(7 * DAY, False), (7 * DAY + TICK, True)]
)
def test_a_missed_task_calls_for_a_personal_word(
    after: timedelta, missed: object
) -> None:
    """The last instant is in time; beyond it somebody should help."""
    desk = Desk(policy(TASK, rescue="call"))
    desk.tell(ev.Joined, START)
    found = of(desk.advance(START + after), Recommend)
    assert bool(found) is missed
    if missed:
        (rescue,) = found
        assert (rescue.action, rescue.properties) == ("call", {"task": "introduce"})
        assert (rescue.member, rescue.at) == ("ann", START + 7 * DAY)
        assert rescue.because["due"] == (START + 7 * DAY).isoformat()


def test_a_task_that_is_met_is_neither_reminded_nor_missed() -> None:
    """What was done in time is done."""
    task = OnboardingTask(
        what="introduce", met_by="introduced", within=WEEK, remind=(WEEK.parse("3d"),)
    )
    desk = Desk(policy(task))
    desk.tell(ev.Joined, START)
    step = desk.tell(ev.Introduced, START + 2 * DAY)
    assert [fact.kind for fact in step.facts] == ["obligation_met"]
    assert desk.advance(START + 30 * DAY).decisions == ()


def test_reminders_come_when_they_were_promised() -> None:
    """Counted from joining; months by the calendar of the community."""
    remind = tuple(map(Duration.parse, ("1d", "1 month")))
    task = OnboardingTask(
        what="pay", met_by="purchase", within=Duration.parse("2 months"), remind=remind
    )
    home = Community(key=CommunityId("home"), zone="Europe/London")
    desk = Desk(policy(task), community=home)
    joined = at("2026-03-10 09:00", "Europe/London")
    desk.tell(ev.Joined, joined)
    found = of(desk.advance(joined + 99 * DAY), Remind)
    assert [(r.what, r.at) for r in found] == [
        ("pay", at("2026-03-11 09:00", "Europe/London")),
        ("pay", at("2026-04-10 09:00", "Europe/London")),
    ]


def test_leaving_ends_the_tasks() -> None:
    """Nobody runs after one who has gone."""
    desk = Desk(policy(TASK))
    desk.tell(ev.Joined, START)
    desk.tell(ev.Left, START + DAY)
    assert desk.advance(START + 30 * DAY).decisions == ()


def test_somebody_elses_task_is_not_rescued() -> None:
    """Only what this policy asks for."""
    other = OnboardingPolicy(
        key=PolicyKey("other"),
        tasks=(OnboardingTask(what="pay", met_by="purchase", within=WEEK),),
    )
    desk = Desk(policy(TASK), other)
    desk.tell(ev.Joined, START)
    found = of(desk.advance(START + 8 * DAY), Recommend)
    assert sorted((r.policy, r.properties["task"]) for r in found) == [
        ("on", "introduce"),
        ("other", "pay"),
    ]


def test_the_standing_tells_what_is_open() -> None:
    """Its own tasks, with their last instant."""
    mine = policy(TASK)
    desk = Desk(mine)
    desk.tell(ev.Joined, START)
    why = mine.standing(desk.view())
    assert (why.key, why["open"]) == ("onboarding.standing", 1)
    assert why.parts[0]["due"] == (START + 7 * DAY).isoformat()
    desk.tell(ev.Introduced, START + DAY)
    assert mine.standing(desk.view()).parts == ()


@pytest.mark.parametrize(
    ("remind", "within"), [("7d", "7d"), ("8d", "7d"), ("31d", "1 month")]
)
def test_reminders_come_before_the_end(remind: str, within: str) -> None:
    """One at the end or after it reminds of nothing."""
    task = OnboardingTask(
        what="x",
        met_by="y",
        within=Duration.parse(within),
        remind=(Duration.parse(remind),),
    )
    with pytest.raises(DefinitionError) as caught:
        policy(task)
    assert caught.value.code == "onboarding.remind"


@pytest.mark.parametrize(
    ("nickname", "key"),
    [
        ("sailing-Dalian-teacher", "nickname.fits"),
        ("帆船－大连－教师", "nickname.fits"),
        ("帆船—大连·教师", "nickname.fits"),
        ("帆船・大连‐教师", "nickname.fits"),
        ("ｓａｉｌ - Dalian − teacher", "nickname.fits"),
        ("sailing-Dalian", "nickname.parts"),
        ("sailing-Dalian-teacher-3", "nickname.parts"),
        ("", "nickname.parts"),
        ("sailing--teacher", "nickname.empty"),
        ("sailing-\u3000-teacher", "nickname.empty"),
        ("-Dalian-teacher", "nickname.empty"),
    ],
)
def test_nicknames_have_parts(nickname: str, key: str) -> None:
    """Whatever dash or dot was typed, however wide the letters; no part is empty."""
    why = NAME.check(nickname)
    assert (why.key, why["wanted"]) == (key, "interest-city-job")
    assert NAME.conforms(nickname) is (key == "nickname.fits")
    if key == "nickname.parts":
        assert (why["count"], why["found"]) != (3, 3)


@pytest.mark.parametrize(
    ("separator", "nickname", "fits"),
    [
        ("_", "Anne-Marie_Dalian", True),
        ("_", "Anne—Marie", False),
        ("·", "sail·Dalian", True),
        ("·", "sail-Dalian", True),
        ("/", "sail／Dalian", True),
        ("\\1", "a\\1b", True),
    ],
)
def test_other_separators_do_not_make_dashes_separate(
    separator: str, nickname: str, fits: object
) -> None:
    """A dash separates only where the separator is one."""
    form = NicknameFormat(parts=("a", "b"), separator=separator)
    assert form.conforms(nickname) is fits


@pytest.mark.parametrize("given", [{"parts": ()}, {"parts": ("a",), "separator": ""}])
def test_a_format_has_parts_and_a_separator(given: dict[str, Any]) -> None:
    """Nothing can be split by nothing."""
    with pytest.raises(ValueError, match="must be >= 1"):
        NicknameFormat(**given)
