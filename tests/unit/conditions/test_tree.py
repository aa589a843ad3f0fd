"""Trees are values: they compare, hash and combine, and refuse what text cannot say."""

import pickle
from collections.abc import Callable
from typing import Any as Anything

import attrs
import pytest
from hypothesis import given

from community_sdk._time import Duration, Window
from community_sdk.conditions import (
    ALWAYS,
    NEVER,
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Fixed,
    Holds,
    Named,
    Not,
    parse_condition,
)
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric
from tests.unit.conditions import trees

A, B, C = Named("a"), Named("b"), Named("c")
COUNT = Metric("count", kind="message", window=Window.parse("30d"))
RECENCY = Metric("recency", kind="message")


@given(trees.written_conditions())
def test_trees_are_values(condition: Condition) -> None:
    """A copy is equal, hashes alike and counts the same nodes."""
    copy: Condition = pickle.loads(pickle.dumps(condition))  # noqa: S301 - our own
    assert copy == condition
    assert hash(copy) == hash(condition)
    assert (copy.nodes, copy.depth) == (condition.nodes, condition.depth)
    assert 1 <= condition.depth <= condition.nodes
    assert str(copy) == str(condition)


def test_trees_cannot_be_changed() -> None:
    """A tree in use stays what it is."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        A.name = "b"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]


def test_operators_read_as_the_text() -> None:
    """`a & b & c` is `a and b and c`; what stood in brackets on the right stays so."""
    for built, text in (
        (A & B & C, "a and b and c"),
        (A & (B & C), "a and (b and c)"),
        (A | B | C, "a or b or c"),
        (A | B & ~C, "a or b and not c"),
        ((A | B) & C, "(a or b) and c"),
        (ALWAYS & NEVER, "True and False"),
    ):
        assert parse_condition(text) == built


@pytest.mark.parametrize("condition", [A, A & B, ~A, ALWAYS, AtLeast(1, (A,))])
def test_a_condition_is_neither_true_nor_false(condition: Condition) -> None:
    """`and`, `or` and `not` of Python would drop parts in silence; the cure is told."""
    with pytest.raises(DefinitionError, match=r"use `&`, `\|` and `~`") as caught:
        bool(condition)
    assert caught.value.code == "condition.truth"


REFUSED: list[tuple[Callable[[], object], str, str]] = [
    (lambda: Compare(COUNT, "=", 3), "condition.op", "found `=`"),  # type: ignore[arg-type]
    (lambda: Compare(COUNT, ">", value=True), "condition.value", "found `True`"),
    (lambda: Compare(COUNT, ">", 2**63), "condition.value", "at most 9223"),
    (lambda: Compare(COUNT, ">", 1.5), "condition.value", "found `1.5`"),  # type: ignore[arg-type]
    (lambda: Compare(COUNT, ">", Duration(us=1)), "condition.value", "a whole number"),
    (lambda: Compare(COUNT, ">", RECENCY), "condition.value", "a figure in times"),
    (lambda: Compare(RECENCY, ">", 3), "condition.value", 'write `"3d"`'),
    (lambda: Compare(RECENCY, ">", Duration(months=1)), "condition.value", "days"),
    (lambda: Compare(RECENCY, ">", COUNT), "condition.value", "a figure in time"),
    (lambda: Compare(A, ">", Duration(months=1)), "condition.value", "write days"),
    (lambda: Compare("count", ">", 3), "condition.metric", "expected a metric"),  # type: ignore[arg-type]
    (
        lambda: Compare(Metric("has", kind="x", of="role"), "==", 1),
        "condition.truth_compared",
        "alone",
    ),
    (lambda: Holds(COUNT), "condition.not_compared", ">= …"),
    (lambda: All([A]), "condition.two", "`and`, found 1"),
    (lambda: Any([]), "condition.two", "`or`, found 0"),
    (lambda: All([A, COUNT]), "condition.part", "compare the figure"),
    (lambda: A & COUNT, "condition.part", "found `Metric("),  # type: ignore[operator]
    (lambda: Not("a"), "condition.part", "found `a`"),
    (lambda: AtLeast(0, [A]), "condition.at_least", "from 1 to 1"),
    (lambda: AtLeast(2, [A]), "condition.at_least", "from 1 to 1"),
    (lambda: AtLeast(k=True, parts=[A]), "condition.at_least", "found `True`"),
    (lambda: Named("count"), "condition.word_as_name", "write `count(…)`"),
    (lambda: Named("at_least"), "condition.word_as_name", "a word of conditions"),
    (lambda: Named("a b"), "condition.name", "found `a b`"),
    (lambda: Named("if"), "condition.name", "found `if`"),
    (lambda: Named(""), "condition.name", "letters"),
    (lambda: Named("ﬁne"), "condition.name", "letters"),
]


@pytest.mark.parametrize(("build", "code", "said"), REFUSED)
def test_what_text_cannot_say_is_refused(
    build: Callable[[], object], code: str, said: str
) -> None:
    """So every tree that exists prints and reads back."""
    with pytest.raises(DefinitionError) as caught:
        build()
    assert caught.value.code == code
    assert said in str(caught.value)


METRICS_REFUSED: list[tuple[dict[str, Anything], str]] = [
    ({"word": "count"}, "condition.missing"),
    ({"word": "active_days", "window": Window.parse("3d")}, "condition.missing"),
    ({"word": "tenure", "kind": "x"}, "condition.argument"),
    ({"word": "count", "kind": "x", "of": "y"}, "condition.argument"),
    ({"word": "has", "kind": "x", "of": "role", "window": "3d"}, "condition.argument"),
    ({"word": "count", "kind": "x", "window": "3d"}, "condition.window"),
    ({"word": "count", "kind": 5}, "condition.text"),
    ({"word": "count", "kind": "x" * 201}, "condition.text"),
    ({"word": "count", "kind": "\ud800"}, "condition.text"),
    ({"word": "count", "kind": "x", "by": "me"}, "condition.by"),
    ({"word": "count", "kind": "x", "where": (("by", 1),)}, "condition.filter_name"),
    ({"word": "count", "kind": "x", "where": (("a b", 1),)}, "condition.filter_name"),
    ({"word": "count", "kind": "x", "where": ((5, 1),)}, "condition.filter_name"),
    ({"word": "count", "kind": "x", "where": (("a", 1.5),)}, "condition.filter_value"),
    (
        {"word": "count", "kind": "x", "where": (("b", 1), ("a", 1))},
        "condition.filter_order",
    ),
    (
        {"word": "count", "kind": "x", "where": (("a", 1), ("a", 1))},
        "condition.filter_order",
    ),
]


@pytest.mark.parametrize(("given", "code"), METRICS_REFUSED)
def test_metrics_that_text_cannot_say(given: dict[str, Anything], code: str) -> None:
    """A metric in a tree has the arguments that its word takes, and only those."""
    metric = Metric(**given)
    with pytest.raises(DefinitionError) as caught:
        Compare(metric, ">", 0)
    assert caught.value.code == code


def test_lengths_that_text_cannot_say() -> None:
    """A length whose own text does not read back is refused, not misprinted."""
    length = Duration(us=10**9 + 1)
    readable = True
    try:
        readable = Duration.parse(str(length)) == length
    except DefinitionError:
        readable = False
    if readable:
        assert Compare(RECENCY, ">", length).value == length
    else:
        with pytest.raises(DefinitionError, match="an exact duration"):
            Compare(RECENCY, ">", length)


def test_trees_are_bounded() -> None:
    """INVARIANT: at most 400 nodes and 32 levels, however a tree is built."""
    wide = All([A] * 399)
    assert wide.nodes == 400
    with pytest.raises(DefinitionError, match="at most 400 parts, found 401") as caught:
        All([A] * 400)
    assert caught.value.code == "condition.large"
    deep: Condition = A
    for _ in range(31):
        deep = ~deep
    assert deep.depth == 32
    assert parse_condition(str(deep)) == deep
    with pytest.raises(DefinitionError, match="at most 32 levels") as caught:
        Not(deep)
    assert caught.value.code == "condition.deep"


def test_a_shared_part_counts_each_time() -> None:
    """Doubling by sharing is a bomb too; it ends at the bound."""
    shared: Condition = A
    while shared.nodes < 200:
        shared = All([shared, shared])
    with pytest.raises(DefinitionError, match="at most 400 parts, found 511"):
        All([shared, shared])


def test_fixed_is_true_or_false() -> None:
    """Whatever is given, `True` or `False` is printed."""
    assert str(Fixed(1)) == "True"  # pyright: ignore[reportArgumentType]
    assert Fixed(holds=False) == NEVER
