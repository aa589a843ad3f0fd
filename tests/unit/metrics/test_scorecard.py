"""Scorecards: targets, floors, caps, weights, and what was not observed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.errors import DefinitionError
from community_sdk.metrics import (
    Measured,
    attainment,
    figure_of,
    percent,
    scored,
)
from community_sdk.model import KPI, Direction, Missing

DOWN = Direction.DOWN


def kpi(**given: Any) -> KPI:
    """A key figure of ten messages."""
    fields: dict[str, Any] = {"key": "k", "measure": "messages", "target": 10}
    return KPI(**{**fields, **given})


@st.composite
def figures(draw: st.DrawFn) -> KPI:
    """Any key figure with a target."""
    up = draw(st.booleans())
    target = draw(st.integers(0, 30))
    worse = st.integers(1, 20).map(lambda n: target - n if up else target + n)
    given = draw(st.none() | st.just(target))
    return kpi(
        key=draw(st.sampled_from("abcdef")),
        measure=draw(st.sampled_from(("m", "n"))),
        direction=Direction.UP if up else DOWN,
        target=given,
        floor=None if given is None else draw(st.none() | worse),
        cap=draw(st.sampled_from((50, 100, 150))),
        weight=draw(st.integers(0, 3)),
        missing=draw(st.sampled_from(Missing)),
    )


def test_what_is_reached_rises_evenly() -> None:
    """From the floor to the target, on up to the cap; the other way round as well."""
    assert attainment(kpi(), 5) == Fraction(1, 2)
    assert attainment(kpi(), 12) == 1
    assert attainment(kpi(cap=150), 12) == Fraction(6, 5)
    assert attainment(kpi(floor=6), 7) == Fraction(1, 4)
    assert attainment(kpi(floor=6), 5) == 0
    assert attainment(kpi(direction=DOWN), 10) == 1
    assert attainment(kpi(direction=DOWN, cap=200), 0) == 2
    assert attainment(kpi(direction=DOWN), 15) == Fraction(1, 2)
    assert attainment(kpi(direction=DOWN, target=0, floor=4), 1) == Fraction(3, 4)
    assert attainment(kpi(target=None), 5) is None


def test_a_target_of_nothing_is_met_or_not() -> None:
    """Without a floor there is nothing in between."""
    assert attainment(kpi(direction=DOWN, target=0), 0) == 1
    assert attainment(kpi(direction=DOWN, target=0), 1) == 0
    assert attainment(kpi(target=0), 0) == 1
    assert attainment(kpi(target=-1), -2) == 0


@pytest.mark.parametrize(
    "given",
    [
        {"floor": 10},
        {"target": 0, "floor": 0},
        {"direction": DOWN, "floor": 9},
        {"direction": DOWN, "floor": 10},
    ],
)
def test_a_floor_is_worse_than_the_target(given: dict[str, Any]) -> None:
    """Else nothing lies between nothing and all."""
    with pytest.raises(DefinitionError, match="worse than the target"):
        kpi(**given)


def test_a_floor_asks_for_a_target() -> None:
    """And a share for something else to share in."""
    with pytest.raises(DefinitionError, match="a target of `k` beside"):
        kpi(target=None, floor=3)
    with pytest.raises(DefinitionError, match="divided by another measure"):
        kpi(of="messages")


def test_a_share_of_nothing_was_not_observed() -> None:
    """Figures, shares in percent, and None where there is nothing to share."""
    share = kpi(of="all")
    assert figure_of(kpi(), {"messages": 0}) == 0
    assert figure_of(kpi(), {}) is None
    assert figure_of(share, {"messages": 1, "all": 3}) == Fraction(100, 3)
    assert figure_of(share, {"messages": 0, "all": 0}) is None
    assert figure_of(share, {"messages": 1}) is None


def test_halves_are_rounded_away_from_zero() -> None:
    """One rule, also below zero."""
    assert percent(Fraction(1, 200)) == 1
    assert percent(Fraction(-1, 200)) == -1
    assert percent(Fraction(99, 20_000)) == 0
    assert percent(None) is None


def test_missing_figures_follow_their_rule() -> None:
    """Left out, taken as nothing, or no score at all; without weight no matter."""
    seen = kpi(key="seen", weight=3)
    counted = {"messages": 5}
    rows = {
        Missing.LEAVE_OUT: Fraction(1, 2),
        Missing.ZERO: Fraction(3, 8),
        Missing.WITHHOLD: None,
    }
    for rule, reached in rows.items():
        gone = kpi(key="gone", measure="x", missing=rule)
        card = scored((seen, gone), counted)
        assert (card.reached, card.missing) == (reached, ("gone",))
    light = kpi(key="light", measure="x", missing=Missing.WITHHOLD, weight=0)
    shown = kpi(key="shown", measure="x", missing=Missing.WITHHOLD, target=None)
    assert scored((seen, light, shown), counted).score == 50
    assert scored((shown,), counted).reached is None
    assert scored((seen,), {}).score is None


def test_the_period_before_stands_beside() -> None:
    """None where it was not watched; it changes no score."""
    card = scored((kpi(),), {"messages": 5}, {"messages": 4})
    assert card.rows == (Measured(kpi(), Fraction(5), Fraction(1, 2), Fraction(4)),)
    assert scored((kpi(),), {"messages": 5}).rows[0].before is None


@given(figures(), st.integers(-5, 60), st.integers(0, 9))
def test_a_better_figure_reaches_no_less(one: KPI, figure: int, more: int) -> None:
    """Between nothing and the cap; the target reaches all that the cap lets."""
    better = figure + (more if one.direction is Direction.UP else -more)
    low, high = attainment(one, figure), attainment(one, better)
    if one.target is None:
        assert low is None
    elif low is not None and high is not None:
        assert 0 <= low <= high <= Fraction(one.cap, 100)
        full = min(Fraction(1), Fraction(one.cap, 100))
        assert attainment(one, one.target) == full


@given(st.lists(figures(), max_size=4), st.none() | st.integers(0, 40), st.integers())
def test_the_whole_is_the_mean_by_weight(
    kpis: list[KPI], m: int | None, n: int
) -> None:
    """Against a sum by hand, in fractions throughout."""
    card = scored(kpis, {"m": m, "n": n})
    pairs: list[tuple[int, Fraction]] = []
    withheld = False
    for one in kpis:
        figure = m if one.measure == "m" else n
        reached = None if figure is None else attainment(one, figure)
        if figure is None and one.target is not None:
            withheld |= one.missing is Missing.WITHHOLD and one.weight > 0
            reached = Fraction(0) if one.missing is Missing.ZERO else None
        if reached is not None:
            pairs.append((one.weight, reached))
    weights = sum(w for w, _ in pairs)
    expected = None
    if weights and not withheld:
        expected = sum((w * r for w, r in pairs), Fraction(0)) / weights
    assert card.reached == expected
    assert card.score is None or 0 <= card.score <= 150
