"""Which tier holds where several say something: lock, boost, then the highest (S08).

INVARIANT: lock > boost > max(earned, granted, manual floor, default).
"""

from __future__ import annotations

from collections.abc import Iterable

from community_sdk._values import frozen
from community_sdk.model import TierCause, TierGroup
from community_sdk.state import MemberState, OverrideRecord
from community_sdk.state.overrides import decisive, in_force

__all__ = ["Resolution", "holding", "resolve"]


@frozen(kw_only=True)
class Resolution:
    """The tier that holds, what decided it, and the override, where one did."""

    rank: int
    cause: TierCause
    override: OverrideRecord | None = None

    @property
    def frozen(self) -> bool:
        """Whether nothing moves the member automatically."""
        return self.cause in (TierCause.LOCK, TierCause.BOOST)


def holding(
    member: MemberState, group: TierGroup, now: int
) -> tuple[OverrideRecord, ...]:
    """Return what holds at *now* of the overrides in *group*, in the order told.

    One of a tier that the group does not have decides nothing.
    """
    found = in_force(member, group.key, now)
    return tuple(o for o in found if group.rank(o.tier) >= 0)


def resolve(
    group: TierGroup,
    own: int,
    granted: tuple[int, int] = (0, 0),
    records: Iterable[OverrideRecord] = (),
) -> Resolution:
    """Return the tier of who stands at rank *own* on the own account.

    *granted*: the rank that roles and groups grant, and everybody's default. Of
    several locks (or boosts) the one that began last holds, of equal ones the one told
    last; of floors the highest. Where several sources agree, the earlier in the order
    earned, granted, floor, default is named.
    """
    known = list(records)
    fixed = decisive(known)
    if fixed is not None:
        rank = group.rank(fixed.tier)
        return Resolution(rank=rank, cause=TierCause(fixed.kind), override=fixed)
    best = Resolution(rank=own, cause=TierCause.EARNED)
    if granted[0] > best.rank:
        best = Resolution(rank=granted[0], cause=TierCause.GRANTED)
    for floor in known:
        rank = group.rank(floor.tier)
        if rank > best.rank:
            best = Resolution(rank=rank, cause=TierCause.FLOOR, override=floor)
    if granted[1] > best.rank:
        best = Resolution(rank=granted[1], cause=TierCause.DEFAULT)
    return best
