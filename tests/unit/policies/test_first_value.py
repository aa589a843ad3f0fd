"""First days: surveys, introductions, concerns, and the time to first value (S04)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import Condition, count, has, strikes
from community_sdk.decisions import AskForMore, Recommend
from community_sdk.errors import DefinitionError
from community_sdk.model import PolicyKey, RoleName
from community_sdk.policies import (
    FirstValuePolicy,
    NewcomerStep,
    OnboardingPolicy,
    OnboardingTask,
    Questionnaire,
    SurveyField,
)
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk

KEY = PolicyKey("first")
LATER = Duration.parse("3d")
SURVEY = Questionnaire(
    survey="entry",
    within=LATER,
    fields=(SurveyField(name="car"), SurveyField(name="job", required=False)),
)


def value(when: Condition = count("message", "30d") >= 1) -> FirstValuePolicy:  # noqa: B008 - a value
    """The moment has to come within three days."""
    return FirstValuePolicy(key=KEY, when=when, within=LATER)


def test_gaps_of_a_survey_are_asked_for() -> None:
    """Required questions alone; another survey, and one without parts, is passed."""
    desk = Desk(OnboardingPolicy(key=KEY, questionnaire=SURVEY))
    desk.tell(ev.Joined, START)
    told = [
        [
            d.missing
            for d in desk.tell(
                ev.SurveyAnswered, START + HOUR, survey=survey, answered=parts
            ).decisions
            if isinstance(d, AskForMore)
        ]
        for survey, parts in (
            ("entry", ("job",)),
            ("entry", ("car",)),
            ("entry", ()),
            ("other", ("job",)),
        )
    ]
    assert told == [[("car",)], [], [], []]


def test_gaps_of_an_introduction_are_asked_for() -> None:
    """Where the parts are known."""
    desk = Desk(OnboardingPolicy(key=KEY, introduction=("who", "why")))
    told = [
        len(desk.tell(ev.Introduced, START, parts=parts).decisions)
        for parts in (("who",), (), ("who", "why"))
    ]
    assert told == [1, 0, 0]


def test_concerns_are_answered_all_or_none() -> None:
    """A step for one leaves four open."""
    step = NewcomerStep(what="meet", duty=RoleName("host"), concern="ties")
    with pytest.raises(DefinitionError) as caught:
        OnboardingPolicy(key=KEY, steps=(step,))
    assert caught.value.code == "onboarding.concerns"
    assert "`power`" in str(caught.value)


def test_reminders_come_before_the_end() -> None:
    """One at the end itself is refused."""
    task = OnboardingTask(what="x", met_by="message", within=LATER, remind=(LATER,))
    with pytest.raises(DefinitionError) as caught:
        OnboardingPolicy(key=KEY, tasks=(task,))
    assert caught.value.code == "onboarding.remind"


def test_duties_and_rules_are_of_the_playbook() -> None:
    """Others are named by their place."""
    step = NewcomerStep(what="meet", duty=RoleName("bos"))
    policy = OnboardingPolicy(key=KEY, steps=(step,))
    assert [p for p, _, _ in policy.problems(Book())] == ["steps[0].duty"]


@pytest.mark.parametrize(
    ("after", "kinds"),
    [(3 * DAY, []), (3 * DAY + TICK, ["recommend"])],
)
def test_who_has_no_moment_in_time_is_helped(
    after: timedelta, kinds: list[str]
) -> None:
    """After the end, which is included."""
    desk = Desk(value())
    desk.tell(ev.Joined, START)
    step = desk.advance(START + after)
    assert [d.kind for d in step.decisions] == kinds
    assert all(d.because.key == "value.late" for d in step.decisions)


def test_the_moment_is_noted_once() -> None:
    """With how long it took; then nobody is helped."""
    desk = Desk(value())
    assert desk.engine.standing("ann").parts[0].key == "value.no_newcomer"
    desk.tell(ev.Joined, START)
    assert desk.engine.standing("ann").parts[0].key == "value.open"
    kinds = [[d.kind for d in desk.post(START + n * HOUR).decisions] for n in (1, 2)]
    assert kinds == [["note_first_value"], []]
    assert desk.engine.standing("ann").parts[0].key == "value.standing"
    assert not desk.advance(START + 9 * DAY).decisions


def test_who_has_gone_is_not_helped() -> None:
    """Nor is who never came in."""
    desk = Desk(value())
    desk.tell(ev.Joined, START)
    desk.tell(ev.Left, START + DAY)
    assert not desk.advance(START + 9 * DAY).decisions


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (has("role", "host"), {"role_assigned", "role_ended"}),
        (strikes("30d") >= 1, {"rule_broken", "strike_overturned"}),
    ],
)
def test_it_listens_to_what_the_condition_counts(
    when: Condition, words: set[str]
) -> None:
    """And to nothing else than entries and its own timer."""
    assert value(when).words >= words | {"joined", "timer_fired"}


def test_help_is_one_action_of_the_playbook() -> None:
    """Named by the policy."""
    desk = Desk(
        FirstValuePolicy(
            key=KEY, when=count("message", "30d") >= 1, within=LATER, help="call"
        )
    )
    desk.tell(ev.Joined, START)
    (found,) = desk.advance(START + 4 * DAY).decisions
    assert isinstance(found, Recommend)
    assert found.action == "call"
