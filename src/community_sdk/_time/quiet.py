"""Hours of the local day in which nobody posts (S05)."""

from __future__ import annotations

import re
from datetime import time
from typing import Final

from attrs import Factory, field, frozen

from community_sdk._time.instants import SECOND
from community_sdk.errors import DefinitionError

__all__ = ["QuietHours"]

_HOURS: Final = re.compile(
    r"\s*((?:[01]\d|2[0-3]):[0-5]\d)\s*-\s*((?:[01]\d|2[0-3]):[0-5]\d)\s*", re.ASCII
)


def _of_day(clock: time) -> int:
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return seconds * SECOND + clock.microsecond


@frozen
class QuietHours:
    """Hours of the local day in which nobody posts, ``[start, end)``, in minutes.

    *end* before *start* passes midnight. Equal ends are refused: say so with no quiet
    hours at all.

    Raises:
        DefinitionError: equal ends, seconds, or times with a zone of their own.
    """

    start: time
    end: time
    _since: int = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: _of_day(self.start), takes_self=True),
    )
    _until: int = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: _of_day(self.end), takes_self=True),
    )

    def __attrs_post_init__(self) -> None:
        """Refuse an empty stretch, and what the text form cannot say."""
        if self.start == self.end:
            raise DefinitionError(
                f"expected quiet hours that begin and end apart, found `{self}`",
                code="time.quiet_hours",
                found=str(self),
            )
        for clock in (self.start, self.end):
            if clock.second or clock.microsecond or clock.tzinfo is not None:
                raise DefinitionError(
                    f"expected quiet hours in whole local minutes, found `{clock}`",
                    code="time.quiet_hours",
                    found=str(clock),
                )

    @classmethod
    def parse(cls, text: str, /) -> QuietHours:
        """Read ``23:00-07:00``.

        Raises:
            DefinitionError: *text* names no two times of day.
        """
        match = _HOURS.fullmatch(text)
        if match is None:
            raise DefinitionError(
                f"expected quiet hours such as `23:00-07:00`, found `{text}`",
                code="time.quiet_hours",
                hint="midnight is `00:00`" if "24:00" in text else "",
                found=text,
            )
        return cls(time.fromisoformat(match[1]), time.fromisoformat(match[2]))

    def __str__(self) -> str:
        """Print the text that parses back to the same value."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    @property
    def overnight(self) -> bool:
        """Whether they pass midnight."""
        return self._since > self._until

    def cover(self, clock: time) -> bool:
        """Tell whether the local time of day *clock* is quiet."""
        return self.cover_micros(_of_day(clock))

    def cover_micros(self, us: int) -> bool:
        """Tell whether the time of day *us* microseconds after midnight is quiet."""
        if self.overnight:
            return us >= self._since or us < self._until
        return self._since <= us < self._until
