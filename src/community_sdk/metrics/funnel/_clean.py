"""Whether a chain exists that nothing excludes and that keeps the limits (S20).

A search over chains with what was found kept; exact, and only asked where a funnel has
exclusions, limits between steps or fields that must stay the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from attrs import define, field

from community_sdk.metrics.funnel._chains import Chain, Seen
from community_sdk.metrics.funnel._rules import FunnelRules

__all__ = ["Search", "excluded"]

FOREVER: Final = 1 << 62
_Found = tuple[int, tuple[tuple[int, int], ...]]


def excluded(seen: Sequence[Seen], chain: Chain, rules: FunnelRules, end: int) -> bool:
    """Tell whether something excludes just this chain."""
    whole = len(chain) == len(rules.steps)
    for number, exclusion in enumerate(rules.exclusions):
        since = seen[chain[0]].at
        until = seen[chain[max(chain)]].at if whole else end + 1
        if rules.order != "unordered":
            if exclusion.after not in chain:
                continue
            since = seen[chain[exclusion.after]].at
            later = [k for k in chain if k >= exclusion.before]
            until = seen[chain[min(later)]].at if later else end + 1
        if any(number in e.bars and since < e.at < until for e in seen):
            return True
    return False


@define
class Search:
    """Looks for the chain of an ordered funnel that is complete first."""

    seen: Sequence[Seen]
    rules: FunnelRules
    limits: tuple[int | None, ...]
    end: int
    bars: list[list[int]] = field(init=False)
    _known: dict[object, _Found | None] = field(factory=dict[object, "_Found | None"])
    _goal: int = 0
    _guarded: bool = False

    def __attrs_post_init__(self) -> None:
        """Gather the instants of what excludes."""
        count = len(self.rules.exclusions)
        self.bars = [[e.at for e in self.seen if n in e.bars] for n in range(count)]

    def chain(self, opening: int, goal: int, *, guarded: bool) -> Chain | None:
        """Return the chain to step *goal* that is complete first, None without one.

        *guarded*: nothing may exclude it.
        """
        self._known, self._goal, self._guarded = {}, goal, guarded
        until = (FOREVER,) * len(self.rules.exclusions)
        found = self._best(0, opening, frozenset({opening}), until)
        return None if found is None else dict(found[1])

    def _best(
        self, step: int, place: int, used: frozenset[int], until: tuple[int, ...]
    ) -> _Found | None:
        """Return the end and the steps of the best way on from *step* at *place*."""
        until = self._open(step, place, until)
        if step == self._goal:
            over = any(self._ends(step, until)) if self._guarded else False
            return None if over else (self.seen[place].at, ((step, place),))
        key = (step, place, used, until)
        if key not in self._known:
            self._known[key] = self._further(step, place, used, until)
        return self._known[key]

    def _further(
        self, step: int, place: int, used: frozenset[int], until: tuple[int, ...]
    ) -> _Found | None:
        best: _Found | None = None
        here = self.seen[place].at
        for step_on in self._next(step):
            for other in self._candidates(step_on, place, used):
                at = self.seen[other].at
                if best is not None and at > best[0]:
                    break
                if self._guarded and any(
                    at > until[n]
                    for n, exclusion in enumerate(self.rules.exclusions)
                    if step < exclusion.before <= step_on
                ):
                    continue
                kept = used | {other} if at == here else frozenset({other})
                found = self._best(step_on, other, kept, until)
                if found is not None and (best is None or found[0] < best[0]):
                    best = (found[0], ((step, place), *found[1]))
        return best

    def _next(self, step: int) -> list[int]:
        steps, found = self.rules.steps, [step + 1]
        while found[-1] < self._goal and steps[found[-1]].optional:
            found.append(found[-1] + 1)
        return found

    def _candidates(self, step: int, place: int, used: frozenset[int]) -> list[int]:
        seen, ties, limit = self.seen, self.rules.ties, self.limits[step]
        here = seen[place].at
        end = self.end if limit is None else min(self.end, here + limit)
        first = place + 1
        if ties == "any":
            while first and seen[first - 1].at == here:
                first -= 1
        found: list[int] = [place] if self._again(step, place) else []
        for other in range(first, len(seen)):
            at = seen[other].at
            if at > end:
                break
            if step in seen[other].steps and (
                other not in used if ties != "increasing" else at > here
            ):
                found.append(other)
        return found

    def _again(self, step: int, place: int) -> bool:
        once = not self.rules.reuse_event or self.rules.ties == "increasing"
        return not once and step in self.seen[place].steps

    def _open(self, step: int, place: int, until: tuple[int, ...]) -> tuple[int, ...]:
        """Note, for exclusions that begin at *step*, what comes first of them."""
        if not self._guarded:
            return until
        found = list(until)
        for n, exclusion in enumerate(self.rules.exclusions):
            if exclusion.after == step:
                i = bisect_right(self.bars[n], self.seen[place].at)
                found[n] = self.bars[n][i] if i < len(self.bars[n]) else FOREVER
        return tuple(found)

    def _ends(self, step: int, until: tuple[int, ...]) -> list[bool]:
        """Tell, for exclusions still open at the end of the chain, whether one came."""
        return [
            until[n] <= self.end
            for n, exclusion in enumerate(self.rules.exclusions)
            if step < exclusion.before
        ]
