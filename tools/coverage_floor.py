"""Branch coverage: all of the brain, nearly all of the rest.

Reads the measurement that `coverage json` wrote to the path given.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

PACKAGE = "src/community_sdk/"
BRAIN = (
    "_time",
    "conditions",
    "decisions",
    "enforcement",
    "engine",
    "errors",
    "events",
    "explanation",
    "metrics",
    "model",
    "obligation",
    "policies",
    "proposal",
    "state",
)
OVERALL = 95.0
WHOLE = 98.0  # the aim is 100; what is missing is named at every run
SHOWN = 12  # gaps per file


@dataclass(kw_only=True)
class Sum:
    """Lines and branches together, as coverage counts them."""

    wanted: int = 0
    covered: int = 0

    def add(self, summary: dict[str, Any]) -> None:
        """Take one file's figures in."""
        self.wanted += summary["num_statements"] + summary["num_branches"]
        self.covered += summary["covered_lines"] + summary["covered_branches"]

    @property
    def percent(self) -> float:
        """Share of what is covered; all of nothing is covered."""
        return 100 * self.covered / self.wanted if self.wanted else 100.0


def ranges(lines: list[int]) -> Iterator[str]:
    """Neighbouring lines as one range, `7-9`."""
    for _, run in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]):
        first, *rest = (line for _, line in run)
        yield f"{first}-{rest[-1]}" if rest else f"{first}"


def in_brain(path: str) -> bool:
    """Whether the file belongs to a room of the brain."""
    first = path.removeprefix(PACKAGE).split("/")[0].removesuffix(".py")
    return first in BRAIN


def main(measured: str) -> int:
    """Print both figures; answer 1 and name the gaps where one is too low."""
    files = json.loads(Path(measured).read_text(encoding="utf-8"))["files"]
    brain, overall, gaps = Sum(), Sum(), list[str]()
    for path, figures in sorted(files.items()):
        overall.add(figures["summary"])
        if in_brain(path):
            brain.add(figures["summary"])
            lines, arcs = figures["missing_lines"], figures["missing_branches"]
            if lines or arcs:
                shown = [*ranges(lines), *(f"{a}->{b}" for a, b in arcs)]
                more = f" … {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
                gaps.append(f"  {path}: {', '.join(shown[:SHOWN])}{more}")
    print(f"coverage: brain {brain.percent:.2f} % of {WHOLE:.0f}, ", end="")
    print(f"overall {overall.percent:.2f} % of {OVERALL:.0f}")
    print(*gaps, sep="\n", end="\n" if gaps else "")
    return brain.percent < WHOLE or overall.percent < OVERALL


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
