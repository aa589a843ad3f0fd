"""What is missing is enough, is counted right, and is the shortest way."""

from collections import Counter

import pytest
from hypothesis import assume, given

from community_sdk.conditions import (
    Condition,
    Gap,
    Requirement,
    evaluate,
    gap,
    metrics,
    parse_condition,
    resolve,
)
from community_sdk.errors import DefinitionError
from community_sdk.explanation import because
from community_sdk.metrics import Metric
from tests.unit.conditions import trees
from tests.unit.conditions.trees import Figures

TALK = Metric("count", kind="message")
WAIT = Metric("recency", kind="message")
HOUR = 3_600_000_000


@given(trees.asked())
def test_a_gap_is_open_where_the_condition_fails(
    asked: tuple[Condition, Figures],
) -> None:
    """INVARIANT: `gap.met` is `evaluate`; a met gap misses nothing."""
    condition, figures = asked
    found = gap(condition, figures.__getitem__)
    assert found.met is evaluate(condition, figures.__getitem__)
    assert found.met is (found.possible and not found.missing)
    assert all(not r.missing for r in found.requirements if r.met)
    assert all(r.missing or None in (r.have, r.need) for r in found.missing)


@given(trees.asked())
def test_what_is_missing_is_enough(asked: tuple[Condition, Figures]) -> None:
    """INVARIANT: moving every figure by its `change` makes the condition hold."""
    condition, figures = asked
    found = gap(condition, figures.__getitem__)
    sides = [r.metric for r in found.requirements]
    sides += [r.than for r in found.requirements if r.than is not None]
    assume(found.possible)
    assume(max(Counter(sides).values(), default=0) <= 1)
    moved = dict(figures)
    for requirement in found.missing:
        moved[requirement.metric] = (requirement.have or 0) + requirement.change
        if requirement.than is not None:
            moved[requirement.than] = requirement.need or 0
    assert evaluate(condition, moved.__getitem__)


@given(trees.asked())
def test_no_requirement_is_padded(asked: tuple[Condition, Figures]) -> None:
    """One less than what is missing would not do."""
    condition, figures = asked
    for requirement in gap(condition, figures.__getitem__).missing:
        if requirement.than is None and requirement.missing > 1:
            step = 1 if requirement.change > 0 else -1
            near = (requirement.have or 0) + requirement.change - step
            alone = Requirement(
                metric=requirement.metric,
                op=requirement.op,
                need=requirement.need,
                have=near,
                missing=1,
                met=False,
            )
            assert alone.change == step
            assert near != requirement.need or requirement.op in ("<", ">")


def needs(found: Gap) -> list[tuple[str, int | None, int | None, int]]:
    """Shorten a gap for a table."""
    return [(r.op, r.need, r.have, r.change) for r in found.requirements]


@pytest.mark.parametrize(
    ("text", "have", "expected"),
    [
        ('count("message") >= 20', 15, (">=", 20, 15, 5)),
        ('count("message") > 20', 20, (">", 20, 20, 1)),
        ('count("message") <= 2', 5, ("<=", 2, 5, -3)),
        ('count("message") < 2', 2, ("<", 2, 2, -1)),
        ('count("message") == 2', 5, ("==", 2, 5, -3)),
        ('count("message") == 5', 2, ("==", 5, 2, 3)),
        ('count("message") != 2', 2, ("!=", 2, 2, 1)),
        ('not count("message") >= 2', 5, ("<", 2, 5, -4)),
        ('not count("message") > 2', 5, ("<=", 2, 5, -3)),
        ('not count("message") <= 5', 5, (">", 5, 5, 1)),
        ('not count("message") < 5', 4, (">=", 5, 4, 1)),
        ('not count("message") == 5', 5, ("!=", 5, 5, 1)),
        ('not not not count("message") != 5', 3, ("==", 5, 3, 2)),
        ('has("role", "x")', 0, ("is", 1, 0, 1)),
        ('not has("role", "x")', 1, ("is", 0, 1, -1)),
        ('not has("role", "x")', 0, ("is", 0, 0, 0)),
        ('recency() >= "2h"', None, (">=", 2 * HOUR, None, 2 * HOUR)),
        ('recency() <= "2h"', None, ("<=", 2 * HOUR, None, 0)),
        ('not recency() >= "2h"', None, ("<", 2 * HOUR, None, 0)),
        ('count("message") >= 20', 25, (">=", 20, 25, 0)),
    ],
)
def test_one_comparison(
    text: str, have: int | None, expected: tuple[str, int, int | None, int]
) -> None:
    """How much to add or to take away; of a negated one the opposite."""
    assert needs(gap(parse_condition(text), lambda _: have)) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a and b", [0, 1]),
        ("b and c", [1, 1]),
        ("b or a", [0]),
        ("b or c", [1]),
        ("b and c or b", [1]),
        ("b and c or d and a", [1, 0]),
        ("at_least(2, b, a, c)", [1, 0]),
        ("at_least(2, b and c, d, a)", [1, 0]),
        ("at_least(2, False, b and c, a)", [1, 1, 0]),
        ("not (a and b)", [0]),
        ("not (a or b)", [-1, 0]),
        ("not at_least(2, a, e, b)", [-1, 0]),
        ("True or b", []),
        ("False or b", [1]),
        ("not False and b", [1]),
    ],
)
def test_the_shortest_way_is_taken(text: str, expected: list[int]) -> None:
    """Of `or` the part with the fewest unmet, the earlier of two; a and e are met."""
    have = {"a": 1, "b": 0, "c": 0, "d": 0, "e": 1}
    once = {name: parse_condition(f"count('{name}') >= 1") for name in have}
    condition = resolve(parse_condition(text), once)
    found = gap(condition, lambda metric: have[metric.kind])
    assert [r.change for r in found.requirements] == expected
    assert found.met is (not any(expected))
    assert found.possible


@pytest.mark.parametrize("text", ["False", "not True", "False and count('m') > 1"])
def test_some_gaps_cannot_be_closed(text: str) -> None:
    """Past a plain `False` nothing helps, and the gap says so."""
    found = gap(parse_condition(text), lambda _: 5)
    assert (found.met, found.possible) == (False, False)


def test_until_when() -> None:
    """Met: until it falls below the need; unmet: until it falls below what it is."""
    condition = parse_condition(
        'count("message") >= 3 and count("a") > 3 and count("b") >= 9'
        ' and strikes() <= 1 and recency() >= "1h" and tenure() > recency()'
        ' and has("role", "x") and count("a") >= count("b")'
    )
    figures: Figures = dict(
        zip(metrics(condition), (5, 5, 5, 0, None, 1, 1), strict=True)
    )
    asked: list[tuple[str, int]] = []

    def fades(metric: Metric, need: int) -> int | None:
        asked.append((metric.kind, need))
        return None if metric.kind == "b" else need * HOUR

    found = gap(condition, figures.__getitem__, fades)
    assert asked == [("message", 3), ("a", 4), ("b", 5), ("a", 5)]
    ends = [requirement.until for requirement in found.requirements]
    assert ends == [3 * HOUR, 4 * HOUR, None, None, None, None, None, 5 * HOUR]
    assert gap(condition, figures.__getitem__).missing == found.missing


def test_a_gap_in_full() -> None:
    """Keys and figures as the module names them."""
    condition = parse_condition(
        'count("message") >= 3 and recency() <= "1h" and recency() < tenure()'
        ' and has("role", "x")'
    )
    figures: Figures = dict(
        zip(metrics(condition), (1, 3 * HOUR, None, 0), strict=True)
    )
    found = gap(condition, figures.__getitem__, lambda _metric, _need: 90 * HOUR)
    told = found.because("tier.gap")
    assert told == because("tier.gap", *told.parts, met=False, possible=True, missing=4)
    assert {part.key for part in told.parts} == {"gap.requirement"}
    open_ended = {"met": False, "until": None}
    talk, wait = 'count("message")', 'recency("message")'
    assert [dict(part.figures) for part in told.parts] == [
        {"metric": talk, "op": ">=", "need": 3, "have": 1, "missing": 2}
        | {"met": False, "until": "1970-01-04T18:00:00+00:00"},
        {"metric": wait, "op": "<=", "need": "1h", "have": "3h", "missing": "2h"}
        | open_ended,
        {"metric": wait, "op": "<", "need": None, "have": "3h", "missing": "3h 1us"}
        | {**open_ended, "than": "tenure()"},
        {"metric": 'has("role", "x")', "op": "is", "need": True, "have": False}
        | {**open_ended, "missing": 1},
    ]


@pytest.mark.parametrize("text", ["a", "a > 1"])
def test_names_have_no_gap(text: str) -> None:
    """A name that was not put in is refused."""
    with pytest.raises(DefinitionError, match="found `a`"):
        gap(parse_condition(text), lambda _: 1)


def test_a_gap_is_possible_unless_said() -> None:
    """Whoever builds one by hand says nothing of the impossible."""
    assert Gap(met=True, requirements=()).possible
