"""How lists, free tables and tables of several kinds are read, written, described."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from attrs import NOTHING, field, fields_dict, frozen

from community_sdk.errors import DefinitionError, nearest
from community_sdk.playbook._notes import (
    BROKEN,
    Broken,
    Notes,
    entry,
    inside,
    listed,
    shown,
)
from community_sdk.playbook._shapes import Schema, Shape, Text, refuse
from community_sdk.playbook._tables import Table

__all__ = ["Choice", "ListOf", "MapOf", "Named", "Pairs", "SetOf"]


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


@frozen(eq=False, repr=False)
class ListOf:
    """A list; *unique* names the key that tells its tables apart."""

    shape: Shape
    unique: str = ""
    stand_in: object = ()

    def read(
        self, value: object, path: str, notes: Notes, /
    ) -> tuple[Any, ...] | Broken:
        """Read every entry; what is wrong is left out."""
        if type(value) is not list:
            cure = ""
            if _is_table(value) and isinstance(self.shape, (Table, Choice, Named)):
                cure = f"write `[[{path}]]` with two brackets, once for each"
            return notes.expected("a list", value, path, "list", hint=cure)
        found: dict[int, Any] = {}
        first: dict[str, str] = {}
        for place, item in enumerate(cast("list[object]", value)):
            here = entry(path, place)
            if item is BROKEN:
                continue
            twice = self.unique and self._twice(item, here, first, notes)
            read = self.shape.read(item, here, notes)
            if read is not BROKEN and not twice:
                found[place] = read
        notes.kept[path] = list(found)
        return tuple(found.values())

    def _twice(
        self, item: object, path: str, first: dict[str, str], notes: Notes
    ) -> bool:
        plain = cast("dict[str, object]", item) if isinstance(item, dict) else {}
        word = item if isinstance(item, str) else plain.get(self.unique)
        if not isinstance(word, str) or first.setdefault(word, path) == path:
            return False
        found = shown(word).strip('`"')
        notes.wrong(
            inside(path, self.unique) if plain else path,
            f"expected each `{self.unique}` once, found `{found}` a second time",
            "twice",
            hint=f"the first is `{first[word]}`",
            found=found,
            key=self.unique,
            first=first[word],
        )
        return True

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the list."""
        if not isinstance(value, (tuple, list)):
            return refuse(cast("object", value), path, notes, "a tuple")
        return [
            self.shape.write(item, entry(path, place), notes)
            for place, item in enumerate(cast("tuple[object, ...]", value))
        ]

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe an array."""
        return {"type": "array", "items": self.shape.schema(defs)}


@frozen(eq=False, repr=False)
class Named:
    """A key figure: a table, or the key of one that stands at the top of the file."""

    shape: Table
    stand_in: object = BROKEN

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Look a key up, or read the table."""
        if type(value) is not str:
            return self.shape.read(value, path, notes)
        if value in notes.figures:
            return notes.figures[value]
        return notes.wrong(
            path,
            f"expected a key figure of the playbook, found `{value}`",
            "no_figure",
            hint=nearest(value[:60], notes.figures)
            or "declare it as `[[kpi]]`, or write a table",
            found=value,
        )

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the key where the top of the file has the very same."""
        key = getattr(value, "key", "")
        if key in notes.figures and notes.figures[key] == value:
            return key
        return self.shape.write(value, path, notes)

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe either."""
        return {"anyOf": [Text(name=True).schema(defs), self.shape.schema(defs)]}


@frozen(eq=False, repr=False)
class SetOf:
    """A list whose order means nothing: written sorted, each entry once."""

    shape: Shape
    stand_in: object = frozenset[Any]()

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Read every entry; one that comes again is a mistake."""
        found = ListOf(self.shape).read(value, path, notes)
        if found is BROKEN:
            return BROKEN
        for place, item in enumerate(found):
            if item in found[:place]:
                notes.wrong(
                    notes.at(path, f"[{place}]"),
                    f"expected each entry once, found {shown(item)} a second time",
                    "entry_twice",
                    found=shown(item).strip("`"),
                )
        return frozenset(found)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the entries in the order of their texts."""
        if not isinstance(value, frozenset):
            return refuse(value, path, notes, "a frozenset")
        items = cast("frozenset[object]", value)
        return sorted((self.shape.write(item, path, notes) for item in items), key=str)

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe an array of different entries."""
        items = self.shape.schema(defs)
        return {"type": "array", "items": items, "uniqueItems": True}


_BY_LANGUAGE: Final = 'write `{ zh = "…", en = "…" }`'


@frozen(eq=False, repr=False)
class MapOf:
    """A table whose keys are free, or words of a list; written in their order."""

    key: Shape
    shape: Shape
    stand_in: object = field(factory=dict[Any, Any], hash=False)

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Read keys and values."""
        if type(value) is not dict:
            told = isinstance(value, str) and path.endswith((".title", ".text"))
            hint = _BY_LANGUAGE if told else ""
            return notes.expected("a table", value, path, "table", hint=hint)
        found: dict[Any, Any] = {}
        for key, item in cast("dict[str, object]", value).items():
            here = inside(path, key)
            name = self.key.read(key, here, notes)
            read = BROKEN if item is BROKEN else self.shape.read(item, here, notes)
            if name is not BROKEN and read is not BROKEN:
                found[name] = read
        return found

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the table, keys sorted."""
        if not isinstance(value, Mapping):
            return refuse(value, path, notes, "a mapping")
        out: dict[str, object] = {}
        for key, item in cast("Mapping[object, object]", value).items():
            name = str(self.key.write(key, path, notes))
            here = inside(path, name)
            out[name] = self.shape.write(item, here, notes)
        return dict(sorted(out.items()))

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe an object with free keys."""
        made: Schema = {"type": "object"}
        names = self.key.schema(defs)
        if names != {"type": "string"}:
            made["propertyNames"] = names
        return made | {"additionalProperties": self.shape.schema(defs)}


@frozen(eq=False, repr=False)
class Pairs:
    """A table that is kept as pairs, in the order of the file."""

    shape: Shape
    stand_in: object = ()

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Read keys and values."""
        found = MapOf(Text(), self.shape).read(value, path, notes)
        return BROKEN if found is BROKEN else tuple(found.items())

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the table; a name that comes twice cannot be written."""
        pairs = cast("tuple[tuple[str, object], ...]", value)
        out: dict[str, object] = {}
        for name, item in pairs:
            here = inside(path, name)
            if name in out:
                notes.expected("names that differ", name, here, "unwritable")
            out[str(Text().write(name, path, notes))] = self.shape.write(
                item, here, notes
            )
        return out

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe an object with free keys."""
        return MapOf(Text(), self.shape).schema(defs)


@frozen(eq=False, repr=False)
class Choice:
    """A table of one of several kinds, told apart by its key `kind`."""

    noun: str
    known: Mapping[str, Table] = field(hash=False)
    table_of: Callable[[type], tuple[str, Table]]
    stand_in: object = BROKEN

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Read the kind, then the table of that kind."""
        if type(value) is not dict:
            return notes.expected("a table", value, path, "table")
        plain = cast("dict[str, object]", value)
        word = plain.get("kind")
        table = self.known.get(word) if isinstance(word, str) else None
        if table is None:
            return self._no_kind(word, path, notes)
        rest = {key: item for key, item in plain.items() if key != "kind"}
        return table.read(rest, path, notes, beside=("kind",))

    def _no_kind(self, word: object, path: str, notes: Notes) -> Broken:
        words = listed(self.known)
        if word is BROKEN:
            return BROKEN
        if word is None:
            what = f"expected the key `kind`, one of {words}"
            return notes.wrong(path, what, "no_kind", expected=words)
        picture = shown(word).replace('`"', "`").replace('"`', "`")
        return notes.wrong(
            inside(path, "kind"),
            f"expected a kind of {self.noun}, found {picture}",
            "kind",
            near=(word, self.known) if isinstance(word, str) else None,
            hint="" if isinstance(word, str) else f"one of {words}",
            found=picture.strip("`"),
            expected=words,
        )

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the table with its kind first."""
        try:
            cls = cast("Any", type(value))
            word, table = self.table_of(cls)
            _ = table.slots  # what cannot be written shows here
        except DefinitionError as error:
            name = f"{type(value).__module__}.{type(value).__qualname__}"
            notes.fault(path, error)
            return {"kind": name, "key": str(value.key)}
        if self.known.get(word, table) is not table:
            what = f"a kind word other than `{word}`"
            notes.expected(what, type(value).__name__, path, "unwritable")
        scope = getattr(fields_dict(cls).get("scope"), "default", NOTHING)
        if scope is not NOTHING and value.scope != scope:
            notes.expected("the scope of its class", value.scope, path, "unwritable")
        return {"kind": word, **table.write(value, path, notes)}

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe each kind, told apart by the constant `kind`."""
        made: list[Schema] = []
        for word, table in self.known.items():
            kind = {"const": word, "description": f"The kind of {self.noun}."}
            part = table.describe(defs)
            part["properties"] = {"kind": kind, **part["properties"]}
            part["required"] = ["kind", *part.get("required", ())]
            defs[word] = part
            made.append({"$ref": f"#/$defs/{word}"})
        return {"oneOf": made}
