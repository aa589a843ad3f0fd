"""When people who hold a role are looked at: at the end of each period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from community_sdk._time import PeriodUnit, instant
from community_sdk.decisions import SetTimer
from community_sdk.events import Event, TimerFired
from community_sdk.model import RoleName
from community_sdk.state import State

__all__ = ["REVIEW", "held", "held_since", "next_review"]

REVIEW = "review"


def held(roles: Iterable[RoleName], state: State) -> tuple[RoleName, ...]:
    """Return those of *roles* that the member holds now, anywhere."""
    return tuple(r for r in roles if state.member.serves(r, state.now_us))


def held_since(roles: Iterable[RoleName], state: State) -> int:
    """Return since when the member holds one of *roles* without a break named."""
    spans = [s for s in state.member.roles if s.role in held(roles, state)]
    return min((s.since for s in spans if s.holds(state.now_us)), default=state.now_us)


def next_review(
    key: str, unit: PeriodUnit, event: Event, state: State
) -> Iterator[SetTimer]:
    """Wake the policy *key* at the end of the running period, unless it will be."""
    if isinstance(event, TimerFired) or f"{key}/{REVIEW}" not in state.member.timers:
        period = state.calendar.period(unit, state.now_us)
        yield SetTimer(REVIEW, instant(state.calendar.start(period.until)))
