"""Roles, approvals and authority in files: they come back, and lead nowhere wrong."""

import pytest

from community_sdk.errors import PlaybookError
from community_sdk.playbook import dumps, loads
from community_sdk.policies import Authority, EmergencyActs

HOUSE = """
format = 1

[community]
key = "home"

[[role]]
name = "owner"
rank = 9
permissions = ["lift_sanction", "impose_sanction", "wave"]

[[role]]
name = "host"
rank = 3
permissions = ["impose_sanction"]
limits = [{ kind = "mute", longest = "1d" }, { kind = "fence" }]

[[sanction]]
word = "fence"
order = 45
holds = true

[approval]
duty = "owner"
also = ["host"]
proposer = "first_voice"

[[approval.rules]]
of = ["ban", "fence", "admit"]
needs = 2
within = "3d"

[[approval.rules]]
of = ["*"]
duty = "host"
also = ["owner"]

[[policy]]
kind = "authority"
key = "authority"
permissions = ["wave"]
[policy.rights]
rank = "not_lower"
protected = ["owner", "host"]
lift_by = ["issuer", "host"]
unlisted = "allow"
reverse_own = true

[[policy]]
kind = "emergency_acts"
key = "emergency"
grounds = ["ad_flood"]
acting = ["host"]
measures = ["mute", "fence"]
report_within = "12h"
"""


def test_what_a_file_says_comes_back() -> None:
    """Every setting, through text and again."""
    book = loads(HOUSE)
    assert loads(dumps(book)) == book
    authority = book.policy("authority")
    assert isinstance(authority, Authority)
    assert (authority.rights.rank, authority.rights.unlisted) == ("not_lower", "allow")
    emergency = book.policy("emergency")
    assert isinstance(emergency, EmergencyActs)
    assert [kind.word for kind in emergency.measures] == ["mute", "fence"]
    assert book.approval.rules[0].needs == 2
    assert str(book.roles[1].limits[0].longest) == "1d"
    assert book.roles[1].limits[1].longest is None


@pytest.mark.parametrize(
    ("wrong", "right", "path", "hint"),
    [
        ('"wave"]\n\n', '"wavy"]\n\n', "role[0].permissions", "wave"),
        ('["ban", ', '["bann", ', "approval.rules[0].of[0]", "ban"),
        ('"admit"]', '"refuse_act"]', "approval.rules[0].of[2]", ""),
        ('duty = "host"', 'duty = "hosts"', "approval.rules[1].duty", "host"),
        ('also = ["owner"]', 'also = ["owners"]', "approval.rules[1].also[0]", "owner"),
        ('also = ["host"]', 'also = ["ghost"]', "approval.also[0]", "host"),
        ('acting = ["host"]', 'acting = ["hist"]', "policy[1].acting[0]", "host"),
        ('["issuer", "host"]', '["issuing"]', "policy[0].rights.lift_by", "issuer"),
    ],
)
def test_a_word_that_leads_nowhere(
    wrong: str, right: str, path: str, hint: str
) -> None:
    """It is named with its place, and the nearest word that exists."""
    assert wrong in HOUSE
    with pytest.raises(PlaybookError) as caught:
        loads(HOUSE.replace(wrong, right, 1))
    (problem,) = caught.value.problems
    assert problem.path == path
    assert problem.code == "playbook.reference"
    assert hint in problem.hint


def test_without_an_authority_permissions_are_the_hosts() -> None:
    """Nobody asks for them here."""
    start = HOUSE.index('[[policy]]\nkind = "authority"')
    end = HOUSE.index('[[policy]]\nkind = "emergency_acts"')
    book = loads((HOUSE[:start] + HOUSE[end:]).replace('"wave"', '"wavy"'))
    assert "wavy" in book.roles[0].permissions
