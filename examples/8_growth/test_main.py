"""The example holds what it promises."""

from collections import Counter
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from community_sdk.decisions import OpenGroup, Recommend, Route
from community_sdk.events import Joined
from community_sdk.report.period import html, text

MAIN = run_path(str(Path(__file__).with_name("main.py")))


@pytest.fixture(scope="module")
def community() -> Any:
    """The community after ten weeks."""
    return MAIN["run"]()


def test_halls_fill_in_order_and_never_over_the_limit(community: Any) -> None:
    """Forty to a hall; the second is opened when the first is full."""
    led = [d for d in community.decisions if isinstance(d, Route)]
    halls = Counter(str(d.group) for d in led)
    assert [str(d.group) for d in led] == sorted(str(d.group) for d in led)
    assert halls == {"hall_1": 40, "hall_2": len(led) - 40}
    opened = [d for d in community.decisions if isinstance(d, OpenGroup)]
    assert [(d.name, d.number) for d in opened] == [("hall_", 2)]
    inside = [e for e in community.chronicle.told if isinstance(e, Joined)]
    assert Counter(str(e.group) for e in inside)["hall_1"] == 40


def test_who_is_stuck_hears_of_it_once(community: Any) -> None:
    """One next step for each newcomer whose time is over."""
    called = [d.member for d in community.decisions if isinstance(d, Recommend)]
    assert len(called) == len(set(called)) > 50


def test_april_is_told_in_both_languages(community: Any) -> None:
    """Ways in, path, segments, invitations, life and goals, as a text and as a page."""
    report = community.chronicle.report("month", on=MAIN["APRIL"])
    page = next(row for row in report.channels if row.channel == "page")
    assert page.costs == (("JPY", 60_000),)
    assert page.people_before is not None
    assert [row.optional for row in report.funnels] == [False, True, False, False]
    reached = [row.reached for row in report.funnels]
    assert reached[0] >= reached[2] >= reached[3] > 0
    assert sum(r.members for r in report.segments) == report.figure("members").value
    assert report.generations
    assert report.scores[0].score is not None
    assert "官网" in text.render(report, "zh")
    assert "Brought by members" in html.render(report, "en", plots=False)


def test_who_wrote_again(community: Any) -> None:
    """What was not observed is None."""
    table = MAIN["retention"](community.chronicle.told)
    assert [table.size(nth) for nth in range(3)] == [89, 83, 49]
    assert table.rate(2, 1) is None
