"""What members do: write, react, buy, and whatever a host declares (S16 S20)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import field, frozen, validators

from community_sdk.events.envelope import Event
from community_sdk.model import MemberId, Money

__all__ = [
    "ContentRef",
    "Custom",
    "HeadCounted",
    "MessagePosted",
    "PurchaseMade",
    "ReactionReceived",
    "RefundMade",
]

ContentRef = str
"""A digest that names a text in an erasable side store; never the text."""


@frozen(kw_only=True)
class MessagePosted(Event):
    """A member posted; *length* counts characters, *content* is a digest."""

    kind: ClassVar[str] = "message"

    content: ContentRef | None = None
    length: int = 0
    reply: bool = False
    reply_to: MemberId | None = None
    link: bool = False
    mentions: int = 0


@frozen(kw_only=True)
class ReactionReceived(Event):
    """The member's post got a reaction of the actor."""

    kind: ClassVar[str] = "reaction"

    word: str = ""


@frozen(kw_only=True)
class PurchaseMade(Event):
    """The member bought something for *money*."""

    kind: ClassVar[str] = "purchase"

    order: str = ""
    money: Money


@frozen(kw_only=True)
class RefundMade(Event):
    """*money* of *order* went back to the member."""

    kind: ClassVar[str] = "refund"

    order: str = ""
    money: Money


@frozen(kw_only=True)
class HeadCounted(Event):
    """The platform itself says how many members there are."""

    kind: ClassVar[str] = "head_counted"

    count: int = field(validator=validators.ge(0))


@frozen(kw_only=True)
class Custom(Event):
    """An event of the host's own: *word* and scalar *properties*, never free text."""

    kind: ClassVar[str] = "custom"

    word: str
    properties: Mapping[str, str | int | bool] = field(factory=dict, hash=False)

    @property
    def name(self) -> str:
        """The host's own word."""
        return self.word
