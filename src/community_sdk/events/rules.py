"""Exceptions to the rules on record: waivers and permits, and what they are for (S05).

No event holds a text: a request, a reason or an advertisement is a `ContentRef`.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field, validators

from community_sdk._values import frozen
from community_sdk.errors import HistoryError
from community_sdk.events._fields import is_amount, is_end
from community_sdk.events.activity import ContentRef
from community_sdk.events.envelope import Exogenous
from community_sdk.model import EventId, MemberId, Money, RuleCode

__all__ = [
    "AdPosted",
    "InvitationSent",
    "PermitGranted",
    "PermitRequested",
    "PermitWithdrawn",
    "RuleWaived",
    "WaiverEnded",
]


@frozen(kw_only=True)
class RuleWaived(Exogenous):
    """An exception from *rule* in a special case, put on record by the actor.

    It is for the member, for the group, or for the member in the group; without both
    for everybody. It holds from *since* (default: `at`) up to, but not at, *until*;
    None: until it is ended. *reason* names a text that says why.

    Raises:
        HistoryError: it would end before it begins.
    """

    kind: ClassVar[str] = "rule_waived"

    rule: RuleCode
    since: datetime | None = None
    until: datetime | None = None
    reason: ContentRef | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a waiver that holds at no instant."""
        super().__attrs_post_init__()
        begins = self.since or self.at
        if self.until is not None and self.until <= begins:
            raise HistoryError(
                f"event `{self.id}`: expected a waiver that ends after"
                f" {begins.isoformat()}, found {self.until.isoformat()}",
                code="event.waiver",
                id=self.id,
                found=self.until.isoformat(),
            )


@frozen(kw_only=True)
class WaiverEnded(Exogenous):
    """The exception that began with the event *waiver* holds no longer."""

    kind: ClassVar[str] = "waiver_ended"

    waiver: EventId


@frozen(kw_only=True)
class PermitRequested(Exogenous):
    """The member asks whether *what* (a word of a permit policy) may be done."""

    kind: ClassVar[str] = "permit_requested"

    what: str
    content: ContentRef | None = None


@frozen(kw_only=True)
class PermitGranted(Exogenous):
    """The actor allows the member *what*, until *until*, *uses* times (0: any number).

    *until* and *uses* None: as the policy says. *content*: for this text alone.

    Raises:
        HistoryError: *uses* below zero, or an end that is not after `at`.
    """

    kind: ClassVar[str] = "permit_granted"

    what: str
    until: datetime | None = field(default=None, validator=is_end)
    uses: int | None = field(default=None, validator=is_amount)
    content: ContentRef | None = None


@frozen(kw_only=True)
class PermitWithdrawn(Exogenous):
    """The permit that began with the event *permit* holds no longer."""

    kind: ClassVar[str] = "permit_withdrawn"

    permit: EventId


@frozen(kw_only=True)
class AdPosted(Exogenous):
    """The member advertised and thanked the group with red *packets*."""

    kind: ClassVar[str] = "ad_posted"

    packets: tuple[Money, ...] = field(
        default=(), validator=validators.deep_iterable(is_amount)
    )
    content: ContentRef | None = None


@frozen(kw_only=True)
class InvitationSent(Exogenous):
    """The member invited *guest*, who need not have come."""

    kind: ClassVar[str] = "invitation_sent"

    guest: MemberId
