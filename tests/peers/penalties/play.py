"""A case from its first step to its last."""

from __future__ import annotations

from tests.peers.frame import Plain, differences
from tests.peers.penalties.history import History
from tests.peers.penalties.read import Answers
from tests.peers.penalties.tell import TELL


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than expected, in words."""
    history = History(case)
    found: list[str] = []
    for step in case["steps"]:
        told = history.begin(step)
        history.tell(told, TELL[told.plain["type"]](told))
        answers = Answers(history, told)
        found += differences(step["expect"], answers, f"step {told.n}")
    return found
