"""Mistakes, refusals and failures in words: what, where, and the cure (S29)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final, Protocol, cast, runtime_checkable

from community_sdk.wording._catalogue import language
from community_sdk.wording._forms import show
from community_sdk.wording._template import Slot, fill, narrow, visible
from community_sdk.wording._voice import Voice, voice

__all__ = ["Mistake", "say_problem"]

_MEANT: Final = re.compile(r"did you mean `(.+)`\?")
_WRITE: Final = re.compile(r"write (`[^`]+`)")
_MOST: Final = 8
"""So many mistakes of one row are told; the others are counted."""


@runtime_checkable
class Mistake(Protocol):
    """What can be said: a `Problem`, an error of the library, a refused row."""

    @property
    def message(self) -> str:
        """What is wrong, one line in English."""
        ...

    @property
    def code(self) -> str:
        """The kind of mistake."""
        ...


def say_problem(
    problem: Mistake, lang: str, *, zone: str | tzinfo | None = None
) -> str:
    """Say what is wrong, where, and the cure; an error of many mistakes, line by line.

    English is the message itself. Chinese comes from the catalogue by code; where it
    has none, or a figure is missing, the English message stands. The mistakes of one
    row stand in one line.

    Raises:
        DefinitionError: no such zone.
    """
    speaker = voice(lang, zone, None)
    several: tuple[Mistake, ...] = tuple(getattr(problem, "problems", ()))
    source = visible(getattr(problem, "source", ""))
    line: int = getattr(problem, "line", 0)
    if several and line:
        return _row(problem, several, speaker)
    if len(several) == 1 and not source:
        return _one(several[0], speaker)
    if several:
        head = speaker.form("mistakes")
        named = fill(head["in"], {"source": source}) if source else ""
        count = speaker.counted(len(several), head["count"])
        lines = [f"  {_one(each, speaker)}" for each in several]
        return "\n".join([f"{count}{named}{head['colon'].rstrip()}", *lines])
    return _one(problem, speaker)


def _row(row: Mistake, several: tuple[Mistake, ...], speaker: Voice) -> str:
    """Say all mistakes of one row in one line, each with its field."""
    if language(speaker.lang) == "en":
        return _one(row, speaker)
    head = speaker.form("mistakes")
    told = [f"{_field(each, speaker)}{_said(each, speaker)}" for each in several]
    more = len(told) - _MOST
    told = told[:_MOST] + ([fill(head["more"], {"count": more})] if more > 0 else [])
    return f"{_place(row, speaker)}{speaker.form('semicolon').join(told)}"


def _field(problem: Mistake, speaker: Voice) -> str:
    """Return which field of an object a mistake is about."""
    path = visible(getattr(problem, "path", "")).removeprefix("$").removeprefix(".")
    return fill(speaker.form("mistakes")["field"], {"path": path}) if path else ""


def _one(problem: Mistake, speaker: Voice) -> str:
    return f"{_place(problem, speaker)}{_said(problem, speaker)}"


def _said(problem: Mistake, speaker: Voice) -> str:
    hint = visible(getattr(problem, "hint", ""))
    said = None if language(speaker.lang) == "en" else _translated(problem, speaker)
    if said is None:
        text = visible(problem.message)
        return f"{text} ({hint})" if hint else text
    return f"{said}{_cure(hint, said, speaker)}"


def _translated(problem: Mistake, speaker: Voice) -> str | None:
    entry = speaker.catalogue.problems.get(problem.code)
    figures = cast("Mapping[str, Any]", getattr(problem, "figures", {}))
    variant = None if entry is None else entry.choose(figures)
    if variant is None:
        return None
    put = {name: _figure(value, name, speaker) for name, value in figures.items()}
    said = "".join(
        show(piece, put, speaker) if isinstance(piece, Slot) else piece
        for piece in variant.template
    )
    forms = speaker.form("mistakes")
    column = figures.get("column")
    if column and "column" not in variant.slots:
        line = figures.get("line")
        use = "line_column" if line and line != "1" else "column"
        use = use if visible(column).isdecimal() else "cell"
        said += fill(forms[use], {"line": visible(line), "column": visible(column)})
    path = visible(figures.get("path", ""))
    if path and path[0] != "$" and "path" not in variant.slots:
        said = f"{path}{forms['colon']}{said}"
    return _tidy(narrow(said), speaker)


def _figure(value: Any, name: str, speaker: Voice) -> Any:
    """Return a figure in the reader's language where it is words of ours."""
    if name == "reason":
        return _reason(visible(value), speaker)
    return speaker.catalogue.words.get("found", {}).get(value, value)


def _reason(said: str, speaker: Voice) -> str:
    """Return what a system or a validator *said*, where that is known."""
    known: Mapping[str, str] = speaker.catalogue.words["fault"]
    for pattern, words in known.items():
        match = re.fullmatch(pattern, said, re.IGNORECASE)
        if match is not None:
            return match.expand(words)
    return said


def _tidy(said: str, speaker: Voice) -> str:
    """Take the marks of what was typed off what was not, and name what is empty."""
    for word in speaker.catalogue.words["found"].values():
        said = said.replace(f"`{word}`", word)
    said = said.replace("``", speaker.form("mistakes")["empty"])
    return said.replace("`, `", f"`{speaker.form('comma')}`")


def _place(problem: Mistake, speaker: Voice) -> str:
    """Return where it is: file and line, or the path inside what was written."""
    source = visible(getattr(problem, "source", ""))
    line = getattr(problem, "line", 0)
    path = visible(getattr(problem, "path", ""))
    figures = cast("Mapping[str, Any]", getattr(problem, "figures", {}))
    within = figures.get("file_line")
    if within and not line:
        in_file = fill(speaker.form("mistakes")["line"], {"line": visible(within)})
        path = f"{path} {in_file}".strip()
    where = f"{source}:{line}" if source and line else source or path
    return f"{where}{speaker.form('mistakes')['colon']}" if where else ""


def _cure(hint: str, said: str, speaker: Voice) -> str:
    """Return the part of an English cure that every language can use."""
    head = speaker.form("mistakes")
    for pattern, use in ((_MEANT, "meant"), (_WRITE, "write")):
        match = pattern.fullmatch(hint)
        if match is not None and f"`{match[1].strip('`')}`" not in said:
            return fill(head[use], {"text": match[1]})
    return ""
