"""The way in: invitations and what they earn, answers, fees, first steps (S03–S19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import NO_POLICY, Money, PolicyKey

__all__ = [
    "EntryAnswered",
    "EntryConsented",
    "FeePaid",
    "FirstValueReached",
    "Invited",
    "ReferralClaimed",
    "ReferralJudged",
    "StepDone",
]


@frozen(kw_only=True)
class Invited(Exogenous):
    """The actor asks for the member to be let in, into *group* or the community."""

    kind: ClassVar[str] = "invited"

    channel: str = ""


@frozen(kw_only=True)
class EntryAnswered(Exogenous):
    """More *answers* to a request that is pending; the latest word on each counts."""

    kind: ClassVar[str] = "entry_answered"

    answers: Mapping[str, str | int | bool] = field(
        factory=dict[str, "str | int | bool"], hash=False
    )


@frozen(kw_only=True)
class EntryConsented(Exogenous):
    """The actor *agrees*, or does not, that the member be let in."""

    kind: ClassVar[str] = "entry_consented"

    agrees: bool = True


@frozen(kw_only=True)
class FeePaid(Exogenous):
    """The member paid *money* as a fee for coming in; below zero: it went back."""

    kind: ClassVar[str] = "fee_paid"

    money: Money
    order: str = ""


@frozen(kw_only=True)
class StepDone(Exogenous):
    """The actor did *what* for the member, a newcomer: a step of the first days."""

    kind: ClassVar[str] = "step_done"

    what: str


@frozen(kw_only=True)
class FirstValueReached(Derived):
    """The member, here since *since*, had the moment called *moment* (derived)."""

    kind: ClassVar[str] = "first_value_reached"

    moment: str
    since: datetime
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class ReferralClaimed(Exogenous):
    """The member claims what *stage* of *campaign* gives; the first stage is 1."""

    kind: ClassVar[str] = "referral_claimed"

    campaign: PolicyKey
    stage: int = 1


@frozen(kw_only=True)
class ReferralJudged(Exogenous):
    """The actor looked at whom the member brought, which had been flagged.

    *honest*: they count again; if not, none of them counts any more.
    """

    kind: ClassVar[str] = "referral_judged"

    campaign: PolicyKey
    honest: bool
