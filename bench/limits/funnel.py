"""An ordered funnel written out by hand: a fold per member, steps never overlap."""

from __future__ import annotations

from collections.abc import Iterable


def levels(
    events: Iterable[tuple[str, int, int]], steps: int, window: int
) -> dict[str, int]:
    """Return the highest step of each member; ties in any order, best attempt wins."""
    by_member: dict[str, list[tuple[int, int]]] = {}
    for member, at, step in events:
        by_member.setdefault(member, []).append((at, step))
    out: dict[str, int] = {}
    for member, seen in by_member.items():
        seen.sort()
        latest = [-1] * steps
        for at, step in seen:
            if step == 0:
                latest[0] = at
            else:
                opening = latest[step - 1]
                if opening >= 0 and at - opening <= window and opening > latest[step]:
                    latest[step] = opening
        reached = max((k for k in range(steps) if latest[k] >= 0), default=-1)
        if reached >= 0:
            out[member] = reached
    return out
