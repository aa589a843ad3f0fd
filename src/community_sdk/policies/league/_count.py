"""One member's figures in a period that is over, from what is kept of the member (S08).

Law: what is counted lies in ``[since, until)``, however late it is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import evolve

from community_sdk._time import Window, WindowKind
from community_sdk.errors import DefinitionError, nearest
from community_sdk.metrics import LIFETIME, Metric
from community_sdk.metrics.spans import amount_between, days_between, number_between
from community_sdk.state import State

__all__ = ["check_figures", "figure", "kept"]

_COUNTED: Final = ("count", "total", "active_days", "strikes")


def check_figures(figures: Mapping[str, Metric]) -> None:
    """Refuse metrics that cannot be counted in a period of the past.

    Raises:
        DefinitionError: another word than those above, or a window of its own.
    """
    for name, metric in figures.items():
        if metric.word not in _COUNTED:
            raise DefinitionError(
                f"expected a figure that can be counted in a period, found"
                f" `{metric.word}`",
                code="league.metric",
                hint=nearest(metric.word, _COUNTED) or "count, total, active_days",
                found=metric.word,
                name=name,
            )
        if metric.word != "active_days" and metric.window != LIFETIME:
            raise DefinitionError(
                f"expected `{name}` without a window: the period is its window",
                code="league.window",
                hint=f"leave `{metric.window}` out",
                found=str(metric.window),
                name=name,
            )


def kept(figures: Iterable[Metric], days: int) -> tuple[Metric, ...]:
    """Return the metrics that make the state keep what *days* back are counted of."""
    window = Window(WindowKind.DAYS, days)
    return tuple(evolve(m, window=window) for m in figures if m.word != "strikes")


def figure(metric: Metric, state: State, span: tuple[int, int]) -> int:
    """Return the member's figure in *span*, ``[since, until)`` in microseconds."""
    since, until = span
    if metric.word == "strikes":
        return sum(
            1
            for strike in state.member.strikes
            if not strike.overturned
            and since <= strike.occurred < until
            and metric.of in ("", strike.category)
        )
    rolling, slot = state.member.rolling, state.plan.slot(metric.source)
    if metric.word == "count":
        return number_between(rolling, slot, span)
    if metric.word == "total":
        return amount_between(rolling, slot, span)
    days = (state.calendar.day(since), state.calendar.day(until - 1) + 1)
    return days_between(rolling, slot, days)
