"""Turns of duty, presence, conduct, and signs that somebody may leave."""

from datetime import datetime
from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Dates, Duration, Hours, PeriodUnit
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Escalate, OpenObligation, Recommend
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Escalation,
    MemberId,
    PolicyKey,
    RoleName,
    Roster,
    Rota,
    RuleCode,
    Shift,
    Swap,
    WorkDays,
)
from community_sdk.policies import DutyRota, Fall, Signal, StaffCare, StaffConduct
from community_sdk.wording import say
from tests.unit.desk import DAY, HOME, HOUR, START, Book, Desk

HOST, OWNER = RoleName("host"), RoleName("owner")
KEY = PolicyKey("p")
MONDAY = START.replace(hour=0)
ROTA = Rota(
    role=HOST,
    people=(MemberId("ann"), MemberId("bo")),
    first=Dates.parse("2026-01-05..2026-01-06"),
    swaps=(Swap(dates=Dates.parse("2026-01-13..2026-01-14"), person=MemberId("cy")),),
)
OFFICE = Roster(
    days=WorkDays(holidays=(Dates.parse("2026-01-09"),)),
    shifts=(Shift(roles=(HOST,), hours=(Hours.parse("09:00-17:00"),)),),
    rotas=(ROTA,),
)


def desk(policy: Any, roster: Roster = OFFICE) -> Desk:
    """A community with a roster and one policy."""
    return Desk(policy, community=evolve(HOME, roster=roster))


def rota(**more: Any) -> DutyRota:
    """Clear ads, in turn."""
    return DutyRota(key=KEY, role=HOST, what="clear_ads", **more)


def tasks(step: Step) -> list[tuple[str | None, datetime | None, datetime]]:
    """Whose task, when it was set, when it is due."""
    return [
        (d.member, d.at, d.due) for d in step.decisions if isinstance(d, OpenObligation)
    ]


def test_turns_are_set_as_tasks_one_after_the_other() -> None:
    """From the first shift of the turn to its last; days off do not count."""
    one = desk(rota())
    for who in ("ann", "bo", "cy", "dee"):
        one.tell(ev.Joined, MONDAY, who)
    step = one.advance(MONDAY + 13 * DAY)
    day = 24 * HOUR
    assert tasks(step) == [
        ("ann", MONDAY + 9 * HOUR, MONDAY + day + 17 * HOUR),
        ("bo", MONDAY + 2 * day + 9 * HOUR, MONDAY + 3 * day + 17 * HOUR),
        # Friday is a holiday, Saturday is free: nobody works on the third turn.
        ("bo", MONDAY + 7 * day + 9 * HOUR, MONDAY + 7 * day + 17 * HOUR),
        ("cy", MONDAY + 8 * day + 9 * HOUR, MONDAY + 9 * day + 17 * HOUR),
        ("bo", MONDAY + 10 * day + 9 * HOUR, MONDAY + 11 * day + 17 * HOUR),
    ]
    assert "没有排到" in say(one.engine.standing("dee"), "zh")
    assert "下次轮值" in say(one.engine.standing("ann"), "zh")


def test_a_task_is_done_or_handed_on() -> None:
    """By an event, or because somebody says so; else the owner hears of it."""
    late = (Escalation(after=Duration.parse("4h"), duty=OWNER),)
    one = desk(rota(met_by="badge", within=Duration.parse("8h"), escalation=late))
    one.tell(ev.Joined, MONDAY, "ann")
    (task,) = one.advance(MONDAY + 10 * HOUR).decisions
    assert isinstance(task, OpenObligation)
    assert task.due == MONDAY + 17 * HOUR
    assert [stage.at for stage in task.stages] == [MONDAY + DAY + 13 * HOUR]
    step = one.tell(ev.Custom, MONDAY + 11 * HOUR, "ann", word="badge")
    assert [fact.kind for fact in step.facts] == ["obligation_met"]
    second = desk(rota(escalation=late), evolve(OFFICE, shifts=()))
    second.tell(ev.Joined, MONDAY - DAY, "ann")
    step = second.advance(MONDAY + 3 * DAY)
    handed = [(d.duty, d.at) for d in step.decisions if isinstance(d, Escalate)]
    assert handed == [(OWNER, MONDAY + 2 * DAY + 4 * HOUR)]


def test_who_is_first_heard_of_in_a_turn_begins_with_the_next() -> None:
    """And the timer is set once, however much is said."""
    one = desk(rota())
    one.post(MONDAY + 10 * HOUR, "ann")
    timers = dict(one.member("ann").timers)
    one.post(MONDAY + 11 * HOUR, "ann")
    assert one.member("ann").timers == timers
    assert len(timers) == 1
    assert tasks(one.advance(MONDAY + 2 * DAY)) == []


@pytest.mark.parametrize(
    ("people", "turns"),
    [((MemberId("bo"),), 0), ((MemberId("bo"), MemberId("ann")), 1)],
)
def test_a_turn_that_was_taken_away_is_not_set(
    people: tuple[MemberId, ...], turns: int
) -> None:
    """The roster in force when it begins decides."""
    one = desk(rota())
    one.tell(ev.Joined, MONDAY - DAY, "ann")
    other = evolve(OFFICE, rotas=(evolve(ROTA, people=people),))
    book = Book(
        policies=(rota(),),
        community=evolve(HOME, roster=other),
        digest="2",
        version="2",
    )
    one.engine.offer(book)
    one.engine.receive(
        ev.PlaybookAdopted(
            id="v2",  # type: ignore[arg-type]
            at=MONDAY - HOUR,
            version="2",
            digest="2",
            effective=MONDAY - HOUR,
        )
    )
    found = tasks(one.advance(MONDAY + 4 * DAY))
    assert [at for _, at, _ in found] == [MONDAY + 2 * DAY + 9 * HOUR] * turns
    assert bool(one.member("ann").timers) is bool(turns)


def test_nobody_takes_turns_for_ever_without_shifts() -> None:
    """A role that never works has no turns."""
    closed = evolve(OFFICE, shifts=(Shift(roles=(HOST,)),))
    one = desk(rota(), closed)
    one.tell(ev.Joined, MONDAY - DAY, "ann")
    assert not one.member("ann").timers


def test_names_of_a_rota_must_lead_somewhere() -> None:
    """Roles of the playbook, and one of the roster's rotas."""
    step = Escalation(after=Duration.parse("1h"), duty=RoleName("x"))
    wrong = evolve(rota(escalation=(step,)), role=RoleName("owner"))
    found = [path for path, _, _ in wrong.problems(desk(rota()).engine.playbook)]
    assert found == ["escalation[0].duty", "role"]
    for given in (
        {"within": Duration.parse("1 month")},
        {"escalation": (evolve(step, after=Duration.parse("1 month")),)},
    ):
        with pytest.raises(DefinitionError) as caught:
            rota(**given)
        assert caught.value.code == "rota.months"


CONDUCT = StaffConduct(
    key=KEY,
    roles=(HOST,),
    supervisor=OWNER,
    present=parse_condition('active_days("7d") >= 2'),
)


def named(step: Step) -> list[tuple[str, datetime | None]]:
    """What was decided, when."""
    return [(d.kind, d.at) for d in step.decisions]


def test_absence_is_reminded_of_and_then_told() -> None:
    """At the ends of weeks, of whoever held the role all through."""
    one = desk(CONDUCT)
    one.tell(ev.RoleAssigned, MONDAY + HOUR, "ann", role=HOST)
    week = 7 * DAY
    assert named(one.advance(MONDAY + week)) == []
    step = one.advance(MONDAY + 4 * week)
    assert named(step) == [
        ("remind", MONDAY + 2 * week),
        ("escalate", MONDAY + 3 * week),
        ("escalate", MONDAY + 4 * week),
    ]
    assert step.decisions[1].because["missed"] == 2
    assert "到岗不足" in say(step.decisions[1].because, "zh")
    for days in (2, 4):
        one.post(MONDAY + 4 * week + days * DAY, "ann")
    assert named(one.advance(MONDAY + 6 * week)) == [("remind", MONDAY + 6 * week)]


def test_who_gives_up_the_role_is_left_alone() -> None:
    """And begins anew with it."""
    one = desk(CONDUCT)
    one.tell(ev.RoleAssigned, MONDAY, "ann", role=HOST)
    step = one.tell(ev.RoleEnded, MONDAY + 8 * DAY, "ann", role=HOST)
    assert named(step) == [("remind", MONDAY + 7 * DAY)]
    assert named(one.advance(MONDAY + 30 * DAY)) == []
    assert one.member("ann").slices == {"p": 0}
    one.post(MONDAY + 30 * DAY, "ann")
    assert not one.member("ann").timers


@pytest.mark.parametrize(("rules", "escalated"), [((), 1), ((RuleCode("caps"),), 0)])
def test_managers_obey_the_same_rules(
    rules: tuple[RuleCode, ...], escalated: int
) -> None:
    """A breach counts as anybody's; the supervisor is told."""
    one = desk(evolve(CONDUCT, rules=rules))
    one.tell(ev.RoleAssigned, START, "ann", role=HOST)
    step = one.tell(ev.RuleBroken, START + HOUR, "ann", rule=RuleCode("flood"))
    told = [d for d in step.decisions if isinstance(d, Escalate)]
    assert [(d.what, d.duty) for d in told] == [("staff_breach", OWNER)] * escalated
    assert len(one.member("ann").strikes) == 1
    quiet = one.tell(ev.RuleBroken, START + HOUR, "bo", rule=RuleCode("flood"))
    assert quiet.decisions == ()


def test_names_of_conduct_and_care_must_lead_somewhere() -> None:
    """Roles and rules."""
    book = desk(CONDUCT).engine.playbook
    wrong = evolve(
        CONDUCT,
        roles=(RoleName("x"),),
        supervisor=RoleName("y"),
        rules=(RuleCode("z"), RuleCode("caps")),
    )
    found = [path for path, _, _ in wrong.problems(book)]
    assert found == ["roles[0]", "supervisor", "rules[0]"]
    care = StaffCare(key=KEY, roles=(RoleName("x"),))
    assert [path for path, _, _ in care.problems(book)] == ["roles[0]"]


CARE = StaffCare(
    key=KEY,
    roles=(HOST,),
    signals=(
        Signal(
            key="missed_duties",
            when=parse_condition('count("obligation_missed", "30d") >= 1'),
            lever="clarify_the_process",
        ),
        Signal(
            key="no_recognition", when=parse_condition('count("reaction", "30d") < 1')
        ),
    ),
    fall=Fall(days=7, percent=50, least=4),
    every=PeriodUnit.WEEK,
)


def levers(step: Step) -> list[tuple[str, Any]]:
    """What was recommended because of which sign."""
    return [
        (d.action, d.properties["signal"])
        for d in step.decisions
        if isinstance(d, Recommend)
    ]


def test_each_sign_is_told_when_it_comes_up() -> None:
    """Once; again when it was gone in between."""
    one = desk(CARE)
    one.tell(ev.RoleAssigned, MONDAY, "ann", role=HOST)
    assert levers(one.advance(MONDAY + 7 * DAY)) == [
        ("talk_in_person", "no_recognition")
    ]
    one.tell(ev.ReactionReceived, MONDAY + 8 * DAY, "ann", actor=MemberId("bo"))
    assert levers(one.advance(MONDAY + 35 * DAY)) == []
    assert levers(one.advance(MONDAY + 49 * DAY)) == [
        ("talk_in_person", "no_recognition")
    ]


@pytest.mark.parametrize(
    ("before", "after", "falls"),
    [(4, 1, True), (4, 2, False), (3, 0, False), (8, 3, True)],
)
def test_activity_falls_against_its_own_past(
    before: int, after: int, *, falls: bool
) -> None:
    """Below half of the week before, if there was enough of it."""
    one = desk(evolve(CARE, signals=()))
    one.tell(ev.RoleAssigned, MONDAY - HOUR, "ann", role=HOST)
    for nth in range(before):
        one.post(MONDAY + 2 * DAY + nth * HOUR, "ann")
    for nth in range(after):
        one.post(MONDAY + 9 * DAY + nth * HOUR, "ann")
    step = one.advance(MONDAY + 14 * DAY)
    assert levers(step) == [("talk_in_person", "fall")] * falls
    if falls:
        (part,) = step.decisions[-1].because.parts
        assert (part["recent"], part["before"]) == (after, before)
        assert "可能离开" in say(step.decisions[-1].because, "zh")


def test_care_ends_with_the_role() -> None:
    """Nothing is told of who gave it up."""
    one = desk(CARE)
    one.tell(ev.RoleAssigned, MONDAY, "ann", role=HOST)
    one.tell(ev.RoleEnded, MONDAY + DAY, "ann", role=HOST)
    assert levers(one.advance(MONDAY + 30 * DAY)) == []
    assert one.member("ann").slices == {"p": {"on": [], "new": []}}


def test_missed_turns_are_a_sign() -> None:
    """What one policy finds, the other counts."""
    both = Desk(
        evolve(rota(), key=PolicyKey("turns")),
        CARE,
        community=evolve(HOME, roster=OFFICE),
    )
    both.tell(ev.RoleAssigned, MONDAY, "ann", role=HOST)
    found = levers(both.advance(MONDAY + 8 * DAY))
    assert ("clarify_the_process", "missed_duties") in found


@pytest.mark.parametrize("key", ["fall", "a"])
def test_signs_have_names_of_their_own(key: str) -> None:
    """And none is called like falling activity."""
    when = parse_condition('count("reaction", "30d") < 1')
    with pytest.raises(DefinitionError) as caught:
        StaffCare(
            key=KEY,
            roles=(HOST,),
            signals=(Signal(key="a", when=when), Signal(key=key, when=when)),
        )
    assert caught.value.code == "care.twice"
