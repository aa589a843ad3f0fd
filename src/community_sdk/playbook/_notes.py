"""Gathers every mistake of a playbook while the reading of it goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Final

from attrs import evolve

from community_sdk.conditions import Condition, names, resolve
from community_sdk.errors import CommunityError, DefinitionError, Problem, nearest
from community_sdk.metrics import METRICS, Metric
from community_sdk.model import KPI, SANCTIONS, SanctionKind

__all__ = [
    "BROKEN",
    "Broken",
    "Notes",
    "column",
    "entry",
    "inside",
    "listed",
    "placed",
    "shown",
]

_SHOWN: Final = 60
_LISTED: Final = 12
_MOST: Final = 200
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_LAST: Final = re.compile(r"(?:\[\d+\]|\.?\"(?:[^\"\\]|\\.)*\"|\.?[^.\[\]\"]+)$")
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_STEP: Final = re.compile(r'\[(\d+)\]|\.?("(?:[^"\\]|\\.)*"|[^.\[\]]+)')


class Broken(Enum):
    """Stands where a value was wrong, and where that has been said already."""

    BROKEN = "broken"


BROKEN: Final = Broken.BROKEN


def inside(path: str, key: str) -> str:
    """Return the path of *key* in the table at *path*, as a file would write it."""
    word = key
    if not _BARE.fullmatch(key):
        word = _plain(key).replace("\\", "\\\\").replace('"', '\\"')
        word = f'"{word}"'
    return f"{path}.{word}" if path else word


def entry(path: str, place: int) -> str:
    """Return the path of the entry *place* (from 0) in the list at *path*."""
    return f"{path}[{place}]"


def _plain(text: str) -> str:
    cut = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return "".join(c if c.isprintable() else "�" for c in cut)


def shown(value: object) -> str:
    """Return a short, harmless picture of *value*, as TOML would write it."""
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f'`"{_plain(value)}"`'
        case dict():
            return "a table"
        case list() | tuple():
            return "a list"
        case int() if abs(value) >= 10**_SHOWN:
            return "a number of more than 60 digits"
        case datetime() | date() | time():
            return f"`{value.isoformat()}`"
        case _:
            return f"`{_plain(str(value))}`"


def listed(words: Iterable[str]) -> str:
    """Return *words* in backticks, the first few of them."""
    known = list(words)
    told = ", ".join(f"`{_plain(word)}`" for word in known[:_LISTED])
    return told if len(known) <= _LISTED else f"{told}, …"


class Notes:
    """What is known so far: mistakes, own sanctions, named measures, conditions.

    Attributes:
        problems: every mistake, in the order of its finding.
        kinds: the sanctions that steps may name.
        own_kinds: those of them that the playbook declares.
        measures: named conditions and figures, as they were written.
        figures: the key figures at the top of the file.
        conditions: path, text and resolved tree of every condition.
        parts: path and value of what refers to other parts, sound or not.
        kept: path of a list that lost entries as wrong → the places of the others.
        lenient: write a mark instead of refusing what no file can hold.
        full: write defaults too.
    """

    def __init__(self, *, lenient: bool = False, full: bool = False) -> None:
        """Begin with nothing."""
        self.problems: list[Problem] = []
        self.kinds: dict[str, SanctionKind | Broken] = dict(SANCTIONS)
        self.own_kinds: dict[str, SanctionKind] = {}
        self.measures: dict[str, Condition | Metric | Broken] = {}
        self.figures: dict[str, KPI | Broken] = {}
        self.conditions: list[tuple[str, str, Condition]] = []
        self.parts: list[tuple[str, object]] = []
        self.kept: dict[str, list[int]] = {}
        self.lenient = lenient
        self.full = full
        self._more = 0

    def at(self, path: str, where: str) -> str:
        """Return the path of *where* in the part at *path*, as the file counts.

        Entries that were left out as wrong count there, and not in what was read.
        """
        for step in _STEP.finditer(where):
            if step[1] is None:
                path = f"{path}.{step[2]}" if path else step[2]
            else:
                place, kept = int(step[1]), self.kept.get(path, [])
                path = entry(path, kept[place] if place < len(kept) else place)
        return path

    def wrong(
        self,
        path: str,
        message: str,
        code: str,
        *,
        hint: str = "",
        near: tuple[str, Iterable[str]] | None = None,
        **figures: str,
    ) -> Broken:
        """Note a mistake; without *hint* the word nearest to one of *near* is it."""
        if near is not None and not hint:
            hint = self.near(*near)
        return self.note(Problem(path, message, hint, f"playbook.{code}", figures))

    def near(self, word: str, known: Iterable[str]) -> str:
        """Offer the known word nearest to *word*, as long as mistakes are noted."""
        return nearest(word[:_SHOWN], known) if len(self.problems) < _MOST else ""

    def note(self, problem: Problem) -> Broken:
        """Note *problem*, or past the limit that there was one."""
        if len(self.problems) < _MOST:
            self.problems.append(problem)
        else:
            self._more += 1
        return BROKEN

    def expected(
        self, what: str, value: object, path: str, code: str, *, hint: str = ""
    ) -> Broken:
        """Note that *what* was expected where *value* stands."""
        found = shown(value)
        return self.wrong(
            path,
            f"expected {what}, found {found}",
            code,
            hint=hint,
            found=found.strip("`"),
        )

    def fault(self, path: str, error: CommunityError) -> Broken:
        """Note the mistake that *error* tells, at *path*."""
        return self.note(error.problem(path))

    def resolve(self, tree: Condition, text: str, path: str) -> Condition | Broken:
        """Put named measures into *tree*; note those that do not exist."""
        good = True
        for name in names(tree):
            if name not in self.measures:
                self.unknown_measure(name, text, path)
            good = good and self.measures.get(name, BROKEN) is not BROKEN
        if not good:
            self.conditions.append((path, text, tree))
            return BROKEN
        try:
            whole = resolve(tree, self.sound_measures)
        except DefinitionError as error:
            return self.fault(path, error)
        self.conditions.append((path, text, whole))
        return whole

    @property
    def sound_measures(self) -> Mapping[str, Condition | Metric]:
        """The measures without a mistake."""
        return {k: v for k, v in self.measures.items() if not isinstance(v, Broken)}

    def unknown_measure(self, name: str, text: str, path: str) -> None:
        """Note that a condition uses a name that nothing defines."""
        place = column(text, name)
        self.wrong(
            path,
            f"expected a name that `measures` defines, found `{name}` at column"
            f" {place}",
            "unknown_measure",
            near=(name, (*self.measures, *METRICS)),
            found=name,
            column=str(place),
        )

    def told(self) -> tuple[Problem, ...]:
        """Return all mistakes; past the limit only their number."""
        if not self._more:
            return tuple(self.problems)
        rest = Problem(
            "",
            f"and {self._more} more mistakes",
            "correct these first",
            "playbook.more",
            {"count": str(self._more)},
        )
        return (*self.problems, rest)


def column(text: str, word: str) -> int:
    """Return where *word* stands in the text of a condition, from 1."""
    bare = _QUOTED.sub(lambda match: " " * len(match[0]), text)
    match = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", bare)
    if match is None:
        match = re.search(rf"(?<=[\"']){re.escape(word)}(?=[\"'])", text)
    return 1 if match is None else match.start() + 1


def placed(problem: Problem, lines: Mapping[str, int]) -> Problem:
    """Return *problem* with the line of the file that its path leads to."""
    path = problem.path
    while path and path not in lines:
        path = _LAST.sub("", path) if _LAST.search(path) else ""
    if not path or "file_line" in problem.figures:
        return problem
    return evolve(problem, figures={**problem.figures, "file_line": str(lines[path])})
