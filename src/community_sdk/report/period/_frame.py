"""A period of a chronicle and the one before it, in local days (S22)."""

from __future__ import annotations

from attrs import frozen

from community_sdk.report.period._kept import Kept
from community_sdk.report.period._people import People
from community_sdk.report.period.rows import Stretch

__all__ = ["Frame"]


@frozen
class Frame:
    """The history that was *kept*, its *people*, the period *now* and *before*."""

    kept: Kept
    people: People
    now: Stretch
    before: Stretch

    def bounds(self, span: Stretch) -> tuple[int, int]:
        """Return where *span* begins and ends, in microseconds, the end excluded."""
        start = self.kept.calendar.start
        return start(span.since.toordinal()), start(span.until.toordinal())

    @property
    def last(self) -> int:
        """The last observed day of the period."""
        return min(self.now.until.toordinal() - 1, self.people.last)

    @property
    def begins_unseen(self) -> bool:
        """Whether the history does not reach back before the period."""
        return self.now.since.toordinal() <= self.people.first
