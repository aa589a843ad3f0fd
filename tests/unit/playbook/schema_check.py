"""A small checker of JSON Schema: the words that our schema uses, and no others."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str, datetime),
    "integer": (int,),
    "boolean": (bool,),
}
SAYINGS = {"$schema", "title", "description", "$defs", "format"}


def breaches(value: Any, schema: Mapping[str, Any], root: Any, path: str = "") -> Any:
    """Yield where *value* breaks *schema*, as paths."""
    for word, wanted in schema.items():
        if word not in SAYINGS:
            yield from CHECKS[word](value, wanted, schema, root, path)


def _is(value: Any, word: str) -> bool:
    if isinstance(value, bool):
        return word == "boolean"
    return isinstance(value, TYPES[word])


def _type(value: Any, wanted: Any, _: Any, __: Any, path: str) -> Iterator[str]:
    words = [wanted] if isinstance(wanted, str) else wanted
    if not any(_is(value, word) for word in words):
        yield f"{path}: no {wanted}"


def _ref(value: Any, wanted: str, _: Any, root: Any, path: str) -> Iterator[str]:
    yield from breaches(value, root["$defs"][wanted.rpartition("/")[2]], root, path)


def _enum(value: Any, wanted: list[Any], _: Any, __: Any, path: str) -> Iterator[str]:
    if value not in wanted:
        yield f"{path}: {value} is none of {wanted}"


def _const(value: Any, wanted: Any, _: Any, __: Any, path: str) -> Iterator[str]:
    if value != wanted or type(value) is not type(wanted):
        yield f"{path}: {value} is not {wanted}"


def _pattern(value: Any, wanted: str, _: Any, __: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(wanted, value):
        yield f"{path}: `{value}` is not like {wanted}"


def _minimum(value: Any, wanted: int, _: Any, __: Any, path: str) -> Iterator[str]:
    if isinstance(value, int) and value < wanted:
        yield f"{path}: {value} < {wanted}"


def _maximum(value: Any, wanted: int, _: Any, __: Any, path: str) -> Iterator[str]:
    if isinstance(value, int) and value > wanted:
        yield f"{path}: {value} > {wanted}"


def _length(value: Any, _: int, schema: Any, __: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and len(value) > schema.get("maxLength", 10**9):
        yield f"{path}: too long"
    if isinstance(value, str) and len(value) < schema.get("minLength", 0):
        yield f"{path}: too short"
    items = cast("list[object]", value) if isinstance(value, list) else None
    if items is not None and len(items) < schema.get("minItems", 0):
        yield f"{path}: too few"


def _unique(value: Any, *_: Any) -> Iterator[str]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    if len({*map(str, items)}) < len(items):
        yield f"{_[-1]}: twice"


def _items(value: Any, wanted: Any, _: Any, root: Any, path: str) -> Iterator[str]:
    if type(value) is list:
        for nth, item in enumerate(cast("list[object]", value)):
            yield from breaches(item, wanted, root, f"{path}[{nth}]")


def _properties(value: Any, wanted: Any, _: Any, root: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key in value.keys() & wanted.keys():
            yield from breaches(value[key], wanted[key], root, f"{path}.{key}")


def _additional(
    value: Any, wanted: Any, schema: Any, root: Any, path: str
) -> Iterator[str]:
    if isinstance(value, dict):
        for key in value.keys() - schema.get("properties", {}).keys():
            if wanted is False:
                yield f"{path}: unknown key {key}"
            else:
                yield from breaches(value[key], wanted, root, f"{path}.{key}")


def _names(value: Any, wanted: Any, _: Any, root: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key in cast("dict[str, Any]", value):
            yield from breaches(key, wanted, root, f"{path}.{key}")


def _required(value: Any, wanted: list[str], _: Any, __: Any, path: str) -> Any:
    if isinstance(value, dict):
        yield from (f"{path}: no {key}" for key in wanted if key not in value)


def _any(value: Any, wanted: list[Any], _: Any, root: Any, path: str) -> Iterator[str]:
    if all(list(breaches(value, each, root, path)) for each in wanted):
        yield f"{path}: {value!r} is none of {len(wanted)}"


def _one(value: Any, wanted: list[Any], _: Any, root: Any, path: str) -> Iterator[str]:
    sound = [each for each in wanted if not list(breaches(value, each, root, path))]
    if len(sound) != 1:
        yield f"{path}: {value!r} is {len(sound)} of {len(wanted)}"


CHECKS: Mapping[str, Any] = {
    "type": _type,
    "$ref": _ref,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "maxLength": _length,
    "minLength": _length,
    "minItems": _length,
    "uniqueItems": _unique,
    "items": _items,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "required": _required,
    "anyOf": _any,
    "oneOf": _one,
}
