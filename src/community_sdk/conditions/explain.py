"""Verdicts: an answer with the figures it was made from, explained when asked (S29).

The keys and figures that `Verdict.because` and `describe` use:

* ``condition`` (or the key asked for): *text* the condition; *met*. One part, the tree.
* ``condition.all`` · ``condition.any`` · ``condition.not``: *met*; the parts in order.
* ``condition.at_least``: *k*, *of* (how many parts), *met*; the parts in order.
* ``condition.fixed``: *met*; the word `True` or `False` stood there.
* ``condition.row``: *metric* as text, *op* (``>= > <= < == !=``; ``is`` for `has`),
  *need*, *have* (None: never observed), *met*, and, where two metrics are compared,
  *than*, the other metric as text; *need* is then its figure.
* ``condition.name`` (`describe` only): *name*, one that the playbook defines.

Numbers are integers, truths booleans, lengths of time exact text (``2d 3h``).
`describe` gives the same tree without *met*, *have* and, beside *than*, *need*.
"""

from __future__ import annotations

from typing import Any as Anything
from typing import Final, Literal

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.conditions.evaluate import Read, compared, evaluate, side
from community_sdk.conditions.figure import lasting, shown_figure, shown_metric
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
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric

__all__ = ["Row", "Verdict", "describe", "judge", "rows"]

_Figures = dict[str, Anything]
_KEYS: Final[dict[type[Condition], str]] = {
    All: "condition.all",
    Any: "condition.any",
    Not: "condition.not",
    AtLeast: "condition.at_least",
    Compare: "condition.row",
    Holds: "condition.row",
    Fixed: "condition.fixed",
    Named: "condition.name",
}


@frozen
class Row:
    """One comparison with the figures it was made from.

    *required* and *actual* are numbers, lengths of time in microseconds, truths 0 or
    1; *than* is the other metric where two are compared, *required* then its figure.
    """

    metric: Metric
    op: Op | Literal["is"]
    required: int | None
    actual: int | None
    met: bool
    than: Metric | None = None

    @property
    def observed(self) -> bool:
        """Whether there was something to compare, on both sides."""
        return self.actual is not None and self.required is not None


def _row(leaf: Compare | Holds, read: Read) -> Row:
    if isinstance(leaf, Holds):
        actual = read(leaf.metric)
        return Row(leaf.metric, "is", 1, actual, actual == 1)
    assert isinstance(leaf.metric, Metric)  # noqa: S101 - `metrics` refused names
    actual, required = read(leaf.metric), side(leaf.value, read)
    than = leaf.value if isinstance(leaf.value, Metric) else None
    met = compared(actual, leaf.op, required)
    return Row(leaf.metric, leaf.op, required, actual, met, than)


def rows(condition: Condition, read: Read, /) -> tuple[Row, ...]:
    """Return one row per comparison, in the order of the text."""
    return tuple(
        _row(leaf, read)
        for leaf in leaves(condition)
        if isinstance(leaf, (Compare, Holds))
    )


class Verdict:
    """Whether a condition held, and of which figures.

    A plain object with slots, for it is made at every event; treat it as frozen. True
    and false as *met* is; compares by value.

    Attributes:
        condition: what was asked.
        met: the answer.
        actuals: the figures at that moment, in the order of ``metrics(condition)``.
    """

    __slots__ = ("actuals", "condition", "met")

    def __init__(
        self,
        condition: Condition,
        met: bool,  # noqa: FBT001 - the middle one of three that belong together
        actuals: tuple[int | None, ...],
    ) -> None:
        """Keep the answer with its figures."""
        self.condition = condition
        self.met = met
        self.actuals = actuals

    def __bool__(self) -> bool:
        return self.met

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Verdict):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Verdict({str(self.condition)!r}, {self.met}, {self.actuals})"

    def _key(self) -> tuple[Condition, bool, tuple[int | None, ...]]:
        return self.condition, self.met, self.actuals

    @property
    def read(self) -> Read:
        """What gives the figures of that moment again."""
        pairs = zip(metrics(self.condition), self.actuals, strict=True)
        return dict(pairs).__getitem__

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row per comparison, in the order of the text; made when asked for."""
        return rows(self.condition, self.read)

    def because(self, key: str = "condition", /) -> Explanation:
        """Explain the answer: the tree with the figures in place (see the module)."""
        tree = _explained(self.condition, self.read)
        return because(key, tree, text=self.condition, met=self.met)


def judge(condition: Condition, read: Read, /) -> Verdict:
    """Return the verdict on *condition*, uncompiled; every metric is read once."""
    found = metrics(condition)
    actuals = tuple(read(metric) for metric in found)
    given = dict(zip(found, actuals, strict=True))
    return Verdict(condition, evaluate(condition, given.__getitem__), actuals)


def describe(condition: Condition, /) -> Explanation:
    """Explain what *condition* asks for, of nobody in particular; names may remain."""
    return because("condition", _explained(condition, None), text=condition)


def _explained(node: Condition, read: Read | None) -> Explanation:
    if isinstance(node, (All, Any, AtLeast)):
        parts = node.parts
    elif isinstance(node, Not):
        parts = (node.part,)
    else:
        figures = _asked(node) if read is None else _found(node, read)
        return because(_KEYS[type(node)], **figures)
    inner = [_explained(part, read) for part in parts]
    more: _Figures = {}
    if isinstance(node, AtLeast):
        more = {"k": node.k, "of": len(parts)}
    if read is not None:
        more["met"] = _follows(node, [part["met"] is True for part in inner])
    return because(_KEYS[type(node)], *inner, **more)


def _follows(node: All | Any | AtLeast | Not, met: list[bool]) -> bool:
    if isinstance(node, All):
        return all(met)
    if isinstance(node, Not):
        return not met[0]
    return sum(met) >= (node.k if isinstance(node, AtLeast) else 1)


def _found(leaf: Compare | Holds | Fixed | Named, read: Read) -> _Figures:
    if not isinstance(leaf, (Compare, Holds)):
        return _asked(leaf)
    row = _row(leaf, read)
    found: _Figures = {
        "metric": shown_metric(row.metric),
        "op": row.op,
        "need": shown_figure(row.metric, row.required),
        "have": shown_figure(row.metric, row.actual),
        "met": row.met,
    }
    if row.than is not None:
        found["than"] = shown_metric(row.than)
    return found


def _asked(leaf: Compare | Holds | Fixed | Named) -> _Figures:
    match leaf:
        case Holds(metric=metric):
            return {"metric": shown_metric(metric), "op": "is", "need": True}
        case Compare(metric=metric, op=op, value=value):
            left = shown_metric(metric) if isinstance(metric, Metric) else metric
            found: _Figures = {"metric": left, "op": op}
            if isinstance(value, Metric):
                return {**found, "than": shown_metric(value)}
            if isinstance(value, Named):
                return {**found, "than": value}
            need = lasting(value.us) if isinstance(value, Duration) else value
            return {**found, "need": need}
        case Fixed(holds=holds):
            return {"met": holds}
        case _:
            return {"name": leaf.name}
