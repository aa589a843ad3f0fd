"""Who works when: working days, shifts, turns and posts, cut in the zone (S07 S10).

INVARIANT: what is open on a date follows from the roster and the date alone; it does
not matter when anybody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

from attrs import field, validators

from community_sdk._time import Calendar, Dates, Hours
from community_sdk._values import frozen
from community_sdk.model.ids import MemberId, RoleName

__all__ = ["Post", "Roster", "Rota", "Shift", "Swap", "WorkDays", "Workday"]

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Workday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "workday", "restday"]
_WEEK: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKEND: Final[frozenset[Weekday]] = frozenset({"sat", "sun"})
_WORKDAYS: Final[frozenset[Workday]] = frozenset({"workday"})
# Longer than any run of holidays: behind it nothing opens any more.
_REACH: Final = 400

Span = tuple[int, int]
"""An interval ``[since, until)`` in microseconds."""


@frozen(kw_only=True)
class WorkDays:
    """Which local dates are working days.

    Attributes:
        rest: The weekdays on which nobody works, Saturday and Sunday by default.
        holidays: Dates on which nobody works, whatever their weekday.
        shifted: Working days on dates that would be free (调休); they come before
            holidays.
    """

    rest: frozenset[Weekday] = _WEEKEND
    holidays: tuple[Dates, ...] = ()
    shifted: tuple[Dates, ...] = ()

    def works(self, day: int, /) -> bool:
        """Tell whether the local date *day* (an ordinal) is a working day."""
        if any(day in dates for dates in self.shifted):
            return True
        if any(day in dates for dates in self.holidays):
            return False
        return self.weekday(day) not in self.rest

    def weekday(self, day: int, /) -> Weekday:
        """Return the weekday of *day*."""
        return _WEEK[date.fromordinal(day).weekday()]

    def kinds(self, day: int, /) -> frozenset[Workday]:
        """Return by which words a shift can mean *day*.

        On a holiday and on a shifted working day the weekday means nothing.
        """
        special = any(day in dates for dates in (*self.holidays, *self.shifted))
        sort: Workday = "workday" if self.works(day) else "restday"
        return frozenset({sort}) if special else frozenset({sort, self.weekday(day)})


@frozen(kw_only=True)
class Shift:
    """Hours in which the holders of some roles are at work.

    Attributes:
        roles: Whose shift it is; without any it is everybody's.
        hours: Local hours, `[start, end)`; none together with *dates* says closed.
        days: Weekdays, or `workday` and `restday` as the calendar of the roster says.
            Weekdays by name do not hold on holidays and shifted working days.
        dates: Special dates. The shift holds on them alone, and on them it comes in
            place of every shift by weekday of the same role.
    """

    roles: tuple[RoleName, ...] = ()
    hours: tuple[Hours, ...] = ()
    days: frozenset[Workday] = _WORKDAYS
    dates: tuple[Dates, ...] = ()


@frozen(kw_only=True)
class Swap:
    """On *dates* it is the turn of *person* instead; nobody's without one."""

    dates: Dates
    person: MemberId | None = None


@frozen(kw_only=True)
class Rota:
    """People who take turns in a role.

    Attributes:
        role: The role that is on duty.
        people: Who takes turns, in this order, over and over.
        first: The dates of the first turn; the turns that follow are as long.
        swaps: Exceptions; the earlier one in the list holds.
    """

    role: RoleName
    people: tuple[MemberId, ...] = field(validator=validators.min_len(1))
    first: Dates
    swaps: tuple[Swap, ...] = ()

    def person(self, day: int, /) -> MemberId | None:
        """Return whose turn it is on the local date *day*, None before the first."""
        for swap in self.swaps:
            if day in swap.dates:
                return swap.person
        nth = self._turn(day)
        return None if nth < 0 else self.people[nth % len(self.people)]

    @property
    def longest(self) -> int:
        """How many dates a turn can have."""
        return max((self.first.days, *(swap.dates.days for swap in self.swaps)))

    def takes(self, who: str, /) -> bool:
        """Tell whether it is ever the turn of *who*."""
        return who in self.people or any(swap.person == who for swap in self.swaps)

    def begins(self, day: int, /) -> bool:
        """Tell whether a turn begins on *day*: another person's, or a new round."""
        before = self.person(day - 1)
        whole = (day - self.first.first.toordinal()) % self.first.days == 0
        now = self.person(day)
        return now is not None and (now != before or (whole and self._turn(day) >= 0))

    def ends(self, day: int, /) -> int:
        """Return the first date after *day* that is no longer of the same turn."""
        after = day + 1
        while self.person(after) == self.person(day) and not self.begins(after):
            after += 1
        return after

    def _turn(self, day: int) -> int:
        return (day - self.first.first.toordinal()) // self.first.days


@frozen(kw_only=True)
class Post:
    """A role that must be held.

    Attributes:
        role: The role.
        count: How many people should hold it.
        minimum: Below how many the post is vacant rather than thinly covered.
        substitutes: Roles whose holders stand in, the first before the second.
        level: `runs` for those who do the work of every day, `sets_up` for those who
            set up, supervise and handle what is grave.
    """

    role: RoleName
    count: int = field(default=1, validator=validators.ge(1))
    minimum: int = field(default=1, validator=validators.ge(1))
    substitutes: tuple[RoleName, ...] = ()
    level: Literal["runs", "sets_up"] = "runs"


@frozen(kw_only=True)
class Roster:
    """The working calendar of a community, its shifts, turns and posts.

    A role without any shift is always at work. All questions are answered for a local
    date or an instant given, from the roster alone.

    Attributes:
        days: Working days, holidays and shifted working days.
        shifts: Hours of work.
        rotas: Who takes turns.
        posts: What must be held by somebody.
        skills: What the team must be able to do together, such as `writing`.
    """

    days: WorkDays = field(factory=WorkDays)
    shifts: tuple[Shift, ...] = ()
    rotas: tuple[Rota, ...] = ()
    posts: tuple[Post, ...] = ()
    skills: tuple[str, ...] = ()

    def spans(self, role: str, day: int, calendar: Calendar, /) -> Iterator[Span]:
        """Yield when *role* works in the shifts of the local date *day*, in order.

        Spans do not overlap; one that passes midnight belongs to the day it began on.
        """
        until = calendar.start(day)
        for hours in sorted(self._hours(role, day), key=lambda h: (h.start, h.end)):
            since = max(calendar.at(day, hours.start), until)
            end = calendar.at(day + hours.overnight, hours.end)
            if since < end:
                until = end
                yield since, end

    def at_work(self, role: str, us: int, calendar: Calendar, /) -> bool:
        """Tell whether *role* is at work at the instant *us*."""
        return self._shift_day(role, us, calendar) is not None

    def opens(self, role: str, us: int, calendar: Calendar, /) -> int | None:
        """Return the first instant from *us* on at which *role* works, None for never.

        Never means: not within 400 days.
        """
        return next((since for since, _ in self._ahead(role, us, calendar)), None)

    def due(self, role: str, us: int, length: int, calendar: Calendar, /) -> int | None:
        """Return the first instant by which *role* has worked *length* since *us*.

        The end of a shift may be that instant. None where the role never works so long.
        """
        rest = length
        for since, until in self._ahead(role, us, calendar):
            if rest <= until - since:
                return since + rest
            rest -= until - since
        return None

    def worked(self, role: str, since: int, until: int, calendar: Calendar, /) -> int:
        """Return how long *role* was at work in ``[since, until)``, in microseconds."""
        total = 0
        for begins, ends in self._ahead(role, since, calendar):
            if begins >= until:
                break
            total += min(ends, until) - begins
        return total

    def on_duty(
        self, role: str, us: int, calendar: Calendar, /
    ) -> tuple[MemberId, ...]:
        """Return whose turn it is in *role* at the instant *us*.

        Nobody outside of the shifts of the role. The turn is that of the date on which
        the running shift began.
        """
        day = self._shift_day(role, us, calendar)
        if day is None:
            return ()
        turns = (rota.person(day) for rota in self.rotas if rota.role == role)
        return tuple(dict.fromkeys(person for person in turns if person is not None))

    def post(self, role: str, /) -> Post | None:
        """Return the post of *role*."""
        return next((post for post in self.posts if post.role == role), None)

    def scheduled(self, role: str, /) -> tuple[Shift, ...]:
        """Return the shifts of *role*; without any it always works."""
        return tuple(s for s in self.shifts if not s.roles or role in s.roles)

    def _hours(self, role: str, day: int) -> list[Hours]:
        shifts = self.scheduled(role)
        special = [s for s in shifts if any(day in dates for dates in s.dates)]
        if not special:
            kinds = self.days.kinds(day)
            special = [s for s in shifts if not s.dates and s.days & kinds]
        return [hours for shift in special for hours in shift.hours]

    def _shift_day(self, role: str, us: int, calendar: Calendar) -> int | None:
        """Return the date whose shift holds *us*, today's before yesterday's."""
        today = calendar.day(us)
        if not self.scheduled(role):
            return today
        for day in (today, today - 1):
            if any(since <= us < end for since, end in self.spans(role, day, calendar)):
                return day
        return None

    def _ahead(self, role: str, us: int, calendar: Calendar) -> Iterator[Span]:
        """Yield the spans of work from *us* on; overlapping ones are cut."""
        if not self.scheduled(role):
            yield us, 1 << 62
            return
        day = calendar.day(us) - 1
        last = day + _REACH
        while day <= last:
            for since, until in self.spans(role, day, calendar):
                if until > us:
                    yield max(since, us), until
                    us, last = until, day + _REACH
            day += 1
