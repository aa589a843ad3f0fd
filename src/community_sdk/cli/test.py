"""`test`: run scenario files, a history and what must come of it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from community_sdk.cli._speech import sentence, tell

__all__ = ["declare", "run"]


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    told = sentence("cli.arg_scenarios", lang)
    parser.add_argument("paths", nargs="+", metavar="PATH", help=told)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Run every scenario; 1 if any fails."""
    from community_sdk.testing.scenarios import run_scenario

    lang, failed, total = arguments.lang, 0, 0
    for path in arguments.paths:
        root = Path(path)
        files = sorted(root.rglob("*.toml")) if root.is_dir() else [root]
        for file in files:
            total += 1
            result = run_scenario(file)
            failed += not result.passed
            mark = "ok  " if result.passed else "FAIL"
            print(f"{mark} {file}")
            for failure in result.failures:
                print(f"     {failure}")
    tell("cli.tested", lang, total=total, failed=failed)
    return 1 if failed or not total else 0
