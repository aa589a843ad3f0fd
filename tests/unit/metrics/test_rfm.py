"""Recency, frequency, money: both forms, scores, segments."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.errors import DefinitionError
from community_sdk.metrics import RfmScale, Transaction, rfm_figures, split

DAY = date(2026, 1, 1)
BOUGHT = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.integers(0, 40).map(lambda n: DAY + timedelta(n)),
        st.integers(0, 50),
    ),
    min_size=1,
    max_size=30,
)


@given(BOUGHT, st.integers(0, 40))
def test_the_forms_agree_with_a_plain_count(
    bought: list[Transaction], last: int
) -> None:
    """Purchases of a day are one; those after the end are none."""
    end = DAY + timedelta(last)
    kept = [t for t in bought if t[1] <= end]
    model = rfm_figures(bought, end=end, form="model")
    segment = rfm_figures(bought, end=end)
    assert set(model) == set(segment) == {who for who, _, _ in kept}
    for who in model:
        days = sorted({day for name, day, _ in kept if name == who})
        assert segment[who].frequency == len(days) == model[who].frequency + 1
        assert segment[who].recency == (end - days[-1]).days
        assert segment[who].tenure_at_last == (days[-1] - days[0]).days
        assert segment[who].age == (end - days[0]).days
        own = [(day, amount) for name, day, amount in kept if name == who]
        assert segment[who].monetary * len(days) == sum(a for _, a in own)
        repeats = [a for day, a in own if day != days[0]]
        if repeats:
            assert model[who].monetary * (len(days) - 1) == sum(repeats)


@given(BOUGHT)
def test_order_does_not_matter(bought: list[Transaction]) -> None:
    """Nor does it change which end is the default."""
    assert rfm_figures(bought) == rfm_figures(bought[::-1])


def test_without_purchases_there_is_nobody() -> None:
    """Nothing to sum up, nothing to score."""
    assert rfm_figures([]) == {}
    assert RfmScale().score({}).segments() == {}


def test_weeks_are_those_of_the_calendar_or_seven_days() -> None:
    """Sunday and Monday are neighbours, and two weeks."""
    bought: list[Transaction] = [("a", date(2026, 1, 4), 1), ("a", date(2026, 1, 5), 1)]
    assert rfm_figures(bought, unit="week")["a"].frequency == 2
    sevens = rfm_figures(bought, unit="seven_days")["a"]
    assert (sevens.frequency, sevens.age) == (2, Fraction(1, 7))


@given(BOUGHT, st.integers(1, 9))
def test_scores_keep_the_order_and_equals_together(
    bought: list[Transaction], classes: int
) -> None:
    """Who bought later, more often or more never scores less."""
    figures = rfm_figures(bought)
    found = RfmScale(classes=classes).score(figures)
    assert found.short == (min(found.classes) < classes)
    for one, a in figures.items():
        for other, b in figures.items():
            r, f, m = found.scores[one]
            r2, f2, m2 = found.scores[other]
            assert (a.recency <= b.recency) <= (r >= r2)
            assert (a.frequency >= b.frequency) <= (f >= f2)
            assert (a.monetary >= b.monetary) <= (m >= m2)
    for scores in found.scores.values():
        assert all(1 <= n <= top for n, top in zip(scores, found.classes, strict=True))


@given(BOUGHT, st.integers(1, 9), st.sampled_from(["low", "high"]), st.randoms())
def test_ranks_by_hand(
    bought: list[Transaction], classes: int, ties: Any, order: Random
) -> None:
    """How many are worse, how many are at most as good: counted one by one."""
    figures = rfm_figures(bought)
    scale = RfmScale(classes=classes, ties=ties)
    found = scale.score(figures)
    columns = [
        {who: -f.recency for who, f in figures.items()},
        {who: Fraction(f.frequency) for who, f in figures.items()},
        {who: f.monetary for who, f in figures.items()},
    ]
    for place, column in enumerate(columns):
        for who, value in column.items():
            worse = sum(1 for other in column.values() if other < value)
            equal = sum(1 for other in column.values() if other == value)
            rank = worse if ties == "low" else worse + equal - 1
            assert found.scores[who][place] == rank * classes // len(column) + 1
        bins = {scores[place] for scores in found.scores.values()}
        assert found.classes[place] == len(bins) <= classes
    mixed = list(figures.items())
    order.shuffle(mixed)
    assert scale.score(dict(mixed)).scores == found.scores


def test_ranks_without_ties_make_classes_of_one_size() -> None:
    """Eight members, four classes of two; with everybody equal there is one class."""
    apart: list[Transaction] = [(w, DAY, n) for n, w in enumerate("abcdefgh")]
    scores = RfmScale(ties="low").score(rfm_figures(apart)).scores
    assert [m for _, _, m in scores.values()] == [1, 1, 2, 2, 3, 3, 4, 4]
    equal: list[Transaction] = [(w, DAY, 5) for w in "abcd"]
    low = RfmScale(ties="low").score(rfm_figures(equal))
    high = RfmScale(ties="high").score(rfm_figures(equal))
    assert {*low.scores.values()} == {(1, 1, 1)}
    assert {*high.scores.values()} == {(4, 4, 4)}
    assert low.short
    assert low.classes == high.classes == (1, 1, 1)


def test_thresholds_know_no_ranks() -> None:
    """One or the other."""
    with pytest.raises(DefinitionError) as caught:
        RfmScale(classes=2, thresholds=((1,), (1,), (1,)), ties="low")
    assert caught.value.code == "rfm.both"


def test_fixed_thresholds_are_the_same_for_everybody() -> None:
    """A figure at the threshold has not exceeded it; recency counts down."""
    scale = RfmScale(classes=2, thresholds=((3,), (1,), (10,)))
    bought: list[Transaction] = [
        ("a", DAY, 10),
        ("b", DAY + timedelta(3), 11),
        ("b", DAY + timedelta(2), 11),
        ("c", DAY - timedelta(1), 12),
    ]
    found = scale.score(rfm_figures(bought))
    assert found.scores == {"a": (2, 1, 1), "b": (2, 2, 2), "c": (1, 1, 2)}
    assert not found.short
    assert found.segments({"best": ["222"]}, rest="others") == {
        "a": "others",
        "b": "best",
        "c": "others",
    }


@pytest.mark.parametrize(
    "cuts", [((1,), (1,)), ((1, 2), (1,), (1,)), ((2, 2), (1, 2), (1, 2))]
)
def test_thresholds_that_cut_otherwise_are_refused(
    cuts: tuple[tuple[int, ...], ...],
) -> None:
    """Three rows, each rising, one fewer than classes."""
    classes = 3 if len(cuts[0]) > 1 else 2
    with pytest.raises(DefinitionError) as caught:
        RfmScale(classes=classes, thresholds=cuts)
    assert caught.value.code == "rfm.thresholds"


def test_what_came_after_the_calibration() -> None:
    """Both dates included on their side; whoever came later is not known yet."""
    days = [("a", 0), ("a", 2), ("a", 3), ("a", 3), ("a", 5), ("b", 4)]
    bought: list[Transaction] = [(w, DAY + timedelta(n), 1) for w, n in days]
    found = split(
        bought, calibration=DAY + timedelta(2), observation=DAY + timedelta(4)
    )
    assert {who: later for who, (_, later) in found.items()} == {"a": 1}
    assert found["a"][0].frequency == 1
