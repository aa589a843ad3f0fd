"""What a policy of tiers answers to an event: a move, a term, grace, timers (S08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from community_sdk._time import instant
from community_sdk.conditions import holds
from community_sdk.decisions import (
    ChangeTier,
    EndTierGrace,
    Mode,
    NoteTierReview,
    RenewTier,
    StartTierGrace,
    Wish,
)
from community_sdk.events import (
    Event,
    Joined,
    Left,
    MemberRemoved,
    RefundMade,
    RoleAssigned,
    RoleEnded,
    TierChanged,
    TierGraceEnded,
    TierGraceStarted,
    TierImported,
    TierOverridden,
    TierOverrideEnded,
    TierRenewed,
    TierReviewRequested,
    TierSet,
    TimerFired,
)
from community_sdk.explanation import because
from community_sdk.model import TierLook
from community_sdk.policies.tier._moves import Seat, next_move
from community_sdk.policies.tier._setting import set_by_hand
from community_sdk.policies.tier._timers import (
    after_a_return,
    just_ended,
    plan_review,
    plan_terms,
    unplanned,
    waits,
)

__all__ = ["answer"]

_ASKED: Final = (
    *(TierReviewRequested, TierOverridden, TierOverrideEnded, TimerFired),
    *(RoleAssigned, RoleEnded, Joined, Left, MemberRemoved, RefundMade),
)
_TOLD: Final = (TierImported, TierChanged)
"""What just changed the record, not by a move of this policy."""
_BOUGHT: Final = ("purchase", "points_posted")
"""The kinds of events whose order may be returned."""
_OF_TIERS: Final = frozenset(
    one.kind
    for one in (
        *(TierSet, TierChanged, TierRenewed, TierGraceStarted, TierGraceEnded),
        *(TimerFired, TierReviewRequested, TierOverrideEnded),
        *(RoleEnded, Left, MemberRemoved),
    )
)
"""The kinds of events that mean something of their own to tiers: few of all."""
_TIMERS: Final = {
    "review": TierLook.REVIEW,
    "expiry": TierLook.EXPIRY,
    "return": TierLook.RETURN,
}


def answer(seat: Seat, event: Event) -> Iterator[Wish]:
    """Return what the policy of *seat* wants on *event*."""
    if event.kind not in _OF_TIERS and seat.policy.looks == "always":
        yield from _look(seat, event)
        return
    mine = getattr(event, "tiers", "") == seat.policy.tiers
    if isinstance(event, TierSet):
        yield from set_by_hand(seat, event) if mine else ()
        return
    if isinstance(event, TierChanged) and mine and event.account is None:
        yield from plan_review(seat)
        yield from plan_terms(seat, past=True)
        return
    if isinstance(event, (TierRenewed, TierGraceStarted, TierGraceEnded)):
        yield from plan_terms(seat, past=True) if mine else ()
        return
    if seat.policy.looks == "asked" and not isinstance(event, _ASKED):
        yield from plan_terms(seat)
        return
    yield from _look(seat, event)


def _look(seat: Seat, event: Event) -> Iterator[Wish]:
    """Look at the tier: move, or see to what keeps it, and plan what comes next."""
    occasion: TierLook | None = _occasion(seat, event)
    unasked = seat.policy.looks == "asked" and occasion is TierLook.EVENT
    if unasked and not isinstance(event, TierReviewRequested):
        occasion = None
    order = getattr(event, "order", "") if event.kind in _BOUGHT else ""
    move = next_move(seat, occasion, order)
    if move is not None:
        yield move
    if occasion is TierLook.REVIEW and seat.policy.tell_reviews:
        yield _reviewed(seat, move)
    acted = move is not None and seat.policy.mode is Mode.ACT
    if not acted:
        if move is None:
            yield from _kept(seat, occasion)
        reviewing = occasion is TierLook.REVIEW
        if (seat.rank > 0 or waits(seat)) if reviewing else unplanned(seat):
            yield from plan_review(seat)
        yield from plan_terms(seat, past=isinstance(event, _TOLD))
    if isinstance(event, RefundMade):
        yield from after_a_return(seat, event)


def _occasion(seat: Seat, event: Event) -> TierLook:
    if event.kind not in _OF_TIERS:
        return TierLook.EVENT
    if isinstance(event, TimerFired):
        if event.timer == "sources" and just_ended(seat):
            return TierLook.ANEW
        return _TIMERS.get(event.timer, TierLook.EVENT)
    if isinstance(event, TierReviewRequested):
        mine = event.tiers in ("", seat.policy.tiers)
        return event.how if mine else TierLook.EVENT
    if isinstance(event, TierOverrideEnded) and event.tiers == seat.policy.tiers:
        return TierLook.ANEW
    lost = _lost_grants(seat, event)
    return TierLook.ANEW if lost >= seat.rank > 0 else TierLook.EVENT


def _lost_grants(seat: Seat, event: Event) -> int:
    """Return the highest rank that *event* took a grant of, -1 without any."""
    policy, gone = seat.policy, list[str]()
    if not (policy.role_floors or policy.group_floors):
        return -1
    if isinstance(event, RoleEnded) and event.role in policy.role_floors:
        gone.append(policy.role_floors[event.role])
    if isinstance(event, (Left, MemberRemoved)):
        rooms: Iterable[str] = policy.group_floors
        if event.group is not None:
            rooms = (event.group,)
        gone += [tier for room, tier in policy.group_floors.items() if room in rooms]
    return max((seat.group.rank(tier) for tier in gone), default=-1)


def _reviewed(seat: Seat, move: ChangeTier | None) -> NoteTierReview:
    tier = seat.group.keys[seat.rank] if move is None else move.after
    why = because("tier.reviewed", tiers=seat.group.key, tier=tier)
    return NoteTierReview(
        member=seat.state.member.id, tiers=seat.group.key, tier=tier, because=why
    )


def _kept(seat: Seat, occasion: TierLook | None) -> Iterator[Wish]:
    """Renew the term of who stays, and begin or end the grace."""
    if occasion is TierLook.EXPIRY:
        yield from _at_the_end(seat)
        return
    yield from _renewed_early(seat)
    held, rank = seat.held, seat.rank
    lent = seat.lent or seat.on_loan
    if seat.policy.grace is None or held is None or lent or not seat.falls(rank):
        return
    tier = seat.group.keys[rank]
    who, tiers = seat.state.member.id, seat.group.key
    below = not seat.keeps(rank)
    if below and held.below is None:
        end = instant(
            seat.policy.grace.after(seat.state.now_us, seat.state.calendar.where)
        )
        why = because("tier.grace", tiers=tiers, tier=tier, until=end)
        yield StartTierGrace(member=who, tiers=tiers, tier=tier, until=end, because=why)
    elif not below and held.below is not None:
        why = because("tier.grace_over", tiers=tiers, tier=tier)
        yield EndTierGrace(member=who, tiers=tiers, tier=tier, because=why)


def _at_the_end(seat: Seat) -> Iterator[Wish]:
    """Give who stays at the end of a term the one that runs beyond now.

    What was told late may have ended long ago: the terms between are over as well.
    """
    ended = seat.next_term()
    if ended is None or (seat.on_loan and seat.resolve(seat.own_before()).frozen):
        return
    state, validity = seat.state, seat.policy.validity
    if seat.falls(seat.rank) and not seat.keeps(seat.rank, TierLook.EXPIRY):
        held_on = seat.held_on()
        yield _renewal(seat, ended, held_on if held_on > ended else None)
        return
    until = None
    if validity is not None:
        until = validity.ends(ended, state.member, state.calendar)
    yield _renewal(seat, ended, until)


def _renewed_early(seat: Seat) -> Iterator[Wish]:
    """Renew the running term as soon as its condition holds, once."""
    validity, held, end = seat.policy.validity, seat.held, seat.expires()
    if validity is None or held is None or end is None:
        return
    if validity.renews != "immediate" or validity.renewal is None:
        return
    now = seat.state.now_us
    if held.term is not None and now <= held.term:
        return
    if not holds(validity.renewal, seat.state):
        return
    begin = end if validity.aligned else now
    until = validity.ends(begin, seat.state.member, seat.state.calendar)
    yield _renewal(seat, begin, until)


def _renewal(seat: Seat, since: int, until: int | None) -> RenewTier:
    tier, tiers = seat.group.keys[seat.rank], seat.group.key
    end = None if until is None else instant(until)
    why = because("tier.renewed", tiers=tiers, tier=tier, until=end)
    return RenewTier(
        member=seat.state.member.id,
        tiers=tiers,
        tier=tier,
        since=instant(since),
        until=end,
        because=why,
    )
