"""The half-month league over 21 years of a real community, beside pandas and polars.

Run as `python -m bench.bench_league`; it wants `COMMUNITY_SDK_DATA` (raku_irc). Who
wrote or was thanked in a period or in the five before is here; messages rank, then
thanks, then seniority. Every close starts with the groups that the one before left.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from bench.limits.league import Move, Row, in_pandas, in_polars
from bench.rounds import ratios
from community_sdk.model import MemberId, Standing, TierKey
from community_sdk.policies import LeagueRules, OrderKey, Quota
from community_sdk.policies.league import close

TIERS = tuple(TierKey(word) for word in ("retention", "second", "core"))
RULES = LeagueRules(
    tiers=TIERS,
    order=(
        OrderKey(by="activity"),
        OrderKey(by="featured"),
        OrderKey(by="joined", best="low"),
    ),
    promote=Quota(least=1, most=3),
    relegate=Quota(most=10),
    pool=(TIERS[1],),
    to=TIERS[0],
)
SILENT = 5
_SIXTEENTH = 16
Periods = list[tuple[str, list[Row]]]


def main() -> None:
    """Assert equal moves, then print the ratios."""
    root = os.environ.get("COMMUNITY_SDK_DATA")
    if not root:
        print("no COMMUNITY_SDK_DATA: nothing to measure")
        return
    periods = read(Path(root) / "raku_irc" / "member_day_2005_2026.csv.gz")
    hand = in_pandas(periods)
    if not hand == in_polars(periods) == ours(periods):
        raise SystemExit("the moves differ")
    rows = sum(len(here) for _, here in periods)
    print(f"{len(periods)} closes, {rows:,} ranks, {len(hand):,} equal moves")
    ratios(
        {
            "pandas by hand": lambda: in_pandas(periods),
            "polars by hand": lambda: in_polars(periods),
            "close": lambda: ours(periods),
        },
        base="pandas by hand",
        number=1,
        rounds=int(os.environ.get("BENCH_ROUNDS", "7")),
    )


def read(path: Path) -> Periods:
    """Return by half-month who is here, with messages, thanks and the first day."""
    sums: dict[str, dict[str, list[int]]] = defaultdict(dict)
    first: dict[str, int] = {}
    for day, member, messages, thanks in _days(path):
        half = 1 if day.day < _SIXTEENTH else 2
        row = sums[f"{day:%Y-%m}-H{half}"].setdefault(member, [0, 0])
        row[0] += messages
        row[1] += thanks
        first[member] = min(first.get(member, day.toordinal()), day.toordinal())
    seen: dict[str, int] = {}
    periods: Periods = []
    for nth, (name, counted) in enumerate(sorted(sums.items())):
        seen |= dict.fromkeys(counted, nth)
        here = [m for m, last in seen.items() if last >= nth - SILENT]
        rows = [(m, *counted.get(m, (0, 0)), first[m]) for m in here]
        periods.append((name, [(m, n, k, since) for m, n, k, since in rows]))
    return periods


def _days(path: Path) -> Iterator[tuple[date, str, int, int]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"])
            yield day, row["member"], int(row["messages"]), int(row["kudos_in"])


def ours(periods: Periods) -> list[Move]:
    """Close every period by the rules."""
    held: dict[str, TierKey] = {}
    moves: list[Move] = []
    days: dict[int, datetime] = {}
    for name, rows in periods:
        standings = [
            Standing(
                member=MemberId(m),
                tier=held.get(m, TIERS[1]),
                figures={"activity": n, "featured": k},
                joined=days.get(since) or days.setdefault(since, _noon(since)),
            )
            for m, n, k, since in rows
        ]
        found = close(standings, RULES, period=name).movements
        held |= {m.member: m.after for m in found}
        place = TIERS.index
        moves += sorted(
            (name, str(m.member), place(m.before), place(m.after)) for m in found
        )
    return moves


def _noon(day: int) -> datetime:
    return datetime.fromordinal(day).replace(tzinfo=UTC)


if __name__ == "__main__":
    main()
