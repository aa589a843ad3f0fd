"""Events that a batch tells again: no news, or another thing under an old id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self, cast

from attrs import field, frozen

from community_sdk.codec import Codec
from community_sdk.events import Event, refuse_other
from community_sdk.ports import EventStore

__all__ = ["Known"]


@frozen
class Known:
    """What is known of the ids of a batch: stored before it, or told earlier in it."""

    codec: Codec
    stored: Mapping[str, str]
    told: dict[str, Event] = field(factory=dict[str, Event])

    @classmethod
    def of(
        cls, store: EventStore, key: str, codec: Codec, events: Iterable[Event]
    ) -> Self:
        """Ask *store* about the ids of *events*; only of those known, what they say."""
        ids = store.known(key, [str(event.id) for event in events])
        rows = store.told(key, ids) if ids else ()
        return cls(codec, {row.id: row.data for row in rows})

    def __call__(self, event: Event) -> bool:
        """Tell whether *event* was told before.

        Raises:
            HistoryError: its id was told with other content.
        """
        known = self.told.get(event.id)
        if known is None:
            data = self.stored.get(event.id)
            if data is None:
                return False
            if data == self.codec.dumps(event):
                return True
            known = cast("Event", self.codec.loads(data))
        refuse_other(known, event)
        return True

    def add(self, event: Event) -> None:
        """Remember that *event* was told."""
        self.told[event.id] = event
