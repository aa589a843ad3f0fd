"""Run every bench, one after the other; `python -m bench funnel windows` runs some."""

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(p.stem for p in Path(__file__).parent.glob("bench_*.py"))


def main() -> None:
    """Run those asked for, or all."""
    asked = {f"bench_{word}" for word in sys.argv[1:]} or set(NAMES)
    for unknown in asked - set(NAMES):
        raise SystemExit(f"no bench `{unknown}`; there are {', '.join(NAMES)}")
    for name in NAMES:
        if name in asked:
            print(f"\n## {name.removeprefix('bench_')}\n", flush=True)
            import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
