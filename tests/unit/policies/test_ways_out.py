"""Exits, peace after a complaint, one of several groups, alerts (S03 S06 S25 S29)."""

from __future__ import annotations

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Recommend
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Community,
    CommunityId,
    Group,
    GroupId,
    Mark,
    MemberId,
    PolicyKey,
    RoleName,
)
from community_sdk.policies import (
    AlertPolicy,
    ContactCoolDown,
    DoubleMembership,
    ExitPolicy,
    OnboardingPolicy,
)
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk

KEY = PolicyKey("k")
A, B, C = GroupId("a"), GroupId("b"), GroupId("c")
HOST = RoleName("host")
HOME = Community(key=CommunityId("home"), groups=tuple(Group(key=k) for k in (A, B, C)))


def actions(step: Any) -> list[str]:
    """What is recommended."""
    return [d.action for d in step.decisions if isinstance(d, Recommend)]


# -- exits -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "more", "told"),
    [
        (ev.Left, {}, ["say_goodbye"]),
        (ev.Left, {"reason": "price"}, ["offer_help"]),
        (ev.Left, {"group": "a"}, []),
        (ev.MemberRemoved, {}, []),
    ],
)
def test_an_exit_is_followed_up(
    make: Any, more: dict[str, Any], told: list[str]
) -> None:
    """By its reason; leaving one group is no exit, nobody waves to who was removed."""
    desk = Desk(ExitPolicy(key=KEY, follow_up={"price": "offer_help"}), community=HOME)
    desk.tell(ev.Joined, START)
    desk.tell(ev.Joined, START, group="a")
    assert actions(desk.tell(make, START + HOUR, **more)) == told


@pytest.mark.parametrize("end", [True, False])
def test_roles_of_who_goes_are_to_be_ended(end: object) -> None:
    """The explanation says what stays."""
    desk = Desk(ExitPolicy(key=KEY, end_roles=bool(end), points="forfeited"))
    desk.tell(ev.Joined, START)
    desk.tell(ev.RoleAssigned, START, role=HOST)
    desk.tell(ev.RuleBroken, START + HOUR, rule="quiet")
    step = desk.tell(ev.Left, START + DAY)
    assert actions(step) == ["say_goodbye", *(["end_roles"] if end else [])]
    why = step.decisions[0].because
    assert [why[n] for n in ("strikes", "running", "points")] == [1, 0, "forfeited"]


# -- peace -----------------------------------------------------------------------------


def test_who_complained_is_left_alone() -> None:
    """Up to the end of the pause, which is excluded; a later complaint extends it."""
    policies = (
        ContactCoolDown(key=KEY, lasts=Duration.parse("2d")),
        OnboardingPolicy(key=PolicyKey("first")),
    )
    desk = Desk(*policies, community=HOME)
    desk.tell(ev.Joined, START, "cy")
    for hour in (0, 12):
        step = desk.tell(
            ev.ComplaintFiled, START + hour * HOUR, "bo", actor="ann", topic="noise"
        )
        assert step.decisions[-1].member == "ann"
    ends = START + 2 * DAY + 12 * HOUR
    greeted: list[list[str]] = []
    for when in (START + DAY, ends - TICK, ends):
        step = desk.tell(ev.Joined, when)
        greeted.append([d.kind for d in step.decisions])
        assert len(step.suppressed) == (when < ends)
        desk.tell(ev.Left, when)
    assert greeted == [[], [], ["greet"]]
    assert desk.tell(ev.Joined, START + 3 * DAY, "bo").decisions[0].kind == "greet"


def test_a_shorter_pause_shortens_nothing() -> None:
    """The one that ends later stands; events of nobody begin none."""
    long = ContactCoolDown(key=KEY, lasts=Duration.parse("9d"), after=("rule_broken",))
    short = ContactCoolDown(
        key=PolicyKey("s"), lasts=Duration.parse("1d"), after=("left", "custom")
    )
    desk = Desk(long, short)
    desk.tell(ev.RuleBroken, START, rule="quiet")
    until = desk.member().passage.paused
    desk.tell(ev.Left, START + HOUR)
    assert desk.member().passage.paused == until


# -- one of several --------------------------------------------------------------------


def twice(**given: Any) -> Desk:
    """Groups a and b, of which one is enough."""
    return Desk(DoubleMembership(key=KEY, groups=(A, B), **given), community=HOME)


@pytest.mark.parametrize(
    ("given", "leave"),
    [
        ({}, "b"),
        ({"keep": "named", "named": B}, "a"),
        ({"keep": "most_active"}, "a"),
    ],
)
def test_one_is_kept_by_the_rule(given: dict[str, Any], leave: str) -> None:
    """The oldest, the one named, the one written in most."""
    desk = twice(**given)
    desk.tell(ev.Joined, START, group="a")
    for nth in range(3):
        desk.post(START + nth * HOUR, group="b")
    (found,) = desk.tell(ev.Joined, START + DAY, group="b").decisions
    assert isinstance(found, Recommend)
    assert (found.action, found.group) == ("leave_group", leave)
    assert found.because["kept"] == ({"a", "b"} - {leave}).pop()


def test_equal_ones_go_by_age_and_name() -> None:
    """Nobody wrote: the older entry stays; at one instant, the first name."""
    desk = twice(keep="most_active")
    desk.tell(ev.Joined, START, group="b")
    (found,) = desk.tell(ev.Joined, START, group="a").decisions
    assert found.group == "b"


@pytest.mark.parametrize(
    ("more", "kind"),
    [({}, "refuse_admission"), ({"at_entry": "let_in"}, None)],
)
def test_a_second_group_is_refused_at_entry(
    more: dict[str, Any], kind: str | None
) -> None:
    """Naming the first; other groups, and the same again, are no matter."""
    desk = twice(**more)
    desk.tell(ev.Joined, START, group="a")
    told = [
        [d.kind for d in desk.tell(make, START + HOUR, group=group).decisions]
        for make, group in (
            (ev.JoinRequested, "b"),
            (ev.Invited, "b"),
            (ev.JoinRequested, "a"),
            (ev.JoinRequested, "c"),
        )
    ]
    assert told == [[kind] if kind else []] * 2 + [[], []]


def test_staff_may_be_in_all() -> None:
    """Who holds an exempt role; two accounts that are one person are found."""
    desk = twice(exempt=(HOST,))
    desk.tell(ev.RoleAssigned, START, "bo", role=HOST)
    for name, group in (("bo", "a"), ("bo", "b"), ("ann", "a"), ("ann_2", "b")):
        assert not desk.tell(ev.Joined, START, name, group=group).decisions
    step = desk.tell(ev.IdentityLinked, START + HOUR, alias=MemberId("ann_2"))
    assert [(d.kind, d.group) for d in step.decisions] == [("recommend", "b")]


def test_what_the_rule_names_has_to_be_there() -> None:
    """The group kept is one of the set; groups and roles are of the playbook."""
    with pytest.raises(DefinitionError) as caught:
        twice(keep="named")
    assert caught.value.code == "double.named"
    odd = DoubleMembership(
        key=KEY, groups=(A, GroupId("x")), exempt=(HOST, RoleName("bos"))
    )
    found = [path for path, _, _ in odd.problems(Book(community=HOME))]
    assert found == ["groups[1]", "exempt[1]"]


# -- alerts ----------------------------------------------------------------------------


def watch(**given: Any) -> Desk:
    """Links and cards are shown to the host."""
    marks = (Mark.LINK, Mark.CARD)
    return Desk(AlertPolicy(key=KEY, duty=HOST, marks=marks, **given))


def test_a_mark_is_shown_without_a_strike() -> None:
    """Links of messages too; other marks, and messages without, are passed over."""
    desk = watch()
    told = [
        actions(desk.tell(ev.ContentNoticed, START, mark=mark))
        for mark in (Mark.CARD, *(m for m in Mark if m not in (Mark.CARD, Mark.LINK)))
    ]
    assert told[0] == ["look_at"]
    assert not any(told[1:])
    assert actions(desk.post(START, link=True)) == ["look_at"]
    assert actions(desk.post(START)) == []
    assert not desk.member().strikes


def test_it_is_shown_again_after_a_time() -> None:
    """From the last one shown on, its end included; each mark by itself."""
    desk = watch(again_after=Duration.parse("1h"), exempt=(RoleName("owner"),))
    told = [
        actions(desk.post(START + after, link=True))
        for after in (0 * HOUR, HOUR - TICK, HOUR, HOUR + TICK, 2 * HOUR)
    ]
    assert told == [["look_at"], [], ["look_at"], [], ["look_at"]]
    assert actions(desk.tell(ev.ContentNoticed, START + 2 * HOUR, mark=Mark.CARD))
    desk.tell(ev.RoleAssigned, START + 3 * HOUR, role=RoleName("owner"))
    assert actions(desk.post(START + DAY, link=True)) == []


def test_alerts_go_to_a_duty_of_the_playbook() -> None:
    """So do exemptions."""
    odd = AlertPolicy(
        key=KEY,
        duty=RoleName("x"),
        marks=(Mark.LINK,),
        exempt=(HOST, RoleName("y")),
    )
    assert [path for path, _, _ in odd.problems(Book())] == ["duty", "exempt[1]"]
