"""The codec: class by `kind` word, field by field through the table of leaves.

A value is read twice only when it is wrong: first by generated code that stops at the
first mistake, then by code that finds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.fns import identity
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from community_sdk.codec._faults import CodecError, Wrong, nested, problems
from community_sdk.codec._json import parsed, written
from community_sdk.codec._leaves import (
    FIGURES,
    LEAVES,
    WHOLE_MEMBERSHIP,
    Leaf,
    no_word,
    of_enum,
    of_list,
    optional,
    shallow,
)
from community_sdk.decisions import DECISIONS, Decision
from community_sdk.errors import DefinitionError, Problem, nearest
from community_sdk.events import KINDS, Event
from community_sdk.explanation import Explanation
from community_sdk.model import SANCTIONS, Money, Movement, SanctionKind, Standing

__all__ = ["Codec", "converter"]

Plain = dict[str, Any]
_Read = Callable[[Any, Any], Any]
_Kind = tuple[type, frozenset[str], _Read]

_PAIR: Final = 2


class _Table:
    """Readers and writers by type, made at first use; *detailed*: find all mistakes."""

    def __init__(self, classes: Mapping[str, type], *, detailed: bool) -> None:
        self._classes = classes
        self._detailed = detailed
        self._engine = Converter(detailed_validation=detailed)
        self._kinds: dict[str, _Kind] = {}
        self._readers: dict[type, _Read] = {}
        self._writers: dict[type, Callable[[Any], Plain]] = {}
        self._leaves: dict[object, Leaf] = {
            **LEAVES,
            SanctionKind: Leaf(self._load_sanction, self._dump_sanction),
            Explanation: Leaf(self._load_explanation, self._dump_explanation),
            Decision: Leaf(self._load_wish, self._dump_wish),
        }

    def leaf(self, kind: Any) -> Leaf:
        """Return the leaf of a type, or refuse a type that cannot be strict."""
        found = self._leaves.get(kind)
        if found is None:
            found = self._leaves[kind] = self._make(kind)
        return found

    def _make(self, kind: Any) -> Leaf:
        origin, args = get_origin(kind), get_args(kind)
        if hasattr(kind, "__supertype__"):
            return self.leaf(kind.__supertype__)
        if origin in (Union, UnionType):
            rest = [arg for arg in args if arg is not NoneType]
            if len(rest) == 1:
                return optional(self.leaf(rest[0]))
        elif origin is tuple and len(args) == _PAIR and args[1] is Ellipsis:
            leaf = self.leaf(args[0])
            each = args[0] in (Standing, Movement)
            return of_list(leaf, WHOLE_MEMBERSHIP) if each else of_list(leaf)
        elif isinstance(kind, type) and issubclass(kind, Enum):
            return of_enum(kind)
        elif isinstance(kind, type) and attrs.has(kind):
            return Leaf(self.reader(kind), self.writer(kind))
        name = getattr(kind, "__name__", str(kind))
        raise DefinitionError(
            f"expected fields that can be written without loss, found `{name}`",
            code="codec.type",
            hint="use texts, whole numbers, flags, instants, enums and values of these",
            found=name,
        )

    def reader(self, cls: type) -> _Read:
        """Return the function that builds a *cls* from its plain form."""
        found = self._readers.get(cls)
        if found is None:
            made = self._make_reader(cls, closed=True)
            strict = _of_object(made, cls) if self._detailed else made
            found = self._readers[cls] = strict
        return found

    def _make_reader(self, cls: type, *, closed: bool = False) -> _Read:
        """Have the code generated; *closed*: it refuses unknown keys itself."""
        made: _Read = make_dict_structure_fn(
            cast("Any", cls),
            self._engine,
            _cattrs_forbid_extra_keys=closed,
            _cattrs_detailed_validation=self._detailed,
            _cattrs_use_linecache=False,
            **self._overrides(cls),
        )
        return made

    def writer(self, cls: type) -> Callable[[Any], Plain]:
        """Return the function that writes a *cls*, defaults left out."""
        found = self._writers.get(cls)
        if found is None:
            found = self._writers[cls] = make_dict_unstructure_fn(
                cls,
                self._engine,
                _cattrs_omit_if_default=True,
                _cattrs_use_linecache=False,
                **self._overrides(cls),
            )
        return found

    def _overrides(self, cls: type) -> dict[str, Any]:
        attrs.resolve_types(cls)
        out: dict[str, Any] = {}
        for each in attrs.fields(cls):
            own = (cls, each.name) == (Explanation, "figures")
            load, dump = FIGURES if own else self.leaf(each.type)
            out[each.name] = override(struct_hook=load, unstruct_hook=dump or identity)
        return out

    def by_kind(self, value: object, root: type) -> Any:
        """Build what the key `kind` of *value* says: a kind of *root*."""
        if type(value) is not dict:
            raise Wrong.value("codec.object", "an object", value)
        plain = cast("Plain", value)
        word = plain.get("kind")
        known = self._kinds.get(word) if type(word) is str else None
        if known is None:
            known = self._known(word, root)
        cls, keys, read = known
        if not issubclass(cls, root):
            raise self._no_kind(word, root)
        if self._detailed:
            plain = plain.copy()
            del plain["kind"]
        elif not keys.issuperset(plain):
            raise Wrong
        return read(plain, cls)

    def _known(self, word: object, root: type) -> _Kind:
        """Make the reader of a kind at its first use."""
        cls = self._classes.get(word) if type(word) is str else None
        if cls is None:
            raise self._no_kind(word, root)
        keys = frozenset(["kind", *(each.name for each in attrs.fields(cls))])
        read = self.reader(cls) if self._detailed else self._make_reader(cls)
        known = self._kinds[cast("str", word)] = (cls, keys, read)
        return known

    def _no_kind(self, word: object, root: type) -> Wrong:
        known = [k for k, cls in self._classes.items() if issubclass(cls, root)]
        noun = {Event: "an event", Decision: "a decision"}.get(root)
        what = f"the kind of {noun or 'an event or decision'}"
        if word is None:
            fig = {"key": "kind"}
            say = f"expected the key `kind`, {what}"
            return Wrong(Problem("", say, "", "codec.missing", fig))
        near = nearest(word[:60], known) if isinstance(word, str) else ""
        hint = near or "the page `events` of the documentation lists all"
        return Wrong.value("codec.kind", what, word, hint=hint, path=".kind")

    def _load_wish(self, value: object, _: object) -> Any:
        return self.by_kind(shallow(value), Decision)

    def _dump_wish(self, value: Decision) -> object:
        return shallow({"kind": value.kind, **self.writer(type(value))(value)})

    def _load_explanation(self, value: object, kind: object) -> Any:
        if type(value) is dict and "parts" in value:
            shallow(cast("object", value))
        return self.reader(Explanation)(value, kind)

    def _dump_explanation(self, value: Explanation) -> object:
        plain = self.writer(Explanation)(value)
        return shallow(plain) if value.parts else plain

    def _load_sanction(self, value: object, kind: object) -> Any:
        if type(value) is not str:
            return self.reader(SanctionKind)(value, kind)
        found = SANCTIONS.get(value)
        if found is None:
            raise no_word(value, SANCTIONS)
        return found

    def _dump_sanction(self, value: SanctionKind) -> object:
        if SANCTIONS.get(value.word) == value:
            return value.word
        return self.writer(SanctionKind)(value)


def _of_object(read: _Read, cls: type) -> _Read:
    """Refuse what is no object before its keys are asked for."""
    shape, what = "", ""
    if cls is Money:
        shape = '{"amount": 1250, "currency": "CNY"}'
        what = f"write `{shape}`, the amount in smallest units"

    def checked(value: object, kind: object) -> Any:
        if type(value) is not dict:
            raise Wrong.value(
                "codec.object", "an object", value, hint=what, shape=shape
            )
        return read(cast("object", value), kind)

    return checked


class Codec:
    """Reads and writes one union of classes; made by `converter`."""

    __slots__ = ("_all", "_classes", "_fast")

    def __init__(self, classes: Mapping[str, type], own: Iterable[type] = ()) -> None:
        """Read and write *classes*, by their `kind` words; try *own* at once."""
        self._classes = classes
        self._fast = _Table(classes, detailed=False)
        self._all: _Table | None = None
        for cls in own:
            self._fast.reader(cls)

    def dump(self, value: Event | Decision | Explanation) -> Plain:
        """Return *value* as JSON-ready builtins that belong to the caller.

        Raises:
            CodecError: it holds what could not be read back.
            DefinitionError: its class is not one that this codec knows.
        """
        plain = self._write(value)
        kind = getattr(value, "kind", None)
        return plain if kind is None else {"kind": kind, **plain}

    def dumps(self, value: Event | Decision | Explanation) -> str:
        """Return *value* as compact JSON text: one line, `kind` first, no escapes.

        Raises:
            CodecError: it holds what could not be read back.
            DefinitionError: its class is not one that this codec knows.
        """
        text = written(self._write(value))
        kind = getattr(value, "kind", None)
        return text if kind is None else f'{{"kind":"{kind}",{text[1:]}'

    def _write(self, value: object) -> Plain:
        cls = type(value)
        known = self._classes.get(getattr(cls, "kind", "")) is cls
        if not known and cls is not Explanation:
            raise DefinitionError(
                f"expected an event, decision or explanation, found `{cls.__name__}`",
                code="codec.class",
                hint="hand own classes to `converter(extra=(…,))`",
                found=cls.__name__,
            )
        try:
            return self._fast.writer(cls)(value)
        except (Wrong, RecursionError) as fault:
            raise _worded(fault) from None

    def load(self, plain: object, /) -> Event | Decision:
        """Build the event or decision that *plain* is the plain form of.

        Raises:
            CodecError: it is none; every mistake with its path.
        """
        return cast("Event | Decision", self._read(plain, object))

    def event(self, plain: object, /) -> Event:
        """Build an event; a decision is refused.

        Raises:
            CodecError: it is none; every mistake with its path.
        """
        return cast("Event", self._read(plain, Event))

    def decision(self, plain: object, /) -> Decision:
        """Build a decision; an event is refused.

        Raises:
            CodecError: it is none; every mistake with its path.
        """
        return cast("Decision", self._read(plain, Decision))

    def explanation(self, plain: object, /) -> Explanation:
        """Build an explanation from what `Explanation.plain` gave.

        Raises:
            CodecError: it is none; every mistake with its path.
        """
        try:
            return cast("Explanation", self._fast.leaf(Explanation).load(plain, None))
        except Exception as fault:  # noqa: BLE001 - asked again, then worded
            again = self._second().leaf(Explanation).load
            raise _asked(lambda: again(plain, None), fault) from None

    def loads(self, text: str | bytes, /) -> Event | Decision:
        """Build the event or decision that *text* is the JSON of.

        Of a key that is written twice the last counts, as in Python's own reader.

        Raises:
            CodecError: no JSON, or none of ours; every mistake with its path.
        """
        return self.load(parsed(text))

    def _read(self, plain: object, root: type) -> Any:
        try:
            return self._fast.by_kind(plain, root)
        except Exception as fault:  # noqa: BLE001 - asked again, then worded
            again = self._second().by_kind
            raise _asked(lambda: again(plain, root), fault) from None

    def _second(self) -> _Table:
        if self._all is None:
            self._all = _Table(self._classes, detailed=True)
        return self._all


def _asked(again: Callable[[], object], first: Exception) -> CodecError:
    """Ask the table that finds all mistakes; should it find none, say the first."""
    try:
        again()
    except Exception as fault:  # noqa: BLE001 - worded, not swallowed
        return _worded(fault)
    return _worded(first)


def _worded(fault: BaseException) -> CodecError:
    return (
        nested() if isinstance(fault, RecursionError) else CodecError(problems(fault))
    )


def converter(extra: Iterable[type] = ()) -> Codec:
    """Return a codec for the shipped events and decisions and for *extra* classes.

    Each of *extra* is a frozen attrs subclass of `Event` or `Decision` with a `kind`
    word of its own. Most hosts need none: `Custom` and `Recommend` carry own words.

    Raises:
        DefinitionError: a class or one of its fields cannot be written without loss.
    """
    classes: dict[str, type] = {**KINDS, **DECISIONS}
    own = tuple(extra)
    for cls in own:
        word: str = getattr(cls, "kind", "")
        if not word or not issubclass(cls, (Event, Decision)):
            name = cls.__name__
            raise DefinitionError(
                f"expected an event or decision class with a kind, found `{name}`",
                code="codec.extra",
                found=name,
            )
        if classes.setdefault(word, cls) is not cls:
            raise DefinitionError(
                f"expected a kind of its own, found `{word}` a second time",
                code="codec.kind_twice",
                found=word,
            )
    return Codec(classes, own)
