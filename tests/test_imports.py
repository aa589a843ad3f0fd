"""What an import may load: the front door attrs and dateutil, and no slow module."""

import os
import subprocess
import sys

import pytest

# tzdata is data, six is what older versions of dateutil stand on.
THIRD_PARTY = {"attr", "attrs", "dateutil", "six", "tzdata"}
SLOW = {"asyncio", "concurrent", "http", "json", "multiprocessing", "sqlite3"}

# The door itself, and the last room of the brain, which stands on all others.
FRONT = ["community_sdk", "community_sdk.engine"]

PROBE = """
import importlib, sys
before = set(sys.modules)
importlib.import_module({module!r})
print(*sorted(set(sys.modules) - before))
"""


def loaded_by(module: str) -> set[str]:
    """Top-level names that importing *module* loads in a fresh process."""
    # Measuring coverage there would load modules before we can look.
    env = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    run = subprocess.run(
        [sys.executable, "-I", "-c", PROBE.format(module=module)],
        capture_output=True,
        check=True,
        env=env,
        text=True,
    )
    return {name.partition(".")[0] for name in run.stdout.split()}


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
