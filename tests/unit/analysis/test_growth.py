"""Settings of growth without effect, or with twice the effect: told; they run."""

from __future__ import annotations

import pytest

from community_sdk import loads
from community_sdk.analysis import Gravity, check_growth
from community_sdk.playbook import load
from community_sdk.wording import say_problem
from tests.unit.playbook.test_growth_mistakes import HEAD, policy
from tests.unit.playbook.test_measure_mistakes import SCORE, kpi, life
from tests.unit.playbook.test_ways_in_mistakes import codes, ways

TALLY = policy("channel_tally", "tally")
SURVEYS = policy("survey_desk", "one") + policy("survey_desk", "two")
BARE = policy("channel_attribution", "ways")
DESKS = "desks = [{ shifts = [{ staff = ['sue'] }] }]"
WORK = 'rules = [{ after = "5d" }]'
ODD = SCORE.replace("figures = {", "figures = { more = 'count(\"left\")',")


def funnel(*steps: str, more: str = "") -> str:
    """A funnel of ten days."""
    asked = ", ".join(f"{{ {step} }}" for step in steps)
    return policy("funnel", "f", 'window = "10d"', f"steps = [{asked}]", more)


def watch(kind: str, channel: str) -> str:
    """A rule about events by a channel."""
    asked = f'count("{kind}", "30d", channel="{channel}") > 1'
    rule = '[[rule]]\ncode = "ads"\n'
    return rule + policy("rule_watch", "w", 'rule = "ads"', f"when = '{asked}'")


JOINED, MESSAGE = 'event = "joined"', 'event = "message"'


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        (
            codes().replace('"hall"', '"hall", limit = 4'),
            "growth.limit",
            "policy[0].codes[0].groups[0].limit",
        ),
        (
            codes(more=", invites = true"),
            "growth.invites",
            "policy[0].codes[0].invites",
        ),
        (codes() + ways('codes = "codes"'), "growth.mark", "policy[0].codes[0].key"),
        (TALLY, "growth.no_joins", "policy[0]"),
        (
            ways() + funnel('event = "joined", where = { channel = "stret" }', MESSAGE),
            "growth.channel",
            "policy[1].steps[0].where.channel",
        ),
        (ways() + watch("joined", "wall"), "growth.channel", "policy[1]"),
        (SURVEYS, "growth.twice", "policy[1]"),
        (BARE + BARE.replace('"ways"', '"more"'), "growth.twice", "policy[1]"),
        (
            policy("staff_routing", "a", DESKS) + policy("staff_routing", "b", DESKS),
            "growth.twice",
            "policy[1]",
        ),
        (
            policy("follow_up", "a", WORK) + policy("follow_up", "b", WORK),
            "growth.twice",
            "policy[1]",
        ),
        (
            life("week", "messages = 3", more='groups = ["den", "hall"]')
            + life("day", "messages = 3", more='groups = ["hall"]').replace(
                '"life"', '"more"'
            ),
            "growth.twice",
            "policy[1]",
        ),
        (
            funnel(JOINED, 'event = "message", within = "11d"'),
            "growth.within",
            "policy[0].steps[1].within",
        ),
        (funnel(JOINED, more='nudge = "call"'), "growth.nudge", "policy[0].nudge"),
        (
            kpi("a", 1, "target = 3\ncap = 50") + kpi("b", 1) + SCORE,
            "growth.cap",
            "kpi[0].cap",
        ),
        (
            kpi("a", 1, "target = 0") + kpi("b", 1) + SCORE,
            "growth.target",
            "kpi[0].target",
        ),
        (
            kpi("a", 1, 'target = -1\ndirection = "down"') + kpi("b", 1) + SCORE,
            "growth.target",
            "kpi[0].target",
        ),
        (kpi("a", 1) + kpi("b", 1) + ODD, "growth.unused", "policy[0].figures.more"),
        (
            kpi("a", 1).replace('"messages"', '"mesages"') + kpi("b", 1) + SCORE,
            "growth.reported",
            "kpi[0].measure",
        ),
        (
            policy(
                "appraisal",
                "score",
                "figures = { messages = 'count(\"message\")' }",
                'kpis = [{ key = "a", measure = "messages", of = "member" }]',
            ),
            "growth.reported",
            "policy[0].kpis[0].of",
        ),
    ],
)
def test_settings_that_do_not_do_what_they_seem_to(
    text: str, code: str, path: str
) -> None:
    """A warning with the place and the cure, in Chinese as well."""
    (finding,) = check_growth(loads(HEAD + text))
    assert (finding.code, finding.path) == (code, path)
    assert finding.severity is Gravity.WARNING
    assert finding.hint
    assert any("一" <= letter <= "鿿" for letter in say_problem(finding, "zh"))


@pytest.mark.parametrize(
    "text",
    [
        codes().replace('"hall"', '"hall", limit = 3'),
        codes(more=", invites = true, scan_limit = 2"),
        codes(more=', invites = true, lasts = "7d"'),
        codes(more=', channel = "s1"') + ways('codes = "codes"'),
        codes() + ways(),
        ways() + funnel('event = "joined", where = { channel = "s1" }', MESSAGE),
        ways() + watch("contact_added", "wall"),
        BARE + watch("joined", "wall"),
        codes() + BARE + TALLY,
        SURVEYS.replace('"two"', '"two"\nmode = "shadow"'),
        life("week", "messages = 3", more='groups = ["den"]')
        + life("day", "messages = 3", more='groups = ["hall"]').replace(
            '"life"', '"more"'
        ),
        funnel(JOINED, 'event = "message", within = "10d"', more='nudge = "call"'),
        kpi("a", 1, "target = 3\ncap = 100") + kpi("b", 1) + SCORE,
        kpi("a", 1).replace('"messages"', '"sales"') + kpi("b", 1) + SCORE,
        kpi("a", 1, 'target = 0\ndirection = "down"') + kpi("b", 1) + SCORE,
    ],
)
def test_what_does_what_it_seems_to(text: str) -> None:
    """Nothing is told of it."""
    assert check_growth(loads(HEAD + text)) == ()


@pytest.mark.parametrize("name", ["smart_home", "retail_loyalty"])
def test_shipped_playbooks_are_sound(name: str) -> None:
    """None of what is shipped has such a setting."""
    assert check_growth(load(name)) == ()
