"""The longest chain of events from one opening, by the order of a funnel (S20).

Whoever is further along at an instant is never worse off, so each instant is taken as
far as it goes: exact as long as nothing excludes and no step is optional or has a
limit (`Search` is for those).
"""

from __future__ import annotations

from collections.abc import Sequence

from community_sdk.metrics.funnel._places import Places, Seen
from community_sdk.metrics.funnel._rules import FunnelRules

__all__ = ["Chain", "follow"]


Chain = dict[int, int]
"""By step (unordered: by the number of the step done), the place of its event."""


def follow(places: Places, opening: int, rules: FunnelRules, end: int) -> Chain:
    """Return the longest chain from the event at *opening*, not beyond *end*.

    Optional steps, limits and exclusions are not asked, nor is strict order.
    """
    walk = _unordered if rules.order == "unordered" else _ordered
    return walk(places, opening, rules, end)


def _ordered(places: Places, opening: int, rules: FunnelRules, end: int) -> Chain:
    seen, chain, last = places.seen, {0: opening}, len(rules.steps) - 1
    since = opening if rules.ties == "position" else places.instant(opening).start
    while max(chain) < last:
        # Nothing else than the next step leads on, so only its instants are looked at.
        found = places.next(max(chain) + 1, since)
        if found is None or seen[found].at > end:
            break
        tied, since = _others(places, found, since, opening, rules)
        if rules.ties == "increasing":
            if tied and seen[found].at > seen[opening].at:
                _one_by_one(chain, tied, seen, rules, most=1)
        elif rules.ties == "position":
            _one_by_one(chain, tied, seen, rules)
        elif rules.reuse_event:
            _reuse(chain, tied, seen, rules)
        else:
            _together(chain, tied, seen, rules)
    return chain


def _others(
    places: Places, found: int, since: int, opening: int, rules: FunnelRules
) -> tuple[list[int], int]:
    """Return the places of an instant from *since* on, and where the next begins.

    The opening itself is left out, unless an event may be several steps.
    """
    own = places.instant(found)
    kept = range(max(own.start, since), own.stop)
    return [k for k in kept if rules.reuse_event or k != opening], own.stop


def _reuse(
    chain: Chain, places: Sequence[int], seen: Sequence[Seen], rules: FunnelRules
) -> None:
    """Let the events of one instant satisfy as many steps as they match."""
    for step in range(max(chain) + 1, len(rules.steps)):
        place = next((p for p in places if step in seen[p].steps), None)
        if place is None:
            return
        chain[step] = place


def _one_by_one(
    chain: Chain,
    places: Sequence[int],
    seen: Sequence[Seen],
    rules: FunnelRules,
    most: int = 1 << 30,
) -> None:
    """Take events by position, each for one step (or more, where reused)."""
    left = most
    for place in places:
        while left and max(chain) + 1 in seen[place].steps:
            chain[max(chain) + 1], left = place, left - 1
            if not rules.reuse_event:
                break


def _together(
    chain: Chain, places: Sequence[int], seen: Sequence[Seen], rules: FunnelRules
) -> None:
    """Cover as many further steps as distinct events of one instant can."""
    taken: dict[int, int] = {}
    nodes = [(p, seen[p].steps) for p in places]
    for step in range(max(chain) + 1, len(rules.steps)):
        if not augment(step, nodes, taken, set()):
            break
    chain.update({step: place for place, step in taken.items()})


def augment(
    step: int,
    nodes: Sequence[tuple[int, tuple[int, ...]]],
    taken: dict[int, int],
    tried: set[int],
) -> bool:
    """Give *step* an event of *nodes*, moving others to theirs where that helps."""
    for place, steps in nodes:
        if step in steps and place not in tried:
            tried.add(place)
            if place not in taken or augment(taken[place], nodes, taken, tried):
                taken[place] = step
                return True
    return False


def _unordered(places: Places, opening: int, rules: FunnelRules, end: int) -> Chain:
    """Cover as many steps as distinct events can, whichever comes first."""
    seen, increasing = places.seen, rules.ties == "increasing"
    nodes, taken = [(opening, seen[opening].steps)], dict[int, int]()
    _grow(nodes, taken)
    again = rules.reuse_event and not increasing
    covered = set(seen[opening].steps if again else taken)
    chain = dict.fromkeys(range(len(covered)), opening)
    own = places.instant(opening)
    since = own.stop if increasing else own.start
    since = opening if rules.ties == "position" else since
    for place, steps in places.useful(since, together=increasing):
        if seen[place].at > end or len(chain) == len(rules.steps):
            break
        if again:
            grown = len({*steps} - covered)
            covered.update(steps)
        elif place == opening:
            continue
        else:
            nodes.append((place, steps))
            grown = int(_grow(nodes, taken))
        for _ in range(grown):
            chain[len(chain)] = place
    return chain


def _grow(nodes: list[tuple[int, tuple[int, ...]]], taken: dict[int, int]) -> bool:
    """Match one more step, if the newest event makes that possible.

    *taken* is by step here, so that events are moved and steps stay covered.
    """
    by_step: list[tuple[int, tuple[int, ...]]] = [
        (step, tuple(p for p, steps in nodes if step in steps))
        for step in {s for _, steps in nodes for s in steps}
    ]
    return augment(nodes[-1][0], by_step, taken, set())
