"""What conditions mean: the recursive reader against a plain reading of the words."""

import operator
from collections.abc import Callable

import pytest
from hypothesis import given

from community_sdk._time import Duration
from community_sdk.conditions import (
    ALWAYS,
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Fixed,
    Holds,
    Not,
    evaluate,
    parse_condition,
)
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric
from tests.unit.conditions import trees
from tests.unit.conditions.trees import Counted, Figures

SIGNS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}


def meaning(node: Condition, figures: Figures) -> bool:
    """Say what *node* means, every part asked, nothing saved."""

    def figure(side: object) -> int | None:
        if isinstance(side, Metric):
            return figures[side]
        return side.us if isinstance(side, Duration) else int(str(side))

    if isinstance(node, (All, Any, AtLeast)):
        met = sum([meaning(part, figures) for part in node.parts])
        k = node.k if isinstance(node, AtLeast) else 1
        return met == len(node.parts) if isinstance(node, All) else met >= k
    if isinstance(node, Not):
        return not meaning(node.part, figures)
    if isinstance(node, Fixed):
        return node.holds
    if isinstance(node, Holds):
        return bool(figures[node.metric])
    assert isinstance(node, Compare)
    left, right = figure(node.metric), figure(node.value)
    if left is None or right is None:
        return False
    return SIGNS[node.op](left, right)


@given(trees.asked())
def test_the_words_mean_what_they_say(asked: tuple[Condition, Figures]) -> None:
    """The reader agrees with the plain meaning of all, any, not and at least."""
    condition, figures = asked
    assert evaluate(condition, figures.__getitem__) is meaning(condition, figures)


@given(trees.asked(), trees.asked())
def test_de_morgan(
    one: tuple[Condition, Figures], two: tuple[Condition, Figures]
) -> None:
    """Not both is one of the nots, whatever was never observed."""
    (a, some), (b, more) = one, two
    read = (some | more).__getitem__
    assert evaluate(Not(All((a, b))), read) is evaluate(Any((Not(a), Not(b))), read)
    assert evaluate(Not(Any((a, b))), read) is evaluate(All((Not(a), Not(b))), read)
    assert evaluate(AtLeast(1, (a, b)), read) is evaluate(Any((a, b)), read)
    assert evaluate(AtLeast(2, (a, b)), read) is evaluate(All((a, b)), read)


@pytest.mark.parametrize("op", trees.SIGNS)
def test_with_nothing_nothing_compares(op: str) -> None:
    """A figure never observed meets no comparison, `!=` included; its `not` holds."""
    condition = parse_condition(f'recency() {op} "3d"')
    assert not evaluate(condition, lambda _: None)
    assert evaluate(Not(condition), lambda _: None)
    assert not evaluate(parse_condition(f"recency() {op} tenure()"), lambda _: None)
    assert not evaluate(parse_condition('has("role", "x")'), lambda _: None)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("count('a') > 0 and count('b') > 0", "a"),
        ("count('b') > 0 or count('a') > 0", "b"),
        ("at_least(1, count('a') > 0, count('b') > 0, count('c') > 0)", "ab"),
        ("at_least(3, count('a') > 0, count('b') > 0, count('c') > 0)", "a"),
        ("at_least(2, count('a') > 0, count('b') > 0, count('c') > 0)", "abc"),
        ("at_least(2, count('a') > 0, count('c') > 0, count('b') > 0)", "ac"),
        ("count('a') > count('b')", "ab"),
        ("True or count('a') > 0", ""),
    ],
)
def test_no_more_is_read_than_needed(text: str, read: str) -> None:
    """Parts are asked in order until the answer is known."""
    figures: Figures = {
        Metric("count", kind="a"): 0,
        Metric("count", kind="b"): 1,
        Metric("count", kind="c"): 0,
    }
    counted = Counted(figures)
    evaluate(parse_condition(text), counted)
    assert "".join(metric.kind for metric in counted.asked) == read


@pytest.mark.parametrize("text", ["a", "a > 1", "tenure() > a"])
def test_names_have_no_figures(text: str) -> None:
    """A name that was not put in is refused, never guessed."""
    with pytest.raises(DefinitionError) as caught:
        evaluate(ALWAYS & parse_condition(text), lambda _: 1)
    assert caught.value.code == "condition.unresolved"
