"""Programmes of points that contradict each other are refused, with the place."""

from __future__ import annotations

import pytest

from community_sdk.playbook import loads
from community_sdk.wording import say_problem
from tests.unit.playbook.test_single_mistakes import HEAD, one

PROGRAM = "[[policy]]\nkind='points_program'\nkey='club'\n"
RULE = "{name='answer',event='message',rates=[{points=1}]}"
CREDIT = f"[[policy]]\nkind='actor_credit'\nkey='credit'\nrules=[{RULE}]\n"
GIFTS = "[[policy]]\nkind='gift_caps'\nkey='gifts'\n"
LADDER = (
    "[[rule]]\ncode='r'\n[[policy]]\nkind='penalty_ladder'\nkey='l'\n"
    "steps=[{at=1,kind='mute'}]\n"
)


@pytest.mark.parametrize(
    ("text", "path", "code", "said"),
    [
        (
            f"{PROGRAM}{CREDIT}program='clup'\n",
            "policy[1].program",
            "credit.program",
            "did you mean `club`?",
        ),
        (
            f"{PROGRAM}{CREDIT}program='club'\ncurrency='stars'\n",
            "policy[1].currency",
            "credit.currency",
            "`points`",
        ),
        (
            f"{PROGRAM}rules=[{RULE}]\n{CREDIT}program='club'\n",
            "policy[1].rules[0].name",
            "credit.rule",
            "`answer`",
        ),
        (
            f"{PROGRAM}{PROGRAM.replace('club', 'other')}",
            "policy[1].currency",
            "points.currency",
            "`club`",
        ),
        (
            f"{GIFTS}caps=[{{total='-5.00 CNY'}}]\n",
            "policy[0].caps[0]",
            "gifts.negative",
            "-5.00 CNY",
        ),
        (
            f"{GIFTS}stock=[{{reward='x',count=1,each='-1.00 CNY'}}]\n",
            "policy[0].stock[0]",
            "gifts.negative",
            "-1.00 CNY",
        ),
        (
            (
                f"{PROGRAM}rewards=[{{key='cup',cost=5}}]\n"
                f"{GIFTS}stock=[{{reward='cups',count=1}}]\n"
            ),
            "policy[1].stock[0].reward",
            "gifts.reward",
            "did you mean `cup`?",
        ),
        (f"{LADDER}enter_at={{r=-1}}\n", "policy[0]", "ladder.enter_at", "`-1`"),
        (f"{LADDER}enter_at={{r=0}}\n", "policy[0]", "ladder.enter_at", "`0`"),
    ],
)
def test_what_contradicts_is_refused(
    text: str, path: str, code: str, said: str
) -> None:
    """Once, where it is, in both languages."""
    problem = one(text)
    assert (problem.path, problem.code) == (path, code)
    assert said in say_problem(problem, "en")
    assert code not in say_problem(problem, "zh")


def test_what_fits_is_taken() -> None:
    """One programme for each currency, rules with names of their own."""
    other = PROGRAM.replace("club", "other") + "currency='stars'\n"
    gifts = f"{GIFTS}caps=[{{total='5.00 CNY'}}]\nstock=[{{reward='cup',count=1}}]\n"
    club = f"{PROGRAM}rewards=[{{key='cup',cost=5}}]\n"
    text = f"{HEAD}{club}{other}{CREDIT}program='club'\n{gifts}"
    assert len(loads(text).policies) == 4
    assert loads(f"{HEAD}{LADDER}enter_at={{r=1}}\n").policies
