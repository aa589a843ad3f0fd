"""The funnel over a whole history beside a fold written out by hand.

Run as `python -m bench.bench_funnel`. A million events, five steps, instants that tie
only within a step, so that the simple fold is right.
"""

import os
import random

from bench.limits.funnel import levels as by_hand
from bench.rounds import ratios
from community_sdk.metrics import levels

STEPS, WINDOW = 5, 7 * 86_400_000_000
EVENTS = int(os.environ.get("BENCH_EVENTS", "1000000"))


def main() -> None:
    """Assert equal levels, then print the ratio."""
    rng = random.Random(3)
    members = [f"m{i}" for i in range(EVENTS // 20)]
    plain: list[tuple[str, int, int]] = []
    for _ in range(EVENTS):
        step = min(int(rng.expovariate(0.7)), STEPS - 1)
        at = rng.randrange(60 * 86_400) * 1_000_000 + step
        plain.append((rng.choice(members), at, step))
    tagged = [(member, at, (step,)) for member, at, step in plain]

    def ours() -> dict[str, int]:
        return levels(tagged, STEPS, lambda opening: opening + WINDOW)

    def hand() -> dict[str, int]:
        return by_hand(plain, STEPS, WINDOW)

    if ours() != hand():
        raise SystemExit("the levels differ")
    print(f"{EVENTS:,} events, {len(hand()):,} members, equal levels")
    ratios({"by hand": hand, "funnel": ours}, base="by hand", number=1)


if __name__ == "__main__":
    main()
