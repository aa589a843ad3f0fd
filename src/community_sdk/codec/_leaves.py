"""Strict readers and writers of single values: refuse where others would coerce."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, NamedTuple, TypeVar, cast

from community_sdk._time import Duration, Window
from community_sdk.codec._faults import Wrong, problems, shown
from community_sdk.errors import Problem, nearest
from community_sdk.explanation import Figure

__all__ = [
    "DEPTH",
    "FIGURES",
    "LEAVES",
    "LENGTH",
    "WHOLE_MEMBERSHIP",
    "Leaf",
    "no_word",
    "of_enum",
    "of_list",
    "optional",
    "shallow",
]

LENGTH: Final = 65_536
"""The most characters of one text."""
DEPTH: Final = 50
"""How deep explanations, their figures and wished decisions may be nested."""
_ENTRIES: Final = 1_000
_ITEMS: Final = 10_000
WHOLE_MEMBERSHIP: Final = 1_000_000
"""The most entries of a list with one for each member."""
_WHOLE: Final = 2**63
_SUM: Final = 2**127

_T = TypeVar("_T")

Load = Callable[[Any, Any], Any]
Dump = Callable[[Any], Any]


class Leaf(NamedTuple):
    """How values of one type are read and written; *dump* None: as they are."""

    load: Load
    dump: Dump | None = None


def _text(value: object, _: object = None) -> str:
    if type(value) is str and len(value) <= LENGTH and "\0" not in value:
        if value.isascii():
            return value
        with suppress(UnicodeEncodeError):
            value.encode()
            return value
    raise _no_text(value)


def _optional_text(value: object, _: object = None) -> str | None:
    # The commonest field by far: one call instead of two.
    if type(value) is str and len(value) <= LENGTH and "\0" not in value:
        if value.isascii():
            return value
    elif value is None:
        return None
    return _text(value)


def _no_text(value: object) -> Wrong:
    if isinstance(value, str) and len(value) > LENGTH:
        size = str(len(value))
        message = f"expected a text of at most {LENGTH} characters, found {size}"
        figures = {"found": size, "most": str(LENGTH)}
        return Wrong(Problem("", message, "", "codec.long", figures))
    hint = "numbers and flags are not turned into texts: put it in quotes"
    fault = "kind"
    if isinstance(value, str):
        hint, fault = "remove NUL characters and half surrogate pairs", "characters"
    return Wrong.value("codec.text", "a text", value, hint=hint, fault=fault)


def _whole(value: object, _: object = None) -> int:
    if type(value) is int and -_WHOLE <= value < _WHOLE:
        return value
    large = isinstance(value, int) and not isinstance(value, bool)
    expected, fault = "a whole number of at most 64 bits", "large" if large else "kind"
    raise Wrong.value("codec.whole", expected, value, fault=fault)


def _flag(value: object, _: object = None) -> bool:
    if value is True or value is False:
        return value
    raise Wrong.value("codec.flag", "`true` or `false`", value)


_ISO: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):\d\d(?::\d\d(?:\.\d{1,6})?)?"
    r"(Z|[+-](?:[01]\d|2[0-3]):\d\d)?",
    re.ASCII,
)


def _instant(value: object, _: object) -> datetime:
    if type(value) is str and (match := _ISO.fullmatch(value)) is not None:
        try:
            found = datetime.fromisoformat(value)
            if found.tzinfo is UTC:
                return found
            if match[1] is not None:
                return found.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        else:
            raise Wrong.value(
                "codec.naive",
                "an instant with a time zone",
                value,
                hint=f"write `{value}Z`, or the offset of the source",
                cure=f"{value}Z",
            )
    expected = "an instant such as `2026-11-21T08:00:00Z`"
    raise Wrong.value("codec.instant", expected, value)


def _instant_text(value: datetime) -> str:
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()


def _parsed(kind: Any, what: str) -> Leaf:
    """Read what prints itself and parses its own text."""

    def load(value: object, _: object) -> Any:
        if type(value) is not str or len(value) > LENGTH:
            raise Wrong.value("codec.parsed", what, value)
        return kind.parse(value)

    return Leaf(load, str)


def no_word(value: object, known: Mapping[str, object]) -> Wrong:
    """Say which words are *known*, and which of them *value* was meant to be."""
    words = ", ".join(f"`{word}`" for word in known)
    hint = nearest(value[:60], known) if isinstance(value, str) else ""
    return Wrong.value("codec.word", f"one of {words}", value, hint=hint, words=words)


def of_enum(kind: type[Enum]) -> Leaf:
    """Read and write the members of *kind* by their lower-case names."""
    known = {member.name.lower(): member for member in kind}

    def load(value: object, _: object) -> Enum:
        found = known.get(value) if type(value) is str else None
        if found is None:
            raise no_word(value, known)
        return found

    words = {member: word for word, member in known.items()}
    return Leaf(load, words.__getitem__)


def optional(leaf: Leaf) -> Leaf:
    """Let `null` stand for absence."""
    if leaf is LEAVES[str]:
        return Leaf(_optional_text, _optional_text)
    inner, write = leaf

    def load(value: object, kind: object) -> Any:
        return None if value is None else inner(value, kind)

    if write is None:
        return Leaf(load)

    def dump(value: Any) -> Any:
        return None if value is None else write(value)

    return Leaf(load, dump)


def of_list(leaf: Leaf, most: int = _ITEMS) -> Leaf:
    """Read and write tuples as lists of at most *most* entries."""
    inner, write = leaf

    def load(value: object, kind: object) -> tuple[Any, ...]:
        items = _listed(value, most)
        try:
            return tuple([inner(item, kind) for item in items])
        except Exception:  # noqa: BLE001 - asked again below, one by one
            found: list[Problem] = []
            for place, item in enumerate(items):
                try:
                    inner(item, kind)
                except Exception as fault:  # noqa: BLE001 - worded, not swallowed
                    found.extend(problems(fault, f"[{place}]"))
            raise Wrong(*found) from None

    def dump(value: tuple[Any, ...]) -> list[Any]:
        return list(value) if write is None else [write(item) for item in value]

    return Leaf(load, dump)


def _listed(value: object, most: int = _ITEMS) -> list[object]:
    if type(value) is not list:
        raise Wrong.value("codec.list", "a list", value)
    items = cast("list[object]", value)
    if len(items) > most:
        message = f"expected at most {most} entries, found {len(items)}"
        figures = {"found": str(len(items)), "most": str(most)}
        raise Wrong(Problem("", message, "", "codec.entries", figures))
    return items


def _mapping(value: object) -> dict[str, object]:
    if type(value) is not dict:
        raise Wrong.value("codec.object", "an object", value)
    plain = cast("dict[str, object]", value)
    if len(plain) > _ENTRIES:
        message = f"expected at most {_ENTRIES} entries, found {len(plain)}"
        figures = {"found": str(len(plain)), "most": str(_ENTRIES)}
        raise Wrong(Problem("", message, "", "codec.entries", figures))
    return plain


def _scalar(value: object) -> str | int | bool:
    if type(value) is str:
        return _text(value)
    if type(value) is int:
        return _whole(value)
    if value is True or value is False:
        return value
    expected = "a text, a whole number, `true` or `false`"
    raise Wrong.value("codec.scalar", expected, value)


def _properties(value: object, _: object) -> dict[str, str | int | bool]:
    found: list[Problem] = []
    read: dict[str, str | int | bool] = {}
    for key, entry in _mapping(value).items():
        try:
            read[_text(key)] = _scalar(entry)
        except Wrong as wrong:
            found.extend(problems(wrong, f".{shown(key)[2:-2]}"))
    if found:
        raise Wrong(*found)
    return read


def _properties_plain(value: Mapping[str, str | int | bool]) -> dict[str, object]:
    return dict(_properties(dict(value), None))


def _pairs(value: object, kind: object) -> tuple[tuple[str, str | int | bool], ...]:
    return tuple(_properties(value, kind).items())


def _pairs_plain(value: tuple[tuple[str, str | int | bool], ...]) -> dict[str, object]:
    return _properties_plain(_told_apart(value))


def _told_apart(pairs: tuple[tuple[str, _T], ...]) -> dict[str, _T]:
    """Return *pairs* as a mapping, unless that would lose one."""
    plain = dict(pairs)
    if len(plain) < len(pairs):
        found = ", ".join(str(name) for name, _ in pairs)
        raise Wrong.value("codec.twice", "names that differ", found)
    return plain


def _numbers(value: object, _: object) -> dict[str, int]:
    found: list[Problem] = []
    read: dict[str, int] = {}
    for key, entry in _mapping(value).items():
        try:
            read[_text(key)] = _whole(entry)
        except Wrong as wrong:
            found.extend(problems(wrong, f".{shown(key)[2:-2]}"))
    if found:
        raise Wrong(*found)
    return read


def _numbers_plain(value: Mapping[str, int]) -> dict[str, object]:
    return dict(_numbers(dict(value), None))


def _figure(value: object) -> Figure:
    if isinstance(value, list):
        return tuple([_figure(item) for item in _listed(cast("object", value))])
    if type(value) is int and -_SUM <= value < _SUM:
        return value  # a sum of what is told may be wider than each of it
    return None if value is None else _scalar(value)


def _figures(value: object, _: object) -> tuple[tuple[str, Figure], ...]:
    found: list[Problem] = []
    read: list[tuple[str, Figure]] = []
    for key, entry in _mapping(value).items():
        try:
            read.append((_text(key), _figure(shallow(entry))))
        except Wrong as wrong:
            found.extend(problems(wrong, f".{shown(key)[2:-2]}"))
    if found:
        raise Wrong(*found)
    return tuple(read)


def _figures_plain(value: tuple[tuple[str, Figure], ...]) -> dict[str, object]:
    plain = {name: _listed_figure(v) for name, v in _told_apart(value).items()}
    _figures(plain, None)
    return plain


def _listed_figure(value: Figure) -> object:
    return [_listed_figure(v) for v in value] if isinstance(value, tuple) else value


def shallow(value: object) -> object:
    """Return *value* unless it is nested deeper than anybody can follow."""
    level: list[object] = [value]
    for _ in range(DEPTH):
        below: list[object] = []
        for item in level:
            if type(item) is dict:
                below.extend(cast("dict[object, object]", item).values())
            elif type(item) is list:
                below.extend(cast("list[object]", item))
        if not below:
            return value
        level = below
    message = f"expected values nested at most {DEPTH} deep"
    raise Wrong(Problem("", message, "", "codec.depth", {"most": str(DEPTH)}))


LEAVES: Final[Mapping[object, Leaf]] = {
    str: Leaf(_text, _text),
    int: Leaf(_whole, _whole),
    bool: Leaf(_flag, _flag),
    datetime: Leaf(_instant, _instant_text),
    Duration: _parsed(Duration, "a duration such as `90d`"),
    Window: _parsed(Window, "a window such as `30d`"),
    Mapping[str, str | int | bool]: Leaf(_properties, _properties_plain),
    tuple[tuple[str, str | int | bool], ...]: Leaf(_pairs, _pairs_plain),
    Mapping[str, int]: Leaf(_numbers, _numbers_plain),
}
"""What has no parts of its own, by type."""

FIGURES: Final = Leaf(_figures, _figures_plain)
"""The figures of an explanation: a type that refers to itself has no key above."""
