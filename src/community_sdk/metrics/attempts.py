"""Ordered attempts at a funnel: the best one wins, whatever the order of arrival (S20).

Each event of the first step opens an attempt; its level is the longest chain of
distinct events from that opening, inside the window that runs from the opening and
includes its last instant. Events of one instant may be taken in any order, each once.
For every step the *latest* opening of a chain that reached it is enough to know.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, Final

__all__ = ["Attempts", "extend", "levels"]

Seen = tuple[int, Sequence[int]]
"""An event: its instant and the steps it matches."""

Openings = list[int]
"""Per step, the latest opening of a chain that reached it; -1 for none."""

_LUMP: Final = 32

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


def alone(base: Openings, matches: Sequence[int], at: int, closes: Closes) -> Openings:
    """Return what `extend` does for a single event, which is nearly always."""
    new = base
    for step in matches:
        opening = base[step - 1] if step else at
        if opening > base[step] and (not step or closes(opening) >= at):
            new = list(base) if new is base else new
            new[step] = opening
    return new


def _chain(first: int, steps: int, tied: Sequence[Sequence[int]]) -> range:
    """Return the steps from *first* on that distinct events of the instant cover."""
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

    It works on *kept*, a dict of builtins that may be stored: ``seen`` are the events
    kept for late ones, ``base`` the openings before them; ``tied`` the events of the
    latest instant ``last``, ``prior`` the openings before it, ``run`` after it.
    """

    __slots__ = ("_closes", "_kept", "_steps")

    def __init__(self, steps: int, closes: Closes, kept: dict[str, Any]) -> None:
        """Go on where *kept* was left; an empty one is a beginning."""
        self._steps = steps
        self._closes = closes
        self._kept = kept
        if "run" not in kept:
            none = [-1] * steps
            kept |= {"base": none, "prior": none, "run": none, "last": -1}
            kept |= {"seen": [], "tied": [], "check": _LUMP}

    @property
    def openings(self) -> Openings:
        """The latest opening per step after all events."""
        run: Openings = self._kept["run"]
        return run

    def add(self, at: int, matches: Sequence[int]) -> None:
        """Take in an event at *at* that matches the steps *matches*."""
        kept, event = self._kept, list(matches)
        if at > kept["last"]:
            kept["prior"], kept["tied"], kept["last"] = kept["run"], [event], at
            kept["seen"].append([at, event])
            kept["run"] = alone(kept["run"], event, at, self._closes)
            return
        if at == kept["last"]:
            if kept["tied"].count(event) >= len(event):
                return
            kept["tied"].append(event)
        else:
            self._late(at, event)
            return
        kept["seen"].append([at, event])
        kept["run"] = extend(kept["prior"], kept["tied"], at, self._closes)

    def _late(self, at: int, event: list[int]) -> None:
        seen = self._kept["seen"]
        where = len(seen)
        while where and seen[where - 1][0] > at:
            where -= 1
        seen.insert(where, [at, event])
        self._replay()

    def _replay(self) -> None:
        """Work out the openings anew, from the base over all that is kept."""
        kept = self._kept
        run, seen, i = kept["base"], kept["seen"], 0
        while i < len(seen):
            at, j = seen[i][0], i
            while j < len(seen) and seen[j][0] == at:
                j += 1
            tied = [event for _, event in seen[i:j]]
            kept["prior"], kept["tied"], kept["last"] = run, tied, at
            run = extend(run, tied, at, self._closes)
            i = j
        kept["run"] = run

    def join(self, other: dict[str, Any]) -> None:
        """Take in what was kept of another account of the same person.

        What was settled of both no longer goes together: there the later opening per
        step stands for the two.
        """
        kept = self._kept
        kept["base"] = [
            max(pair) for pair in zip(kept["base"], other["base"], strict=True)
        ]
        kept["seen"] = sorted([*kept["seen"], *other["seen"]], key=itemgetter(0))
        kept["run"], kept["last"] = kept["base"], -1
        self._replay()

    @property
    def crowded(self) -> bool:
        """Whether so many events are kept that `settle` is worth its while."""
        return bool(len(self._kept["seen"]) > self._kept["check"])

    def settle(self, oldest: int) -> None:
        """Fold events earlier than *oldest* into the base: nothing earlier can come."""
        kept = self._kept
        seen: list[list[Any]] = kept["seen"]
        i = bisect_left(seen, oldest, key=itemgetter(0))
        if i == len(seen):
            kept["base"], kept["seen"] = kept["run"], []
        elif i:
            past: dict[str, Any] = {"run": [], "base": kept["base"], "seen": seen[:i]}
            before = Attempts(self._steps, self._closes, past)
            before._replay()
            kept["base"], kept["seen"] = before.openings, seen[i:]
        kept["check"] = 2 * len(kept["seen"]) + _LUMP

    def close(self) -> None:
        """Keep no more events: the last step was reached and nothing can change."""
        self._kept |= {"seen": [], "tied": []}


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
        by_member.setdefault(member, []).append((at, matches))
    out: dict[str, int] = {}
    for member, seen in by_member.items():
        seen.sort(key=_instant)
        reached = level(_whole(seen, steps, closes))
        if reached >= 0:
            out[member] = reached
    return out


def _whole(seen: list[Seen], steps: int, closes: Closes) -> Openings:
    """Return the openings after all of *seen*, which is sorted by instant."""
    run, i = [-1] * steps, 0
    while i < len(seen):
        at, matches = seen[i]
        j = i + 1
        while j < len(seen) and seen[j][0] == at:
            j += 1
        if j == i + 1:
            run = alone(run, matches, at, closes)
        else:
            run = extend(run, [m for _, m in seen[i:j]], at, closes)
        i = j
    return run


def _instant(seen: Seen) -> int:
    return seen[0]
