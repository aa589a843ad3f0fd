"""What an import may load: the front door attrs and dateutil, and no slow module."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import community_sdk

# tzdata is data, six is what older versions of dateutil stand on.
THIRD_PARTY = {"attr", "attrs", "dateutil", "six", "tzdata"}
SLOW = {"asyncio", "concurrent", "http", "json", "multiprocessing", "sqlite3"}

# The door itself, and the last room of the brain, which stands on all others.
FRONT = ["community_sdk", "community_sdk.engine"]

# An isolated interpreter would take the installed package, not the one under test.
OURS = (
    f"import sys; sys.path.insert(0, {str(Path(community_sdk.__file__).parents[1])!r})"
)
PROBE = """
import importlib, sys
before = set(sys.modules)
importlib.import_module({module!r})
print(*sorted(set(sys.modules) - before))
"""


def tell(program: str) -> set[str]:
    """The words that *program* prints in a fresh process."""
    # Measuring coverage there would load modules before we can look.
    env = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    run = subprocess.run(
        [sys.executable, "-I", "-c", f"{OURS}\n{program}"],
        capture_output=True,
        check=True,
        env=env,
        text=True,
    )
    return {*run.stdout.split()}


def loaded_by(module: str) -> set[str]:
    """Top-level names that importing *module* loads in a fresh process."""
    return {name.partition(".")[0] for name in tell(PROBE.format(module=module))}


@pytest.mark.parametrize("module", FRONT)
def test_no_foreign_library_but_the_two(module: str) -> None:
    """Nobody pays for a library that the front door does not need."""
    loaded = loaded_by(module)
    assert "community_sdk" in loaded
    foreign = loaded - sys.stdlib_module_names - {"community_sdk"}
    # sysconfig loads its figures from a module named after the machine.
    foreign = {it for it in foreign if not it.startswith("_sysconfigdata")}
    assert foreign <= THIRD_PARTY


@pytest.mark.parametrize("module", FRONT)
def test_no_slow_module_of_the_standard_library(module: str) -> None:
    """Nor for one of Python's own that takes long and does I/O."""
    assert loaded_by(module).isdisjoint(SLOW)


def test_the_probe_sees_what_is_loaded() -> None:
    """The two tests above are worth something: a slow module is noticed."""
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
FAMILIES = "admission funnel onboarding penalty tier watch"


def test_a_first_decision_loads_only_the_families_of_its_playbook() -> None:
    """Each class that is made at an import costs about a millisecond."""
    loaded = tell(DECIDE)
    shelf = "community_sdk.policies."
    families = {name.removeprefix(shelf) for name in loaded if name.startswith(shelf)}
    assert {name for name in families if "." not in name} - {"_policy"} == {
        *FAMILIES.split()
    }
