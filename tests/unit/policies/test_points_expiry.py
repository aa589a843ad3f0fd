"""How long points are good (S17)."""

from calendar import monthrange
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import Calendar, Duration, micros, zone
from community_sdk.errors import DefinitionError
from community_sdk.policies import Expiry
from tests.unit.desk import DAY, at


@pytest.mark.parametrize(
    ("after", "until", "earned", "over"),
    [
        ("12 months", "end_of_day", "2026-01-31 10:00", "2027-02-01 00:00"),
        ("1 month", "end_of_day", "2026-01-31 10:00", "2026-03-01 00:00"),
        ("1 month", "instant", "2026-01-31 10:00", "2026-02-28 10:00"),
        ("1 month", "end_of_month", "2026-01-31 10:00", "2026-03-01 00:00"),
        ("1 month", "end_of_month", "2026-11-10 10:00", "2027-01-01 00:00"),
        ("1d", "end_of_year", "2026-12-31 10:00", "2028-01-01 00:00"),
        ("1d", "end_of_day", "2026-03-28 10:00", "2026-03-30 00:00"),
    ],
)
def test_points_are_good_until(after: str, until: Any, earned: str, over: str) -> None:
    """Months are clamped; through the local day; from the next instant on over."""
    expiry = Expiry(after=Duration.parse(after), until=until)
    calendar = Calendar(zone("Europe/Berlin"))
    end = expiry.ends(micros(at(earned, "Europe/Berlin")), calendar)
    assert end == micros(at(over, "Europe/Berlin"))


@pytest.mark.parametrize(
    ("through", "earned", "over"),
    [
        ("03-31", "2026-03-30 10:00", "2026-04-01 00:00"),
        ("03-31", "2026-03-31 10:00", "2027-04-01 00:00"),
        ("12-31", "2026-12-30 23:59", "2027-01-01 00:00"),
        ("02-29", "2026-02-27 10:00", "2026-03-01 00:00"),
        ("02-29", "2028-02-28 10:00", "2028-03-01 00:00"),
    ],
)
def test_points_are_good_through_a_day_of_the_year(
    through: str, earned: str, over: str
) -> None:
    """The first such day on which they have been good for long enough."""
    expiry = Expiry(after=Duration.parse("1d"), through=through)
    calendar = Calendar(zone("Europe/Berlin"))
    end = expiry.ends(micros(at(earned, "Europe/Berlin")), calendar)
    assert end == micros(at(over, "Europe/Berlin"))


@given(days=st.integers(719_163, 800_000), month=st.integers(1, 12), n=st.data())
def test_no_such_day_is_passed_over(days: int, month: int, n: st.DataObject) -> None:
    """LAW: beside a walk from day to day."""
    day = n.draw(st.integers(1, monthrange(2000, month)[1]))
    expiry = Expiry(after=Duration.parse("1d"), through=f"{month:02}-{day:02}")
    calendar = Calendar(zone("UTC"))
    walked = date.fromordinal(days) + DAY
    while (walked.month, walked.day) != (
        month,
        min(day, monthrange(walked.year, month)[1]),
    ):
        walked += DAY
    ends = calendar.start((walked + DAY).toordinal())
    assert expiry.ends(calendar.start(days), calendar) == ends


@pytest.mark.parametrize("through", ["02-30", "3-31", "31-03", "2026-03-31", "spring"])
def test_a_day_of_no_year_is_refused(through: str) -> None:
    """With what was found and what is wanted; two ends are refused as well."""
    with pytest.raises(DefinitionError, match=f"`03-31`, found `{through}`") as caught:
        Expiry(after=Duration.parse("1d"), through=through)
    assert caught.value.code == "points.through"
    with pytest.raises(DefinitionError, match="either") as caught:
        Expiry(after=Duration.parse("1d"), until="instant", through="03-31")
    assert caught.value.code == "points.two_ends"
