"""The half-month league over real member-days: closed online as over a table."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from bench.bench_league import RULES, TIERS, Periods, ours, read
from bench.limits.league import in_pandas
from community_sdk import events as ev
from community_sdk import load
from community_sdk.decisions import ChangeTier
from community_sdk.engine import WholeEngine
from community_sdk.metrics import Metric
from community_sdk.model import EventId, MemberId
from community_sdk.playbook import Playbook
from community_sdk.policies import LeaguePolicy

pytestmark = pytest.mark.data
CLOSES = 48


@pytest.fixture(scope="module")
def periods() -> Periods:
    """Two years of half-months."""
    root = Path(os.environ["COMMUNITY_SDK_DATA"]) / "raku_irc"
    return read(root / "member_day_2005_2026.csv.gz")


def a_book() -> Playbook:
    """The preset in UTC, with sums of a period told as one event a member."""
    book = load("half_month_league", zone="UTC")
    (league,) = book.policies
    assert isinstance(league, LeaguePolicy)
    figures = {
        name: Metric(word="total", kind=word)
        for name, word in (("activity", "wrote"), ("featured", "featured"))
    }
    mine = evolve(league, rules=RULES, figures=figures, starts_after=None)
    return evolve(book, policies=(mine,), events=("wrote", "featured"))


def first_day(period: str) -> datetime:
    """The first day of a half-month."""
    year, month, half = period.split("-")
    return datetime(int(year), int(month), 1 if half == "H1" else 16, tzinfo=UTC)


def told(periods: Periods) -> Iterator[ev.Event]:
    """Who comes, what is counted, who goes, period after period."""
    here: set[str] = set()
    nth = 0

    def make(cls: Any, at: datetime, member: str, **more: Any) -> Any:
        nonlocal nth
        nth += 1
        return cls(id=EventId(f"e{nth}"), at=at, member=MemberId(member), **more)

    for period, rows in periods:
        at = first_day(period)
        now = {row[0] for row in rows}
        for member in sorted(here - now):
            yield make(ev.Left, at, member)
        for member, activity, featured, _ in sorted(rows):
            if member not in here:
                yield make(ev.Joined, at, member)
            for word, amount in (("wrote", activity), ("featured", featured)):
                if amount:
                    yield make(
                        ev.Custom, at, member, word=word, properties={"amount": amount}
                    )
        here = now


def stays(periods: Periods) -> Periods:
    """The periods with seniority from the beginning of the running stay."""
    since: dict[str, int] = {}
    found: Periods = []
    for name, rows in periods:
        day = first_day(name).toordinal()
        since = {row[0]: since.get(row[0], day) for row in rows}
        found.append((name, [(m, n, k, since[m]) for m, n, k, _ in rows]))
    return found


def test_online_closes_are_those_of_a_table(periods: Periods) -> None:
    """Two years of events through the engine move whom the pure function moves."""
    some = stays(periods[:CLOSES])
    whole = WholeEngine(a_book().engine())
    steps = list(whole.replay(told(some)))
    steps.append(whole.advance(first_day(periods[CLOSES][0])))
    found = [
        (
            str(d.because["period"]),
            str(d.member),
            TIERS.index(d.before),
            TIERS.index(d.after),
        )
        for step in steps
        for d in step.decisions
        if isinstance(d, ChangeTier)
    ]
    assert sorted(found) == ours(some)
    assert len(found) > 10 * CLOSES


def test_all_closes_are_those_written_by_hand(periods: Periods) -> None:
    """All closes of 21 years, beside the rule in a data frame."""
    assert ours(periods) == in_pandas(periods)
    assert len(periods) > 500
