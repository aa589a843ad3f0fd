"""Ordered attempts at a funnel: the best one wins, whatever the order of arrival (S20).

Each event of the first step opens an attempt; its level is the longest chain of
distinct events from that opening, inside the window that runs from the opening and
includes its last instant. Events of one instant may be taken in any order, each once.
For every step the *latest* opening of a chain that reached it is enough to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["Attempts", "extend", "levels"]

Seen = list[Any]
"""An event that is kept: its instant and the steps it matches."""

Openings = list[int]
"""Per step, the latest opening of a chain that reached it; -1 for none."""

Closes = Callable[[int], int]
"""The last instant inside the window of an attempt opened at an instant."""


def extend(
    base: Openings, tied: Sequence[Sequence[int]], at: int, closes: Closes
) -> Openings:
    """Return the openings after an instant *at* whose events match the steps *tied*.

    Every extension starts from the state *before* the instant, so that an opening of
    the instant cannot hide an older one that it still needs.
    """
    new = list(base)
    for level in range(len(base) - 2, -2, -1):
        opening = at if level < 0 else base[level]
        if opening < 0 or closes(opening) < at:
            continue
        for step in _chain(level + 1, len(base), tied):
            new[step] = max(new[step], opening)
    return new


def _chain(first: int, steps: int, tied: Sequence[Sequence[int]]) -> range:
    """Return the steps from *first* on that distinct events of the instant cover."""
    if len(tied) == 1:
        return range(first, first + (first in tied[0]))
    taken: dict[int, int] = {}
    step = first
    while step < steps and _augment(step, tied, taken, set()):
        step += 1
    return range(first, step)


def _augment(
    step: int, tied: Sequence[Sequence[int]], taken: dict[int, int], tried: set[int]
) -> bool:
    for i, matches in enumerate(tied):
        if step in matches and i not in tried:
            tried.add(i)
            if i not in taken or _augment(taken[i], tied, taken, tried):
                taken[i] = step
                return True
    return False


class Attempts:
    """One member's attempts, event by event; late ones are put where they belong.

    *base* is the state before the oldest event that is kept, *seen* the events kept:
    instant and the steps each matches, sorted by instant.
    """

    __slots__ = ("base", "closes", "seen", "steps")

    def __init__(
        self,
        steps: int,
        closes: Closes,
        base: Openings | None = None,
        seen: list[Seen] | None = None,
    ) -> None:
        """Begin with no attempt, or where `base` and `seen` were left."""
        self.steps = steps
        self.closes = closes
        self.base: Openings = [-1] * steps if base is None else base
        self.seen = [] if seen is None else seen

    def add(self, at: int, matches: Sequence[int]) -> None:
        """Take in an event at *at* that matches the steps *matches*."""
        where = len(self.seen)
        while where and self.seen[where - 1][0] > at:
            where -= 1
        self.seen.insert(where, [at, list(matches)])

    def openings(self, base: Openings | None = None, since: int = 0) -> Openings:
        """Return the latest opening per step after all events from index *since*."""
        state = list(self.base if base is None else base)
        i, seen = since, self.seen
        while i < len(seen):
            at, j = seen[i][0], i
            while j < len(seen) and seen[j][0] == at:
                j += 1
            tied = [matches for _, matches in seen[i:j]]
            state = extend(state, tied, at, self.closes)
            i = j
        return state

    def settle(self, oldest: int) -> None:
        """Fold events earlier than *oldest* into the base: nothing earlier can come."""
        i = 0
        while i < len(self.seen) and self.seen[i][0] < oldest:
            i += 1
        if i:
            kept, self.seen = self.seen[i:], self.seen[:i]
            self.base = self.openings()
            self.seen = kept


def level(openings: Openings) -> int:
    """Return the highest step reached, -1 for none."""
    return max((k for k, opening in enumerate(openings) if opening >= 0), default=-1)


def levels(
    events: Iterable[tuple[str, int, Sequence[int]]], steps: int, closes: Closes
) -> dict[str, int]:
    """Return the highest step per member over a whole history.

    *events* are (member, instant, matching steps) in any order; members who never
    open are left out.
    """
    by_member: dict[str, list[Seen]] = {}
    for member, at, matches in events:
        by_member.setdefault(member, []).append([at, matches])
    out: dict[str, int] = {}
    for member, seen in by_member.items():
        seen.sort(key=_instant)
        reached = level(Attempts(steps, closes, seen=seen).openings())
        if reached >= 0:
            out[member] = reached
    return out


def _instant(seen: Seen) -> int:
    at: int = seen[0]
    return at
