"""The rows of a period report: plain values, one class per table (S22).

Law: what was not observed is None, never 0.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from attrs import field, frozen

from community_sdk.explanation import Explanation
from community_sdk.metrics.rates import share

__all__ = [
    "AnswerRow",
    "BandRow",
    "CalendarRow",
    "ChannelRow",
    "DecisionCount",
    "Figure",
    "FlowRow",
    "GenerationRow",
    "KpiRow",
    "LifeChange",
    "LifeRow",
    "Number",
    "ScoreRow",
    "SegmentRow",
    "SpeakerRow",
    "StepRow",
    "Stretch",
    "SurveyRow",
    "Unit",
    "WishRow",
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
    Who went past an *optional* step is not counted there.
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
    optional: bool = False


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
class KpiRow:
    """A key figure in a scorecard, as people read it, beside the period *before*.

    None: not observed, or there is no target.
    """

    kpi: str
    figure: str | None
    before: str | None
    target: int | None
    reached: int | None
    weight: int | None


@frozen(kw_only=True)
class ScoreRow:
    """One scorecard issued for a period that ended in this one.

    *member* is empty for the community. *reached* are key figures in percent of the
    target, *missing* those that were not observed; *rows* tell each of them.
    """

    policy: str
    period: str
    member: str
    score: int | None
    change: int | None
    whole: bool
    reached: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]
    rows: tuple[KpiRow, ...] = ()


@frozen(kw_only=True)
class LifeRow:
    """Where a *group* (empty: the community) stands in its life at the end.

    *before*: where it stood at the beginning.
    """

    policy: str
    group: str
    state: str
    before: str | None
    mode: str = "act"


@frozen(kw_only=True)
class LifeChange:
    """A *group* came from one state into another; *why* is None where by hand."""

    policy: str
    group: str
    at: datetime
    before: str
    after: str
    why: Explanation | None = field(default=None, repr=False)


@frozen(kw_only=True)
class SegmentRow:
    """How many members a segment has at the end, and *before*: at the beginning.

    An empty *segment* has those who were not looked at yet.
    """

    segments: str
    segment: str
    members: int
    before: int | None
    mode: str = "act"


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


@frozen(kw_only=True)
class ChannelRow:
    """Who first came by a *channel* in the period, and what came of them by now.

    An empty *channel* is unknown. *joins* are all entries, *people* those who came for
    the first time; *good* and *converted* are None where nothing says what counts as
    such. *costs* were spent in the period: minor units by currency. What ends in
    ``before`` is of the period before, None where it was not observed.
    """

    channel: str
    joins: int
    people: int
    good: int | None
    converted: int | None
    costs: tuple[tuple[str, int], ...]
    joins_before: int | None = None
    people_before: int | None = None
    good_before: int | None = None
    converted_before: int | None = None
    costs_before: tuple[tuple[str, int], ...] | None = None

    @property
    def quality(self) -> Fraction | None:
        """The share of good members."""
        return share(self.good, self.people)

    @property
    def conversion(self) -> Fraction | None:
        """The share of converted members."""
        return share(self.converted, self.people)

    @property
    def conversion_before(self) -> Fraction | None:
        """The share of converted members of the period before."""
        return share(self.converted_before, self.people_before)

    @property
    def cost_each(self) -> tuple[tuple[str, Fraction], ...]:
        """Minor units for each newcomer, by currency; empty without newcomers."""
        if not self.people:
            return ()
        return tuple((name, Fraction(n, self.people)) for name, n in self.costs)


@frozen(kw_only=True)
class SurveyRow:
    """A survey that was summed up in the period, or is *open* at its end.

    *figure* is None with too few answers, and while it is open; *before* is that of
    the last survey of this name. *invited* is None where nobody said. *ratings* are
    how often each was given.
    """

    survey: str
    scale: str
    open: bool
    until: datetime
    invited: int | None
    answered: int
    figure: int | None
    before: int | None
    ratings: tuple[tuple[int, int], ...] = ()

    @property
    def rate(self) -> Fraction | None:
        """The share of those invited who answered."""
        return share(self.answered, self.invited)


@frozen(kw_only=True)
class WishRow:
    """Wishes about a *topic*: made, and still without an answer at the end."""

    topic: str
    made: int
    before: int | None
    open: int


@frozen(kw_only=True)
class AnswerRow:
    """What was done about wishes; *references* name the changes that came of it."""

    outcome: str
    count: int
    before: int | None
    references: tuple[str, ...]
