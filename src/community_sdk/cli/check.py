"""`check`: whether playbooks can run, and whether they treat everybody alike."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from community_sdk.analysis import (
    Finding,
    Gravity,
    check_dependence,
    check_fairness,
    check_growth,
    check_order,
    check_segments,
    check_standing,
)
from community_sdk.cli._book import add_parameters, parameters
from community_sdk.cli._speech import complain, sentence, tell
from community_sdk.errors import DefinitionError, WorldError
from community_sdk.playbook import load
from community_sdk.wording import say_problem, word

__all__ = ["declare", "run"]

_LOOKS: Final = (
    *(check_fairness, check_segments, check_dependence),
    *(check_order, check_standing, check_growth),
)


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    told = sentence("cli.arg_playbook", lang)
    parser.add_argument("playbooks", nargs="+", metavar="PLAYBOOK", help=told)
    add_parameters(parser, lang)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Check each playbook; 1 if any cannot run, or judges by what it must not."""
    lang, bad = arguments.lang, 0
    for name in arguments.playbooks:
        try:
            book = load(name, **parameters(arguments))
            book.engine()
        except (DefinitionError, WorldError) as error:
            complain(error, lang)
            bad += 1
            continue
        found = tuple(finding for look in _LOOKS for finding in look(book))
        faulty = any(each.severity is Gravity.ERROR for each in found)
        tell(
            "cli.checked_faulty" if faulty else "cli.checked",
            lang,
            playbook=name,
            policies=len(book.policies),
            rules=len(book.rulebook.rules),
            digest=book.digest,
        )
        _show(found, lang)
        bad += faulty
    return 1 if bad else 0


def _show(found: tuple[Finding, ...], lang: str) -> None:
    """Print each finding with what proves it."""
    for each in found:
        text, grave = say_problem(each, lang), each.severity.name.lower()
        tell("cli.finding", lang, grave=grave, text=text)
        proof = each.counterexample
        if proof is not None:
            for answers, verdict in zip(
                (proof.first, proof.second), proof.verdicts, strict=True
            ):
                given = ", ".join(f"{k} = {v}" for k, v in answers.items())
                decided = [word("decision", kind, lang) for kind in verdict.split("+")]
                tell("cli.contrast", lang, answers=given, verdict=" + ".join(decided))
