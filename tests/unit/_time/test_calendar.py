"""Local days, periods and nights, also where clocks jump, fold or skip a day."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import (
    DAY,
    Calendar,
    PeriodUnit,
    QuietHours,
    Window,
    WindowKind,
    instant,
    micros,
)
from tests.unit._time.zones import CHANGES, NAMES, moments

HOUR = DAY // 24
CLOCKS = st.times().map(lambda t: t.replace(second=0, microsecond=0))
HOURS = (
    st.tuples(CLOCKS, CLOCKS)
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: QuietHours(*pair))
)
CUTS = [kind for kind in WindowKind if kind.value in {u.value for u in PeriodUnit}]


def at(text: str, zone: str = "UTC", fold: int = 0) -> int:
    """An instant by the local clock of a zone."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return micros(local)


def ordinal(text: str) -> int:
    """A local date as the calendar gives it."""
    return date.fromisoformat(text).toordinal()


@given(moments())
def test_every_instant_lies_in_exactly_one_day(moment: tuple[ZoneInfo, int]) -> None:
    """INVARIANT: days are half-open and follow each other without a gap."""
    where, us = moment
    calendar = Calendar(where)
    day = calendar.day(us)
    assert calendar.start(day) <= us < calendar.start(day + 1)


@given(moments())
def test_a_day_is_the_local_date(moment: tuple[ZoneInfo, int]) -> None:
    """It differs only where a clock that went back shows yesterday's date again."""
    where, us = moment
    day, shown = Calendar(where).day(us), instant(us).astimezone(where).toordinal()
    assert shown <= day <= shown + 1
    if day > shown:
        before = instant(us - 2 * HOUR).astimezone(where)
        assert before.utcoffset() != instant(us).astimezone(where).utcoffset()


@given(moments())
def test_a_day_begins_with_the_first_instant_of_its_date(
    moment: tuple[ZoneInfo, int],
) -> None:
    """A microsecond earlier every clock still shows an earlier date."""
    where, us = moment
    calendar = Calendar(where)
    day = calendar.day(us)
    first = calendar.start(day)
    assert instant(first).astimezone(where).toordinal() == day
    assert instant(first - 1).astimezone(where).toordinal() < day


@given(NAMES, st.lists(st.integers(-3 * DAY, 3 * DAY), min_size=2, max_size=20))
def test_days_do_not_depend_on_what_was_asked_before(
    name: str, steps: list[int]
) -> None:
    """INVARIANT: asked in any order it answers like a fresh one, never backwards."""
    where, change = ZoneInfo(name), micros(CHANGES[name])
    used = Calendar(where)
    found = {change + step: used.day(change + step) for step in steps}
    assert found == {us: Calendar(where).day(us) for us in found}
    assert all(a <= b for a, b in pairwise(found[us] for us in sorted(found)))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", "2026-03-29", 23),
        ("Europe/London", "2026-10-25", 25),
        ("Asia/Shanghai", "2026-03-29", 24),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("Africa/Cairo", "2024-04-26", 23),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Asia/Kathmandu", "1986-01-01", 23.75),
        ("Asia/Pyongyang", "2018-05-04", 23.5),
        ("America/Toronto", "1919-03-30", 23.5),
        ("America/Toronto", "1919-03-31", 23.5),
        ("Pacific/Apia", "2011-12-29", 24),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Pacific/Apia", "2011-12-31", 24),
        ("America/St_Johns", "2010-11-06", 24),
        ("America/St_Johns", "2010-11-07", 25),
    ],
)
def test_days_are_as_long_as_the_clock_makes_them(
    zone: str, day: str, hours: float
) -> None:
    """23, 24, 25 hours, a quarter less, or nothing at all for a date left out."""
    calendar, found = Calendar(ZoneInfo(zone)), ordinal(day)
    assert calendar.start(found + 1) - calendar.start(found) == hours * HOUR


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),
        ("Africa/Cairo", "2024-04-26", "2024-04-26T01:00:00+03:00"),
        ("Asia/Kathmandu", "1986-01-01", "1986-01-01T00:15:00+05:45"),
        ("America/Toronto", "1919-03-31", "1919-03-31T00:30:00-04:00"),
        ("Asia/Kathmandu", "2026-01-01", "2026-01-01T00:00:00+05:45"),
        ("America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"),
    ],
)
def test_a_day_need_not_begin_at_midnight(zone: str, day: str, first: str) -> None:
    """Where the clock skips 00:00 the day begins with the jump; else with 00:00."""
    assert instant(Calendar(ZoneInfo(zone)).start(ordinal(day))) == (
        datetime.fromisoformat(first)
    )


@pytest.mark.parametrize(
    ("unit", "day", "key", "since", "until"),
    [
        (PeriodUnit.DAY, "2026-11-21", "2026-11-21", "2026-11-21", "2026-11-22"),
        (PeriodUnit.WEEK, "2026-11-21", "2026-W47", "2026-11-16", "2026-11-23"),
        (PeriodUnit.WEEK, "2021-01-03", "2020-W53", "2020-12-28", "2021-01-04"),
        (PeriodUnit.WEEK, "2024-12-30", "2025-W01", "2024-12-30", "2025-01-06"),
        (PeriodUnit.HALF_MONTH, "2026-11-15", "2026-11-H1", "2026-11-01", "2026-11-16"),
        (PeriodUnit.HALF_MONTH, "2026-11-16", "2026-11-H2", "2026-11-16", "2026-12-01"),
        (PeriodUnit.HALF_MONTH, "2026-12-31", "2026-12-H2", "2026-12-16", "2027-01-01"),
        (PeriodUnit.MONTH, "2024-02-29", "2024-02", "2024-02-01", "2024-03-01"),
        (PeriodUnit.MONTH, "2026-12-01", "2026-12", "2026-12-01", "2027-01-01"),
        (PeriodUnit.QUARTER, "2026-03-31", "2026-Q1", "2026-01-01", "2026-04-01"),
        (PeriodUnit.QUARTER, "2026-11-21", "2026-Q4", "2026-10-01", "2027-01-01"),
        (PeriodUnit.YEAR, "2026-11-21", "2026", "2026-01-01", "2027-01-01"),
        (PeriodUnit.YEAR, "0970-11-21", "0970", "0970-01-01", "0971-01-01"),
    ],
)
def test_periods_have_names_and_borders(
    unit: PeriodUnit, day: str, key: str, since: str, until: str
) -> None:
    """Weeks begin on Monday, named by ISO; a month has the halves 1–15 and 16–end."""
    period = Calendar(UTC).period(unit, at(f"{day}T12:00"))
    assert (period.unit, period.key) == (unit, key)
    assert (period.since, period.until) == (ordinal(since), ordinal(until))
    assert period.days == ordinal(until) - ordinal(since)


@given(moments(), st.sampled_from(PeriodUnit))
def test_periods_follow_each_other(
    moment: tuple[ZoneInfo, int], unit: PeriodUnit
) -> None:
    """INVARIANT: an instant lies in one period; the next begins where it ends."""
    where, us = moment
    calendar = Calendar(where)
    period = calendar.period(unit, us)
    assert period.since <= calendar.day(us) < period.until
    end = calendar.start(period.until)
    following = calendar.period(unit, end)
    assert following.since == period.until or end == calendar.start(period.until + 1)
    assert calendar.period(unit, end - 1) == period
    assert period.key < following.key


@given(moments(), st.integers(1, 400))
def test_windows_of_days_count_today(moment: tuple[ZoneInfo, int], days: int) -> None:
    """``1d`` begins today, ``2d`` yesterday, at the beginning of the local day."""
    where, us = moment
    calendar = Calendar(where)
    window = Window(WindowKind.DAYS, days)
    assert calendar.first_day(window, us) == calendar.day(us) - days + 1
    assert calendar.since(window, us) == calendar.start(calendar.day(us) - days + 1)


@given(moments(), st.integers(1, 10**12))
def test_exact_windows_leave_their_old_end_out(
    moment: tuple[ZoneInfo, int], length: int
) -> None:
    """``(at − w, at]``: exactly one window ago is out, a microsecond later is in."""
    where, us = moment
    window = Window(WindowKind.EXACT, length)
    assert Calendar(where).since(window, us) == us - length + 1


@given(moments(), st.sampled_from(CUTS))
def test_named_windows_run_from_the_beginning_of_the_period(
    moment: tuple[ZoneInfo, int], kind: WindowKind
) -> None:
    """``month`` is the running month, until it ends."""
    where, us = moment
    calendar, window = Calendar(where), Window(kind)
    period = calendar.period(PeriodUnit(kind.value), us)
    assert calendar.first_day(window, us) == period.since
    assert calendar.since(window, us) == calendar.start(period.since) <= us
    assert calendar.ends(window, us) == calendar.start(period.until) > us


def test_windows_of_days_stop_at_the_first_day_of_all() -> None:
    """Before the year 1 there is none."""
    calendar = Calendar(ZoneInfo("Asia/Tokyo"))
    window = Window(WindowKind.DAYS, 366_000)
    assert calendar.first_day(window, at("0990-01-01T00:00")) == 1
    assert calendar.since(window, at("0990-01-01T00:00")) == calendar.start(1)
    assert calendar.first_day(window, at("1990-01-01T12:00")) > 1
