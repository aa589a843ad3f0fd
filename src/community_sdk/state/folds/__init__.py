"""How events change the shared part of partitions, for all policies (S03 S06 S10)."""

from __future__ import annotations

from typing import Final

from community_sdk import events as ev
from community_sdk.state.context import Fold, FoldContext
from community_sdk.state.folds import (
    duties,
    emergency,
    governance,
    incentive,
    membership,
    order,
    segments,
    standing,
)
from community_sdk.state.member import MemberState
from community_sdk.state.presence import seen

__all__ = ["FoldContext", "fold_shared"]

_PRESENCE: Final = (
    ev.MessagePosted,
    ev.Introduced,
    ev.NicknameSet,
    ev.SurveyAnswered,
    ev.PurchaseMade,
)


def fold_shared(
    event: ev.Event, at: int, member: MemberState, context: FoldContext
) -> None:
    """Fold *event* of *at* into its member's shared part and the community's counts."""
    if member.first is None or at < member.first:
        member.first = at
    if isinstance(event, _PRESENCE):
        seen(event, at, member, context)
    fold = _FOLDS.get(event.kind)
    if fold is not None:
        fold(event, member, context)


_FOLDS: Final[dict[str, Fold]] = {
    **membership.FOLDS,
    **order.FOLDS,
    **duties.FOLDS,
    **emergency.FOLDS,
    **standing.FOLDS,
    **governance.FOLDS,
    **incentive.FOLDS,
    **segments.FOLDS,
}
