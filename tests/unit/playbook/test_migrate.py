"""The number of the format, and the steps from older ones."""

import pytest

from community_sdk.errors import PlaybookError
from community_sdk.playbook import FORMAT, PlaybookFormat, loads
from community_sdk.playbook._migrate import MIGRATIONS, migrate
from community_sdk.playbook._notes import Notes


def older(plain: dict[str, object]) -> dict[str, object]:
    """A format before the first: it called the community a club."""
    rest = {key: value for key, value in plain.items() if key != "club"}
    return {**rest, "community": plain["club"]}


def newer(plain: dict[str, object]) -> dict[str, object]:
    """A step that only counts."""
    return {**plain, "steps": plain.get("steps", 0)}


STEPS = {0: older, 1: newer}


def test_the_first_format_has_no_older_one() -> None:
    """What is written says so."""
    assert FORMAT == 1
    assert dict(MIGRATIONS) == {}
    assert PlaybookFormat.__name__ == "PlaybookFormat"


def test_steps_are_taken_in_order() -> None:
    """From any older format to the newest."""
    notes = Notes()
    plain: dict[str, object] = {"format": 0, "club": {"key": "c"}}
    found = migrate(plain, notes, newest=2, steps=STEPS)
    assert found == {"format": 2, "community": {"key": "c"}, "steps": 0}
    assert plain == {"format": 0, "club": {"key": "c"}}
    again = migrate({"format": 1}, notes, newest=2, steps=STEPS)
    assert again == {"format": 2, "steps": 0}
    assert not notes.problems


@pytest.mark.parametrize(
    ("number", "code", "hint"),
    [
        (3, "playbook.format_newer", "a newer version of community-sdk reads it"),
        (-1, "playbook.format_unknown", ""),
        (10**30, "playbook.format_newer", "a newer version of community-sdk reads it"),
    ],
)
def test_formats_that_nobody_reads(number: int, code: str, hint: str) -> None:
    """Nothing else is said of such a file."""
    notes = Notes()
    assert migrate({"format": number, "x": 1}, notes, newest=2, steps=STEPS) is None
    (problem,) = notes.problems
    assert (problem.code, problem.hint, problem.path) == (code, hint, "format")
    assert "format 0 to 2" in problem.message


@pytest.mark.parametrize("text", ["format = '1'", "format = true", "format = 1.0"])
def test_a_format_is_a_whole_number(text: str) -> None:
    """Anything else is told, and the rest read as format 1."""
    with pytest.raises(PlaybookError) as caught:
        loads(f"{text}\n[community]\nkey = 3\n")
    assert [p.code for p in caught.value.problems] == [
        "playbook.format",
        "playbook.text",
    ]


def test_a_format_that_is_no_toml_is_told_once() -> None:
    """The mistake of form is enough."""
    with pytest.raises(PlaybookError) as caught:
        loads("format = one\n[community]\nkey = 'c'\n")
    assert [p.code for p in caught.value.problems] == ["playbook.syntax"]


def test_a_file_without_format_is_read_and_told() -> None:
    """The first line is missing; the rest may be sound."""
    with pytest.raises(PlaybookError) as caught:
        loads("[community]\nkey = 'c'\n")
    (problem,) = caught.value.problems
    assert problem.hint == "write `format = 1` as the first line"
