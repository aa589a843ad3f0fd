"""Leagues in detail: figures of a period, overrides, words, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.decisions import ClosePeriod, Mode, RequestStandings
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.explanation import because
from community_sdk.metrics import LIFETIME, Metric
from community_sdk.model import (
    EventId,
    MemberId,
    Money,
    OverrideKind,
    PolicyKey,
    RoleName,
    RuleCode,
    Standing,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.policies import LeagueRules, OrderKey, Quota
from community_sdk.policies.league import close, explain, ranked
from community_sdk.wording import say
from tests.unit.desk import Book
from tests.unit.policies.test_league_policy import (
    ACTIVE,
    CORE,
    DAY,
    FAN,
    JAN,
    KEY,
    RULES,
    Season,
    field,
    league,
    moves,
    of,
)

EVERY = {
    "posts": Metric(word="count", kind="message"),
    "days": Metric(word="active_days", kind="message", window=LIFETIME),
    "spent": Metric(word="total", kind="purchase"),
    "strikes": Metric(word="strikes"),
}


def stand(name: str, posts: int, tier: TierKey = ACTIVE, **more: Any) -> Standing:
    """One member's standing."""
    figures = {"posts": posts}
    return Standing(member=MemberId(name), tier=tier, figures=figures, **more)


def test_who_falls_hears_what_was_missing_and_who_was_spared() -> None:
    """How far the last one who stays was, and how many ranked lower stay."""
    rows = [stand(name, posts) for name, posts in zip("abc", (9, 5, 2), strict=True)]
    rows += [stand("d", 1, locked=True), stand("e", 1)]
    found = close(rows, evolve(RULES, relegate=Quota(most=2)), period="p")
    ranks = {str(r.member): (r.short, r.spared) for r in found.ranks}
    assert ranks == {
        "a": (None, 0),
        "b": (None, 0),
        "c": (3, 1),
        "d": (None, 0),
        "e": (4, 0),
    }
    why = explain(found, "c")
    assert why is not None
    assert {"league.to_stay", "league.spared"} <= {part.key for part in why.parts}
    assert "3 behind the last one who stays" in say(why, "en")
    assert "名次更低者有 1 人免降" in say(why, "zh")
    tied = close([stand("a", 0), stand("b", 0)], RULES, period="p")
    assert (why := explain(tied, "b")) is not None
    assert "与最后一个留下者持平" in say(why, "zh")


def asking(season: Season, since: datetime, until: datetime) -> dict[str, Standing]:
    """Count everybody in a span."""
    request = RequestStandings(
        period="p", since=since, until=until, policy=KEY, because=because("league.over")
    )
    found = season.engine.standings(request).standings
    return {str(row.member): row for row in found}


def test_figures_are_those_inside_the_period() -> None:
    """Its beginning is inside, its end is not; whenever it is counted."""
    season = Season(league(figures=EVERY))
    season.join("ann", "bob", "cem")
    edges = (JAN, JAN + 3 * DAY, JAN + 3 * DAY, JAN + 15 * DAY)
    for at in edges:
        season.tell(ev.MessagePosted, at, "ann")
        season.tell(ev.PurchaseMade, at, "ann", money=Money(500, "CNY"))
        season.tell(ev.RuleBroken, at, "ann", rule=RuleCode("caps"))
    season.until(40)
    rows = asking(season, JAN, JAN + 15 * DAY)
    expected = {"posts": 3, "days": 2, "spent": 1500, "strikes": 3}
    assert rows["ann"].figures == expected
    assert rows["bob"].figures == dict.fromkeys(expected, 0)
    later = asking(season, JAN + 15 * DAY, JAN + 31 * DAY)
    assert later["ann"].figures == {"posts": 1, "days": 1, "spent": 500, "strikes": 1}
    assert asking(season, JAN - 15 * DAY, JAN) == {}
    season.tell(ev.MembershipImported, JAN + 41 * DAY, "dan", since=JAN)
    season.tell(ev.MessagePosted, JAN + 41 * DAY, "dan")
    assert asking(season, JAN, JAN + DAY)["dan"].figures["days"] == 0


def test_accounts_of_one_person_are_counted_once() -> None:
    """Bots, and tiers that the league does not have, are left out."""
    grade = TierGroup(
        key="grade", tiers=tuple(map(_tier, ("fan", "active", "core", "guest")))
    )
    season = field(tiers=(grade,))
    season.tell(ev.IdentityLinked, JAN + 5 * DAY, "ann", alias=MemberId("bob"))
    season.tell(ev.Joined, JAN + 5 * DAY, "bot", bot=True)
    known = {"tiers": "grade", "tier": "guest", "since": JAN}
    season.tell(ev.TierImported, JAN + 5 * DAY, "eve", **known)
    rows = asking(season, JAN, JAN + 15 * DAY)
    assert sorted(rows) == ["ann", "cem", "dan"]
    assert rows["ann"].figures == {"posts": 5}


def _tier(key: str) -> Tier:
    return Tier(key=TierKey(key))


OVERRIDES = [OverrideKind.LOCK, OverrideKind.BOOST, OverrideKind.FLOOR]


@pytest.mark.parametrize("kind", OVERRIDES)
def test_overrides_keep_a_member(kind: OverrideKind) -> None:
    """A lock and a boost fix the tier, a floor only catches; others go on."""
    season = field()
    told = {"tiers": "grade", "override": kind, "tier": ACTIVE}
    season.tell(ev.TierOverridden, JAN + DAY, "cem", **told)
    season.tell(ev.TierOverridden, JAN + DAY, "ann", **told)
    found = moves(season.until(17))
    assert "cem" not in found
    assert ("ann" in found) == (kind is OverrideKind.FLOOR)
    assert found["bob"][1] == ("fan" if kind is OverrideKind.FLOOR else "core")


def test_an_extra_tier_is_no_rung() -> None:
    """Who has a place above by featured posts takes no place upwards to it."""
    season = field()
    extra = {"tiers": "grade", "tier": CORE}
    season.tell(ev.ExtraTierGranted, JAN + DAY, "ann", **extra)
    assert moves(season.until(17))["bob"] == ("active", "core")


def test_relegation_may_come_first() -> None:
    """Then whoever falls does not rise."""
    rules = evolve(RULES, relegate=Quota(most=3), promotions_first=False)
    rows = [stand("ann", 3), stand("bob", 2)]
    falls = close(rows, rules, period="p")
    assert falls.moved(FAN) == ("ann", "bob")
    rises = close(rows, evolve(rules, promotions_first=True), period="p")
    assert (rises.moved(CORE), rises.moved(FAN)) == (("ann",), ("bob",))
    assert (rises.promoted, rises.relegated) == (("ann",), ("bob",))
    assert (falls.promoted, falls.relegated) == ((), ("ann", "bob"))


def test_the_champion_and_who_stays() -> None:
    """The first of the highest tier; only active ones stay. Strangers are no rank."""
    rows = [stand("ann", 3, CORE), stand("bob", 2, CORE), stand("cem", 0, FAN)]
    found = close([*rows, stand("x", 9, TierKey("guest"))], RULES, period="p")
    assert (found.champion, found.stayed) == ("ann", ("ann", "bob"))
    assert close([], RULES, period="p").champion is None
    assert found.rank("x") is None


@pytest.mark.parametrize("by", ["name", "member"])
def test_names_rank_in_both_directions(by: str) -> None:
    """The last name first, where it says so."""
    rules = LeagueRules(tiers=(FAN, CORE), order=(OrderKey(by=by),))
    names = [str(s.member) for s in ranked([stand("a", 1), stand("b", 1)], rules)]
    assert names == ["b", "a"]


def test_it_is_explained_in_words() -> None:
    """Rank, borders, ties; figures and places of a move."""
    joined = [stand("b", 5), stand("a", 5), stand("c", 1), stand("d", 1)]
    found = close(joined, RULES, period="2026-01-H1")
    told = explain(found, "c")
    assert told is not None
    assert say(told, "en") == (
        "Rank 3 of 4 in “active” in 2026-01-H1: stays. 2 places below the last one"
        " that rises, 4 behind. 1 place above the first one that falls. among equals"
        " “member” decided the last place."
    )
    assert "留在原等级" in say(told, "zh")
    assert explain(found, "nobody") is None
    alone = explain(close([stand("a", 1)], RULES, period="p"), "a")
    assert alone is not None
    assert not alone.parts
    first = explain(found, "a")
    assert first is not None
    assert "晋升" in say(first, "zh")


def test_the_place_that_a_tie_decided_is_told_with_the_move() -> None:
    """By the key that the others did not have."""
    season = Season()
    season.join("ann", "bob", tier=ACTIVE)
    season.post(3, ann=1, bob=1)
    step = season.until(17)
    told = {str(d.member): say(d.because, "zh") for d in step.decisions if d.member}
    assert "同分时以“member”决出最后一个名额" in told["ann"]
    assert "降级" in told["bob"]


def test_who_is_locked_reads_it() -> None:
    """In the standing of the running period."""
    season = Season(league(locked=(RoleName("host"),)))
    season.join("ann", tier=ACTIVE)
    season.tell(ev.RoleAssigned, JAN, "ann", role=RoleName("host"))
    assert "等级已固定" in say(season.engine.standing("ann"), "zh")


def test_what_was_counted_too_late_moves_nobody() -> None:
    """What is needed is not kept for ever; nothing is decided by half of it."""
    season = field()
    step = season.engine.advance(JAN + 150 * DAY)
    counted = season.engine.standings(of(step, RequestStandings)[0])
    closed, asked = season.engine.receive(counted).decisions
    assert isinstance(closed, ClosePeriod)
    assert (closed.skipped, closed.movements) == ("counted_too_late", ())
    assert isinstance(asked, RequestStandings)
    assert "统计太晚" in say(closed.because, "zh")


def test_the_community_began_with_its_first_member() -> None:
    """Who was imported began before."""
    policy = league(starts_after=Duration(months=1))
    season = Season(policy)
    long_ago = JAN - 300 * DAY
    season.tell(ev.MembershipImported, JAN, "ann", since=long_ago)
    season.post(3, ann=1)
    (closed,) = of(season.until(17), ClosePeriod)
    assert closed.skipped == ""
    there = ZoneInfo("Asia/Shanghai")
    begun = datetime(2026, 1, 31, 20, tzinfo=UTC)
    assert policy.selection_starts(begun, there) == date(2026, 3, 1)
    plain = league(started=JAN)
    assert plain.selection_starts(begun, there) == date(2026, 1, 1)


def test_in_shadow_an_unwanted_count_is_only_noted() -> None:
    """It closes nothing; a count for another policy is not ours."""
    season = Season(league(mode=Mode.SHADOW))
    season.join("ann")
    for key in (KEY, PolicyKey("other")):
        counted = ev.StandingsCounted(
            id=EventId(f"c-{key}"),
            at=JAN + 2 * DAY,
            policy=key,
            period="p",
            since=JAN,
            until=JAN + DAY,
        )
        step = season.engine.receive(counted)
        assert not of(step, ClosePeriod)
        assert len(step.decisions) == int(key == KEY)


def test_a_recalculation_after_all_was_forgotten_reports_nothing() -> None:
    """Half of the figures are no ground for a difference."""
    season = field()
    season.until(17)
    state = season.engine.view("")
    request = season.policy.request(state, "2026-01-H1")
    assert request is not None
    assert season.policy.request(state, "2020-01-H1") is None
    asked = season.policy.request(state, at=JAN + 20 * DAY)
    assert asked is not None
    assert (asked.period, asked.again) == ("2026-01-H2", False)
    counted = season.engine.standings(request)
    season.engine.advance(JAN + 150 * DAY)
    late = evolve(counted, at=JAN + 150 * DAY, recorded_at=JAN + 150 * DAY)
    assert not season.engine.receive(late).decisions


def test_standings_of_a_stranger_are_refused() -> None:
    """Of a policy that ranks nobody, and with a member twice."""
    season = field()
    request = RequestStandings(
        period="p",
        since=JAN,
        until=JAN + DAY,
        policy=PolicyKey("nobody"),
        because=because("league.over"),
    )
    with pytest.raises(DefinitionError) as caught:
        season.engine.standings(request)
    assert caught.value.code == "engine.no_league"
    with pytest.raises(HistoryError) as twice:
        ev.StandingsCounted(
            id=EventId("c"),
            at=JAN,
            policy=KEY,
            period="p",
            since=JAN,
            until=JAN + DAY,
            standings=(stand("ann", 1), stand("ann", 2)),
        )
    assert twice.value.code == "event.standings"


def test_what_the_playbook_does_not_have_is_named() -> None:
    """A tier group, tiers, roles, with their paths."""
    asked = evolve(RULES, pool=(TierKey("gone"),), to=TierKey("down"))
    policy = league(rules=asked, entry=TierKey("in"), locked=(RoleName("king"),))
    found = {path: word for path, word, _ in policy.problems(Book())}
    expected = {"entry": "in", "rules.to": "down", "rules.pool[0]": "gone"}
    assert found == expected | {"locked[0]": "king"}
    other = evolve(RULES, tiers=(FAN, TierKey("peak"), ACTIVE))
    named = {path: word for path, word, _ in league(rules=other).problems(Book())}
    assert named == {"rules.tiers[1]": "peak"}
    assert not list(league(locked=(RoleName("host"),)).problems(Book()))
    lost = evolve(policy, tiers="lost")
    assert ("tiers", "lost", ("grade",)) in list(lost.problems(Book()))


PLACES: list[tuple[PeriodUnit, Callable[[datetime], str]]] = [
    (PeriodUnit.DAY, lambda at: f"{at:%Y-%m-%d}"),
    (PeriodUnit.WEEK, lambda at: f"{at:%G-W%V}"),
    (PeriodUnit.MONTH, lambda at: f"{at:%Y-%m}"),
]


@pytest.mark.parametrize(("unit", "name"), PLACES)
def test_other_periods_close_as_well(
    unit: PeriodUnit, name: Callable[[datetime], str]
) -> None:
    """Days, weeks from Monday, months; each once."""
    season = Season(league(period=unit))
    season.join("ann", tier=ACTIVE)
    step = season.until(38)
    found = [d.period for d in of(step, ClosePeriod)]
    begun = [name(JAN + timedelta(days=n)) for n in range(37)]
    over = list(dict.fromkeys(begun))
    if unit is not PeriodUnit.DAY:
        over.pop()
    assert found == over
