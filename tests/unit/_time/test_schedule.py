"""Schedules: local times that come again, through every change of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import Schedule, instant, micros
from community_sdk.errors import DefinitionError, HistoryError

SHANGHAI = ZoneInfo("Asia/Shanghai")


def times(text: str, since: str, number: int, zone: str = "Asia/Shanghai") -> list[str]:
    """Return the first times of a schedule by the local clock."""
    where, schedule = ZoneInfo(zone), Schedule.parse(text)
    us = micros(datetime.fromisoformat(since).replace(tzinfo=where).astimezone(UTC))
    found: list[str] = []
    for _ in range(number):
        us = schedule.after(us, where)
        found.append(f"{instant(us).astimezone(where):%Y-%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("text", "since", "expected"),
    [
        (
            "FREQ=WEEKLY;BYDAY=TU,TH,SU;BYHOUR=20",
            "2026-11-21 00:00",
            ["2026-11-22 20:00", "2026-11-24 20:00", "2026-11-26 20:00"],
        ),
        (
            "FREQ=DAILY;BYHOUR=9,21;BYMINUTE=30",
            "2026-11-21 09:30",
            ["2026-11-21 21:30", "2026-11-22 09:30"],
        ),
        ("FREQ=WEEKLY", "2026-11-21 00:00", ["2026-11-23 00:00", "2026-11-30 00:00"]),
        ("FREQ=MONTHLY", "2026-11-21 00:00", ["2026-12-01 00:00", "2027-01-01 00:00"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-21 00:00", ["2026-11-27 00:00"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-21 00:00", ["2026-12-31 00:00"]),
        (
            "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1",
            "2026-11-21 00:00",
            ["2027-03-01 00:00"],
        ),
    ],
)
def test_times_come_again(text: str, since: str, expected: list[str]) -> None:
    """Strictly later than the instant asked about."""
    assert times(text, since, len(expected)) == expected


@pytest.mark.parametrize(
    ("zone", "text", "since", "expected"),
    [
        # The hour from 02:00 to 03:00 does not exist, and later comes twice.
        ("Europe/Berlin", "FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "2026-03-28 12:00",
         ["2026-03-29 03:30", "2026-03-30 02:30"]),
        ("Europe/Berlin", "FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "2026-10-24 12:00",
         ["2026-10-25 02:30", "2026-10-26 02:30"]),
        ("America/Sao_Paulo", "FREQ=DAILY", "2018-11-03 12:00",
         ["2018-11-04 01:00", "2018-11-05 00:00"]),
    ],
)  # fmt: skip
def test_the_clock_is_the_local_one(
    zone: str, text: str, since: str, expected: list[str]
) -> None:
    """What is skipped moves on, what comes twice counts once."""
    assert times(text, since, len(expected), zone) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "weekly",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;COUNT=3",
        "FREQ=WEEKLY;BYDAYS=TU",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;BYHOUR=25",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=A",
        "FREQ=DAILY;INTERVAL=999999999999",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "BYDAY=TU",
    ],
)
def test_what_would_end_or_never_come_is_refused(text: str) -> None:
    """And what is no schedule at all."""
    with pytest.raises(DefinitionError) as caught:
        Schedule.parse(text)
    assert caught.value.code == "time.schedule"
    assert caught.value.figures["found"] == text


def test_a_word_that_was_nearly_right_is_offered() -> None:
    """Of keys and of frequencies."""
    for text, word in (("FREQ=WEEKLI", "WEEKLY"), ("FREQ=WEEKLY;BYDAYS=TU", "BYDAY")):
        with pytest.raises(DefinitionError) as caught:
            Schedule.parse(text)
        assert caught.value.hint == f"did you mean `{word}`?"


def test_a_schedule_is_its_text() -> None:
    """Equal texts are equal; the text reads back."""
    schedule = Schedule.parse(" FREQ=DAILY;BYHOUR=9 ")
    assert str(schedule) == "FREQ=DAILY;BYHOUR=9"
    assert Schedule.parse(str(schedule)) == schedule
    assert repr(schedule) == "Schedule('FREQ=DAILY;BYHOUR=9')"
    assert hash(schedule) == hash(Schedule(str(schedule)))


def test_after_the_end_of_the_calendar_there_is_nothing() -> None:
    """No calendar reaches the year 10000."""
    end = micros(datetime(9999, 12, 31, 23, tzinfo=UTC))
    with pytest.raises(HistoryError):
        Schedule.parse("FREQ=YEARLY").after(end, ZoneInfo("UTC"))


@given(
    st.integers(1, 9),
    st.datetimes(datetime(1970, 2, 1), datetime(2090, 1, 1)),  # noqa: DTZ001
)
def test_intervals_count_from_one_beginning(every: int, now: datetime) -> None:
    """Wherever one asks from, every n-th week and month are the same ones."""
    us = micros(now.replace(tzinfo=UTC))
    utc = ZoneInfo("UTC")
    week = instant(Schedule.parse(f"FREQ=WEEKLY;INTERVAL={every}").after(us, utc))
    days = (week.date() - date(1970, 1, 5)).days
    assert days % (7 * every) == 0
    assert timedelta(0) < week - instant(us) <= timedelta(weeks=every)
    month = instant(Schedule.parse(f"FREQ=MONTHLY;INTERVAL={every}").after(us, utc))
    assert ((month.year - 1970) * 12 + month.month - 1) % every == 0
    assert (month.day, month > instant(us)) == (1, True)
