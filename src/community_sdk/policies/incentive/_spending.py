"""Points spent, and given back (S17).

Law: nobody spends what is not there; one number is one redemption.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from community_sdk._time import instant
from community_sdk.conditions import shortfall
from community_sdk.decisions import Decision, GrantReward, PostPoints, RefuseAct
from community_sdk.events import Event, RedemptionRequested, RedemptionReturned
from community_sdk.explanation import Explanation, because
from community_sdk.model import Account, EntryKind
from community_sdk.policies.incentive._rules import Reward
from community_sdk.state import State

__all__ = ["give_back", "redeem"]


def redeem(
    currency: str, rewards: Sequence[Reward], event: RedemptionRequested, state: State
) -> Iterator[Decision]:
    """Yield the spending and what it buys, or why not."""
    account = state.member.accounts.get(currency, Account())
    mine: dict[str, Any] = state.mine or {}
    key = event.reference or event.id
    if key in mine.get("redeemed", ()):
        yield _no(event, because("points.redeemed_already", reference=key))
        return
    reward = next((r for r in rewards if r.key == event.reward), None)
    if event.reward and reward is None:
        yield _no(event, because("points.reward_unknown", reward=event.reward))
        return
    cost = event.amount if reward is None else reward.cost
    refusal = _against(cost, reward, account, state)
    if refusal is not None:
        yield _no(event, refusal)
        return
    why = because(
        "points.redeemed",
        points=cost,
        reward=event.reward or None,
        left=account.balance - cost,
    )
    if cost:
        yield PostPoints(
            because=why,
            currency=currency,
            amount=-cost,
            entry=EntryKind.REDEEM,
            external=key,
        )
    if reward is not None:
        yield _grant(reward, key, why, state)


def _against(
    cost: int, reward: Reward | None, account: Account, state: State
) -> Explanation | None:
    if account.balance < cost:
        return because(
            "points.short",
            have=account.balance,
            need=cost,
            missing=cost - account.balance,
            reward=None if reward is None else reward.key,
        )
    if reward is None or reward.when is None:
        return None
    gap = shortfall(reward.when, state)
    if gap.met:
        return None
    return because("points.reward_closed", gap.because(), reward=reward.key)


def _grant(reward: Reward, key: str, why: Explanation, state: State) -> GrantReward:
    until = None
    if reward.valid is not None:
        until = instant(reward.valid.after(state.now_us, state.calendar.where))
    return GrantReward(
        because=why,
        reward=reward.key,
        form=reward.form,
        money=reward.money,
        reference=key,
        until=until,
    )


def give_back(
    currency: str, event: RedemptionReturned, state: State
) -> Iterator[Decision]:
    """Yield what comes back of a redemption: at most what it took, to its own lots.

    What could not be taken back of a refund before is taken now.
    """
    account = state.member.accounts.get(currency, Account())
    left = account.returnable(event.reference, state.now_us)
    amount = left if event.amount is None else min(event.amount, left)
    if amount <= 0:
        why = because("points.redemption_unknown", reference=event.reference)
        yield _no(event, why)
        return
    withheld = min(amount, account.forgiven)
    yield PostPoints(
        because=because(
            "points.given_back",
            points=amount - withheld,
            reference=event.reference,
            withheld=withheld or None,
        ),
        currency=currency,
        amount=amount - withheld,
        points=amount,
        entry=EntryKind.GIVE_BACK,
        external=f"{event.reference}@{event.id}",
        of=event.reference,
    )


def _no(event: Event, why: Explanation) -> RefuseAct:
    return RefuseAct(member=event.member, act=event.kind, because=why)
