"""Funnels by trying every chain there could be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from attrs import frozen

from community_sdk.metrics.funnel import FunnelRules, Seen

__all__ = ["Tried", "attempt", "attempts", "best", "converts"]

NEVER = 1 << 62


@frozen
class Tried:
    """An attempt, found the long way round."""

    opening: int
    level: int
    completed: int
    times: tuple[tuple[int, int], ...]
    excluded: bool
    places: frozenset[tuple[int, int]]


def chains(
    seen: Sequence[Seen], opening: int, rules: FunnelRules, end: int
) -> Iterator[dict[int, int]]:
    """Yield every chain from *opening*: by step, the place of its event."""

    def grow(chain: dict[int, int]) -> Iterator[dict[int, int]]:
        yield chain
        last = max(chain)
        for step in range(last + 1, len(rules.steps)):
            between = rules.steps[last + 1 : step]
            if not all(each.optional for each in between):
                return
            for place, event in enumerate(seen):
                further = {**chain, step: place}
                if step in event.steps and legal(seen, further, rules, end):
                    yield from grow(further)

    yield from grow({0: opening})


def legal(
    seen: Sequence[Seen], chain: dict[int, int], rules: FunnelRules, end: int
) -> bool:
    """Tell whether the last two of *chain* may follow one another."""
    *_, (_, before), (step, place) = sorted(chain.items())
    here, at = seen[before].at, seen[place].at
    within = rules.steps[step].within
    if at > end or at < here or (within is not None and at > here + within.us):
        return False
    if not rules.reuse_event and place in [p for k, p in chain.items() if k != step]:
        return False
    if rules.ties == "increasing":
        return at > here and untouched(seen, chain, rules)
    if rules.ties == "position" and not (place > before or place == before):
        return False
    return untouched(seen, chain, rules)


def untouched(seen: Sequence[Seen], chain: dict[int, int], rules: FunnelRules) -> bool:
    """Tell whether no foreign event lies between two of *chain*, where that counts."""
    if rules.order != "strict":
        return True
    first, last = chain[0], chain[max(chain)]
    if rules.ties == "position":
        between = set(range(first, last + 1))
    else:
        between = {
            p for p, e in enumerate(seen) if seen[first].at < e.at < seen[last].at
        }
    return between <= {*chain.values()}


def bars(
    seen: Sequence[Seen], chain: dict[int, int], rules: FunnelRules, end: int
) -> list[int]:
    """Return the instants of everything that excludes *chain*."""
    found: list[int] = []
    for number, exclusion in enumerate(rules.exclusions):
        if exclusion.after not in chain:
            continue
        since = seen[chain[exclusion.after]].at
        later = [p for step, p in chain.items() if step >= exclusion.before]
        until = min((seen[p].at for p in later), default=end + 1)
        found += [e.at for e in seen if number in e.bars and since < e.at < until]
    return found


def attempt(
    seen: Sequence[Seen], opening: int, rules: FunnelRules, window: int | None
) -> Tried:
    """Return the best of all chains from *opening*."""
    end = NEVER if window is None else seen[opening].at + window
    if rules.order == "unordered":
        return covered(seen, opening, rules, end)
    found = list(chains(seen, opening, rules, end))
    level = max(max(chain) for chain in found)
    top = [chain for chain in found if max(chain) == level]
    clean = [chain for chain in top if not bars(seen, chain, rules, end)]
    ranked = min(rank(seen, chain) for chain in clean or top)
    return Tried(
        opening,
        level,
        ranked[0],
        tuple((step, at) for at, step in ranked[2]),
        not clean,
        frozenset(pair for chain in clean for pair in chain.items()),
    )


def rank(
    seen: Sequence[Seen], chain: dict[int, int]
) -> tuple[int, int, tuple[tuple[int, int], ...]]:
    """Return what decides between chains: the end, the steps, the earliest."""
    times = tuple((seen[place].at, step) for step, place in sorted(chain.items()))
    return (times[-1][0], -len(chain), times)


def covered(seen: Sequence[Seen], opening: int, rules: FunnelRules, end: int) -> Tried:
    """Return how many steps the events from *opening* cover, by each instant."""
    start = seen[opening].at
    first = opening if rules.ties == "position" else 0
    after = [
        p
        for p in range(first, len(seen))
        if start <= seen[p].at <= end and p != opening
    ]
    if rules.ties == "increasing":
        after = [p for p in after if seen[p].at > start]
    times: list[tuple[int, int]] = []
    for at in sorted({start, *(seen[p].at for p in after)}):
        events = [opening, *(p for p in after if seen[p].at <= at)]
        fresh = range(len(times), most(seen, events, rules))
        times.extend((nth, at) for nth in fresh)
    last = times[-1]
    whole = len(times) == len(rules.steps)
    until = last[1] if whole else end + 1
    barred = any(e.bars and start < e.at < until for e in seen)
    return Tried(opening, last[0], last[1], tuple(times), barred, frozenset())


def most(seen: Sequence[Seen], events: Sequence[int], rules: FunnelRules) -> int:
    """Return how many steps distinct *events* cover; one an instant if increasing."""
    if rules.reuse_event and rules.ties != "increasing":
        return len({step for p in events for step in seen[p].steps})
    steps = range(len(rules.steps))
    for size in range(len(rules.steps), 0, -1):
        for chosen in combinations(events, min(size, len(events))):
            times = [seen[p].at for p in chosen]
            if rules.ties == "increasing" and len({*times}) < len(times):
                continue
            if len(chosen) == size and any(
                all(
                    step in seen[p].steps for step, p in zip(order, chosen, strict=True)
                )
                for order in permutations(steps, size)
            ):
                return size
    return 0


def attempts(
    seen: Sequence[Seen], rules: FunnelRules, window: int | None
) -> list[Tried]:
    """Return the attempts that count, by `FunnelRules.entry`."""
    found: list[Tried] = []
    free = 0
    for place, event in enumerate(seen):
        opens = event.steps if rules.order == "unordered" else 0 in event.steps
        if not opens or place < free:
            continue
        tried = attempt(seen, place, rules, window)
        found.append(tried)
        if rules.entry == "first":
            break
        if rules.entry == "totals":
            free = over(seen, tried, rules, window)
    return found


def over(
    seen: Sequence[Seen], tried: Tried, rules: FunnelRules, window: int | None
) -> int:
    """Return from which place a further attempt may open; exclusions are not asked."""
    if tried.level == len(rules.steps) - 1:
        return NEVER
    ends = NEVER if window is None else seen[tried.opening].at + window
    return next((p for p, e in enumerate(seen) if e.at > ends), NEVER)


def best(found: Sequence[Tried], rules: FunnelRules) -> Tried | None:
    """Return the attempt that counts for the member."""
    top = max((tried.level for tried in found), default=-1)
    clean = [tried for tried in found if not tried.excluded]
    if rules.scope == "user" and rules.order != "unordered":
        clean = [tried for tried in clean if tried.level == top]
    return max(clean, key=lambda t: (t.level, -t.completed, t.opening), default=None)


def converts(
    seen: Sequence[Seen], tried: Tried, rules: FunnelRules, window: int, now: int
) -> bool:
    """Tell whether events from *now* on could complete the attempt."""
    last = len(rules.steps) - 1
    if tried.level == last:
        return False
    for size in range(1, last + 1):
        for missing in combinations(range(last + 1), size):
            gap = int(rules.ties == "increasing")
            more = [Seen(now + gap * n, (k,)) for n, k in enumerate(missing, 1)]
            end = attempt([*seen, *more], tried.opening, rules, window)
            if end.level == last and not end.excluded:
                return True
    return False
