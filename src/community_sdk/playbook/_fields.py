"""From the fields of a class to the keys of a table; policies by their kind words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs

from community_sdk._time import Dates, Duration, Hours, QuietHours, Schedule, Window
from community_sdk.conditions import Condition
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric
from community_sdk.model import (
    KPI,
    Campaign,
    Community,
    Group,
    Money,
    Role,
    Rulebook,
    SanctionKind,
    Tier,
    TierGroup,
)
from community_sdk.playbook._leaves import (
    CONDITION,
    DATES,
    DURATION,
    FRACTION,
    HOURS,
    INSTANT,
    METRIC,
    MONEY,
    QUIET_HOURS,
    SANCTION,
    SCHEDULE,
    SPAN,
    WINDOW,
    ZONE,
)
from community_sdk.playbook._lists import ListOf, MapOf, Named, Pairs, SetOf
from community_sdk.playbook._shapes import Flag, Scalar, Shape, Text, Whole, Word
from community_sdk.playbook._tables import Bound, Factory, Slot, Table

__all__ = ["default_of", "kind_word", "list_of", "policy_table", "shape_of", "table_of"]

_LEAVES: Final[Mapping[Any, Shape]] = {
    str: Text(),
    int: Whole(),
    bool: Flag(),
    datetime: INSTANT,
    timedelta: SPAN,
    Duration: DURATION,
    Window: WINDOW,
    QuietHours: QUIET_HOURS,
    Hours: HOURS,
    Dates: DATES,
    Money: MONEY,
    Schedule: SCHEDULE,
    Fraction: FRACTION,
    Metric: METRIC,
    SanctionKind: SANCTION,
}
_UNIQUE: Final[Mapping[type, str]] = {
    Group: "key",
    Role: "name",
    TierGroup: "key",
    Tier: "key",
    Campaign: "key",
    KPI: "key",
}
_REFER: Final = (Campaign,)
_OWN: Final[Mapping[tuple[type, str], Shape]] = {(Community, "zone"): ZONE}
_KEYS: Final[Mapping[tuple[type, str], str]] = {
    (TierGroup, "tiers"): "tier",
    (Rulebook, "amendments"): "amendment",
}
_SCALARS: Final = (str, int, bool)
_CONDITIONS: Final = frozenset(get_args(Condition))
_SAID: Final = {
    "key": "The name that others refer to.",
    "title": "The name that people read, by language: { en = …, zh = … }.",
    "mode": "`shadow` keeps decisions, `propose` asks for consent, `act` does them.",
    "where": "The fields that the event must have, with their values.",
    "quiet_hours": "The hours of the local day in which nobody posts.",
}
_NAMES: Final = ("key", "word")


def shape_of(kind: Any, /) -> Shape:
    """Return the shape of values of type *kind*.

    Raises:
        DefinitionError: no file can hold such a value.
    """
    if kind in _LEAVES:
        return _LEAVES[kind]
    if hasattr(kind, "__supertype__"):
        return (
            Text(name=True)
            if kind.__supertype__ is str
            else shape_of(kind.__supertype__)
        )
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal and all(isinstance(arg, str) for arg in args):
        return Word({arg: arg for arg in args})
    if origin in (Union, UnionType):
        found = _of_union(args)
    elif origin is None and isinstance(kind, type):
        found = _of_class(kind)
    else:
        found = _of_many(origin, args)
    return found or _refuse(kind)


def _of_union(args: tuple[Any, ...]) -> Shape | None:
    if frozenset(args) == _CONDITIONS:
        return CONDITION
    return Scalar(args) if all(arg in _SCALARS for arg in args) else None


def _of_class(kind: Any) -> Shape | None:
    if issubclass(kind, Enum):
        return Word.of(kind)
    if kind is KPI:
        return Named(table_of(kind))
    return table_of(kind) if attrs.has(kind) else None


def _of_many(origin: Any, args: tuple[Any, ...]) -> Shape | None:
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004
        name, *scalar = get_args(args[0]) or (None,)
        if name is str and scalar and scalar != [Ellipsis]:
            return Pairs(shape_of(scalar[0]))
        return list_of(args[0])
    if origin is frozenset:
        return SetOf(shape_of(args[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return MapOf(shape_of(args[0]), shape_of(args[1]))
    return None


def list_of(kind: Any, /) -> ListOf:
    """Return the shape of a list of *kind*, each with a key of its own where it has."""
    return ListOf(shape_of(kind), _UNIQUE.get(kind, ""))


def _refuse(kind: Any) -> Shape:
    name = getattr(kind, "__name__", str(kind)).replace("typing.", "")
    raise DefinitionError(
        f"expected fields that a file can hold, found the type `{name}`",
        code="playbook.type",
        hint="use texts, whole numbers, flags, enums, durations, windows, conditions, "
        "tuples, mappings and frozen attrs classes of these",
        found=name,
    )


@lru_cache(maxsize=1024)
def table_of(cls: type, /, *, skip: frozenset[str] = frozenset()) -> Table:
    """Return the table whose keys are the fields of the attrs class *cls*."""

    def find() -> tuple[Slot, ...]:
        return tuple(
            _slot(cls, each)
            for each in _fields(cls)
            if each.init and each.name not in skip
        )

    refers = cls in _REFER or hasattr(cls, "answers")
    return Table(cls.__name__, cls, find, lambda: _paragraph(_doc(cls)), refers=refers)


def _fields(cls: type) -> tuple[attrs.Attribute[Any], ...]:
    try:
        attrs.resolve_types(cls)
    except (NameError, TypeError) as error:
        raise DefinitionError(
            f"expected types that can be looked up on `{cls.__name__}`: {error}",
            code="playbook.unresolved",
            hint="define the class and its types at the top of a module",
            found=cls.__name__,
        ) from None
    return tuple(attrs.fields(cls))


def _slot(cls: type, each: attrs.Attribute[Any]) -> Slot:
    kind, optional = _without_none(each.type)
    default = default_of(cls, each.name)
    name = each.alias or each.name
    if optional and default.get("default") is not None:
        raise DefinitionError(
            f"expected None as the default of `{cls.__name__}.{name}`, which may be"
            " None: a file has no word for it",
            code="playbook.no_none",
            hint="give it no None, or no other default",
            found=f"{cls.__name__}.{name}",
        )
    shape = _OWN.get((cls, each.name)) or shape_of(kind)
    if kind is str and name in _NAMES:
        shape = Text(name=True)
    return Slot(
        key=_KEYS.get((cls, each.name), name),
        name=name,
        field=each.name,
        shape=shape,
        optional=optional,
        bounds=tuple(_bounds(each.validator)),
        tell=lambda: _sentence(_doc(cls), name),
        **default,
    )


def default_of(cls: type, name: str) -> dict[str, Any]:
    """Return the default of a field as an argument of `Slot`, nothing without one."""
    default = attrs.fields_dict(cls)[name].default
    if default is attrs.NOTHING:
        return {}
    factory = getattr(default, "factory", None)
    if factory is None:
        return {"default": default}
    if getattr(default, "takes_self", False):
        _refuse(f"{cls.__name__}.{name}")
    return {"default": Factory(factory)}


def _without_none(kind: Any) -> tuple[Any, bool]:
    args = get_args(kind)
    if get_origin(kind) not in (Union, UnionType) or NoneType not in args:
        return kind, False
    rest = tuple(arg for arg in args if arg is not NoneType)
    return (rest[0] if len(rest) == 1 else Union[rest]), True  # noqa: UP007 - at run time


def _bounds(validator: Any) -> list[Bound]:
    """Return what the validators of attrs say of numbers and lengths."""
    if validator is None:
        return []
    inner = getattr(validator, "validator", None)
    if inner is not None:
        return _bounds(inner)
    found: list[Bound] = []
    for each in getattr(validator, "_validators", ()):
        found += _bounds(each)
    limit, op = getattr(validator, "bound", None), getattr(validator, "compare_op", "")
    if isinstance(limit, int) and op in (">=", "<="):
        found.append(Bound(limit, most=op == "<="))
    for word in ("min", "max"):
        length = getattr(validator, f"{word}_length", None)
        if isinstance(length, int):
            found.append(Bound(length, most=word == "max", length=True))
    return found


def _doc(cls: type) -> str:
    return inspect.getdoc(cls) or ""


def _paragraph(doc: str) -> str:
    first = doc.split("\n\n", 1)[0].replace("``", "`")
    return " ".join(first.split())


def _sentence(doc: str, name: str) -> str:
    """Return the sentence of *doc* that speaks of *name*."""
    if f"{name}: " in doc:
        said = re.search(rf"^\s*{name}: (.*(?:\n\s{{8,}}.*)*)", doc, re.MULTILINE)
        if said is not None:
            return _paragraph(said[1])
    for part in re.split(r"(?<=\.)\s+(?=[A-Z*`])", _plain(doc)):
        if f"*{name}*" in part:
            return (part[:1].upper() + part[1:].rstrip(".") + ".").replace("*", "`")
    return _SAID.get(name, "")


def _plain(doc: str) -> str:
    return " ".join(doc.replace("``", "`").split())


def kind_word(cls: type, /) -> str:
    """Return the word that a policy class is called by in files.

    It is the class attribute ``kind``; without one the name of the class in lower
    case, words joined by ``_`` and a last ``_policy`` left out: `RuleWatch` is
    ``rule_watch``, `OnboardingPolicy` is ``onboarding``.
    """
    own = getattr(cls, "kind", None)
    if isinstance(own, str) and own:
        return own
    words = re.sub(
        r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__
    )
    return words.lower().removesuffix("_policy")


def policy_table(cls: type, /) -> tuple[str, Table]:
    """Return kind word and table of a policy class; its scope is no setting.

    Raises:
        DefinitionError: it is no attrs class.
    """
    if not attrs.has(cls):
        raise DefinitionError(
            f"expected a policy that is a frozen attrs class, found `{cls.__name__}`",
            code="playbook.no_attrs",
            hint="decorate it with `@frozen(kw_only=True)`",
            found=cls.__name__,
        )
    if "kind" in attrs.fields_dict(cls):
        raise DefinitionError(
            f"expected `{cls.__name__}` without a field `kind`, which names its class",
            code="playbook.kind_field",
            hint="give the field another name",
            found=cls.__name__,
        )
    scope = attrs.fields_dict(cls).get("scope")
    fixed = scope is not None and scope.default is not attrs.NOTHING
    return kind_word(cls), table_of(cls, skip=frozenset({"scope"} if fixed else ()))
