"""Templates: one playbook for many cities, brands, dealers (S30).

Values are put into texts that TOML has read already, and never read as TOML again: no
value can add a table, a key or a line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, cast

from attrs import field

from community_sdk._time import Duration, zone
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model import Titles
from community_sdk.playbook._fields import table_of
from community_sdk.playbook._lists import MapOf
from community_sdk.playbook._notes import (
    BROKEN,
    Broken,
    Notes,
    entry,
    inside,
    listed,
    shown,
)
from community_sdk.playbook._shapes import Text

__all__ = ["RESERVED", "Parameter", "ParameterType", "escape", "fill", "parameters"]

Scalar = str | int | bool

RESERVED: Final = ("extra", "source")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_PIECE: Final = re.compile(r"\{\{\{\{|\{\{\s*([^{}]*?)\s*\}\}|\{\{")
_NUMBER: Final = re.compile(r"-?\d{1,18}", re.ASCII)


class ParameterType(Enum):
    """What a parameter may be given."""

    TEXT = "text"
    NUMBER = "number"
    DURATION = "duration"
    ZONE = "zone"
    FLAG = "flag"


_WHAT: Final = {
    ParameterType.TEXT: "a text",
    ParameterType.NUMBER: "a whole number",
    ParameterType.DURATION: "a duration such as `90d`",
    ParameterType.ZONE: "an IANA time zone such as `Asia/Shanghai`",
    ParameterType.FLAG: "`true` or `false`",
}


@frozen(kw_only=True)
class Parameter:
    """A blank in a playbook that whoever uses it fills in.

    *name* is the word in the placeholders. *type* tells what fills it: text, number,
    duration, zone or flag. *default* is what fills it where nothing is given; a
    parameter without one must be given. *title* tells people what it is for.
    """

    name: str = ""
    type: ParameterType = ParameterType.TEXT
    default: Scalar | None = None
    title: Titles = field(factory=dict[str, str], hash=False)

    def parse(self, text: str, /) -> Scalar:
        """Return the value that *text*, typed by a person, stands for.

        Raises:
            DefinitionError: it is none of the parameter's type.
        """
        value: Scalar = text
        if self.type is ParameterType.NUMBER and _NUMBER.fullmatch(text.strip()):
            value = int(text)
        elif self.type is ParameterType.FLAG and text.strip() in ("true", "false"):
            value = text.strip() == "true"
        return self.check(value)

    def check(self, value: object, /) -> Scalar:
        """Return *value* as the file would hold it.

        Raises:
            DefinitionError: it is none of the parameter's type.
        """
        if isinstance(value, Duration) and self.type is ParameterType.DURATION:
            return str(value)
        kind = {ParameterType.NUMBER: int, ParameterType.FLAG: bool}.get(self.type, str)
        if type(value) is not kind or (
            kind is int and abs(cast("int", value)) >= 2**63
        ):
            raise DefinitionError(
                f"expected {_WHAT[self.type]} as `{self.name}`, found {shown(value)}",
                code=f"playbook.parameter_{self.type.value}",
                parameter=self.name,
                found=shown(value).strip("`"),
            )
        if self.type is ParameterType.DURATION:
            Duration.parse(str(value))
        elif self.type is ParameterType.ZONE:
            zone(str(value))
        return cast("str | int | bool", value)  # pyright: ignore[reportUnnecessaryCast]


def escape(text: str) -> str:
    """Return *text* so that no part of it is read as a placeholder."""
    return text.replace("{{", "{{{{")


def parameters(plain: Mapping[str, object], notes: Notes) -> dict[str, Parameter]:
    """Return the parameters that the tables declare."""
    if "parameters" not in plain:
        return {}
    shape = MapOf(Text(), table_of(Parameter, skip=frozenset({"name"})))
    found = shape.read(plain["parameters"], "parameters", notes)
    if found is BROKEN:
        return {}
    declared: dict[str, Parameter] = {}
    for name, each in cast("dict[str, Parameter]", found).items():
        here = inside("parameters", name)
        if not _NAME.fullmatch(name) or name in RESERVED:
            notes.wrong(
                here,
                f"expected a parameter in lower-case letters, found {shown(name)}",
                "parameter_name",
                hint="letters a to z, digits and `_`"
                if name not in RESERVED
                else f"`{name}` is taken: choose another word",
                found=name,
            )
        declared[name] = Parameter(
            name=name, type=each.type, default=each.default, title=each.title
        )
    return declared


def fill(
    plain: dict[str, object], given: Mapping[str, object], notes: Notes
) -> dict[str, object]:
    """Return *plain* with every placeholder filled, its parameters left out."""
    declared = parameters(plain, notes)
    values = _values(declared, given, notes)
    filler = _Filler(values, notes)
    rest = {k: filler.fill(v, inside("", k)) for k, v in plain.items() if k not in _OWN}
    for name in declared:
        if name not in filler.used:
            notes.wrong(
                inside("parameters", name),
                f"expected `{{{{{name}}}}}` somewhere in the file, found it nowhere",
                "parameter_unused",
                hint="remove the parameter, or use it",
                parameter=name,
            )
    return rest


_OWN: Final = ("parameters", "format")


def _values(
    declared: Mapping[str, Parameter], given: Mapping[str, object], notes: Notes
) -> dict[str, Scalar | Broken]:
    for name in given:
        if name not in declared:
            hint = "" if declared else "this playbook has no parameters"
            notes.wrong(
                "",
                f"unknown parameter `{name}`",
                "parameter_unknown",
                hint=hint,
                near=(name, declared),
                parameter=name,
            )
    values: dict[str, Scalar | Broken] = {}
    for name, each in declared.items():
        here = inside("parameters", name)
        if each.default is not None:
            # A wrong default is a mistake even where another value is given.
            values[name] = _checked(each, each.default, inside(here, "default"), notes)
        if name in given:
            values[name] = _checked(each, given[name], here, notes, typed=True)
        elif each.default is None:
            values[name] = notes.wrong(
                here,
                f"expected a value for the parameter `{name}`",
                "parameter_missing",
                hint=f"give {_WHAT[each.type]} as `{name}`, or write a `default`",
                parameter=name,
            )
    return values


def _checked(
    each: Parameter, value: object, path: str, notes: Notes, *, typed: bool = False
) -> Scalar | Broken:
    try:
        if typed and isinstance(value, str):
            return each.parse(value)
        return each.check(value)
    except DefinitionError as error:
        return notes.fault(path, error)


class _Filler:
    """Walks through tables and fills the texts in them."""

    def __init__(self, values: Mapping[str, Scalar | Broken], notes: Notes) -> None:
        self.values = values
        self.notes = notes
        self.used: set[str] = set()

    def fill(self, value: object, path: str) -> object:
        """Return *value* with its placeholders filled."""
        if isinstance(value, dict):
            table = cast("dict[str, object]", value)
            return {k: self.fill(v, inside(path, k)) for k, v in table.items()}
        if isinstance(value, list):
            items = cast("list[object]", value)
            return [self.fill(v, entry(path, i)) for i, v in enumerate(items)]
        return self._text(value, path) if isinstance(value, str) else value

    def _text(self, text: str, path: str) -> object:
        if "{{" not in text:
            return text
        whole = _PIECE.fullmatch(text)
        if whole is not None and whole[1] is not None:
            return self._look_up(whole[1], path)
        broken = False

        def piece(match: re.Match[str]) -> str:
            nonlocal broken
            if match[0] == "{{{{":
                return "{{"
            found = (
                self._look_up(match[1], path)
                if match[1] is not None
                else (self._open(path))
            )
            broken = broken or isinstance(found, Broken)
            return _as_text(found)

        filled = _PIECE.sub(piece, text)
        return BROKEN if broken else filled

    def _look_up(self, name: str, path: str) -> Any:
        self.used.add(name)
        if name in self.values:
            return self.values[name]
        known = listed(self.values)
        return self.notes.wrong(
            path,
            f"unknown parameter `{shown(name)[2:-2]}`",
            "placeholder",
            hint=""
            if self.values
            else "declare it in `[parameters]`; for plain braces write `{{{{`",
            near=(name, self.values),
            parameter=name,
            known=known.replace("`", ""),
        )

    def _open(self, path: str) -> Broken:
        return self.notes.wrong(
            path,
            "expected `{{name}}`, found `{{` alone",
            "placeholder_open",
            hint="for plain braces write `{{{{`",
        )


def _as_text(value: Scalar | Broken) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
