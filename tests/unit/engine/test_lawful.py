"""A breach needs a rule in force when it happened, and no waiver."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.decisions import RefuseAct
from community_sdk.engine import Engine, Step
from community_sdk.engine._lawful import LAWFUL
from community_sdk.errors import HistoryError
from community_sdk.model import (
    Amendment,
    EventId,
    GroupId,
    MemberId,
    PolicyKey,
    Rule,
    Rulebook,
    RuleChange,
    RuleCode,
)
from community_sdk.policies import PermitPolicy, Petition, RuleWatch
from tests.unit.desk import DAY, HOUR, START, TICK, Desk

QUIET, FLOOD = RuleCode("quiet"), RuleCode("flood")


def versions(*hours: int) -> tuple[Amendment, ...]:
    """Versions 2, 3, … from so many hours after the start."""
    return tuple(
        Amendment(version=n + 2, since=START + hour * HOUR)
        for n, hour in enumerate(hours)
    )


BOOK = Rulebook(
    amendments=versions(10, 20),
    rules=(Rule(code=QUIET), Rule(code=FLOOD, weight=5, since=2, until=3)),
)


def breach(desk: Desk, rule: str, when: datetime = START, **more: Any) -> Step:
    """Report a breach of *rule*."""
    return desk.tell(ev.RuleBroken, when, rule=RuleCode(rule), **more)


def why(step: Step) -> str:
    """Return why the breach does not count, nothing where it does."""
    keys = [d.because.key for d in step if isinstance(d, RefuseAct)]
    return keys[0] if keys else ""


def test_a_breach_of_no_rule_is_refused() -> None:
    """The nearest rule is named, and nothing is recorded."""
    desk = Desk()
    step = breach(desk, "floods")
    (decision,) = step.decisions
    assert isinstance(decision, RefuseAct)
    assert (decision.act, decision.policy) == ("rule_broken", "rulebook")
    assert decision.because.key == "rule.unknown"
    assert decision.because["nearest"] == "flood"
    assert breach(desk, "xyz").decisions[0].because["nearest"] is None
    assert desk.member().strikes == ()


def test_an_empty_rulebook_knows_every_rule() -> None:
    """Whoever writes no rules down has the words alone."""
    desk = Desk(rulebook=Rulebook())
    assert breach(desk, "anything").decisions == ()
    (strike,) = desk.member().strikes
    assert (strike.rule, strike.version, strike.weight) == ("anything", 1, 1)


@pytest.mark.parametrize(
    ("when", "version"),
    [
        (10 * HOUR - TICK, None),
        (10 * HOUR, 2),
        (20 * HOUR - TICK, 2),
        (20 * HOUR, None),
    ],
)
def test_a_rule_strikes_only_while_it_is_in_force(
    when: timedelta, version: int | None
) -> None:
    """From its first instant on, up to but not at the end."""
    desk = Desk(rulebook=BOOK)
    step = breach(desk, "flood", START + when)
    found = [(s.version, s.weight) for s in desk.member().strikes]
    assert found == ([] if version is None else [(version, 5)])
    assert why(step) == ("rule.not_in_force" if version is None else "")


def test_a_late_breach_is_judged_by_the_rules_of_its_time() -> None:
    """Not by those of when it was told."""
    desk = Desk(rulebook=BOOK)
    later = START + 30 * HOUR
    assert why(breach(desk, "flood", START + 15 * HOUR, recorded_at=later)) == ""
    assert why(breach(desk, "flood", START, recorded_at=later)) == "rule.not_in_force"
    assert why(breach(desk, "quiet", START, recorded_at=later)) == ""
    assert [s.version for s in desk.member().strikes] == [1, 2]


def test_a_watch_is_silent_while_its_rule_is_not_in_force() -> None:
    """Neither a decision nor a dropped one."""
    condition = parse_condition('count("message", "1h") >= 1')
    watch = RuleWatch(key=PolicyKey("w"), rule=FLOOD, when=condition)
    desk = Desk(watch, rulebook=BOOK)
    assert desk.post(START + HOUR).decisions == ()
    assert len(desk.post(START + 11 * HOUR).facts) == 1
    step = desk.post(START + 21 * HOUR)
    assert (step.decisions, step.suppressed) == ((), ())


@given(
    st.lists(st.integers(0, 60), max_size=3).map(sorted),
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from("abc")),
        max_size=10,
    ),
    st.data(),
)
def test_strikes_are_those_of_the_brute_force(
    borders: list[int], breaches: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    """INVARIANT: late or not, a strike has the version and weight of its instant."""
    numbers = range(1, len(borders) + 2)
    weights = {
        (code, n): data.draw(st.none() | st.integers(0, 5))
        for code in "abc"
        for n in numbers
    }
    weights["a", 1] = 1
    rules = tuple(
        Rule(
            code=RuleCode(code),
            weight=weight,
            since=n if n > 1 else None,
            until=n + 1 if n < len(numbers) else None,
        )
        for (code, n), weight in weights.items()
        if weight is not None
    )
    book = Rulebook(amendments=versions(*borders), rules=rules)
    desk = Desk(rulebook=book)
    expected: list[tuple[str, int, int]] = []
    for minute, delay, code in breaches:
        when = START + minute * HOUR
        breach(desk, code, when, recorded_at=when + delay * HOUR)
        version = 1 + sum(border <= minute for border in borders)
        weight = weights[code, version]
        if weight is not None:
            expected.append((code, version, weight))
    strikes = desk.member().strikes if breaches else ()
    found = sorted((s.rule, s.version, s.weight) for s in strikes)
    assert found == sorted(expected)


def waive(desk: Desk, when: datetime = START, member: str = "ann", **more: Any) -> Step:
    """Make an exception from the rule ``quiet``."""
    more = {"rule": QUIET, "actor": MemberId("boss"), **more}
    return desk.tell(ev.RuleWaived, when, member, **more)


@pytest.mark.parametrize(
    ("hours", "key"), [(-1, ""), (0, "rule.waived"), (4.99, "rule.waived"), (5, "")]
)
def test_a_waived_breach_records_no_strike(hours: float, key: str) -> None:
    """From its first instant up to, but not at, the end; and says so."""
    desk = Desk(lateness=Duration.parse("30d"))
    waive(desk, until=START + 5 * HOUR, reason="r1", id="waiver")
    when = START + hours * HOUR
    step = breach(desk, "quiet", when, recorded_at=max(when, START + HOUR))
    assert why(step) == key
    assert (len(desk.member().strikes) == 0) == bool(key)
    if key:
        (decision,) = step.decisions
        because = decision.because
        assert (because["by"], because["reason"]) == ("boss", "r1")
        assert because.source == "waiver"


@pytest.mark.parametrize(
    ("given", "spared"),
    [
        ({}, {("ann", "hall"), ("ann", "den")}),
        ({"group": "hall"}, {("ann", "hall")}),
    ],
)
def test_a_waiver_is_for_whom_it_names(
    given: dict[str, Any], spared: set[tuple[str, str]]
) -> None:
    """A member, a member in a group."""
    desk = Desk()
    waive(desk, **given)
    for member in ("ann", "bo"):
        for group in ("hall", "den"):
            step = breach(desk, "quiet", START + HOUR, member=member, group=group)
            assert (why(step) == "rule.waived") == ((member, group) in spared)
            assert why(breach(desk, "flood", START + HOUR, member=member)) == ""


def test_a_waiver_may_be_for_a_group_or_for_all() -> None:
    """It is about nobody then."""
    desk = Desk()
    head: dict[str, Any] = {"at": START, "rule": QUIET}
    desk.engine.receive(ev.RuleWaived(id=EventId("w"), group=GroupId("hall"), **head))
    assert why(breach(desk, "quiet", START + HOUR, group="hall")) == "rule.waived"
    assert why(breach(desk, "quiet", START + HOUR, group="den")) == ""
    everybody = ev.RuleWaived(id=EventId("v"), since=START + 2 * HOUR, **head)
    desk.engine.receive(everybody)
    assert why(breach(desk, "quiet", START + HOUR, group="den")) == ""
    step = breach(desk, "quiet", START + 2 * HOUR, group="den")
    assert why(step) == "rule.waived"
    assert step.decisions[0].because["by"] is None


def test_a_waiver_can_be_ended() -> None:
    """What happened before is spared all the same, also when told later."""
    desk = Desk()
    waive(desk, id="w")
    desk.tell(ev.WaiverEnded, START + 5 * HOUR, waiver=EventId("w"))
    desk.tell(ev.WaiverEnded, START + 6 * HOUR, waiver=EventId("w"))
    desk.tell(ev.WaiverEnded, START + 6 * HOUR, waiver=EventId("x"))
    late = breach(desk, "quiet", START + 4 * HOUR, recorded_at=START + 7 * HOUR)
    assert why(late) == "rule.waived"
    assert why(breach(desk, "quiet", START + 7 * HOUR)) == ""
    assert [w.until for w in desk.engine.community.waivers] == [
        (START + 5 * HOUR - datetime.fromisoformat("1970-01-01T00:00Z"))
        // timedelta(microseconds=1)
    ]


def test_what_a_policy_finds_may_be_waived() -> None:
    """It is dropped, with the waiver beside it."""
    condition = parse_condition('count("message", "1h") >= 1')
    desk = Desk(RuleWatch(key=PolicyKey("w"), rule=QUIET, when=condition))
    waive(desk)
    step = desk.post(START + HOUR)
    assert (step.decisions, step.facts) == ((), ())
    assert [s.because.key for s in step.suppressed] == ["rule.waived"]
    assert len(desk.post(START + HOUR, "bo").facts) == 1


def test_only_breaches_are_asked_for_their_rule() -> None:
    """What else is decided of the same event stands."""
    condition = parse_condition('count("message", "1h") >= 1')
    watch = RuleWatch(key=PolicyKey("w"), rule=QUIET, when=condition)
    look = PermitPolicy(key=PolicyKey("p"), rule=FLOOD, what="link", strike=False)
    desk = Desk(watch, look)
    waive(desk)
    step = desk.post(START + HOUR, link=True)
    assert [d.kind for d in step.decisions] == ["recommend"]
    assert [s.decision.kind for s in step.suppressed] == ["report_breach"]
    assert [*LAWFUL.decide(ev.Left(id=EventId("x"), at=START), desk.view())] == []


def test_what_a_playbook_numbers_as_high_is_its_own() -> None:
    """A new playbook that has version 2 itself needs no amendment."""
    petition = Petition(key=PolicyKey("p"), signatures=1)
    desk = Desk(petition, rulebook=Rulebook(rules=BOOK.rules[:1]))
    desk.tell(ev.Joined, START)
    change = RuleChange(code=FLOOD, weight=9)
    desk.tell(ev.PetitionStarted, START + HOUR, changes=(change,))
    found = desk.view().rulebook.rule("flood")
    assert found is not None
    assert found.weight == 9
    assert desk.engine.community.rulebook(BOOK) == BOOK


def test_waivers_follow_the_person_and_are_in_the_snapshot() -> None:
    """An account that is found to be another's takes its waiver along."""
    desk = Desk()
    waive(desk, member="bo")
    desk.tell(ev.IdentityLinked, START + HOUR, "ann", alias="bo")
    engine = Engine.restore(desk.engine.playbook, desk.engine.snapshot())
    assert engine.snapshot() == desk.engine.snapshot()
    for who in ("ann", "bo"):
        assert why(breach(desk, "quiet", START + 2 * HOUR, member=who)) == "rule.waived"


def test_old_waivers_are_forgotten() -> None:
    """A year after their end nothing can come of them."""
    desk = Desk()
    waive(desk, until=START + DAY)
    waive(desk, START + 300 * DAY, member="bo")
    assert len(desk.engine.community.waivers) == 2
    waive(desk, START + 402 * DAY, member="carl")
    assert [w.member for w in desk.engine.community.waivers] == ["bo", "carl"]


@pytest.mark.parametrize("since", [None, START + HOUR])
def test_a_waiver_ends_after_it_begins(since: datetime | None) -> None:
    """Else it would hold at no instant."""
    with pytest.raises(HistoryError) as caught:
        waive(Desk(), since=since, until=since or START)
    assert caught.value.code == "event.waiver"
