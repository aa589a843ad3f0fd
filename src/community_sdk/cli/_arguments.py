"""The words that the command line takes."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final, NoReturn

from community_sdk.cli._speech import complain, sentence
from community_sdk.errors import DefinitionError

__all__ = ["Command", "language", "parse"]

Command = Callable[[Namespace], int]

_COMMANDS: Final = (
    *("demo", "run", "check", "diff", "backtest", "explain", "member", "test"),
    "report",
    "schema",
)
_USAGE: Final = 2


class _Parser(ArgumentParser):
    """A parser that words its mistakes in the user's language."""

    lang = "en"

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the call, and leave."""
        usage = self.format_usage().strip()
        problem = DefinitionError(
            message, code="cli.usage", hint=usage, reason=message, usage=usage
        )
        complain(problem, self.lang)
        self.exit(_USAGE)


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
    _Parser.lang = lang
    parser = _Parser(
        prog="community-sdk",
        description=sentence("cli.help", lang),
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="show the version")
    parser.add_argument("--lang", choices=("zh", "en"), default=lang)
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    for name in _COMMANDS:
        told = sentence(f"cli.help_{name}", lang)
        child = commands.add_parser(name, help=told, description=told)
        if name not in words:
            continue
        child.add_argument("--lang", choices=("zh", "en"), default=lang)
        child.add_argument("--debug", action="store_true", help="show tracebacks")
        import_module(f"community_sdk.cli.{name}").declare(child, lang)
    arguments = parser.parse_args(words)
    if arguments.command is None:
        arguments.run = _version if arguments.version else _help(parser)
    return arguments


def _version(_: Namespace) -> int:
    from importlib.metadata import version

    print(f"community-sdk {version('community-sdk')}")
    return 0


def _help(parser: ArgumentParser) -> Command:
    def show(_: Namespace) -> int:
        parser.print_help()
        return _USAGE

    return show
