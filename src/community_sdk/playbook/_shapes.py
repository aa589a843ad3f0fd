"""How single values of a playbook file are read, written and described, by type.

None of these classes compares or prints itself: that would cost time at import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from enum import Enum
from typing import Any, Final, Protocol

from attrs import field, frozen

from community_sdk.playbook._notes import BROKEN, Broken, Notes, listed, shown

__all__ = [
    "Flag",
    "Scalar",
    "Schema",
    "Shape",
    "Text",
    "Whole",
    "Word",
    "no_word",
    "refuse",
]

Schema = dict[str, Any]
_WHOLE: Final = 2**63
_LONGEST_NAME: Final = 200


class Shape(Protocol):
    """What a value looks like in a file; one for each type of field."""

    @property
    def stand_in(self) -> object:
        """What stands for a wrong value, so that the rest can still be checked."""
        ...

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Return the value, or `BROKEN` once its mistake is noted."""
        ...

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Return the plain form that `read` turns into *value* again."""
        ...

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Return its JSON Schema; parts that are shared go into *defs*."""
        ...


def refuse(value: object, path: str, notes: Notes, what: str) -> object:
    """Note that a file cannot hold *value*; a lenient writer marks it instead."""
    if notes.lenient:
        return f"<{type(value).__module__}.{type(value).__qualname__}>"
    notes.expected(what, value, path, "unwritable")
    return ""


@frozen(eq=False, repr=False)
class Text:
    """A text; a *name* that others refer to is one line without spaces around it."""

    name: bool = False
    stand_in: object = BROKEN

    def read(self, value: object, path: str, notes: Notes, /) -> str | Broken:
        """Accept texts only: nothing is turned into one."""
        if type(value) is not str:
            cure = "" if type(value) in (dict, list) else "put it in quotes"
            return notes.expected("a text", value, path, "text", hint=cure)
        if self.name and not _is_name(value):
            cure = "write letters or digits, without spaces around them"
            return notes.expected("a name", value, path, "name", hint=cure)
        if "\0" in value:
            return notes.expected("a text without NUL", value, path, "nul")
        return value

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Refuse what TOML cannot hold."""
        if isinstance(value, str) and type(value) is str and "\0" not in value:
            with suppress(UnicodeEncodeError):
                value.encode()
                if not self.name or _is_name(value):
                    return value
        return refuse(value, path, notes, "a name" if self.name else "a text")

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe a string."""
        if not self.name:
            return {"type": "string"}
        return {"type": "string", "pattern": r"^\S(.*\S)?$", "maxLength": _LONGEST_NAME}


def _is_name(text: str) -> bool:
    return (
        0 < len(text) <= _LONGEST_NAME and text.strip() == text and text.isprintable()
    )


@frozen(eq=False, repr=False)
class Whole:
    """A whole number of at most 64 bits."""

    stand_in: object = 1

    def read(self, value: object, path: str, notes: Notes, /) -> int | Broken:
        """Accept integers only: no `1.0`, no `"1"`, no `true`."""
        if type(value) is int and -_WHOLE <= value < _WHOLE:
            return value
        if type(value) is int:
            what = "a whole number of at most 64 bits"
            return notes.expected(what, value, path, "whole_64")
        cure = "remove the quotes" if _quoted_number(value) else ""
        return notes.expected("a whole number", value, path, "whole", hint=cure)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the number."""
        if type(value) is int and -_WHOLE <= value < _WHOLE:
            return value
        return refuse(value, path, notes, "a whole number of at most 64 bits")

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe an integer."""
        return {"type": "integer"}


def _quoted_number(value: object) -> bool:
    return isinstance(value, str) and value.strip().lstrip("-").isdecimal()


@frozen(eq=False, repr=False)
class Flag:
    """True or false."""

    stand_in: object = False

    def read(self, value: object, path: str, notes: Notes, /) -> bool | Broken:
        """Accept `true` and `false` only."""
        if value is True or value is False:
            return value
        cure = ""
        if value in ("true", "false", "True", "False"):
            cure = f"write `{str(value).lower()}` without quotes"
        return notes.expected("`true` or `false`", value, path, "flag", hint=cure)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the flag."""
        if value is True or value is False:
            return value
        return refuse(value, path, notes, "`true` or `false`")

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe a boolean."""
        return {"type": "boolean"}


_SCALARS: Final[Mapping[type, tuple[str, str]]] = {
    str: ("a text", "string"),
    int: ("a whole number", "integer"),
    bool: ("`true` or `false`", "boolean"),
}


@frozen(eq=False, repr=False)
class Scalar:
    """A text, a whole number or a flag, whichever of *kinds* it is."""

    kinds: tuple[type, ...] = (str, int, bool)
    stand_in: object = ""

    @property
    def _what(self) -> str:
        words = [_SCALARS[kind][0] for kind in self.kinds]
        return ", ".join(words[:-1]) + f" or {words[-1]}"

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Take the value as it is."""
        if type(value) not in self.kinds:
            return notes.expected(self._what, value, path, "scalar")
        shape: Shape = Whole() if type(value) is int else Text()
        return value if type(value) is bool else shape.read(value, path, notes)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the value as it is."""
        if type(value) not in self.kinds:
            return refuse(value, path, notes, self._what)
        shape: Shape = Whole() if type(value) is int else Text()
        return value if type(value) is bool else shape.write(value, path, notes)

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe any of them."""
        return {"type": [_SCALARS[kind][1] for kind in self.kinds]}


@frozen(eq=False, repr=False)
class Word:
    """One word of a closed list, each standing for a value."""

    known: Mapping[str, object] = field(hash=False)

    @classmethod
    def of(cls, kind: type[Enum]) -> Word:
        """Take the members of *kind* by their lower-case names."""
        return cls({member.name.lower(): member for member in kind})

    @property
    def stand_in(self) -> object:
        """The first word's value."""
        return next(iter(self.known.values()), BROKEN)

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Look the word up."""
        if isinstance(value, str) and value in self.known:
            return self.known[value]
        return no_word(value, self.known, path, notes)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the word."""
        for word, known in self.known.items():
            if type(known) is type(value) and known == value:
                return word
        return refuse(value, path, notes, f"one of {listed(self.known)}")

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe the words."""
        return {"enum": list(self.known)}


def no_word(value: object, known: Iterable[str], path: str, notes: Notes) -> Broken:
    """Note that *value* is none of the *known* words."""
    words = list(known)
    found = f"`{value}`" if isinstance(value, str) and value else shown(value)
    found = found if len(found) <= len(shown(value)) else shown(value)
    return notes.wrong(
        path,
        f"expected one of {listed(words)}, found {found}",
        "word",
        near=(value, words) if isinstance(value, str) else None,
        expected=listed(words),
        found=found.strip("`"),
    )
