"""The staffing plan: gaps that last are told once, filled ones never."""

from datetime import datetime
from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Recommend
from community_sdk.engine import Step
from community_sdk.model import MemberId, PolicyKey, Post, Role, RoleName, Roster
from community_sdk.policies import StaffingPlan
from community_sdk.wording import say
from tests.unit.desk import DAY, HOME, HOUR, START, Desk

HOST, HELP, BOSS = (RoleName(name) for name in ("host", "help", "boss"))
ROLES = tuple(Role(name=role) for role in (HOST, HELP, BOSS))


def plan(*posts: Post, skills: tuple[str, ...] = (), **more: Any) -> Desk:
    """A community with posts and skills to cover."""
    roster = Roster(posts=posts, skills=skills)
    desk = Desk(
        StaffingPlan(key=PolicyKey("plan"), **more),
        community=evolve(HOME, roster=roster),
        roles=ROLES,
    )
    desk.tell(ev.Joined, START, "zoe")
    return desk


def told(step: Step) -> list[tuple[Any, ...]]:
    """What was recommended, of what, when."""
    return [
        (d.action, *d.properties.values(), d.at)
        for d in step.decisions
        if isinstance(d, Recommend)
    ]


def give(desk: Desk, who: str, role: RoleName, when: datetime, **more: Any) -> Step:
    """Give a role."""
    return desk.tell(ev.RoleAssigned, when, who, role=role, **more)


def test_a_vacancy_is_told_once_when_it_lasted() -> None:
    """And again only after it was filled."""
    desk = plan(Post(role=HOST))
    assert told(desk.advance(START + DAY - HOUR)) == []
    assert told(desk.advance(START + 9 * DAY)) == [("fill_post", "host", START + DAY)]
    give(desk, "ann", HOST, START + 10 * DAY, until=START + 12 * DAY)
    assert "没有人可以替补" in say(desk.engine.standing("ann"), "zh")
    step = desk.advance(START + 30 * DAY)
    assert told(step) == [
        ("name_a_substitute", "host", START + 11 * DAY),
        ("fill_post", "host", START + 13 * DAY),
    ]
    assert not desk.engine.community.timers


def test_what_is_filled_in_time_is_never_told() -> None:
    """Within the patience."""
    desk = plan(Post(role=HOST), patience=Duration.parse("2d"))
    give(desk, "ann", HOST, START + DAY)
    give(desk, "bo", HOST, START + DAY)
    assert told(desk.advance(START + 30 * DAY)) == []
    assert "人员配置没有缺口" in say(desk.engine.standing("ann"), "zh")


@pytest.mark.parametrize(
    ("holders", "actions"),
    [
        ([], ["fill_post"]),
        (["ann"], ["fill_post", "name_a_substitute"]),
        (["ann", "bo"], ["add_hands"]),
        (["ann", "bo", "cy"], []),
    ],
)
def test_vacant_thin_and_alone(holders: list[str], actions: list[str]) -> None:
    """Below the minimum, below the count, nobody beside."""
    desk = plan(Post(role=HOST, count=3, minimum=2))
    for who in holders:
        give(desk, who, HOST, START)
    assert [action for action, *_ in told(desk.advance(START + 2 * DAY))] == actions


@pytest.mark.parametrize(("who", "alone"), [("ann", True), ("bo", False), (None, True)])
def test_somebody_else_must_be_able_to_stand_in(
    who: str | None, *, alone: bool
) -> None:
    """A holder of a role that substitutes, and another person."""
    desk = plan(Post(role=HOST, substitutes=(HELP,)))
    give(desk, "ann", HOST, START)
    if who is not None:
        give(desk, who, HELP, START)
    assert bool(told(desk.advance(START + 2 * DAY))) is alone


def test_skills_are_covered_by_the_team_together() -> None:
    """By anybody who holds a post; one who gave it up, forgot it or left does not."""
    desk = plan(Post(role=HOST), skills=("talking", "writing"))
    for who, skill in (("ann", "talking"), ("bo", "writing")):
        give(desk, who, HOST, START)
        desk.tell(ev.SkillNoted, START, who, skill=skill)
    desk.tell(ev.SkillNoted, START, "cy", skill="design")
    assert told(desk.advance(START + 2 * DAY)) == []
    desk.tell(ev.SkillNoted, START + 2 * DAY, "ann", skill="talking", able=False)
    desk.tell(ev.RoleEnded, START + 2 * DAY, "bo", role=HOST)
    step = desk.advance(START + 9 * DAY)
    assert told(step) == [
        ("name_a_substitute", "host", START + 3 * DAY),
        ("find_skill", "talking", START + 3 * DAY),
        ("find_skill", "writing", START + 3 * DAY),
    ]
    assert step.decisions[1].because.key == "staffing.skill"


@pytest.mark.parametrize("make", [ev.Left, ev.MemberRemoved])
def test_who_is_gone_holds_no_post(make: Any) -> None:
    """Though the role was never taken back; coming back is holding it again."""
    desk = plan(Post(role=HOST))
    for who in ("ann", "bo"):
        desk.tell(ev.Joined, START, who)
        give(desk, who, HOST, START)
        desk.tell(make, START + HOUR, who)
    desk.tell(ev.Joined, START + 2 * HOUR, "bo")
    desk.tell(ev.Joined, START + 3 * HOUR, "ann")
    assert told(desk.advance(START + 9 * DAY)) == []
    desk.tell(make, START + 9 * DAY, "ann")
    assert [a for a, *_ in told(desk.advance(START + 20 * DAY))] == [
        "name_a_substitute"
    ]


def test_a_planned_term_counts_from_its_beginning() -> None:
    """A span that lies ahead is no holder yet."""
    desk = plan(Post(role=HOST))
    for who in ("ann", "bo"):
        give(desk, who, HOST, START, since=START + 5 * DAY)
    assert told(desk.advance(START + 4 * DAY)) == [("fill_post", "host", START + DAY)]
    desk.advance(START + 6 * DAY)
    assert desk.engine.community.slices["plan"]["gaps"] == {}


def test_two_accounts_are_one_person() -> None:
    """What one can, the other can; alone is alone."""
    desk = plan(Post(role=HOST), skills=("writing",))
    give(desk, "ann", HOST, START)
    give(desk, "alt", HOST, START)
    desk.tell(ev.SkillNoted, START, "alt", skill="writing")
    desk.tell(ev.IdentityLinked, START + HOUR, "ann", alias=MemberId("alt"))
    assert [a for a, *_ in told(desk.advance(START + 2 * DAY))] == ["name_a_substitute"]


def test_a_gap_is_told_with_its_figures() -> None:
    """How many hold the post, how many must, and its level."""
    desk = plan(Post(role=BOSS, level="sets_up"))
    step = desk.advance(START + 2 * DAY)
    why = step.decisions[0].because
    assert (why["gap"], why["level"], why["holders"]) == ("vacant", "sets_up", 0)
    assert "空缺" in say(why, "zh")
    assert "has been vacant since" in say(why, "en")
