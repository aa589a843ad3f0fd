"""When a tier has to be looked at without any event (S08).

A review looks at the last microsecond of its period, the end of a term at the last of
the term; both fire once time has passed beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk._time import instant
from community_sdk.conditions import holds
from community_sdk.decisions import ClearTimer, SetTimer, Wish
from community_sdk.events import RefundMade
from community_sdk.model import RoleName
from community_sdk.policies.tier._bars import patient
from community_sdk.policies.tier._moves import Seat

__all__ = [
    "after_a_return",
    "just_ended",
    "next_review",
    "plan_review",
    "plan_terms",
    "unplanned",
    "waits",
]


def unplanned(seat: Seat) -> bool:
    """Tell whether a review could change something and none is planned."""
    policy, member = seat.policy, seat.state.member
    if f"{policy.key}/review" in member.timers:
        return False
    return policy.tiers in member.tiers or reviews_rises(seat)


def reviews_rises(seat: Seat) -> bool:
    """Tell whether some tier is risen into at reviews only, or by waiting."""
    return not all(map(seat.rises, seat.policy.bars.values())) or waits(seat)


def waits(seat: Seat) -> bool:
    """Tell whether the member has but to wait for a higher tier."""
    found = (
        patient(bar.entry)
        for key, bar in seat.policy.bars.items()
        if seat.group.rank(key) > seat.rank
    )
    return any(rest is not None and holds(rest, seat.state) for rest in found)


def plan_review(seat: Seat) -> Iterator[SetTimer]:
    """Wake when the running period is over, if a review can change anything.

    Who can only rise is reviewed after activity, and while it can come by waiting.
    """
    at = next_review(seat)
    if at is not None:
        yield SetTimer("review", instant(at), "after")


def next_review(seat: Seat) -> int | None:
    """Return the last microsecond before the next review, None without one."""
    policy, state = seat.policy, seat.state
    falls = policy.downgrade != "at_expiry" and policy.fall != "never" and seat.rank > 0
    if not falls and not reviews_rises(seat) and not policy.tell_reviews:
        return None
    calendar, now = state.calendar, state.now_us
    if policy.plan is not None:
        found = policy.plan.next(seat.held, state.member, now + 1, calendar)
        return None if found is None else found - 1
    last = calendar.start(calendar.period(policy.review, now).until) - 1
    if last <= now:
        last = calendar.start(calendar.period(policy.review, last + 1).until) - 1
    return last


def plan_terms(seat: Seat, *, past: bool = False) -> Iterator[Wish]:
    """Wake at the end of the term, of the grace, and where a source begins or ends.

    What is over already is looked at only where the record just changed (*past*): else
    a move that is merely told would be told without end.
    """
    end, held = seat.expires(), seat.held
    yield from _wake(seat, "expiry", None if end is None else end - 1, past=past)
    over = seat.grace_until() if seat.policy.downgrade == "immediate" else None
    if held is not None and not seat.falls(seat.rank):
        over = None
    yield from _wake(seat, "grace", over, past=past)
    yield from _wake(seat, "sources", _next_source(seat), past=past)


def _wake(seat: Seat, name: str, at: int | None, *, past: bool) -> Iterator[Wish]:
    """Set the timer *name* to *at*, or clear it; one that stands is left alone."""
    now = seat.state.now_us
    planned = seat.state.member.timers.get(f"{seat.policy.key}/{name}")
    if at is None or (at <= now and not past):
        if planned is not None:
            yield ClearTimer(name)
    elif planned is None or planned[0] != max(at, now):
        yield SetTimer(
            name, instant(max(at, now)), "after" if name == "expiry" else "before"
        )


def _next_source(seat: Seat) -> int | None:
    """Return when the next override, grant or excuse begins or ends."""
    policy, member, now = seat.policy, seat.state.member, seat.state.now_us
    found: list[int | None] = []
    if not (member.overrides or policy.role_floors or policy.excuses):
        return None
    for o in member.overrides:
        if o.tiers == policy.tiers:
            found += [o.since, o.until]
    for span in member.roles:
        if span.role in policy.role_floors:
            found += [span.since, span.until]
    found.append(seat.excused_until())
    return min((at for at in found if at is not None and at > now), default=None)


def just_ended(seat: Seat) -> bool:
    """Tell whether an override or a grant that counted for the tier ends now."""
    policy, member, now = seat.policy, seat.state.member, seat.state.now_us
    if any(o.tiers == policy.tiers and o.until == now for o in member.overrides):
        return True
    granted = [
        seat.group.rank(policy.role_floors[RoleName(span.role)])
        for span in member.roles
        if span.role in policy.role_floors and span.until == now
    ]
    return max(granted, default=-1) >= seat.rank > 0


def after_a_return(seat: Seat, event: RefundMade) -> Iterator[SetTimer]:
    """Look at the end of the local day whether a return costs the tier."""
    policy, held = seat.policy, seat.held
    if policy.on_return == "ignore" or held is None or seat.rank == 0:
        return
    if policy.on_return == "cause" and held.order != event.order:
        return
    calendar = seat.state.calendar
    last = calendar.start(calendar.day(seat.state.now_us) + 1) - 1
    yield SetTimer("return", instant(last), "after")
