"""Hours and dates of work: read, printed, refused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import Calendar, Dates, Hours, instant, micros
from community_sdk.errors import DefinitionError
from tests.unit._time.zones import CHANGES

MINUTE = timedelta(minutes=1)


@given(st.integers(0, 1439), st.integers(0, 1440))
def test_hours_print_what_they_parse(start: int, end: int) -> None:
    """Every pair of minutes that differ, midnight at the end included."""
    if start == end:
        with pytest.raises(DefinitionError):
            Hours(start, end)
        return
    hours = Hours(start, end)
    assert Hours.parse(str(hours)) == hours
    assert hours.overnight == (end < start)


@pytest.mark.parametrize(
    "text",
    ["9:00-18:00", "09:00", "24:00-06:00", "09:00-24:30", "08:00-08:00", "a-b", ""],
)
def test_what_names_no_hours_is_refused(text: str) -> None:
    """With an example of what does."""
    with pytest.raises(DefinitionError) as caught:
        Hours.parse(text)
    assert caught.value.code == "time.hours"
    assert "00:00" in caught.value.hint


@given(st.dates(), st.integers(0, 400))
def test_dates_print_what_they_parse(first: date, more: int) -> None:
    """One date, or a run of them; both ends belong to it."""
    last = min(first.toordinal() + more, date.max.toordinal())
    dates = Dates(first, date.fromordinal(last))
    assert Dates.parse(f" {dates} ") == dates
    assert dates.days == last - first.toordinal() + 1
    inside = [day in dates for day in (first.toordinal() - 1, last, last + 1)]
    assert inside == [False, True, False]
    assert "2026-10-01" not in dates


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "26-10-01", "2026-10-01..", "2026-10-07..2026-10-01", "soon"],
)
def test_what_names_no_dates_is_refused(text: str) -> None:
    """Days that no calendar has, and runs that go backwards."""
    with pytest.raises(DefinitionError) as caught:
        Dates.parse(text)
    assert caught.value.code == "time.dates"


@given(st.sampled_from(sorted(CHANGES)), st.integers(-1, 1), st.integers(0, 1440))
def test_a_clock_time_is_reached_once(name: str, days: int, minutes: int) -> None:
    """The first minute of the day that shows it or more, found by walking."""
    where = ZoneInfo(name)
    calendar = Calendar(where)
    day = calendar.day(micros(CHANGES[name])) + days
    lo, hi = calendar.start(day), calendar.start(day + 1)
    now, found = instant(lo), hi
    while micros(now) < hi and found == hi:
        local = now.astimezone(where)
        later = (local.toordinal() - day) * 1440 + local.hour * 60 + local.minute
        if later >= minutes:
            found = micros(now)
        now += MINUTE
    assert calendar.at(day, minutes) == found
    assert calendar.at(day, minutes) == found, "once more, from memory"
    assert now.tzinfo is UTC
    assert isinstance(now, datetime)
