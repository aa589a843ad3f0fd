"""Zones whose clocks misbehave, and instants near their changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from community_sdk._time import micros

CHANGES = {
    "Europe/London": datetime(2026, 3, 29, 1, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, 6, tzinfo=UTC),
    "America/Sao_Paulo": datetime(2018, 11, 4, 3, tzinfo=UTC),  # midnight skipped
    "Africa/Cairo": datetime(2024, 4, 25, 22, tzinfo=UTC),  # midnight skipped
    "Asia/Beirut": datetime(2022, 10, 29, 21, tzinfo=UTC),  # 00:00 → 23:00
    "America/Havana": datetime(2026, 11, 1, 5, tzinfo=UTC),  # 01:00 → 00:00
    "America/St_Johns": datetime(2010, 11, 7, 2, 31, tzinfo=UTC),  # 00:01 → 23:01
    "Pacific/Apia": datetime(2011, 12, 30, 10, tzinfo=UTC),  # a whole day skipped
    "Asia/Kathmandu": datetime(1985, 12, 31, 18, 30, tzinfo=UTC),  # + 15 minutes
    "Australia/Lord_Howe": datetime(2026, 4, 4, 15, tzinfo=UTC),  # half an hour
    "Asia/Pyongyang": datetime(2018, 5, 4, 15, tzinfo=UTC),  # + 30 minutes, midnight
    "America/Toronto": datetime(1919, 3, 31, 4, 30, tzinfo=UTC),  # 23:30 → 00:30
    "Asia/Shanghai": datetime(1986, 5, 3, 18, tzinfo=UTC),
    "UTC": datetime(2026, 1, 1, tzinfo=UTC),
}
NAMES = st.sampled_from(sorted(CHANGES))
ZONES = NAMES.map(ZoneInfo)
MODERN = st.datetimes(datetime(1971, 1, 1), datetime(3999, 1, 1))  # noqa: DTZ001 - UTC


@st.composite
def moments(draw: st.DrawFn) -> tuple[ZoneInfo, int]:
    """A zone and an instant, often within two days of a change of its clock."""
    name = draw(NAMES)
    if draw(st.booleans()):
        near = st.timedeltas(timedelta(-2), timedelta(2))
        return ZoneInfo(name), micros(CHANGES[name] + draw(near))
    return ZoneInfo(name), micros(draw(MODERN).replace(tzinfo=UTC))
