"""How tiers change a member's partition (S08)."""

from __future__ import annotations

from typing import Final

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.state.folds._context import Fold, FoldContext
from community_sdk.state.member import MemberState
from community_sdk.state.records import Holding

__all__ = ["FOLDS"]


def _tier(event: ev.TierChanged, member: MemberState, _: FoldContext) -> None:
    member.tiers[event.tiers] = Holding(event.after, micros(event.at), event.id)


def _tier_imported(event: ev.TierImported, member: MemberState, _: FoldContext) -> None:
    since, held = micros(event.since), member.tiers.get(event.tiers)
    if held is None or held.since <= since:
        member.tiers[event.tiers] = Holding(event.tier, since, event.id)


FOLDS: Final[dict[type[ev.Event], Fold]] = {
    ev.TierChanged: _tier,
    ev.TierImported: _tier_imported,
}
