"""What people do to a member's record by hand, and what they take over (S06)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._time import Duration, micros
from community_sdk._values import frozen
from community_sdk.errors import HistoryError
from community_sdk.events._fields import refuse_number
from community_sdk.events.envelope import Exogenous
from community_sdk.model import WEIGHT_LIMIT, MemberId, Notice, RuleCode

__all__ = ["ActsRolledBack", "RecordCleared", "SanctionOrdered", "StrikesImported"]

_MOST = 1_000


@frozen(kw_only=True)
class SanctionOrdered(Exogenous):
    """A person imposes *measure* on the member by hand; the actor is who.

    It lasts for *duration*, or until *until* (excluded); without both it has no end, or
    needs none. *points* count on ladders of points, under no rule. *case*: where it was
    decided.

    Raises:
        HistoryError: a duration and an end, an end not after `at`, or points below
            zero or above a million.
    """

    kind: ClassVar[str] = "sanction_ordered"

    measure: str
    duration: Duration | None = None
    until: datetime | None = None
    level: int = 0
    notice: Notice = Notice.PRIVATE
    points: int = 0
    case: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse two ends, an end before the beginning, points below zero."""
        super().__attrs_post_init__()
        refuse_number(self.id, "points", self.points, most=WEIGHT_LIMIT)
        refuse_number(self.id, "level", self.level)
        if self.until is None:
            return
        if self.duration is not None or micros(self.until) <= micros(self.at):
            raise HistoryError(
                f"event `{self.id}`: expected one end after the beginning",
                code="event.sanction_end",
                hint="give `duration` or `until`, not both; `until` lies after `at`",
                id=self.id,
            )


@frozen(kw_only=True)
class RecordCleared(Exogenous):
    """The record is forgiven: strikes and sanctions of before `at` no longer count.

    What is in force stays in force, and counts until it is over.
    """

    kind: ClassVar[str] = "record_cleared"


@frozen(kw_only=True)
class StrikesImported(Exogenous):
    """An opening fact: *count* breaches of *rule* were on record at `at`.

    *weight* None: what the rulebook says of each.

    Raises:
        HistoryError: a count below 1 or over 1,000, or a weight below zero or
            above a million.
    """

    kind: ClassVar[str] = "strikes_imported"

    rule: RuleCode
    count: int = 1
    weight: int | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse numbers that no record can hold."""
        super().__attrs_post_init__()
        refuse_number(self.id, "weight", self.weight or 0, most=WEIGHT_LIMIT)
        if not 0 < self.count <= _MOST:
            raise HistoryError(
                f"event `{self.id}`: expected a `count` from 1 to {_MOST}, found"
                f" `{self.count}`",
                code="event.strikes_count",
                id=self.id,
                found=str(self.count),
                most=str(_MOST),
            )


@frozen(kw_only=True)
class ActsRolledBack(Exogenous):
    """Everything that *issuer* did about the member in [*since*, *until*) is revoked.

    Strikes are overturned with what they led to, and so are sanctions by hand. One
    event per member: `community_sdk.policies.rolled_back` makes them.

    Raises:
        HistoryError: *until* is not after *since*.
    """

    kind: ClassVar[str] = "acts_rolled_back"

    issuer: MemberId
    since: datetime
    until: datetime

    def __attrs_post_init__(self) -> None:
        """Refuse an empty time."""
        super().__attrs_post_init__()
        if micros(self.until) <= micros(self.since):
            raise HistoryError(
                f"event `{self.id}`: expected `until` after `since`",
                code="event.empty_time",
                hint="the time is `[since, until)`",
                id=self.id,
            )
