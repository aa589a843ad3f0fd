"""What member and community partitions share: timers, slices, windows."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final, cast

from community_sdk.metrics import Rolling, WindowPlan

__all__ = ["NEVER", "Partition", "Timer"]

NEVER: Final = 1 << 62
Timer = tuple[int, int, str]
"""Due instant, phase (0 before, 1 after), key."""


class Partition:
    """One independently stored piece of state; plain builtins at its border.

    Attributes:
        timers: by key, the due instant (microseconds) and the phase.
        slices: by policy key, what the policy remembers (JSON-ready builtins); that
            of a policy which the playbook no longer has stays, untouched.
        next_due: the earliest due instant, `NEVER` without timers; *queued*: the one
            that the engine's queue knows of.
    """

    __slots__ = ("next_due", "queued", "rolling", "slices", "timers")

    def __init__(self, plan: WindowPlan) -> None:
        """Begin with nothing."""
        self.timers: dict[str, tuple[int, int]] = {}
        self.slices: dict[str, Any] = {}
        self.rolling = Rolling(plan)
        self.next_due = NEVER
        self.queued = -1

    def set_timer(self, key: str, due: int, phase: int = 0) -> None:
        """Set or replace the timer called *key*."""
        replaced = self.timers.get(key)
        self.timers[key] = (due, phase)
        if due < self.next_due:
            self.next_due = due
        elif replaced is not None:
            self._refresh()

    def clear_timer(self, key: str) -> None:
        """Forget the timer called *key*, if there is one."""
        if self.timers.pop(key, None) is not None:
            self._refresh()

    def _refresh(self) -> None:
        self.next_due = min((due for due, _ in self.timers.values()), default=NEVER)

    def due(self, now: int, phase: int = 0) -> Timer | None:
        """Return the first timer that fires when time stands at *now*.

        Phase 0 fires at its instant, phase 1 once time has passed beyond it; *phase* 1
        asks for those of *now* as well.
        """
        if self.next_due > now:
            return None
        ready = [
            (due, late, key)
            for key, (due, late) in self.timers.items()
            if due < now or (due == now and late <= phase)
        ]
        return min(ready, default=None)

    def plain_shared(self) -> dict[str, object]:
        """Return timers, slices and windows as builtins, empty ones left out."""
        out: dict[str, object] = {}
        if self.timers:
            out["timers"] = [[k, *v] for k, v in sorted(self.timers.items())]
        kept = {k: v for k, v in sorted(self.slices.items()) if v is not None}
        if kept:
            out["slices"] = deepcopy(kept)
        windows = self.rolling.plain()
        if windows != {"stamps": []}:
            out["windows"] = windows
        return out

    def restore_shared(self, plan: WindowPlan, plain: Mapping[str, object]) -> None:
        """Take over what `plain_shared` returned."""
        timers = cast("list[tuple[str, int, int]]", plain.get("timers", ()))
        self.timers = {key: (due, phase) for key, due, phase in timers}
        self._refresh()
        self.slices = deepcopy(cast("dict[str, Any]", plain.get("slices", {})))
        windows = plain.get("windows")
        if windows is not None:
            self.rolling = Rolling.restore(plan, cast("Mapping[str, object]", windows))
