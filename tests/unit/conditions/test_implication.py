"""What one condition proves of another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.conditions import (
    Condition,
    all_of,
    any_of,
    evaluate,
    implies,
    parse_condition,
)
from community_sdk.metrics import Metric

POSTS, DAYS = 'count("message", "30d")', 'active_days("30d")'


def compared(figure: str, op: str, number: int) -> Condition:
    """A figure beside a number."""
    return parse_condition(f"{figure} {op} {number}")


LEAVES = st.builds(
    compared,
    st.sampled_from([POSTS, DAYS]),
    st.sampled_from([">=", ">", "<=", "<", "==", "!="]),
    st.integers(0, 4),
)
TREES: st.SearchStrategy[Condition] = st.recursive(
    LEAVES | st.sampled_from(["True", "False"]).map(parse_condition),
    lambda inner: st.one_of(
        st.builds(all_of, inner, inner),
        st.builds(any_of, inner, inner),
        inner.map(lambda part: ~part),
    ),
    max_leaves=5,
)


@given(TREES, TREES, st.sampled_from([None, 0, 1, 2, 3, 4, 5]), st.integers(0, 5))
def test_who_meets_the_first_meets_the_second(
    strong: Condition, weak: Condition, posts: int | None, days: int
) -> None:
    """INVARIANT: what is proven is true of all figures, unobserved ones included."""

    def read(metric: Metric) -> int | None:
        return posts if metric.word == "count" else days

    assert implies(strong, strong)
    assert not (
        implies(strong, weak) and evaluate(strong, read) and not evaluate(weak, read)
    )


@pytest.mark.parametrize(
    ("strong", "weak", "proven"),
    [
        (f"{POSTS} >= 10", f"{POSTS} >= 9", True),
        (f"{POSTS} >= 9", f"{POSTS} >= 10", False),
        (f"{POSTS} > 9", f"{POSTS} >= 10", True),
        (f"{POSTS} < 4", f"{POSTS} <= 3", True),
        (f"{POSTS} == 4", f"{POSTS} >= 4", True),
        (f"{POSTS} == 4", f"{POSTS} != 5", True),
        (f"{POSTS} != 4", f"{POSTS} <= 9", False),
        (f"{POSTS} >= 9", f"{DAYS} >= 1", False),
        (f'{POSTS} >= count("reply", "30d")', f"{POSTS} >= 1", False),
        (f"{POSTS} >= 1", f'{POSTS} >= count("reply", "30d")', False),
        ('tenure() >= "3d"', 'tenure() >= "48h"', True),
        (f"{POSTS} >= 9 and {DAYS} >= 3", f"{DAYS} >= 2", True),
        (f"{DAYS} >= 2", f"{POSTS} >= 9 or {DAYS} >= 2", True),
        (f"{POSTS} >= 9 or {POSTS} >= 7", f"{POSTS} >= 7", True),
        (f"not {POSTS} >= 7", f"not {POSTS} >= 9", True),
        ('has("role", "host")', 'has("role", "owner")', False),
        ("False", f"{POSTS} >= 9", True),
        (f"{POSTS} >= 9", "True", True),
    ],
)
def test_what_is_proven(strong: str, weak: str, *, proven: bool) -> None:
    """By bounds of one figure, and by the parts of a tree."""
    assert implies(parse_condition(strong), parse_condition(weak)) is proven
