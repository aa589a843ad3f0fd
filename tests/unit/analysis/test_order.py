"""Dead and contradicting settings of ladders: told, with the place; they run."""

from __future__ import annotations

import pytest

from community_sdk import loads
from community_sdk.analysis import Gravity, check_order
from community_sdk.playbook import Playbook
from community_sdk.wording import say_problem

HEAD = """
format = 1
name = "n"
[community]
key = "home"
[[role]]
name = "owner"
[[rule]]
code = "ads"
category = "noise"
[[rule]]
code = "insult"
category = "conduct"
[[policy]]
kind = "penalty_ladder"
key = "ladder"
"""


def book(*lines: str) -> Playbook:
    """A playbook with one ladder."""
    return loads(HEAD + "\n".join(lines))


def found(playbook: Playbook) -> list[tuple[str, str, str]]:
    """Code, place and word of each finding; all are warnings."""
    findings = check_order(playbook)
    assert {each.severity for each in findings} <= {Gravity.WARNING}
    return [(each.code, each.path, each.figures["found"]) for each in findings]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ('"mute", duration = "3d"', '"mute", duration = "1d"', "1d"),
        ('"mute", duration = "2 months"', '"mute", duration = "1d"', "1d"),
        ('"mute"', '"mute", duration = "9d"', "9d"),
        ('"warning", duration = "3d"', '"warning", duration = "1d"', "1d"),
        ('"mute", duration = "3d"', '"mute", duration = "3d"', ""),
        ('"mute", duration = "30d"', '"mute", duration = "1 month"', ""),
        ('"mute", duration = "3d"', '"mute"', ""),
        ('"mute", duration = "3d"', '"suspend", duration = "1d"', ""),
        ('"reminder"', '"reminder"', ""),
    ],
)
def test_a_later_step_that_lasts_shorter(first: str, second: str, told: str) -> None:
    """Of the same kind; never where nobody can say which is longer."""
    steps = f"steps = [{{ at = 1, kind = {first} }}, {{ at = 3, kind = {second} }}]"
    expected = [("order.shorter", "policy[0].steps[1].duration", told)] if told else []
    assert found(book(steps)) == expected


def test_it_is_compared_with_the_longest_before() -> None:
    """Whatever stands between them."""
    steps = """steps = [
      { at = 1, kind = "mute", duration = "3d" },
      { at = 2, kind = "mute", duration = "1d" },
      { at = 3, kind = "mute", duration = "2d" },
      { at = 4, kind = "mute", duration = "4d" },
    ]"""
    (first, second) = check_order(book(steps))
    assert (first.figures["found"], second.figures["found"]) == ("1d", "2d")
    assert say_problem(first, "zh").endswith(
        "第 2 次的禁言为 1d，短于第 1 次的 3d；后一级的期限不应更短"
    )


def test_what_a_ladder_never_imposes() -> None:
    """Neither as a step, nor at once, nor by a rule; `*` is any kind."""
    ladder = (
        'steps = [{ at = 1, kind = "warning" }]',
        'immediate = { noise = { at = 1, kind = "mute" } }',
        'overlap = { mute = "refuse", suspend = "refuse", "*" = "replace" }',
        'approval = { warning = { duty = "owner" }, ban = { duty = "owner" } }',
    )
    assert found(book(*ladder)) == [
        ("order.never_imposed", "policy[0].overlap.suspend", "suspend"),
        ("order.never_imposed", "policy[0].approval.ban", "ban"),
    ]


def test_what_a_ladder_does_not_answer() -> None:
    """Steps at once, entries and severe categories of others; groups are followed."""
    ladder = (
        'categories = ["noise"]',
        'steps = [{ at = 1, kind = "warning" }]',
        'immediate = { conduct = { at = 1, kind = "mute" } }',
        "enter_at = { noise = 2, conduct = 3 }",
    )
    assert found(book(*ladder)) == [
        ("order.not_answered", "policy[0].immediate", "conduct"),
        ("order.not_answered", "policy[0].enter_at", "conduct"),
    ]
    assert found(book(*ladder, 'groups = { conduct = "noise" }')) == []
