"""What members do: write, react, buy, and whatever a host declares (S16 S20)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from attrs import field

from community_sdk._values import frozen
from community_sdk.errors import HistoryError
from community_sdk.events._fields import is_amount, refuse_number
from community_sdk.events.envelope import KINDS, Exogenous
from community_sdk.model import AMOUNT_LIMIT, MemberId, Money

__all__ = [
    "ContentRef",
    "Custom",
    "HeadCounted",
    "MessagePosted",
    "PurchaseMade",
    "ReactionReceived",
    "RefundMade",
]

_WHOLE: Final = 2**63

ContentRef = str
"""A digest that names a text in an erasable side store; never the text."""


@frozen(kw_only=True)
class MessagePosted(Exogenous):
    """A member posted; *length* counts characters, *content* is a digest.

    *no_reply*: it wants no answer, such as thanks; judged where the text is known.
    """

    kind: ClassVar[str] = "message"

    content: ContentRef | None = None
    length: int = field(default=0, validator=is_amount)
    reply: bool = False
    reply_to: MemberId | None = None
    link: bool = False
    mentions: int = field(default=0, validator=is_amount)
    no_reply: bool = False


@frozen(kw_only=True)
class ReactionReceived(Exogenous):
    """The member's post got a reaction of the actor."""

    kind: ClassVar[str] = "reaction"

    word: str = ""


@frozen(kw_only=True)
class PurchaseMade(Exogenous):
    """The member bought something for *money*; what goes back is a refund."""

    kind: ClassVar[str] = "purchase"

    order: str = ""
    money: Money = field(validator=is_amount)


@frozen(kw_only=True)
class RefundMade(Exogenous):
    """*money* of *order* went back to the member, told as an amount above zero."""

    kind: ClassVar[str] = "refund"

    order: str = ""
    money: Money = field(validator=is_amount)


@frozen(kw_only=True)
class HeadCounted(Exogenous):
    """The platform itself says how many members there are."""

    kind: ClassVar[str] = "head_counted"

    count: int = field(validator=is_amount)


@frozen(kw_only=True)
class Custom(Exogenous):
    """An event of the host's own: *word* and scalar *properties*, never free text.

    Raises:
        HistoryError: *word* is an event kind of this library or empty, or a property
            is neither text, truth nor a whole number of 64 bits, or an `amount` is
            beyond the greatest there is, either way.
    """

    kind: ClassVar[str] = "custom"

    word: str
    properties: Mapping[str, str | int | bool] = field(
        factory=dict[str, "str | int | bool"], hash=False
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what would be mistaken for another event, or cannot be kept."""
        super().__attrs_post_init__()
        if not self.word or self.word in KINDS:
            raise HistoryError(
                f"event `{self.id}`: expected a word of the host's own, found"
                f" `{self.word}`",
                code="event.word",
                hint="record an event of that kind, or choose another word",
                id=self.id,
                found=self.word,
            )
        for name, value in self.properties.items():
            if isinstance(value, (str, bool)):
                continue
            if type(value) is not int or not -_WHOLE <= value < _WHOLE:
                raise HistoryError(
                    f"event `{self.id}`: expected text, a whole number of 64 bits or"
                    f" a truth as `{name}`, found `{value}`",
                    code="event.property",
                    id=self.id,
                    name=name,
                    found=str(value),
                )
            if name == "amount":
                refuse_number(self.id, name, value, least=-AMOUNT_LIMIT)

    @property
    def name(self) -> str:
        """The host's own word."""
        return self.word

    def value(self, name: str, /) -> object:
        """Return the property called *name*, else the field of every event."""
        found = self.properties.get(name)
        return getattr(self, name, None) if found is None else found
