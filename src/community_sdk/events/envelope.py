"""What every event carries: identity, two times, place and people."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from attrs import Factory, field

from community_sdk._time import stamp
from community_sdk._values import frozen
from community_sdk.errors import HistoryError
from community_sdk.model import CommunityId, EventId, GroupId, MemberId

__all__ = ["Event", "EventTypes", "refuse_below_zero"]

_ANY: Final = CommunityId("")
# In these years any zone's instant can be kept; at the edges it must be computed.
_SAFE: Final = range(1971, 3999)


@frozen(kw_only=True)
class Event:
    """Something that happened.

    Attributes:
        id: unique in the community; the same id is the same event.
        at: when it happened, an aware datetime.
        recorded_at: when we learned of it, not before *at*; default *at*.
        seq: orders events of one instant.
        community: whose event it is; the engine refuses another community's.
        group: the chat room, None for the whole community.
        member: whom it is about.
        actor: who did it; None: the member.
        source: where it came from, for the audit.
        dated: False when the source gives no time of its own and *at* is only the
            earliest it can have been. Such an event counts over ``lifetime`` alone:
            never in a window, a streak or a recency, and it breaks no rule.

    Raises:
        HistoryError: a time without zone, before 1970 or from 4000 on, or
            *recorded_at* before *at*.
    """

    kind: ClassVar[str] = ""

    id: EventId
    at: datetime
    recorded_at: datetime = field(
        default=Factory(lambda self: self.at, takes_self=True)
    )
    seq: int = 0
    community: CommunityId = _ANY
    group: GroupId | None = None
    member: MemberId | None = None
    actor: MemberId | None = None
    source: str = ""
    dated: bool = True

    def __attrs_post_init__(self) -> None:
        """Refuse times that no history can hold."""
        at, recorded = self.at, self.recorded_at
        if recorded is at:
            if at.tzinfo is None or at.year not in _SAFE:
                stamp(at)
        elif stamp(recorded) < stamp(at):
            raise HistoryError(
                f"event `{self.id}` was recorded before it happened",
                code="event.recorded_before",
                hint="`recorded_at` must not be earlier than `at`",
                id=self.id,
            )

    @property
    def name(self) -> str:
        """The word that metrics count it by: its kind."""
        return self.kind

    def value(self, name: str, /) -> object:
        """Return the field called *name* that filters compare, None without one."""
        return getattr(self, name, None)


def refuse_below_zero(key: str, name: str, number: int) -> None:
    """Refuse a *number* that counts something and is below zero.

    Raises:
        HistoryError: it is.
    """
    if number < 0:
        raise HistoryError(
            f"event `{key}`: expected `{name}` of at least 0, found `{number}`",
            code="event.negative",
            id=key,
            name=name,
            found=str(number),
        )


EventTypes = tuple[type[Event], ...]
