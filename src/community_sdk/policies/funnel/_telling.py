"""How a funnel tells how far somebody has come (S20)."""

from __future__ import annotations

from typing import Any

from community_sdk._time import instant
from community_sdk.decisions import RecordStage
from community_sdk.events import Event
from community_sdk.explanation import because
from community_sdk.metrics.funnel import FunnelRules

__all__ = ["Reach", "between", "reached"]

Reach = tuple[int, int, int]
"""A level, the opening of its attempt, and when the window of that closes."""


def between(rules: FunnelRules, level: int) -> dict[str, Any]:
    """Return the figures of the step reached and of the one that is missing."""
    if rules.order == "unordered":
        return {"step": level, "of": len(rules.steps)}
    more = rules.steps[level + 1 : level + 2]
    missing = more[0].event if more else None
    return {"step": level, "name": rules.steps[level].event, "missing": missing}


def reached(rules: FunnelRules, event: Event, reach: Reach) -> RecordStage:
    """Return the decision that *event* led to a new highest step."""
    level, opened, closes = reach
    ordered = rules.order != "unordered"
    named = rules.steps[level].event if ordered else event.name
    return RecordStage(
        member=event.member,
        step=level,
        opened=instant(opened),
        because=because(
            "funnel.reached",
            step=level,
            name=named,
            of=len(rules.steps),
            opened=instant(opened),
            window=rules.window,
            closes=instant(closes),
        ),
    )
