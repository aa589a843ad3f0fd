"""Retention beside a plain count; what nobody could see is None."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.events import Custom, HeadCounted, ReactionReceived
from community_sdk.metrics import Retention, Selection, returns
from community_sdk.model import EventId, MemberId

GO, COME = Selection("go"), Selection("come")
START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(number: int, who: str, word: str, at: datetime, **more: Any) -> Custom:
    """One event of the host's own."""
    key = EventId(str(number))
    return Custom(id=key, at=at, member=MemberId(who), word=word, properties=more)


HAPPENED = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(("go", "come")), st.integers(-60, 130)
    ),
    max_size=25,
)


@given(
    HAPPENED,
    st.sampled_from(("first_time", "recurring")),
    st.booleans(),
    st.integers(1, 3),
)
def test_the_matrix_equals_a_plain_count(
    happened: list[tuple[str, str, int]], cohort: Any, bounded: Any, minimum: int
) -> None:
    """Days in UTC, by comprehension over all members and days."""
    days, size = [(w, k, (h // 24)) for w, k, h in happened], 5
    asked = Retention(
        target=GO,
        returning=COME,
        period="day",
        cohort=cohort,
        bounded=bounded,
        minimum=minimum,
        zone="UTC",
    )
    told = [event(i, w, k, START + h * HOUR) for i, (w, k, h) in enumerate(happened)]
    found = asked.matrix(told, start=START + 5 * HOUR, intervals=size)
    for i in range(size):
        went = {w: [d for x, k, d in days if (x, k) == (w, "go")] for w in "abc"}
        own = [w for w in "abc" if i in went[w]]
        if cohort == "first_time":
            own = [w for w in own if min(went[w]) == i]
        for k in range(size):
            if i + k >= size:
                assert found.counts[i][k] is None
                continue
            span = range(i + k, i + k + 1 if bounded else size)
            there = [
                w
                for w in own
                if k == 0 or any(days.count((w, "come", d)) >= minimum for d in span)
            ]
            assert found.counts[i][k] == len(there)


def _retention(**more: Any) -> Retention:
    more.setdefault("zone", "UTC")
    return Retention(target=GO, returning=GO, **more)


@given(st.integers(0, 400), st.sampled_from(("day", "week", "month")))
def test_periods_begin_with_local_days(days: int, period: Any) -> None:
    """Months on the first, weeks on their day; the first holds the start."""
    where = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 1, 1, 15, tzinfo=where) + timedelta(days)
    asked = _retention(period=period, zone="Europe/Berlin", week_start="sunday")
    edges = asked.edges(start, 4)
    assert edges == sorted(set(edges))
    assert edges[0] <= start.timestamp() * 1_000_000 < edges[1]
    for edge in edges:
        local = datetime.fromtimestamp(edge / 1e6, where)
        assert (local.hour, local.minute) == (0, 0)
        assert period != "month" or local.day == 1
        assert period != "week" or local.isoweekday() == 7


def test_hours_begin_by_the_clock_of_the_zone() -> None:
    """A zone of half an hour has its hours at the half hours of UTC."""
    asked = _retention(period="hour", zone="Asia/Kolkata")
    first, second = asked.edges(START + timedelta(minutes=50), 1)
    assert first == (START + timedelta(minutes=30)).timestamp() * 1_000_000
    assert second - first == 3_600_000_000


def test_what_was_not_observed_is_none() -> None:
    """Periods that begin at the end of the observation, or later."""
    told = [event(1, "a", "go", START), event(2, "a", "go", START + 25 * HOUR)]
    asked = _retention(period="day")
    end = START + 24 * HOUR
    found = asked.matrix(told, start=START, intervals=3, until=end)
    assert found.counts == ((1, None, None), (None,) * 3, (None,) * 3)
    assert found.whole == 1
    later = asked.matrix(told, start=START, intervals=3, until=end + HOUR)
    assert later.counts[0] == (1, 1, None)
    assert (later.complete(0, 0), later.complete(0, 1)) == (True, False)


def test_rates_are_exact_and_none_over_nobody() -> None:
    """Shares of the cohort, and of all cohorts that were observed."""
    told = [event(1, "a", "go", START), event(2, "b", "go", START)]
    told += [event(3, "a", "go", START + 24 * HOUR)]
    found = _retention(period="day").matrix(told, start=START, intervals=3)
    assert (found.size(0), found.rate(0, 1)) == (2, Fraction(1, 2))
    assert found.rate(2, 0) is None
    assert found.rate(2, 1) is None
    assert found.average(1) == Fraction(1, 2)
    assert found.average(2) == 0
    assert found.starts[1] == START + 24 * HOUR


def test_what_has_no_member_or_no_time_of_its_own_does_not_count() -> None:
    """Head counts are nobody's; undated reactions came at no known time."""
    nobody = HeadCounted(id=EventId("h"), at=START, count=3)
    undated = ReactionReceived(
        id=EventId("r"), at=START, member=MemberId("a"), dated=False
    )
    asked = Retention(target=Selection(), returning=Selection(), zone="UTC")
    found = asked.matrix([nobody, undated], start=START, intervals=1)
    assert found.counts == ((0,),)


def test_filters_compare_values() -> None:
    """Also those of hosts' own properties."""
    told = [event(1, "a", "go", START, k="x"), event(2, "b", "go", START, k="y")]
    asked = Retention(target=Selection("go", (("k", "x"),)), returning=GO, zone="UTC")
    assert asked.matrix(told, start=START, intervals=1).size(0) == 1


@pytest.mark.parametrize("intervals", [0, 10_001])
def test_a_number_of_periods_that_nobody_reads_is_refused(intervals: int) -> None:
    """With the number."""
    with pytest.raises(DefinitionError) as caught:
        _retention().matrix([], start=START, intervals=intervals)
    assert caught.value.code == "retention.intervals"


def test_a_start_without_a_zone_is_refused() -> None:
    """As everywhere."""
    with pytest.raises(HistoryError):
        _retention().matrix([], start=datetime(2026, 1, 1), intervals=1)  # noqa: DTZ001 - the mistake


@given(st.lists(st.sets(st.integers(1, 6))), st.integers(0, 8))
def test_returns_fall_from_left_to_right_where_later_ones_count(
    members: list[set[int]], periods: int
) -> None:
    """Unbounded figures never rise, and are at least the bounded ones."""
    loose = returns(members, periods, bounded=False)
    tight = returns(members, periods)
    assert list(loose) == sorted(loose, reverse=True)
    assert all(a >= b for a, b in zip(loose, tight, strict=True))
    assert returns(members, periods, size=99)[:1] == (99,)[:periods]


def test_a_month_begins_on_its_first_day() -> None:
    """December is followed by January."""
    edges = _retention(period="month").edges(datetime(2026, 12, 31, tzinfo=UTC), 2)
    told = [datetime.fromtimestamp(edge / 1e6, UTC).date() for edge in edges]
    assert told == [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
