"""Which line of a TOML text each key and entry stands on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Final

from community_sdk.playbook._notes import entry, inside

__all__ = ["lines"]

_PART: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEY: Final = re.compile(rf"[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*")
_ONE: Final = re.compile(_PART)
_PIECE: Final = re.compile(
    r'''(?P<comment>\#[^\n]*)
    | (?P<text>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?'{3,5}
        |"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
    | (?P<sign>[\[\]{},\n=])
    | (?P<other>[^\#"'\[\]{},\n=]+|.)''',
    re.VERBOSE | re.DOTALL,
)


def lines(text: str) -> dict[str, int]:
    """Return the line, from 1, of every key and list entry in a sound TOML *text*."""
    return _Scan(text).run()


class _Scan:
    """Walks through a text that a parser has accepted; it never refuses anything."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.line = 1
        self.found: dict[str, int] = {}
        self.counts: dict[str, int] = {}

    def run(self) -> dict[str, int]:
        """Read statement by statement."""
        prefix = ""
        while self.place < len(self.text):
            self._skip_blank()
            if self.text.startswith("[", self.place):
                prefix = self._header() or prefix
            else:
                self._statement(prefix)
        return self.found

    def _skip_blank(self) -> None:
        while match := re.compile(r"[ \t\r]*\n|[ \t]+").match(self.text, self.place):
            self._move(match.end())

    def _move(self, place: int) -> None:
        self.line += self.text.count("\n", self.place, place)
        self.place = place

    def _header(self) -> str:
        many = self.text.startswith("[[", self.place)
        match = _KEY.match(self.text, self.place + 1 + many)
        path = ""
        if match is not None:
            parts = list(_names(match[1]))
            for place, part in enumerate(parts):
                path = inside(path, part)
                if many and place == len(parts) - 1:
                    self.counts[path] = self.counts.get(path, -1) + 1
                self.found.setdefault(path, self.line)
                if path in self.counts:
                    path = entry(path, self.counts[path])
            self.found.setdefault(path, self.line)
        end = self.text.find("\n", self.place)
        self._move(len(self.text) if end < 0 else end + 1)
        return path

    def _statement(self, prefix: str) -> None:
        path = self._key(prefix)
        self._value(path)

    def _key(self, prefix: str) -> str:
        match = _KEY.match(self.text, self.place)
        if match is None or not self.text.startswith("=", match.end()):
            return ""
        path = prefix
        for part in _names(match[1]):
            path = inside(path, part)
            self.found.setdefault(path, self.line)
        self._move(match.end() + 1)
        return path

    def _value(self, path: str) -> None:
        """Skip a value up to the end of its line; note what stands inside it."""
        open_: list[tuple[str, int]] = []  # the path and the entry number, -1: a table
        expected = False
        while self.place < len(self.text):
            match = _PIECE.match(self.text, self.place)
            assert match is not None  # noqa: S101 - the last choice takes anything
            piece = match[0]
            if piece == "\n" and not open_:
                self._move(match.end())
                return
            if expected and not piece.isspace() and match.lastgroup != "comment":
                expected = False
                self._begin(open_, piece)
                if open_[-1][1] < 0 and (inner := self._key(open_[-1][0])):
                    path = inner
                    continue
                path = entry(*open_[-1]) if open_[-1][1] >= 0 else path
            if piece in ("[", "{"):
                open_.append((path, 0 if piece == "[" else -1))
                expected = True
            elif piece in ("]", "}") and open_:
                open_.pop()
            elif piece == "," and open_:
                above, nth = open_[-1]
                open_[-1] = (above, nth + 1 if nth >= 0 else -1)
                expected = True
            self._move(match.end())

    def _begin(self, open_: list[tuple[str, int]], piece: str) -> None:
        path, nth = open_[-1]
        if nth >= 0 and piece != "]":
            self.found.setdefault(entry(path, nth), self.line)


def _names(key: str) -> Iterator[str]:
    for match in _ONE.finditer(key):
        part = match[0]
        yield part if part[0] not in "\"'" else _unquoted(part)


def _unquoted(part: str) -> str:
    """Return the key that stands in quotes; only a parser knows its escapes."""
    try:
        return next(iter(tomllib.loads(f"{part} = 0")))
    except ValueError:
        return part[1:-1]
