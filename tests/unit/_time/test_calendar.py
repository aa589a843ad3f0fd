"""Local days, periods and nights, also where clocks jump, fold or skip a day."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
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
from community_sdk.errors import DefinitionError, HistoryError
from tests.unit._time.zones import CHANGES, MODERN, NAMES, moments

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


@pytest.mark.parametrize(
    "us",
    [
        micros(datetime.min.replace(tzinfo=UTC)),
        micros(datetime.max.replace(tzinfo=UTC)),
        10**20,
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Honolulu"])
def test_calendars_end(us: int, zone: str) -> None:
    """At the ends of the calendar a clear refusal instead of an overflow."""
    calendar = Calendar(ZoneInfo(zone))
    for ask in (calendar.day, calendar.clock):
        with pytest.raises(HistoryError) as caught:
            ask(us)
        assert caught.value.code == "time.beyond"


@pytest.mark.parametrize("unit", PeriodUnit)
def test_the_last_periods_of_the_calendar_have_an_end(unit: PeriodUnit) -> None:
    """Within the years 2 to 9998 every period can be asked for, in every zone."""
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Honolulu"):
        calendar = Calendar(ZoneInfo(zone))
        for text in ("9998-12-30T23:59", "0002-01-01T00:00"):
            period = calendar.period(unit, at(text))
            assert calendar.start(period.since) < calendar.start(period.until)


@given(moments(), HOURS)
def test_quiet_hours_go_by_the_clock(
    moment: tuple[ZoneInfo, int], hours: QuietHours
) -> None:
    """INVARIANT: whatever the length of the day, what counts is the local clock."""
    where, us = moment
    clock = instant(us).astimezone(where).time()
    assert Calendar(where).clock(us) == clock
    assert Calendar(where).quiet(hours, us) is hours.cover(clock)


@given(HOURS, st.times())
def test_quiet_hours_and_the_rest_share_the_day(hours: QuietHours, clock: time) -> None:
    """``[start, end)``: the first minute is quiet, the end is not; no time is both."""
    other = QuietHours(hours.end, hours.start)
    assert hours.cover(clock) is not other.cover(clock)
    assert hours.cover(hours.start)
    assert not hours.cover(hours.end)
    assert hours.overnight is (hours.start > hours.end)
    assert QuietHours.parse(str(hours)) == hours


@given(HOURS, st.tuples(st.booleans(), st.booleans()))
def test_the_edges_of_quiet_hours_are_said(
    hours: QuietHours, edges: tuple[bool, bool]
) -> None:
    """Each clock time is in or out as it was said; the rest of the day is as before."""
    first, last = edges
    own = evolve(hours, start_inclusive=first, end_inclusive=last)
    assert (own.cover(hours.start), own.cover(hours.end)) == (first, last)
    assert QuietHours.parse(str(own)) == own
    inside = own.start.replace(microsecond=1)
    assert own.cover(inside) is hours.cover(inside)
    assert own.began_before(hours.end) is (hours.overnight and last)


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("12:00-14:00", (True, False)),
        ("[12:00-14:00)", (True, False)),
        ("(12:00 - 14:00]", (False, True)),
        ("[12:00-14:00]", (True, True)),
        ("(12:00-14:00)", (False, False)),
    ],
)
def test_brackets_say_the_edges(text: str, edges: tuple[bool, bool]) -> None:
    """A round bracket leaves its clock time out, a square one takes it in."""
    hours = QuietHours.parse(text)
    assert (hours.start_inclusive, hours.end_inclusive) == edges


@given(moments(), HOURS)
def test_one_stretch_of_quiet_hours_is_one_night(
    moment: tuple[ZoneInfo, int], hours: QuietHours
) -> None:
    """It is named by the local date on which it began."""
    where, us = moment
    calendar = Calendar(where)
    local = instant(us).astimezone(where)
    if calendar.quiet(hours, us):
        night = date.fromordinal(calendar.night(hours, us))
        began = datetime.combine(night, hours.start)
        gone = local.replace(tzinfo=None, fold=0) - began
        assert timedelta(0) <= gone < timedelta(days=1)


@pytest.mark.parametrize(
    ("hours", "place", "quiet", "night"),
    [
        ("23:00-07:00", ("2026-01-01T22:59", "UTC", 0), False, "2026-01-01"),
        ("23:00-07:00", ("2026-01-01T23:00", "UTC", 0), True, "2026-01-01"),
        ("23:00-07:00", ("2026-01-02T06:59", "UTC", 0), True, "2026-01-01"),
        ("23:00-07:00", ("2026-01-02T07:00", "UTC", 0), False, "2026-01-02"),
        ("20:00-13:00", ("2026-01-02T12:59", "UTC", 0), True, "2026-01-01"),
        ("00:30-05:00", ("2026-01-02T01:00", "UTC", 0), True, "2026-01-02"),
        ("22:00-00:00", ("2026-01-02T00:00", "UTC", 0), False, "2026-01-02"),
        ("23:00-07:00", ("2026-10-25T01:30", "Europe/London", 0), True, "2026-10-24"),
        ("23:00-07:00", ("2026-10-25T01:30", "Europe/London", 1), True, "2026-10-24"),
        ("23:00-07:00", ("2026-03-29T06:59", "Europe/London", 0), True, "2026-03-28"),
        ("23:00-07:00", ("2026-03-29T07:00", "Europe/London", 0), False, "2026-03-29"),
        (
            "23:00-07:00",
            ("2018-02-17T23:30", "America/Sao_Paulo", 0),
            True,
            "2018-02-17",
        ),
        (
            "23:00-07:00",
            ("2018-02-17T23:30", "America/Sao_Paulo", 1),
            True,
            "2018-02-17",
        ),
        (
            "23:00-07:00",
            ("2018-11-04T01:30", "America/Sao_Paulo", 0),
            True,
            "2018-11-03",
        ),
        (
            "23:00-07:00",
            ("2010-11-06T23:30", "America/St_Johns", 1),
            True,
            "2010-11-06",
        ),
    ],
)
def test_nights(
    hours: str, place: tuple[str, str, int], quiet: object, night: str
) -> None:
    """Ordinary nights, nights with a change of the clock, mornings after long ones."""
    calendar, us = Calendar(ZoneInfo(place[1])), at(*place)
    parsed = QuietHours.parse(hours)
    assert calendar.quiet(parsed, us) is quiet
    assert calendar.night(parsed, us) == ordinal(night)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", ""),
        ("23:00", ""),
        ("23-7", ""),
        ("23:00-24:00", "midnight is `00:00`"),
        ("25:00-07:00", ""),
        ("23:60-07:00", ""),
        ("08:00-08:00", ""),
        ("٢٣:00-07:00", ""),
    ],
)
def test_what_is_no_stretch_of_the_day_is_refused(text: str, hint: str) -> None:
    """Two clock times that differ are wanted."""
    with pytest.raises(DefinitionError) as caught:
        QuietHours.parse(text)
    assert (caught.value.code, caught.value.hint) == ("time.quiet_hours", hint)
    assert f"found `{text}`" in str(caught.value)


@pytest.mark.parametrize(
    "clock", [time(23, 0, 30), time(23, 0, 0, 1), time(23, tzinfo=UTC)]
)
def test_quiet_hours_are_local_minutes(clock: time) -> None:
    """What the text form cannot say does not exist."""
    for pair in ((clock, time(7)), (time(7), clock)):
        with pytest.raises(DefinitionError, match="whole local minutes"):
            QuietHours(*pair)


@given(MODERN)
def test_utc_days_are_days(moment: datetime) -> None:
    """In UTC nothing happens: a day has 24 hours and begins at midnight."""
    us = micros(moment.replace(tzinfo=UTC))
    calendar = Calendar(UTC)
    assert calendar.day(us) == moment.toordinal()
    assert calendar.start(calendar.day(us)) == us - us % DAY
