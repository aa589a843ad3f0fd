"""Lengths of time: durations run on from an anchor, windows look back (S05 S08)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from enum import Enum
from typing import Final

from dateutil.relativedelta import relativedelta
from dateutil.tz import resolve_imaginary

from community_sdk._time.instants import DAY, SECOND, instant, micros, out_of_range
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError, nearest

__all__ = ["Duration", "Window", "WindowKind"]

_EXACT: Final = {
    "us": 1,
    "s": SECOND,
    "min": 60 * SECOND,
    "h": 3_600 * SECOND,
    "d": DAY,
    "w": 7 * DAY,
}
_MONTHS: Final = {"month": 1, "months": 1, "year": 12, "years": 12}
_WORDS: Final = {
    "second": "s", "seconds": "s", "sec": "s", "minute": "min", "minutes": "min",
    "hour": "h", "hours": "h", "day": "d", "days": "d", "week": "w", "weeks": "w",
}  # fmt: skip
_AMOUNT: Final = re.compile(r"\s*(\d{1,20})\s*([A-Za-z]+)\s*", re.ASCII)
_LIMIT: Final = 1_000 * 366 * DAY
_LIMIT_MONTHS: Final = 1_000 * 12
_LONG_AGO: Final = micros(datetime(2, 1, 2, tzinfo=UTC))
_FOR_EVER: Final = micros(datetime(9998, 12, 30, tzinfo=UTC))


def _amount(text: str, what: str, example: str) -> tuple[int, str]:
    match = _AMOUNT.fullmatch(text)
    unit = "" if match is None else match[2]
    unit = _WORDS.get(unit, unit)
    if match is None or (unit not in _EXACT and unit not in _MONTHS):
        known = (*_EXACT, *_MONTHS)
        hint = "`m` is minutes or months: write `min` or `month`" if unit == "m" else ""
        raise DefinitionError(
            f"expected {what} such as {example}, found `{text}`",
            code="time.duration" if what == "a duration" else "time.window",
            hint=hint or (nearest(unit, known) if unit else ""),
            found=text,
        )
    return int(match[1]), unit


@frozen(cache_hash=True)
class Duration:
    """A length of time: exact microseconds, or calendar months.

    ``30d`` is 30 × 24 hours; ``1 month`` and ``1 year`` follow the calendar of the
    zone, are computed from the anchor and clamped to the end of the month: 31 January
    + 1 month is the last of February, + 2 months is 31 March. A month never drifts.
    An exact length over 1,000 years is for ever: it ends in the year 9998.

    Raises:
        DefinitionError: none, both, a negative length or over 12,000 months.
    """

    us: int = 0
    months: int = 0

    def __attrs_post_init__(self) -> None:
        """Refuse mixed, negative and absurd lengths."""
        if bool(self.us) == bool(self.months) or min(self.us, self.months) < 0:
            raise DefinitionError(
                "expected a duration of either exact time or months, longer than zero",
                code="time.duration_empty",
            )
        if self.months > _LIMIT_MONTHS:
            raise DefinitionError(
                "expected a duration of at most 12,000 months",
                code="time.duration_long",
            )

    @classmethod
    def parse(cls, text: str, /) -> Duration:
        """Read ``90d``, ``24h``, ``15 min``, ``1 month``, ``2 years``.

        Raises:
            DefinitionError: *text* is no duration.
        """
        number, unit = _amount(text, "a duration", "`90d`, `24h` or `1 month`")
        if number == 0:
            raise DefinitionError(
                f"expected a duration longer than zero, found `{text}`",
                code="time.duration_empty",
                found=text,
            )
        if unit in _MONTHS:
            return cls(months=number * _MONTHS[unit])
        return cls(us=number * _EXACT[unit])

    def __str__(self) -> str:
        """Print the shortest text that parses back to the same value."""
        if self.months:
            return f"{self.months} month{'s' if self.months > 1 else ''}"
        for unit in ("d", "h", "min", "s"):
            if self.us % _EXACT[unit] == 0:
                return f"{self.us // _EXACT[unit]}{unit}"
        return f"{self.us}us"

    def exceeds(self, other: Duration) -> bool:
        """Tell whether it is longer than *other* whenever and wherever both begin.

        A month has at least 28 days, at most 31.
        """
        if self.months and other.months:
            return self.months > other.months
        return self._at_least > other._at_most

    @property
    def _at_least(self) -> int:
        return self.us or self.months * 28 * DAY - DAY

    @property
    def _at_most(self) -> int:
        return self.us or self.months * 31 * DAY + DAY

    def after(self, anchor: int, where: tzinfo, *, times: int = 1) -> int:
        """Return the instant *times* durations after *anchor* (microseconds).

        Negative *times* look back. Months keep the local time of day in *where*; a
        local time that a clock change skips moves forward by the length of the gap.

        Raises:
            HistoryError: months lead out of the years 1 to 9999.
        """
        if not self.months:
            if self.us > _LIMIT and times:
                return _FOR_EVER if times > 0 else _LONG_AGO
            return anchor + self.us * times
        try:
            local = instant(anchor).astimezone(where)
            moved = local.replace(tzinfo=None) + relativedelta(
                months=self.months * times
            )
            there = moved.replace(tzinfo=where, fold=local.fold)
            return micros(resolve_imaginary(there))
        except (OverflowError, ValueError):
            raise out_of_range() from None


class WindowKind(Enum):
    """How a window finds its beginning."""

    DAYS = "days"
    EXACT = "exact"
    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SINCE_JOIN = "since_join"
    SINCE_TIER = "since_tier"
    LIFETIME = "lifetime"


_NAMED: Final = {
    k.value: k for k in WindowKind if k not in (WindowKind.DAYS, WindowKind.EXACT)
}
_LONGEST: Final = {
    WindowKind.DAY: 1, WindowKind.WEEK: 7, WindowKind.HALF_MONTH: 16,
    WindowKind.MONTH: 31, WindowKind.QUARTER: 92, WindowKind.YEAR: 366,
}  # fmt: skip


@frozen(cache_hash=True)
class Window:
    """A stretch of the past that a metric looks at, ending now (inclusive).

    ``30d`` and ``2w`` are calendar days of the zone, today included; ``24h``,
    ``10min`` and ``2400h`` are exact and trailing, ``(at − w, at]``; ``day``,
    ``week`` (from Monday), ``half_month`` (1–15, 16–end), ``month``, ``quarter`` and
    ``year`` run from the local beginning of the current one; ``since_join``,
    ``since_tier`` (later than the last change of tier in any group) and ``lifetime``
    belong to the member. ``since_tier:grade`` looks at the group *tiers* alone.

    *length* counts days or microseconds, where the kind has a length at all.

    Raises:
        DefinitionError: a length, or a group of tiers, that the kind cannot have.
    """

    kind: WindowKind
    length: int = 0
    tiers: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse lengths that are empty, absurd or without a meaning."""
        if self.tiers and self.kind is not WindowKind.SINCE_TIER:
            raise DefinitionError(
                "expected a group of tiers on `since_tier` alone, found"
                f" `{self.kind.value}`",
                code="time.window",
                found=self.kind.value,
            )
        most = {WindowKind.DAYS: _LIMIT // DAY, WindowKind.EXACT: _LIMIT}.get(self.kind)
        if most is None and self.length:
            raise DefinitionError(
                f"expected no length on window `{self}`, found {self.length}",
                code="time.window",
                found=str(self),
            )
        if most is not None and not 0 < self.length <= most:
            raise DefinitionError(
                f"expected a window of at most 1,000 years, found `{self}`",
                code="time.window",
                hint="for everything write `lifetime`",
                found=str(self),
            )

    @classmethod
    def parse(cls, text: str, /) -> Window:
        """Read a window.

        Raises:
            DefinitionError: *text* is no window.
        """
        named = _NAMED.get(text.strip())
        if named is not None:
            return cls(named)
        word, _, tiers = text.strip().partition(":")
        if word == WindowKind.SINCE_TIER.value and tiers.strip():
            return cls(WindowKind.SINCE_TIER, tiers=tiers.strip())
        if text.strip().isidentifier() and not text.strip()[-1].isdigit():
            raise DefinitionError(
                f"expected a window such as `30d`, `24h` or `month`, found `{text}`",
                code="time.window",
                hint=nearest(text.strip(), _NAMED),
                found=text,
            )
        number, unit = _amount(text, "a window", "`30d`, `24h` or `month`")
        if unit in _MONTHS or number == 0:
            raise DefinitionError(
                f"expected a window in days or hours, found `{text}`",
                code="time.window",
                hint="for the running month write `month`, for 30 local days `30d`",
                found=text,
            )
        length = number * _EXACT[unit]
        if unit in ("d", "w"):
            return cls(WindowKind.DAYS, length // DAY)
        return cls(WindowKind.EXACT, length)

    def __str__(self) -> str:
        """Print the text that parses back to the same value."""
        if self.kind is WindowKind.DAYS:
            return f"{self.length}d"
        if self.kind is WindowKind.EXACT:
            for unit in ("h", "min", "s"):
                if self.length % _EXACT[unit] == 0:
                    return f"{self.length // _EXACT[unit]}{unit}"
            return f"{self.length}us"
        return f"{self.kind.value}:{self.tiers}" if self.tiers else self.kind.value

    @property
    def rolling(self) -> bool:
        """Whether the beginning follows from the instant and the zone alone."""
        return self.kind.value not in ("since_join", "since_tier", "lifetime")

    @property
    def longest(self) -> int:
        """The longest that the window can be, in microseconds (0: no bound)."""
        if self.kind is WindowKind.EXACT:
            return self.length
        named = _LONGEST.get(self.kind, 0)
        days = self.length if self.kind is WindowKind.DAYS else named
        return (days + 1) * DAY if days else 0
