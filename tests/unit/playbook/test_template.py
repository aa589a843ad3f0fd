"""Templates: blanks are filled, checked, and never read as TOML again (S30)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import Duration, QuietHours
from community_sdk.errors import DefinitionError, PlaybookError, Problem
from community_sdk.playbook import Parameter, ParameterType, load, loads, parameters_of
from community_sdk.playbook._notes import Notes
from community_sdk.playbook._template import escape, fill

TEMPLATE = """\
format = 1
lateness = "{{patience}}"

[parameters]
city = { type = "text", default = "上海", title = { zh = "城市" } }
zone = { type = "zone", default = "Asia/Shanghai" }
seats = { type = "number" }
years = { type = "number", default = 2 }
patience = { type = "duration", default = "7d" }
online = { type = "flag", default = true }

[community]
key = "dealers-{{ city }}"
zone = "{{zone}}"
title = { zh = "{{city}}车友（{{seats}} 人，{{online}}）" }

[community.positioning]
years = "{{years}}"

[[group]]
key = "hall"
capacity = "{{seats}}"

[[campaign]]
key = "meetup"
since = 2026-01-01T00:00:00Z
until = 2026-01-02T00:00:00Z
online = "{{online}}"
"""


def mistakes(text: str, **given: Any) -> tuple[Problem, ...]:
    """What is wrong with a text and what was given for it."""
    with pytest.raises(PlaybookError) as caught:
        loads(text, **given)
    return caught.value.problems


def test_blanks_are_filled() -> None:
    """A blank alone takes the value as it is, inside a text its words."""
    book = loads(TEMPLATE, city="Hangzhou", zone="Asia/Tokyo", seats=150)
    assert book.community.key == "dealers-Hangzhou"
    assert book.community.zone == "Asia/Tokyo"
    assert book.community.title == {"zh": "Hangzhou车友（150 人，true）"}
    assert book.community.groups[0].capacity == 150
    assert book.community.positioning.years == 2
    assert book.lateness == Duration.parse("7d")
    assert book.campaigns[0].online is True


def test_values_typed_by_people_are_read_by_their_type() -> None:
    """A command line knows texts only; the declared type says what they are."""
    book = loads(TEMPLATE, seats="120", online="false", patience="1 month")
    assert book.community.groups[0].capacity == 120
    assert book.campaigns[0].online is False
    assert book.lateness == Duration.parse("1 month")


def test_a_duration_may_be_given_as_such() -> None:
    """Python has durations of its own."""
    book = loads(TEMPLATE, seats=1, patience=Duration.parse("3d"))
    assert book.lateness == Duration.parse("3d")


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"seats": "many"}, "playbook.parameter_number", "parameters.seats"),
        ({"seats": 1.5}, "playbook.parameter_number", "parameters.seats"),
        ({"seats": True}, "playbook.parameter_number", "parameters.seats"),
        ({"seats": 2**63}, "playbook.parameter_number", "parameters.seats"),
        ({"seats": "9" * 5000}, "playbook.parameter_number", "parameters.seats"),
        ({"seats": 1, "zone": "Moon"}, "time.zone", "parameters.zone"),
        ({"seats": 1, "zone": 3}, "playbook.parameter_zone", "parameters.zone"),
        ({"seats": 1, "patience": "long"}, "time.duration", "parameters.patience"),
        (
            {"seats": 1, "patience": 7},
            "playbook.parameter_duration",
            "parameters.patience",
        ),
        ({"seats": 1, "online": "yes"}, "playbook.parameter_flag", "parameters.online"),
        ({"seats": 1, "city": None}, "playbook.parameter_text", "parameters.city"),
        ({}, "playbook.parameter_missing", "parameters.seats"),
        ({"seats": 1, "town": "x"}, "playbook.parameter_unknown", ""),
    ],
)
def test_what_is_given_is_checked(
    given: dict[str, object], code: str, path: str
) -> None:
    """One wrong value is one mistake, at the parameter."""
    assert [(p.code, p.path) for p in mistakes(TEMPLATE, **given)] == [(code, path)]


def test_the_nearest_parameter_is_offered() -> None:
    """A misspelt name is told with the one that was meant."""
    (problem,) = mistakes(TEMPLATE, seats=1, sity="x")
    assert problem.hint == "did you mean `city`?"
    (problem,) = mistakes('format = 1\n[community]\nkey = "c"\n', city="x")
    assert problem.hint == "this playbook has no parameters"


HEAD = 'format = 1\n[community]\nkey = "c"\n'


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("title = {en = '{{x}}'}\n", "playbook.placeholder", "community.title.en"),
        ("title = {en = 'a {{x}}'}\n", "playbook.placeholder", "community.title.en"),
        ("title = {en = 'a {{x'}\n", "playbook.placeholder_open", "community.title.en"),
        ("title = {en = '{{}}'}\n", "playbook.placeholder", "community.title.en"),
        (
            "[parameters]\nx = {default = 'a'}\n",
            "playbook.parameter_unused",
            "parameters.x",
        ),
        ("[parameters]\nx = 3\n", "playbook.table", "parameters.x"),
        (
            "[parameters]\nx = {typ = 'text'}\n",
            "playbook.unknown_key",
            "parameters.x.typ",
        ),
    ],
)
def test_what_is_declared_is_checked(text: str, code: str, path: str) -> None:
    """Blanks that nothing fills, and parameters that fill nothing."""
    assert (code, path) in [(p.code, p.path) for p in mistakes(HEAD + text)]


def test_a_wrong_default_is_told_even_where_another_value_is_given() -> None:
    """A template is sound whoever uses it."""
    text = HEAD.replace('"c"', '"{{n}}"') + "[parameters]\nn = {default = 3}\n"
    assert [p.path for p in mistakes(text, n="x")] == ["parameters.n.default"]


def test_an_unfilled_blank_is_told_once_wherever_it_stands() -> None:
    """In lists and in the key that tells parts apart as anywhere else."""
    text = HEAD + (
        "[parameters]\nx = {}\n"
        "[[policy]]\nkind = '{{x}}'\n"
        "[[role]]\nname = '{{x}}'\npermissions = ['{{x}}', 'a']\n"
        "[measures]\na = '{{x}}'\n"
    )
    assert [(p.code, p.path) for p in mistakes(text)] == [
        ("playbook.parameter_missing", "parameters.x")
    ]


@pytest.mark.parametrize("name", ["City", "1x", "a-b", "extra", ""])
def test_names_of_parameters_are_words_of_python(name: str) -> None:
    """They are given as keywords."""
    text = HEAD + "title = {en = '{{NAME}}'}\n[parameters]\n'NAME' = {default = 'x'}\n"
    text = text.replace("NAME", name)
    found = {p.code for p in mistakes(text)}
    assert "playbook.parameter_name" in found


def test_no_value_can_add_anything() -> None:
    """A value with line breaks, quotes and brackets is a text like any other."""
    evil = '"\n[[policy]]\nkind = "penalty_ladder"\n# {{seats}}'
    book = loads(TEMPLATE.replace("dealers-{{ city }}", "c"), city=evil, seats=1)
    assert book.community.title["zh"].startswith(evil)
    assert book.policies == ()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_escaped_text_fills_to_itself(text: str) -> None:
    """INVARIANT: what `escape` returns holds no placeholder and reads as *text*."""
    notes = Notes()
    assert fill({"a": escape(text)}, {}, notes) == {"a": text}
    assert not notes.problems


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_given_text_stands_as_it_is(text: str) -> None:
    """INVARIANT: values are never read again, placeholders in them included."""
    notes = Notes()
    plain: dict[str, object] = {
        "parameters": {"x": {"default": ""}},
        "a": "<{{x}}>",
        "b": ["{{ x }}"],
    }
    assert fill(plain, {"x": text}, notes) == {"a": f"<{text}>", "b": [text]}
    assert not notes.problems


def test_a_template_tells_what_it_wants() -> None:
    """A form can be made of it."""
    found = {each.name: each for each in parameters_of("smart_home")}
    assert found["zone"].type is ParameterType.ZONE
    assert found["zone"].default == "Asia/Shanghai"
    assert set(found["zone"].title) == {"zh", "en"}
    assert found["capacity"].parse("120") == 120


def test_a_parameter_reads_what_people_type() -> None:
    """The command line hands over texts."""
    flag = Parameter(name="online", type=ParameterType.FLAG)
    assert flag.parse("true") is True
    with pytest.raises(DefinitionError, match="`online`"):
        flag.parse("ja")
    assert Parameter(name="n", type=ParameterType.NUMBER).parse(" -3 ") == -3
    assert Parameter(name="t").parse(" x ") == " x "


def test_the_library_is_filled_in_by_keywords() -> None:
    """The usual call."""
    book = load("smart_home", key="hz", zone="Asia/Tokyo", quiet_hours="22:00-06:30")
    assert book.community.key == "hz"
    assert book.community.quiet_hours == QuietHours.parse("22:00-06:30")
