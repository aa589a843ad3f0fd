"""What a plain funnel keeps of a member: the latest opening of each step (S20)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define

from community_sdk.metrics import Attempts

__all__ = ["PlainMemory"]


@define
class PlainMemory:
    """One member's openings (`Attempts`) with the highest step announced."""

    steps: int
    closes: Callable[[int], int]
    kept: dict[str, Any]

    @property
    def done(self) -> bool:
        """Whether the last step was reached."""
        return bool(self.kept.get("level", -1) == self.steps - 1)

    def add(self, at: int, matches: Sequence[int], oldest: Callable[[], int]) -> bool:
        """Take in an event; tell whether it led to a new highest step."""
        attempts = Attempts(self.steps, self.closes, self.kept)
        attempts.add(at, matches)
        if attempts.crowded:
            attempts.settle(oldest())
        return self.rise()

    def rise(self) -> bool:
        """Note the highest step; tell whether it is a new one."""
        kept, before = self.kept, self.kept.get("level", -1)
        level, openings = before, kept["run"]
        while level + 1 < self.steps and openings[level + 1] >= 0:
            level += 1
        kept["level"], kept["opened"] = level, openings[level] if level >= 0 else -1
        if self.done:
            Attempts(self.steps, self.closes, kept).close()
        return bool(level > before)

    def join(self, other: dict[str, Any]) -> dict[str, Any]:
        """Return what is kept of a person who had two accounts."""
        if other["level"] == self.steps - 1:
            return other
        if not self.done:
            Attempts(self.steps, self.closes, self.kept).join(other)
            level = max(self.kept["level"], other["level"])
            self.kept["level"], self.kept["opened"] = level, self.kept["run"][level]
        return self.kept
