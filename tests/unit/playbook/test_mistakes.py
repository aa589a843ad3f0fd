"""Every mistake at once: path, what was found, what was expected, the cure."""

from collections.abc import Iterator
from typing import Any

import pytest

from community_sdk.errors import PlaybookError, Problem
from community_sdk.playbook import loads
from tests.unit.playbook.many_mistakes import EXPECTED, MANY


def mistakes(text: str, **given: Any) -> tuple[Problem, ...]:
    """What is wrong with a text."""
    with pytest.raises(PlaybookError) as caught:
        loads(text, "my.toml", **given)
    assert caught.value.source == "my.toml"
    assert "my.toml" in str(caught.value)
    return caught.value.problems


def test_forty_mistakes_are_told_at_once() -> None:
    """Each has its line, path, expectation and cure; they stand in file order."""
    found = [
        (int(p.figures["file_line"]), p.path, p.message, p.hint) for p in mistakes(MANY)
    ]
    assert found == EXPECTED
    assert len(found) > 40


def test_each_mistake_has_a_code_and_figures_for_other_languages() -> None:
    """What the English sentence holds is there as data too."""
    for problem in mistakes(MANY):
        assert "." in problem.code
        assert all(isinstance(value, str) for value in problem.figures.values())
        if "found `" in problem.message:
            assert problem.figures["found"].strip('"') in problem.message


def _lines(text: str) -> Iterator[str]:
    for problem in mistakes(text):
        yield from (problem.message, problem.hint)


def test_every_message_is_one_line_in_the_form_of_the_house() -> None:
    """Lower case, no final stop, no names of classes, nothing of Python's own."""
    for line in _lines(MANY):
        assert "\n" not in line
        assert not line.endswith((".", "!"))
        assert line[:1] == line[:1].lower()
        for word in ("None", "NoneType", "dict", "Mapping", "Error", "<"):
            assert word not in line
