"""Gravity, density, decay, spread; ratios are exact."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.errors import DefinitionError
from community_sdk.metrics import (
    Gravity,
    Spread,
    cut,
    decayed,
    density,
    gravity,
    nearest,
    share,
)

RATIOS = st.fractions(min_value=-1000, max_value=1000, max_denominator=997)


def test_gravity_is_the_change_per_member() -> None:
    """None in the first period, and where there is nobody."""
    found = gravity((1, 4), {"a": (2, 1), "b": (1, 2), "c": (0, 0)})
    assert found["a"] == Gravity(18, None, None)
    assert found["b"] == Gravity(33, 15, Fraction(5))
    assert found["c"] == Gravity(0, -33, None)
    with pytest.raises(DefinitionError) as caught:
        gravity((1, 4), {"a": (1,)})
    assert caught.value.code == "gravity.levels"


def test_density_and_decay() -> None:
    """Of one member there is no pair; strength is lost month by month."""
    assert density(4, 3) == (6, Fraction(1, 2))
    assert density(1, 0) == (0, None)
    assert decayed(8, Fraction(1, 2), 3) == 1


@given(
    st.integers(1, 50),
    st.fractions(min_value=0, max_value=3, max_denominator=20),
    st.integers(0, 12),
)
def test_waves_add_up(seed: int, k: Fraction, n: int) -> None:
    """The cumulative number is the sum of the waves."""
    spread = Spread(seed=seed, invitations=k, acceptance=Fraction(1), cycle_days=2)
    waves = [spread.wave(i) for i in range(n + 1)]
    assert waves[-1].cumulative == sum(w.new for w in waves)
    assert waves[-1].day == 2 * n
    total = int(waves[-1].cumulative)
    reached = spread.waves_to(total)
    if n and k >= 1:
        assert reached is not None
        assert n - 1 < reached <= n + Fraction(1, 10**20)


def test_a_spread_that_dies_out_reaches_no_more_than_its_sum() -> None:
    """K of one half doubles the seed in the end, and never gets there."""
    spread = Spread(seed=10, invitations=Fraction(1, 2), acceptance=Fraction(1))
    assert spread.waves_to(10) == 0
    assert spread.waves_to(15) == 1
    assert spread.waves_to(20) is None
    assert (
        Spread(seed=1, invitations=Fraction(0), acceptance=Fraction(1)).waves_to(2)
        is None
    )
    for n in (-1, 1001):
        with pytest.raises(DefinitionError):
            spread.wave(n)


@given(RATIOS, st.integers(0, 4))
def test_rounding_stays_within_its_unit(ratio: Fraction, places: int) -> None:
    """Cut goes towards zero, nearest to the nearest, halves away from zero."""
    unit = Fraction(1, 10**places)
    assert abs(cut(ratio, places)) <= abs(ratio) < abs(cut(ratio, places)) + unit
    assert abs(nearest(ratio, places) - ratio) <= unit / 2
    assert nearest(-ratio, places) == -nearest(ratio, places)


def test_a_share_of_nothing_is_none() -> None:
    """Neither 0 nor 1."""
    assert share(0, 0) is None
    assert share(None, 5) is None
    assert share(2, 4) == Fraction(1, 2)
    assert nearest(Fraction(5, 2)) == 3
