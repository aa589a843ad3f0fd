"""Mistakes in the ways in: codes, channels, staff, follow-up; told with the cure."""

from __future__ import annotations

from typing import Any

import pytest

from community_sdk._time import Duration
from community_sdk.errors import DefinitionError
from community_sdk.playbook import loads
from community_sdk.policies import ReclaimRule
from community_sdk.wording import say_problem
from tests.unit.playbook.test_growth_mistakes import HEAD, one, policy, problems


def codes(key: str = "codes", more: str = "", groups: str = "hall") -> str:
    """A policy with the code ``door``."""
    rooms = ", ".join(f'{{ group = "{name}" }}' for name in groups.split())
    return policy(
        "join_codes", key, f'codes = [{{ key = "door", groups = [{rooms}]{more} }}]'
    )


def ways(*lines: str) -> str:
    """Attribution to the channel ``street``, which has the mark ``s1``."""
    channels = 'channels = [{ key = "street", codes = ["s1"] }]'
    return policy("channel_attribution", "ways", channels, *lines)


def desks(desk: str, *lines: str) -> str:
    """A desk of the staff."""
    return policy("staff_routing", "desk", f"desks = [{{ {desk} }}]", *lines)


SHIFT = 'shifts = [{ staff = ["sue"] }]'
GATE = codes("more").replace('"door"', '"gate"')
OPENS = ', opens = { name = "room", capacity = 9 }'


@pytest.mark.parametrize(
    ("text", "path", "code", "cure"),
    [
        (
            codes(more=", reserve = 3", groups="den hall"),
            "policy[0].codes[0].groups[1].group",
            "join_code.no_room",
            "`reserve`",
        ),
        (
            codes() + codes("more", groups="den"),
            "policy[1].codes[0].key",
            "join_codes.shared",
            "each scan",
        ),
        (
            codes() + GATE,
            "policy[1].codes[0].groups[0].group",
            "join_codes.group",
            "`codes`",
        ),
        (
            codes(more=OPENS)
            + codes("more", OPENS, groups="den").replace('"door"', '"gate"'),
            "policy[1].codes[0].opens.name",
            "join_codes.group",
            "`codes`",
        ),
        (
            codes(more=', channel = "stret"') + ways(),
            "policy[0].codes[0].channel",
            "channel.unknown",
            "`street`",
        ),
        (ways('codes = "code"') + codes(), "policy[0].codes", "policy.absent", "codes"),
        (
            ways('codes = "zzz"'),
            "policy[0].codes",
            "policy.absent",
            "`join_codes`",
        ),
        (
            ways('invited = "streets"'),
            "policy[0].invited",
            "playbook.reference",
            "`street`",
        ),
        (
            desks(f'channel = "street2", {SHIFT}') + ways(),
            "policy[0].desks[0].channel",
            "channel.unknown",
            "`street`",
        ),
        (
            desks(SHIFT, 'contacts = "contact"')
            + policy("contact_watch", "contacts", 'duty = "host"'),
            "policy[0].contacts",
            "policy.absent",
            "`contacts`",
        ),
        (
            desks('shifts = [{ staff = ["sue"], days = [] }]'),
            "policy[0].desks[0].shifts[0]",
            "staff_desk.never",
            "`dates`",
        ),
        (
            desks('shifts = [{ staff = ["sue"], hours = [] }]'),
            "policy[0].desks[0]",
            "staff_desk.closed",
            "`hours`",
        ),
    ],
)
def test_a_way_in_that_leads_nowhere(
    text: str, path: str, code: str, cure: str
) -> None:
    """The place, the word, and what to do; in Chinese as well."""
    problem = one(text)
    assert (problem.path, problem.code) == (path, code)
    assert cure in problem.hint
    assert any("一" <= letter <= "鿿" for letter in say_problem(problem, "zh"))


@pytest.mark.parametrize(
    "text",
    [
        codes(more=", reserve = 2"),
        codes(groups="den") + GATE,
        codes(more=', channel = "s1"') + ways('codes = "codes"', 'invited = "s1"'),
        codes(more=', channel = "any"') + policy("channel_attribution", "ways"),
        desks(f'channel = "s1", {SHIFT}') + ways(),
        desks('shifts = [{ staff = ["sue"], hours = [] }], backup = ["sid"]'),
        desks(
            'shifts = [{ staff = ["sue"], hours = [], days = [],'
            ' dates = ["2026-10-01"] }, { staff = ["sue"] }]'
        ),
    ],
)
def test_a_way_in_that_leads_somewhere(text: str) -> None:
    """Just room enough, marks for channels, closed on a holiday."""
    assert loads(HEAD + text).policies


# -- follow-up -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "nth"),
    [
        ('{ after = "5d" }, { after = "9d", tiers = ["core"] }', 1),
        ('{ after = "5d" }, { after = "9d" }', 1),
        (
            (
                '{ after = "5d", stages = ["won"], tiers = ["fan"] },'
                ' { after = "6d", stages = ["won"], tiers = ["core"] },'
                ' { after = "9d", stages = ["won"], tiers = ["core", "fan"] }'
            ),
            2,
        ),
        (
            (
                '{ after = "5d", stages = ["won", "lost"] },'
                ' { after = "6d", stages = ["to_follow"] },'
                ' { after = "9d", stages = ["won", "to_follow"] }'
            ),
            2,
        ),
    ],
)
def test_a_rule_behind_others_that_take_everybody(rules: str, nth: int) -> None:
    """Whatever stage and tier it names, an earlier rule answers."""
    problem = one(policy("follow_up", "f", f"rules = [{rules}]"))
    assert (problem.path, problem.code) == (
        f"policy[0].rules[{nth}]",
        "follow_up.never",
    )
    assert "earlier" in problem.message


@pytest.mark.parametrize(
    "rules",
    [
        '{ after = "9d", tiers = ["core"] }, { after = "5d" }',
        '{ after = "9d", tiers = ["core", "fan"] }, { after = "5d" }',
        '{ after = "9d" }, { after = "5d", stages = ["won", "following"] }',
        (
            '{ after = "5d", tiers = ["fan"] },'
            ' { after = "9d", tiers = ["core", "fan"] }'
        ),
    ],
)
def test_a_rule_that_somebody_comes_to(rules: str) -> None:
    """Of another tier, without one, or in another stage."""
    assert loads(HEAD + policy("follow_up", "f", f"rules = [{rules}]")).policies


@pytest.mark.parametrize(
    ("after", "remind", "good"),
    [
        ("1 month", "2 months", False),
        ("1 month", "1 month", False),
        ("1 month", "40d", False),
        ("1 month", "27d", True),
        ("2 months", "1 month", True),
    ],
)
def test_reminders_by_months(after: str, remind: str, good: bool) -> None:  # noqa: FBT001 - a table
    """Refused where it cannot come before the end, in whatever month."""
    given: dict[str, Any] = {
        "after": Duration.parse(after),
        "remind": Duration.parse(remind),
    }
    if good:
        assert ReclaimRule(**given).remind
        return
    with pytest.raises(DefinitionError) as caught:
        ReclaimRule(**given)
    assert caught.value.code == "follow_up.remind"


def test_every_mistake_is_told_at_once() -> None:
    """Of two policies, in the order of the file."""
    text = codes(more=", reserve = 3") + ways('codes = "x"', 'invited = "y"')
    assert [problem.path for problem in problems(text)] == [
        "policy[0].codes[0].groups[0].group",
        "policy[1].codes",
        "policy[1].invited",
    ]


# -- words that filters name -----------------------------------------------------------

NAMED = "".join(
    (
        codes(),
        ways(),
        policy(
            "referral_campaign", "bring", 'stages = [{ count = 1, reward = "pen" }]'
        ),
        '[[rule]]\ncode = "ads"\n',
        policy("permit", "ads", 'rule = "ads"\nwhat = "ad"'),
    )
)


@pytest.mark.parametrize(
    ("kind", "where", "code", "cure"),
    [
        ("code_scanned", ("code", "dor"), "no_code", "door"),
        ("code_renewed", ("code", "dor"), "no_code", "door"),
        ("channel_spent", ("channel", "stret"), "no_channel", "street"),
        ("join_attributed", ("channel", "s1"), "no_channel", ""),
        ("channel_result_noted", ("channel", "streets"), "no_channel", "street"),
        ("referral_claimed", ("campaign", "brin"), "no_campaign", "bring"),
        ("permit_granted", ("what", "ads"), "no_permit", "ad"),
    ],
)
def test_filters_name_what_there_is(
    kind: str, where: tuple[str, str], code: str, cure: str
) -> None:
    """In conditions with the column, in steps of a funnel with the path."""
    field, word = where
    asked = f'count("{kind}", "30d", {field}="{word}") >= 1'
    watch = policy("rule_watch", "w", 'rule = "ads"', f"when = '{asked}'")
    problem = one(NAMED, watch)
    assert (problem.path, problem.code) == ("policy[4].when", f"playbook.{code}")
    assert cure in problem.hint
    assert problem.figures["column"] == str(asked.index(f'"{word}"') + 2)
    assert f"`{word}`" in say_problem(problem, "zh")
    step = f'{{ event = "{kind}", where = {{ {field} = "{word}" }} }}'
    steps = f'steps = [{{ event = "joined" }}, {step}]'
    problem = one(NAMED, policy("funnel", "f", 'window = "30d"', steps))
    assert problem.path == f"policy[4].steps[1].where.{field}"
    assert problem.code == "playbook.reference"
    assert cure in problem.hint
    assert loads(HEAD + f'[[rule]]\ncode = "ads"\n{watch}').policies


@pytest.mark.parametrize(
    "asked",
    [
        'count("join_attributed", "30d", channel="") >= 1',
        'count("joined", "30d", channel="any") >= 1',
        'count("join_attributed", "30d", channel="street") >= 1',
        'count("obligation_met", "30d", what="any") >= 1',
    ],
)
def test_filters_that_name_something(asked: str) -> None:
    """Unknown channels as such, marks of joins, other words of the same field."""
    watch = policy("rule_watch", "w", 'rule = "ads"', f"when = '{asked}'")
    assert loads(HEAD + NAMED + watch).policies
