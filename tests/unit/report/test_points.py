"""Points of a programme by month, as a table and as a picture."""

import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.model import TierKey
from community_sdk.policies import Expiry
from community_sdk.report.points import points_plot, points_rows, points_text
from tests.unit.desk import DAY, HOUR, START, at, head
from tests.unit.policies.club import BUY, Club

LONDON = ZoneInfo("Europe/London")


def facts() -> list[ev.Event]:
    """Points earned, spent, given back, over and taken back; two moves."""
    month = Expiry(after=Duration.parse("1 month"), until="instant")
    club = Club(BUY, expiry=month, lateness=Duration.parse("90d"))
    tell = club.desk.tell
    steps = [
        club.buy(START, 1_000, "a"),
        club.buy(START + HOUR, 2_000, "b"),
        tell(ev.RedemptionRequested, START + DAY, amount=5, reference="r"),
        tell(ev.RedemptionReturned, START + 2 * DAY, reference="r", amount=2),
        tell(ev.PointsAdjusted, START + 2 * DAY, amount=4),
        club.refund(START + 3 * DAY, 400, "b"),
        club.desk.advance(START + 40 * DAY),
    ]
    end = at("2026-02-01 00:00")
    fan, core = TierKey("fan"), TierKey("core")
    more: dict[str, Any] = {"tiers": "grade", "before": fan, "after": core}
    moves = [
        ev.TierChanged(**head("t1", end), rise=True, **more),
        ev.TierChanged(**head("t2", end + timedelta(seconds=1)), rise=False, **more),
    ]
    return [*(fact for step in steps for fact in step.facts), *moves]


def test_months_add_up() -> None:
    """What came and what went, in the month in which it was booked."""
    first, second = points_rows(facts(), LONDON)
    assert (first.month, first.issued, first.adjusted) == ("2026-01", 30, 4)
    assert (first.redeemed, first.clawed_back, first.rose, first.fell) == (-3, -4, 1, 0)
    assert (second.expired, second.rose, second.fell) == (-23, 0, 1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_picture_is_a_file_of_its_own(lang: str) -> None:
    """Well formed, the same each time, with every month named; also without any."""
    pytest.importorskip("matplotlib")
    rows = points_rows(facts(), LONDON)
    svg = points_plot(rows, lang)
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "@0" not in svg
    assert "2026-02" in svg
    assert points_plot(rows, lang) == svg
    assert points_plot([], lang)


def test_the_table_has_a_line_for_each_month() -> None:
    """Columns are set apart by tabs."""
    lines = points_text(points_rows(facts(), LONDON), "zh").splitlines()
    assert lines[0].split("\t")[:2] == ["月份", "发放"]
    assert lines[1].split("\t")[:2] == ["2026-01", "30"]
