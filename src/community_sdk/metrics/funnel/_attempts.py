"""Attempts of one member at a funnel, and which of them counts (S20)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from community_sdk.metrics.funnel._chains import Chain, Seen, follow
from community_sdk.metrics.funnel._clean import FOREVER, Search, excluded
from community_sdk.metrics.funnel._rules import FunnelRules

__all__ = ["Attempt", "Closing", "attempts", "best", "choices"]

Closing = Callable[[int], int]
"""The last instant inside the window of an attempt opened at an instant."""


@frozen(kw_only=True)
class Attempt:
    """One attempt: the place of its opening, its chain, and when its window closes.

    *level* is the last step reached (from 0), in an unordered funnel the number of
    steps done less one; *closes* is None without a window.
    """

    opening: int
    opened: int
    chain: Chain
    level: int
    completed: int
    closes: int | None
    excluded: bool = False

    @property
    def rank(self) -> tuple[int, int, int]:
        """What decides between attempts: the level, the end, the opening."""
        return (self.level, -self.completed, self.opening)


def attempts(
    seen: Sequence[Seen],
    rules: FunnelRules,
    closing: Closing | None,
    limits: Sequence[int | None],
) -> Iterator[Attempt]:
    """Yield the attempts that count by `FunnelRules.entry`, in order of opening.

    *seen* are the member's events by instant, then position.
    """
    free = 0
    for place, event in enumerate(seen):
        if place < free or not _opens(event, rules):
            continue
        attempt = _attempt(seen, place, rules, (closing, limits))
        yield attempt
        if rules.entry == "first":
            return
        if rules.entry == "totals":
            over = _over(seen, attempt, rules)
            if over is None:
                return
            free = over


def _opens(event: Seen, rules: FunnelRules) -> bool:
    return bool(event.steps) if rules.order == "unordered" else 0 in event.steps


def _attempt(
    seen: Sequence[Seen],
    place: int,
    rules: FunnelRules,
    times: tuple[Closing | None, Sequence[int | None]],
) -> Attempt:
    closing, limits = times
    opened = seen[place].at
    end = FOREVER if closing is None else closing(opened)
    searched = rules.order == "ordered" and (rules.exclusions or any(limits))
    chain = follow(seen, place, rules, end)
    barred = bool(rules.exclusions) and excluded(seen, chain, rules, end)
    if searched and (barred or any(limits)):
        chain, barred = _search(seen, place, rules, (tuple(limits), end), max(chain))
    last = max(chain)
    return Attempt(
        opening=place,
        opened=opened,
        chain=chain,
        level=last,
        completed=seen[chain[last]].at,
        closes=None if closing is None else end,
        excluded=barred,
    )


def _search(
    seen: Sequence[Seen],
    place: int,
    rules: FunnelRules,
    times: tuple[tuple[int | None, ...], int],
    most: int,
) -> tuple[Chain, bool]:
    """Return the highest chain, one that nothing excludes if there is such a one."""
    limits, end = times
    # An earlier event cannot matter, a later one is out of the window.
    search = Search(seen, rules, limits, end)
    for goal in range(most, -1, -1):
        free = search.chain(place, goal, guarded=False)
        if free is None:
            continue
        if not rules.exclusions:
            return free, False
        clean = search.chain(place, goal, guarded=True)
        return (free, True) if clean is None else (clean, False)
    return {0: place}, False


def _over(seen: Sequence[Seen], attempt: Attempt, rules: FunnelRules) -> int | None:
    """Return the place from which a new attempt may open, None while this one runs."""
    if attempt.level == len(rules.steps) - 1 and not attempt.excluded:
        return max(attempt.chain.values()) + 1
    ends = [] if attempt.closes is None else [attempt.closes]
    if attempt.excluded:
        ends += [e.at for e in seen if e.bars and e.at > attempt.opened][:1]
    if not ends:
        return None
    return bisect_right([e.at for e in seen], min(ends))


def best(found: Sequence[Attempt], rules: FunnelRules) -> Attempt | None:
    """Return the attempt that counts for the member, None where none does."""
    clean = [attempt for attempt in found if not attempt.excluded]
    if rules.scope == "user" and rules.order != "unordered":
        top = max((attempt.level for attempt in found), default=-1)
        clean = [attempt for attempt in clean if attempt.level == top]
    return max(clean, key=lambda attempt: attempt.rank, default=None)


def choices(
    seen: Sequence[Seen], found: Sequence[Attempt], rules: FunnelRules, step: int
) -> set[int]:
    """Return every event that can be *step* in a chain as long as the best one."""
    winner = best(found, rules)
    if winner is None or winner.level < step:
        return set()
    equal = [a for a in found if a.level == winner.level and not a.excluded]
    places = {a.chain[step] for a in equal if step in a.chain}
    for attempt in equal:
        end = FOREVER if attempt.closes is None else attempt.closes
        for place, event in enumerate(seen):
            if step not in event.steps or place in places or event.at > end:
                continue
            alone = _only(seen, place, step)
            if step == 0 and place != attempt.opening:
                continue
            chain = follow(alone, attempt.opening, rules, end)
            if max(chain) == winner.level and chain.get(step) == place:
                places.add(place)
    return places


def _only(seen: Sequence[Seen], place: int, step: int) -> list[Seen]:
    """Return *seen* with no other event for *step* than the one at *place*."""
    return [
        e if i == place else Seen(e.at, tuple(s for s in e.steps if s != step), e.bars)
        for i, e in enumerate(seen)
    ]
