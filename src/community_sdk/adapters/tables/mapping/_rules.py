"""Rules fitted to a table: tests of a row, and readers of its fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from collections.abc import Mapping as Pairs
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Union, cast, get_args, get_origin
from zoneinfo import ZoneInfo

import attrs
from attrs import frozen

from community_sdk._time import Duration
from community_sdk.adapters._rows import Cell
from community_sdk.adapters.tables.mapping._cells import (
    Getter,
    Reader,
    amount,
    flag,
    getter,
    line_of,
    priced,
    text,
    whole,
    word_of,
)
from community_sdk.adapters.tables.mapping._times import times
from community_sdk.adapters.tables.mapping._values import (
    FieldRule,
    Fold,
    Scalar,
    When,
)
from community_sdk.errors import DefinitionError, HistoryError, Problem, nearest
from community_sdk.events import Event
from community_sdk.model import EventId, Money

__all__ = ["Fit", "Shape", "in_a_cell", "shapes", "words"]

Taker = Callable[[Pairs[str, Cell]], Any]
Test = Callable[[Pairs[str, Cell]], bool]


@frozen
class Shape:
    """What one field of an event class holds: a type, and whether it may be absent."""

    kind: Any
    needed: bool
    nothing: bool


def shapes(cls: type[Event]) -> dict[str, Shape]:
    """Return the fields of *cls* that a rule may fill."""
    attrs.resolve_types(cls)
    out: dict[str, Shape] = {}
    for each in attrs.fields(cls):
        kind, nothing = each.type, False
        if get_origin(kind) in (Union, UnionType):
            kinds = [arg for arg in get_args(kind) if arg is not NoneType]
            nothing = len(kinds) < len(get_args(kind))
            kind = kinds[0] if len(kinds) == 1 else kind
        out[each.name] = Shape(
            getattr(kind, "__supertype__", kind), each.default is attrs.NOTHING, nothing
        )
    return out


def in_a_cell(shape: Shape) -> bool:
    """Tell whether one cell can hold what *shape* says."""
    kind = shape.kind
    if get_origin(kind) is tuple:
        return get_args(kind)[0] in _TEXTS
    plain = kind in {str, int, bool, datetime, Money, Duration}
    return plain or (isinstance(kind, type) and issubclass(kind, Enum))


def words(rule: When) -> frozenset[str]:
    """Return the texts that pass *rule*, flags in every spelling left to the test."""
    return frozenset(_as_text(word) for word in rule.words)


def _as_text(word: Scalar) -> str:
    return str(word).lower() if isinstance(word, bool) else str(word)


class Fit:
    """Fits rules to the columns of a table and gathers what does not fit."""

    def __init__(
        self, columns: Sequence[str] | None, zone: ZoneInfo | None, fold: Fold
    ) -> None:
        """Know the *columns* (None: each row has its own) and the zone of times."""
        self._columns = columns
        self._zone = zone
        self._fold: Fold = fold
        self.problems: list[Problem] = []

    def find(self, name: str, path: str) -> Getter:
        """Return how to find the cell called *name*."""
        found = getter(name, self._columns)
        if found is not None:
            return found
        self.problems.append(
            Problem(
                path,
                f"expected a column of the table, found `{name}`",
                nearest(name, self._columns or ()),
                "mapping.column",
                {"found": name},
            )
        )
        return lambda _cells: None

    def test(self, rule: When, path: str) -> Test:
        """Return the test of one cell."""
        get = self.find(rule.column, f"{path}.{rule.column}")
        wanted, negated = words(rule), rule.negated
        flags = {word for word in rule.words if isinstance(word, bool)}

        def holds(cells: Pairs[str, Cell]) -> bool:
            cell = get(cells)
            plain = text(cell)
            if not wanted:
                return (plain is None) is not negated
            hit = (plain or "") in wanted or bool(flags and _flagged(cell, flags))
            return hit is not negated

        return holds

    def take(self, shape: Shape, rule: FieldRule, path: str) -> Taker:
        """Return what reads one field out of a row; None where it is empty."""
        if rule.const is not None:
            const = self._fixed(self._base(shape, rule, path), rule.const, path)
            return lambda _cells: const
        if rule.properties:
            return self._properties(rule, path)
        get = self.find(rule.column or "", path)
        if isinstance(rule.currency, FieldRule):
            return self._priced(get, rule, rule.currency, path)
        base = self._base(shape, rule, path)
        read = base
        if rule.values:
            pairs = rule.values.items()
            known = {word: self._fixed(base, v, path) for word, v in pairs}
            read = _one_of(known, open_ended=rule.default is not None)
        if rule.split:
            listed = get_origin(shape.kind) is tuple
            read = _split(read, rule.split, None if listed else rule.part or 0)
        if rule.default is None:
            return lambda cells: read(get(cells))
        default = self._fixed(base, rule.default, path)

        def take(cells: Pairs[str, Cell]) -> Any:
            found = read(get(cells))
            return default if found is None else found

        return take

    def _base(self, shape: Shape, rule: FieldRule, path: str) -> Reader:
        """Return the reader of a cell that holds what *shape* says."""
        kind = shape.kind
        simple: dict[object, Reader] = {str: text, int: whole, bool: flag}
        simple[Duration] = _length
        if kind in simple:
            return simple[kind]
        if kind is datetime:
            return times(rule.format, self._zone, self._fold)
        if kind is Money:
            code = rule.currency
            if not isinstance(code, str) or not code:
                return priced
            return lambda c: amount(c, code, minor=rule.minor, absolute=rule.absolute)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return word_of(kind)
        if get_origin(kind) is tuple and get_args(kind)[0] in _TEXTS:
            return text
        hint = "give each entry a name of its own" if _named(shape.kind) else ""
        self.problems.append(
            Problem(path, "expected a field of one cell", hint, "mapping.field_kind")
        )
        return text

    def _fixed(self, read: Reader, value: Scalar, path: str) -> Any:
        """Read a value that stands in the mapping itself."""
        try:
            return read(value)
        except (HistoryError, DefinitionError) as fault:
            self.problems.append(fault.problem(path))
            return None

    def _properties(self, rule: FieldRule, path: str) -> Taker:
        takers: list[tuple[str, Taker]] = []
        kinds = {"text": str, "whole": int, "flag": bool}
        for name, each in rule.properties.items():
            shape = Shape(kinds[each.kind], needed=False, nothing=True)
            takers.append((name, self.take(shape, each, f"{path}.{name}")))

        def take(cells: Pairs[str, Cell]) -> dict[str, Scalar]:
            found = ((name, read(cells)) for name, read in takers)
            return {name: value for name, value in found if value is not None}

        return take

    def _priced(
        self, get: Getter, rule: FieldRule, code: FieldRule, path: str
    ) -> Taker:
        read_code = self.take(_TEXT, code, f"{path}.currency")

        def take(cells: Pairs[str, Cell]) -> Money | None:
            cell, currency = get(cells), read_code(cells)
            if text(cell) is None:
                return None
            if currency is None:
                raise HistoryError(
                    "expected a currency beside the amount, found none",
                    code="table.currency",
                    hint="give the column of currencies a `default`",
                )
            return amount(cell, currency, minor=rule.minor, absolute=rule.absolute)

        return take


_TEXT: Final = Shape(str, needed=False, nothing=True)
_TEXTS: Final = (str, EventId)


def _length(cell: Cell) -> Duration | None:
    """Read a length of time such as ``24h``."""
    plain = text(cell)
    return None if plain is None else Duration.parse(plain)


def _named(kind: object) -> bool:
    return get_origin(kind) is Pairs


def _flagged(cell: Cell, wanted: Collection[bool]) -> bool:
    """Tell whether *cell* spells one of the flags *wanted*."""
    try:
        return flag(cell) in wanted
    except HistoryError:
        return False


def _one_of(known: Pairs[str, Any], *, open_ended: bool) -> Reader:
    """Read a text that stands for something else."""

    def read(cell: Cell) -> Any:
        plain = text(cell)
        if plain is None or plain in known:
            return None if plain is None else known[plain]
        if open_ended:
            return None
        found = line_of(plain)
        raise HistoryError(
            f"expected a word that `values` knows, found `{found}`",
            code="table.value",
            hint=nearest(found, known) or "add it, or give a `default`",
            found=found,
        )

    return read


def _split(read: Reader, between: str, part: int | None) -> Reader:
    """Read one part of a cell, or all of them as a tuple."""

    def parts(cell: Cell) -> Any:
        pieces: Sequence[Cell]
        if isinstance(cell, list):
            pieces = cast("Sequence[Cell]", cell)
        else:
            pieces = (text(cell) or "").split(between)
        if part is not None:
            return read(pieces[part]) if part < len(pieces) else None
        found = (read(piece) for piece in pieces)
        return tuple([one for one in found if one is not None])

    return parts
