"""How events change the shared part of partitions, for all policies (S03 S06 S10)."""

from __future__ import annotations

from typing import Final

from community_sdk import events as ev
from community_sdk.state import (
    _fold_duties,
    _fold_emergency,
    _fold_governance,
    _fold_membership,
    _fold_order,
    _fold_standing,
)
from community_sdk.state._folding import Fold, FoldContext
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
        seen(event, at, member, context.community)
    fold = _FOLDS.get(type(event))
    if fold is not None:
        fold(event, member, context)


_FOLDS: Final[dict[type[ev.Event], Fold]] = {
    **_fold_membership.FOLDS,
    **_fold_order.FOLDS,
    **_fold_duties.FOLDS,
    **_fold_emergency.FOLDS,
    **_fold_standing.FOLDS,
    **_fold_governance.FOLDS,
}
