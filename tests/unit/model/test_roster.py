"""Rosters: working days, shifts, turns; against a walk minute by minute."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import SECOND, Calendar, Dates, Hours, instant, micros
from community_sdk.model import (
    MemberId,
    Post,
    RoleName,
    Roster,
    Rota,
    Shift,
    Swap,
    WorkDays,
)
from tests.unit.desk import at

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
STAFF = RoleName("staff")
ANN, BO, CY = (MemberId(name) for name in ("ann", "bo", "cy"))
# Two days around a change of the clock, and days without any.
ZONES = {
    "Europe/London": datetime(2026, 3, 28, tzinfo=UTC),
    "America/New_York": datetime(2026, 10, 31, tzinfo=UTC),
    "America/Sao_Paulo": datetime(2018, 11, 3, tzinfo=UTC),
    "Asia/Shanghai": datetime(2026, 10, 8, tzinfo=UTC),
}
WORDS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "workday", "restday")


def dates(text: str) -> Dates:
    """Dates by their text."""
    return Dates.parse(text)


def hours(text: str) -> Hours:
    """Hours by their text."""
    return Hours.parse(text)


def shift(*spans: str, **more: Any) -> Shift:
    """A shift of the staff."""
    return Shift(roles=(STAFF,), hours=tuple(map(hours, spans)), **more)


OFFICE = Roster(
    days=WorkDays(
        holidays=(dates("2026-10-01..2026-10-07"),), shifted=(dates("2026-10-10"),)
    ),
    shifts=(
        shift("09:00-12:00", "13:00-18:00"),
        shift("10:00-12:00", dates=(dates("2026-10-03"),)),
        shift(dates=(dates("2026-10-09"),)),
    ),
)
SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"))


def local(text: str) -> int:
    """An instant by the clock of Shanghai."""
    return micros(at(text, "Asia/Shanghai"))


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Roster, Calendar, int]:
    """A roster, the calendar of a zone, and an instant in whole minutes."""
    name = draw(st.sampled_from(sorted(ZONES)))
    start = ZONES[name]
    near = st.integers(-2, 4).map(lambda n: (start + timedelta(days=n)).date())
    runs = st.tuples(near, st.integers(0, 2)).map(
        lambda two: Dates(two[0], two[0] + timedelta(days=two[1]))
    )
    clocks = st.integers(0, 47).map(lambda half: half * 30)
    ends = st.integers(1, 48).map(lambda half: half * 30)
    spans = st.tuples(clocks, ends).filter(lambda p: p[0] != p[1])
    shifts = st.builds(
        Shift,
        roles=st.sampled_from([(), (STAFF,), (RoleName("host"),)]),
        hours=st.lists(spans.map(lambda p: Hours(*p)), max_size=2).map(tuple),
        days=st.frozensets(st.sampled_from(WORDS), min_size=1, max_size=4),
        dates=st.just(()) | st.lists(runs, max_size=1).map(tuple),
    )
    days = st.builds(
        WorkDays,
        holidays=st.lists(runs, max_size=2).map(tuple),
        shifted=st.lists(runs, max_size=1).map(tuple),
    )
    roster = Roster(
        days=draw(days), shifts=tuple(draw(st.lists(shifts, min_size=1, max_size=3)))
    )
    minutes = draw(st.integers(-1440, 3 * 1440))
    us = micros(start + timedelta(minutes=minutes))
    return roster, Calendar(ZoneInfo(name)), us


def kinds(days: WorkDays, day: int) -> set[str]:
    """What the words of shifts say of a date, told another way."""
    weekday = date.fromordinal(day).strftime("%a").lower()
    holiday = any(
        d.first.toordinal() <= day <= d.last.toordinal() for d in days.holidays
    )
    made = any(d.first.toordinal() <= day <= d.last.toordinal() for d in days.shifted)
    free = not made and (holiday or weekday in ("sat", "sun"))
    word = "restday" if free else "workday"
    return {word} if holiday or made else {word, weekday}


def walk(roster: Roster, calendar: Calendar, day: int) -> set[int]:
    """Every minute at which the staff works on the shifts of one date, by the clock."""
    mine = [s for s in roster.shifts if not s.roles or STAFF in s.roles]
    special = [s for s in mine if any(day in d for d in s.dates)]
    plain = [s for s in mine if not s.dates and s.days & kinds(roster.days, day)]
    found: set[int] = set()
    for one in (h for s in (special or plain) for h in s.hours):
        on, us = False, calendar.start(day)
        last = calendar.start(day + 2)
        begun = False
        while us < last:
            shown = instant(us).astimezone(calendar.where)
            clock = shown.hour * 60 + shown.minute
            today = calendar.day(us) - day
            passed = today * 1440 + clock
            # A clock that goes back at midnight shows the day before once more.
            passed = (
                max(passed, today * 1440)
                if shown.toordinal() - day == today
                else today * 1440
            )
            if not begun and passed >= one.start:
                on = begun = True
            if begun and passed >= one.end + (1440 if one.end <= one.start else 0):
                break
            if on:
                found.add(us)
            us += MINUTE
    return found


@given(rosters(), st.integers(1, 24 * 60))
def test_due_is_what_a_walk_finds(
    drawn: tuple[Roster, Calendar, int], minutes: int
) -> None:
    """Minute by minute over shifts, holidays, 调休 and days of 23 and 25 hours."""
    roster, calendar, us = drawn
    today = calendar.day(us)
    worked: set[int] = set()
    for day in range(today - 1, today + 6):
        worked |= walk(roster, calendar, day)
    ahead = sorted(m for m in worked if us <= m < calendar.start(today + 6))
    due = roster.due(STAFF, us, minutes * MINUTE, calendar)
    scheduled = any(not s.roles or STAFF in s.roles for s in roster.shifts)
    if not scheduled:
        assert due == us + minutes * MINUTE
    elif len(ahead) >= minutes:
        until = ahead[minutes - 1] + MINUTE
        assert due == until
        assert roster.worked(STAFF, us, until, calendar) == minutes * MINUTE
        assert roster.opens(STAFF, us, calendar) == ahead[0]
    else:
        assert due is None or due >= calendar.start(today + 6)
    assert roster.at_work(STAFF, us, calendar) == (us in worked or not scheduled)


@given(rosters())
def test_spans_are_in_order_and_apart(drawn: tuple[Roster, Calendar, int]) -> None:
    """INVARIANT: half-open, never empty, never overlapping."""
    roster, calendar, us = drawn
    spans = list(roster.spans(STAFF, calendar.day(us), calendar))
    ends = [edge for span in spans for edge in span]
    assert ends == sorted(ends)
    assert all(since < until for since, until in spans)


@pytest.mark.parametrize(
    ("asked", "length", "due"),
    [
        ("2026-09-28 09:00", HOUR, "2026-09-28 10:00"),
        ("2026-09-28 11:30", HOUR, "2026-09-28 13:30"),
        ("2026-09-28 17:00", HOUR, "2026-09-28 18:00"),
        ("2026-09-28 17:30", HOUR, "2026-09-29 09:30"),
        ("2026-09-28 22:00", HOUR, "2026-09-29 10:00"),
        ("2026-09-30 17:30", HOUR, "2026-10-03 10:30"),  # a special date in a holiday
        ("2026-10-03 11:30", HOUR, "2026-10-08 09:30"),
        ("2026-10-08 17:30", HOUR, "2026-10-10 09:30"),  # closed, then 调休 on Saturday
        ("2026-10-10 17:30", HOUR, "2026-10-12 09:30"),
    ],
)
def test_time_runs_while_somebody_works(asked: str, length: int, due: str) -> None:
    """Across lunch, nights, holidays, special dates and shifted working days."""
    assert OFFICE.due(STAFF, local(asked), length, SHANGHAI) == local(due)


def test_who_has_no_shifts_always_works() -> None:
    """And who has none that ever opens, never."""
    us = local("2026-10-02 03:00")
    assert OFFICE.due("host", us, HOUR, SHANGHAI) == us + HOUR
    assert OFFICE.at_work("host", us, SHANGHAI)
    assert OFFICE.worked("host", us, us + HOUR, SHANGHAI) == HOUR
    closed = Roster(shifts=(Shift(),))
    assert closed.due("host", us, HOUR, SHANGHAI) is None
    assert closed.opens("host", us, SHANGHAI) is None
    assert closed.worked("host", us, us + HOUR, SHANGHAI) == 0


WEEKLY = Rota(
    role=STAFF,
    people=(ANN, BO, CY),
    first=dates("2026-01-05..2026-01-11"),
    swaps=(
        Swap(dates=dates("2026-01-14"), person=CY),
        Swap(dates=dates("2026-01-20..2026-01-21")),
    ),
)


@pytest.mark.parametrize(
    ("day", "person", "begins"),
    [
        ("2026-01-04", None, False),
        ("2026-01-05", ANN, True),
        ("2026-01-11", ANN, False),
        ("2026-01-12", BO, True),
        ("2026-01-14", CY, True),
        ("2026-01-15", BO, True),
        ("2026-01-20", None, False),
        ("2026-01-22", CY, True),
        ("2026-01-26", ANN, True),
    ],
)
def test_turns_repeat_and_are_swapped(
    day: str, person: MemberId | None, *, begins: bool
) -> None:
    """One after the other, exceptions first, nobody before the first turn."""
    ordinal = date.fromisoformat(day).toordinal()
    assert WEEKLY.person(ordinal) == person
    assert WEEKLY.begins(ordinal) is begins


@given(st.integers(0, 60))
def test_a_turn_lasts_until_the_next_begins(offset: int) -> None:
    """INVARIANT: between beginning and end it is one person's."""
    day = date(2026, 1, 5).toordinal() + offset
    if WEEKLY.person(day) is None:
        return
    end = WEEKLY.ends(day)
    assert end > day
    assert {WEEKLY.person(d) for d in range(day, end)} == {WEEKLY.person(day)}
    assert WEEKLY.begins(end) or WEEKLY.person(end) is None


def test_who_is_on_duty_follows_shift_and_turn() -> None:
    """A night shift belongs to the turn of the evening on which it began."""
    night = Roster(
        shifts=(shift("22:00-06:00", days=frozenset(WORDS)),),
        rotas=(
            Rota(role=STAFF, people=(ANN, BO), first=dates("2026-01-05")),
            Rota(role=STAFF, people=(CY, BO), first=dates("2026-01-05")),
        ),
    )
    asked = {
        text: night.on_duty(STAFF, local(f"2026-01-{text}"), SHANGHAI)
        for text in ("05 21:59", "05 22:00", "06 05:59", "06 06:00", "06 23:00")
    }
    assert [*asked.values()] == [(), (ANN, CY), (ANN, CY), (), (BO,)]
    assert (
        Roster(rotas=(WEEKLY,)).on_duty(STAFF, local("2026-01-20 12:00"), SHANGHAI)
        == ()
    )


def test_posts_are_found_by_their_role() -> None:
    """None where the roster has none."""
    post = Post(role=STAFF, count=2)
    assert Roster(posts=(post,)).post("staff") is post
    assert Roster().post("staff") is None
