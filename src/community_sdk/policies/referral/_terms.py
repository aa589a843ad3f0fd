"""What a campaign gives, and from when on it takes a closer look (S19)."""

from __future__ import annotations

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.model import Money

__all__ = ["ReferralBurst", "ReferralStage"]


@frozen(kw_only=True)
class ReferralStage:
    """*reward* for *count* newcomers: a *form* such as ``voucher``, worth *money*."""

    count: int = field(validator=validators.ge(1))
    reward: str
    form: str = ""
    money: Money | None = None


@frozen(kw_only=True)
class ReferralBurst:
    """So many newcomers of one inviter within so long, the end excluded, are odd."""

    count: int = field(default=20, validator=validators.ge(2))
    within: Duration = field(factory=lambda: Duration.parse("1h"))
