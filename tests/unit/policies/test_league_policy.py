"""Leagues at work: asked for, counted, closed once, oldest first; late facts told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.conditions import Term, parse_condition
from community_sdk.decisions import (
    ChangeTier,
    ClosePeriod,
    Mode,
    RefuseAct,
    ReportDifference,
    RequestStandings,
)
from community_sdk.engine import Engine, Step, WholeEngine
from community_sdk.errors import DefinitionError
from community_sdk.explanation import because
from community_sdk.metrics import Metric
from community_sdk.model import MemberId, OverrideKind, PolicyKey, RoleName, TierKey
from community_sdk.policies import LeaguePolicy, LeagueRules, OrderKey, Quota
from tests.unit.desk import Book, head

FAN, ACTIVE, CORE = (TierKey(k) for k in ("fan", "active", "core"))
KEY = PolicyKey("ladder")
RULES = LeagueRules(
    tiers=(FAN, ACTIVE, CORE),
    order=(OrderKey(by="posts"), OrderKey(by="joined", best="low")),
    promote=Quota(least=1, most=1),
    relegate=Quota(most=1),
    pool=(ACTIVE,),
)
POSTS = {"posts": Metric(word="count", kind="message")}
JAN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def league(**given: Any) -> LeaguePolicy:
    """A league by the number of posts in half a month."""
    given.setdefault("rules", RULES)
    given.setdefault("figures", POSTS)
    return LeaguePolicy(key=KEY, tiers="grade", **given)


class Season:
    """A whole engine with a league, told of events in few words."""

    def __init__(self, policy: LeaguePolicy | None = None, **book: Any) -> None:
        """Begin on the first of January."""
        self.policy = league() if policy is None else policy
        book.setdefault("lateness", Duration.parse("20d"))
        self.book = Book(policies=(self.policy,), **book)
        self.engine = Engine(self.book)
        self.whole = WholeEngine(self.engine)
        self.told = 0

    def tell(self, make: Any, when: datetime, member: str, **more: Any) -> Step:
        """Receive one event."""
        self.told += 1
        return self.whole.receive(make(**head(f"e{self.told}", when, member, **more)))

    def join(self, *members: str, tier: TierKey | None = None) -> None:
        """Let members in on the first day, in a tier."""
        for name in members:
            self.tell(ev.Joined, JAN, name)
            if tier is not None:
                asked = {"tiers": "grade", "tier": tier, "since": JAN}
                self.tell(ev.TierImported, JAN, name, **asked)

    def post(self, day: int, **times: int) -> None:
        """Let members write so often on a day of January, counted from 1."""
        for name, number in times.items():
            for nth in range(number):
                when = JAN + (day - 1) * DAY + timedelta(minutes=nth + 1)
                self.tell(ev.MessagePosted, when, name)

    def until(self, day: int) -> Step:
        """Let time pass to the beginning of a day of January."""
        return self.whole.advance(JAN + (day - 1) * DAY)

    def tier(self, name: str) -> str:
        """The tier that a member holds."""
        held = self.engine.members[name].tiers.get("grade")
        return "fan" if held is None else held.tier


def moves(step: Step) -> dict[str, tuple[str, str]]:
    """Who moves, from where, to where."""
    found = [d for d in step.decisions if isinstance(d, ChangeTier)]
    return {str(d.member): (d.before, d.after) for d in found}


def of(step: Step, kind: type[Any]) -> list[Any]:
    """The decisions of a class."""
    return [d for d in step.decisions if isinstance(d, kind)]


def field(**book: Any) -> Season:
    """Three in the middle, two below."""
    season = Season(**book)
    season.join("ann", "bob", "cem", tier=ACTIVE)
    season.join("dan", "eve")
    season.post(3, ann=3, bob=2, cem=1, dan=2, eve=1)
    return season


def test_a_period_is_asked_for_counted_and_closed() -> None:
    """At its end, with the figures inside it, and the moves become facts."""
    season = field()
    step = season.until(17)
    assert moves(step) == {
        "ann": ("active", "core"),
        "dan": ("fan", "active"),
        "cem": ("active", "fan"),
    }
    (asked,) = of(step, RequestStandings)
    assert (asked.period, asked.figures) == (
        "2026-01-H1",
        {"posts": 'count("message")'},
    )
    (closed,) = of(step, ClosePeriod)
    assert (closed.members, len(closed.movements), closed.skipped) == (5, 3, "")
    assert closed.at == JAN + 15 * DAY
    facts = [f for f in step.facts if isinstance(f, ev.PeriodClosed)]
    assert [f.movements for f in facts] == [closed.movements]
    assert (season.tier("ann"), season.tier("cem")) == ("core", "fan")
    assert not season.until(18).decisions


def test_what_comes_after_the_period_does_not_count() -> None:
    """However late the period is closed: here by the next event."""
    season = field()
    step = season.tell(ev.MessagePosted, JAN + 20 * DAY, "bob")
    assert moves(step)["ann"] == ("active", "core")
    (closed,) = of(step, ClosePeriod)
    assert closed.at == JAN + 15 * DAY


def unanswered() -> tuple[Season, list[RequestStandings]]:
    """A season whose shell was away for two periods."""
    season = field()
    engine = season.engine
    step = engine.advance(JAN + 40 * DAY)
    return season, of(step, RequestStandings)


def test_a_request_is_repeated_until_it_is_answered() -> None:
    """Only the oldest period is asked for; the next follows with the answer."""
    season, asked = unanswered()
    assert {d.period for d in asked} == {"2026-01-H1"}
    engine = season.engine
    counted = engine.standings(asked[0])
    first = engine.receive(counted)
    assert [d.period for d in of(first, RequestStandings)] == ["2026-01-H2"]
    assert moves(first)["ann"] == ("active", "core")
    assert engine.receive(counted).duplicate
    second = engine.receive(engine.standings(of(first, RequestStandings)[0]))
    assert [d.period for d in of(second, ClosePeriod)] == ["2026-01-H2"]
    assert not of(second, RequestStandings)


def test_standings_that_nobody_asked_for_are_refused() -> None:
    """A period that is not over, or not next, is not closed."""
    season, asked = unanswered()
    engine = season.engine
    counted = engine.standings(asked[0])
    wrong = ev.StandingsCounted(
        id=counted.id,
        at=counted.at,
        policy=KEY,
        period="2026-01-H2",
        since=JAN + 15 * DAY,
        until=JAN + 31 * DAY,
    )
    (refusal,) = engine.receive(wrong).decisions
    assert isinstance(refusal, RefuseAct)
    assert refusal.because.key == "league.not_asked"
    assert refusal.because["due"] == "2026-01-H1"


def test_a_preview_is_the_close_and_changes_nothing() -> None:
    """The same decisions; the state stays equal."""
    season, asked = unanswered()
    counted = season.engine.standings(asked[0])
    before = season.engine.snapshot()
    seen = season.engine.preview(counted)
    assert season.engine.snapshot() == before
    assert season.engine.receive(counted).decisions == seen.decisions


def test_a_snapshot_between_request_and_answer_changes_nothing() -> None:
    """What is waited for is part of the state."""
    season, asked = unanswered()
    other = Engine.restore(season.book, season.engine.snapshot())
    counted = season.engine.standings(asked[0])
    assert other.standings(asked[0]) == counted
    assert other.receive(counted) == season.engine.receive(counted)


def test_a_young_community_only_ranks() -> None:
    """The last day of the period decides; on the day itself, yes."""
    policy = league(starts_after=Duration(months=1))
    season = Season(policy)
    season.join("ann", "bob", tier=ACTIVE)
    found: list[str] = []
    for day, end in ((3, 17), (17, 33), (34, 48)):
        season.post(day, ann=3, bob=2)
        found += [c.skipped for c in of(season.until(end), ClosePeriod)]
    assert found == ["community_too_young"] * 2 + [""]
    told = Season(league(starts_after=Duration(months=1), started=JAN - 16 * DAY))
    told.join("ann", tier=ACTIVE)
    told.post(3, ann=1)
    (closed,) = of(told.until(17), ClosePeriod)
    assert closed.skipped == "community_too_young"


def test_a_late_event_of_a_closed_period_is_told_as_a_difference() -> None:
    """With the next close; the closed result stays."""
    season = field()
    season.until(17)
    late = {"recorded_at": JAN + 17 * DAY}
    for minute in range(5):
        when = JAN + 4 * DAY + timedelta(minutes=minute)
        season.tell(ev.MessagePosted, when, "bob", **late)
    step = season.until(33)
    (report,) = of(step, ReportDifference)
    assert report.subject.startswith("2026-01-H1 ")
    told = {p["member"]: (p["before"], p["after"]) for p in report.because.parts}
    assert told == {"ann": ("core", "active"), "bob": ("active", "core")}
    assert season.tier("ann") == "core"


def test_a_difference_may_be_applied_once() -> None:
    """As new moves that name the close they correct; others stay where they are."""
    season = field()
    season.until(17)
    engine = season.engine
    when = JAN + 4 * DAY
    for nth in range(5):
        season.tell(
            ev.MessagePosted,
            when + timedelta(minutes=nth),
            "bob",
            recorded_at=JAN + 17 * DAY,
        )
    request = RequestStandings(
        period="2026-01-H1",
        since=JAN,
        until=JAN + 15 * DAY,
        policy=KEY,
        again=True,
        because=because("league.over"),
    )
    again = engine.standings(request)
    step = engine.receive(evolve(again, apply=True))
    assert len(of(step, ReportDifference)) == 1
    assert moves(step) == {"ann": ("core", "active"), "bob": ("active", "core")}
    assert (season.tier("ann"), season.tier("bob")) == ("active", "core")
    second = engine.standings(request)
    assert second.id != again.id
    step = engine.receive(evolve(second, apply=True))
    assert len(of(step, ReportDifference)) == 1
    assert not moves(step)


def test_locked_members_are_ranked_and_stay() -> None:
    """Their place passes on."""
    season = Season(league(locked=(RoleName("host"),)))
    season.join("ann", "bob", tier=ACTIVE)
    season.tell(ev.RoleAssigned, JAN, "ann", role=RoleName("host"))
    season.post(3, ann=3, bob=2)
    step = season.until(17)
    assert moves(step) == {"bob": ("active", "core")}


def test_a_lock_and_its_end_are_told_where_one_stands() -> None:
    """Who set it, until when, and that it is over."""
    season = field()
    season.tell(
        ev.TierOverridden, JAN + 5 * DAY, "ann", tiers="grade", actor=MemberId("boss"),
        override=OverrideKind.LOCK, tier=ACTIVE, until=JAN + 8 * DAY,
    )  # fmt: skip
    (told,) = season.engine.standing("ann").parts
    keys = [part.key for part in told.parts]
    assert keys == ["league.figure", "league.locked", "tier.overridden"]
    season.tell(ev.MessagePosted, JAN + 9 * DAY, "ann")
    (told,) = season.engine.standing("ann").parts
    assert [part.key for part in told.parts][1:] == ["tier.source_over"]
    assert told.parts[-1]["by"] == "boss"


def test_in_shadow_nothing_moves() -> None:
    """It is asked for, counted and told all the same."""
    season = Season(league(mode=Mode.SHADOW))
    season.join("ann", tier=ACTIVE)
    season.post(3, ann=3)
    step = season.until(17)
    assert moves(step) == {"ann": ("active", "core")}
    assert (season.tier("ann"), step.facts) == ("active", ())


def test_where_a_member_stands() -> None:
    """Figures of the running period, and when it closes."""
    season = field()
    (told,) = season.engine.standing("ann").parts
    assert (told["tier"], told["period"]) == ("active", "2026-01-H1")
    assert told.parts[0]["figure"] == 3
    (out,) = season.engine.standing("nobody").parts
    assert out.key == "league.outside"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tenure()", "league.metric"),
        ('count("message", "30d")', "league.window"),
    ],
)
def test_figures_that_no_period_has_are_refused(text: str, code: str) -> None:
    """Only what can be counted in a span of the past."""
    tree: Any = parse_condition(
        f"{text} >= 1" if "count" in text else f'{text} >= "1d"'
    )
    with pytest.raises(DefinitionError) as caught:
        league(figures={"posts": tree.metric})
    assert caught.value.code == code


def test_an_order_by_an_unknown_figure_is_refused() -> None:
    """The nearest name is offered."""
    with pytest.raises(DefinitionError) as caught:
        league(figures={"post": POSTS["posts"]})
    assert caught.value.code == "league.figure"
    assert str(Term(POSTS["posts"])) == 'count("message")'
    assert league(period=PeriodUnit.WEEK).metrics[0].window.length == 22
