"""Importing us beside importing what we stand on, each in a fresh process.

Run as `python -m bench.bench_import`. CPU seconds of the child, interleaved; the first
run of each writes its bytecode, which is not counted, as it is after any installation.
"""

import os
import resource
import subprocess
import sys
import tempfile
from statistics import median

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
BASE = "import attrs, cattrs, cattrs.preconf.json, dateutil.relativedelta, dateutil.tz"
DECIDE = """
from datetime import datetime, timezone
from community_sdk import load
from community_sdk.events import RuleBroken
engine = load("smart_home").engine()
at = datetime(2026, 11, 16, 12, tzinfo=timezone.utc)
step = engine.receive(RuleBroken(id="b", at=at, member="ann", rule="flooding"))
assert step.decisions
"""
PROGRAMS = {
    "bare interpreter": "pass",
    "attrs + cattrs + dateutil": BASE,
    "import community_sdk": "import community_sdk",
    "first decision": DECIDE,
}


def cpu(program: str, cache: str) -> float:
    """Return the CPU seconds of one fresh process, with its bytecode in *cache*."""
    given = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
    given.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True, env=given)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    user = after.ru_utime - before.ru_utime
    return user + after.ru_stime - before.ru_stime


def main() -> None:
    """Print medians over the bare interpreter, and ratios per round."""
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as cache:
        for program in PROGRAMS.values():
            cpu(program, cache)
        for _ in range(ROUNDS):
            for name, program in PROGRAMS.items():
                taken[name].append(cpu(program, cache))
    bare = taken["bare interpreter"]
    ground = taken["attrs + cattrs + dateutil"]
    base = [a - b for a, b in zip(ground, bare, strict=True)]
    print("| program | ms over bare | ratio | range |\n|---|--:|--:|--:|")
    for name, times in taken.items():
        over = [a - b for a, b in zip(times, bare, strict=True)]
        beside = [a / b for a, b in zip(over, base, strict=True)]
        span = f"{min(beside):.2f} … {max(beside):.2f}"
        print(f"| {name} | {median(over) * 1e3:.0f} | {median(beside):.2f} | {span} |")


if __name__ == "__main__":
    main()
