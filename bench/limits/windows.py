"""Rolling windows as people write them: a deque per kind, for events in order."""

from __future__ import annotations

from collections import deque

KINDS = 8
MONTH = 30 * 86_400_000_000
HUNDRED_DAYS = 100


class Deques:
    """Counts per kind over 30 days, and days with the first kind of a hundred."""

    __slots__ = ("days", "kinds")

    def __init__(self) -> None:
        self.kinds: dict[int, deque[int]] = {k: deque() for k in range(KINDS)}
        self.days: deque[int] = deque()

    def add(self, kind: int, us: int, day: int) -> None:
        """Count one event."""
        self.kinds[kind].append(us)
        if kind == 0:
            days = self.days
            if not days or days[-1] != day:
                days.append(day)

    def count(self, kind: int, now: int) -> int:
        """Return how many of *kind* there were in the last 30 days."""
        entries, since = self.kinds[kind], now - MONTH
        while entries and entries[0] <= since:
            entries.popleft()
        return len(entries)

    def active(self, day: int) -> int:
        """Return how many days were active."""
        days, since = self.days, day - HUNDRED_DAYS
        while days and days[0] <= since:
            days.popleft()
        return len(days)
