"""What came of a funnel: numbers per step, both denominators, times (S20)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from community_sdk._values import frozen
from community_sdk.metrics.funnel._attempts import Attempt
from community_sdk.metrics.funnel._rules import FunnelRules
from community_sdk.metrics.rates import share

__all__ = ["FunnelReport", "Outcome", "StepFigures"]

_SECOND = 1_000_000
_MINUTE = 60


@frozen(kw_only=True)
class Outcome:
    """How far one subject came: the attempt that counts and when each step was done.

    *may_convert*: it is not complete, but what is missing could still come in this or
    another attempt of the subject (where all attempts are counted: in this one);
    otherwise it is *done*, or has dropped off.
    """

    subject: str
    attempt: Attempt
    times: tuple[tuple[int, int], ...]
    done: bool
    may_convert: bool

    def seconds(self, since: int, until: int) -> Fraction | None:
        """Return the time between two steps, None where one was not done."""
        at = dict(self.times)
        if since not in at or until not in at:
            return None
        return Fraction(at[until] - at[since], _SECOND)


@frozen(kw_only=True)
class StepFigures:
    """One step: who reached it, of whom, and how long it took from the one before.

    *dropped_off* and *still_open* are those who got here and no further: the first
    have no time left, the others may still convert. Ratios are None over nobody.
    """

    reached: int
    share_of_all: Fraction | None
    share_of_first: Fraction | None
    share_of_previous: Fraction | None
    dropped_off: int
    still_open: int
    mean_seconds: Fraction | None
    median_seconds: Fraction | None


@frozen(kw_only=True)
class FunnelReport:
    """The figures of a funnel over *outcomes*; *subjects* is how many there are."""

    rules: FunnelRules
    subjects: int
    outcomes: Sequence[Outcome]

    @property
    def counts(self) -> tuple[int, ...]:
        """How many reached each step."""
        return tuple(len(self.reached(k)) for k in range(len(self.rules.steps)))

    def reached(self, step: int) -> list[Outcome]:
        """Return who did *step*."""
        return [o for o in self.outcomes if step in o.attempt.chain]

    @property
    def steps(self) -> tuple[StepFigures, ...]:
        """The figures of each step."""
        counts = self.counts
        found: list[StepFigures] = []
        for k, count in enumerate(counts):
            times = self.times(k) if k else []
            stopped = [o for o in self.outcomes if o.attempt.level == k and not o.done]
            waiting = sum(o.may_convert for o in stopped)
            needed = [n for n in range(k) if not self.rules.steps[n].optional]
            before = counts[needed[-1]] if needed else self.subjects
            figures = StepFigures(
                reached=count,
                share_of_all=share(count, self.subjects),
                share_of_first=share(count, counts[0]),
                share_of_previous=share(count, before),
                dropped_off=len(stopped) - waiting,
                still_open=waiting,
                mean_seconds=mean(times),
                median_seconds=median(times),
            )
            found.append(figures)
        return tuple(found)

    def times(self, until: int, since: int | None = None) -> list[Fraction]:
        """Return the seconds from step *since* (default: the one done before)."""
        found: list[Fraction] = []
        for outcome in self.reached(until):
            done = [step for step, _ in outcome.times if step < until]
            first = max(done, default=None) if since is None else since
            lasted = None if first is None else outcome.seconds(first, until)
            if lasted is not None:
                found.append(lasted)
        return found

    def mean(self, until: int, since: int | None = None) -> Fraction | None:
        """Return the mean of `times`, None where nobody has one."""
        return mean(self.times(until, since))

    def histogram(
        self, since: int = 0, until: int | None = None, *, bins: int | None = None
    ) -> list[tuple[Fraction, int]]:
        """Return (lower edge in seconds, number) of times between two steps.

        *bins* defaults to the cube root of the number of times, rounded up; each is a
        whole number of seconds wide, a minute where all times are equal. One more edge
        closes the last bin.
        """
        last = len(self.rules.steps) - 1 if until is None else until
        times = self.times(last, since)
        if not times:
            return []
        number = _cube_root(len(times)) if bins is None else bins
        low, high = min(times), max(times)
        width = ceil((high - low) / number) or _MINUTE
        edges = [low + width * n for n in range(number + 1)]
        return [(e, sum(e <= t < e + width for t in times)) for e in edges]


def _cube_root(number: int) -> int:
    root = 1
    while root**3 < number:
        root += 1
    return root


def mean(values: Sequence[Fraction]) -> Fraction | None:
    """Return the mean, None of nothing."""
    return sum(values, start=Fraction(0)) / len(values) if values else None


def median(values: Sequence[Fraction]) -> Fraction | None:
    """Return the median (of an even number: the middle between the two)."""
    if not values:
        return None
    ranked, half = sorted(values), len(values) // 2
    if len(values) % 2:
        return ranked[half]
    return (ranked[half - 1] + ranked[half]) / 2
