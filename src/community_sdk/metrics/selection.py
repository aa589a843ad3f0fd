"""Which events a figure over a history looks at: a word and the values of fields."""

from __future__ import annotations

from community_sdk._values import frozen
from community_sdk.events import Event
from community_sdk.metrics.catalogue import Scalar

__all__ = ["Selection"]


@frozen
class Selection:
    """Events called *kind* (empty: any) whose fields equal the values in *where*.

    What has no time of its own (`Event.dated`) is never selected.
    """

    kind: str = ""
    where: tuple[tuple[str, Scalar], ...] = ()

    def takes(self, event: Event, /) -> bool:
        """Tell whether *event* is among them."""
        return (
            event.dated
            and self.kind in ("", event.name)
            and all(event.value(name) == value for name, value in self.where)
        )
