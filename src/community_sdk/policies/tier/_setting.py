"""Tiers set by hand: what becomes of one below what is still earned (S08)."""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk.conditions import holds, verdict
from community_sdk.decisions import ChangeTier
from community_sdk.events import TierSet
from community_sdk.explanation import Explanation, because
from community_sdk.model import TierCause
from community_sdk.policies.tier._bars import Bar
from community_sdk.policies.tier._moves import Seat

__all__ = ["set_by_hand", "why_not"]


def why_not(seat: Seat, event: TierSet) -> Explanation | None:
    """Return why a system may not set the tier: the one above is still earned."""
    rank = seat.group.rank(event.tier)
    if event.actor is not None or not 0 <= rank < seat.rank:
        return None
    bar = _still_earned(seat, rank)
    if bar is None:
        return None
    above = seat.group.tiers[rank + 1].key
    why = verdict(bar.entry, seat.state).because()
    return because("tier.still_earned", why, tier=event.tier, earned=above)


def set_by_hand(seat: Seat, event: TierSet) -> Iterator[ChangeTier]:
    """Set the tier: a record with the actor, the old and the new tier.

    A lock that holds moves along. Where there are no terms, a tier set up to an instant
    is lent: it does not fall before, and then the member is judged anew. Of what is set
    below what is earned the policy says whether it is locked.
    """
    group, rank = seat.group, seat.group.rank(event.tier)
    if rank < 0:
        return
    locked = seat.resolve(seat.own_before()).cause is TierCause.LOCK
    wanted = seat.policy.below_earned == "lock" and rank < len(group.tiers) - 1
    lock = locked or (wanted and _still_earned(seat, rank) is not None)
    if rank == seat.rank and not lock and event.until is None:
        return
    before, after = group.tiers[seat.rank].key, group.tiers[rank].key
    rise = rank > seat.rank
    lent = event.until is not None and seat.policy.validity is None
    yield ChangeTier(
        member=seat.state.member.id,
        tiers=group.key,
        before=before,
        after=after,
        rise=rise,
        cause=TierCause.MANUAL,
        own=group.tiers[seat.own_before()].key if lent else "",
        until=event.until,
        lock=lock,
        by=event.actor,
        because=because(
            "tier.set",
            tiers=group.key,
            before=before,
            after=after,
            by=event.actor,
            reason=event.reason or None,
            lock=lock,
        ),
    )


def _still_earned(seat: Seat, rank: int) -> Bar | None:
    """Return the bar of the tier above *rank*, if its entry holds."""
    bar = seat.bar(rank + 1)
    return bar if bar is not None and holds(bar.entry, seat.state) else None
