"""Funnels with more than the plain order: accounts, standing, exclusions, files."""

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.errors import DefinitionError
from community_sdk.metrics.funnel import Exclusion, FieldTest
from community_sdk.model import Community, CommunityId, MemberId, RoleName
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import Funnel, FunnelStep
from tests.unit.desk import DAY, HOUR, START, Desk, head
from tests.unit.policies.test_funnel import (
    KEY,
    MAKES,
    WORDS,
    desk_view,
    funnel,
    nudges,
    stages,
)


@pytest.mark.parametrize("more", [{}, {"order": "unordered"}, {"entry": "totals"}])
def test_two_accounts_of_one_person_go_on_together(more: dict[str, Any]) -> None:
    """What either did counts from the beginning, and is announced with the link."""
    mine = funnel(**more)
    desk = Desk(mine)
    desk.tell(ev.Joined, START, "ann")
    desk.tell(ev.Joined, START + 2 * HOUR, "ben")
    desk.post(START + HOUR, "ben")
    step = desk.tell(ev.IdentityLinked, START + 3 * HOUR, "ann", alias=MemberId("ben"))
    # In any order ben had come as far alone.
    assert stages(step) == ([] if "order" in more else [1])
    assert stages(desk.tell(ev.Introduced, START + 4 * HOUR, "ben")) == [2]
    assert mine.standing(desk_view(desk, mine)).key == "funnel.done"


@pytest.mark.parametrize("done", ["ann", "ben"])
def test_who_arrived_with_one_account_has_arrived(done: str) -> None:
    """Whichever of the two it was; nothing is announced again."""
    desk, mine = Desk(funnel()), funnel()
    for nth, word in enumerate(WORDS[:3]):
        desk.tell(MAKES[word], START + nth * HOUR, done)
    other = {"ann": "ben", "ben": "ann"}[done]
    desk.tell(ev.Joined, START, other)
    link = desk.tell(ev.IdentityLinked, START + 9 * HOUR, "ann", alias=MemberId("ben"))
    assert stages(link) == []
    assert mine.standing(desk_view(desk, mine)).key == "funnel.done"


def test_a_step_asks_how_the_member_stands() -> None:
    """As is known when the event comes in; over a history somebody has to tell."""
    steps = (
        FunnelStep(event="joined"),
        FunnelStep(event="message", when=parse_condition('has("role", "host")')),
    )
    mine = Funnel(key=KEY, steps=steps, window=Duration.parse("7d"))
    desk = Desk(mine)
    told = [ev.Joined(**head("j", START)), ev.MessagePosted(**head("m", START + HOUR))]
    assert [stages(desk.engine.receive(e)) for e in told] == [[0], []]
    desk.tell(ev.RoleAssigned, START + 2 * HOUR, role=RoleName("host"))
    assert stages(desk.post(START + 3 * HOUR)) == [1]
    with pytest.raises(DefinitionError, match="judge"):
        mine.analyse(told)
    for held, level in (({1}, 1), (set[int](), 0)):

        def judge(_: ev.Event, step: int, held: set[int] = held) -> bool:
            return step in held

        (outcome,) = mine.analyse(told, judge=judge).report().outcomes
        assert outcome.attempt.level == level
    assert mine.metrics


def test_all_attempts_are_told_where_all_count() -> None:
    """A new one begins when the one before is complete or its time is over."""
    desk = Desk(funnel("joined", "message", window="10h", entry="totals"))
    told = [
        stages(desk.tell(MAKES[word], START + hour * HOUR))
        for hour, word in (
            (0, "joined"),
            (1, "joined"),
            (2, "message"),
            (3, "joined"),
            (20, "joined"),
            (21, "message"),
        )
    ]
    assert told == [[0], [], [1], [0], [0], [1]]


def test_an_excluded_attempt_does_not_count() -> None:
    """What was announced stands; the standing tells what holds now."""
    mine = funnel(
        exclusions=(Exclusion(event="left", after=0, before=2),), nudge="call"
    )
    desk = Desk(mine)
    desk.tell(ev.Joined, START)
    desk.tell(ev.Left, START + HOUR)
    assert mine.standing(desk_view(desk, mine)).key == "funnel.not_entered"
    assert desk.member().timers == {}
    assert stages(desk.tell(ev.Joined, START + 2 * HOUR)) == []
    assert mine.standing(desk_view(desk, mine)).key == "funnel.standing"
    assert nudges(desk.advance(START + 30 * DAY)) == [(0, START + 7 * DAY + 2 * HOUR)]


def test_a_file_holds_everything_that_a_funnel_asks() -> None:
    """Written and read back it is the same funnel."""
    steps = (
        FunnelStep(event="joined", first_time="event"),
        FunnelStep(
            event="message",
            where=(("reply", True),),
            tests=(FieldTest(field="length", op=">=", value=10),),
            optional=True,
            when=parse_condition('count("message", "7d") >= 2'),
            title={"zh": "开口"},
        ),
        FunnelStep(event="purchase", within=Duration.parse("1 month")),
    )
    mine = Funnel(
        key=KEY,
        steps=steps,
        window=Duration.parse("30d"),
        order="strict",
        ties="position",
        entry="totals",
        exclusions=(Exclusion(event="left", after=1, before=2),),
        exclusion_scope="user",
        same=("group",),
        among=("message",),
        reuse_event=True,
    )
    home = Community(key=CommunityId("home"))
    book = Playbook(community=home, policies=(mine,))
    assert loads(dumps(book)) == book
