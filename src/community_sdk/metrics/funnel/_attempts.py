"""Attempts of one member at a funnel, and which of them counts (S20)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence

from attrs import evolve

from community_sdk._values import frozen
from community_sdk.metrics.funnel._chains import Chain, follow
from community_sdk.metrics.funnel._places import Seen
from community_sdk.metrics.funnel._rules import FunnelRules
from community_sdk.metrics.funnel._search import FOREVER, Closing, Search, tainted

__all__ = [
    "Attempt",
    "attempts",
    "best",
    "choices",
    "latest",
    "may_convert",
    "over_at",
]


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
    search: Search, closing: Closing | None, free: int = 0
) -> Iterator[Attempt]:
    """Yield the attempts that count by `FunnelRules.entry`, in order of opening.

    The first may open at the place *free*.
    """
    seen, rules = search.seen, search.rules
    for place, event in enumerate(seen):
        if place < free or not _opens(event, rules):
            continue
        attempt = _attempt(search, place, closing)
        yield attempt
        if rules.entry == "first":
            return
        if rules.entry == "totals":
            over = over_at(seen, attempt, rules)
            if over is None:
                return
            free = over


def latest(search: Search, closing: Closing, level: int) -> Attempt | None:
    """Return the latest attempt that comes to *level* and no further, not excluded."""
    for place in reversed(range(len(search.seen))):
        if _opens(search.seen[place], search.rules):
            attempt = _attempt(search, place, closing)
            if attempt.level == level and not attempt.excluded:
                return attempt
    return None


def _opens(event: Seen, rules: FunnelRules) -> bool:
    return bool(event.steps) if rules.order == "unordered" else 0 in event.steps


def _attempt(search: Search, place: int, closing: Closing | None) -> Attempt:
    seen = search.seen
    opened = seen[place].at
    end = FOREVER if closing is None else closing(opened)
    chain, barred = _chain(search, place, end)
    level = max(chain)
    return Attempt(
        opening=place,
        opened=opened,
        chain=chain,
        level=level,
        completed=seen[chain[level]].at,
        closes=None if closing is None else end,
        excluded=barred,
    )


def _chain(search: Search, place: int, end: int) -> tuple[Chain, bool]:
    """Return the best chain, and whether every one that comes as far is excluded."""
    seen, rules = search.seen, search.rules
    if rules.order == "strict" or any(step.optional for step in rules.steps):
        return search.highest(place, end, len(rules.steps) - 1)
    chain = follow(search.places, place, rules, end)
    barred = tainted(seen, chain, rules, end) is not None
    if rules.order == "ordered" and (barred or any(search.limits)):
        return search.highest(place, end, max(chain))
    return chain, barred


def over_at(seen: Sequence[Seen], attempt: Attempt, rules: FunnelRules) -> int | None:
    """Return the place from which a new attempt may open, None while this one runs."""
    done = attempt.level == len(rules.steps) - 1 and not attempt.excluded
    if done or rules.order == "strict":
        return max(attempt.chain.values()) + 1
    end = FOREVER if attempt.closes is None else attempt.closes
    if attempt.excluded:
        stop = tainted(seen, attempt.chain, rules, end)
        end = end if stop is None else min(stop, end)
    return None if end == FOREVER else bisect_right(seen, end, key=_instant)


def _instant(event: Seen) -> int:
    return event.at


def best(found: Sequence[Attempt], rules: FunnelRules) -> Attempt | None:
    """Return the attempt that counts for the member, None where none does."""
    clean = [attempt for attempt in found if not attempt.excluded]
    if rules.scope == "user" and rules.order != "unordered":
        top = max((attempt.level for attempt in found), default=-1)
        clean = [attempt for attempt in clean if attempt.level == top]
    return max(clean, key=lambda attempt: attempt.rank, default=None)


def may_convert(
    search: Search, attempt: Attempt, observed: int, spent: Collection[int] = ()
) -> bool:
    """Tell whether *attempt* would be complete if what is missing came now.

    *observed* is the end of what is known; steps in *spent* cannot come any more,
    because they ask for a first event that there was.
    """
    seen, rules = search.seen, search.rules
    last = len(rules.steps) - 1
    end = FOREVER if attempt.closes is None else attempt.closes
    if (attempt.level == last and not attempt.excluded) or end < observed:
        return False
    asked = rules.exclusions or rules.order == "strict" or any(search.limits) or spent
    if not asked and rules.ties != "increasing":
        return True
    gap = int(rules.ties == "increasing")
    for since in range(attempt.level + 1):
        first = 0 if rules.order == "unordered" else since + 1
        missing = [step for step in range(first, last + 1) if step not in spent]
        more = [Seen(observed + gap * n, (k,)) for n, k in enumerate(missing, 1)]
        further = Search([*seen, *more], rules, search.limits)
        if rules.order != "unordered":
            found = further.chain(attempt.opening, end, last, guarded=True)
        else:
            found = follow(further.places, attempt.opening, rules, end)
            barred = tainted(further.seen, found, rules, end) is not None
            found = None if barred or max(found) < last else found
        if found is not None:
            return True
    return False


def choices(search: Search, found: Sequence[Attempt], step: int) -> set[int]:
    """Return every event that can be *step* in a chain as long as the best one."""
    seen, rules = search.seen, search.rules
    winner = best(found, rules)
    if winner is None or winner.level < step:
        return set()
    equal = [a for a in found if a.level == winner.level and not a.excluded]
    places = {a.chain[step] for a in equal if step in a.chain}
    if rules.order == "unordered" or step == 0:
        return places
    steps = tuple(
        evolve(each, optional=each.optional and k != step)
        for k, each in enumerate(rules.steps)
    )
    needed = evolve(rules, steps=steps)
    for place, event in enumerate(seen):
        if step not in event.steps or place in places:
            continue
        alone = Search(_only(seen, place, step), needed, search.limits)
        for attempt in equal:
            end = FOREVER if attempt.closes is None else attempt.closes
            if alone.chain(attempt.opening, end, winner.level, guarded=True):
                places.add(place)
                break
    return places


def _only(seen: Sequence[Seen], place: int, step: int) -> list[Seen]:
    """Return *seen* with no other event for *step* than the one at *place*."""
    return [
        e if i == place else Seen(e.at, tuple(s for s in e.steps if s != step), e.bars)
        for i, e in enumerate(seen)
    ]
