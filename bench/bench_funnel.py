"""The funnel over a whole history beside a fold by hand, pandas and a database.

Run as `python -m bench.bench_funnel`. A million events, five steps, instants that tie
only within a step, so that the simple fold is right. The frames are given their table
ready made, the two folds their list; without chdb the others are measured alone.
"""

import os
import random
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import pandas as pd

from bench.limits.funnel import levels as by_hand
from bench.limits.funnel_frames import by_database, by_pandas
from bench.rounds import ratios
from community_sdk.metrics import levels

STEPS, WINDOW = 5, 7 * 86_400_000_000
EVENTS = int(os.environ.get("BENCH_EVENTS", "1000000"))


def main() -> None:
    """Assert equal levels, then print the ratios."""
    rng = random.Random(3)
    members = [f"m{i}" for i in range(EVENTS // 20)]
    plain: list[tuple[str, int, int]] = []
    for _ in range(EVENTS):
        step = min(int(rng.expovariate(0.7)), STEPS - 1)
        at = rng.randrange(60 * 86_400) * 1_000_000 + step
        plain.append((rng.choice(members), at, step))
    tagged = [(member, at, (step,)) for member, at, step in plain]
    table = pd.DataFrame(plain, columns=["member", "at", "step"])

    def ours() -> dict[str, int]:
        return levels(tagged, STEPS, lambda opening: opening + WINDOW)

    def hand() -> dict[str, int]:
        return by_hand(plain, STEPS, WINDOW)

    def frames() -> dict[str, int]:
        return {str(k): int(v) for k, v in by_pandas(table, STEPS, WINDOW).items()}

    measured: dict[str, Callable[[], dict[str, int]]] = {
        "by hand": hand,
        "funnel": ours,
        "pandas": frames,
    }
    if find_spec("chdb") is None:
        print("chdb is not installed: its `windowFunnel` is left out")
    else:
        chdb = import_module("chdb")

        def database() -> dict[str, int]:
            found = by_database(chdb, table, STEPS, WINDOW)
            return dict(zip(found["member"], found["level"].astype(int), strict=True))

        measured["windowFunnel"] = database
    for name, run in measured.items():
        if run() != hand():
            raise SystemExit(f"the levels of `{name}` differ")
    print(f"{EVENTS:,} events, {len(hand()):,} members, equal levels")
    ratios(measured, base="by hand", number=1)


if __name__ == "__main__":
    main()
