"""What an event can change about the attempt that counts, told without a search (S20).

Most events of a busy member change nothing: they are no further step, and nothing that
opened later has come as far. Only what may matter is worth looking at all attempts.
"""

from __future__ import annotations

from collections.abc import Sequence

from community_sdk.metrics.funnel import FunnelRules

__all__ = ["leads_on", "within_reach"]


def leads_on(rules: FunnelRules, steps: Sequence[int], highest: int) -> bool:
    """Tell whether the latest event may lead an attempt beyond the level *highest*.

    *steps* are those that it can be, in a funnel that is not unordered.
    """
    return any(step > highest >= _needed(rules, step) for step in steps)


def _needed(rules: FunnelRules, step: int) -> int:
    """Return the last step before *step* that cannot be left out, -1 without one."""
    before = range(step - 1, -1, -1)
    return next((n for n in before if not rules.steps[n].optional), -1)


def within_reach(rules: FunnelRules, last: Sequence[int], since: int) -> int:
    """Return a level that no attempt opened after *since* exceeds.

    *last* is when each step last came.
    """
    fresh = [at > since for at in last]
    if rules.order == "unordered":
        return sum(fresh) - 1
    level = -1
    for step, came in enumerate(fresh):
        if came:
            level = step
        elif not rules.steps[step].optional:
            break
    return level
