"""`check`: read playbooks and say whether they can run, every mistake at once."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from community_sdk.cli._book import add_parameters, parameters
from community_sdk.cli._speech import complain, sentence, tell
from community_sdk.errors import DefinitionError, WorldError
from community_sdk.playbook import load

__all__ = ["declare", "run"]


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    told = sentence("cli.arg_playbook", lang)
    parser.add_argument("playbooks", nargs="+", metavar="PLAYBOOK", help=told)
    add_parameters(parser, lang)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Check each playbook; 1 if any cannot run."""
    lang, bad = arguments.lang, 0
    for name in arguments.playbooks:
        try:
            book = load(name, **parameters(arguments))
            book.engine()
        except (DefinitionError, WorldError) as error:
            complain(error, lang)
            bad += 1
            continue
        tell(
            "cli.checked",
            lang,
            playbook=name,
            policies=len(book.policies),
            rules=len(book.rulebook.rules),
            digest=book.digest,
        )
    return 1 if bad else 0
