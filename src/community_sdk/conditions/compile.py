"""Conditions as generated Python: as fast as if written by hand (S08 S20).

INVARIANT: the source is made of words of this file, of numbers counted here and of
whole numbers checked by the tree; no text that a person wrote ever reaches `compile`.
Compiled functions belong to an engine, never to values or snapshots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any as Anything
from typing import Final, TypeVar
from zlib import crc32

from community_sdk._time import Duration
from community_sdk.conditions.explain import Verdict
from community_sdk.conditions.tree import (
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Fixed,
    Holds,
    Named,
    Not,
    Op,
)
from community_sdk.conditions.walk import leaves, metrics
from community_sdk.metrics import Metric

__all__ = [
    "Bind",
    "Reader",
    "compile_facts",
    "compile_facts_verdict",
    "compile_reader",
    "compile_verdict",
]

S = TypeVar("S")
Reader = Callable[[S], int | None]
Bind = Callable[[Metric], Reader[S]]
Facts = Sequence[int | None]

_OPS: Final[dict[Op, str]] = {
    ">=": ">=", ">": ">", "<=": "<=", "<": "<", "==": "==", "!=": "!=",
}  # fmt: skip
_BOOL: Final = """\
def make({names}):
 def condition(s):
  return {test}
 return condition"""
_NEW: Final = object.__new__
_VERDICT: Final = """\
def make(new, kind, tree, {names}):
 def condition(s):
  {before}
  verdict = new(kind)
  verdict.condition = tree
  verdict.met = {test}
  verdict.actuals = {actuals}
  return verdict
 return condition"""


def compile_facts(condition: Condition, /) -> Callable[[Facts], bool]:
    """Return a function over figures in the order of ``metrics(condition)``.

    None may stand only where the catalogue says that a metric is nullable.

    Raises:
        DefinitionError: a name has not been resolved.
    """
    found = metrics(condition)
    test = _Writer(condition, {m: f"s[{i}]" for i, m in enumerate(found)}).test()
    made: Callable[[Facts], bool] = _made(_BOOL.format(names="", test=test))()
    return made


def compile_reader(condition: Condition, bind: Bind[S], /) -> Callable[[S], bool]:
    """Return a function over any *S*; *bind* gives for each metric what reads it.

    `bind` is asked once per distinct metric; the readers are called no more often
    than needed, in the order of the text.

    Raises:
        DefinitionError: a name has not been resolved.
    """
    found = metrics(condition)
    test = _Writer(condition, {m: f"r{i}(s)" for i, m in enumerate(found)}).test()
    names = ", ".join(f"r{i}" for i in range(len(found)))
    make = _made(_BOOL.format(names=names, test=test))
    made: Callable[[S], bool] = make(*map(bind, found))
    return made


def compile_verdict(condition: Condition, bind: Bind[S], /) -> Callable[[S], Verdict]:
    """Return a function that answers with a `Verdict`; every metric is read once.

    Raises:
        DefinitionError: a name has not been resolved.
    """
    found = metrics(condition)
    span = range(len(found))
    test = _Writer(condition, {}, ready=found).test()
    before = "; ".join(f"v{i} = r{i}(s)" for i in span) or "pass"
    source = _VERDICT.format(
        names=", ".join(f"r{i}" for i in span),
        before=before,
        test=test,
        actuals=f"({''.join(f'v{i}, ' for i in span)})",
    )
    make = _made(source)
    made: Callable[[S], Verdict] = make(_NEW, Verdict, condition, *map(bind, found))
    return made


def compile_facts_verdict(condition: Condition, /) -> Callable[[Facts], Verdict]:
    """Return a function over figures that answers with a `Verdict` over a copy of them.

    Raises:
        DefinitionError: a name has not been resolved.
    """
    found = metrics(condition)
    test = _Writer(condition, {m: f"s[{i}]" for i, m in enumerate(found)}).test()
    source = _VERDICT.format(
        names="tuple",
        before="s = s if s.__class__ is tuple else tuple(s)",
        test=test,
        actuals="s",
    )
    make = _made(source)
    made: Callable[[Facts], Verdict] = make(_NEW, Verdict, condition, tuple)
    return made


@lru_cache(maxsize=256)
def _code(source: str) -> CodeType:
    return compile(source, f"<condition {crc32(source.encode()):08x}>", "exec")


def _made(source: str) -> Callable[..., Anything]:
    names: dict[str, Anything] = {"__builtins__": {}}
    exec(_code(source), names)  # noqa: S102 - see the invariant of this module
    made: Callable[..., Anything] = names["make"]
    return made


class _Writer:
    """Writes the test; remembers which figures are surely in a variable by then."""

    def __init__(
        self,
        condition: Condition,
        how: dict[Metric, str],
        *,
        ready: tuple[Metric, ...] = (),
    ) -> None:
        self.condition = condition
        self.how = how
        self.ready = frozenset(ready)
        self.number = {m: i for i, m in enumerate(metrics(condition))}
        self.uses = dict.fromkeys(self.number, 0)
        for leaf in leaves(condition):
            for side in _sides(leaf):
                self.uses[side] += 1
        self.counters = 0

    def test(self) -> str:
        return self._write(self.condition, self.ready)[0]

    def _write(
        self, node: Condition, known: frozenset[Metric]
    ) -> tuple[str, frozenset[Metric]]:
        match node:
            case All(parts=parts):
                tests, sure = self._each(parts, known)
                return f"({' and '.join(tests)})", sure
            case Any(parts=parts):
                tests, sure = self._each(parts, known)
                return f"({' or '.join(tests)})", sure
            case AtLeast(k=k, parts=parts):
                tests, sure = self._each(parts, known)
                return self._count(k, tests), sure
            case Not(part=part):
                test, sure = self._write(part, known)
                return f"(not {test})", sure
            case Fixed(holds=holds):
                return ("True" if holds else "False"), known
            case _:
                return self._leaf(node, known)

    def _each(
        self, parts: tuple[Condition, ...], known: frozenset[Metric]
    ) -> tuple[list[str], frozenset[Metric]]:
        # Whoever comes to a later part has come through all earlier ones; but only
        # the first part is surely asked.
        tests: list[str] = []
        sure = known
        for nth, part in enumerate(parts):
            test, known = self._write(part, known)
            tests.append(test)
            sure = known if nth == 0 else sure
        return tests, sure

    def _count(self, k: int, tests: list[str]) -> str:
        # `enough so far or still possible and (next) …` without the brackets: once it
        # is impossible, the counter stands still and every later bar is higher.
        self.counters += 1
        n = f"n{self.counters}"
        words = [f"({n} := {tests[0]}) >= {k}"]
        for nth, test in enumerate(tests[1:], start=1):
            bar = k - (len(tests) - nth)
            possible = f"{n} >= {bar} and " if bar > 0 else ""
            words.append(f"{possible}({n} := {n} + ({test})) >= {k}")
        return f"({' or '.join(words)})"

    def _leaf(
        self, node: Compare | Holds | Named, surely: frozenset[Metric]
    ) -> tuple[str, frozenset[Metric]]:
        known = set(surely)
        guards: list[str] = []
        sides = _sides(node)
        figures = [self._figure(side, known, guards) for side in sides]
        if isinstance(node, Holds):
            return f"{figures[0]} == 1", frozenset(known)
        assert isinstance(node, Compare)  # noqa: S101 - `metrics` refused names
        right = figures[1] if len(figures) > 1 else _number(node.value)
        test = " and ".join((*guards, f"{figures[0]} {_OPS[node.op]} {right}"))
        if not guards:
            return test, frozenset(known)
        # Only the first guard is surely asked.
        first = next(side for side in sides if side.spec.nullable)
        return f"({test})", surely | {first}

    def _figure(self, metric: Metric, known: set[Metric], guards: list[str]) -> str:
        name = f"v{self.number[metric]}"
        nullable = metric.spec.nullable
        if metric in known:
            text = name
        elif nullable or self.uses[metric] > 1:
            text = f"({name} := {self.how[metric]})"
            known.add(metric)
        else:
            return self.how[metric]
        if nullable:
            guards.append(f"{text} is not None")
            return name
        return text


def _sides(leaf: Condition) -> list[Metric]:
    match leaf:
        case Compare(metric=Metric() as left, value=Metric() as right):
            return [left, right]
        case Compare(metric=Metric() as metric) | Holds(metric=metric):
            return [metric]
        case _:
            return []


def _number(value: object) -> str:
    # `int.__repr__` of a plain int writes digits and nothing else, whatever comes.
    number = value.us if isinstance(value, Duration) else value
    assert type(number) is int  # noqa: S101 - the tree saw to it
    return f"({int.__repr__(number)})" if number < 0 else int.__repr__(number)
