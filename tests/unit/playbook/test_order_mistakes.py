"""Mistakes in settings of order: contradictions, words that lead nowhere, places."""

from __future__ import annotations

import pytest

from community_sdk import loads
from community_sdk.errors import PlaybookError, Problem
from community_sdk.wording import say_problem

HEAD = """
format = 1
name = "n"
[community]
key = "home"
[[role]]
name = "owner"
[[role]]
name = "host"
[[rule]]
code = "ads"
"""


def problems(text: str) -> list[Problem]:
    """The mistakes in a playbook, none where it is sound."""
    try:
        loads(HEAD + text)
    except PlaybookError as error:
        return list(error.problems)
    return []


def policy(kind: str, *lines: str) -> str:
    """One policy as a file writes it."""
    return "\n".join(("[[policy]]", f'kind = "{kind}"', 'key = "p"', *lines))


def stages(first: str, second: str) -> str:
    """A desk with two stages."""
    return policy(
        "complaint_desk",
        f'stages = [{{ stage = "response", within = "{first}" }},'
        f' {{ stage = "resolution", within = "{second}" }}]',
    )


def answering(within: str, lapse: str, *more: str) -> str:
    """A duty to answer, without default steps."""
    given = (f'within = "{within}"', f'lapse = "{lapse}"', 'duty = "host"')
    return policy("response_time", *given, *more)


LATER = 'escalation = [{ after = "4h", duty = "owner" }]'
MUTES = ('limits = { mute = { least = "%s", most = "%s" } }',)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (policy("manual_sanctions", MUTES[0] % ("3d", "1d")), "sanction.limits"),
        (policy("manual_sanctions", MUTES[0] % ("2 month", "30d")), "sanction.limits"),
        (policy("manual_sanctions", MUTES[0] % ("3d", "3d")), ""),
        (policy("manual_sanctions", MUTES[0] % ("1 month", "30d")), ""),
        (stages("7d", "1d"), "complaints.deadlines"),
        (stages("2 month", "30d"), "complaints.deadlines"),
        (stages("7d", "7d"), ""),
        (answering("8h", "7h"), "response.lapse"),
        (answering("8h", "8h"), ""),
        (answering("8h", "11h", LATER), "response.lapse"),
        (answering("8h", "12h", LATER), ""),
        (answering("8h", "1 month", LATER), ""),
    ],
)
def test_settings_that_contradict_are_refused(text: str, code: str) -> None:
    """Equal ones, and months that may be as long, do not."""
    found = problems(text)
    assert [p.code for p in found] == ([code] if code else [])
    for problem in found:
        assert say_problem(problem, "zh") != say_problem(problem, "en")


@pytest.mark.parametrize(
    ("share", "edge", "good"),
    [
        ("0", "inclusive", False),
        ("0", "exclusive", True),
        ("1", "inclusive", True),
        ("1", "exclusive", False),
        ("1/2", "inclusive", True),
    ],
)
def test_a_vote_can_pass_and_fail(share: str, edge: str, good: bool) -> None:  # noqa: FBT001 - of a table
    """A share that every result reaches is no vote, nor one that none reaches."""
    lines = ('open_for = "1d"', f'threshold = "{share}"', f'threshold_edge = "{edge}"')
    found = [p.code for p in problems(policy("rule_vote", *lines))]
    assert found == ([] if good else ["vote.threshold"])


def test_a_number_beyond_64_bits_is_an_integer_all_the_same() -> None:
    """It is told what is wrong with it."""
    (problem,) = problems("weight = 1" + "0" * 30)
    assert problem.code == "playbook.whole_64"
    assert "at most 64 bits" in problem.message
    assert "64 位" in say_problem(problem, "zh")
    (weight,) = problems("weight = 1000001")
    assert weight.code == "playbook.number_most"


@pytest.mark.parametrize("kind", ["manual_sanctions", "penalty_ladder"])
def test_duties_and_kinds_of_approvals(kind: str) -> None:
    """Each with its place; the owner can always be named."""
    steps = 'steps = [{ at = 1, kind = "mute" }]' if kind == "penalty_ladder" else ""
    lines = (
        'approval.mute = { duty = "hst" }',
        'approval."*" = { also = ["host", "nix"] }',
        'approval.bann = { duty = "owner" }',
        'overlap = { mutee = "refuse" }',
        steps,
    )
    found = {(p.path, p.figures["found"]) for p in problems(policy(kind, *lines))}
    assert found == {
        ("policy[0].overlap", "mutee"),
        ("policy[0].approval", "bann"),
        ("policy[0].approval.mute.duty", "hst"),
        ('policy[0].approval."*".also[1]', "nix"),
    }


def test_limits_are_of_kinds() -> None:
    """A limit of every kind would limit what is done at once."""
    lines = 'limits = { "*" = { most = "1d" }, flog = { most = "1d" } }'
    found = problems(policy("manual_sanctions", lines))
    assert [(p.path, p.figures["found"]) for p in found] == [
        ("policy[0].limits", "*"),
        ("policy[0].limits", "flog"),
    ]


def test_a_duty_that_confirms_must_exist() -> None:
    """Also while nothing is proposed; without a word it is the owner."""
    found = problems('[approval]\nduty = "hots"')
    assert [(p.path, p.hint) for p in found] == [
        ("approval.duty", "did you mean `host`?")
    ]
    assert problems("[approval]\nneeds = 2") == []


def test_places_are_those_of_the_file() -> None:
    """Entries that were left out as wrong are counted."""
    text = """
[approval]
also = [3, "hst"]
[[approval.rules]]
of = ["mute"]
needs = 0
duty = "owner"
[[approval.rules]]
of = [7, "mutee"]
duty = "hostt"
also = ["owner", "xx"]
[[policy]]
kind = "authority"
key = "rights"
[[policy]]
kind = "response_time"
key = "answers"
duty = "host"
within = "1h"
staff = [1, 2, "nobody", "owner"]
"""
    found = {
        p.path: (p.figures["found"], p.figures["file_line"]) for p in problems(text)
    }
    assert found == {
        "approval.also[0]": ("3", "14"),
        "approval.also[1]": ("hst", "14"),
        "approval.rules[0].needs": ("0", "17"),
        "approval.rules[1].of[0]": ("7", "20"),
        "approval.rules[1].of[1]": ("mutee", "20"),
        "approval.rules[1].duty": ("hostt", "21"),
        "approval.rules[1].also[1]": ("xx", "22"),
        "policy[1].staff[0]": ("1", "31"),
        "policy[1].staff[1]": ("2", "31"),
        "policy[1].staff[2]": ("nobody", "31"),
    }


def test_a_role_after_a_broken_one_keeps_its_place() -> None:
    """Its permissions are told at its own."""
    text = """
[[role]]
name = 7
[[role]]
name = "guest"
permissions = ["report_breach", "dance"]
[[policy]]
kind = "authority"
key = "rights"
"""
    found = [p.path for p in problems(text)]
    assert found == ["role[2].name", "role[3].permissions"]
