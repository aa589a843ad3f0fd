"""The rows of a report's tables: plain values, one class per table (S22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
from attrs import field, frozen

from community_sdk.decisions import Decision
from community_sdk.explanation import Explanation

__all__ = [
    "DailyRow",
    "DecisionRow",
    "EventRow",
    "FunnelRow",
    "HourRow",
    "RefusedRow",
    "SanctionRow",
    "SuppressedRow",
    "TellingRow",
    "TierRow",
    "plain",
]


@frozen(kw_only=True)
class EventRow:
    """How many events of one word were seen; *undated* of them had no own time."""

    event: str
    count: int
    undated: int


@frozen(kw_only=True)
class DailyRow:
    """One local day.

    *active* members did something of their own (wrote, reacted, bought, introduced
    themselves, answered a survey, rated, made a wish, set a nickname, or an event of
    the host's own); *joins* are memberships that began; *members* is the stock at the
    end of the day. Bots and events without a time of their own count nowhere here.
    """

    day: date
    active: int
    messages: int
    joins: int
    members: int


@frozen(kw_only=True)
class HourRow:
    """Messages in one hour of the local week; *weekday* 0 is Monday."""

    weekday: int
    hour: int
    messages: int


@frozen(kw_only=True)
class TierRow:
    """How many members held *tier* at the end of a local day."""

    day: date
    tiers: str
    tier: str
    members: int


@frozen(kw_only=True)
class FunnelRow:
    """One step of a funnel, over all members who entered it.

    *entered*: reached this step or a later one. Shares are None where there is nothing
    to share in. Of those who got here and no further, *still_open* are inside the
    window of an attempt at the end of the history; *dropped_off* are not. Both are 0
    at the last step.
    """

    funnel: str
    step: int
    event: str
    entered: int
    share_of_first: Fraction | None
    share_of_previous: Fraction | None
    dropped_off: int
    still_open: int


@frozen(kw_only=True)
class DecisionRow:
    """Decisions of one kind by one policy in one mode, about *members* people."""

    kind: str
    policy: str
    family: str
    mode: str
    count: int
    members: int


@frozen(kw_only=True)
class SuppressedRow:
    """Decisions of one kind that the conflict table dropped for one *reason*."""

    kind: str
    reason: str
    count: int


@frozen(kw_only=True)
class SanctionRow:
    """How often a measure was taken; in mode ``propose``: put to a vote."""

    measure: str
    order: int
    mode: str
    count: int
    members: int


@frozen(kw_only=True)
class TellingRow:
    """A decision that is worth reading, and how many there were of its sort."""

    decision: Decision
    alike: int


@frozen(kw_only=True)
class RefusedRow:
    """Rows or events refused for one reason, with the first few of them."""

    code: str
    count: int
    examples: tuple[Any, ...] = field(repr=False)


def plain(row: Any) -> dict[str, object]:
    """Return *row* as builtins, for a frame: dates as text, shares as numbers."""
    out: dict[str, object] = {}
    fields: Mapping[str, Any] = attrs.asdict(row, recurse=False)
    for name, value in fields.items():
        if isinstance(value, Fraction):
            out[name] = float(value)
        elif isinstance(value, date):
            out[name] = value.isoformat()
        elif isinstance(value, Explanation):
            out[name] = value.plain()
        else:
            out[name] = value
    return out
