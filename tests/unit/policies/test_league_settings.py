"""Leagues whose settings contradict each other are refused, with the place."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.errors import DefinitionError, PlaybookError, Problem
from community_sdk.model import Standing, TierKey
from community_sdk.playbook import dumps, load, loads
from community_sdk.policies import LeagueRules, OrderKey, Quota
from community_sdk.policies.league import close, places, places_of
from community_sdk.wording import say_problem
from tests.unit.policies.test_league import CORE, LOW, SECOND, TIERS, rules, stand
from tests.unit.policies.test_league_policy import POSTS, league

BOOK = dumps(load("half_month_league"))


def changed(old: str, new: str) -> tuple[Problem, ...]:
    """What is wrong with the half-month league, if *old* in it is *new*."""
    assert old in BOOK
    with pytest.raises(PlaybookError) as caught:
        loads(BOOK.replace(old, new))
    return caught.value.problems


def refused(**given: Any) -> DefinitionError:
    """What is said of rules that make no sense."""
    with pytest.raises(DefinitionError) as caught:
        rules(**given)
    return caught.value


def test_tiers_of_a_league_stand_in_the_order_of_their_group() -> None:
    """Else a promotion would relegate; the place and the tier are told."""
    (problem,) = changed(
        '"retention", "second", "core"', '"retention", "core", "second"'
    )
    assert (problem.path, problem.code) == ("policy[0].rules.tiers[2]", "league.order")
    assert "found `second` after `core`" in problem.message
    told = say_problem(problem, "zh")
    assert "`second`" in told
    assert "`core`" in told


def test_each_tier_of_a_league_stands_once() -> None:
    """In the rules and in the pool."""
    with pytest.raises(DefinitionError) as caught:
        evolve(rules(), tiers=(LOW, SECOND, SECOND))
    assert (caught.value.code, caught.value.figures["found"]) == (
        "league.tier_twice",
        "second",
    )
    assert refused(pool=(SECOND, SECOND)).code == "league.tier_twice"


@pytest.mark.parametrize(
    ("pool", "to", "found"),
    [
        ((SECOND, CORE), SECOND, "second"),
        ((SECOND,), CORE, "second"),
        ((LOW,), "", LOW),
    ],
)
def test_whoever_falls_falls_down(
    pool: tuple[TierKey, ...], to: str, found: str
) -> None:
    """The goal lies below every tier of the pool."""
    error = refused(pool=pool, to=TierKey(to))
    assert (error.code, error.figures["found"]) == ("league.pool", found)
    assert error.figures["expected"] == (to or LOW)


def test_without_a_pool_all_tiers_above_the_goal_fall() -> None:
    """Nobody below it is lifted to it."""
    four = (*TIERS, TierKey("top"))
    asked = LeagueRules(
        tiers=four, order=(OrderKey(by="activity"),), relegate=Quota(most=1), to=CORE
    )
    found = close([stand(t, 1, t) for t in four], asked, period="p")
    assert [(m.before, m.after) for m in found.movements] == [("top", "core")]


def test_a_figure_is_not_called_like_what_a_standing_has_anyway() -> None:
    """It would never be looked at."""
    with pytest.raises(DefinitionError) as caught:
        league(figures={**POSTS, "joined": POSTS["posts"]})
    assert (caught.value.code, caught.value.figures["found"]) == (
        "league.figure_name",
        "joined",
    )


@pytest.mark.parametrize(
    ("formula", "example"),
    [
        ("n // 0", "1"),
        ("n / 0", "1"),
        ("n // (max - max)", "1"),
        ("n // active", "1"),
        ("ceil(n / (n - 3))", "3"),
        ("max(n // (active - 1), 1)", "1"),
    ],
)
def test_a_formula_that_divides_by_zero_is_refused(formula: str, example: str) -> None:
    """With a group in which it does."""
    with pytest.raises(DefinitionError) as caught:
        Quota(formula=formula, most=5)
    assert caught.value.code == "league.division"
    assert caught.value.figures["members"] == example
    assert "max(1, " in caught.value.hint


def test_a_file_tells_which_formula_divides_by_zero() -> None:
    """By its path, in both languages."""
    (problem,) = changed("least = 1, most = 3", 'formula = "n // active"')
    assert (problem.path, problem.code) == (
        "policy[0].rules.promote",
        "league.division",
    )
    assert "`n // active`" in say_problem(problem, "en")
    assert "1 人" in say_problem(problem, "zh")


@given(st.integers(1, 200), st.integers(0, 200))
def test_a_formula_that_cannot_divide_by_zero_is_taken(n: int, active: int) -> None:
    """What a group gives is what it says."""
    text = "ceil(n / 6) + active // max(1, n - active)"
    Quota(formula=text)
    figures = {"n": n, "active": active, "max": n, "min": 0}
    assert places(text, figures) == -(-n // 6) + active // max(1, n - active)


def test_a_group_that_divides_by_zero_all_the_same_gives_no_places() -> None:
    """Larger ones than were tried."""
    standings = [Standing(member=f"m{n}", tier=LOW) for n in range(999)]  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert places_of(Quota(formula="9 // (n - 999)"), standings, rules()) == 0
