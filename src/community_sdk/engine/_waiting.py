"""The same is proposed only once at a time."""

from __future__ import annotations

from typing import Final

from community_sdk.decisions import Decision
from community_sdk.engine._version import DecisionBorder
from community_sdk.ports import Plain
from community_sdk.state import MemberState

__all__ = ["waiting"]

_ONCE: Final = frozenset({"change_tier", "recommend", "admit", "refuse_admission"})
_WHEN_AND_WHY: Final = frozenset({"id", "trigger", "at", "because", "playbook"})


def waiting(
    decision: Decision, border: DecisionBorder, member: MemberState
) -> str | None:
    """Return the open proposal that asks for the same as *decision*, None without."""
    if decision.kind not in _ONCE:
        return None
    asked = _content(border.dump(decision))
    return next((c.id for c in member.consents if _content(c.wish) == asked), None)


def _content(wish: Plain) -> dict[str, object]:
    """Return what is decided, without when and why."""
    return {name: value for name, value in wish.items() if name not in _WHEN_AND_WHY}
