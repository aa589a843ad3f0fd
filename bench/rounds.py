"""Times things side by side: in turns, so that all meet the same noise.

A machine that is shared changes its speed by a factor of two within minutes. A ratio is
therefore taken within each round, and of these the median and the range are shown.
"""

import gc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from time import process_time

__all__ = ["Measured", "measure", "ratios", "table"]

LONG_ENOUGH = 0.02


@dataclass(frozen=True)
class Measured:
    """What one function took: seconds per call, and beside the base in each round."""

    name: str
    seconds: float
    ratio: float
    low: float
    high: float


def measure(
    functions: Mapping[str, Callable[[], object]],
    *,
    base: str,
    rounds: int = 7,
    number: int | None = None,
) -> list[Measured]:
    """Time *functions* in turns and compare each with the one called *base*.

    *number* calls make one measurement; by default as many as take 20 ms, found out
    for each function by itself. Collection of garbage waits until a round is over.
    """
    numbers = {name: number or _enough(run) for name, run in functions.items()}
    taken: dict[str, list[float]] = {name: [] for name in functions}
    order = list(functions)
    gc.disable()
    try:
        for _ in range(rounds):
            for name in order:
                taken[name].append(_timed(functions[name], numbers[name]))
            order.append(order.pop(0))  # nobody is always the first
            gc.collect()
    finally:
        gc.enable()
    found: list[Measured] = []
    for name, times in taken.items():
        beside = [a / b for a, b in zip(times, taken[base], strict=True)]
        found.append(
            Measured(name, median(times), median(beside), min(beside), max(beside))
        )
    return found


def _timed(run: Callable[[], object], number: int) -> float:
    start = process_time()
    for _ in range(number):
        run()
    return (process_time() - start) / number


def _enough(run: Callable[[], object]) -> int:
    number = 1
    while True:
        once = _timed(run, number)
        if once * number >= LONG_ENOUGH:
            return number
        number = max(number * 2, min(number * 100, int(LONG_ENOUGH / (once + 1e-9))))


def table(found: Iterable[Measured], *, each: int = 1, per: str = "call") -> str:
    """Return *found* as a Markdown table; a call does *each* pieces of work."""
    lines = [f"| variant | ratio | range | µs per {per} |", "|---|--:|--:|--:|"]
    lines += [
        f"| {m.name} | {m.ratio:.2f} | {m.low:.2f} … {m.high:.2f} "
        f"| {m.seconds / each * 1e6:,.3f} |"
        for m in found
    ]
    return "\n".join(lines)


def ratios(  # noqa: PLR0913 - two to measure by, two to show
    functions: Mapping[str, Callable[[], object]],
    *,
    base: str,
    rounds: int = 7,
    number: int | None = None,
    each: int = 1,
    per: str = "call",
) -> list[Measured]:
    """Measure *functions* beside *base*, print the table, return the figures."""
    found = measure(functions, base=base, rounds=rounds, number=number)
    print(table(found, each=each, per=per), end="\n\n")
    return found
