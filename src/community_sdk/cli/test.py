"""`test`: run scenario files, a history and what must come of it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from community_sdk.cli._speech import complain, sentence, tell
from community_sdk.errors import CommunityError
from community_sdk.wording import phrase, say_problem

__all__ = ["declare", "run"]


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    told = sentence("cli.arg_scenarios", lang)
    parser.add_argument("paths", nargs="+", metavar="PATH", help=told)
    parser.set_defaults(run=run)


def _passes(file: Path, lang: str) -> bool:
    """Run one scenario and print how it ended; what cannot run is a complaint."""
    from community_sdk.testing.scenarios import run_scenario

    told: list[str] = []
    passed = False
    try:
        result = run_scenario(file)
    except CommunityError as error:
        complain(error, lang)
    else:
        passed = result.passed
        told = [
            str(f) if lang == "en" else say_problem(f, lang) for f in result.failures
        ]
    print(f"{phrase('cli.passed' if passed else 'cli.failed', lang)} {file}")
    for line in told:
        print(f"     {line}")
    return passed


def run(arguments: Namespace) -> int:
    """Run every scenario; 1 if any fails."""
    lang, failed, total = arguments.lang, 0, 0
    for path in arguments.paths:
        root = Path(path)
        files = sorted(root.rglob("*.toml")) if root.is_dir() else [root]
        for file in files:
            total += 1
            failed += not _passes(file, lang)
    tell("cli.tested", lang, total=total, failed=failed)
    return 1 if failed or not total else 0
