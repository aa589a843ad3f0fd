"""When a tier is looked at again, and how long it holds (S08).

Anniversaries are computed from their anchor, never step by step: a month never drifts.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from attrs import field, validators

from community_sdk._time import DAY, Calendar, Duration
from community_sdk._values import frozen
from community_sdk.conditions import Condition
from community_sdk.errors import DefinitionError
from community_sdk.state import Holding, MemberState

__all__ = ["ReviewPlan", "Validity", "valid_until"]

_EACH_YEAR: Final = 5  # the length of `07-01`


@frozen(kw_only=True)
class ReviewPlan:
    """Reviews at ``anchor + n × every``: anniversaries, fixed dates, every n days.

    *anchor*: ``registration`` (the membership began), ``tier_start`` (a change of tier
    starts anew; before the first, the membership) or ``date``, the local day *date*
    (``2026-07-01``). As of the last microsecond before, like every review. *every*: one
    day (24 hours) or more.

    Raises:
        DefinitionError: the anchor is a date and *date* is none, or *every* is shorter.
    """

    every: Duration
    anchor: Literal["registration", "tier_start", "date"] = "tier_start"
    date: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a date that is none, and reviews without end."""
        _refuse_short(self.every, "every")
        if self.anchor == "date":
            _day(self.date)

    def next(
        self, held: Holding | None, member: MemberState, now: int, calendar: Calendar
    ) -> int | None:
        """Return the first review later than *now*, None where there is no anchor."""
        if self.anchor == "date":
            begin: int | None = calendar.start(_day(self.date).toordinal())
        elif self.anchor == "registration" or held is None:
            begin = _registered(member)
        else:
            begin = held.since
        return None if begin is None else _following(self.every, begin, now, calendar)


@frozen(kw_only=True)
class Validity:
    """How long a tier holds before it has to be renewed; the lowest needs no term.

    *length*, one day (24 hours) or more, from *anchor*: ``tier_start``, or
    ``registration``, whose anniversaries nearer than *min_days* local days to the
    beginning are passed over; or up to the start of the local day *until*:
    ``2027-01-01``, after which tiers hold without an end, or ``01-01`` of every year.

    *renewal*: what renews it (None: what keeps the tier); *renews*: when the term is
    over, or as soon as the condition holds, once per term. *aligned*: a renewal adds
    its term to the end of the running one, else it begins with the renewal.

    Raises:
        DefinitionError: both or neither of *length* and *until*, no date, a shorter
            *length*, or *min_days* below zero.
    """

    length: Duration | None = None
    until: str = ""
    anchor: Literal["tier_start", "registration"] = "tier_start"
    min_days: int = field(default=0, validator=validators.ge(0))
    renewal: Condition | None = None
    renews: Literal["at_expiry", "immediate"] = "at_expiry"
    aligned: bool = True

    def __attrs_post_init__(self) -> None:
        """Refuse a term without an end, or with two."""
        if (self.length is None) is not bool(self.until):
            raise DefinitionError(
                "expected either `length` or `until` of a validity",
                code="tier.term",
                hint='write `length = "12 months"` or `until = "01-01"`',
            )
        if self.length is not None:
            _refuse_short(self.length, "length")
        if self.until:
            _day(_dated(self.until, 2000))

    def ends(self, begin: int, member: MemberState, calendar: Calendar) -> int | None:
        """Return the end (excluded) of a term from *begin* on."""
        if self.length is None:
            return self._fixed(begin, calendar)
        if self.anchor == "tier_start":
            return self.length.after(begin, calendar.where)
        registered = _registered(member)
        if registered is None:
            return None
        least = begin
        if self.min_days:
            least = calendar.start(calendar.day(begin) + self.min_days) - 1
        return _following(self.length, registered, max(least, begin), calendar)

    def _fixed(self, begin: int, calendar: Calendar) -> int | None:
        """Return the start of the next such day after *begin*, None without one."""
        year = date.fromordinal(calendar.day(begin)).year
        days = (_day(_dated(self.until, year + n)).toordinal() for n in (0, 1))
        ends = (calendar.start(day) for day in days)
        return next((end for end in ends if end > begin), None)


def valid_until(
    validity: Validity | None, held: Holding, member: MemberState, calendar: Calendar
) -> int | None:
    """Return the end (excluded) of the term of *held*, None without one."""
    if held.until is not None:
        return held.until
    if validity is None:
        return None
    begin = held.since if held.term is None else held.term
    return validity.ends(begin, member, calendar)


def _refuse_short(length: Duration, name: str) -> None:
    """Refuse what would come round again and again: it would decide without end."""
    if not length.months and length.us < DAY:
        raise DefinitionError(
            f"expected `{name}` of at least one day, found `{length}`",
            code="tier.short",
            hint='write for example `"30d"` or `"12 months"`',
            found=str(length),
            name=name,
        )


def _registered(member: MemberState) -> int | None:
    return member.first if member.since is None else member.since


def _following(every: Duration, anchor: int, now: int, calendar: Calendar) -> int:
    """Return the first of ``anchor + n × every``, n from 1, later than *now*."""
    longest = every.us or every.months * 31 * DAY
    times = max((now - anchor) // longest, 1)
    while (found := every.after(anchor, calendar.where, times=times)) <= now:
        times += 1
    return found


def _dated(text: str, year: int) -> str:
    return f"{year:04}-{text}" if len(text) == _EACH_YEAR else text


def _day(text: str) -> date:
    try:
        if text.endswith("-02-29"):
            return _last_of_february(text)
        return date.fromisoformat(text)
    except ValueError:
        raise DefinitionError(
            f"expected a date such as `2027-01-01`, found `{text}`",
            code="tier.date",
            found=text,
        ) from None


def _last_of_february(text: str) -> date:
    """Return 29 February, or 28 where the year has none."""
    year = int(text[:4])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return date(year, 2, 29 if leap else 28)
