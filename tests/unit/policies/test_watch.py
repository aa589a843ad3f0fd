"""Watches: once a night, once in a while, never undated, never the exempt."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, QuietHours, micros
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Mode, ReportBreach
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Community,
    CommunityId,
    Group,
    GroupId,
    MemberId,
    PolicyKey,
    RoleName,
    RuleCode,
)
from community_sdk.policies import RuleWatch
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk, at

QUIET, FLOOD = RuleCode("quiet"), RuleCode("flood")
MINUTE = timedelta(minutes=1)


def night(zone: str = "UTC", **given: Any) -> Desk:
    """A community with quiet nights from 23:00 to 07:00."""
    home = Community(
        key=CommunityId("home"),
        zone=zone,
        quiet_hours=QuietHours.parse("23:00-07:00"),
        groups=(
            Group(key=GroupId("noon"), quiet_hours=QuietHours.parse("12:00-13:00")),
        ),
    )
    watch = RuleWatch(key=PolicyKey("w"), rule=QUIET, quiet_hours=True, **given)
    return Desk(watch, community=home, lateness=Duration.parse("60d"))


def flood(when: str = 'count("message", "1min") >= 3', **given: Any) -> Desk:
    """A community that watches for a condition."""
    condition = parse_condition(when)
    return Desk(
        RuleWatch(key=PolicyKey("w"), rule=FLOOD, when=condition, **given),
        lateness=Duration.parse("60d"),
    )


def found(step: Step) -> bool:
    """Tell whether a breach was reported and recorded."""
    reports = [d for d in step.decisions if isinstance(d, ReportBreach)]
    facts = [fact for fact in step.facts if isinstance(fact, ev.RuleBroken)]
    assert len(reports) == len(facts) <= 1
    return bool(reports)


@pytest.mark.parametrize(
    ("clock", "group", "breach"),
    [
        ("22:59", None, False),
        ("23:00", None, True),
        ("06:59", None, True),
        ("07:00", None, False),
        ("12:30", None, False),
        ("12:30", "noon", True),
        ("23:30", "noon", False),
        ("23:30", "other", True),
    ],
)
def test_messages_in_quiet_hours_break_the_rule(
    clock: str, group: str | None, breach: object
) -> None:
    """The start is quiet, the end is not; a group's own hours come first."""
    desk = night()
    step = desk.post(at(f"2026-03-02 {clock}"), group=group)
    assert found(step) is breach
    if breach:
        (report,) = step.decisions
        assert (report.because["clock"], report.because["zone"]) == (clock, "UTC")
        (strike,) = desk.member().strikes
        assert strike.rule == "quiet"


@pytest.mark.parametrize(
    ("zone", "clocks", "breaches"),
    [
        ("UTC", ["2026-03-01 23:10", "2026-03-02 00:10", "2026-03-02 06:59"], 1),
        ("UTC", ["2026-03-01 06:59", "2026-03-01 23:00"], 2),
        # The hour that is shown twice, and the night whose midnight is skipped.
        ("Europe/London", ["2026-10-24 23:30", "2026-10-25 01:30"], 1),
        ("America/Sao_Paulo", ["2018-11-03 23:30", "2018-11-04 01:30"], 1),
        ("America/Sao_Paulo", ["2018-02-17 23:10", "2018-02-18 00:10"], 1),
        ("Africa/Cairo", ["2024-04-25 23:10", "2024-04-26 06:30"], 1),
    ],
)
def test_a_night_is_broken_once(zone: str, clocks: list[str], breaches: int) -> None:
    """Past midnight, through changes of the clock."""
    desk = night(zone)
    told = [found(desk.post(at(clock, zone))) for clock in clocks]
    assert sum(told) == breaches
    assert told[0]


def test_the_second_pass_of_a_folded_hour_is_the_same_night() -> None:
    """00:00 → 23:00: the clock shows the evening again."""
    desk, zone = night("America/Sao_Paulo"), "America/Sao_Paulo"
    assert found(desk.post(at("2018-02-17 23:30", zone)))
    assert not found(desk.post(at("2018-02-17 23:30", zone, fold=1)))
    assert not found(desk.post(at("2018-02-18 00:30", zone)))


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 23)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_nights_do_not_depend_on_the_order_of_arrival(
    hours: list[tuple[int, int]], order: Random
) -> None:
    """INVARIANT: one strike per night, whichever message is known first."""
    start = at("2026-03-01 00:30")
    times = [start + day * DAY + hour * HOUR for day, hour in hours]
    order.shuffle(times)
    desk, nights = night(), set[datetime]()
    for when in times:
        found(desk.post(when, recorded_at=start + 30 * DAY))
        if when.hour >= 23 or when.hour < 7:
            nights.add((when - 7 * HOUR).replace(hour=0))
    strikes = desk.member().strikes if times else ()
    assert len(strikes) == len(nights)
    assert len({s.occurred for s in strikes}) == len(nights)


def test_a_breach_is_dated_when_it_happened() -> None:
    """However late it became known."""
    desk = night()
    when = at("2026-03-01 23:30")
    step = desk.post(when, recorded_at=when + 5 * DAY)
    (fact,) = [fact for fact in step.facts if isinstance(fact, ev.RuleBroken)]
    assert (fact.at, fact.recorded_at, fact.automatic) == (when, when + 5 * DAY, True)


def test_old_nights_are_forgotten_when_nothing_can_come_of_them() -> None:
    """The memory is bounded by how late an event may be."""
    desk = night()
    for day in range(200):
        assert found(desk.post(at("2026-01-01 23:30") + day * DAY))
    marks: list[int] = desk.member().slices["w"]
    assert 60 < len(marks) < 70
    late = at("2026-01-01 23:45") + 142 * DAY
    assert not found(desk.post(late, recorded_at=at("2026-01-02 00:00") + 199 * DAY))


def test_other_things_than_messages_are_not_heard_at_night() -> None:
    """Buying at night disturbs nobody."""
    desk = night()
    assert not found(desk.tell(ev.Introduced, at("2026-03-01 23:30")))
    assert not found(desk.tell(ev.Custom, at("2026-03-01 23:30"), word="badge"))


def test_a_message_without_a_time_breaks_nothing() -> None:
    """Its instant is only the earliest it can have been."""
    assert not found(night().post(at("2026-03-01 23:30"), dated=False))
    desk = flood('count("message", "lifetime") >= 1')
    assert not found(desk.post(START, dated=False))
    assert found(desk.post(START))


@pytest.mark.parametrize(
    ("until", "breach"), [(None, False), (HOUR + TICK, False), (HOUR, True)]
)
def test_who_holds_an_exempt_role_is_passed_over(
    until: timedelta | None, breach: object
) -> None:
    """While the role is held; others are not."""
    desk = night(exempt=(RoleName("host"), RoleName("owner")))
    when = at("2026-03-01 23:30")
    end = None if until is None else when - HOUR + until
    desk.tell(ev.RoleAssigned, when - HOUR, role=RoleName("owner"), until=end)
    assert found(desk.post(when)) is breach
    assert found(desk.post(when, "bo"))


def test_a_condition_that_holds_is_a_breach() -> None:
    """With the figures in the reasons."""
    desk = flood()
    told = [desk.post(START + n * timedelta(seconds=10)) for n in range(4)]
    assert [found(step) for step in told] == [False, False, True, False]
    (report,) = told[2].decisions
    assert report.because.key == "watch.condition"
    assert (report.because["rule"], report.group) == ("flood", None)
    assert report.because.parts
    assert desk.member().strikes[0].category == "noise"


def times(*minutes: int) -> list[int]:
    """Post at minutes, each known two hours after the one before; who was reported?"""
    desk = flood('count("message", "lifetime") >= 1')
    known = START + max(minutes) * MINUTE
    told: list[int] = []
    for nth, minute in enumerate(minutes):
        when = START + minute * MINUTE
        if found(desk.post(when, recorded_at=known + nth * 2 * HOUR)):
            told.append(minute)
    return told


@pytest.mark.parametrize(
    ("minutes", "reported"),
    [
        ([0, 59, 60, 61, 119, 120], [0, 60, 120]),
        ([0, 59], [0]),
        ([0, 60], [0, 60]),
    ],
)
def test_a_condition_is_reported_again_after_a_while(
    minutes: list[int], reported: list[int]
) -> None:
    """Exactly *again_after* later it is; before, it is not."""
    desk = flood('count("message", "lifetime") >= 1')
    told = [m for m in minutes if found(desk.post(START + m * MINUTE))]
    assert told == reported


def test_the_while_counts_both_ways_between_the_events() -> None:
    """An event that is told late is as near to what followed as to what came before."""
    assert times(600, 0, 59, 1) == [600, 0]
    assert times(600, 300, 241, 359, 240) == [600, 300, 240]


def test_a_late_message_is_no_new_breach_of_what_was_just_reported() -> None:
    """The condition holds because of the others, which were answered a moment ago."""
    desk = flood()
    for second in range(3):
        desk.post(START + timedelta(seconds=second))
    late = desk.post(START - 5 * HOUR, recorded_at=START + timedelta(seconds=30))
    assert not found(late)
    assert len(desk.member().strikes) == 1


def test_the_while_may_be_months() -> None:
    """Counted by the calendar."""
    desk = flood(
        'count("message", "lifetime") >= 1', again_after=Duration.parse("1 month")
    )
    days = [0, 30, 31, 58, 59]
    told = [d for d in days if found(desk.post(at("2026-01-10 12:00") + d * DAY))]
    assert told == [0, 31, 59]


@pytest.mark.parametrize(
    ("when", "make", "more"),
    [
        ('count("reaction", "1h") >= 2', ev.ReactionReceived, {}),
        ('count("joined", "1h") >= 2', ev.Joined, {}),
        ('count("badge", "1h") >= 2', ev.Custom, {"word": "badge"}),
    ],
)
def test_a_condition_is_looked_at_when_it_counts(
    when: str, make: Any, more: dict[str, Any]
) -> None:
    """Whatever it counts, not only at the next message."""
    desk = flood(when)
    told = [found(desk.tell(make, START + n * MINUTE, **more)) for n in range(3)]
    assert told == [False, True, False]


def test_breaches_do_not_breed_breaches() -> None:
    """A condition on strikes is not asked about the strike that it makes."""
    desk = flood('count("rule_broken", "1h") >= 1 or count("message", "1h") >= 1')
    assert found(desk.post(START))
    assert not found(desk.tell(ev.RuleBroken, START + 2 * HOUR, rule=FLOOD))


def test_another_watch_keeps_its_own_count() -> None:
    """Two watches of one rule do not know of each other, nor of what people report."""
    condition = parse_condition('count("message", "lifetime") >= 1')
    watches = [
        RuleWatch(key=PolicyKey(key), rule=RuleCode(rule), when=condition)
        for key, rule in (("w", "flood"), ("v", "caps"))
    ]
    desk = Desk(*watches)
    desk.tell(ev.RuleBroken, START, rule=FLOOD, actor=MemberId("bo"))
    assert len(desk.post(START + MINUTE).decisions) == 2
    assert [*map(len, desk.member().slices.values())] == [1, 1]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"quiet_hours": True, "when": parse_condition('count("message", "1h") > 1')},
    ],
)
def test_a_watch_watches_one_thing(given: dict[str, Any]) -> None:
    """Neither nothing nor two."""
    with pytest.raises(DefinitionError) as caught:
        RuleWatch(key=PolicyKey("w"), rule=FLOOD, **given)
    assert caught.value.code == "watch.what"


def test_a_watch_says_what_it_needs() -> None:
    """The metrics of its condition, the words it answers, names that must exist."""
    condition = parse_condition('count("reaction", "1h") > 1 and tenure() > "1d"')
    watch = RuleWatch(
        key=PolicyKey("w"),
        rule=RuleCode("noise"),
        when=condition,
        exempt=(RoleName("owner"), RoleName("king")),
    )
    assert watch.words == {"message", "rule_broken", "reaction"}
    assert [metric.word for metric in watch.metrics] == ["count", "tenure"]
    problems = {where: word for where, word, _ in watch.problems(Book())}
    assert problems == {"rule": "noise", "exempt[1]": "king"}
    quiet = RuleWatch(key=PolicyKey("w"), rule=QUIET, quiet_hours=True)
    assert (quiet.metrics, [*quiet.problems(Book())]) == ((), [])


def test_a_record_taken_over_may_have_no_quiet_hours_any_more() -> None:
    """Its instant is remembered instead of its night; nothing breaks."""
    watch = RuleWatch(key=PolicyKey("w"), rule=QUIET, quiet_hours=True)
    desk = Desk(watch)
    desk.tell(ev.RuleBroken, START, rule=QUIET, source="policy:w")
    assert len(desk.member().slices["w"]) == 1
    assert not found(desk.post(START + HOUR))


def test_a_shadow_remembers_nothing() -> None:
    """What is only tried out leaves no trace; each message is told of."""
    desk = night(mode=Mode.SHADOW)
    for minute in range(2):
        step = desk.post(at("2026-03-01 23:30") + minute * MINUTE)
        assert len(step.decisions) == 1
        assert step.facts == ()
    assert desk.member().strikes == ()


def test_a_nickname_that_does_not_conform_is_a_breach() -> None:
    """One an hour at most; messages are not looked at, nor names that conform."""
    watch = RuleWatch(key=PolicyKey("w"), rule=QUIET, nickname=True)
    assert watch.words == {"nickname_set", "rule_broken"}
    desk = Desk(watch)

    def name(minute: int, *, conforms: bool) -> Step:
        when = START + minute * MINUTE
        return desk.tell(ev.NicknameSet, when, conforms=conforms)

    told = [found(name(minute, conforms=False)) for minute in (0, 59, 60)]
    assert told == [True, False, True]
    assert not found(name(200, conforms=True))
    assert not found(desk.post(START + 300 * MINUTE))
    step = name(400, conforms=False)
    assert step.decisions[0].because.key == "watch.nickname"


def test_a_breach_that_waited_for_consent_is_dated_when_it_happened() -> None:
    """Not when somebody agreed to it."""
    condition = parse_condition('count("message", "1h") >= 1')
    watch = RuleWatch(key=PolicyKey("w"), rule=FLOOD, when=condition, mode=Mode.PROPOSE)
    desk = Desk(watch)
    desk.tell(ev.RoleAssigned, START, "boss", role=RoleName("owner"))
    step = desk.post(START + HOUR)
    (opened,) = [f for f in step.facts if isinstance(f, ev.ProposalOpened)]
    desk.tell(
        ev.ProposalApproved,
        START + 5 * HOUR,
        proposal=opened.proposal,
        actor=MemberId("boss"),
    )
    (strike,) = desk.member().strikes
    assert strike.occurred == micros(START + HOUR)
    assert strike.recorded == micros(START + 5 * HOUR)
