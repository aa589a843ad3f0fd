"""Bars that nobody reaches, rewards that take, weights of nothing; told with cures."""

from __future__ import annotations

import pytest

from community_sdk._time import PeriodUnit
from community_sdk.playbook import loads
from community_sdk.wording import say_problem
from tests.unit.playbook.test_growth_mistakes import HEAD, one, policy


def life(period: str, lively: str, keeps: str = "", more: str = "") -> str:
    """The life of groups."""
    return policy(
        "lifecycle",
        "life",
        f'duty = "host"\nperiod = "{period}"',
        f"lively = {{ {lively} }}\nkeeps = {{ {keeps} }}",
        more,
    )


def bring(stages: str, *more: str) -> str:
    """A referral campaign."""
    return policy("referral_campaign", "bring", f"stages = [{stages}]", *more)


def kpi(key: str, weight: int, more: str = "target = 3") -> str:
    """A key figure of messages."""
    head = f'[[kpi]]\nkey = "{key}"\nmeasure = "messages"\nweight = {weight}'
    return f"{head}\n{more}\n"


SCORE = policy(
    "appraisal",
    "score",
    "figures = { messages = 'count(\"message\")' }",
    'kpis = ["a", "b"]',
)
SPAN = "since = 2026-01-01T00:00:00Z\nuntil = 2026-02-01T00:00:00Z\n"
PEN = '{ count = 1, reward = "pen" }'


@pytest.mark.parametrize(
    ("text", "path", "code", "found"),
    [
        (life("week", "active_days = 8"), "policy[0]", "lifecycle.days", "8"),
        (
            life("day", "active_days = 2", "active_days = 2"),
            "policy[0]",
            "lifecycle.days",
            "2",
        ),
        (life("half_month", "active_days = 17"), "policy[0]", "lifecycle.days", "17"),
        (
            life("week", "members = 4", more='groups = ["den", "hall"]'),
            "policy[0].lively.members",
            "lifecycle.members",
            "4",
        ),
        (
            bring('{ count = 1, reward = "pen", money = "-3.00 CNY" }'),
            "policy[0].stages[0]",
            "referral.money",
            "-3.00 CNY",
        ),
        (
            bring('{ count = 1, reward = "" }'),
            "policy[0].stages[0]",
            "referral.reward",
            "",
        ),
        (
            bring(f'{PEN}, {{ count = 9, reward = "cup" }}', "most = 8"),
            "policy[0].stages[1].count",
            "referral.most",
            "9",
        ),
        (
            bring(PEN, "most = 8", "burst = { count = 9 }"),
            "policy[0].burst.count",
            "referral.most",
            "9",
        ),
        (
            policy("referral_watch", "spread", "least = 4", "most = 3"),
            "policy[0].least",
            "referral.least",
            "4",
        ),
        (kpi("a", 0) + kpi("b", 0) + SCORE, "policy[0]", "appraisal.weights", "score"),
        (
            kpi("a", 0) + kpi("b", 2, "") + SCORE,
            "policy[0]",
            "appraisal.weights",
            "score",
        ),
        (
            f'[[campaign]]\nkey = "x"\n{SPAN}budget = "-1.00 CNY"\n',
            "campaign[0]",
            "campaign.budget",
            "-1.00 CNY",
        ),
        (
            f'[[campaign]]\nkey = "x"\n{SPAN}places = 0\n',
            "campaign[0].places",
            "playbook.number_least",
            "0",
        ),
    ],
)
def test_what_can_never_be_reached_or_paid(
    text: str, path: str, code: str, found: str
) -> None:
    """The place and the figure; in Chinese as well."""
    problem = one(text)
    assert (problem.path, problem.code) == (path, code)
    assert problem.figures["found"] == found
    assert any("一" <= letter <= "鿿" for letter in say_problem(problem, "zh"))


@pytest.mark.parametrize(
    "text",
    [
        life("week", "active_days = 7"),
        life("quarter", "active_days = 92"),
        life("week", "members = 3", more='groups = ["den", "hall"]'),
        life("week", "members = 4"),
        bring('{ count = 8, reward = "pen", money = "0.00 CNY" }', "most = 8"),
        policy("referral_watch", "spread", "least = 3", "most = 3"),
        kpi("a", 0) + kpi("b", 1) + SCORE,
        kpi("a", 0, "") + kpi("b", 0, "") + SCORE,
        f'[[campaign]]\nkey = "x"\n{SPAN}budget = "0.00 CNY"\nplaces = 1\n',
    ],
)
def test_what_can_just_be_reached(text: str) -> None:
    """Every day of the period, all places, figures that are only shown."""
    assert loads(HEAD + text).community.key == "c"


def test_the_longest_period_of_each_sort() -> None:
    """A half-month has up to 16 days, a quarter 92, a year 366."""
    found = {unit.value: unit.longest for unit in PeriodUnit}
    assert found == {
        "day": 1,
        "week": 7,
        "half_month": 16,
        "month": 31,
        "quarter": 92,
        "year": 366,
    }
