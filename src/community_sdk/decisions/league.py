"""Closing a period of a league: figures asked for, the close itself (S08)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import Movement

__all__ = ["ClosePeriod", "RequestStandings"]


@frozen(kw_only=True)
class RequestStandings(Decision):
    """Count everybody's figures in ``[since, until)`` and answer *policy* with them.

    The shell answers with `StandingsCounted`, from a scan of the partitions or of a
    table. *figures* are the metrics by name, as text. *again*: the period is closed
    already, what differs is to be reported.
    """

    kind: ClassVar[str] = "request_standings"

    period: str
    since: datetime
    until: datetime
    figures: Mapping[str, str | int | bool] = field(
        factory=dict[str, "str | int | bool"], hash=False
    )
    again: bool = False


@frozen(kw_only=True)
class ClosePeriod(Decision):
    """Close *period* for good: who moves, out of how many; *digest* of the ranking.

    *skipped* says why nobody moved, empty where the rules were applied.
    """

    kind: ClassVar[str] = "close_period"

    period: str
    since: datetime
    until: datetime
    members: int
    digest: str
    movements: tuple[Movement, ...] = ()
    skipped: str = ""
