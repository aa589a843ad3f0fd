"""Leagues: quotas, one ranking, nobody twice; a preview is the close itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.errors import DefinitionError
from community_sdk.model import MemberId, PeriodClose, Standing, TierKey
from community_sdk.policies.league import (
    LeagueRules,
    OrderKey,
    Quota,
    close,
    difference,
    places_of,
    ranked,
)

TIERS = tuple(TierKey(word) for word in ("retention", "second", "core"))
LOW, SECOND, CORE = TIERS
START = datetime(2026, 1, 1, tzinfo=UTC)
ORDER = (OrderKey(by="activity"), OrderKey(by="joined", best="low"))


def rules(**given_: Any) -> LeagueRules:
    """One to three rise, ten fall out of the second group."""
    given_.setdefault("promote", Quota(least=1, most=3))
    given_.setdefault("relegate", Quota(most=10))
    given_.setdefault("pool", (SECOND,))
    return LeagueRules(tiers=TIERS, order=ORDER, **given_)


def stand(name: str, activity: int, tier: TierKey = SECOND, **more: Any) -> Standing:
    """One member's standing."""
    figures = {"activity": activity}
    return Standing(member=MemberId(name), tier=tier, figures=figures, **more)


def field(*activity: int, tier: TierKey = SECOND) -> list[Standing]:
    """Members a, b, c, … with so much activity."""
    return [stand(chr(97 + i), n, tier) for i, n in enumerate(activity)]


def moved(found: PeriodClose) -> dict[str, str]:
    """Who went where."""
    return {str(m.member): str(m.after) for m in found.movements}


STANDINGS = st.lists(
    st.builds(
        stand,
        st.text("abcdefgh", min_size=1, max_size=3),
        st.integers(0, 5),
        st.sampled_from(TIERS),
        locked=st.booleans(),
    ),
    unique_by=lambda s: s.member,
    max_size=25,
)
RULES = st.builds(
    rules,
    promote=st.builds(Quota, most=st.integers(0, 4)),
    relegate=st.builds(Quota, most=st.integers(0, 6)),
    pool=st.sampled_from(((), (SECOND,), (SECOND, CORE))),
    together=st.booleans(),
    to=st.sampled_from((TierKey(""), LOW)),
    inactive=st.sampled_from(("never_promote", "never_move", "as_others")),
    smallest=st.integers(0, 3),
)


@given(STANDINGS, RULES, st.randoms())
def test_the_laws_of_a_close(
    standings: list[Standing], asked: LeagueRules, order: Any
) -> None:
    """Order does not matter; members are kept; one move each; locked ones stay."""
    found = close(standings, asked, period="p")
    shuffled = list(standings)
    order.shuffle(shuffled)
    assert close(shuffled, asked, period="p") == found
    assert close(standings, asked, period="p").digest == found.digest
    assert sorted(r.member for r in found.ranks) == sorted(s.member for s in standings)
    names = [m.member for m in found.movements]
    assert len(names) == len(set(names))
    by = {s.member: s for s in standings}
    for move in found.movements:
        one = by[move.member]
        assert (move.before, one.locked) == (one.tier, False)
        up = TIERS.index(move.after) - TIERS.index(move.before)
        assert move.rise == (up > 0)
        if move.rise and asked.inactive != "as_others":
            assert one.figures["activity"] > 0


@given(STANDINGS, RULES)
def test_whoever_rises_was_before_whoever_does_not(
    standings: list[Standing], asked: LeagueRules
) -> None:
    """Among those who can."""
    found = close(standings, asked, period="p")
    up = {m.member for m in found.movements if m.rise}
    for tier in TIERS[:-1]:
        group = [s for s in ranked(standings, asked) if s.tier == tier]
        able = [s for s in group if not s.locked]
        if asked.inactive != "as_others":
            able = [s for s in able if s.figures["activity"] > 0]
        rising = [s.member in up for s in able]
        assert rising == sorted(rising, reverse=True)
        assert sum(rising) == min(len(able), places_of(asked.promote, group, asked))


def test_the_half_month_of_three_groups() -> None:
    """Three rise, the winners of the second group do not fall, ten do."""
    standings = field(*range(200, 100, -5))
    found = close(standings, rules(), period="2026-03-H1")
    assert found.moved(CORE, rise=True) == ("a", "b", "c")
    assert found.moved(LOW) == tuple("klmnopqrst")
    rank = found.rank("e")
    assert rank is not None
    assert (rank.rank, rank.places, rank.gap, rank.above) == (5, 2, 10, 6)
    assert found.rank("nobody") is None


def test_a_pool_of_two_groups_is_one_list() -> None:
    """The least active of both fall to the lowest."""
    standings = [stand("x", 5, CORE), stand("y", 90, CORE), *field(80, 10, 1)]
    asked = rules(
        promote=None, relegate=Quota(most=2), pool=(CORE, SECOND), together=True, to=LOW
    )
    assert moved(close(standings, asked, period="p")) == {
        "c": "retention",
        "x": "retention",
    }


@pytest.mark.parametrize(
    ("quota", "places"),
    [
        (Quota(least=1, most=3, threshold=50), 1),
        (Quota(least=0, most=3, threshold=20), 2),
        (Quota(most=9, formula="ceil(n / 3)"), 2),
        (Quota(most=5, formula="min(max, max(1, active//5), (active-1)//2)"), 1),
        (Quota(formula="floor(size * 1) - min"), 4),
        (Quota(share=50), 2),
        (Quota(most=2), 2),
    ],
)
def test_how_many_places_there_are(quota: Quota, places: int) -> None:
    """Of four, three of whom were active."""
    assert places_of(quota, field(40, 20, 1, 0), rules()) == places


def test_ties_go_by_the_next_key_and_in_the_end_by_the_name() -> None:
    """The key that decided the last place is told."""
    early, late = START, START + timedelta(1)
    one = Quota(most=1)
    tied = [stand("b", 5, joined=early), stand("a", 5, joined=late)]
    found = close(tied, rules(promote=one, relegate=None), period="p")
    assert (moved(found), found.tie) == ({"b": "core"}, {SECOND: "joined"})
    found = close(field(5, 5), rules(promote=one, relegate=None), period="p")
    assert (moved(found), found.tie) == ({"a": "core"}, {SECOND: "member"})
    names = LeagueRules(
        tiers=TIERS,
        order=(OrderKey(by="activity"), OrderKey(by="name", best="low")),
        promote=one,
    )
    assert [s.member for s in ranked([stand("B", 1), stand("a", 1)], names)] == [
        "a",
        "B",
    ]
    by_id = LeagueRules(tiers=TIERS, order=(OrderKey(by="member", best="low"),))
    assert ranked(field(1, 9), by_id)[0].member == "a"


def test_who_is_spared() -> None:
    """Newcomers, locked members, the last of a small group, extra places."""
    new = stand("new", 0, joined=START + timedelta(20))
    old = stand("old", 1, joined=START)
    asked = rules(promote=None, relegate=Quota(most=1), protect=Duration.parse("15d"))
    at = START + timedelta(30)
    assert moved(close([new, old], asked, period="p", at=at)) == {"old": "retention"}
    few = rules(promote=None, relegate=Quota(most=9), smallest=2)
    assert moved(close(field(3, 2, 1), few, period="p")) == {"c": "retention"}
    guest = stand("guest", 9, extra=(CORE,))
    found = close([guest, stand("z", 1)], rules(relegate=None), period="p")
    assert moved(found) == {"z": "core"}
    idle = rules(promote=None, relegate=Quota(most=1), inactive="never_move")
    assert moved(close(field(3, 0), idle, period="p")) == {"a": "retention"}


def test_a_skipped_close_ranks_and_moves_nobody() -> None:
    """It says why."""
    found = close(field(3, 2), rules(), period="p", skipped="too_young")
    assert (found.movements, found.skipped, len(found.ranks)) == ((), "too_young", 2)


def test_a_recalculation_is_told_as_a_difference() -> None:
    """The closed result stands."""
    asked = rules(promote=Quota(most=1), relegate=Quota(most=1))
    first = close(field(3, 2, 1), asked, period="p")
    again = close(field(3, 2, 9), asked, period="p")
    assert difference(first, again) == {
        "promoted_added": ("c",),
        "promoted_removed": ("a",),
        "relegated_added": ("b",),
        "relegated_removed": ("c",),
    }


@pytest.mark.parametrize(
    "text",
    ["", "n +", "m", "__import__('os')", "n ** 9", "1.5", "ceil(n, 2)", "abs(n)",
     "(" * 200, "n" * 200, "+".join(["n"] * 50), "n if n else n", "True"],
)  # fmt: skip
def test_a_formula_that_is_none_is_refused(text: str) -> None:
    """Nothing else is ever evaluated."""
    with pytest.raises(DefinitionError) as caught:
        Quota(formula=text or " ")
    assert caught.value.code == "league.formula"


def test_a_quota_that_contradicts_itself_is_refused() -> None:
    """Or says nothing."""
    with pytest.raises(DefinitionError) as caught:
        Quota()
    assert caught.value.code == "league.quota"
    with pytest.raises(DefinitionError) as caught:
        Quota(least=3, most=2)
    assert caught.value.code == "league.quota_bounds"
