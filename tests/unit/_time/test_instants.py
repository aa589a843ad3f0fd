"""Instants: exact to the microsecond, with a zone, within what a calendar knows."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import DAY, EPOCH, SECOND, instant, micros, stamp, zone
from community_sdk.errors import DefinitionError, HistoryError
from tests.unit._time.zones import ZONES

ALL = st.datetimes(timezones=st.just(UTC) | ZONES)
SPANS = st.timedeltas(timedelta(0), timedelta(500))


class Nowhere(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, at: datetime | None, /) -> None:
        """Answer nothing."""

    def dst(self, at: datetime | None, /) -> None:
        """Answer nothing."""

    def tzname(self, at: datetime | None, /) -> None:
        """Answer nothing."""


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_survive_the_way_in_and_out(at: datetime) -> None:
    """INVARIANT: `instant` undoes `micros`, to the microsecond, in all years."""
    assert instant(micros(at)) == at
    assert instant(micros(at)).tzinfo is UTC


@given(ALL.filter(lambda at: 2 < at.year < 9998), SPANS)
def test_microseconds_count_time_and_not_clocks(first: datetime, by: timedelta) -> None:
    """The distance is that of the instants: folds, gaps and zones aside."""
    second = (first.astimezone(UTC) + by).astimezone(first.tzinfo)
    passed = micros(second) - micros(first)
    assert passed == by // timedelta(microseconds=1)


def test_the_units_are_microseconds() -> None:
    """One second, one day, and nothing at the beginning of 1970."""
    assert micros(EPOCH) == 0
    assert micros(EPOCH + timedelta(seconds=1)) == SECOND
    assert micros(EPOCH - timedelta(days=1)) == -DAY
    east = timezone(timedelta(hours=8))
    assert micros(datetime(1970, 1, 1, 8, tzinfo=east)) == 0


def test_the_second_pass_of_a_folded_hour_is_later() -> None:
    """What a clock shows twice is two instants."""
    where = ZoneInfo("Europe/London")
    first = datetime(2026, 10, 25, 1, 30, tzinfo=where)
    assert micros(first.replace(fold=1)) - micros(first) == 3_600 * SECOND


@pytest.mark.parametrize("read", [micros, stamp])
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 1, 2, 3, 4),  # noqa: DTZ001 - the mistake under test
        datetime(2026, 1, 2, 3, 4, tzinfo=Nowhere()),
    ],
)
def test_naive_times_are_refused_with_the_cure(read: object, at: datetime) -> None:
    """A time without zone could be any of 38 instants."""
    assert read in (micros, stamp)
    with pytest.raises(HistoryError) as caught:
        micros(at) if read is micros else stamp(at)
    assert caught.value.code == "time.naive"
    assert "found `2026-01-02T03:04:00`" in str(caught.value)
    assert "write `2026-01-02T03:04:00+00:00`" in caught.value.hint


@pytest.mark.parametrize("found", ["2026-01-02", date(2026, 1, 2)])
def test_what_is_no_datetime_is_refused_as_well(found: object) -> None:
    """A date or a text names no instant; the message shows it."""
    with pytest.raises(HistoryError, match="2026-01-02"):
        micros(found)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("us", [-(10**17), 10**18, -(1 << 62), 1 << 62, 10**30])
def test_no_calendar_reaches_beyond_the_year_9999(us: int) -> None:
    """An instant out of range is a clear refusal, not an overflow."""
    with pytest.raises(HistoryError) as caught:
        instant(us)
    assert caught.value.code == "time.beyond"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("1970-01-01T00:00:00+00:00", True),
        ("1970-01-01T00:00:00+08:00", False),
        ("1969-12-31T20:00:00-05:00", True),
        ("1969-12-31T23:59:59.999999+00:00", False),
        ("3999-12-31T23:59:59.999999+00:00", True),
        ("4000-01-01T00:00:00+00:00", False),
        ("0001-01-01T00:00:00+00:00", False),
        ("9999-12-31T23:59:59-12:00", False),
    ],
)
def test_events_lie_between_1970_and_4000(text: str, good: object) -> None:
    """The first instant is inside, the last is out; anything else is a wrong unit."""
    at = datetime.fromisoformat(text)
    if good:
        assert stamp(at) == micros(at)
        return
    with pytest.raises(HistoryError) as caught:
        stamp(at)
    assert caught.value.code == "time.range"
    assert f"found `{text}`" in str(caught.value)


def test_zones_are_known_by_their_iana_names() -> None:
    """A zone is found, and a wrong name is answered with the nearest usual one."""
    assert zone("Asia/Kathmandu") == ZoneInfo("Asia/Kathmandu")
    with pytest.raises(DefinitionError) as caught:
        zone("Asia/Shangai")
    assert caught.value.code == "time.zone"
    assert caught.value.hint == "did you mean `Asia/Shanghai`?"


@pytest.mark.parametrize(
    "name", ["", "Asia", "../etc", "/etc/passwd", "a\0b", "x" * 9999]
)
def test_no_text_breaks_the_search_for_a_zone(name: str) -> None:
    """Folders, paths and NUL characters are wrong names, no failures."""
    with pytest.raises(DefinitionError) as caught:
        zone(name)
    assert caught.value.code == "time.zone"
