"""TOML text from plain tables: one layout, so that equal tables give equal text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, cast

__all__ = ["toml", "toml_value"]

_WIDTH: Final = 88
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
# Control characters and what turns or hides letters on a screen are escaped. A fixed
# list: what Unicode calls printable changes with the interpreter, the text must not.
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

Plain = Mapping[str, object]


def toml(plain: Plain) -> str:
    """Return *plain* as a TOML file that ends with a line break."""
    text = "\n".join(_table((), plain)).strip("\n")
    return f"{text}\n" if text else ""


def toml_value(value: object) -> str:
    """Return *value* as it stands behind a key, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _text(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case list():
            items = cast("list[object]", value)
            return f"[{', '.join(toml_value(item) for item in items)}]"
        case Mapping():
            pairs = _pairs(cast("Plain", value))
            return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
        case _:
            raise TypeError(type(value))


def _pairs(table: Plain) -> list[str]:
    return [f"{_key(key)} = {toml_value(value)}" for key, value in table.items()]


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _text(text: str) -> str:
    """Write in single quotes what has double quotes inside, such as a condition."""
    plain = "'" not in text and "\\" not in text and not _HIDDEN.search(text)
    return f"'{text}'" if plain and '"' in text else _quoted(text)


def _quoted(text: str) -> str:
    text = re.sub(r'["\\]', lambda match: _ESCAPES[match[0]], text)
    return f'"{_HIDDEN.sub(lambda match: _escape(match[0]), text)}"'


def _escape(char: str) -> str:
    return _ESCAPES.get(char) or f"\\u{ord(char):04X}"


def _table(path: tuple[str, ...], table: Plain) -> Iterator[str]:
    """Yield the lines of a table: first what is simple, then the tables below."""
    below: list[tuple[str, object]] = []
    for key, value in table.items():
        lines = _simple(key, value, top=not path)
        if lines is None:
            below.append((key, value))
        else:
            yield from lines
    for key, value in below:
        here = (*path, key)
        name = ".".join(_key(part) for part in here)
        if isinstance(value, list):
            for item in cast("list[Plain]", value):
                yield f"\n[[{name}]]"
                yield from _table(here, item)
        else:
            inner = list(_table(here, cast("Plain", value)))
            if not inner or inner[0][:2] != "\n[":
                yield f"\n[{name}]"
            yield from inner


def _simple(key: str, value: object, *, top: bool) -> list[str] | None:
    """Return the lines of what needs no header, or None."""
    if not isinstance(value, (Mapping, list)):
        return [f"{_key(key)} = {toml_value(value)}"]
    table = isinstance(value, Mapping)
    items = [] if table else cast("list[object]", value)
    tables = bool(items) and all(isinstance(item, Mapping) for item in items)
    if top and (table or tables):
        return None
    line = f"{_key(key)} = {toml_value(cast('object', value))}"
    if len(line) <= _WIDTH and not tables and not _deep(cast("object", value)):
        return [line]
    rows = [f"  {toml_value(item)}," for item in items]
    if table or (tables and max(map(len, rows)) > _WIDTH):
        return None
    return [f"{_key(key)} = [", *rows, "]"]


def _deep(value: object) -> bool:
    """Tell whether a table holds tables of its own."""
    return isinstance(value, Mapping) and any(
        isinstance(item, Mapping) for item in cast("Plain", value).values()
    )
