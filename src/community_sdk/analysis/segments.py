"""Which rules of a segmentation overlap, and which nobody can reach, with proof (S09).

INVARIANT: both segments of an `Overlap` hold of its figures. INVARIANT: where a search
was complete and nothing was found, no figures make both rules hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from attrs import field, frozen

from community_sdk._time import DAY, Duration, WindowKind
from community_sdk.analysis._finding import Finding, Gravity
from community_sdk.conditions import Compare, Condition, evaluate, leaves, metrics
from community_sdk.conditions.figure import shown_figure, shown_metric
from community_sdk.metrics import Metric, Unit
from community_sdk.playbook import Playbook
from community_sdk.policies import Axis, Segment, Segmentation

__all__ = ["Overlap", "check_segments", "overlaps", "unreachable"]

_MOST: Final = 50_000

Figures = dict[Metric, int | None]
Levels = Mapping[str, int]


@frozen
class Overlap:
    """Figures of a member for whom two rules hold at once.

    *figures*: lengths of time in microseconds, truths 0 or 1, None for what was never
    observed. *levels*: by axis, for those that are means over another figure.
    """

    first: str
    second: str
    figures: Mapping[Metric, int | None] = field(hash=False)
    levels: Mapping[str, int] = field(factory=dict[str, int], hash=False)

    def __str__(self) -> str:
        """Write the figures as text."""
        shown = [
            f"{shown_metric(m)} = {shown_figure(m, value)}"
            for m, value in self.figures.items()
        ]
        shown += [f"{axis} = {level}" for axis, level in self.levels.items()]
        return "; ".join(shown)


def overlaps(segmentation: Segmentation, /) -> tuple[Overlap, ...]:
    """Return figures for each pair of rules that can hold at once, in their order.

    A pair that is missing excludes each other, unless the search was given up: too
    many figures, or figures compared with one another.
    """
    found: list[Overlap] = []
    for first, second in combinations(segmentation.segments, 2):
        space = _Space.of((first, second), segmentation)
        for figures, levels in space.members():
            if space.fits(first, figures, levels) and space.fits(
                second, figures, levels
            ):
                found.append(Overlap(first.key, second.key, figures, levels))
                break
    return tuple(found)


def unreachable(segmentation: Segmentation, /) -> tuple[str, ...]:
    """Return the segments that nobody can fall into: earlier rules take everybody.

    Only what is proven is told; the rest of a segmentation is looked at as well.
    """
    found: list[str] = []
    for place, last in enumerate(segmentation.every):
        asked = segmentation.every[: place + 1]
        space = _Space.of(asked, segmentation)
        reached = not space.complete or any(
            space.fits(last, figures, levels)
            and not any(space.fits(one, figures, levels) for one in asked[:-1])
            for figures, levels in space.members()
        )
        if not reached:
            found.append(last.key)
    return tuple(found)


def check_segments(playbook: Playbook, /) -> tuple[Finding, ...]:
    """Find segments that nobody can reach, and rules whose order decides.

    Rules that overlap are a note, for the first of them counts; a segment that earlier
    rules take everybody from is an error.
    """
    found: list[Finding] = []
    for place, policy in enumerate(playbook.policies):
        if isinstance(policy, Segmentation):
            found += _look(policy, f"policy[{place}]")
    return tuple(found)


def _look(policy: Segmentation, path: str) -> Iterator[Finding]:
    places = {each.key: n for n, each in enumerate(policy.segments)}
    for key in unreachable(policy):
        where = f"segments[{places[key]}]" if key in places else "rest"
        yield Finding(
            code="segment.unreachable",
            severity=Gravity.ERROR,
            path=f"{path}.{where}",
            message=f"expected somebody to fall into `{key}`, but earlier segments"
            " take everybody",
            hint="move it before them, or narrow them",
            figures={"found": key},
        )
    for overlap in overlaps(policy):
        yield Finding(
            code="segment.overlap",
            severity=Gravity.NOTE,
            path=f"{path}.segments[{places[overlap.second]}]",
            message=f"`{overlap.first}` and `{overlap.second}` both fit {overlap};"
            f" `{overlap.first}` comes first and counts",
            figures={
                "first": overlap.first,
                "second": overlap.second,
                "example": str(overlap),
            },
        )


@frozen
class _Space:
    """Members that differ in every way that the rules can tell apart."""

    figures: Mapping[Metric, Sequence[int | None]] = field(hash=False)
    means: Mapping[str, int] = field(hash=False)
    axes: tuple[Axis, ...]
    ordered: bool

    @classmethod
    def of(cls, segments: Iterable[Segment], policy: Segmentation) -> _Space:
        """Return the members that *segments* can tell apart."""
        asked = [each.when for each in segments if each.when is not None]
        axes = tuple(
            axis
            for place, axis in enumerate(policy.axes)
            if any(known[place] != "*" for each in segments for known in each.levels)
        )
        numbers: dict[Unit, set[int]] = {}
        beside = False
        for unit, number in _numbers(asked, axes):
            beside = beside or number is None
            numbers.setdefault(unit, {0}).update(_around(number, unit))
        plain = [axis.measure for axis in axes if axis.per is None]
        known = dict.fromkeys([m for each in asked for m in metrics(each)] + plain)
        return cls(
            {metric: _values(metric, numbers) for metric in known},
            {axis.key: len(axis.cuts) + 1 for axis in axes if axis.per is not None},
            policy.axes,
            ordered=not beside,
        )

    @property
    def complete(self) -> bool:
        """Whether what is not found here is nowhere."""
        size = 1
        for values in (*self.figures.values(), *map(range, self.means.values())):
            size *= len(values)
        return self.ordered and size <= _MOST

    def members(self) -> Iterator[tuple[Figures, dict[str, int]]]:
        """Yield figures and levels, at most so many."""
        left = _MOST
        for figures in _grown(list(self.figures.items()), {}):
            for levels in _spread(list(self.means.items()), {}):
                yield figures, levels
                left -= 1
                if not left:
                    return

    def fits(self, segment: Segment, figures: Figures, levels: Levels) -> bool:
        """Tell whether the rule of *segment* holds of them."""
        digits = [_level(axis, figures, levels) for axis in self.axes]
        if not segment.fits(digits):
            return False
        return segment.when is None or evaluate(segment.when, figures.__getitem__)


def _numbers(
    asked: Iterable[Condition], axes: Iterable[Axis]
) -> Iterator[tuple[Unit, int | None]]:
    """Yield what figures are compared with; None for another figure."""
    for condition in asked:
        for leaf in leaves(condition):
            if isinstance(leaf, Compare) and isinstance(leaf.metric, Metric):
                value = leaf.value
                number = value.us if isinstance(value, Duration) else value
                unit = leaf.metric.spec.unit
                yield unit, number if isinstance(number, int) else None
    for axis in axes:
        if axis.per is None:
            unit = axis.measure.spec.unit
            time = unit is Unit.TIME
            for cut in axis.cuts:
                yield unit, (cut + 1) * DAY if time else cut


def _around(number: int | None, unit: Unit) -> set[int]:
    """Return numbers on either side of *number*; only amounts fall below 0."""
    if number is None:
        return {0, 1, 2}
    found = {number - 1, number, number + 1}
    return found if unit is Unit.AMOUNT else {each for each in found if each >= 0}


def _values(metric: Metric, numbers: Mapping[Unit, set[int]]) -> list[int | None]:
    unit = metric.spec.unit
    if unit is Unit.TRUTH:
        return [0, 1]
    top = max(numbers.get(unit, {0}))
    if metric.word == "active_days" and metric.window.kind is WindowKind.DAYS:
        top = metric.window.length
    known: list[int | None] = [n for n in sorted(numbers.get(unit, {0})) if n <= top]
    return [*known, None] if metric.spec.nullable else known


def _grown(
    rest: list[tuple[Metric, Sequence[int | None]]], known: Figures
) -> Iterator[Figures]:
    """Yield figures that can stand beside one another."""
    if not rest:
        yield dict(known)
        return
    metric, values = rest[0]
    for value in values:
        if all(_possible((metric, value), each) for each in known.items()):
            yield from _grown(rest[1:], {**known, metric: value})


def _spread(
    rest: list[tuple[str, int]], known: dict[str, int]
) -> Iterator[dict[str, int]]:
    if not rest:
        yield dict(known)
        return
    key, top = rest[0]
    for level in range(1, top + 1):
        yield from _spread(rest[1:], {**known, key: level})


_One = tuple[Metric, int | None]


def _possible(one: _One, other: _One) -> bool:
    """Tell whether one member can have both figures."""
    (a, x), (b, y) = one, other
    if x is None or y is None:
        return True
    if a.word == b.word == "has" and a.of == b.of == "status":
        return not (x and y)
    if _within(a, b) and x > y:
        return False
    return not (_within(b, a) and y > x)


def _within(small: Metric, large: Metric) -> bool:
    """Tell whether the figure of *small* is never more than that of *large*."""
    if small.source != large.source or small.args or large.args:
        return False
    pair = (small.word, large.word)
    if pair not in (("count", "count"), ("active_days", "active_days")) and pair != (
        "active_days",
        "count",
    ):
        return False
    inner, outer = small.window, large.window
    if inner == outer or outer.kind is WindowKind.LIFETIME:
        return True
    sliding = inner.kind is outer.kind is WindowKind.DAYS
    return sliding and inner.length <= outer.length


def _level(axis: Axis, figures: Figures, levels: Levels) -> int:
    """Return the level on *axis*; one that nobody asks for is 1."""
    if axis.per is not None:
        return levels.get(axis.key, 1)
    have = figures.get(axis.measure)
    if have is None:
        return 1
    days = axis.measure.spec.unit is Unit.TIME
    passed = sum(1 for cut in axis.cuts if (have // DAY if days else have) > cut)
    return 1 + (len(axis.cuts) - passed if axis.falling else passed)
