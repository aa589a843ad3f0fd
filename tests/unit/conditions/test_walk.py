"""What a tree is about: metrics in order, names put in, rings and strangers refused."""

import pytest
from hypothesis import given

from community_sdk.conditions import (
    Compare,
    Condition,
    Holds,
    Named,
    leaves,
    metrics,
    names,
    parse_condition,
    resolve,
)
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric
from tests.unit.conditions import trees

TALK = Metric("count", kind="message")
OWNER = Metric("has", kind="owner", of="role")
WAIT = Metric("recency", kind="message")


@given(trees.conditions())
def test_metrics_stand_in_order_of_appearance(condition: Condition) -> None:
    """Each distinct metric once, where it first appears; names are none."""
    sides: list[object] = []
    for leaf in leaves(condition):
        if isinstance(leaf, Compare):
            sides += [leaf.metric, leaf.value]
        elif isinstance(leaf, Holds):
            sides.append(leaf.metric)
    found = [side for side in sides if isinstance(side, Metric)]
    assert list(metrics(condition)) == list(dict.fromkeys(found))
    assert names(condition) == ()
    assert resolve(condition, {}) == condition


def test_names_in_order_of_appearance() -> None:
    """Names of conditions and of metrics, each once."""
    condition = parse_condition("b and (a > c or not b) and at_least(1, d, True)")
    assert names(condition) == ("b", "a", "c", "d")


def test_names_are_put_in() -> None:
    """Names of conditions, metrics and truths, through each other."""
    condition = parse_condition(
        "regular and talk >= 3 and at_least(1, boss or not regular, wait < pause)"
    )
    found = resolve(
        condition,
        {
            "talk": TALK,
            "boss": OWNER,
            "wait": WAIT,
            "pause": Metric("tenure"),
            "regular": parse_condition("talk > 9 or wait < '3d'"),
        },
    )
    assert str(found) == (
        '(count("message") > 9 or recency("message") < "3d")'
        ' and count("message") >= 3'
        ' and at_least(1, has("role", "owner")'
        ' or not (count("message") > 9 or recency("message") < "3d"),'
        ' recency("message") < tenure())'
    )


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("reglar", "condition.unknown_name", "did you mean `regular`?"),
        ("tal > 1", "condition.unknown_name", "did you mean `talk`?"),
        ("talk", "condition.not_compared", "write `count"),
        ("regular > 3", "condition.name_is_condition", "`regular` is `count"),
        ("talk < wait", "condition.value", "a figure in times"),
        ("talk < '3d'", "condition.value", "a whole number"),
        ("wait < 3", "condition.value", 'write `"3d"`'),
        ("talk < regular", "condition.name_is_condition", "found the condition"),
        ("ring", "condition.ring", "`ring` → `around` → `ring`"),
        ("a and ring", "condition.ring", "`ring` → `around` → `ring`"),
        ("self", "condition.ring", "`self` → `self`"),
        ("lost", "condition.unknown_name", "found `nowhere`"),
        ("bad > 1", "condition.missing", "expected `kind`"),
    ],
)
def test_wrong_names_are_refused(text: str, code: str, said: str) -> None:
    """Unknown, of the wrong sort, or meaning themselves."""
    known: dict[str, Condition | Metric] = {
        "a": OWNER,
        "talk": TALK,
        "wait": WAIT,
        "regular": parse_condition("talk > 9"),
        "ring": parse_condition("a and around"),
        "around": parse_condition("not ring"),
        "self": Named("self"),
        "lost": Named("nowhere"),
        "bad": Metric("count"),
    }
    with pytest.raises(DefinitionError) as caught:
        resolve(parse_condition(text), known)
    assert caught.value.code == code
    assert said in str(caught.value)


def test_a_bomb_of_names_is_refused() -> None:
    """Names that double each other, and a long chain of names."""
    doubling: dict[str, Condition | Metric] = {"n0": OWNER}
    for nth in range(1, 31):
        doubling[f"n{nth}"] = parse_condition(f"n{nth - 1} and n{nth - 1}")
    with pytest.raises(DefinitionError, match="at most 400 parts"):
        resolve(Named("n30"), doubling)
    chain: dict[str, Condition | Metric] = {
        f"n{i}": Named(f"n{i + 1}") for i in range(5_000)
    }
    with pytest.raises(DefinitionError, match="at most 32 names") as caught:
        resolve(Named("n0"), chain)
    assert caught.value.code == "condition.deep"


@pytest.mark.parametrize("text", ["a", "a > 1", "tenure() > a"])
def test_figures_want_no_names(text: str) -> None:
    """Until names are put in, there is nothing to measure."""
    with pytest.raises(DefinitionError, match="found `a`") as caught:
        metrics(parse_condition(text))
    assert caught.value.code == "condition.unresolved"
