"""Cells read strictly: a text, a whole number, a flag, an amount, a word."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, cast

from community_sdk.adapters._rows import Cell
from community_sdk.errors import HistoryError, nearest
from community_sdk.model import Money

__all__ = [
    "Getter",
    "Reader",
    "amount",
    "flag",
    "getter",
    "line_of",
    "priced",
    "text",
    "whole",
    "word_of",
]

Getter = Callable[[Mapping[str, Cell]], Cell]
Reader = Callable[[Cell], Any]

_LONGEST: Final = 65_536
_SHOWN: Final = 60
_WHOLE: Final = re.compile(r"([+-]?\d{1,60})(?:\.0+)?", re.ASCII)
_BOUND: Final = 2**63
_FLAGS: Final = {
    "true": True, "yes": True, "y": True, "1": True, "t": True, "on": True,
    "是": True, "有": True, "真": True, "对": True,
    "false": False, "no": False, "n": False, "0": False, "f": False, "off": False,
    "否": False, "无": False, "假": False, "不": False,
}  # fmt: skip


def line_of(cell: Cell) -> str:
    """Return a short picture of *cell* on one line, for messages."""
    shown = str(cell)
    cut = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else "�" for c in cut)


def _refused(
    code: str, expected: str, cell: Cell, hint: str = "", **figures: str
) -> HistoryError:
    found = line_of(cell)
    message = f"expected {expected}, found `{found}`"
    return HistoryError(message, code=code, hint=hint, found=found, **figures)


def text(cell: Cell) -> str | None:
    """Return *cell* as text without blanks around it, or None where it is empty."""
    if type(cell) is str:
        plain = cell.strip()
        if len(plain) <= _LONGEST and plain.isascii():
            return plain or None
    elif cell is None:
        return None
    elif isinstance(cell, bool):
        plain = "true" if cell else "false"
    elif isinstance(cell, datetime):
        plain = cell.isoformat()
    elif isinstance(cell, (dict, list)):
        plain = json.dumps(cell, ensure_ascii=False, default=str)
    elif isinstance(cell, Decimal):
        plain = format(cell, "f") if abs(cell.adjusted()) < _SHOWN else str(cell)
    else:
        plain = str(cell).strip()
    if len(plain) > _LONGEST:
        raise HistoryError(
            f"expected a text of at most {_LONGEST} characters, found {len(plain)}",
            code="table.long_cell",
            hint="leave long texts out: events hold none",
            found=str(len(plain)),
            most=str(_LONGEST),
        )
    if not plain.isascii():
        _encoded(plain)
    return plain or None


def _encoded(plain: str) -> None:
    try:
        plain.encode()
    except UnicodeEncodeError:
        raise _refused("table.text", "a text", "half a surrogate pair") from None


def whole(cell: Cell) -> int | None:
    """Return *cell* as a whole number of at most 64 bits, or None where it is empty.

    ``12.0`` is one, ``12.5`` is not, and a flag is none either.
    """
    if type(cell) is int:
        found: int | None = cell
    elif isinstance(cell, bool):
        found = None
    else:
        plain = text(cell)
        if plain is None:
            return None
        match = _WHOLE.fullmatch(plain)
        found = None if match is None else int(match[1])
    if found is None:
        raise _refused("table.whole", "a whole number", cell)
    if not -_BOUND <= found < _BOUND:
        expected = "a whole number of at most 64 bits"
        raise _refused("table.whole", expected, cell, fault="large")
    return found


def flag(cell: Cell) -> bool | None:
    """Return *cell* as yes or no, or None where it is empty."""
    if isinstance(cell, bool):
        return cell
    plain = text(cell)
    if plain is None:
        return None
    found = _FLAGS[plain] if plain in _FLAGS else _FLAGS.get(plain.lower())
    if found is None:
        hint = nearest(line_of(plain), _FLAGS)
        raise _refused("table.flag", "a flag such as `1`, `no` or `是`", cell, hint)
    return found


def word_of(kind: type[Enum]) -> Reader:
    """Return a reader of the members of *kind*, by their names in any case."""
    known = {member.name.lower(): member for member in kind}

    def read(cell: Cell) -> Enum | None:
        plain = text(cell)
        if plain is None:
            return None
        found = known.get(plain.lower())
        if found is None:
            words = ", ".join(f"`{word}`" for word in known)
            hint = nearest(line_of(plain).lower(), known)
            raise _refused("table.word", f"one of {words}", cell, hint, words=words)
        return found

    return read


def amount(cell: Cell, currency: str, *, minor: bool, absolute: bool) -> Money | None:
    """Return *cell* as money, or None where it is empty; nothing is ever rounded."""
    if minor:
        units = whole(cell)
        found = None if units is None else Money(units, currency)
    else:
        plain = text(cell)
        found = None if plain is None else Money.of(plain, currency)
    if found is not None and absolute and found.amount < 0:
        return Money(-found.amount, currency)
    return found


def priced(cell: Cell) -> Money | None:
    """Return a cell such as ``12.50 CNY`` as money, or None where it is empty."""
    plain = text(cell)
    if plain is None:
        return None
    number, _, currency = plain.rpartition(" ")
    if not number:
        raise _refused("table.money", "an amount such as `12.50 CNY`", cell)
    return Money.of(number, currency)


def getter(name: str, columns: Sequence[str] | None) -> Getter | None:
    """Return how to find the cell called *name*, or None where *columns* lack it.

    A name with dots that is no column leads into a cell of JSON.
    """
    head, *path = name.split(".")
    if columns is None:
        return _either(name, head, tuple(path)) if path else _plain(name)
    if name in columns:
        return itemgetter(name)
    return _inside(head, tuple(path)) if path and head in columns else None


def _plain(name: str) -> Getter:
    def get(cells: Mapping[str, Cell]) -> Cell:
        return cells.get(name)

    return get


def _inside(head: str, path: tuple[str, ...]) -> Getter:
    def get(cells: Mapping[str, Cell]) -> Cell:
        found = cells.get(head)
        if isinstance(found, str):
            found = _parsed(found) if found else None
        for key in path:
            if not isinstance(found, dict):
                return None
            found = cast("dict[str, object]", found).get(key)
        return found

    return get


def _either(name: str, head: str, path: tuple[str, ...]) -> Getter:
    inside = _inside(head, path)

    def get(cells: Mapping[str, Cell]) -> Cell:
        return cells[name] if name in cells else inside(cells)

    return get


@lru_cache(maxsize=256)
def _parsed(found: str) -> object:
    """Return JSON text as builtins; the same few texts come again and again."""
    try:
        return json.loads(found, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise _refused("table.cell_json", "JSON in the cell", found) from None
