"""Durations run on from an anchor; windows look back; both read and print alike."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import DAY, Duration, Window, WindowKind, instant, micros
from community_sdk.errors import DefinitionError, HistoryError
from tests.unit._time.zones import moments

LIMIT = 1_000 * 366 * DAY
HOUR = 3_600_000_000
DURATIONS = st.one_of(
    st.integers(1, LIMIT).map(lambda us: Duration(us=us)),
    st.integers(1, 12_000).map(lambda months: Duration(months=months)),
    st.integers(1, 10**6).map(lambda s: Duration(us=s * 1_000_000)),
    st.integers(1, 9_000).map(lambda d: Duration(us=d * DAY)),
)
WINDOWS = st.one_of(
    st.integers(1, 366_000).map(lambda days: Window(WindowKind.DAYS, days)),
    st.integers(1, LIMIT).map(lambda us: Window(WindowKind.EXACT, us)),
    st.integers(1, 9_000).map(lambda h: Window(WindowKind.EXACT, h * HOUR)),
    st.sampled_from(list(WindowKind)[2:]).map(Window),
)


@given(DURATIONS)
def test_durations_read_back(duration: Duration) -> None:
    """INVARIANT: `parse` undoes `str`, for every duration that exists."""
    assert Duration.parse(str(duration)) == duration


@given(WINDOWS)
def test_windows_read_back(window: Window) -> None:
    """INVARIANT: `parse` undoes `str`, for every window that exists."""
    assert Window.parse(str(window)) == window


@pytest.mark.parametrize(
    ("text", "us", "months", "shown"),
    [
        ("90d", 90 * DAY, 0, "90d"),
        ("2w", 14 * DAY, 0, "14d"),
        ("24h", DAY, 0, "1d"),
        ("36h", 36 * HOUR, 0, "36h"),
        (" 15  min ", 15 * 60_000_000, 0, "15min"),
        ("1 hour", HOUR, 0, "1h"),
        ("90 seconds", 90_000_000, 0, "90s"),
        ("3 days", 3 * DAY, 0, "3d"),
        ("1500us", 1_500, 0, "1500us"),
        ("1 month", 0, 1, "1 month"),
        ("2 years", 0, 24, "24 months"),
        ("1000years", 0, 12_000, "12000 months"),
    ],
)
def test_durations_are_written_in_many_ways(
    text: str, us: int, months: int, shown: str
) -> None:
    """Blanks, short and long words; printed in the largest unit that is exact."""
    assert Duration.parse(text) == Duration(us=us, months=months)
    assert str(Duration.parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("", "time.duration", ""),
        ("ninety", "time.duration", ""),
        ("90", "time.duration", ""),
        ("d", "time.duration", ""),
        ("-3d", "time.duration", ""),
        ("1.5h", "time.duration", ""),
        ("٣d", "time.duration", ""),
        ("5 m", "time.duration", "`m` is minutes or months: write `min` or `month`"),
        ("5 mnth", "time.duration", "did you mean `month`?"),
        ("5D", "time.duration", "did you mean `d`?"),
        ("lifetime", "time.duration", ""),
        ("0d", "time.duration_empty", ""),
        ("0 months", "time.duration_empty", ""),
        ("12001 months", "time.duration_long", ""),
        ("9" * 21 + "us", "time.duration", ""),
    ],
)
def test_what_is_no_duration_is_refused(text: str, code: str, hint: str) -> None:
    """The message shows what was found, and the cure where there is one."""
    with pytest.raises(DefinitionError) as caught:
        Duration.parse(text)
    assert (caught.value.code, caught.value.hint) == (code, hint)
    if code != "time.duration_long":
        assert f"found `{text}`" in str(caught.value)


@pytest.mark.parametrize("text", ["366001d", "2000000000d", "9999999999999999999w"])
def test_exact_lengths_over_a_thousand_years_are_for_ever(text: str) -> None:
    """They end where the calendar does, whatever the anchor; nothing overflows."""
    length = Duration.parse(text)
    assert instant(length.after(0, UTC)).year == 9998
    assert length.after(0, UTC, times=3) == length.after(LIMIT, UTC)
    assert instant(length.after(0, UTC, times=-1)).year == 2
    assert length.after(7, UTC, times=0) == 7
    assert Duration.parse(str(length)) == length


@pytest.mark.parametrize(
    ("us", "months"), [(0, 0), (1, 1), (-1, 0), (0, -1), (-1, -1), (5, -1)]
)
def test_durations_have_one_length_and_are_longer_than_zero(
    us: int, months: int
) -> None:
    """Neither nothing, nor both, nor backwards."""
    with pytest.raises(DefinitionError, match="longer than zero"):
        Duration(us=us, months=months)


@given(moments(), DURATIONS.filter(lambda d: not d.months), st.integers(-3, 3))
def test_exact_durations_are_elapsed_time(
    moment: tuple[ZoneInfo, int], duration: Duration, times: int
) -> None:
    """No clock change lengthens ``30d``; looking back undoes looking ahead."""
    where, us = moment
    there = duration.after(us, where, times=times)
    assert there == us + times * duration.us
    assert duration.after(there, where, times=-times) == us


@given(moments(), st.integers(1, 30), st.integers(-6, 6))
def test_months_keep_the_clock_and_are_clamped(
    moment: tuple[ZoneInfo, int], months: int, times: int
) -> None:
    """So is the time of day; where the clock skips it, it moves on by the gap."""
    where, us = moment
    local = instant(us).astimezone(where).replace(tzinfo=None, fold=0)
    wanted = local + relativedelta(months=months * times)
    there = instant(Duration(months=months).after(us, where, times=times))
    found = there.astimezone(where).replace(tzinfo=None, fold=0)
    if found != wanted:
        assert found > wanted
        skipped = wanted.replace(tzinfo=where).astimezone(UTC).astimezone(where)
        assert skipped.replace(tzinfo=None, fold=0) == found


@pytest.mark.parametrize(
    ("anchor", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_months_end_where_months_end(anchor: str, months: int, end: str) -> None:
    """31 January + 1 month is the last of February, + 2 months is 31 March."""
    us = micros(datetime.fromisoformat(f"{anchor}T12:30+00:00"))
    times = 1 if months > 0 else -1
    there = Duration(months=abs(months)).after(us, UTC, times=times)
    assert instant(there) == datetime.fromisoformat(f"{end}T12:30+00:00")
    assert instant(there).date() == date.fromisoformat(end)


def test_a_skipped_time_moves_forward_by_the_gap() -> None:
    """02:30 does not exist on 8 March 2026 in New York: it is 03:30."""
    where = ZoneInfo("America/New_York")
    us = micros(datetime(2026, 2, 8, 2, 30, tzinfo=where))
    there = instant(Duration.parse("1 month").after(us, where)).astimezone(where)
    assert there.replace(tzinfo=None) == datetime(2026, 3, 8, 3, 30)  # noqa: DTZ001


@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_shown_twice_keeps_its_pass(fold: int) -> None:
    """The second 01:30 of a night stays the second one of another such night."""
    where = ZoneInfo("Europe/London")
    us = micros(datetime(2027, 10, 31, 1, 30, tzinfo=where, fold=fold))
    there = Duration(months=72).after(us, where, times=-1)
    assert there == micros(datetime(2021, 10, 31, 1, 30, tzinfo=where, fold=fold))


@given(st.integers(1, 60), st.integers(0, 40 * 365))
def test_a_month_never_drifts(months: int, day: int) -> None:
    """Computed from the anchor at once: 31 January, 28 February, 31 March."""
    step = Duration(months=1)
    assert step.after(day * DAY, UTC, times=months) == Duration(months=months).after(
        day * DAY, UTC
    )


@pytest.mark.parametrize(
    ("year", "months", "times"), [(9999, 12, 1), (1, 12, -1), (5000, 12_000, 50)]
)
def test_months_end_with_the_calendar(year: int, months: int, times: int) -> None:
    """Beyond the years 1 to 9999 a clear refusal, no overflow."""
    us = micros(datetime(year, 6, 1, tzinfo=UTC))
    with pytest.raises(HistoryError) as caught:
        Duration(months=months).after(us, ZoneInfo("Asia/Tokyo"), times=times)
    assert caught.value.code == "time.beyond"


@pytest.mark.parametrize(
    ("at", "times", "zone"),
    [
        ("0001-01-01T00:00+00:00", 1, "Pacific/Honolulu"),
        ("9999-12-31T23:59+00:00", -1, "Pacific/Kiritimati"),
    ],
)
def test_the_very_ends_of_the_calendar_are_refused_too(
    at: str, times: int, zone: str
) -> None:
    """Where the local date alone falls off the calendar."""
    us = micros(datetime.fromisoformat(at))
    with pytest.raises(HistoryError):
        Duration.parse("1 month").after(us, ZoneInfo(zone), times=times)


@pytest.mark.parametrize(
    ("text", "kind", "length", "shown"),
    [
        ("30d", WindowKind.DAYS, 30, "30d"),
        ("2w", WindowKind.DAYS, 14, "14d"),
        ("1 day", WindowKind.DAYS, 1, "1d"),
        ("24h", WindowKind.EXACT, DAY, "24h"),
        ("2400h", WindowKind.EXACT, 100 * DAY, "2400h"),
        ("10min", WindowKind.EXACT, 600_000_000, "10min"),
        ("90s", WindowKind.EXACT, 90_000_000, "90s"),
        ("7us", WindowKind.EXACT, 7, "7us"),
        (" month ", WindowKind.MONTH, 0, "month"),
        ("half_month", WindowKind.HALF_MONTH, 0, "half_month"),
        ("day", WindowKind.DAY, 0, "day"),
        ("since_tier", WindowKind.SINCE_TIER, 0, "since_tier"),
        ("lifetime", WindowKind.LIFETIME, 0, "lifetime"),
    ],
)
def test_windows_are_days_hours_or_words(
    text: str, kind: WindowKind, length: int, shown: str
) -> None:
    """Days are calendar days, hours are exact: ``1d`` and ``24h`` differ."""
    assert Window.parse(text) == Window(kind, length)
    assert str(Window.parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", ""),
        ("fortnight", ""),
        ("lifetme", "did you mean `lifetime`?"),
        ("days", "did you mean `day`?"),
        ("h24", ""),
        ("0d", "for the running month write `month`, for 30 local days `30d`"),
        ("1 month", "for the running month write `month`, for 30 local days `30d`"),
        ("3m", "`m` is minutes or months: write `min` or `month`"),
        ("366001d", "for everything write `lifetime`"),
        ("99999999999999999999h", "for everything write `lifetime`"),
    ],
)
def test_what_is_no_window_is_refused(text: str, hint: str) -> None:
    """Months have no length, nothing is no window, and words have neighbours."""
    with pytest.raises(DefinitionError) as caught:
        Window.parse(text)
    assert (caught.value.code, caught.value.hint) == ("time.window", hint)
    assert f"found `{text}`" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        (WindowKind.DAYS, 0),
        (WindowKind.DAYS, -1),
        (WindowKind.EXACT, 0),
        (WindowKind.EXACT, LIMIT + 1),
        (WindowKind.MONTH, 1),
        (WindowKind.LIFETIME, 30),
    ],
)
def test_windows_have_the_length_of_their_kind(kind: WindowKind, length: int) -> None:
    """A window that no text can say does not exist."""
    with pytest.raises(DefinitionError) as caught:
        Window(kind, length)
    assert caught.value.code == "time.window"


@given(WINDOWS)
def test_only_the_members_own_windows_do_not_roll(window: Window) -> None:
    """What begins with the member has no bound; everything else has one."""
    own = window.kind.value in ("since_join", "since_tier", "lifetime")
    assert window.rolling is not own
    assert (window.longest == 0) is own
    if window.kind is WindowKind.EXACT:
        assert window.longest == window.length


@given(st.integers(1, 3_000))
def test_no_day_is_longer_than_what_is_kept_for_it(days: int) -> None:
    """The longest day has 25 hours (48 where a zone changed sides): one is spare."""
    window = Window(WindowKind.DAYS, days)
    assert window.longest >= timedelta(days=days, hours=24) // timedelta(microseconds=1)
