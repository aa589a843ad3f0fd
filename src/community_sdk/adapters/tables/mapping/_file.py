"""Mapping files (TOML, format 1): read whole, with every mistake at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Pairs
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, cast

from community_sdk.adapters._rows import unreadable
from community_sdk.adapters.tables.mapping._times import FORMATS
from community_sdk.adapters.tables.mapping._translate import fit
from community_sdk.adapters.tables.mapping._values import (
    ENVELOPE,
    EventRule,
    FieldRule,
    Mapping,
    MappingError,
    Scalar,
    SkipRule,
    When,
)
from community_sdk.errors import Problem, nearest
from community_sdk.events import DERIVED, EXOGENOUS

__all__ = ["load_mapping", "mapping_of"]

FORMAT: Final = 1
_MOST: Final = 1 << 20
_SHIPPED: Final = {"dd2030_slack": "cli/demo_data/dd2030_slack.toml"}
_KINDS: Final = {cls.kind for cls in EXOGENOUS}
_MADE: Final = {cls.kind for cls in DERIVED}


def load_mapping(named: str | Path) -> Mapping:
    """Read a mapping file, or the shipped mapping of that name.

    Raises:
        MappingError: the file has mistakes; all of them, each with its path.
        WorldError: it cannot be read.
    """
    path = Path(named)
    shipped = _SHIPPED.get(str(named))
    try:
        if shipped is not None and not path.exists():
            source = files("community_sdk").joinpath(shipped).read_bytes()
        else:
            with path.open("rb") as file:
                source = file.read(_MOST + 1)
    except OSError as fault:
        raise unreadable(path, fault) from None
    if len(source) > _MOST:
        said = f"expected a file of at most {_MOST} bytes, found more"
        most = Problem("", said, "a mapping holds no records", "mapping.large")
        raise MappingError([most], source=path.name)
    return mapping_of(_parsed(source, path.name), name=path.name)


def _parsed(source: bytes, name: str) -> dict[str, Any]:
    """Return the tables of a file."""
    try:
        text = source.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        figures = {"file_line": str(source.count(b"\n", 0, fault.start) + 1)}
        problem = Problem(
            "",
            f"expected UTF-8, found other bytes on line {figures['file_line']}",
            "save it as UTF-8",
            "mapping.encoding",
            figures,
        )
        raise MappingError([problem], source=name) from None
    try:
        return tomllib.loads(text)
    except RecursionError:
        problem = Problem(
            "", "expected tables that are not so deep", "", "mapping.deep"
        )
        raise MappingError([problem], source=name) from None
    except ValueError as fault:
        from community_sdk.playbook import toml_problem

        raise MappingError([toml_problem(fault, text)], source=name) from None


def mapping_of(plain: Pairs[str, Any], *, name: str = "") -> Mapping:
    """Build a mapping from the content of its file, as `tomllib` gives it.

    Raises:
        MappingError: it has mistakes; all of them, each with its path.
    """
    reading = _Reading()
    mapping = reading.mapping(plain, name)
    problems = reading.problems
    if not problems:
        problems = fit(mapping, None)[1]
    if problems:
        raise MappingError(problems, source=name)
    return mapping


class _Reading:
    """Reads the parts of a mapping and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, path: str, expected: str, found: object, hint: str = "") -> None:
        """Note that something else stands where *expected* should."""
        self._note(
            path, expected, found, hint, "mapping.expected", {"expected": expected}
        )

    def _note(  # noqa: PLR0913, PLR0917 - the facts of a mistake
        self,
        path: str,
        expected: str,
        found: object,
        hint: str,
        code: str,
        figures: dict[str, str],
    ) -> None:
        shown = " ".join(str(found)[:60].split())
        message = f"expected {expected}, found `{shown}`"
        told = {**figures, "found": shown}
        self.problems.append(Problem(path, message, hint, code, told))

    def known(
        self, plain: Pairs[str, Any], keys: Pairs[str, object], path: str
    ) -> None:
        """Note the keys of *plain* that nobody asks for."""
        for key in plain:
            if key not in keys:
                where = f"{path}.{key}" if path else key
                self.problems.append(
                    Problem(
                        where,
                        f"unknown key `{key}`",
                        nearest(key, keys),
                        "mapping.unknown_key",
                        {"key": key},
                    )
                )

    def table(self, value: object, path: str) -> dict[str, Any]:
        """Return *value* where it is a table."""
        if isinstance(value, dict):
            return cast("dict[str, Any]", value)
        self.wrong(path, "a table", value)
        return {}

    def tables(self, value: object, path: str) -> list[dict[str, Any]]:
        """Return *value* where it is a list of tables."""
        if isinstance(value, list):
            rows = cast("list[object]", value)
            return [self.table(row, f"{path}[{n}]") for n, row in enumerate(rows)]
        expected = f"a list of tables: write `[[{path}]]`"
        self._note(path, expected, value, "", "mapping.tables", {"table": path})
        return []

    def text(
        self, plain: Pairs[str, Any], key: str, path: str, default: str = ""
    ) -> str:
        """Return the text under *key*."""
        found = plain.get(key, default)
        if isinstance(found, str):
            return found
        self.wrong(f"{path}.{key}" if path else key, "a text in quotes", found)
        return default

    def flag(self, plain: Pairs[str, Any], key: str, path: str) -> bool:
        """Return the flag under *key*."""
        found = plain.get(key, False)
        if not isinstance(found, bool):
            self.wrong(f"{path}.{key}", "`true` or `false`", found)
        return found is True

    def word(self, plain: Pairs[str, Any], key: str, path: str, *known: str) -> Any:
        """Return the word under *key*, the first of *known* where there is none."""
        found = plain.get(key, known[0])
        if found in known:
            return found
        words = ", ".join(f"`{word}`" for word in known)
        where = f"{path}.{key}" if path else key
        hint = nearest(str(found), known)
        self._note(
            where, f"one of {words}", found, hint, "mapping.one_of", {"words": words}
        )
        return known[0]

    def mapping(self, plain: Pairs[str, Any], name: str) -> Mapping:
        """Read the whole file."""
        self.known(plain, dict.fromkeys(_TOP), "")
        if plain.get("format") != FORMAT:
            found = plain.get("format", "nothing")
            self.wrong("format", f"`format = {FORMAT}`", found, "write it first")
        source = self.text(plain, "source", "")
        if not source:
            self.wrong("source", "a name for the source", source)
        skips = self.tables(plain.get("skip", []), "skip")
        events = self.tables(plain.get("event", []), "event")
        if not events:
            self.wrong("event", "at least one rule: write `[[event]]`", "none")
        duplicates = self.word(plain, "duplicates", "", "same", "distinct")
        return Mapping(
            source=source,
            events=tuple(
                self.event(each, f"event[{n}]") for n, each in enumerate(events)
            ),
            skips=tuple(self.skip(each, f"skip[{n}]") for n, each in enumerate(skips)),
            fields=self.shared(plain.get("fields", {})),
            key=self.key(plain.get("key", [])),
            duplicates=duplicates,
            zone=self.text(plain, "zone", ""),
            fold=self.word(plain, "fold", "", "earlier", "later", "refuse"),
            sheet=self.text(plain, "sheet", ""),
            name=name,
        )

    def key(self, value: object) -> tuple[str, ...]:
        """Read the columns that tell rows apart."""
        names = _listed(value)
        found = tuple(each for each in names if isinstance(each, str))
        if isinstance(value, (list, str)) and len(found) == len(names):
            return found
        self.wrong("key", "a column or a list of columns", names)
        return ()

    def shared(self, value: object) -> dict[str, FieldRule]:
        """Read the fields that all rules share."""
        plain = self.table(value, "fields")
        for name in plain:
            if name not in ENVELOPE:
                self.wrong(
                    f"fields.{name}",
                    "a field that all events have",
                    name,
                    nearest(name, ENVELOPE) or "move it to `[event.fields]`",
                )
        kept = {name: each for name, each in plain.items() if name in ENVELOPE}
        return self.fields(kept, "fields")

    def event(self, plain: dict[str, Any], path: str) -> EventRule:
        """Read one rule."""
        self.known(plain, dict.fromkeys(("kind", "when", "fields", "also")), path)
        kind = self.text(plain, "kind", path)
        if kind not in _KINDS:
            hint = nearest(kind, _KINDS)
            if kind in _MADE:
                hint = "the engine makes it itself"
            self.wrong(f"{path}.kind", "the kind of an event from outside", kind, hint)
            kind = "custom"
            plain = {**plain, "fields": {"at": "", "word": ""}}
        return EventRule(
            kind=kind,
            when=self.when(plain.get("when", {}), f"{path}.when"),
            fields=self.fields(plain.get("fields", {}), f"{path}.fields"),
            also=self.flag(plain, "also", path),
        )

    def skip(self, plain: dict[str, Any], path: str) -> SkipRule:
        """Read one rule of what is no event."""
        self.known(plain, dict.fromkeys(("reason", "when")), path)
        reason = self.text(plain, "reason", path)
        if not reason:
            self.wrong(f"{path}.reason", "a reason, in words", reason)
        when = self.when(plain.get("when", {}), f"{path}.when")
        if not when:
            self.wrong(f"{path}.when", "a test: without one all rows are skipped", "{}")
        return SkipRule(reason=reason, when=when)

    def when(self, value: object, path: str) -> tuple[When, ...]:
        """Read tests, one for each column."""
        return tuple(
            self.test(column, test, f"{path}.{column}")
            for column, test in self.table(value, path).items()
        )

    def test(self, column: str, value: object, path: str) -> When:
        """Read the test of one column."""
        negated = False
        if isinstance(value, dict):
            plain = cast("dict[str, Any]", value)
            self.known(plain, dict.fromkeys(("not", "empty")), path)
            if len(plain) != 1:
                self.wrong(path, "either `not` or `empty`", ", ".join(plain))
            if "not" not in plain:
                return When(column=column, negated=not self.flag(plain, "empty", path))
            negated, value = True, plain["not"]
        listed = _listed(value)
        words = tuple(each for each in listed if isinstance(each, (str, int)))
        if not words or len(words) < len(listed):
            self.wrong(path, "a word, a list of words, `not` or `empty`", value)
        return When(column=column, words=words, negated=negated)

    def fields(self, value: object, path: str) -> dict[str, FieldRule]:
        """Read where each field comes from."""
        plain = self.table(value, path)
        return {n: self.field(each, f"{path}.{n}") for n, each in plain.items()}

    def field(self, value: object, path: str) -> FieldRule:
        """Read where one field comes from: a column, a constant or a table."""
        if isinstance(value, str):
            return FieldRule(column=value)
        if isinstance(value, (bool, int)):
            return FieldRule(const=value)
        plain = self.table(value, path)
        if not any(key in plain for key in _FROM):
            return FieldRule(properties=self.fields(plain, path))
        self.known(plain, dict.fromkeys(_FIELD), path)
        if sum(key in plain for key in _FROM) > 1:
            self.wrong(path, "one of `column`, `json` and `const`", ", ".join(plain))
        style = self.text(plain, "format", path, "iso")
        if style not in FORMATS and "%" not in style:
            hint = nearest(style, FORMATS)
            self.wrong(f"{path}.format", "a way to write times", style, hint)
        currency = plain.get("currency", "")
        if not isinstance(currency, str):
            currency = self.field(currency, f"{path}.currency")
        return FieldRule(
            column=self.text(plain, "json", path) or self.text(plain, "column", path),
            const=self.scalar(plain.get("const"), f"{path}.const"),
            values=self.values(plain.get("values", {}), f"{path}.values"),
            default=self.scalar(plain.get("default"), f"{path}.default"),
            required=self.flag(plain, "required", path),
            format=style,
            split=self.text(plain, "split", path),
            part=self.part(plain.get("part"), f"{path}.part"),
            currency=currency,
            minor=self.flag(plain, "minor", path),
            absolute=self.flag(plain, "absolute", path),
            kind=self.word(plain, "kind", path, "text", "whole", "flag"),
        )

    def part(self, value: object, path: str) -> int | None:
        """Read which part of a split cell is meant."""
        if value is None or (type(value) is int and value >= 0):
            return value
        self.wrong(path, "a whole number from 0", value)
        return None

    def scalar(self, value: object, path: str) -> Scalar | None:
        """Read a value that stands for itself."""
        if value is None or isinstance(value, (str, int)):
            return value
        self.wrong(path, "a text, a whole number or a flag", value)
        return None

    def values(self, value: object, path: str) -> dict[str, Scalar]:
        """Read what the texts of a cell stand for."""
        found: dict[str, Scalar] = {}
        for word, meaning in self.table(value, path).items():
            known = self.scalar(meaning, f"{path}.{word}")
            if known is not None:
                found[word] = known
        return found


def _listed(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


_TOP: Final = (
    "format", "source", "event", "skip", "fields", "key", "duplicates", "zone",
    "fold", "sheet",
)  # fmt: skip
_FROM: Final = ("column", "json", "const")
_FIELD: Final = (
    *_FROM, "values", "default", "required", "format", "split", "part", "currency",
    "minor", "absolute", "kind",
)  # fmt: skip
