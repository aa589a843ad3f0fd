"""The closes of a league as a table and as a picture."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from community_sdk import events as ev
from community_sdk.model import (
    EventId,
    MemberId,
    Movement,
    PeriodClose,
    Rank,
    TierKey,
)
from community_sdk.report.leagues import CloseRow, close_rows, closes_plot, closes_text

LOW, HIGH = TierKey("low"), TierKey("high")
ANN, BOB = MemberId("ann"), MemberId("bob")


def close_of(period: str) -> PeriodClose:
    """One up, one down, of two."""
    return PeriodClose(
        period=period,
        ranks=(
            Rank(member=ANN, tier=LOW, rank=1, of=1, decision="promoted"),
            Rank(member=BOB, tier=HIGH, rank=1, of=1, decision="relegated"),
        ),
        movements=(
            Movement(member=ANN, before=LOW, after=HIGH, rise=True),
            Movement(member=BOB, before=HIGH, after=LOW, rise=False),
        ),
    )


def test_a_row_for_each_close() -> None:
    """Members ranked, up, down; the words of the reader."""
    joined = ev.Joined(id=EventId("j"), at=datetime(2026, 1, 1, tzinfo=UTC), member=ANN)
    rows = close_rows([joined, close_of("2026-01-H1")])
    assert rows == [CloseRow(period="2026-01-H1", members=2, rose=1, fell=1)]
    assert closes_text(rows, "en") == "Period\tRanked\tUp\tDown\n2026-01-H1\t2\t1\t1"
    assert closes_text(rows, "zh").startswith("周期\t参与排名\t升\t降")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("years", [0, 1, 5])
def test_the_picture_is_a_file_of_its_own(lang: str, years: int) -> None:
    """Well-formed, with a title, colours that are named in it, the same every time."""
    names = [f"{2020 + y}-0{m}-H1" for y in range(years) for m in range(1, 4)]
    rows = close_rows(map(close_of, names))
    svg = closes_plot(rows, lang)
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "--c1:#" in svg
    assert "@0" not in svg
    assert closes_plot(rows, lang) == svg
    if years:
        assert names[0][: 4 if years > 2 else None] in svg
