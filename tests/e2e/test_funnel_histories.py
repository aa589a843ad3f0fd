"""Two funnels over published histories; the figures stand on a page as well."""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from community_sdk._time import Duration
from community_sdk.events import Custom, Event, Introduced, Joined, MessagePosted
from community_sdk.metrics.funnel import (
    Exclusion,
    FunnelAnalysis,
    FunnelReport,
    FunnelRules,
    FunnelStep,
)
from community_sdk.model import EventId, MemberId

pytestmark = pytest.mark.data
TOKYO, LONDON = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/London")
REGULAR = 5


def rows(path: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table of the data folder."""
    with gzip.open(Path(os.environ["COMMUNITY_SDK_DATA"]) / path, "rt") as lines:
        yield from csv.DictReader(lines)


def chat() -> list[Event]:
    """Return joins, introductions, messages, messages that drew a reaction, regulars.

    A member joins once, with the first channel; bots are left out. A reaction has no
    time of its own: it counts at the instant of the message. Who writes on a fifth
    local day is a regular from that message on.
    """
    bots = {
        r["member"] for r in rows("dd2030_slack/members.csv.gz") if r["is_bot"] == "1"
    }
    intro = {
        r["channel"]
        for r in rows("dd2030_slack/channels.csv.gz")
        if "自己紹介" in r["name"]
    }
    out: list[Event] = []
    joined: set[str] = set()
    echoed: set[tuple[str, datetime]] = set()
    days: dict[str, set[object]] = defaultdict(set)
    for nth, row in enumerate(rows("dd2030_slack/events.csv.gz")):
        who, kind = row["member"], row["kind"]
        if not who or who in bots or kind not in ("join", "message", "reaction"):
            continue
        at, head = datetime.fromisoformat(row["at"]), EventId(f"{nth}")
        member = MemberId(who)
        if kind == "join" and who not in joined:
            joined.add(who)
            out.append(Joined(id=head, at=at, member=member))
        elif kind == "reaction" and row["actor"] != who and (who, at) not in echoed:
            echoed.add((who, at))
            out.append(Custom(id=head, at=at, member=member, word="echo"))
        elif kind == "message" and row["channel"] in intro and row["is_reply"] != "1":
            out.append(Introduced(id=head, at=at, member=member))
        elif kind == "message":
            out.append(MessagePosted(id=head, at=at, member=member))
        if kind == "message":
            known = len(days[who])
            days[who].add(at.astimezone(TOKYO).date())
            if known < len(days[who]) == REGULAR:
                more = EventId(f"{nth}r")
                out.append(Custom(id=more, at=at, member=member, word="regular"))
    return out


WORDS = ("joined", "introduced", "message", "echo", "regular")
NEWCOMERS = FunnelRules(
    steps=tuple(FunnelStep(event=word) for word in WORDS),
    window=Duration.parse("30d"),
)


def shop() -> list[Event]:
    """Return purchases and refunds of customers; the clock is that of London."""
    out: list[Event] = []
    for row in rows("online_retail/online_retail_invoices_2009_2010.csv.gz"):
        amount = float(row["amount"])
        refund = row["is_cancellation"] == "1"
        if not row["customer_id"] or (amount <= 0 and not refund):
            continue
        local = datetime.fromisoformat(row["invoice_ts"]).replace(tzinfo=LONDON)
        out.append(
            Custom(
                id=EventId(row["Invoice"]),
                at=local.astimezone(UTC),
                member=MemberId(row["customer_id"]),
                word="returned" if refund else "bought",
                properties={"country": row["country"]},
            )
        )
    return out


PURCHASES = FunnelRules(
    steps=(FunnelStep(event="bought"),) * 3, window=Duration.parse("90d")
)


ON_THE_WAY = (Exclusion(event="returned", after=0, before=2),)


def told(report: FunnelReport) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return who reached each step, and who got no further but still may."""
    return report.counts, tuple(step.still_open for step in report.steps)


def test_newcomers_of_a_chat() -> None:
    """From joining to being a regular; the introduction may be left out, or not."""
    events = chat()
    analysis = FunnelAnalysis(NEWCOMERS, events, where="Asia/Tokyo")
    assert told(analysis.report()) == ((134, 28, 21, 18, 15), (34, 3, 1, 0, 0))
    joined, introduced, *rest = NEWCOMERS.steps
    steps = (joined, evolve(introduced, optional=True), *rest)
    free = evolve(NEWCOMERS, steps=steps)
    analysis = FunnelAnalysis(free, events, where="Asia/Tokyo")
    report = analysis.report()
    assert told(report) == ((134, 28, 74, 67, 34), (16, 3, 2, 13, 0))
    assert report.subjects == 258
    trend = analysis.trend("month")
    assert [(p.reached_from, p.reached_to, p.complete) for p in trend] == [
        (64, 23, True),
        (48, 8, False),
        (22, 3, False),
    ]


@pytest.fixture(scope="module")
def sold() -> list[Event]:
    """The purchases and refunds of a year."""
    return shop()


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (PURCHASES, (4312, 2425, 1391)),
        (evolve(PURCHASES, entry="first"), (4312, 2008, 946)),
        (evolve(PURCHASES, entry="totals"), (9757, 5838, 3641)),
        (evolve(PURCHASES, exclusions=ON_THE_WAY), (4003, 2087, 1179)),
        (
            evolve(PURCHASES, exclusions=ON_THE_WAY, scope="user"),
            (3661, 1977, 1179),
        ),
    ],
)
def test_purchases_of_a_shop(
    sold: list[Event], rules: FunnelRules, wanted: tuple[int, ...]
) -> None:
    """First, second, third purchase, and the same where nothing is given back."""
    report = FunnelAnalysis(rules, sold, where="Europe/London").report()
    assert report.counts == wanted
    assert report.subjects == 4381


def test_first_attempts_of_a_shop_beside_a_plain_recount(sold: list[Event]) -> None:
    """The second and third purchase of a customer within 90 days of the first."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for event in sold:
        if event.name == "bought":
            times[str(event.member)].append(event.at)
    counts = [0, 0, 0]
    for own in map(sorted, times.values()):
        for nth, at in enumerate(own[:3]):
            counts[nth] += at - own[0] <= timedelta(days=90)
    assert counts == [4312, 2008, 946]
