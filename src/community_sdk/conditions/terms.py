"""Conditions in Python: figures that compare, the same trees as the text (S08).

``(count("message", "30d") >= 20) & (active_days("30d") >= 10)``
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, NoReturn

from community_sdk._time import Duration, Window
from community_sdk.conditions.figure import checked, shown, shown_metric
from community_sdk.conditions.tree import (
    ALWAYS,
    NEVER,
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Holds,
    Named,
    Op,
    as_condition,
)
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric

__all__ = [
    "Term",
    "active_days",
    "all_of",
    "any_of",
    "at_least",
    "count",
    "distinct",
    "figure",
    "has",
    "recency",
    "streak",
    "strikes",
    "tenure",
    "total",
]

By = Literal["member", "actor"]
Value = int | str | Duration | timedelta | Metric | Named


class Term:
    """One side of a comparison that is still to be made; compare it to get a condition.

    Lengths of time may be text (``"3d"``), a `Duration` or a `timedelta`.

    Attributes:
        metric: what is compared.
    """

    __slots__ = ("metric",)
    __hash__ = None  # type: ignore[assignment] # `==` makes a condition

    def __init__(self, metric: Metric | Named) -> None:
        """Take *metric* as the left side."""
        self.metric: Metric | Named = (
            checked(metric) if isinstance(metric, Metric) else metric
        )

    def __ge__(self, value: Value | Term) -> Compare:
        """Ask for at least *value*."""
        return self._compare(">=", value)

    def __gt__(self, value: Value | Term) -> Compare:
        """Ask for more than *value*."""
        return self._compare(">", value)

    def __le__(self, value: Value | Term) -> Compare:
        """Ask for at most *value*."""
        return self._compare("<=", value)

    def __lt__(self, value: Value | Term) -> Compare:
        """Ask for less than *value*."""
        return self._compare("<", value)

    def __eq__(self, value: Value | Term) -> Compare:  # type: ignore[override]
        """Ask for exactly *value*."""
        return self._compare("==", value)

    def __ne__(self, value: Value | Term) -> Compare:  # type: ignore[override]
        """Ask for anything but *value*."""
        return self._compare("!=", value)

    def __bool__(self) -> NoReturn:
        """Refuse: a figure has to be compared."""
        raise DefinitionError(
            f"expected a comparison, found `{shown(self, 80)}` alone",
            code="condition.not_compared",
            hint=f"write `{shown(self, 80)} >= …`",
            found=str(self),
        )

    def __repr__(self) -> str:
        """Print the metric as the text of a condition has it."""
        return str(self)

    def __str__(self) -> str:
        """Print the metric as the text of a condition has it."""
        if isinstance(self.metric, Named):
            return str(self.metric)
        return shown_metric(self.metric)

    def _compare(self, op: Op, value: Value | Term) -> Compare:
        if isinstance(value, Term):
            return Compare(self.metric, op, value.metric)
        if isinstance(value, str):
            return Compare(self.metric, op, Duration.parse(value))
        if isinstance(value, timedelta):
            return Compare(
                self.metric, op, Duration(value // timedelta(microseconds=1))
            )
        return Compare(self.metric, op, value)


def _window(window: str | Window) -> Window:
    return Window.parse(window) if isinstance(window, str) else window


def _where(
    where: Mapping[str, str | int | bool],
) -> tuple[tuple[str, str | int | bool], ...]:
    return tuple(sorted(where.items()))


def count(
    kind: str,
    window: str | Window = "lifetime",
    *,
    by: By = "member",
    **where: str | int | bool,
) -> Term:
    """Count events of *kind* in *window* whose fields equal *where*.

    Raises:
        DefinitionError: no such window or filter.
    """
    return Term(
        Metric("count", kind=kind, window=_window(window), by=by, where=_where(where))
    )


def active_days(
    window: str | Window,
    kind: str = "message",
    *,
    by: By = "member",
    **where: str | int | bool,
) -> Term:
    """Count local days in *window* with at least one event of *kind*.

    Raises:
        DefinitionError: no such window of days or filter.
    """
    window = _window(window)
    return Term(
        Metric("active_days", kind=kind, window=window, by=by, where=_where(where))
    )


def total(
    kind: str,
    window: str | Window = "lifetime",
    *,
    by: By = "member",
    **where: str | int | bool,
) -> Term:
    """Add up the amounts, in minor units, of events of *kind* in *window*.

    Raises:
        DefinitionError: no such window or filter.
    """
    return Term(
        Metric("total", kind=kind, window=_window(window), by=by, where=_where(where))
    )


def distinct(
    of: str,
    kind: str,
    window: str | Window,
    *,
    by: By = "member",
    **where: str | int | bool,
) -> Term:
    """Count different values of the property *of* in events of *kind*.

    Raises:
        DefinitionError: no such window or filter.
    """
    window = _window(window)
    return Term(
        Metric("distinct", kind=kind, window=window, of=of, by=by, where=_where(where))
    )


def recency(
    kind: str = "message", *, by: By = "member", **where: str | int | bool
) -> Term:
    """Measure the time since the latest event of *kind*; nothing if there was none."""
    return Term(Metric("recency", kind=kind, by=by, where=_where(where)))


def streak(
    kind: str = "message", *, by: By = "member", **where: str | int | bool
) -> Term:
    """Count local days in a row, up to today or yesterday, with an event of *kind*."""
    return Term(Metric("streak", kind=kind, by=by, where=_where(where)))


def tenure() -> Term:
    """Measure the time since the membership began; nothing for who is no member."""
    return Term(Metric("tenure"))


def strikes(window: str | Window = "lifetime", of: str = "") -> Term:
    """Count the strikes in *window* that count, of the category *of* or of all."""
    return Term(Metric("strikes", window=_window(window), of=of))


Had = Literal["role", "tier", "group", "status", "sanction", "tag", "segment"]


def has(of: Had, word: str, /) -> Holds:
    """Ask whether the member has the role, tier, tag or whatever *of* called *word*."""
    return Holds(Metric("has", kind=word, of=of))


def figure(name: str, /) -> Term:
    """Take the metric that the playbook defines as *name*."""
    return Term(Named(name))


def at_least(k: int, /, *parts: Condition) -> AtLeast:
    """Ask for at least *k* of *parts*."""
    return AtLeast(k, parts)


def all_of(*parts: Condition) -> Condition:
    """Return the condition that every one of *parts* holds; of none, `ALWAYS`."""
    return All(parts) if len(parts) > 1 else as_condition(parts[0]) if parts else ALWAYS


def any_of(*parts: Condition) -> Condition:
    """Return the condition that one of *parts* holds; of none, `NEVER`."""
    return Any(parts) if len(parts) > 1 else as_condition(parts[0]) if parts else NEVER
