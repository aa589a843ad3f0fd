"""Every scenario that an operator wrote holds; the runner tells what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from community_sdk.errors import DefinitionError, PlaybookError, WorldError
from community_sdk.testing.scenarios import run_scenario

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("S*/*.toml"))
GIVEN = """
playbook = '''
format = 1
name = "p"

[community]
key = "p"
zone = "Asia/Shanghai"

[[rule]]
code = "spam"

[[policy]]
kind = "penalty_ladder"
key = "ladder"
steps = [{ at = 1, kind = "reminder" }]
'''

[[given]]
at = "2026-05-01 10:00"
kind = "rule_broken"
member = "ann"
rule = "spam"
"""


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_the_scenario_holds(path: Path) -> None:
    """What is expected comes, and nothing else of the kinds named."""
    result = run_scenario(path)
    assert result.passed, result.failures
    assert result.title


def told(folder: Path, text: str) -> tuple[str, ...]:
    """Return the failures of a scenario written to a file."""
    file = folder / "s.toml"
    file.write_text(text, "utf-8")
    return run_scenario(file).failures


def test_every_failure_is_told_with_the_nearest(tmp_path: Path) -> None:
    """A wrong expectation names what came instead."""
    text = """
only = ["apply_sanction"]
[[expect]]
kind = "apply_sanction"
member = "ann"
at = "2026-05-01 11:00"
because = "penalty.jump"
figures = { total = 2 }
[[expect]]
kind = "greet"
[[standing]]
member = "ann"
strikes = 2
tiers = { grade = "core" }
[[standing]]
member = "nobody"
"""
    only, tables = text.split("[[expect]]", 1)
    failures = told(tmp_path, only + GIVEN + "[[expect]]" + tables)
    first = failures[0]
    assert "expected `penalty.jump`, found `penalty.step`" in first
    assert "expected `2`, found `1`" in first
    assert "`at`" in first
    assert "no decision is like {'kind': 'greet'}" in failures[1]
    assert failures[2].startswith("not expected after given 1: apply_sanction")
    assert "`strikes`: expected `2`, found `1`" in failures[4]
    assert "`tiers`" in failures[3]
    assert "nothing is known" in failures[5]
    assert len(failures) == 6


def test_a_wrong_file_is_told_whole(tmp_path: Path) -> None:
    """Unknown keys, missing parts and broken events, all of them."""
    failures = told(tmp_path, "plabook = 1\n")
    assert failures == (
        "unknown key `plabook` (did you mean `playbook`?)",
        "nothing is given: write at least one `[[given]]`",
        "nothing is expected: write `[[expect]]`, `only` or `[[standing]]`",
    )
    broken = "[[given]]\nkind = 'message'\n[[given]]\nat = 'noon'\n[[given]]\n"
    broken += "at = '2026-05-01 10:00'\nkind = 'mesage'\n[[standing]]\nmembr = 'x'\n"
    assert told(tmp_path, broken) == (
        "standing 1: unknown key `membr` (did you mean `member`?)",
    )
    failures = told(tmp_path, broken.replace("membr", "member"))
    assert failures[0] == "given 1: missing `at`"
    assert failures[1].startswith("given 2: ")
    assert "did you mean `message`?" in failures[2]


def test_what_cannot_be_read_raises(tmp_path: Path) -> None:
    """A missing file, no TOML, no playbook: each names its cure or its place."""
    with pytest.raises(WorldError, match="cannot read"):
        run_scenario(tmp_path / "none.toml")
    with pytest.raises(DefinitionError, match="is no TOML"):
        told(tmp_path, "a = [")
    with pytest.raises(DefinitionError, match="expected `playbook`"):
        told(tmp_path, "playbook = 1\n\n")
    with pytest.raises(PlaybookError):
        told(tmp_path, "playbook = 'nosuch'\n")
    with pytest.raises(PlaybookError):
        told(tmp_path, "playbook = '''\nformat = 1\n'''\n")


def test_a_playbook_may_lie_beside_its_scenario(tmp_path: Path) -> None:
    """Paths are read from the folder of the scenario; times may bear a zone."""
    book = GIVEN.split("'''")[1]
    (tmp_path / "mine.toml").write_text(book, "utf-8")
    text = """
playbook = "mine.toml"
zone = "Asia/Tokyo"
until = 2026-05-02T00:00:00Z
[[given]]
at = 2026-05-01T10:00:00
kind = "rule_broken"
member = "ann"
rule = "spam"
[[expect]]
kind = "apply_sanction"
given = 1
at = "2026-05-01T01:00:00+00:00"
"""
    assert told(tmp_path, text) == ()
