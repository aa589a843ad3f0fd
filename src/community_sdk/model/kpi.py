"""Key figures with a period, a direction and a target (S21)."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen, validators

from community_sdk._time import PeriodUnit
from community_sdk.model.community import Titles

__all__ = ["KPI", "Direction"]


class Direction(Enum):
    """Whether more is better."""

    UP = "up"
    DOWN = "down"


@frozen(kw_only=True)
class KPI:
    """A figure measured once per *period* against *target*.

    *measure* names what is counted; *weight* is its share in a scorecard.
    """

    key: str
    measure: str
    period: PeriodUnit = PeriodUnit.QUARTER
    unit: str = ""
    direction: Direction = Direction.UP
    target: int | None = None
    weight: int = field(default=1, validator=validators.ge(0))
    title: Titles = field(factory=dict[str, str], hash=False)
