"""Members' timers in the order in which they fire: instant, phase, member."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

from community_sdk.state import NEVER, MemberState

__all__ = ["Wheel"]


class Wheel:
    """A queue of members by their next due instant; stale entries are passed over."""

    __slots__ = ("_heap",)

    def __init__(self) -> None:
        """Begin with nobody."""
        self._heap: list[tuple[int, str]] = []

    def put(self, member: MemberState) -> None:
        """Queue *member* for its next timer, unless it is queued for it already."""
        due = member.next_due
        if due < NEVER and due != member.queued:
            heappush(self._heap, (due, str(member.id)))
            member.queued = due

    def ready(
        self, limit: int, phase: int, find: Callable[[str], MemberState | None]
    ) -> list[MemberState]:
        """Take the members whose timers fire first up to *phase* of *limit*.

        They share instant and phase and are sorted by name.
        """
        heap, waiting = self._heap, list[tuple[int, str]]()
        found: list[tuple[int, str, MemberState]] = []
        while not found and heap and heap[0][0] <= limit:
            due = heap[0][0]
            names: set[str] = set()
            while heap and heap[0][0] == due:
                names.add(heappop(heap)[1])
            for name in sorted(names):
                member = find(name)
                # Under the name of an account that was merged it would come up twice.
                if member is None or member.id != name or member.next_due != due:
                    continue
                timer = member.due(limit, phase)
                if timer is None:
                    waiting.append((due, name))
                else:
                    found.append((timer[1], name, member))
        for entry in waiting:
            heappush(heap, entry)
        first = min((late for late, _, _ in found), default=0)
        for late, _, member in found:
            member.queued = -1
            if late != first:
                self.put(member)
        return [member for late, _, member in found if late == first]

    def copy(self) -> Wheel:
        """Return a queue of the same members."""
        other = Wheel()
        other._heap = list(self._heap)
        return other
