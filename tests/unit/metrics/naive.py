"""A list of everything a member did, counted anew each time: slow and plainly right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC

from attrs import define, field

from community_sdk._time import DAY, Calendar, Window, WindowKind
from community_sdk.metrics import Rolling, WindowPlan
from community_sdk.metrics.plan import CUT

START = 20_089 * DAY  # a Sunday at the beginning of 2025
LATENESS = 3 * DAY
SLOTS = 3
FIRST_WINDOWS = ("2h", "30h", "1d", "4d", "week", "half_month", "since_join")
LATER_WINDOWS = ("5h", "6d", "month", "since_tier", "10d")


@define
class Entry:
    """One event as it was told."""

    slot: int
    us: int
    amount: int


@define
class Twin:
    """The windows under test beside the list; both are told and asked the same."""

    now: int = START
    plan: WindowPlan = field(factory=lambda: WindowPlan(LATENESS))
    calendar: Calendar = field(factory=lambda: Calendar(UTC))
    entries: list[Entry] = field(factory=list[Entry])
    undated: list[Entry] = field(factory=list[Entry])
    begins: dict[WindowKind, int] = field(
        factory=lambda: {WindowKind.SINCE_JOIN: 0, WindowKind.SINCE_TIER: 0}
    )
    windows: dict[Window, int] = field(factory=dict[Window, int])
    rolling: Rolling = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Plan the first windows for every slot, and all that lasts."""
        for slot in range(SLOTS):
            self.plan.slot((f"kind{slot}", "member", ()))
            for what in ("life", "paid", "last", "days", "old_days", "run"):
                self.plan.keep(slot, what)
        for text in FIRST_WINDOWS:
            self.plan_window(Window.parse(text))
        self.rolling = Rolling(self.plan)

    def plan_window(self, window: Window, known_from: int = 0) -> None:
        """Count every slot in *window*, with its amounts."""
        for slot in range(SLOTS):
            self.plan.count(slot, window, amount=True)
        self.windows[window] = known_from

    def grow(self, text: str) -> None:
        """Plan one more window: it counts what is still kept."""
        window = Window.parse(text)
        if window not in self.windows:
            self.plan_window(window, self.rolling.nums[CUT])
            self.rolling.fit()

    def post(self, slot: int, back: int, amount: int) -> None:
        """Tell an event that happened *back* microseconds ago."""
        us = max(self.now - back, 0)
        self.entries.append(Entry(slot, us, amount))
        self.rolling.add(slot, us, amount, self.calendar.day(us))

    def begin(self, window: Window) -> int:
        """Where *window* begins now."""
        if window.rolling:
            return self.calendar.since(window, self.now)
        return self.begins[window.kind]

    def turn(self) -> None:
        """Let every window begin where it begins now."""
        for window in self.windows:
            w, bound = self.plan.window(window), self.begin(window)
            if window.rolling:
                self.rolling.move(w, bound)
            else:
                self.rolling.rebase(w, bound)

    def compact(self) -> None:
        """Drop what nobody needs."""
        begins = [self.begin(window) for window in self.plan.windows]
        self.rolling.compact(self.now, self.calendar.day(self.now), begins)

    def store(self) -> None:
        """Leave the process and come back."""
        self.rolling = Rolling.restore(
            self.plan, json.loads(json.dumps(self.rolling.plain()))
        )

    def figures(self) -> Iterator[tuple[str, object, object]]:
        """Yield what is asked, the answer of the windows and that of the list."""
        self.turn()
        nums, plan = self.rolling.nums, self.plan
        for slot in range(SLOTS):
            mine = [e for e in self.entries if e.slot == slot]
            for window, known_from in self.windows.items():
                begin = max(self.begin(window), known_from)
                inside = [e.amount for e in mine if e.us >= begin]
                count = plan.count(slot, window)
                paid = plan.count(slot, window, amount=True)
                yield f"count {slot} {window}", nums[count], len(inside)
                yield f"total {slot} {window}", nums[paid], sum(inside)
            yield from self._lasting(slot, mine)

    def _lasting(
        self, slot: int, mine: list[Entry]
    ) -> Iterator[tuple[str, object, object]]:
        nums, kept = self.rolling.nums, self.plan.kept[slot]
        whole = mine + [e for e in self.undated if e.slot == slot]
        days = {self.calendar.day(e.us) for e in mine}
        yield f"life {slot}", nums[kept.life], len(whole)
        yield f"paid {slot}", nums[kept.paid], sum(e.amount for e in whole)
        yield f"last {slot}", nums[kept.last], max((e.us for e in mine), default=-1)
        found = nums[kept.days].bit_count() + nums[kept.old_days]
        yield f"days {slot}", found, len(days)
