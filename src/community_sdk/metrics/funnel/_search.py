"""The best chain where there is a choice: limits, optional steps, exclusions (S20).

A search over all chains that keeps what it found; exact. Where nothing is to be chosen
`follow` is quicker and equal.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from attrs import define, field

from community_sdk.metrics.funnel._chains import Chain
from community_sdk.metrics.funnel._places import Places, Seen
from community_sdk.metrics.funnel._rules import FunnelRules

__all__ = ["FOREVER", "Closing", "Search", "tainted"]

FOREVER: Final = 1 << 62
_NEVER: Final = FOREVER + 1
Closing = Callable[[int], int]
"""The last instant that counts, of what began at an instant."""

_Found = tuple[int, int, tuple[tuple[int, int], ...], tuple[int, ...]]
"""When the chain is complete, how many steps it has (less is first, so negative),
instant and step of each, and the places."""


def tainted(
    seen: Sequence[Seen], chain: Chain, rules: FunnelRules, end: int
) -> int | None:
    """Return when something first excludes just this chain, None if nothing does."""
    whole = len(rules.steps) - 1
    found: list[int] = []
    for number, exclusion in enumerate(rules.exclusions):
        since, until = seen[chain[0]].at, end + 1
        if rules.order != "unordered":
            if exclusion.after not in chain:
                continue
            since = seen[chain[exclusion.after]].at
            later = [step for step in chain if step >= exclusion.before]
            until = seen[chain[min(later)]].at if later else until
        elif whole in chain:
            until = seen[chain[whole]].at
        for event in islice(seen, chain[0], None):
            if event.at >= until:
                break
            if event.at > since and number in event.bars:
                found.append(event.at)
                break
    return min(found, default=None)


@define
class Search:
    """Looks among all chains from one opening, in an ordered or strict funnel.

    Of those that come as far, the one complete first wins, then the one with most
    steps, then the one whose steps come first.
    """

    seen: Sequence[Seen]
    rules: FunnelRules
    limits: Sequence[Closing | None]
    places: Places = field(init=False)
    _bars: list[list[int]] = field(init=False)
    _times: list[int] = field(init=False)
    _known: dict[object, _Found | None] = field(factory=dict[object, "_Found | None"])
    _opening: int = 0
    _end: int = 0
    _goal: int = 0
    _guarded: bool = False

    def __attrs_post_init__(self) -> None:
        """Sort out the places of the steps, and the instants of what excludes."""
        seen, rules = self.seen, self.rules
        self.places = Places(seen)
        self._times = [event.at for event in seen]
        self._bars = [
            [event.at for event in seen if number in event.bars]
            for number in range(len(rules.exclusions))
        ]

    def highest(self, opening: int, end: int, most: int) -> tuple[Chain, bool]:
        """Return the best chain up to step *most*, and whether all are excluded."""
        for goal in range(self._bound(opening, end, most), 0, -1):
            found = self.chain(opening, end, goal)
            if found is not None:
                clean = self.chain(opening, end, goal, guarded=True)
                return (found, True) if clean is None else (clean, False)
        alone = {0: opening}
        return alone, tainted(self.seen, alone, self.rules, end) is not None

    def _bound(self, opening: int, end: int, most: int) -> int:
        """Return a step that no chain goes beyond, at most *most*."""
        bound, since = 0, bisect_left(self._times, self._times[opening])
        for step in range(1, most + 1):
            found = self.places.next(step, since)
            if found is not None and self._times[found] <= end:
                bound = step
            if self.rules.steps[step].optional:
                continue
            if bound < step:
                break
            since = bisect_left(self._times, self._times[found or 0])
        return bound

    def chain(
        self, opening: int, end: int, goal: int, *, guarded: bool = False
    ) -> Chain | None:
        """Return the best chain to step *goal* until *end*, None without one.

        *guarded*: nothing may exclude it.
        """
        guarded = guarded and bool(self.rules.exclusions)
        self._known, self._goal, self._guarded = {}, goal, guarded
        self._opening, self._end = opening, end
        until = (_NEVER,) * len(self.rules.exclusions)
        found = self._best(0, opening, frozenset({opening}), until)
        if found is None:
            return None
        return {step: place for (_, step), place in zip(*found[2:], strict=True)}

    def _best(
        self, step: int, place: int, used: frozenset[int], until: tuple[int, ...]
    ) -> _Found | None:
        """Return the best way on from *step* at *place*."""
        until = self._watch(step, place, until)
        if step == self._goal:
            if any(self._ends(step, until)):
                return None
            at = self.seen[place].at
            return (at, -1, ((at, step),), (place,))
        key = (step, place, used, until)
        if key not in self._known:
            self._known[key] = self._further(step, place, used, until)
        return self._known[key]

    def _further(
        self, step: int, place: int, used: frozenset[int], until: tuple[int, ...]
    ) -> _Found | None:
        best: _Found | None = None
        here = self.seen[place].at
        for further in self._next(step):
            for other in self._candidates(further, place, used):
                at = self.seen[other].at
                if best is not None and at > best[0]:
                    break
                if self._barred(step, further, at, until):
                    continue
                kept = used | {other} if at == here else frozenset({other})
                rest = self._best(further, other, kept, until)
                if rest is None:
                    continue
                end, count, times, places = rest
                mine = ((here, step), *times)
                found = (end, count - 1, mine, (place, *places))
                if best is None or found < best:
                    best = found
        return best

    def _next(self, step: int) -> Iterator[int]:
        """Yield the steps that may follow: the next, and those behind optional ones."""
        for further in range(step + 1, self._goal + 1):
            yield further
            if not self.rules.steps[further].optional:
                return

    def _candidates(self, step: int, place: int, used: frozenset[int]) -> Iterator[int]:
        """Yield the places of events that can be *step* after the one at *place*."""
        limit, here = self.limits[step], self.seen[place].at
        end = self._end if limit is None else min(self._end, limit(here))
        again = self.rules.reuse_event
        first = place if again else place + 1
        if self.rules.ties == "any":
            first = bisect_left(self._times, here)
        elif self.rules.ties == "increasing":
            first = bisect_right(self._times, here)
        last = len(self.seen)
        if self.rules.order == "strict":
            last = self._foreign(place, used)
        places = self.places.of_step.get(step, [])
        for nth in range(bisect_left(places, first), len(places)):
            other = places[nth]
            if other >= last or self.seen[other].at > end:
                return
            if again or other not in used:
                yield other

    def _foreign(self, place: int, used: frozenset[int]) -> int:
        """Return the place of the first event that would leave a foreign one behind.

        What shares the opening's instant may have come before it.
        """
        if self.rules.ties == "position":
            return place + 2
        here, times = self.seen[place].at, self._times
        after = bisect_right(times, here)
        begins = here == times[self._opening]
        left = after - bisect_left(times, here) - len(used)
        if (left and not begins) or after == len(times):
            return after
        return bisect_right(times, times[after])

    def _watch(self, step: int, place: int, until: tuple[int, ...]) -> tuple[int, ...]:
        """Note, for exclusions that begin at *step*, what comes first of them."""
        if not self._guarded:
            return until
        found = list(until)
        for number, exclusion in enumerate(self.rules.exclusions):
            if exclusion.after == step:
                bars = self._bars[number]
                nth = bisect_right(bars, self.seen[place].at)
                found[number] = bars[nth] if nth < len(bars) else _NEVER
        return tuple(found)

    def _barred(self, step: int, further: int, at: int, until: tuple[int, ...]) -> bool:
        """Tell whether an exclusion came before the step that would end it."""
        return self._guarded and any(
            at > until[number]
            for number, exclusion in enumerate(self.rules.exclusions)
            if step < exclusion.before <= further
        )

    def _ends(self, step: int, until: tuple[int, ...]) -> Iterator[bool]:
        """Tell, for exclusions still open at the end of the chain, whether one came."""
        for number, exclusion in enumerate(self.rules.exclusions):
            yield (
                self._guarded
                and step < exclusion.before
                and (until[number] <= self._end)
            )
