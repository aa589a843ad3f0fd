"""What a campaign tells and gives: a stage, its reward, a share of a purchase (S19)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from community_sdk.decisions import GrantReward, ShareProfit, TellReferralStage
from community_sdk.events import PurchaseMade, RefundMade
from community_sdk.explanation import because
from community_sdk.model import MemberId, Money, PolicyKey
from community_sdk.policies.referral._terms import ReferralStage

__all__ = ["grant", "pay", "tell"]


def grant(
    key: PolicyKey, stages: Sequence[ReferralStage], who: MemberId, nth: int, have: int
) -> GrantReward:
    """Give *who* the reward of the stage *nth* (from 1), for which *have* count."""
    given = stages[nth - 1]
    why = because("referral.given", stage=nth, have=have, need=given.count)
    return GrantReward(
        member=who,
        reward=given.reward,
        form=given.form,
        money=given.money,
        reference=f"{key}/{nth}",
        because=why,
    )


def tell(
    stages: Sequence[ReferralStage], inviter: str, nth: int, have: int
) -> TellReferralStage:
    """Tell *inviter* that the stage *nth* (from 1) is reached."""
    given = stages[nth - 1]
    why = because("referral.reached", stage=nth, have=have, need=given.count)
    return TellReferralStage(
        member=MemberId(inviter),
        stage=nth,
        count=have,
        reward=given.reward,
        because=why,
    )


def pay(
    event: PurchaseMade | RefundMade, payee: str, hand: int, amount: int
) -> ShareProfit:
    """Pay *payee*, so many hands above the buyer, a share in minor units."""
    why = because("referral.share", buyer=event.member, hand=hand)
    return ShareProfit(
        member=MemberId(payee),
        buyer=cast("MemberId", event.member),
        hand=hand,
        money=Money(amount=amount, currency=event.money.currency),
        order=event.order,
        because=why,
    )
