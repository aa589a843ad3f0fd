"""What a tree is about: its leaves, its metrics, its names put in (S08 S20)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

from community_sdk.conditions.figure import checked, shown
from community_sdk.conditions.tree import (
    AT_LEAST,
    DEEPEST,
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Fixed,
    Holds,
    Named,
    Not,
)
from community_sdk.errors import DefinitionError, nearest
from community_sdk.metrics import METRICS, Metric

__all__ = ["leaves", "metrics", "names", "refuse_name", "remeasured", "resolve"]


def leaves(condition: Condition, /) -> list[Compare | Holds | Fixed | Named]:
    """Return what stands at the ends of the tree, in the order of the text."""
    found: list[Compare | Holds | Fixed | Named] = []
    rest: list[Condition] = [condition]
    while rest:
        node = rest.pop()
        if isinstance(node, (All, Any, AtLeast)):
            rest.extend(reversed(node.parts))
        elif isinstance(node, Not):
            rest.append(node.part)
        else:
            found.append(node)
    return found


def metrics(condition: Condition, /) -> tuple[Metric, ...]:
    """Return the distinct metrics of *condition* in order of first appearance.

    Raises:
        DefinitionError: a name has not been resolved.
    """
    found: dict[Metric, None] = {}
    for leaf in leaves(condition):
        if isinstance(leaf, (Compare, Holds)):
            found[_figure(leaf.metric)] = None
            if isinstance(leaf, Compare) and isinstance(leaf.value, (Metric, Named)):
                found[_figure(leaf.value)] = None
        elif isinstance(leaf, Named):
            refuse_name(leaf)
    return tuple(found)


def _figure(side: Metric | Named) -> Metric:
    return refuse_name(side) if isinstance(side, Named) else side


def refuse_name(named: Named, /) -> NoReturn:
    """Refuse a name where figures are wanted."""
    raise DefinitionError(
        f"expected a condition without names, found `{named.name}`",
        code="condition.unresolved",
        hint="`resolve` puts in what the playbook defines",
        found=named.name,
    )


def names(condition: Condition, /) -> tuple[str, ...]:
    """Return the distinct names in *condition* in order of first appearance."""
    found: dict[str, None] = {}
    for leaf in leaves(condition):
        sides = (leaf.metric, leaf.value) if isinstance(leaf, Compare) else (leaf,)
        found |= {side.name: None for side in sides if isinstance(side, Named)}
    return tuple(found)


def resolve(
    condition: Condition, names: Mapping[str, Condition | Metric], /
) -> Condition:
    """Put in, for every name, what *names* defines; definitions may use names.

    Raises:
        DefinitionError: a name is unknown, means itself in the end, or is a condition
            where a figure is wanted (or the other way round); or the whole is larger
            than a condition may be.
    """
    return _Resolver(names).condition(condition)


def remeasured(
    condition: Condition, change: Callable[[Metric], Metric], /
) -> Condition:
    """Return *condition* with each of its metrics changed; names stay."""

    def whole(node: Condition) -> Condition:
        match node:
            case All() | Any():
                return type(node)(tuple(map(whole, node.parts)))
            case AtLeast(k=k, parts=parts):
                return AtLeast(k, tuple(map(whole, parts)))
            case Not(part=part):
                return Not(whole(part))
            case Compare(metric=metric, op=op, value=value):
                left = change(metric) if isinstance(metric, Metric) else metric
                right = change(value) if isinstance(value, Metric) else value
                return Compare(left, op, right)
            case Holds(metric=metric):
                return Holds(change(metric))
            case _:
                return node

    return whole(condition)


class _Resolver:
    def __init__(self, names: Mapping[str, Condition | Metric]) -> None:
        self._names = names
        self._open: list[str] = []
        self._done: dict[str, Condition | Metric] = {}

    def condition(self, node: Condition) -> Condition:
        match node:
            case All(parts=parts):
                return All(tuple(self.condition(part) for part in parts))
            case Any(parts=parts):
                return Any(tuple(self.condition(part) for part in parts))
            case AtLeast(k=k, parts=parts):
                return AtLeast(k, tuple(self.condition(part) for part in parts))
            case Not(part=part):
                return Not(self.condition(part))
            case Compare(metric=metric, op=op, value=value):
                right = self._metric(value) if isinstance(value, Named) else value
                return Compare(self._metric(metric), op, right)
            case Named():
                found = self._look_up(node)
                return Holds(found) if isinstance(found, Metric) else found
            case _:
                return node

    def _metric(self, side: Metric | Named) -> Metric:
        found = self._look_up(side) if isinstance(side, Named) else side
        if isinstance(found, Metric):
            return found
        raise DefinitionError(
            f"expected a metric to compare, found the condition `{side}`",
            code="condition.name_is_condition",
            hint=f"`{side}` is `{shown(found, 80)}`",
            found=str(side),
        )

    def _look_up(self, named: Named) -> Condition | Metric:
        name = named.name
        if name in self._done:
            return self._done[name]
        if name in self._open:
            ring = (*self._open[self._open.index(name) :], name)
            raise DefinitionError(
                f"expected `{name}` to be defined by others, found a ring: "
                f"{' → '.join(f'`{n}`' for n in ring)}",
                code="condition.ring",
                found=name,
                ring=" → ".join(ring),
            )
        if name not in self._names:
            raise DefinitionError(
                f"expected a name that the playbook defines, found `{name}`",
                code="condition.unknown_name",
                hint=nearest(name, (*self._names, *METRICS, AT_LEAST)),
                found=name,
            )
        if len(self._open) >= DEEPEST:
            raise DefinitionError(
                f"expected at most {DEEPEST} names that lead on to others, "
                f"found more from `{self._open[0]}`",
                code="condition.deep",
                limit=str(DEEPEST),
                found=self._open[0],
            )
        value = self._names[name]
        self._open.append(name)
        found = checked(value) if isinstance(value, Metric) else self.condition(value)
        self._open.pop()
        self._done[name] = found
        return found
