"""Cases on published purchases: the file is read, the figures are the library's."""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from community_sdk.events import Custom
from community_sdk.metrics import Retention, Selection, Transaction, rfm_figures
from community_sdk.model import EventId, MemberId
from tests.peers.frame import OWN, VARIABLE, Plain

UNITS: Final[dict[str, Any]] = {
    "day": "day",
    "week": "week",
    "week (days/7)": "seven_days",
}
_NAMES: Final = {
    "who": ("customer_id", "customer", "id", "Customer ID", "CustomerID"),
    "when": ("invoice_ts", "date", "InvoiceDate"),
    "amount": ("amount", "spent", "dollars", "Amount"),
    "cancelled": ("is_cancellation",),
}


def _file(name: str) -> Path:
    """Return the file called *name*, or one whose name begins with its first word."""
    word = name.split(maxsplit=1)[0].lower()[:6]
    folders = (os.environ.get(VARIABLE), os.environ.get("COMMUNITY_SDK_DATA"), OWN)
    for folder in (f for f in folders if f):
        for path in Path(folder).rglob("*.csv*"):
            if path.name == Path(name).name or path.name.lower().startswith(word):
                return path
    msg = f"the data file `{name}` is neither beside the cases nor among the data"
    raise FileNotFoundError(msg)


def _cell(row: Plain, what: str) -> str:
    return next((str(row[n]) for n in _NAMES[what] if n in row), "")


def _rows(asked: Plain) -> Iterator[tuple[str, datetime, Fraction]]:
    path = _file(asked["file"])
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            amount = Fraction(_cell(row, "amount") or 0)
            if _kept(row, amount, asked.get("filter", "")):
                when = datetime.fromisoformat(_cell(row, "when"))
                yield _cell(row, "who"), when, amount


def _kept(row: Plain, amount: Fraction, words: str) -> bool:
    """Apply the filter, which the case tells in words."""
    cancelled = "cancel" in words and _cell(row, "cancelled") == "1"
    unpaid = amount <= 0 and ("amount" in words or "positive" in words)
    return _cell(row, "who") != "" and not cancelled and not unpaid


def purchases(case: Plain) -> Plain:
    """Answer what the purchases sum up to, in the form of models."""
    asked = case["input"]
    bought: list[Transaction] = [(w, at.date(), sum_) for w, at, sum_ in _rows(asked)]
    unit = UNITS[asked.get("unit", "day")]
    end = date.fromisoformat(asked["end"]) if "end" in asked else None
    found = rfm_figures(bought, end=end, unit=unit, form="model")
    again = [figures for figures in found.values() if figures.frequency]
    histogram = Counter(figures.frequency for figures in found.values())
    ten = [
        [who, f.frequency, f.tenure_at_last, f.age, f.monetary]
        for who, f in [*found.items()][:10]
    ]
    total = sum((f.monetary for f in again), start=Fraction(0))
    return {
        "customers": len(found),
        "repeat_purchases": sum(figures.frequency for figures in again),
        "customers_with_repeat": len(again),
        "mean_monetary_of_repeaters": total / len(again) if again else None,
        "frequency_histogram": {str(n): count for n, count in histogram.items()},
        "first_ten_id_freq_recency_age_monetary": ten,
    }


def cohorts(case: Plain) -> Plain:
    """Answer who bought again, by the period of the first purchase."""
    asked = case["input"]
    bought = Selection("case:purchase")
    zone = ZoneInfo("UTC")
    events = [
        Custom(
            id=EventId(str(number)),
            at=at.replace(tzinfo=zone),
            member=MemberId(who),
            word=bought.kind,
        )
        for number, (who, at, _) in enumerate(_rows(asked))
    ]
    counted = Retention(
        target=bought,
        returning=bought,
        period=asked.get("period", "month"),
        cohort=asked.get("type", "first_time"),
        zone="UTC",
    )
    start, size = min(event.at for event in events), len(case["expect"]["matrix"])
    found = counted.matrix(events, start=start, intervals=size)
    return {
        "cohorts": [f"{at:%Y-%m}" for at in found.starts],
        "matrix": [[n for n in row if n is not None] for row in found.counts],
    }
