"""Where the events of one member stand, so that what is of no use is passed over."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from attrs import define, field

__all__ = ["Places", "Seen"]


class Seen(NamedTuple):
    """An event of one member: its instant, and the steps and exclusions it matches."""

    at: int
    steps: tuple[int, ...]
    bars: tuple[int, ...] = ()


@define(slots=False)
class Places:
    """The events *seen* of a member, by step and by instant."""

    seen: Sequence[Seen]
    of_step: dict[int, list[int]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Sort out the places of the steps."""
        self.of_step = {}
        for place, event in enumerate(self.seen):
            for step in event.steps:
                self.of_step.setdefault(step, []).append(place)

    def next(self, step: int, place: int) -> int | None:
        """Return the first place, from *place* on, of an event that can be *step*."""
        places = self.of_step.get(step, ())
        nth = bisect_left(places, place)
        return places[nth] if nth < len(places) else None

    def instant(self, place: int) -> range:
        """Return the places of all events of the instant of the one at *place*."""
        at, first, last = self.seen[place].at, place, place + 1
        while first and self.seen[first - 1].at == at:
            first -= 1
        while last < len(self.seen) and self.seen[last].at == at:
            last += 1
        return range(first, last)

    def useful(
        self, since: int, *, together: bool
    ) -> list[tuple[int, tuple[int, ...]]]:
        """Return places from *since* on, with their steps, that may add a step.

        Of events that are alike no more can be of use than they have steps. *together*:
        the events of an instant are one, at the place of the first.
        """
        found: list[tuple[int, tuple[int, ...]]] = []
        kinds = self._instants if together else self._alike
        for steps, places in kinds.items():
            nth = bisect_left(places, since)
            found += [(place, steps) for place in places[nth : nth + len(steps) + 1]]
        return sorted(found)

    @cached_property
    def _alike(self) -> dict[tuple[int, ...], list[int]]:
        found: dict[tuple[int, ...], list[int]] = {}
        for place, event in enumerate(self.seen):
            found.setdefault(event.steps, []).append(place)
        return found

    @cached_property
    def _instants(self) -> dict[tuple[int, ...], list[int]]:
        found: dict[tuple[int, ...], list[int]] = {}
        place = 0
        while place < len(self.seen):
            own = self.instant(place)
            steps = sorted({step for p in own for step in self.seen[p].steps})
            found.setdefault(tuple(steps), []).append(place)
            place = own.stop
        return found
