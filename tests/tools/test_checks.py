"""The project's own checks can fail: each is shown a breach and names it."""

import json
from pathlib import Path

import pytest

from tools import coverage_floor, house_limits

LONG = house_limits.FUNCTION_LINES
PURE = """
[[tool.importlinter.contracts]]
id = "floors"
layers = ["cli", "(engine)", "(state) | (ports)", "errors"]

[[tool.importlinter.contracts]]
id = "pure"
source_modules = [{listed}]
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project to work in; the folder of its package."""
    monkeypatch.chdir(tmp_path)
    package = tmp_path / house_limits.PACKAGE
    package.mkdir(parents=True)
    return package


def test_a_file_may_be_full_but_not_fuller(package: Path) -> None:
    """The limit itself is allowed, one line more is not."""
    file = package / "engine.py"
    file.write_text("\n" * house_limits.FILE_LINES)
    assert list(house_limits.sizes()) == []
    file.write_text("\n" * (house_limits.FILE_LINES + 1))
    assert "engine.py: 401 lines" in next(house_limits.sizes())


def test_a_long_function_is_named_and_a_long_docstring_is_not(package: Path) -> None:
    """Only the lines that run count."""
    body = "    pass\n"
    told = f'    """{"Explain." + chr(10) * LONG}"""\n'
    file = package / "engine.py"
    file.write_text("def f():\n" + told + body * (LONG - 1))
    assert list(house_limits.sizes()) == []
    file.write_text("def f():\n" + body * LONG)
    assert f"`f` has {LONG + 1} lines" in next(house_limits.sizes())


def test_a_crowded_package_is_named(package: Path) -> None:
    """Twenty files are enough."""
    for number in range(house_limits.PACKAGE_FILES + 1):
        (package / f"m{number}.py").touch()
    assert "21 files" in next(house_limits.sizes())


@pytest.mark.parametrize("file", ["utils.py", "_helpers.py", "core/tree.py"])
def test_a_file_that_says_nothing_is_named(package: Path, file: str) -> None:
    """Neither as a module nor as a folder."""
    path = package / file
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert "says nothing" in next(house_limits.names())


def test_a_class_that_says_nothing_is_named(package: Path) -> None:
    """What does it manage?"""
    (package / "engine.py").write_text("class StateManager: ...\n")
    assert "`StateManager` says nothing" in next(house_limits.names())


def test_the_list_of_pure_rooms_is_complete(package: Path) -> None:
    """Every floor up to the engine is listed; what is above, or unbuilt, is not."""
    settings = Path("pyproject.toml")
    for room in ("errors", "ports", "cli"):
        (package / f"{room}.py").touch()
    settings.write_text(PURE.format(listed='"community_sdk.errors"'))
    assert ["ports" in breach for breach in house_limits.unlisted()] == [True]
    listed = '"community_sdk.errors", "community_sdk.ports", "community_sdk.state"'
    settings.write_text(PURE.format(listed=listed))
    assert ["state" in breach for breach in house_limits.unlisted()] == [True]


def measured(folder: Path, **missing: list[int]) -> str:
    """A measurement with one file of 100 lines per room, without these lines."""
    files = {
        f"{coverage_floor.PACKAGE}{room}.py": {
            "missing_branches": [],
            "missing_lines": lines,
            "summary": {
                "covered_branches": 0,
                "covered_lines": 100 - len(lines),
                "num_branches": 0,
                "num_statements": 100,
            },
        }
        for room, lines in missing.items()
    }
    path = folder / "coverage.json"
    path.write_text(json.dumps({"files": files}))
    return str(path)


def test_the_brain_is_covered_wholly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every gap is named, neighbours as a range; more than two in a hundred fail."""
    assert coverage_floor.main(measured(tmp_path, engine=[], codec=[1, 2])) == 0
    assert coverage_floor.main(measured(tmp_path, engine=[7, 8], codec=[])) == 0
    assert coverage_floor.main(measured(tmp_path, engine=[7, 8, 9], codec=[])) == 1
    assert "engine.py: 7-9" in capsys.readouterr().out


def test_the_rest_is_covered_nearly(tmp_path: Path) -> None:
    """Exactly 95 % is enough, less is not."""
    assert coverage_floor.main(measured(tmp_path, codec=[1, 2, 3, 4, 5])) == 0
    assert coverage_floor.main(measured(tmp_path, codec=[1, 2, 3, 4, 5, 6])) == 1
