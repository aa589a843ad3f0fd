"""From TOML text to plain tables: every mistake of form with its line and column.

After a mistake within one line the rest of the text is still read, so that mistakes
of form and of meaning are told together.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from typing import Any, Final, cast

from community_sdk.errors import Problem
from community_sdk.playbook._notes import BROKEN, Notes

__all__ = ["LARGEST", "decode", "parse", "toml_problem"]

LARGEST: Final = 2**20
"""The most bytes that a playbook file may have."""

_SYNTAX: Final = "playbook.syntax"
_DEEPEST: Final = 16
_REPAIRS: Final = 20
# Dotted keys cost the parser the square of their length.
_CHAIN: Final = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
    r"""[ \t]*+\.[ \t]*+){65}"""
)
_PLACE: Final = re.compile(
    r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL
)
_STATEMENT: Final = re.compile(
    r"""([ \t]*(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=)"""
    r"""(?![ \t]*("{3}|'{3}|[\[{]\s*$))"""
)
_MARK: Final = "\ue000 wrong \ue001"
_FULL_WIDTH: Final = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "、": ",", "。": ".",
}  # fmt: skip
_CURES: Final = (
    ("Invalid value", "value", "put texts in quotes; numbers and flags stand bare"),
    ("Invalid date", "date", "write `2026-11-21`, or `2026-11-21T08:00:00+08:00`"),
    ("Expected '=' after a key", "equals", "write `key = value`"),
    ("Expected ']", "bracket", "close the brackets on the same line"),
    ("Invalid initial character", "key", "write the key in letters, or in quotes"),
    ("Invalid statement", "line", "write `key = value`, `[table]` or `# comment`"),
    (
        "Unescaped '\\'",
        "backslash",
        r"write `\\` for a backslash, or use single quotes",
    ),
    ("Escaped character", "backslash", r"write `\\` for a backslash"),
    ("Invalid hex value", "backslash", r"write `\\` for a backslash"),
    ("Illegal character", "quotes", "close the quotes on the same line"),
    ("Unterminated string", "quotes", "close the quotes"),
    ("Found invalid character", "character", "remove it, or put the text in quotes"),
    ("Unclosed array", "list", "put commas between entries, and `]` at the end"),
    ("Unclosed inline table", "braces", "close the table with `}` on the same line"),
    ("Expected newline", "newline", "begin a new line after each value"),
    ("Cannot overwrite", "twice", "each key stands once in a table"),
    ("Duplicate inline", "twice", "each key stands once in a table"),
    ("Cannot declare", "table", "each `[table]` stands once; for several `[[table]]`"),
    ("Cannot mutate", "place", "a table in braces or a list stands in one place only"),
    ("Cannot redefine", "place", "a table in braces or a list stands in one place"),
)
"""What the parser says first, a word of ours for it, and the cure."""


def decode(raw: bytes, notes: Notes) -> str | None:
    """Return *raw* as text, or None once it is noted why it is none.

    UTF-8 with or without byte-order mark; other encodings are named, not guessed.
    """
    if len(raw) > LARGEST:
        notes.wrong(
            "",
            f"expected a file of at most 1 MiB, found {len(raw)} bytes",
            "large",
            hint="a playbook holds rules, not records",
            found=str(len(raw)),
        )
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        guess = _encoding(raw)
        notes.wrong(
            "",
            f"expected UTF-8, found other bytes on line {line}",
            "encoding",
            hint=f"it looks like {guess}: save it as UTF-8"
            if guess
            else "save it as UTF-8",
            file_line=str(line),
            found=guess or f"{raw[error.start]:#04x}",
        )
        return None


def _encoding(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    # Most pairs of high bytes are some character of GB18030: ask for common ones.
    common = sum("\u4e00" <= char <= "\u9fff" for char in text)
    strange = sum(char > "\uffff" or "\ue000" <= char <= "\uf8ff" for char in text)
    return "GB18030" if common > strange else ""


def parse(text: str, notes: Notes) -> tuple[dict[str, object], str] | None:
    """Return the tables of *text* and the line of each key.

    None where the text is no TOML and could not be read past its mistakes. A value
    whose mistake is noted already is `BROKEN`.
    """
    if not _bounded(text, notes):
        return None
    mark = _MARK
    while mark in text:
        mark += "\ue001"
    rest = text.replace("\r\n", "\n")
    for _ in range(_REPAIRS):
        try:
            plain = tomllib.loads(rest)
        except RecursionError:
            _too_deep(notes)
            return None
        except ValueError as error:  # a number of 5,000 digits is no TOMLDecodeError
            repaired = _note(error, rest, mark, notes)
            if repaired is None:
                return None
            rest = repaired
        else:
            return _marked(plain, rest, mark, notes)
    return None


def _bounded(text: str, notes: Notes) -> bool:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        notes.wrong("", "expected a text without half surrogate pairs", "surrogate")
        return False
    if size > LARGEST:
        decode(b" " * size, notes)
        return False
    if _CHAIN.search(text):
        _too_deep(notes)
        return False
    return True


def _too_deep(notes: Notes) -> None:
    most = str(_DEEPEST)
    notes.wrong("", f"expected tables at most {most} deep", "deep", limit=most)


def _marked(
    plain: dict[str, object], text: str, mark: str, notes: Notes
) -> tuple[dict[str, object], str] | None:
    """Put `BROKEN` where a mistake was cut out, and see that nothing is too deep."""
    level: list[Any] = [plain]
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for holder in level:
            places: Any = range(len(holder))
            if isinstance(holder, dict):
                places = cast("dict[str, Any]", holder)
            for place in places:
                if holder[place] == mark:
                    holder[place] = BROKEN
                elif isinstance(holder[place], (dict, list)):
                    below.append(holder[place])
        if not below:
            return plain, text
        level = below
    _too_deep(notes)
    return None


def _note(error: ValueError, text: str, mark: str, notes: Notes) -> str | None:
    """Note a mistake of form; return the text without it, if it fills one line."""
    problem = toml_problem(error, text)
    notes.note(problem)
    if problem.code != _SYNTAX:
        return None
    rows = text.split("\n")
    nth = int(problem.figures["file_line"]) - 1
    statement = _STATEMENT.match(rows[nth])
    if statement is None or mark in rows[nth]:
        return None
    twice = str(error).startswith("Cannot overwrite")
    rows[nth] = "" if twice else f'{statement[1]} "{mark}"'
    return "\n".join(rows)


def toml_problem(error: ValueError, text: str) -> Problem:
    """Return what the reader of TOML did not like in *text*: place, what, cure."""
    match = _PLACE.fullmatch(str(error))
    if match is None:
        message, cure = "expected TOML, found a number too long", "write fewer digits"
        return Problem("", message, cure, "playbook.digits")
    rows = text.split("\n")
    number = int(match[2]) if match[2] else len(rows)
    row = rows[number - 1]
    col = min(int(match[3]), len(row) + 1) if match[3] else len(row) + 1
    message, hint, figures = _worded(match[1], row, col)
    return Problem(
        "",
        f"expected TOML, found a mistake at line {number} column {col}: {message}",
        hint,
        _SYNTAX,
        {"file_line": str(number), "column": str(col), "reason": message, **figures},
    )


def _worded(said: str, row: str, col: int) -> tuple[str, str, dict[str, str]]:
    """Return what the parser *said* in the form of our messages, a cure, figures."""
    for char in row[max(col - 2, 0) :]:
        plain = _FULL_WIDTH.get(char) or unicodedata.normalize("NFKC", char)
        if plain != char and plain.isascii() and not plain.isalnum():
            figures = {"fault": "full_width", "found": char, "plain": plain}
            return f"`{char}` where TOML has `{plain}`", f"write `{plain}`", figures
        if char in "\"'#":
            break
    told = " ".join(said.replace("'", "`").split())
    told = "".join(c if c.isprintable() else "�" for c in told)
    found = [(word, cure) for start, word, cure in _CURES if said.startswith(start)]
    fault, hint = found[0] if found else ("", "")
    return told[:1].lower() + told[1:120], hint, {"fault": fault}
