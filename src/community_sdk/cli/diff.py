"""`diff`: what a second playbook does otherwise, part by part."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from community_sdk.cli._book import add_parameters, parameters
from community_sdk.cli._speech import sentence, tell
from community_sdk.playbook import diff, load

__all__ = ["declare", "run"]


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    parser.add_argument("before", help=sentence("cli.arg_before", lang))
    parser.add_argument("after", help=sentence("cli.arg_after", lang))
    add_parameters(parser, lang)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print every difference; 0 when equal, 1 when not, as `diff` does."""
    lang, given = arguments.lang, parameters(arguments)
    changes = diff(load(arguments.before, **given), load(arguments.after, **given))
    for change in changes:
        tell(
            f"cli.change_{change.kind}",
            lang,
            path=change.path,
            before=change.before,
            after=change.after,
        )
    if not changes:
        tell("cli.same", lang)
    return 1 if changes else 0
