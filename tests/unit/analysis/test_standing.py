"""Tiers, badges, tags and rewards that nobody gets are told, with their place."""

from __future__ import annotations

import pytest

from community_sdk.analysis import Gravity, check_standing
from community_sdk.playbook import library, load, loads
from community_sdk.wording import say_problem
from tests.unit.playbook.test_single_mistakes import HEAD

TIERS = "[[tiers]]\nkey='g'\ntier=[{key='a'},{key='b'},{key='c'}]\n"
POLICY = "[[policy]]\nkind='qualification'\nkey='q'\ntiers='g'\n"
COUNT = 'count("message", "30d")'
BOUGHT = 'count("purchase", "365d")'
LONG = 'tenure() >= "30d"'
NEVER = f"{COUNT} > 5 and {COUNT} < 5"
REWARDS = "rewards=[{key='cup',cost=24},{key='car',cost=25}]\n"
POINTS = (
    "[[policy]]\nkind='points_program'\nkey='p'\n"
    "rules=[{name='r',event='message',rates=[{points=1}]}]\n"
)


def bars(**entries: str) -> str:
    """A policy with these bars."""
    told = "".join(f"[policy.bars.{k}]\nentry='{v}'\n" for k, v in entries.items())
    return f"{TIERS}{POLICY}{told}"


def renewed(asked: str, **entries: str) -> str:
    """A policy with these bars, whose tiers last a year."""
    table = f"[policy.validity]\nlength='1 year'\nrenewal='{asked}'\n"
    return bars(**entries) + table


def badges(*whens: str) -> str:
    """Badges x, y, … by condition."""
    rows = (f"{{key='{'xyz'[n]}',when='{when}'}}" for n, when in enumerate(whens))
    return f"[[policy]]\nkind='badge'\nkey='b'\nbadges=[{','.join(rows)}]\n"


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        (
            bars(b=f"{COUNT} >= 5 and {COUNT} < 3"),
            "policy[0].bars.b.entry",
            "standing.never",
        ),
        (
            badges(f"{COUNT} > 5 and {COUNT} < 5"),
            "policy[0].badges[0].when",
            "standing.never",
        ),
        (
            f"{POINTS}rewards=[{{key='x',cost=1,when='{NEVER}'}}]\n",
            "policy[0].rewards[0].when",
            "standing.never",
        ),
        (
            bars(b=f"{COUNT} >= 5", c=f"{COUNT} >= 5"),
            "policy[0].bars.c.entry",
            "standing.tiers",
        ),
        (
            bars(b=f"{COUNT} >= 5", c=f"{COUNT} >= 3"),
            "policy[0].bars.c.entry",
            "standing.tiers",
        ),
        (bars(c=f"{COUNT} >= 5"), "policy[0].bars", "standing.no_way"),
        (
            f"{bars(b=f'{COUNT} >= 5')}retention='{COUNT} >= 6'\n",
            "policy[0].bars.b.retention",
            "standing.harsher",
        ),
        (
            renewed(f"{COUNT} >= 6 and {BOUGHT} >= 1", b=f"{COUNT} >= 5"),
            "policy[0].validity.renewal",
            "standing.harsher",
        ),
        (
            renewed(f"{COUNT} >= 6", b='count("message", "lifetime") >= 5'),
            "policy[0].validity.renewal",
            "standing.for_ever",
        ),
        (
            f"{bars(b=LONG)}retention='{COUNT} >= 6'\n",
            "policy[0].bars.b.retention",
            "standing.for_ever",
        ),
        (
            badges(f"{COUNT} >= 10", f"{COUNT} >= 5"),
            "policy[0].badges[1].when",
            "standing.badges",
        ),
        (
            badges(f"{COUNT} >= 10", f"{COUNT} > 9"),
            "policy[0].badges[1].when",
            "standing.badges",
        ),
        (
            f"{POINTS}daily_cap=0\nrewards=[{{key='cup',cost=1}}]\n",
            "policy[0].rewards[0].cost",
            "standing.reward",
        ),
        (
            f"{POINTS}daily_cap=2\nexpiry={{after='10d'}}\n{REWARDS}",
            "policy[0].rewards[1].cost",
            "standing.reward",
        ),
    ],
)
def test_what_nobody_gets_is_told(text: str, path: str, code: str) -> None:
    """Once, as a warning, in both languages."""
    (finding,) = check_standing(loads(HEAD + text))
    assert (finding.path, finding.code) == (path, code)
    assert finding.severity is Gravity.WARNING
    assert finding.hint in say_problem(finding, "en")
    assert code not in say_problem(finding, "zh")


@pytest.mark.parametrize(
    "text",
    [
        bars(b=f"{COUNT} >= 3", c=f"{COUNT} >= 5"),
        bars(c=f"{COUNT} >= 5").replace(
            "[policy.bars", "climb='as_earned'\n[policy.bars", 1
        ),
        badges(f"{COUNT} >= 5", f"{COUNT} >= 10", 'active_days("30d") >= 3'),
        renewed(f"{BOUGHT} >= 1", b=f"{COUNT} >= 5"),
        renewed(f"{COUNT} >= 4", b=f"{COUNT} >= 5", c=f"{COUNT} >= 6"),
        renewed(f"{COUNT} >= 4", b=f"{COUNT} >= 3", c=f"{COUNT} >= 6"),
        f"{bars(b=f'{COUNT} >= 5')}retention='{COUNT} >= 5'\n",
        f"{POINTS}rewards=[{{key='cup',cost=999}}]\n",
        f"{POINTS}daily_cap=2\nrewards=[{{key='cup',cost=999}}]\n",
    ],
)
def test_what_somebody_gets_is_not_told(text: str) -> None:
    """Bars that rise, rungs that are passed over, points without an end."""
    assert check_standing(loads(HEAD + text)) == ()


@pytest.mark.parametrize("name", library())
def test_the_library_leads_nowhere_in_vain(name: str) -> None:
    """Nothing is found in what is shipped."""
    assert check_standing(load(name)) == ()
