"""How an emergency act goes on record: a strike in the category of its ground (S11)."""

from __future__ import annotations

from typing import Final

from community_sdk import events as ev
from community_sdk.model import RuleCode
from community_sdk.state.context import Fold, FoldContext
from community_sdk.state.folds import duties, order
from community_sdk.state.member import MemberState

__all__ = ["FOLDS"]


def _acted(event: ev.EmergencyActed, member: MemberState, context: FoldContext) -> None:
    """Record the strike under the id of the act; no ladder answers it."""
    breach = ev.RuleBroken(
        id=event.id,
        at=event.at,
        recorded_at=event.recorded_at,
        seq=event.seq,
        member=event.member,
        actor=event.actor,
        rule=RuleCode(event.ground),
    )
    order.FOLDS["rule_broken"](breach, member, context)


def _decided(
    event: ev.EmergencyRatified | ev.EmergencyRejected,
    member: MemberState,
    _: FoldContext,
) -> None:
    """Ask for neither report nor decision any more: it counts as both."""
    about = (("emergency", str(event.emergency)),)
    for duty in member.duties:
        if duty.where == about:
            duties.close(duty.id, member)


FOLDS: Final[dict[str, Fold]] = {
    "emergency_acted": _acted,
    "emergency_ratified": _decided,
    "emergency_rejected": _decided,
}
