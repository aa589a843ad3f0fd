"""Watches that report every time; how petitions and ladders of sanctions stand."""

from datetime import timedelta

from community_sdk import events as ev
from community_sdk._time import QuietHours
from community_sdk.conditions import parse_condition
from community_sdk.decisions import ReportBreach
from community_sdk.engine import Step
from community_sdk.model import (
    Community,
    CommunityId,
    EventId,
    MemberId,
    MotionState,
    PolicyKey,
    RoleName,
    RuleChange,
    RuleCode,
)
from community_sdk.policies import Petition, RuleWatch
from tests.unit.desk import HOUR, START, Desk
from tests.unit.policies.ladders import breach, desk, imposed, rung

QUIET = RuleCode("quiet")
MINUTE = timedelta(minutes=1)


def breaches(step: Step) -> int:
    """How many breaches were reported and recorded."""
    told = [d for d in step.decisions if isinstance(d, ReportBreach)]
    facts = [f for f in step.facts if isinstance(f, ev.RuleBroken)]
    assert len(told) == len(facts)
    return len(told)


def test_every_message_of_a_night_may_be_a_breach() -> None:
    """Each is one of its own, also the second one of the same minute."""
    home = Community(
        key=CommunityId("home"), quiet_hours=QuietHours.parse("12:00-13:00")
    )
    watch = RuleWatch(key=PolicyKey("w"), rule=QUIET, quiet_hours=True, every_time=True)
    one = Desk(watch, community=home)
    times = (START - MINUTE, START, START, START + MINUTE, START + HOUR)
    assert [breaches(one.post(when)) for when in times] == [0, 1, 1, 1, 0]


def test_every_time_a_condition_holds_may_be_a_breach() -> None:
    """No while has to pass between two."""
    watch = RuleWatch(
        key=PolicyKey("w"),
        rule=QUIET,
        when=parse_condition('count("message", "1h") >= 2'),
        every_time=True,
    )
    one = Desk(watch)
    found = [breaches(one.post(START + n * MINUTE)) for n in range(4)]
    assert found == [0, 1, 1, 1]


def test_a_petition_says_how_it_stands() -> None:
    """Who has signed while it is open, and how it ended."""
    petition = Petition(key=PolicyKey("three"), signatures=2, roles=(RoleName("host"),))
    one = Desk(petition)
    for name in ("bo", "ann"):
        one.tell(ev.RoleAssigned, START, name, role=RoleName("host"))
    assert petition.outcome(one.view(), "p") is None
    change = (RuleChange(code=RuleCode("new")),)
    one.tell(ev.PetitionStarted, START + HOUR, "bo", id="p", changes=change)
    assert petition.signers(one.view(), "p") == (MemberId("bo"),)
    assert petition.outcome(one.view(), "p") is MotionState.PROPOSED
    one.tell(ev.PetitionSigned, START + 2 * HOUR, petition=EventId("p"))
    assert petition.signers(one.view(), "p") == ()
    assert petition.outcome(one.view(), "p") is MotionState.PASSED


def test_a_ladder_of_what_is_in_force_explains_itself_from_the_first_breach() -> None:
    """Nothing is in force yet, and no strike counts by itself."""
    steps = (rung(1, "mute", "10d"), rung(2, "ban", "40d"))
    one = desk(*steps, active_only=True, per="member")
    first = one.tell(ev.RuleBroken, START, rule=RuleCode("flood"))
    (sanction,) = imposed(first)
    keys = [part.key for part in sanction.because.parts]
    assert "penalty.counted" not in keys
    assert sanction.until == START + timedelta(days=10)
    assert breach(one, START + HOUR) == "ban"
    standing = one.engine.standing("ann")
    counted = [
        part for part in standing.walk() if part.key == "penalty.sanction_counted"
    ]
    assert len(counted) == 2
