"""What an import may load: the front door attrs and dateutil, and no slow module."""

import subprocess
import sys
from pathlib import Path

import pytest

import community_sdk
from tests.processes import unmeasured

# tzdata is data, six is what older versions of dateutil stand on.
THIRD_PARTY = {"attr", "attrs", "dateutil", "six", "tzdata"}
SLOW = {"asyncio", "concurrent", "http", "json", "multiprocessing", "sqlite3"}

# The door itself, and all rooms of the brain, which are loaded when they are used.
BRAIN = (
    "_time authorization conditions decisions enforcement engine errors events "
    "explanation metrics model obligation policies ports proposal state statement"
)
FRONT = ["", *BRAIN.split()]

# An isolated interpreter would take the installed package, not the one under test.
OURS = (
    f"import sys; sys.path.insert(0, {str(Path(community_sdk.__file__).parents[1])!r})"
)
PROBE = """
import importlib, pkgutil, sys
before = set(sys.modules)
door = importlib.import_module({name!r})
if {whole!r}:
    for room in pkgutil.walk_packages(getattr(door, "__path__", ()), {name!r} + "."):
        importlib.import_module(room.name)
print(*sorted(set(sys.modules) - before))
"""


def tell(program: str) -> set[str]:
    """The words that *program* prints in a fresh process."""
    run = subprocess.run(
        [sys.executable, "-I", "-c", f"{OURS}\n{program}"],
        capture_output=True,
        check=True,
        env=unmeasured(),
        text=True,
    )
    return {*run.stdout.split()}


def loaded_by(name: str, *, whole: bool = False) -> set[str]:
    """Top-level names that importing *name* loads in a fresh process.

    *whole*: with every module below it.
    """
    loaded = tell(PROBE.format(name=name, whole=whole))
    return {name.partition(".")[0] for name in loaded}


@pytest.mark.parametrize("room", FRONT)
def test_only_two_foreign_libraries_and_nothing_slow(room: str) -> None:
    """Nobody pays for a library, or one of Python's own that takes long and does I/O.

    Neither at the front door nor for anything in the brain.
    """
    name = f"community_sdk.{room}".rstrip(".")
    loaded = loaded_by(name, whole=bool(room))
    assert "community_sdk" in loaded
    assert loaded.isdisjoint(SLOW)
    foreign = loaded - sys.stdlib_module_names - {"community_sdk"}
    # sysconfig loads its figures from a module named after the machine.
    foreign = {it for it in foreign if not it.startswith("_sysconfigdata")}
    assert foreign <= THIRD_PARTY


def test_the_probe_sees_what_is_loaded() -> None:
    """The test above is worth something: a slow module is noticed."""
    assert "sqlite3" in loaded_by("sqlite3.dbapi2")
    assert "cattrs" in loaded_by("cattrs")


DECIDE = """
import sys
from datetime import UTC, datetime
from community_sdk import load
from community_sdk.events import RuleBroken
engine = load("smart_home").engine()
at = datetime(2026, 11, 16, 12, tzinfo=UTC)
step = engine.receive(RuleBroken(id="b", at=at, member="ann", rule="flooding"))
assert step.decisions
print(*sorted(sys.modules))
"""
LOADED = {
    "policies": "_policy admission funnel onboarding penalty tier watch",
    "events": "_fields activity entry envelope exit membership order standing tiers",
    "decisions": "_decision _kinds duties membership order standing tiers",
}


@pytest.mark.parametrize("package", LOADED)
def test_a_first_decision_loads_only_what_its_playbook_names(package: str) -> None:
    """Making a class costs about half a millisecond, and there are hundreds."""
    above = f"community_sdk.{package}."
    rooms = {n.removeprefix(above) for n in tell(DECIDE) if n.startswith(above)}
    assert {room for room in rooms if "." not in room} == {*LOADED[package].split()}
