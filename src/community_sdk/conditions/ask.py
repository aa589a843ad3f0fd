"""Ask a condition of the state: compiled once per playbook version, by value."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from community_sdk.conditions.compile import compile_reader, compile_verdict
from community_sdk.conditions.explain import Verdict
from community_sdk.conditions.gap import Gap, gap
from community_sdk.conditions.tree import Condition
from community_sdk.state import State

__all__ = ["holds", "shortfall", "verdict"]


def holds(condition: Condition, state: State, /) -> bool:
    """Tell whether *condition* holds for the state's member now."""
    test = state.compiled.get(condition)
    if test is None:
        test = compile_reader(condition, state.readers.__getitem__)
        state.compiled[condition] = test
    return cast("Callable[[State], bool]", test)(state)


def verdict(condition: Condition, state: State, /) -> Verdict:
    """Tell whether *condition* holds, with a snapshot of the figures."""
    key = ("verdict", condition)
    judge = state.compiled.get(key)
    if judge is None:
        judge = compile_verdict(condition, state.readers.__getitem__)
        state.compiled[key] = judge
    return cast("Callable[[State], Verdict]", judge)(state)


def shortfall(condition: Condition, state: State, /) -> Gap:
    """Tell what is missing for *condition*, and until when it holds if nothing happens.

    Trailing windows are asked when their oldest needed entry leaves them.
    """
    return gap(condition, state.measure, state.fades)
