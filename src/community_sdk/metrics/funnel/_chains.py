"""The longest chain of events from one opening, by the order of a funnel (S20).

Whoever is further along at an instant is never worse off, so each instant is taken as
far as it goes: exact as long as nothing excludes and no step is optional or has a
limit (`Search` is for those).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from community_sdk.metrics.funnel._rules import FunnelRules

__all__ = ["Chain", "Seen", "follow"]


class Seen(NamedTuple):
    """An event of one member: its instant, and the steps and exclusions it matches."""

    at: int
    steps: tuple[int, ...]
    bars: tuple[int, ...] = ()


Chain = dict[int, int]
"""By step (unordered: by the number of the step done), the place of its event."""


def follow(seen: Sequence[Seen], opening: int, rules: FunnelRules, end: int) -> Chain:
    """Return the longest chain from the event at *opening*, not beyond *end*.

    Optional steps, limits and exclusions are not asked, nor is strict order.
    """
    walk = _unordered if rules.order == "unordered" else _ordered
    return walk(seen, opening, rules, end)


def _instants(
    seen: Sequence[Seen], opening: int, rules: FunnelRules, end: int
) -> Iterator[list[int]]:
    """Yield the places of each instant from the opening's on.

    The opening itself is left out, unless an event may be several steps.
    """
    first, again = opening, rules.reuse_event
    if rules.ties != "position":
        while first and seen[first - 1].at == seen[opening].at:
            first -= 1
    i = first
    while i < len(seen) and seen[i].at <= end:
        j = i + 1
        while j < len(seen) and seen[j].at == seen[i].at:
            j += 1
        yield [k for k in range(i, j) if again or k != opening]
        i = j


def _ordered(seen: Sequence[Seen], opening: int, rules: FunnelRules, end: int) -> Chain:
    chain, last = {0: opening}, len(rules.steps) - 1
    for places in _instants(seen, opening, rules, end):
        if rules.ties == "increasing":
            if places and seen[places[0]].at > seen[opening].at:
                _one_by_one(chain, places, seen, rules, most=1)
        elif rules.ties == "position":
            _one_by_one(chain, places, seen, rules)
        elif rules.reuse_event:
            _reuse(chain, places, seen, rules)
        else:
            _together(chain, places, seen, rules)
        if max(chain) == last:
            break
    return chain


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


def _unordered(
    seen: Sequence[Seen], opening: int, rules: FunnelRules, end: int
) -> Chain:
    """Cover as many steps as distinct events can, whichever comes first."""
    nodes, taken = [(opening, seen[opening].steps)], dict[int, int]()
    _grow(nodes, taken)
    again = rules.reuse_event and rules.ties != "increasing"
    covered = set(seen[opening].steps if again else taken)
    chain = dict.fromkeys(range(len(covered)), opening)
    for places in _instants(seen, opening, rules, end):
        if rules.ties == "increasing":
            if not places or seen[places[0]].at == seen[opening].at:
                continue
            steps = {s for p in places for s in seen[p].steps}
            group = [(places[0], tuple(steps))]
        else:
            group = [(p, seen[p].steps) for p in places]
        for place, steps_of in group:
            if again:
                grown = len({*steps_of} - covered)
                covered.update(steps_of)
            elif sum(known == steps_of for _, known in nodes) >= len(steps_of):
                continue  # as many events that are alike cannot all be of use
            else:
                nodes.append((place, steps_of))
                grown = int(_grow(nodes, taken))
            for _ in range(grown):
                chain[len(chain)] = place
        if len(chain) == len(rules.steps):
            break
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
