"""The words that the command line takes."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from community_sdk.cli._speech import sentence
from community_sdk.cli._usage import Parser
from community_sdk.wording import phrase

__all__ = ["Command", "language", "parse"]

Command = Callable[[Namespace], int]

_COMMANDS: Final = (
    *("demo", "run", "check", "diff", "backtest", "explain", "member", "test"),
    "report",
    "schema",
)
_USAGE: Final = 2


def language(words: Sequence[str]) -> str:
    """Return the language that the user asked for, else that of the terminal."""
    for i, word in enumerate(words):
        given = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and i + 1 < len(words):
            given = words[i + 1]
        if given in ("zh", "en"):
            return given
    local = next(
        (v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(n))), ""
    )
    return "zh" if local.lower().startswith("zh") else "en"


def parse(words: Sequence[str], lang: str) -> Namespace:
    """Read the call; a wrong one is worded and ends the program with code 2."""
    Parser.lang, Parser.commands, Parser.given = lang, _COMMANDS, tuple(words)
    parser = Parser(prog="community-sdk", description=sentence("cli.help", lang))
    told = sentence("cli.arg_version", lang)
    parser.add_argument("--version", action="store_true", help=told)
    _declare_language(parser, lang)
    title = phrase("cli.commands", lang)
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", title=title)
    asked = parser
    for name in _COMMANDS:
        told = sentence(f"cli.help_{name}", lang)
        child = commands.add_parser(name, help=told, description=told)
        if name not in words:
            continue
        asked = child
        _declare_language(child, lang)
        told = sentence("cli.arg_debug", lang)
        child.add_argument("--debug", action="store_true", help=told)
        import_module(f"community_sdk.cli.{name}").declare(child, lang)
    arguments, unknown = parser.parse_known_args(words)
    if unknown:
        asked.error(f"unrecognized arguments: {' '.join(unknown)}")
    if arguments.command is None:
        arguments.run = _version if arguments.version else _help(parser)
    return arguments


def _declare_language(parser: Parser, lang: str) -> None:
    told = sentence("cli.arg_lang", lang)
    parser.add_argument("--lang", choices=("zh", "en"), default=lang, help=told)


def _version(_: Namespace) -> int:
    from importlib.metadata import version

    print(f"community-sdk {version('community-sdk')}")
    return 0


def _help(parser: ArgumentParser) -> Command:
    def show(_: Namespace) -> int:
        parser.print_help()
        return _USAGE

    return show
