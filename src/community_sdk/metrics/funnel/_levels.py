"""The level a member reaches as window functions of databases count it (S20).

For parity with `windowFunnel`: an event may be several steps unless told otherwise,
and scanning can end early. Communities are better served by `FunnelRules`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from community_sdk.errors import DefinitionError, nearest
from community_sdk.metrics.funnel._chains import follow
from community_sdk.metrics.funnel._places import Places, Seen
from community_sdk.metrics.funnel._rules import FunnelRules, FunnelStep
from community_sdk.metrics.funnel._search import FOREVER, Closing

__all__ = ["LEVEL_MODES", "window_level"]

LEVEL_MODES: Final = (
    "strict_deduplication",
    "strict_order",
    "strict_increase",
    "strict_once",
    "allow_reentry",
)


def window_level(
    seen: Sequence[Seen],
    steps: int,
    closing: Closing | None,
    modes: Collection[str] = (),
) -> int:
    """Return how many *steps* in a row a member reaches within a window.

    *seen* are the member's events by instant, then position; with ``strict_order``
    also those of no step. *closing* returns the last instant inside the window of an
    opening, None: without end.

    Raises:
        DefinitionError: an unknown mode.
    """
    for mode in modes:
        if mode not in LEVEL_MODES:
            raise DefinitionError(
                f"expected a mode of levels, found `{mode}`",
                code="funnel.mode",
                hint=nearest(mode, LEVEL_MODES),
                found=mode,
            )
    rules = FunnelRules(
        steps=(FunnelStep(),) * steps,
        ties="increasing" if "strict_increase" in modes else "any",
        reuse_event="strict_once" not in modes,
    )
    highest = 0
    for place, event in enumerate(seen):
        if 0 in event.steps:
            end = FOREVER if closing is None else closing(event.at)
            kept = _scanned(seen, place, end, rules, modes)
            chain = follow(Places(kept), min(place, len(kept) - 1), rules, end)
            highest = max(highest, len(chain))
    return highest


def _scanned(
    seen: Sequence[Seen],
    opening: int,
    end: int,
    rules: FunnelRules,
    modes: Collection[str],
) -> Sequence[Seen]:
    """Return the events up to the one at which scanning ends."""
    if not {"strict_deduplication", "strict_order"} & {*modes}:
        return seen
    reached = 0
    for place in range(opening, len(seen)):
        event = seen[place]
        if event.at > end:
            break
        taken = _taken(event, reached, modes) if place > opening else event.steps
        if taken != event.steps or not (taken or "strict_order" not in modes):
            last = Seen(event.at, taken)
            return [*seen[:place], last] if taken else seen[:place]
        chain = follow(Places(seen[: place + 1]), opening, rules, end)
        reached = max(chain)
    return seen


def _taken(event: Seen, reached: int, modes: Collection[str]) -> tuple[int, ...]:
    """Return the steps of *event*, lowest first, up to what ends the scanning.

    *reached* was the last step before it. Fewer than all mean that scanning ends.
    """
    known = [step for step in event.steps if step <= reached]
    if "strict_deduplication" in modes and any(known):
        return ()
    if "strict_order" not in modes or (known and "allow_reentry" in modes):
        return event.steps
    taken: list[int] = []
    for step in sorted(event.steps):
        if step > max(reached, *taken, -1) + 1:
            break
        taken.append(step)
    return tuple(taken)
