"""Recency, frequency, money: two conventions, named apart, and segments (S09 S22).

The *model* form (of customer-lifetime models) counts repeats and measures recency from
the first purchase to the last; the *segment* form counts all purchases and measures
it from the last one to the end. Purchases of one member in one period are one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from attrs import field, validators

from community_sdk._values import frozen
from community_sdk.errors import DefinitionError

__all__ = [
    "RETAIL_SEGMENTS",
    "Rfm",
    "RfmScale",
    "RfmScores",
    "Transaction",
    "rfm_figures",
    "split",
]

Amount = int | Fraction
Transaction = tuple[str, date, Amount]
"""Who, on which local date, how much (0 where money is not looked at)."""

Step = Literal["day", "week", "seven_days"]
_WEEK: Final = 7
_DIGITS: Final = 9

RETAIL_SEGMENTS: Final[Mapping[str, frozenset[str]]] = {
    "Premium Customer": frozenset("333 334 343 344 433 434 443 444".split()),
    "Repeat Customer": frozenset("143 232 233 234 243 244 332".split()),
    "Top Spender": frozenset(
        "124 133 134 144 224 313 314 323 324 413 414 423 424".split()
    ),
    "At Risk Customer": frozenset(
        "122 123 132 212 214 222 223 312 322 412 422".split()
    ),
    "Inactive Customer": frozenset("111 112 113 114 211 311 411".split()),
}
"""Segments of four classes as retailers name them (those of pymc-marketing)."""


@frozen(kw_only=True)
class Rfm:
    """One member's figures, in periods; *monetary* is a mean of period sums.

    *frequency* and *monetary* follow the form that was asked for. *tenure_at_last* is
    the time from the first purchase to the last, *recency* from the last one to the
    end, *age* from the first one to the end.
    """

    frequency: int
    tenure_at_last: Fraction
    recency: Fraction
    age: Fraction
    monetary: Fraction


def rfm_figures(
    transactions: Iterable[Transaction],
    /,
    *,
    end: date | None = None,
    unit: Step = "day",
    form: Literal["model", "segment"] = "segment",
) -> dict[str, Rfm]:
    """Sum up *transactions*, in any order, per member.

    Those after *end* (default: the last one) are left out. *unit* ``week`` cuts
    calendar weeks from Monday; ``seven_days`` counts days and divides times by seven.
    """
    kept = list(transactions)
    last = max((day for _, day, _ in kept), default=None) if end is None else end
    if last is None:
        return {}
    sums: dict[str, dict[int, Amount]] = {}
    for who, day, amount in kept:
        if day <= last:
            own = sums.setdefault(who, {})
            place = _place(day, unit)
            own[place] = own.get(place, 0) + amount
    whole, scale = _place(last, unit), _WEEK if unit == "seven_days" else 1
    return {who: _figures(own, whole, scale, form) for who, own in sorted(sums.items())}


def _place(day: date, unit: Step) -> int:
    return (day.toordinal() - 1) // _WEEK if unit == "week" else day.toordinal()


def _figures(
    own: Mapping[int, Amount], end: int, scale: int, form: Literal["model", "segment"]
) -> Rfm:
    first, last = min(own), max(own)
    counted = [own[place] for place in own if form == "segment" or place != first]
    money = Fraction(sum(counted), len(counted)) if counted else Fraction(0)
    return Rfm(
        frequency=len(counted),
        tenure_at_last=Fraction(last - first, scale),
        recency=Fraction(end - last, scale),
        age=Fraction(end - first, scale),
        monetary=money,
    )


def split(
    transactions: Iterable[Transaction],
    /,
    *,
    calibration: date,
    observation: date,
    unit: Step = "day",
) -> dict[str, tuple[Rfm, int]]:
    """Return, per member known by *calibration*, the model form and what came after.

    What came after is the number of purchase periods behind *calibration* up to
    *observation*, both dates included on their side.
    """
    kept = list(transactions)
    known = rfm_figures(kept, end=calibration, unit=unit, form="model")
    later: dict[str, set[int]] = {}
    for who, day, _ in kept:
        if calibration < day <= observation:
            later.setdefault(who, set()).add(_place(day, unit))
    return {who: (found, len(later.get(who, ()))) for who, found in known.items()}


@frozen
class RfmScores:
    """Scores by member, as digits of recency, frequency and money; higher is better.

    *classes* is how many classes each of the three really has (the bins used): where
    many members are equal there are fewer than asked for, and *short* is true.
    """

    scores: Mapping[str, tuple[int, int, int]]
    classes: tuple[int, int, int]
    asked: int

    @property
    def short(self) -> bool:
        """Whether ties left fewer classes than were asked for."""
        return min(self.classes) < self.asked

    def segments(
        self,
        names: Mapping[str, Iterable[str]] = RETAIL_SEGMENTS,
        rest: str = "Other",
    ) -> dict[str, str]:
        """Name each member's segment: the first whose scores hold it, else *rest*."""
        found: dict[str, str] = {}
        for who, score in self.scores.items():
            digits = "".join(map(str, score))
            found[who] = next((n for n, held in names.items() if digits in held), rest)
        return found


@frozen(kw_only=True)
class RfmScale:
    """How figures become scores from 1 to *classes*.

    Without *thresholds* the classes are quantiles of those scored together: edges by
    linear interpolation, classes closed on the right, the lowest value included, equal
    edges merged and the classes numbered from 1 to what is left. Equal figures thus
    always share a class.

    With *ties* the classes are cut by rank instead: of n members the one who is better
    than k others is in class ``k * classes // n + 1``. Members who are equal share a
    class: ``low`` gives them the one that the worst of their ranks has, ``high`` that
    of the best. Classes that ties leave empty stay empty, and nothing is numbered anew.

    With *thresholds* (rising, one fewer than classes, for recency, frequency, money)
    a figure scores one more for each threshold that it exceeds; recency counts the
    other way round, for a small one is good.
    """

    classes: int = field(
        default=4, validator=(validators.ge(1), validators.le(_DIGITS))
    )
    thresholds: tuple[tuple[Amount, ...], ...] = ()
    ties: Literal["low", "high"] | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse thresholds that do not cut into *classes*, or beside ranks."""
        if not self.thresholds:
            return
        if self.ties is not None:
            raise DefinitionError(
                "expected thresholds or `ties`, found both",
                code="rfm.both",
                hint="thresholds cut the same for everybody: there are no ranks",
            )
        rising = all(
            len(cuts) == self.classes - 1 and list(cuts) == sorted(set(cuts))
            for cuts in self.thresholds
        )
        if len(self.thresholds) != 3 or not rising:  # noqa: PLR2004 - r, f, m
            raise DefinitionError(
                f"expected three rows of {self.classes - 1} rising thresholds",
                code="rfm.thresholds",
                hint="one row each for recency, frequency and money",
                expected=str(self.classes - 1),
            )

    def score(self, figures: Mapping[str, Rfm], /) -> RfmScores:
        """Score everybody in *figures*."""
        columns = [
            {who: f.recency for who, f in figures.items()},
            {who: Fraction(f.frequency) for who, f in figures.items()},
            {who: f.monetary for who, f in figures.items()},
        ]
        scored: list[dict[str, int]] = []
        classes: list[int] = []
        for place, column in enumerate(columns):
            if self.ties is not None:
                found = self._ranked(column, rising=place != 0)
                scored.append(found)
                classes.append(len({*found.values()}))
                continue
            cuts = self.thresholds[place] if self.thresholds else None
            inner = self._inner(list(column.values())) if cuts is None else list(cuts)
            number = len(inner) + 1
            found = {w: bisect_left(inner, value) + 1 for w, value in column.items()}
            if place == 0:
                found = {who: number + 1 - n for who, n in found.items()}
            scored.append(found)
            classes.append(number)
        r, f, m = scored
        return RfmScores(
            {who: (r[who], f[who], m[who]) for who in figures},
            (classes[0], classes[1], classes[2]),
            self.classes,
        )

    def _ranked(
        self, column: Mapping[str, Fraction], *, rising: bool
    ) -> dict[str, int]:
        """Return the class of each by rank."""
        good = {who: value if rising else -value for who, value in column.items()}
        ranked = sorted(good.values())
        edge = bisect_left if self.ties == "low" else bisect_right
        places = {
            who: edge(ranked, value) - (self.ties == "high")
            for who, value in good.items()
        }
        return {who: n * self.classes // len(ranked) + 1 for who, n in places.items()}

    def _inner(self, values: Sequence[Fraction]) -> list[Fraction]:
        """Return the edges between the classes."""
        if not values:
            return []
        ranked = sorted(values)
        edges = [
            _quantile(ranked, Fraction(n, self.classes))
            for n in range(self.classes + 1)
        ]
        return sorted(set(edges))[1:-1]


def _quantile(ranked: Sequence[Fraction], q: Fraction) -> Fraction:
    place = (len(ranked) - 1) * q
    low = int(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - low)
