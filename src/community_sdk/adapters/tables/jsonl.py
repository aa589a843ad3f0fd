"""JSON Lines: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn, cast

from community_sdk.adapters._lines import Line, Lines
from community_sdk.adapters._rows import Refusal, Row, Rows, bounded
from community_sdk.errors import HistoryError

__all__ = ["read"]


def read(lines: Lines, source: str) -> Rows:
    """Return the table of objects in *lines*; every row names its own columns.

    Numbers with decimals are kept exactly. A key that stands twice in an object, NaN
    and Infinity are refused, with their line. Empty lines are passed over.

    Raises:
        HistoryError: the file is one JSON list, not one object a line.
    """
    return Rows(None, _rows(lines, source))


def _rows(lines: Lines, source: str) -> Iterator[Row | Refusal]:
    begun = False
    for line in lines:
        if isinstance(line, Refusal):
            yield line
            continue
        if not line.text.strip():
            continue
        if not begun and line.text.lstrip().startswith("["):
            raise HistoryError(
                f"expected one object a line, found a list in `{source}`",
                code="table.json_list",
                hint="convert it, for example with `jq -c '.[]'`",
                path=source,
            )
        begun = True
        yield _row(line, source)


def _row(line: Line, source: str) -> Row | Refusal:
    hint = ""
    try:
        found = _DECODER.decode(line.text)
    except _TwiceError as twice:
        key = str(twice)[:60]
        say = f"expected each key once, found `{key}` twice"
        hint = "keep one of them"
        return _refusal(line, source, "table.json_twice", say, hint, key=key)
    except json.JSONDecodeError as fault:
        hint = "check the quotes, commas and brackets there"
        if line.last:
            hint = "the file may have been cut here: write or copy it again"
        say = f"expected a JSON object, found a mistake at column {fault.colno}"
        code = "table.cut_line" if line.last else "table.json"
        return _refusal(line, source, code, say, hint, column=str(fault.colno))
    except (ValueError, RecursionError):
        say = "expected a JSON object of plain numbers, not nested so deep"
        return _refusal(line, source, "table.json_odd", say)
    if not isinstance(found, dict):
        hint = "write `{…}` with a name for each value"
        say = "expected a JSON object, found another value"
        return _refusal(line, source, "table.json_object", say, hint)
    return Row(line.number, cast("dict[str, object]", found))


def _refusal(
    line: Line, source: str, code: str, message: str, hint: str = "", **figures: str
) -> Refusal:
    return Refusal(
        source=source,
        line=line.number,
        code=code,
        message=message,
        hint=hint,
        figures=figures,
        row=bounded({"line": line.text}),
    )


class _TwiceError(Exception):
    """A key stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _TwiceError(key)
            seen.add(key)
    return plain


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Decimal, parse_constant=_no_number
)
