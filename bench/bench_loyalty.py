"""A loyalty programme over a year of invoices beside the same written with pandas.

Run as `python -m bench.bench_loyalty`. The invoices are *Online Retail II* (Chen, D.,
UCI, CC BY 4.0) from the folder that `COMMUNITY_SDK_DATA` names; without it, nothing is
timed.
"""

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from bench.limits.loyalty import programme as by_hand
from bench.rounds import ratios
from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.events import Event, PointsPosted, PurchaseMade, TierChanged
from community_sdk.playbook import Playbook, loads

HERE = Path(__file__).parents[1]
INVOICES = "online_retail/online_retail_invoices_2009_2010.csv.gz"
LONDON = ZoneInfo("Europe/London")
BOOK = """
format = 1
name = "shop"
version = "1"
community = { key = "shop", zone = "Europe/London" }

[[tiers]]
key = "club"
tier = [{ key = "t0" }, { key = "t1" }, { key = "t2" }, { key = "t3" }]

[[policy]]
kind = "points_program"
key = "spend"
currency = "spend"
unmatched = "latest"
rules = [{ name = "spent", event = "purchase", counts = "qualifying", rates = [{ points = 1, per = "0.01 GBP" }] }]

[[policy]]
kind = "points_program"
key = "points"
unmatched = "latest"
expiry = { after = "6 months", until = "end_of_day" }
rules = [{ name = "purchase", event = "purchase", rates = [{ points = 1, per = "1.00 GBP" }] }]

[[policy]]
kind = "qualification"
key = "tiers"
tiers = "club"
climb = "as_earned"
fall = "straight_down"
upgrade = "at_review"
downgrade = "at_review"
review = "month"

[policy.bars.t1]
entry = 'total("points_posted", "180d", currency="spend") >= 50000'

[policy.bars.t2]
entry = 'total("points_posted", "180d", currency="spend") >= 150000'

[policy.bars.t3]
entry = 'total("points_posted", "180d", currency="spend") >= 500000'
"""  # noqa: E501 - a file


def invoices(folder: Path) -> list[Event]:
    """Return the purchases and cancellations of known customers, in order."""
    mapping = HERE / "examples" / "mappings" / "online_retail.toml"
    table = read_table(folder / INVOICES, mapping, community="shop")
    events = [event for event in table if not isinstance(event, Refusal)]
    return sorted(events, key=lambda e: (e.at, e.seq))


def ours(book: Playbook, events: list[Event]) -> tuple[Counter[Any], Counter[Any]]:
    """Return points by month and kind, and moves by month."""
    engine = book.engine()
    points: Counter[Any] = Counter()
    moves: Counter[Any] = Counter()

    def keep(facts: tuple[Event, ...]) -> None:
        for fact in facts:
            if isinstance(fact, PointsPosted) and fact.currency == "points":
                month = f"{fact.recorded_at.astimezone(LONDON):%Y-%m}"
                points[month, fact.entry.value] += fact.amount
            elif isinstance(fact, TierChanged):
                over = fact.at.timestamp() - 1
                month = f"{datetime.fromtimestamp(over, LONDON):%Y-%m}"
                moves[month, "up" if fact.rise else "down"] += 1

    for event in events:
        keep(engine.receive(event).facts)
    keep(engine.advance(events[-1].at).facts)
    return points, moves


def frame(events: list[Event]) -> pd.DataFrame:
    """Return the same invoices as columns."""
    rows = [
        (str(e.member), e.at.astimezone(UTC), amount, amount < 0)
        for e in events
        if (amount := _signed(e)) or isinstance(e, PurchaseMade)
    ]
    return pd.DataFrame(rows, columns=["member", "at", "amount", "cancelled"])


def _signed(event: Any) -> int:
    amount = int(event.money.amount)
    return amount if isinstance(event, PurchaseMade) else -amount


def told(rows: pd.DataFrame) -> tuple[Counter[Any], Counter[Any]]:
    """Return points and moves by month as pandas has them."""
    points, moves = (
        Counter(
            {
                (str(month), str(name)): int(value)
                for name in found
                for month, value in found[name].items()
                if value
            }
        )
        for found in by_hand(rows)
    )
    return points, moves


def main() -> None:
    """Assert equal points and moves, then print the ratio."""
    folder = os.environ.get("COMMUNITY_SDK_DATA")
    if not folder:
        print("COMMUNITY_SDK_DATA is not set: nothing to time")
        return
    events, book = invoices(Path(folder)), loads(BOOK)
    rows = frame(events)
    if ours(book, events) != told(rows):
        raise SystemExit("points or tiers differ")
    print(f"{len(events):,} invoices, {rows['member'].nunique():,} members, equal")
    ratios(
        {"pandas": lambda: by_hand(rows), "engine": lambda: ours(book, events)},
        base="pandas",
        number=1,
    )


if __name__ == "__main__":
    main()
