"""The rows of a period report: plain values, one class per table (S22).

Law: what was not observed is None, never 0.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from attrs import frozen

__all__ = [
    "BandRow",
    "CalendarRow",
    "DecisionCount",
    "Figure",
    "FlowRow",
    "GenerationRow",
    "Number",
    "ScoreRow",
    "SpeakerRow",
    "StepRow",
    "Stretch",
    "Unit",
]

Number = int | Fraction
Unit = Literal["count", "share", "time"]


@frozen(kw_only=True)
class Stretch:
    """The local days ``[since, until)``, of which *observed* lie in the history.

    *over*: the history goes on to its end; *whole*: it also reaches back to its first
    day.
    """

    since: date
    until: date
    observed: int
    over: bool
    whole: bool


@frozen(kw_only=True)
class Figure:
    """One figure of the period and of the one *before*.

    A *unit* ``time`` is in microseconds. *comparable*: both periods were observed as a
    whole, so that the two say something about each other.
    """

    key: str
    value: Number | None
    before: Number | None = None
    unit: Unit = "count"
    comparable: bool = False

    @property
    def change(self) -> Fraction | None:
        """How much it grew, as a share of what it was; of a share, the difference.

        None where the two cannot be compared, or where there was nothing before.
        """
        if not self.comparable or self.value is None or self.before is None:
            return None
        grown = Fraction(self.value) - self.before
        if self.unit == "share":
            return grown
        return grown / self.before if self.before else None


@frozen(kw_only=True)
class CalendarRow:
    """One local day of the calendar; None where it was not observed."""

    day: date
    messages: int | None
    active: int | None


@frozen(kw_only=True)
class BandRow:
    """How many members wrote from *least* to *most* times; None: or more."""

    least: int
    most: int | None
    members: int
    before: int | None


@frozen(kw_only=True)
class StepRow:
    """One step of a funnel: who entered it in the period and came here so far.

    *open*: somebody who entered in the period may still go on; *open_before* likewise.
    """

    funnel: str
    step: int
    event: str
    reached: int
    share_of_first: Fraction | None
    open: bool
    before: int | None
    share_before: Fraction | None
    open_before: bool


@frozen(kw_only=True)
class FlowRow:
    """How many members stood in tier *before* at the beginning and *after* at the end.

    Empty: not a member then.
    """

    tiers: str
    before: str
    after: str
    members: int


@frozen(kw_only=True)
class GenerationRow:
    """What members of one generation of invitations brought within a cycle.

    Generation 0 came alone. *members* are those who had a whole cycle of time.
    """

    generation: int
    members: int
    sharers: int
    invited: int
    k: Fraction | None


@frozen(kw_only=True)
class ScoreRow:
    """One scorecard issued for a period that ended in this one.

    *member* is empty for the community. *reached* are key figures in percent of the
    target, *missing* those that were not observed.
    """

    policy: str
    period: str
    member: str
    score: int | None
    change: int | None
    whole: bool
    reached: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]


@frozen(kw_only=True)
class DecisionCount:
    """Decisions of one kind in one mode, in the period and in the one before."""

    kind: str
    mode: str
    count: int
    before: int | None


@frozen(kw_only=True)
class SpeakerRow:
    """How often a member wrote; only where names were asked for."""

    member: str
    messages: int
