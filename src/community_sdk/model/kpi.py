"""What is measured and how it is judged: key figures, life cycle, surveys (S21–S31)."""

from __future__ import annotations

from enum import Enum

from attrs import field, validators

from community_sdk._time import PeriodUnit
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model.community import Titles

__all__ = ["KPI", "Direction", "Lifecycle", "Missing", "SurveyScale"]


class Direction(Enum):
    """Whether more is better."""

    UP = "up"
    DOWN = "down"


class Missing(Enum):
    """What becomes of a figure that was not observed.

    *LEAVE_OUT*: the others share its weight. *ZERO*: it counts as nothing reached.
    *WITHHOLD*: there is no score at all.
    """

    LEAVE_OUT = "leave_out"
    ZERO = "zero"
    WITHHOLD = "withhold"


class Lifecycle(Enum):
    """Where a group is in its life."""

    LIVELY = "lively"
    FADING = "fading"
    SILENT = "silent"
    RESCUE = "rescue"
    MERGE = "merge"
    CLOSED = "closed"


class SurveyScale(Enum):
    """What a survey asks: to recommend, from 0 to 10; to be content, from 1 to 5."""

    NPS = "nps"
    CSAT = "csat"

    @property
    def least(self) -> int:
        """The lowest rating there is."""
        return 0 if self is SurveyScale.NPS else 1

    @property
    def most(self) -> int:
        """The highest rating there is."""
        return 10 if self is SurveyScale.NPS else 5


@frozen(kw_only=True)
class KPI:
    """A figure measured once per *period* against *target*.

    Attributes:
        key: Its name in a scorecard.
        measure: What is counted.
        of: What it is divided by: the figure is then the share, in percent.
        period: After which time it is measured.
        unit: What is counted, for people.
        direction: Whether more is better.
        target: The figure at which everything is reached; without one the figure is
            only shown.
        floor: The figure at which nothing is reached, in between it rises evenly;
            without one it is 0, and twice the target where less is better. A target of
            0 without a floor is reached, or it is not.
        cap: The most that counts, in percent of the target.
        weight: Its share in a scorecard.
        missing: What becomes of it where nothing was observed.
        title: The name that people read, by language.
    """

    key: str
    measure: str
    of: str = ""
    period: PeriodUnit = PeriodUnit.QUARTER
    unit: str = ""
    direction: Direction = Direction.UP
    target: int | None = None
    floor: int | None = None
    cap: int = field(default=100, validator=validators.ge(1))
    weight: int = field(default=1, validator=validators.ge(0))
    missing: Missing = Missing.LEAVE_OUT
    title: Titles = field(factory=dict[str, str], hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a floor without or no worse than the target, a share of itself."""
        if self.of and self.of == self.measure:
            raise DefinitionError(
                f"expected `{self.key}` to be divided by another measure, found"
                f" `{self.of}`",
                code="kpi.of",
                hint="the share of a figure in itself is always 100%",
                found=self.of,
                key=self.key,
            )
        if self.floor is not None and self.target is None:
            raise DefinitionError(
                f"expected a target of `{self.key}` beside its floor {self.floor}",
                code="kpi.no_target",
                hint="what was reached lies between both: give `target`, or no `floor`",
                found=str(self.floor),
                key=self.key,
            )
        if self.floor is None or self.worst is not None:
            return
        raise DefinitionError(
            f"expected a floor of `{self.key}` that is worse than the target"
            f" {self.target}, found `{self.floor}`",
            code="kpi.floor",
            hint="give the figure at which nothing is reached as `floor`",
            found=str(self.floor),
            key=self.key,
            target=str(self.target),
        )

    @property
    def worst(self) -> int | None:
        """The figure at which nothing is reached; None where only the target counts.

        So it is without a floor where the target is 0: it is reached, or it is not.
        """
        up, target = self.direction is Direction.UP, self.target or 0
        worst = self.floor
        if worst is None:
            worst = 0 if up else 2 * target
        return worst if (worst < target if up else worst > target) else None
