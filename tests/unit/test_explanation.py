"""Explanations hold plain facts, in no language, whatever they were made from."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum, IntEnum
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import Duration, Window
from community_sdk.explanation import Explanation, Figure, because


class Colour(Enum):
    """An enum whose values differ from its names."""

    DARK_RED = "#800"


class Level(IntEnum):
    """An enum that is also a number."""

    HIGH = 3


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.frozensets(st.text(max_size=3), max_size=3)
    ),
    max_leaves=8,
)


def node(parts: list[Explanation], value: object, source: str) -> Explanation:
    """An explanation that rests on others."""
    return because("a.node", *parts, source=source, value=value)


TREES = st.recursive(
    st.builds(because, st.just("a.leaf"), value=VALUES),
    lambda inner: st.builds(node, st.lists(inner, max_size=3), VALUES, st.text()),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("value", "figure"),
    [
        (None, None),
        (True, True),
        (7, 7),
        ("text", "text"),
        (Colour.DARK_RED, "dark_red"),
        (Level.HIGH, "high"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02T03:00:00+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (Duration.parse("1 month"), "1 month"),
        (Window.parse("24h"), "24h"),
        (frozenset({"b", "a"}), ("a", "b")),
        ({3, 1}, ("1", "3")),
        ([1, ("x", None)], (1, ("x", None))),
        ({"k": [Colour.DARK_RED]}, (("k", ("dark_red",)),)),
    ],
)
def test_figures_become_plain(value: object, figure: Figure) -> None:
    """Instants, enums, lengths and collections turn into builtins of one form."""
    assert because("a.b", value=value)["value"] == figure


def test_a_figure_is_asked_by_its_name() -> None:
    """An unknown name is a KeyError, as with a mapping."""
    why = because("a.b", one=1, two=2)
    assert (why["one"], why["two"]) == (1, 2)
    with pytest.raises(KeyError, match="three"):
        why["three"]


def test_parts_are_walked_outermost_first() -> None:
    """The reason comes before what it rests on."""
    tree = because("a", because("b", because("c")), because("d"), source="art. 3")
    assert [each.key for each in tree.walk()] == ["a", "b", "c", "d"]
    assert tree.source == "art. 3"


def test_the_plain_form_leaves_out_what_is_empty() -> None:
    """What is stored is as short as the explanation."""
    assert because("a.b").plain() == {"key": "a.b"}
    assert because("a.b", because("c"), source="s", n=(1, (2,))).plain() == {
        "key": "a.b",
        "figures": {"n": [1, [2]]},
        "source": "s",
        "parts": [{"key": "c"}],
    }


@given(TREES)
def test_the_plain_form_is_json_and_loses_nothing(tree: Explanation) -> None:
    """Reading it back gives the same tree of keys, figures and sources."""

    def rebuilt(plain: Mapping[str, object]) -> Explanation:
        parts = cast("list[Mapping[str, object]]", plain.get("parts", []))
        figures = cast("dict[str, object]", plain.get("figures", {}))
        source = str(plain.get("source", ""))
        return because(
            str(plain["key"]), *map(rebuilt, parts), source=source, **figures
        )

    assert rebuilt(json.loads(json.dumps(tree.plain()))) == tree


@given(TREES)
def test_equal_explanations_are_equal_values(tree: Explanation) -> None:
    """They can be compared and put into sets."""
    twin = Explanation(tree.key, tree.figures, tree.source, tree.parts)
    assert twin == tree
    assert hash(twin) == hash(tree)
