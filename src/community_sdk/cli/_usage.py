"""A parser that tells how the command is called, and what is wrong with a call."""

from __future__ import annotations

import re
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable
from typing import Any, ClassVar, Final, NoReturn

from community_sdk.cli._speech import complain, sentence
from community_sdk.errors import DefinitionError, nearest
from community_sdk.wording import phrase

__all__ = ["Parser"]

_USAGE: Final = 2
_PLAIN: Final = ("cli.required", "cli.ambiguous")
_MISSING: Final = "arguments are required"
_SHAPES: Final = tuple(
    (code, re.compile(shape), say)
    for code, shape, say in (
        (
            "cli.required",
            rf"the following {_MISSING}: (?P<found>.+)",
            "missing: {found}",
        ),
        (
            "cli.unknown",
            r"unrecognized arguments: (?P<found>.+)",
            "no such argument: {found}",
        ),
        (
            "cli.no_command",
            r"argument COMMAND: invalid choice: (?P<found>.+?) \(choose .+",
            "no such command: {found}",
        ),
        (
            "cli.choice",
            (
                r"argument (?P<name>\S+): invalid choice: (?P<found>.+?)"
                r" \(choose from (?P<known>.+)\)"
            ),
            "expected one of {known} for `{name}`, found {found}",
        ),
        (
            "cli.no_value",
            r"argument (?P<name>\S+): expected (?:one|at least one) argument",
            "expected a value after `{name}`, found none",
        ),
        (
            "cli.value",
            r"argument (?P<name>\S+): ignored explicit argument (?P<found>.+)",
            "expected `{name}` alone, found the value {found}",
        ),
        (
            "cli.ambiguous",
            r"ambiguous option: (?P<found>\S+) could match (?P<known>.+)",
            "{found} may be any of {known}",
        ),
    )
)
"""A code, what `argparse` says (in any version of Python), and what we say."""


class Parser(ArgumentParser):
    """Speaks the user's language, in its help and about mistakes.

    Attributes:
        lang: that language.
        commands: what the first word of a call may be.
        given: the words of the call.
    """

    lang: ClassVar[str] = "en"
    commands: ClassVar[tuple[str, ...]] = ()
    given: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **given: Any) -> None:
        """Begin with nothing but the option for help."""
        super().__init__(**given, add_help=False, formatter_class=_Help)
        self._positionals.title = phrase("cli.arguments", self.lang)
        self._optionals.title = phrase("cli.options", self.lang)
        told = sentence("cli.arg_help", self.lang)
        self.add_argument("-h", "--help", action="help", help=told)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the call, and leave."""
        options = tuple(self._option_string_actions)
        # A word that is spelled wrong is the reason why the right one is missing.
        odd = [word for word in self.given if _odd(word, options)]
        if odd and _MISSING in message:
            message = f"unrecognized arguments: {' '.join(odd)}"
        known = (*options, *self.commands)
        complain(_worded(message, f"{self.prog} --help", known), self.lang)
        self.exit(_USAGE)


def _odd(word: str, options: Iterable[str]) -> bool:
    name = word.partition("=")[0]
    return name.startswith("--") and not any(o.startswith(name) for o in options)


class _Help(RawDescriptionHelpFormatter):
    def add_usage(
        self, usage: Any, actions: Any, groups: Any, prefix: str | None = None
    ) -> None:
        """Begin with the word for it in the user's language."""
        head = phrase("cli.usage", Parser.lang) if prefix is None else prefix
        super().add_usage(usage, actions, groups, head)

    def format_help(self) -> str:
        """Put the colon of the user's language behind headings."""
        text = super().format_help()
        return re.sub(r"(?m)^(\S+):$", r"\1：", text) if Parser.lang == "zh" else text


def _worded(message: str, shown: str, known: Iterable[str]) -> DefinitionError:
    """Return what `argparse` says as a mistake of ours, with a cure."""
    cure = f"`{shown}` shows how it is called"
    for code, shape, say in _SHAPES:
        match = shape.fullmatch(message)
        if match is None:
            continue
        facts: dict[str, str] = match.groupdict(default="")
        found, listed = _words(facts.get("found", "")), facts.get("known")
        among = known if listed is None else _words(listed)
        hint = "" if code in _PLAIN else nearest(found[0], among)
        figures = {
            "found": _ticked(found),
            "known": _ticked(among),
            "name": facts.get("name", ""),
            "help": shown,
        }
        text = say.format_map(figures)
        return DefinitionError(text, code=code, hint=hint or cure, **figures)
    return DefinitionError(
        message, code="cli.usage", hint=cure, reason=message, help=shown
    )


def _words(listed: str) -> list[str]:
    return [word.strip(" '") for word in re.split(r"[, ]+", listed)]


def _ticked(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
