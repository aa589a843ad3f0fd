"""Daily figures put together for a long history: weeks, or months (S22)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Final

from attrs import frozen

from community_sdk.report.rows import DailyRow

__all__ = ["Bucket", "bucketed", "unit_of"]

_BY_DAY: Final = 130
_BY_WEEK: Final = 900


@frozen(kw_only=True)
class Bucket:
    """A day, week or month: mean of active members a day, sums of the rest.

    *days* is how many days of the history fall into it; *members* is the stock at the
    end of the last of them.
    """

    since: date
    days: int
    active: Fraction
    messages: int
    joins: int
    members: int


def unit_of(days: int) -> str:
    """Return ``day``, ``week`` or ``month``: what a history of *days* is drawn by."""
    if days <= _BY_DAY:
        return "day"
    return "week" if days <= _BY_WEEK else "month"


def bucketed(daily: Sequence[DailyRow], unit: str) -> list[Bucket]:
    """Put days together by *unit*; weeks begin on Monday."""
    groups = groupby(daily, key=lambda row: begin(row.day, unit))
    return [_bucket(since, list(rows)) for since, rows in groups]


def begin(day: date, unit: str) -> date:
    """Return the first day of the *unit* that holds *day*."""
    if unit == "week":
        return day - timedelta(day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _bucket(since: date, rows: Sequence[DailyRow]) -> Bucket:
    return Bucket(
        since=since,
        days=len(rows),
        active=Fraction(_sum(row.active for row in rows), len(rows)),
        messages=_sum(row.messages for row in rows),
        joins=_sum(row.joins for row in rows),
        members=rows[-1].members,
    )


def _sum(values: Iterable[int]) -> int:
    return sum(values)
