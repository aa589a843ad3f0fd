"""Nobody is judged by origin, region, sex, work, faith or schooling (S03 S29)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import Playbook, load, loads
from community_sdk.analysis import Finding, Gravity, check_fairness
from community_sdk.analysis.fairness import PROTECTED
from community_sdk.playbook import library
from community_sdk.wording import say_problem

HEAD = """
format = 1
name = "p"

[community]
key = "p"

[events]
words = ["signed"]

[[group]]
key = "hall"

[[policy]]
kind = "admission"
key = "door"
"""


def book(text: str) -> Playbook:
    """A playbook whose door goes on as *text*."""
    return loads(HEAD + text)


def only(text: str) -> Finding:
    """The one thing that is found."""
    (found,) = check_fairness(book(text))
    return found


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ('{ answer = "gender", value = "f" }', "f", "not f"),
        ('{ answer = "gender", op = "!=", value = "m" }', "not m", "m"),
        ('{ answer = "degree", op = ">=", value = 2 }', 2, 1),
        ('{ answer = "degree", op = "<=", value = 2 }', 2, 3),
        ('{ answer = "degree", value = 2 }', 2, 3),
        ('{ answer = "local", title = { zh = "本地户口" } }', True, False),
        ('{ answer = "q1", value = "汉族" }', "汉族", "not 汉族"),
    ],
)
def test_a_requirement_is_proved_by_two_requests(
    rule: str, first: str | int, second: str | int
) -> None:
    """They differ in that answer alone; one is let in, the other is not."""
    found = only(f'requirements = [{{ answer = "adult" }}, {rule}]')
    assert (found.code, found.severity) == ("fairness.requirement", Gravity.ERROR)
    assert found.path == "policy[0].requirements[1]"
    proof = found.counterexample
    assert proof is not None
    differ = {k for k in proof.first if proof.first[k] != proof.second[k]}
    assert [(proof.first[k], proof.second[k]) for k in differ] == [(first, second)]
    assert proof.first["adult"] is True
    assert proof.verdicts == ("admit", "refuse_admission")


def test_the_proof_knows_age_and_groups() -> None:
    """Whoever is compared is old enough, and asks for the group in question."""
    found = only("""
minimum_age = { years = 18 }
groups = [{ group = "hall", requirements = [{ answer = "职业", value = "x" }] }]
""")
    proof = found.counterexample
    assert proof is not None
    assert "born" in proof.first
    assert proof.verdicts == ("admit", "refuse_admission")
    assert found.figures == {"attribute": "occupation", "found": "职业"}


def test_what_does_not_decide_has_no_proof() -> None:
    """A closed door refuses both alike; the finding stands."""
    found = only("""
entry = "closed"
requirements = [{ answer = "sex", value = "f" }]
""")
    assert (found.severity, found.counterexample) == (Gravity.ERROR, None)


@pytest.mark.parametrize(
    ("reason", "code", "severity"),
    [
        ("a shelter for women", "fairness.waived", Gravity.NOTE),
        (" ", "fairness.no_reason", Gravity.ERROR),
    ],
)
def test_a_waiver_needs_its_reason(reason: str, code: str, severity: Gravity) -> None:
    """With it, a note that says so; without, an error still."""
    found = only(f"""
requirements = [{{ answer = "gender", value = "f" }}]
waived = {{ sex = "{reason}" }}
""")
    assert (found.code, found.severity) == (code, severity)
    assert found.figures.get("reason", " ") == reason


def test_conditions_questions_and_nicknames() -> None:
    """A condition is an error, a required question a warning, a nickname a note."""
    found = check_fairness(
        book("""
groups = [{ group = "hall", when = 'count("signed", "30d", province="x") >= 1' }]

[[policy]]
kind = "onboarding"
key = "first"
nickname = { format = { parts = ["城市", "name"] }, within = "3d" }

[policy.questionnaire]
survey = "s"
within = "3d"
fields = [{ name = "religion" }, { name = "job", required = false }]
""")
    )
    told = [(each.code, each.severity) for each in found]
    assert sorted(told) == [
        ("fairness.condition", Gravity.ERROR),
        ("fairness.nickname", Gravity.NOTE),
        ("fairness.question", Gravity.WARNING),
    ]
    assert all(each.counterexample is None for each in found)


@pytest.mark.parametrize("name", ["management", "racecar", "essex", "faithful", "menu"])
def test_a_word_inside_a_word_is_no_hit(name: str) -> None:
    """English is read by whole words."""
    assert not check_fairness(book(f'requirements = [{{ answer = "{name}" }}]'))


@given(st.sampled_from([(a, w) for a, words in PROTECTED.items() for w in words]))
def test_every_word_is_found(case: tuple[str, str]) -> None:
    """Whatever the case and the width of its letters."""
    attribute, word = case
    found = only(f'requirements = [{{ answer = "the {word.upper()}" }}]')
    assert found.figures["attribute"] == attribute
    for lang in ("zh", "en"):
        assert say_problem(found, lang)


@pytest.mark.parametrize("name", sorted(library()))
def test_what_is_shipped_is_fair(name: str) -> None:
    """No shipped playbook has an error."""
    found = check_fairness(load(name))
    assert not [each for each in found if each.severity is Gravity.ERROR]
