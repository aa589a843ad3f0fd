"""Verdicts keep the figures of their moment and say them when asked."""

from copy import copy

from hypothesis import given

from community_sdk.conditions import (
    Condition,
    Fixed,
    Row,
    Verdict,
    describe,
    evaluate,
    judge,
    metrics,
    parse_condition,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from tests.unit.conditions import trees
from tests.unit.conditions.trees import Figures

TALK = Metric("count", kind="message")
WAIT = Metric("recency", kind="message")
HOUR = 3_600_000_000


def rebuilt(node: Explanation) -> bool:
    """Answer again from nothing but the explanation."""
    parts = [rebuilt(part) for part in node.parts]
    match node.key:
        case "condition.all":
            return all(parts)
        case "condition.any":
            return any(parts)
        case "condition.not":
            return not parts[0]
        case "condition.at_least":
            k, of = node["k"], node["of"]
            assert isinstance(k, int)
            assert of == len(parts)
            return sum(parts) >= k
        case _:
            return node["met"] is True


@given(trees.asked())
def test_an_explanation_proves_its_answer(asked: tuple[Condition, Figures]) -> None:
    """From the rows and the nesting alone follows the verdict, at every node."""
    condition, figures = asked
    verdict = judge(condition, figures.__getitem__)
    told = verdict.because()
    assert (told["text"], told["met"]) == (str(condition), verdict.met)
    assert all(
        rebuilt(node) is node["met"] for part in told.parts for node in part.walk()
    )
    shown = [node for node in told.walk() if node.key == "condition.row"]
    assert [node["met"] for node in shown] == [row.met for row in verdict.rows]


@given(trees.asked())
def test_rows_are_what_was_seen(asked: tuple[Condition, Figures]) -> None:
    """A row holds the figure of that moment, whatever happened since."""
    condition, figures = asked
    verdict = judge(condition, figures.__getitem__)
    before = dict(figures)
    figures.clear()
    for row in verdict.rows:
        assert row.actual == before[row.metric]
        if row.than is not None:
            assert row.required == before[row.than]
        if not row.observed:
            assert not row.met


@given(trees.asked(), trees.asked())
def test_verdicts_are_values(
    one: tuple[Condition, Figures], two: tuple[Condition, Figures]
) -> None:
    """Equal where condition, answer and figures are; true where it is met."""
    first, second = (judge(c, figures.__getitem__) for c, figures in (one, two))
    assert bool(first) is first.met is evaluate(one[0], one[1].__getitem__)
    assert copy(first) == first
    assert hash(copy(first)) == hash(first)
    alike = first.condition == second.condition and first.actuals == second.actuals
    assert (first == second) is alike
    assert first != first.met
    assert str(first.condition) in repr(first) or "\\" in repr(first)


def test_rows_of_each_sort() -> None:
    """Numbers, lengths, truths and a figure beside another."""
    condition = parse_condition(
        'count("message") >= 3 and recency() < "2h" and has("role", "x")'
        " and recency() < tenure() and True"
    )
    given_figures = (3, 3 * HOUR, 1, None)
    found = metrics(condition)
    role, tenure = found[2], found[3]
    rows = Verdict(condition, met=False, actuals=given_figures).rows
    assert rows == (
        Row(TALK, ">=", 3, 3, met=True),
        Row(WAIT, "<", 2 * HOUR, 3 * HOUR, met=False),
        Row(role, "is", 1, 1, met=True),
        Row(WAIT, "<", None, 3 * HOUR, met=False, than=tenure),
    )
    assert [row.observed for row in rows] == [True, True, True, False]


def test_an_explanation_in_full() -> None:
    """Keys and figures as the module names them, the nesting kept."""
    condition = parse_condition(
        'at_least(1, not has("role", "x"), recency() < tenure()) or recency() <= "36h"'
    )
    figures: Figures = dict(zip(metrics(condition), (1, None, 90 * HOUR), strict=True))
    told = judge(condition, figures.__getitem__).because("tier.condition")
    wait = {"metric": 'recency("message")', "have": None, "met": False}
    role = {"metric": 'has("role", "x")', "op": "is", "need": True, "have": True}
    assert told.key == "tier.condition"
    assert [(node.key, dict(node.figures)) for node in told.walk()][1:] == [
        ("condition.any", {"met": False}),
        ("condition.at_least", {"k": 1, "of": 2, "met": False}),
        ("condition.not", {"met": False}),
        ("condition.row", {**role, "met": True}),
        ("condition.row", {**wait, "op": "<", "need": "3d 18h", "than": "tenure()"}),
        ("condition.row", {**wait, "op": "<=", "need": "1d 12h"}),
    ]
    assert [len(node.parts) for node in told.walk()] == [1, 2, 2, 1, 0, 0, 0]


@given(trees.written_conditions())
def test_a_description_has_the_form_of_the_condition(condition: Condition) -> None:
    """One node per node of the tree, names included, and no figures of anybody."""
    told = describe(condition)
    assert told["text"] == str(condition)
    nodes = list(told.walk())[1:]
    assert len(nodes) == condition.nodes
    for node in nodes:
        assert "have" not in dict(node.figures)
        assert ("met" in dict(node.figures)) is (node.key == "condition.fixed")


def test_a_description_in_full() -> None:
    """What is asked for, with names where the playbook's names stand."""
    condition = parse_condition(
        "not a and talk > 3 and talk < bar and tenure() > recency()"
        ' and tenure() > "36h" and has("tier", "gold") and False'
    )
    told = describe(condition).parts[0]
    assert [dict(part.figures) for part in told.parts] == [
        {},
        {"metric": "talk", "op": ">", "need": 3},
        {"metric": "talk", "op": "<", "than": "bar"},
        {"metric": "tenure()", "op": ">", "than": 'recency("message")'},
        {"metric": "tenure()", "op": ">", "need": "1d 12h"},
        {"metric": 'has("tier", "gold")', "op": "is", "need": True},
        {"met": False},
    ]
    assert told.parts[0].parts == (because("condition.name", name="a"),)
    assert describe(Fixed(holds=True)).parts == (because("condition.fixed", met=True),)
