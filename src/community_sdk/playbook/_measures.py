"""The named conditions and figures of a playbook, which may use one another (S16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from attrs import evolve, field, fields, frozen, has

from community_sdk.conditions import Compare, Condition, Named, names, resolve
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric
from community_sdk.playbook._leaves import MEASURE
from community_sdk.playbook._notes import BROKEN, Broken, Notes, inside
from community_sdk.playbook._shapes import Schema, Text

__all__ = ["Measures", "put_in"]

Measure = Condition | Metric


def put_in(value: Any, measures: Mapping[str, Measure]) -> Any:
    """Return *value*, a policy or a part of one, with its names put in.

    Raises:
        DefinitionError: a condition uses a name that *measures* does not define.
    """
    if isinstance(value, Condition):
        return resolve(value, measures) if names(value) else value
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        return tuple(put_in(item, measures) for item in items)
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return {key: put_in(item, measures) for key, item in pairs.items()}
    cls = cast("Any", type(value))
    if not has(cls) or isinstance(value, Metric):
        return value
    changed: dict[str, Any] = {}
    for each in fields(cls):
        old = getattr(value, each.name)
        new = put_in(old, measures) if each.init else old
        if new != old:
            changed[each.alias or each.name] = new
    return evolve(value, **changed) if changed else value


@frozen(eq=False, repr=False)
class Measures:
    """The table `[measures]`: a name for each condition or metric."""

    stand_in: object = field(factory=dict[str, Measure], hash=False)

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Read all of them, then look up the names that they use."""
        if type(value) is not dict:
            return notes.expected("a table", value, path, "table")
        plain = cast("dict[str, object]", value)
        for name, text in plain.items():
            notes.measures[name] = _one(name, text, inside(path, name), notes)
        _look_up(plain, path, notes)
        for name in notes.sound_measures:
            _check_whole(name, plain, path, notes)
        return dict(notes.sound_measures)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the table, names sorted."""
        measures = cast("Mapping[str, Measure]", value)
        return {
            name: MEASURE.write(measures[name], inside(path, name), notes)
            for name in sorted(measures)
        }

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe an object of texts."""
        return {
            "type": "object",
            "propertyNames": Text(name=True).schema(defs) | {"maxLength": 64},
            "additionalProperties": {"$ref": "#/$defs/Condition"},
        }


def _one(name: str, text: object, path: str, notes: Notes) -> Measure | Broken:
    try:
        Named(name)
    except DefinitionError as error:
        notes.fault(path, error)
    if text is BROKEN:
        return BROKEN
    return cast("Measure | Broken", MEASURE.read(text, path, notes))


def _uses(measure: Measure | Broken) -> tuple[str, ...]:
    return () if isinstance(measure, (Metric, Broken)) else names(measure)


def _look_up(plain: Mapping[str, object], path: str, notes: Notes) -> None:
    """Note unknown names and rings; break whatever leads to one."""
    for name, measure in [*notes.measures.items()]:
        for used in _uses(measure):
            if used not in notes.measures:
                notes.unknown_measure(used, str(plain[name]), inside(path, name))
                notes.measures[name] = BROKEN
    told: set[str] = set()
    for name in [*notes.measures]:
        ring = _ring(name, notes)
        if ring and not told & {*ring}:
            told |= {*ring}
            shown = " → ".join(f"`{n}`" for n in (*ring, ring[0]))
            notes.wrong(
                inside(path, name),
                f"expected measures that end in figures, found a ring: {shown}",
                "ring",
                found=name,
                ring=shown.replace("`", ""),
            )
    notes.measures.update(dict.fromkeys(told, BROKEN))
    _spread(notes)


def _ring(name: str, notes: Notes) -> tuple[str, ...]:
    """Return the way from *name* back to itself, if there is one."""
    ways: dict[str, tuple[str, ...]] = {name: (name,)}
    queue = [name]
    for here in queue:
        for used in _uses(notes.measures[here]):
            if used == name:
                return ways[here]
            if used in notes.measures and used not in ways:
                ways[used] = (*ways[here], used)
                queue.append(used)
    return ()


def _spread(notes: Notes) -> None:
    """Break what uses something broken, without another word."""
    again = True
    while again:
        again = False
        for name, measure in notes.measures.items():
            if any(notes.measures[used] is BROKEN for used in _uses(measure)):
                notes.measures[name] = BROKEN
                again = True


def _check_whole(
    name: str, plain: Mapping[str, object], path: str, notes: Notes
) -> None:
    measure = notes.measures[name]
    if isinstance(measure, Broken):
        return
    here, text = inside(path, name), str(plain[name])
    if isinstance(measure, Metric):
        notes.conditions.append((here, text, Compare(measure, "==", measure)))
        return
    try:
        whole = resolve(measure, notes.sound_measures)
    except DefinitionError as error:
        notes.measures[name] = notes.fault(here, error)
        _spread(notes)
    else:
        notes.conditions.append((here, text, whole))
