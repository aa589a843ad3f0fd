"""Recurring local times, such as three evenings a week (S05 S14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from attrs import field
from dateutil.relativedelta import relativedelta
from dateutil.tz import resolve_imaginary

from community_sdk._time.instants import instant, micros, out_of_range
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError, nearest

__all__ = ["Schedule"]

_KEYS: Final = (
    "FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE",
)  # fmt: skip
_STEPS: Final = {
    "DAILY": ("days", 1),
    "WEEKLY": ("days", 7),
    "MONTHLY": ("months", 1),
    "YEARLY": ("months", 12),
}
_ANCHOR: Final = datetime(1970, 1, 5)  # noqa: DTZ001 - a local Monday
_MONTHS_ANCHOR: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - a local first of month
_LATER: Final = datetime(1999, 1, 1)  # noqa: DTZ001 - local, years later
_CLOCK: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
_PARTS: Final = re.compile(r"[A-Z]+=[A-Z0-9,+-]+(?:;[A-Z]+=[A-Z0-9,+-]+)*", re.ASCII)


@frozen
class Schedule:
    """A rule of RFC 5545 by the local clock: ``FREQ=WEEKLY;BYDAY=TU,TH;BYHOUR=20``.

    The times are those of the local day, at minute 0 and at 0 h unless said. *INTERVAL*
    counts from the Monday 5 January 1970, months and years from January 1970. A time
    that a clock change skips moves forward by the length of the gap; of one that comes
    twice the first counts.

    Raises:
        DefinitionError: no such rule, one that ends, or one of hours and less.
    """

    text: str
    _rule: Any = field(init=False, eq=False)
    _step: tuple[str, int] = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Read the rule, refusing what would not go on or would never come."""
        pairs = self._pairs()
        unit, step = _STEPS[pairs["FREQ"]]
        every = step * int(pairs.get("INTERVAL", "1"))
        object.__setattr__(self, "_step", (unit, every))
        object.__setattr__(self, "_rule", self._read(pairs))
        if every < 1 or self._rule.after(_LATER) is None:
            raise self._wrong("")

    def _pairs(self) -> dict[str, str]:
        if _PARTS.fullmatch(self.text) is None:
            raise self._wrong("")
        pairs = dict(part.split("=", 1) for part in self.text.split(";"))
        unknown = [key for key in pairs if key not in _KEYS]
        if unknown or pairs.get("FREQ") not in _STEPS:
            word = unknown[0] if unknown else pairs.get("FREQ", "")
            raise self._wrong(nearest(word, _KEYS if unknown else _STEPS))
        if not pairs.get("INTERVAL", "1").isdecimal():
            raise self._wrong("")
        return pairs

    def _read(self, pairs: Mapping[str, str]) -> Any:
        from dateutil.rrule import rrulestr  # noqa: PLC0415 - dear, rarely asked

        clock = (f";{key}=0" for key in _CLOCK if key not in pairs)
        start = _ANCHOR if self._step[0] == "days" else _MONTHS_ANCHOR
        try:
            return rrulestr(self.text + "".join(clock), dtstart=start)
        except (ValueError, TypeError):
            raise self._wrong("") from None

    def _wrong(self, hint: str) -> DefinitionError:
        return DefinitionError(
            "expected a schedule such as `FREQ=WEEKLY;BYDAY=TU,TH,SU;BYHOUR=20`,"
            f" found `{self.text}`",
            code="time.schedule",
            hint=hint,
            found=self.text,
        )

    @classmethod
    def parse(cls, text: str, /) -> Schedule:
        """Read a schedule.

        Raises:
            DefinitionError: *text* is none.
        """
        return cls(text.strip())

    def __str__(self) -> str:
        """Print the text that parses back to the same value."""
        return self.text

    def __repr__(self) -> str:
        """Show the text."""
        return f"Schedule({self.text!r})"

    def after(self, us: int, where: tzinfo) -> int:
        """Return the first time of the schedule later than *us*, by the clock *where*.

        Raises:
            HistoryError: there is none before the year 9999.
        """
        local = instant(us).astimezone(where).replace(tzinfo=None)
        rule = self._rule.replace(dtstart=self._start(local))
        # A clock that was set back or forward may lead to an instant already past.
        found = rule.after(local - timedelta(days=1))
        while found is not None:
            at = micros(_there(found, where))
            if at > us:
                return at
            found = rule.after(found)
        raise out_of_range()

    def _start(self, local: datetime) -> datetime:
        """Return a beginning shortly before *local*, in step with the first."""
        unit, every = self._step
        if unit == "days":
            steps = (local - _ANCHOR).days // every - 1
            return _ANCHOR + timedelta(days=every * max(steps, 0))
        months = (local.year - 1970) * 12 + local.month - 1
        steps = max(months // every - 1, 0)
        return _MONTHS_ANCHOR + relativedelta(months=every * steps)


def _there(local: datetime, where: tzinfo) -> datetime:
    return resolve_imaginary(local.replace(tzinfo=where)).astimezone(UTC)
