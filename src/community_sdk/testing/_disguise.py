"""Policies and playbooks that look like others, so that laws can watch them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from community_sdk.decisions import Mode
from community_sdk.engine import Operable
from community_sdk.policies import Policy
from community_sdk.state import State

__all__ = ["Disguised", "Under"]

_PARTS: Final = (
    "start",
    "fold",
    "folds",
    "join",
    "metrics",
    "reaches",
    "words",
    "review_now",
    "standing",
    "problems",
)


class Disguised:
    """A policy that acts as *policy* does, in another mode; laws override `decide`."""

    def __init__(self, policy: Policy, mode: Mode | None = None) -> None:
        """Show the same face: type checks of protocols look at the attributes."""
        self.policy = policy
        self.answers = policy.answers
        self.key = policy.key
        self.scope = policy.scope
        self.mode = policy.mode if mode is None else mode
        for name in _PARTS:
            if hasattr(policy, name):
                self.__dict__[name] = getattr(policy, name)

    def decide(self, event: Any, state: State, /) -> Iterable[Any]:
        """Decide as the policy does."""
        return self.policy.decide(event, state)


class Under:
    """A playbook with other policies; everything else is that of *playbook*."""

    def __init__(self, playbook: Operable, policies: Iterable[Any]) -> None:
        """Replace the policies."""
        self._playbook = playbook
        self.policies: tuple[Any, ...] = tuple(policies)
        self.digest = f"disguised:{playbook.digest}"

    def __getattr__(self, name: str) -> Any:
        """Give what the playbook gives."""
        return getattr(self._playbook, name)
