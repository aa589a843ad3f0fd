"""Days and periods: zones, edges, clocks that go back."""

from datetime import UTC, date, datetime, time, timedelta
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
    instant,
    micros,
)
from community_sdk.errors import DefinitionError, HistoryError
from tests.unit._time.test_calendar import HOURS, at, ordinal
from tests.unit._time.zones import MODERN, moments


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
