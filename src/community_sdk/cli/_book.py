"""The playbook that a command is asked to use: name, zone and parameters."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from attrs import evolve

from community_sdk._time import zone
from community_sdk.cli._speech import sentence
from community_sdk.errors import DefinitionError
from community_sdk.playbook import Playbook, load

__all__ = ["add_parameters", "add_playbook", "parameters", "playbook"]


def add_playbook(parser: ArgumentParser, lang: str) -> None:
    """Declare `--playbook`, `--zone` and `--set`."""
    told = sentence("cli.arg_playbook", lang)
    parser.add_argument("--playbook", required=True, metavar="P", help=told)
    told = sentence("cli.arg_zone", lang)
    parser.add_argument("--zone", metavar="Z", help=told)
    add_parameters(parser, lang)


def add_parameters(parser: ArgumentParser, lang: str) -> None:
    """Declare `--set`, which fills parameters of a playbook template."""
    told = sentence("cli.arg_set", lang)
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help=told
    )


def parameters(arguments: Namespace) -> dict[str, Any]:
    """Return the parameters given with `--set`.

    Raises:
        DefinitionError: one has no ``=``.
    """
    found: dict[str, Any] = {}
    for text in arguments.set:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals) or name.strip() == "extra":
            raise DefinitionError(
                f"expected `--set NAME=VALUE`, found `{text}`",
                code="cli.set",
                found=text,
            )
        found[name.strip()] = value
    return found


def playbook(arguments: Namespace) -> Playbook:
    """Return the playbook asked for, in the zone asked for."""
    book = load(arguments.playbook, **parameters(arguments))
    if arguments.zone is None:
        return book
    zone(arguments.zone)
    return evolve(book, community=evolve(book.community, zone=arguments.zone))
