"""The Python form builds the same trees as the text."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from community_sdk._time import Duration, Window
from community_sdk.conditions import (
    ALWAYS,
    NEVER,
    Condition,
    Named,
    Term,
    active_days,
    all_of,
    any_of,
    at_least,
    count,
    distinct,
    figure,
    has,
    parse_condition,
    recency,
    streak,
    strikes,
    tenure,
    total,
)
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric

A, B, C = Named("a"), Named("b"), Named("c")

SAME: list[tuple[Condition, str]] = [
    (count("message", "30d") >= 20, 'count("message", "30d") >= 20'),
    (count("message") > 2, 'count("message") > 2'),
    (5 <= count("m", Window.parse("7d")), 'count("m", "7d") >= 5'),  # noqa: SIM300
    (active_days("30d") != 10, 'active_days("30d") != 10'),
    (active_days("month", "reply") < 1, 'active_days("month", "reply") < 1'),
    (total("purchase", "90d") >= 1, 'total("purchase", "90d") >= 1'),
    (
        distinct("channel", "message", "7d") > 3,
        'distinct("channel", "message", "7d") > 3',
    ),
    (recency() <= "3d", 'recency("message") <= "3d"'),
    (recency("m") <= timedelta(hours=36), 'recency("m") <= "36h"'),
    (recency("m") == Duration(us=7), 'recency("m") == "7us"'),
    (recency("m") < tenure(), 'recency("m") < tenure()'),
    (tenure() > Metric("recency", kind="m"), 'tenure() > recency("m")'),
    (streak() >= 3, 'streak("message") >= 3'),
    (strikes() == 0, "strikes() == 0"),
    (strikes("90d", of="spam") == 0, 'strikes("90d", "spam") == 0'),
    (figure("talk") > figure("bar"), "talk > bar"),
    (figure("talk") > Named("bar"), "talk > bar"),
    (has("role", "owner") | ~A, 'has("role", "owner") or not a'),
    (at_least(2, A, B, C), "at_least(2, a, b, c)"),
    (
        (count("m", "7d", by="actor", reply=True, group="g1") > 1) & A & (B | C),
        'count("m", "7d", by="actor", group="g1", reply=True) > 1 and a and (b or c)',
    ),
    (all_of(A, B), "a and b"),
    (any_of(A, B), "a or b"),
    (all_of(A), "a"),
    (any_of(A), "a"),
    (all_of(), "True"),
    (any_of(), "False"),
]


@pytest.mark.parametrize(("condition", "text"), SAME, ids=[text for _, text in SAME])
def test_python_is_text(condition: Condition, text: str) -> None:
    """Every constructor and operator gives the tree of its text."""
    assert parse_condition(text) == condition
    assert str(condition) == text


def test_nothing_asked_is_always_met() -> None:
    """Of no parts all hold and none does."""
    assert all_of() is ALWAYS
    assert any_of() is NEVER


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: bool(count("m") > 1), "condition.truth"),
    (lambda: bool(count("m")), "condition.not_compared"),
    (lambda: 1 < count("m") < 3, "condition.truth"),  # pyright: ignore[reportGeneralTypeIssues]
    (lambda: count("m") > 1 and A, "condition.truth"),
    (lambda: any(found for found in [count("m")]), "condition.not_compared"),
    (lambda: A & count("m"), "condition.part"),  # type: ignore[operator] # pyright: ignore[reportOperatorIssue]
    (lambda: at_least(1, count("m")), "condition.part"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    (lambda: all_of(count("m")), "condition.part"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    (lambda: count("m", "30x"), "time.window"),
    (lambda: count(""), "condition.missing"),
    (lambda: count("m", by="me"), "condition.by"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    (lambda: recency() < 3, "condition.value"),
    (lambda: recency() < "3x", "time.duration"),
    (lambda: recency() < timedelta(0), "time.duration_empty"),
    (lambda: has("rol", "x"), "metric.has"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    (lambda: figure("a b"), "condition.name"),
]


@pytest.mark.parametrize(("build", "code"), REFUSED)
def test_mistakes_are_told_where_they_are_made(
    build: Callable[[], object], code: str
) -> None:
    """A figure without comparison, a chain, `and`, and wrong arguments."""
    with pytest.raises(DefinitionError) as caught:
        build()
    assert caught.value.code == code


def test_terms_print_as_text() -> None:
    """A term shows the metric or the name it stands for; it is no key of a dict."""
    assert repr(count("m", "7d")) == 'count("m", "7d")'
    assert str(figure("talk")) == "talk"
    assert str(Term(Metric("has", kind="x", of="role"))) == 'has("role", "x")'
    with pytest.raises(TypeError, match="unhashable"):
        hash(tenure())
