"""What is done about members who bring others: stages, shares, flags (S19)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import MemberId, Money

__all__ = [
    "DiscountReferral",
    "FlagReferrer",
    "ShareProfit",
    "SumUpReferral",
    "TellReferralStage",
    "TellTippingPoint",
]


@frozen(kw_only=True)
class TellReferralStage(Decision):
    """Tell the member that *count* newcomers reach *stage*: *reward* may be claimed."""

    kind: ClassVar[str] = "tell_referral_stage"

    stage: int
    count: int
    reward: str


@frozen(kw_only=True)
class DiscountReferral(Decision):
    """That *inviter* brought the member does not count; *because* says why."""

    kind: ClassVar[str] = "discount_referral"

    inviter: MemberId


@frozen(kw_only=True)
class FlagReferrer(Decision):
    """Look at what the member brought; *reason*: ``self``, ``loop`` or ``burst``."""

    kind: ClassVar[str] = "flag_referrer"

    reason: str
    count: int


@frozen(kw_only=True)
class ShareProfit(Decision):
    """Give the member *money* of what *buyer* paid, below zero: take it back.

    *hand*: how many invitations lie between them, at least 1.
    """

    kind: ClassVar[str] = "share_profit"

    buyer: MemberId
    hand: int
    money: Money
    order: str = ""


@frozen(kw_only=True)
class SumUpReferral(Decision):
    """Tell how members brought members in a span ``[since, until)``.

    *members* were there at its beginning; *invitations* were sent, *came* entered,
    *invited* of them by somebody; *sharers* sent or brought. *k* is newcomers by
    invitation for a thousand members, None where nobody was there.
    """

    kind: ClassVar[str] = "sum_up_referral"

    period: str
    since: datetime
    until: datetime
    members: int
    invitations: int
    came: int
    invited: int
    sharers: int
    k: int | None = None


@frozen(kw_only=True)
class TellTippingPoint(Decision):
    """Tell that the community passed *point*.

    ``value``: members spread it by themselves; ``headcount``: enough are there;
    ``saturation``: invitations bring ever less; ``fatigue``: the same few sharers tire.
    """

    kind: ClassVar[str] = "tell_tipping_point"

    point: str
    period: str
