"""Hours of the local day in which nobody posts (S05)."""

from __future__ import annotations

import re
from datetime import time
from typing import Final

from attrs import Factory, field

from community_sdk._time.instants import SECOND
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError

__all__ = ["QuietHours"]

_CLOCK: Final = r"((?:[01]\d|2[0-3]):[0-5]\d)"
_HOURS: Final = re.compile(
    rf"\s*([\[(]?)\s*{_CLOCK}\s*-\s*{_CLOCK}\s*([\])]?)\s*", re.ASCII
)


def _of_day(clock: time) -> int:
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return seconds * SECOND + clock.microsecond


@frozen
class QuietHours:
    """Hours of the local day in which nobody posts, ``[start, end)``, in minutes.

    *end* before *start* passes midnight. Equal ends are refused: say so with no quiet
    hours at all. *start_inclusive* and *end_inclusive* move the edges: whether the
    very instant of the clock time belongs to the hours.

    Raises:
        DefinitionError: equal ends, seconds, or times with a zone of their own.
    """

    start: time
    end: time
    start_inclusive: bool = field(default=True, kw_only=True)
    end_inclusive: bool = field(default=False, kw_only=True)
    _since: int = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(
            lambda self: _of_day(self.start) + (not self.start_inclusive),
            takes_self=True,
        ),
    )
    _until: int = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(
            lambda self: _of_day(self.end) + self.end_inclusive, takes_self=True
        ),
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
        """Read ``23:00-07:00``; brackets as in ``(23:00-07:00]`` say other edges.

        A round one leaves its clock time out, a square one takes it in.

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
        return cls(
            time.fromisoformat(match[2]),
            time.fromisoformat(match[3]),
            start_inclusive=match[1] != "(",
            end_inclusive=match[4] == "]",
        )

    def __str__(self) -> str:
        """Print the text that parses back to the same value."""
        hours = f"{self.start:%H:%M}-{self.end:%H:%M}"
        if self.start_inclusive and not self.end_inclusive:
            return hours
        first = "[" if self.start_inclusive else "("
        return f"{first}{hours}{']' if self.end_inclusive else ')'}"

    @property
    def overnight(self) -> bool:
        """Whether they pass midnight."""
        return self.start > self.end

    def began_before(self, clock: time) -> bool:
        """Tell whether *clock* is in the part that began on the day before."""
        return self.overnight and _of_day(clock) < self._until

    def cover(self, clock: time) -> bool:
        """Tell whether the local time of day *clock* is quiet."""
        return self.cover_micros(_of_day(clock))

    def cover_micros(self, us: int) -> bool:
        """Tell whether the time of day *us* microseconds after midnight is quiet."""
        if self.overnight:
            return us >= self._since or us < self._until
        return self._since <= us < self._until
