"""Scorecards: what was reached of each key figure, and of all by weight (S21).

Laws: what was reached lies between 0 and the cap; a better figure never reaches less;
a figure that was not observed is never taken for 0 unless that is the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from community_sdk._values import frozen
from community_sdk.metrics.rates import nearest, share
from community_sdk.model import KPI, Direction, Missing

__all__ = ["Measured", "Scorecard", "attainment", "figure_of", "percent", "scored"]

_HUNDRED: Final = 100


@frozen
class Measured:
    """One key figure in a scorecard.

    *reached* is the share of the target, 1 for all of it; None where there is no
    target, or where the figure was not observed and no rule stands in for it. *before*
    is the figure of the period before.
    """

    kpi: KPI
    figure: Fraction | None
    reached: Fraction | None
    before: Fraction | None = None


@frozen
class Scorecard:
    """Key figures with what was reached of all, by weight.

    *reached* is None where nothing was observed, or where a figure that must not miss
    does. *missing* names the figures that were not observed.
    """

    rows: tuple[Measured, ...]
    reached: Fraction | None
    missing: tuple[str, ...]

    @property
    def score(self) -> int | None:
        """What was reached in percent, halves rounded away from zero."""
        return percent(self.reached)


def percent(reached: Fraction | None, /) -> int | None:
    """Return a share in whole percent, halves rounded away from zero."""
    return None if reached is None else int(nearest(reached * _HUNDRED))


def figure_of(kpi: KPI, counted: Mapping[str, int | None], /) -> Fraction | None:
    """Return the figure of *kpi* from what was *counted*; None where it cannot be.

    With `of` it is a share in percent, and None where there is nothing to share.
    """
    part = counted.get(kpi.measure)
    if not kpi.of:
        return None if part is None else Fraction(part)
    found = share(part, counted.get(kpi.of))
    return None if found is None else found * _HUNDRED


def attainment(kpi: KPI, figure: Fraction | int, /) -> Fraction | None:
    """Return what *figure* reaches of the target; None without a target.

    It rises evenly from 0 at the floor to 1 at the target, and on up to the cap.
    """
    if kpi.target is None:
        return None
    worst, up = kpi.worst, kpi.direction is Direction.UP
    if worst is None:
        met = figure >= kpi.target if up else figure <= kpi.target
        found = Fraction(met)
    else:
        found = Fraction(figure - worst) / (kpi.target - worst)
    return max(Fraction(0), min(found, Fraction(kpi.cap, _HUNDRED)))


def scored(
    kpis: Iterable[KPI],
    counted: Mapping[str, int | None],
    before: Mapping[str, int | None] | None = None,
    /,
) -> Scorecard:
    """Return the scorecard of what was *counted*, with the period *before* beside it.

    Measures that are absent, or None, were not observed.
    """
    rows: list[Measured] = []
    missing: list[str] = []
    withheld, gained, weights = False, Fraction(0), 0
    for kpi in kpis:
        figure = figure_of(kpi, counted)
        past = None if before is None else figure_of(kpi, before)
        reached = None if figure is None else attainment(kpi, figure)
        if figure is None:
            missing.append(kpi.key)
            judged = kpi.target is not None and kpi.weight > 0
            withheld = withheld or (judged and kpi.missing is Missing.WITHHOLD)
            if kpi.target is not None and kpi.missing is Missing.ZERO:
                reached = Fraction(0)
        rows.append(Measured(kpi, figure, reached, past))
        if reached is not None:
            gained += kpi.weight * reached
            weights += kpi.weight
    whole = None if withheld or not weights else gained / weights
    return Scorecard(tuple(rows), whole, tuple(missing))
