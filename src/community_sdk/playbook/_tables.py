"""How tables and lists of a playbook file are read, written and described.

A table stands for an attrs class: its keys are the class's fields. One mistake never
hides another: what could not be read is stood in for, and the rest is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, Final, cast

from attrs import frozen

from community_sdk.errors import CommunityError, Problem
from community_sdk.playbook._notes import (
    BROKEN,
    Broken,
    Notes,
    inside,
    listed,
    shown,
)
from community_sdk.playbook._shapes import Schema, Shape

__all__ = ["Bound", "Factory", "Slot", "Table"]

_UNKNOWN: Final = 20
NONE: Final = object()
_TOP: Final = ("format", "name", "version", "lateness")
_TABLES: Final = {
    **{w: f"[[{w}]]" for w in ("group", "role", "tiers", "rule", "sanction", "policy")},
    **{w: f"[[{w}]]" for w in ("campaign", "kpi")},
    **{w: f"[{w}]" for w in ("community", "rulebook", "events", "measures")},
    **{w: f"[{w}]" for w in ("approval", "parameters")},
}
_SINGULAR: Final = {
    "groups": "group", "roles": "role", "rules": "rule", "sanctions": "sanction",
    "policies": "policy", "campaigns": "campaign", "kpis": "kpi",
}  # fmt: skip


@frozen(eq=False, repr=False)
class Bound:
    """The least (or most) that a number, or the length of a list, may be."""

    limit: int
    most: bool = False
    length: bool = False

    def broken_by(self, value: object) -> bool:
        """Tell whether *value* is outside."""
        size = len(cast("list[object]", value)) if self.length else cast("int", value)
        return size > self.limit if self.most else size < self.limit

    def note(self, value: object, path: str, notes: Notes) -> None:
        """Note that *value* is outside."""
        word = "at most" if self.most else "at least"
        if self.length:
            size = len(cast("list[object]", value))
            noun = "entry" if self.limit == 1 else "entries"
            what, found = f"{word} {self.limit} {noun}", str(size)
        else:
            what, found = f"{word} {self.limit}", str(value)
        code = ("length" if self.length else "number") + f"_{word[3:]}"
        message = f"expected {what}, found `{found}`"
        limit = str(self.limit)
        notes.wrong(path, message, code, found=found, limit=limit)

    def describe(self, schema: Schema) -> Schema:
        """Add the bound to *schema*."""
        noun = "Items" if self.length else "imum"
        return {**schema, f"{'max' if self.most else 'min'}{noun}": self.limit}


@frozen(eq=False, repr=False)
class Slot:
    """One key of a table: its shape, and what holds without it.

    *name* is the argument that builds, *field* the attribute that is read to write;
    *tell* says what the key is for, to whoever asks.
    """

    key: str
    name: str
    shape: Shape
    default: Any = NONE
    optional: bool = False
    bounds: tuple[Bound, ...] = ()
    tell: Callable[[], str] = str
    field: str = ""

    @property
    def required(self) -> bool:
        """Whether the file must have the key."""
        return self.default is NONE and not self.optional

    def fallback(self) -> Any:
        """Return what holds without the key."""
        if isinstance(self.default, Factory):
            return self.default.make()
        return None if self.default is NONE else self.default


@frozen(eq=False, repr=False)
class Factory:
    """A default that is made anew each time."""

    make: Callable[[], Any]


@frozen(eq=False, repr=False, slots=False)
class Table:
    """A table for one class; *find* gives its keys, at the first use.

    *tell* says what it is; *refers*: it names other parts of the playbook, which are
    looked up at the end.
    """

    name: str
    build: Callable[..., Any]
    find: Callable[[], tuple[Slot, ...]]
    tell: Callable[[], str] = str
    refers: bool = False
    stand_in: object = BROKEN

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The keys, in the order in which they are read and written."""
        return self.find()

    def read(
        self, value: object, path: str, notes: Notes, /, *, beside: Iterable[str] = ()
    ) -> Any:
        """Read all keys, those *beside* having been read already; then build."""
        if type(value) is not dict:
            return self._no_table(value, path, notes)
        plain = cast("dict[str, object]", value)
        before = len(notes.problems)
        self._note_unknown(plain, path, notes, {*beside})
        given, whole = self._read_slots(plain, path, notes)
        clean = whole and len(notes.problems) == before
        found: Any = BROKEN
        try:
            found = self.build(**given) if whole else BROKEN
        except CommunityError as error:
            if clean:
                notes.fault(path, error)
        except (TypeError, ValueError) as error:
            if clean:
                _refused(error, path, notes)
        if self.refers:
            known = self._ghost(given) if found is BROKEN else found
            notes.parts.append((path, known))
        return found

    def _ghost(self, given: Mapping[str, Any]) -> object:
        """Return what could be read in the form of the class, checked by nobody.

        What it refers to can still be looked up; nothing else is done with it.
        """
        ghost: object = object.__new__(cast("type[object]", self.build))
        for slot in self.slots:
            if slot.name in given or not slot.required:
                part = given[slot.name] if slot.name in given else slot.fallback()
                object.__setattr__(ghost, slot.field or slot.name, part)
        return ghost

    def _read_slots(
        self, plain: Mapping[str, object], path: str, notes: Notes
    ) -> tuple[dict[str, Any], bool]:
        given: dict[str, Any] = {}
        whole = True
        for slot in self.slots:
            if slot.key in plain:
                here = inside(path, slot.key)
                found = self._read_slot(slot, plain[slot.key], here, notes)
            elif slot.required:
                found = self._missing(slot, path, notes)
            elif slot.default is NONE:
                found = None
            else:
                continue
            if found is not BROKEN:
                given[slot.name] = found
            elif slot.required:
                whole = False
        return given, whole

    def _read_slot(self, slot: Slot, value: object, path: str, notes: Notes) -> Any:
        if value is BROKEN:
            return slot.shape.stand_in
        found = slot.shape.read(value, path, notes)
        if found is BROKEN:
            return slot.shape.stand_in
        for bound in slot.bounds:
            if bound.broken_by(found):
                if not (bound.length and len(cast("list[object]", value)) > len(found)):
                    bound.note(found, path, notes)
                return slot.shape.stand_in
        return found

    def _no_table(self, value: object, path: str, notes: Notes) -> Broken:
        found, keys = shown(value), listed(slot.key for slot in self.slots)
        return notes.wrong(
            path, f"expected a table, found {found}", "table",
            hint=f"its keys are {keys}", found=found.strip("`"), expected=keys,
        )  # fmt: skip

    def _missing(self, slot: Slot, path: str, notes: Notes) -> Any:
        doc = slot.tell()
        notes.wrong(
            path,
            f"expected the key `{slot.key}`",
            "missing",
            hint=f"{doc[0].lower()}{doc[1:].rstrip('.')}" if doc else "",
            key=slot.key,
        )
        return slot.shape.stand_in

    def _note_unknown(
        self, plain: Mapping[str, object], path: str, notes: Notes, beside: set[str]
    ) -> None:
        known = [*beside, *(slot.key for slot in self.slots)]
        strange = [key for key in plain if key not in known]
        for key in islice(strange, _UNKNOWN):
            unknown(key, known, path, notes)

    def write(self, value: Any, path: str, notes: Notes, /) -> dict[str, object]:
        """Give the table, defaults left out unless all is wanted."""
        out: dict[str, object] = {}
        for slot in self.slots:
            part = getattr(value, slot.field or slot.name)
            here = inside(path, slot.key)
            if part is None and slot.optional:
                continue
            if not notes.full and not slot.required and _same(part, slot.fallback()):
                continue
            out[slot.key] = slot.shape.write(part, here, notes)
        return out

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe the table, once for all its uses."""
        if self.name not in defs:
            defs[self.name] = {}
            defs[self.name] = self.describe(defs)
        return {"$ref": f"#/$defs/{self.name}"}

    def describe(self, defs: dict[str, Schema]) -> Schema:
        """Describe the table itself."""
        keys: dict[str, Schema] = {}
        for slot in self.slots:
            part = slot.shape.schema(defs)
            for bound in slot.bounds:
                part = bound.describe(part)
            doc = slot.tell()
            keys[slot.key] = {"description": doc, **part} if doc else part
        made: Schema = {
            "type": "object",
            "title": self.name,
            "description": self.tell(),
        }
        made |= {"additionalProperties": False, "properties": keys}
        required = [slot.key for slot in self.slots if slot.required]
        return made | ({"required": required} if required else {})


def _same(value: object, default: object) -> bool:
    return type(value) is type(default) and value == default


def unknown(key: str, known: Iterable[str], path: str, notes: Notes) -> None:
    """Note a key that nothing is called by."""
    word, words = shown(key).strip('`"'), list(known)
    hint, figures = _elsewhere(key) if path else ("", {})
    if key == "name" and "key" in words and path.endswith("]"):
        hint, figures = "did you mean `key`?", {}
    if not (hint := hint or notes.near(key, words)):
        figures = {"expected": listed(words)}
        hint = f"known here are {figures['expected']}"
    figures |= {"key": word}
    where, said = inside(path, key), f"unknown key `{word}`"
    notes.note(Problem(where, said, hint, "playbook.unknown_key", figures))


def _elsewhere(key: str) -> tuple[str, dict[str, str]]:
    """Return the cure for a key that stands in the wrong table, and its figures."""
    if key in _TOP:
        cure = f"`{key}` stands at the top of the file, before the first `[table]`"
        return cure, {"top": "yes"}
    for word in (key, _SINGULAR.get(key, "")):
        if table := _TABLES.get(word):
            return f"it stands at the top of the file, as `{table}`", {"table": table}
    return "", {}


def _refused(error: Exception, path: str, notes: Notes) -> Broken:
    """Note what a validator of an own class said."""
    said = str(error.args[0]) if error.args else type(error).__name__
    reason = " ".join(said.replace("'", "`").split())
    return notes.wrong(path, f"refused: {reason}", "refused", reason=reason)
