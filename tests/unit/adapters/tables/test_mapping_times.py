"""What mappings make of times: formats, zones, hours that clocks repeat."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.adapters.tables import (
    Refusal,
)
from community_sdk.events import Event
from tests.unit.adapters.tables.foreign import (
    HEADER,
    mapping,
    one,
    read,
)

UTC8 = "2026-11-21T00:00:00"


@pytest.mark.parametrize(
    ("style", "cell", "at"),
    [
        ("iso", "2026-11-21T08:00:00+08:00", UTC8),
        ("iso", "2026-11-21 08:00", UTC8),
        ("iso", "2026-11-21", "2026-11-20T16:00:00"),
        ("iso", "2026-11-21T00:00:00.1234567Z", UTC8 + ".123456"),
        ("epoch", "1795219200", UTC8),
        ("epoch", "1795219200.5", UTC8 + ".500000"),
        ("epoch_ms", "1795219200250", UTC8 + ".250000"),
        ("epoch_us", "1", "1970-01-01T00:00:00.000001"),
        ("%d/%m/%Y %H:%M", "21/11/2026 08:00", UTC8),
        ("%Y年%m月%d日 %H:%M", "2026年11月21日 08:00", UTC8),
        ("%d/%m/%Y %H:%M %z", "21/11/2026 08:00 +0800", UTC8),
    ],
)
def test_times(tmp_path: Path, style: str, cell: str, at: str) -> None:
    """Every way to write a time ends in the same instants."""
    rules = mapping(
        zone="Asia/Shanghai",
        fields={"at": {"column": "t", "format": style}},
        event=[{"kind": "left"}],
    )
    found = one(tmp_path, rules, t=cell)
    assert isinstance(found, Event), found
    assert found.at.tzinfo is UTC
    assert found.at.isoformat() == at + "+00:00"


NO_TIMES = (
    "21.11.2026 2026-02-30 2026-11-21T24:00Z 20261121 2026-W47-6 1795219200 "
    "0001-01-01T00:00:00+09:00"
).split()


@pytest.mark.parametrize(
    ("style", "cell"),
    [
        *[("iso", cell) for cell in NO_TIMES],
        ("epoch", "soon"),
        ("epoch", "9" * 20),
        ("epoch", "1e9"),
        ("epoch_ms", "99999999999999999999"),
        ("%d/%m/%Y", "2026-11-21"),
    ],
)
def test_what_is_no_time(tmp_path: Path, style: str, cell: str) -> None:
    """Other texts are refused with what was expected."""
    rules = mapping(
        fields={"at": {"column": "t", "format": style}}, event=[{"kind": "left"}]
    )
    found = one(tmp_path, rules, t=cell)
    assert isinstance(found, Refusal)
    assert (found.code, found.figures["format"]) == ("table.time", style)


def test_local_times_want_a_zone(tmp_path: Path) -> None:
    """Without one they are refused; the caller's zone comes before the mapping's."""
    row = HEADER + "2026-11-21T08:00:00,ann,leave,\n"
    code = read(tmp_path, row)[1][0]
    assert (code.code, "zone" in code.hint) == ("table.naive", True)
    (event,) = read(tmp_path, row, zone="Asia/Tokyo", mapping=mapping(zone="UTC"))[0]
    assert event.at == datetime(2026, 11, 20, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fold", "cell", "expected"),
    [
        ("earlier", "2025-10-26T01:30:00", "2025-10-26T00:30:00+00:00"),
        ("later", "2025-10-26T01:30:00", "2025-10-26T01:30:00+00:00"),
        ("refuse", "2025-10-26T01:30:00", "table.twice_time"),
        ("earlier", "2025-10-26T02:00:00", "2025-10-26T02:00:00+00:00"),
        ("earlier", "2025-03-30T01:30:00", "table.skipped_time"),
        ("later", "2025-03-30T01:30:00", "table.skipped_time"),
        ("refuse", "2025-03-30T02:00:00", "2025-03-30T01:00:00+00:00"),
    ],
)
def test_hours_that_clocks_repeat_or_skip(
    tmp_path: Path, fold: str, cell: str, expected: str
) -> None:
    """Equal local times follow the rule that is stated, skipped ones are refused."""
    rules = mapping(
        zone="Europe/London", fold=fold, fields={"at": "t"}, event=[{"kind": "left"}]
    )
    found = one(tmp_path, rules, t=cell)
    shown = found.code if isinstance(found, Refusal) else found.at.isoformat()
    assert shown == expected


LOCAL = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - local times
    datetime(2037, 1, 1),  # noqa: DTZ001
)


@given(LOCAL, st.sampled_from(["earlier", "later"]))
def test_local_times_come_back(local: datetime, fold: Any) -> None:
    """A local time that was read is that time on the clocks of its zone."""
    from zoneinfo import ZoneInfo

    from community_sdk.adapters.tables.mapping._times import times
    from community_sdk.errors import HistoryError

    zone = ZoneInfo("America/New_York")
    exists = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    read_in = times("iso", zone, fold)
    if exists.replace(tzinfo=None) != local:
        with pytest.raises(HistoryError, match="skipped"):
            read_in(local.isoformat())
        return
    at = read_in(local.isoformat())
    assert at is not None
    assert at.astimezone(zone).replace(tzinfo=None) == local
