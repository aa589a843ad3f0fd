"""Tests that want data from outside the project are deselected without it, and counted.

The folder is named by the environment variable `COMMUNITY_SDK_DATA`.
"""

import os
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "COMMUNITY_SDK_DATA"
LEFT_OUT = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a variable that names no folder: silence would hide the tests."""
    config.stash[LEFT_OUT] = 0
    named = os.environ.get(VARIABLE)
    if named and not Path(named).is_dir():
        message = f"{VARIABLE} names `{named}`, which is no folder"
        raise pytest.UsageError(message)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Deselect the tests marked `data` when there is none."""
    if os.environ.get(VARIABLE):
        return
    wanting = [item for item in items if item.get_closest_marker("data")]
    if wanting:
        items[:] = [item for item in items if item not in set(wanting)]
        config.hook.pytest_deselected(items=wanting)
        config.stash[LEFT_OUT] = len(wanting)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the controller what this worker left out."""
    output: dict[str, int] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear it: every worker collects the same tests, so one answer is the sum."""
    told = getattr(node, "workeroutput", {}).get("left_out", 0)
    stash = node.config.stash
    stash[LEFT_OUT] = max(stash[LEFT_OUT], told)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Count aloud what was left out."""
    count = config.stash[LEFT_OUT]
    if count:
        terminalreporter.write_sep("-", f"deselected for want of {VARIABLE}: {count}")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real data; only for tests marked `data`."""
    return Path(os.environ[VARIABLE]).resolve()
