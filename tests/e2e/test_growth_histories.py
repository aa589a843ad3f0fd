"""Retention and invitations over two published histories; a page shows the figures."""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from community_sdk.events import Custom, Event, MessagePosted
from community_sdk.metrics import (
    Arrival,
    InvitationTree,
    Retention,
    RetentionMatrix,
    Selection,
    nearest,
)
from community_sdk.model import EventId, MemberId

pytestmark = pytest.mark.data
TOKYO, LONDON = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/London")


def rows(path: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table of the data folder."""
    with gzip.open(Path(os.environ["COMMUNITY_SDK_DATA"]) / path, "rt") as lines:
        yield from csv.DictReader(lines)


def bots() -> set[str]:
    """Return the accounts of the chat that are none of a person."""
    found = rows("dd2030_slack/members.csv.gz")
    return {row["member"] for row in found if row["is_bot"] == "1"}


def percent(table: RetentionMatrix, cohort: int) -> list[int | None]:
    """Return the row of a cohort in whole percent."""
    rates = (table.rate(cohort, k) for k in range(len(table.starts)))
    return [None if rate is None else int(nearest(rate * 100)) for rate in rates]


@pytest.fixture(scope="module")
def tree() -> InvitationTree:
    """Who brought whom into the chat; entries are by room."""
    out = bots()
    return InvitationTree.grow(
        Arrival(
            member=row["member"],
            at=datetime.fromisoformat(row["at"]),
            inviter=row["actor"] or None,
        )
        for row in rows("dd2030_slack/events.csv.gz")
        if row["kind"] == "join" and row["member"] and row["member"] not in out
    )


def test_most_invitations_brought_nobody_new(tree: InvitationTree) -> None:
    """Six newcomers of 134; whoever is called into a further room is none."""
    assert len(tree.arrivals) == 134
    assert len(tree.inviters) == 6
    assert {why for _, _, why in tree.refused} == {"known"}
    assert len(tree.refused) == 23
    first, second = tree.branching("generation")
    assert (first.members, first.sharers, first.k) == (128, 4, Fraction(6, 128))
    assert (second.members, second.invited) == (6, 0)


def test_k_of_a_cycle_leaves_out_who_had_no_time(tree: InvitationTree) -> None:
    """Thirty days each: five newcomers of 94 members observed so long."""
    until = datetime(2025, 5, 22, tzinfo=TOKYO)
    first = tree.branching("generation", cycle=timedelta(days=30), until=until)[0]
    assert (first.members, first.invited) == (94, 5)
    wait = tree.cycle_time()
    assert wait is not None
    assert wait // timedelta(days=1) == 11


def test_the_months_of_the_chat(tree: InvitationTree) -> None:
    """Two, four, none: nothing that carries itself."""
    edges = [datetime(2025, month, 1, tzinfo=TOKYO) for month in (3, 4, 5, 6)]
    turns = tree.turns(edges)
    assert [turn.members for turn in turns] == [0, 64, 112]
    assert [turn.came for turn in turns] == [64, 48, 22]
    assert [turn.invited for turn in turns] == [2, 4, 0]
    assert tree.bursts(3, timedelta(hours=1)) == ()


def test_writers_of_the_chat_by_month() -> None:
    """Cohorts of the first message, months of Tokyo; the last one is not over."""
    out = bots()
    told: list[Event] = [
        MessagePosted(
            id=EventId(str(nth)),
            at=datetime.fromisoformat(row["at"]),
            member=MemberId(row["member"]),
        )
        for nth, row in enumerate(rows("dd2030_slack/events.csv.gz"))
        if row["kind"] == "message" and row["member"] and row["member"] not in out
    ]
    wrote = Selection("message")
    asked = Retention(target=wrote, returning=wrote, period="month", zone="Asia/Tokyo")
    table = asked.matrix(
        told,
        start=datetime(2025, 3, 1, tzinfo=TOKYO),
        intervals=3,
        until=datetime(2025, 5, 22, tzinfo=TOKYO),
    )
    assert [table.size(i) for i in range(3)] == [89, 83, 49]
    assert [percent(table, i) for i in range(3)] == [
        [100, 44, 38],
        [100, 34, None],
        [100, None, None],
    ]
    assert not table.complete(0, 2)


def purchases() -> list[Event]:
    """Return the purchases of the shop, cancelled ones left out, in UTC."""
    return [
        Custom(
            id=EventId(row["Invoice"]),
            at=local.replace(tzinfo=LONDON).astimezone(UTC),
            member=MemberId(row["customer_id"]),
            word="bought",
        )
        for row in rows("online_retail/online_retail_invoices_2009_2010.csv.gz")
        if row["customer_id"]
        and row["is_cancellation"] == "0"
        and float(row["amount"]) > 0
        for local in [datetime.fromisoformat(row["invoice_ts"])]
    ]


def test_customers_of_the_shop_by_month() -> None:
    """Months of London by the first purchase, beside a plain recount."""
    told = purchases()
    months: dict[str, set[int]] = defaultdict(set)
    for one in told:
        local = one.at.astimezone(LONDON)
        months[str(one.member)].add(local.year * 12 + local.month)
    bought = Selection("bought")
    start = datetime(2009, 12, 1, tzinfo=LONDON)
    for bounded, second in ((True, [100, 21, 31, 31]), (False, [100, 84, 82, 81])):
        asked = Retention(
            target=bought,
            returning=bought,
            period="month",
            bounded=bounded,
            zone="Europe/London",
        )
        table = asked.matrix(told, start=start, intervals=12)
        assert [table.size(0), table.size(1)] == [955, 383]
        assert percent(table, 1)[:4] == second
        for i in range(12):
            cohort = [m for m in months.values() if min(m) == 2009 * 12 + 12 + i]
            first = 2009 * 12 + 12 + i
            for k in range(1, 12 - i):
                back = sum(
                    first + k in m
                    if bounded
                    else any(first + k <= j < 2009 * 12 + 24 for j in m)
                    for m in cohort
                )
                assert table.counts[i][k] == back
            assert table.counts[i][12 - i :] == (None,) * i
