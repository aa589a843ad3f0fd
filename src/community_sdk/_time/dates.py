"""Hours and dates that people work by: local clock, local calendar (S07 S10)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from community_sdk._values import frozen
from community_sdk.errors import DefinitionError

__all__ = ["Dates", "Hours"]

_HOURS: Final = re.compile(
    r"\s*([01]\d|2[0-3]):([0-5]\d)\s*-\s*(?:(24):(00)|([01]\d|2[0-3]):([0-5]\d))\s*",
    re.ASCII,
)
_DATE: Final = r"\d{4}-\d\d-\d\d"
_DATES: Final = re.compile(rf"\s*({_DATE})(?:\s*\.\.\s*({_DATE}))?\s*", re.ASCII)
_MIDNIGHT: Final = 24 * 60


@frozen
class Hours:
    """Working hours of a local day, ``[start, end)``, in minutes after midnight.

    *end* at or before *start* lies on the next day; ``00:00-24:00`` is the whole day.

    Raises:
        DefinitionError: no such minutes, or ends that are equal.
    """

    start: int
    end: int

    def __attrs_post_init__(self) -> None:
        """Refuse what the text form cannot say."""
        start, end = self.start, self.end
        if not (0 <= start < _MIDNIGHT and 0 <= end <= _MIDNIGHT) or start == end:
            raise DefinitionError(
                f"expected hours that begin and end apart, found `{self}`",
                code="time.hours",
                hint="for the whole day write `00:00-24:00`",
                found=str(self),
            )

    @classmethod
    def parse(cls, text: str, /) -> Hours:
        """Read ``09:00-18:00``, ``22:00-06:00`` or ``00:00-24:00``.

        Raises:
            DefinitionError: *text* names no hours.
        """
        match = _HOURS.fullmatch(text)
        if match is None:
            raise DefinitionError(
                f"expected hours such as `09:00-18:00`, found `{text}`",
                code="time.hours",
                hint="write two local times in 24 hours, from `00:00` to `24:00`",
                found=text,
            )
        hour, minute, *rest = [int(part) for part in match.groups() if part is not None]
        return cls(hour * 60 + minute, rest[0] * 60 + rest[1])

    def __str__(self) -> str:
        """Print the text that parses back to the same value."""
        both = (divmod(self.start, 60), divmod(self.end, 60))
        return "-".join(f"{hour:02}:{minute:02}" for hour, minute in both)

    @property
    def overnight(self) -> bool:
        """Whether they end on the next day."""
        return self.end <= self.start


@frozen
class Dates:
    """A local date, or a run of dates; *first* and *last* both belong to it.

    Raises:
        DefinitionError: *last* is before *first*.
    """

    first: date
    last: date

    def __attrs_post_init__(self) -> None:
        """Refuse a run that ends before it begins."""
        if self.last < self.first:
            raise DefinitionError(
                f"expected dates that end after they begin, found `{self}`",
                code="time.dates",
                hint="write the earlier date first",
                found=str(self),
            )

    @classmethod
    def parse(cls, text: str, /) -> Dates:
        """Read ``2026-10-01`` or ``2026-10-01..2026-10-07``.

        Raises:
            DefinitionError: *text* names no dates of the calendar.
        """
        match = _DATES.fullmatch(text)
        try:
            if match is not None:
                first = date.fromisoformat(match[1])
                return cls(first, date.fromisoformat(match[2] or match[1]))
        except ValueError as error:
            if isinstance(error, DefinitionError):
                raise
        raise DefinitionError(
            f"expected dates such as `2026-10-01` or `2026-10-01..2026-10-07`,"
            f" found `{text}`",
            code="time.dates",
            hint="write year, month and day; two dots between the first and the last",
            found=text,
        )

    def __str__(self) -> str:
        """Print the text that parses back to the same value."""
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    def __contains__(self, day: object) -> bool:
        """Tell whether the local date *day*, an ordinal, is one of them."""
        since, until = self.first.toordinal(), self.last.toordinal()
        return isinstance(day, int) and since <= day <= until

    @property
    def days(self) -> int:
        """How many dates they are."""
        return self.last.toordinal() - self.first.toordinal() + 1
