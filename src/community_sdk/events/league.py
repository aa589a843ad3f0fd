"""Everybody's figures in a period that is over, counted on request (S08)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from community_sdk.errors import HistoryError
from community_sdk.events.envelope import Event
from community_sdk.model import PolicyKey, Standing

__all__ = ["StandingsCounted"]


@frozen(kw_only=True)
class StandingsCounted(Event):
    """Where everybody stood in *period*, counted in ``[since, until)``.

    It answers the request of *policy* (`RequestStandings`): figures are those of the
    period, however late they were counted; tiers and locks are those of the moment of
    counting. *apply*: where the period is closed already, what differs is carried out
    as new moves; otherwise it is only reported.

    Raises:
        HistoryError: somebody is in it twice.
    """

    kind: ClassVar[str] = "standings_counted"

    policy: PolicyKey
    period: str
    since: datetime
    until: datetime
    standings: tuple[Standing, ...] = ()
    apply: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse members who are named twice, and periods that end as they begin."""
        Event.__attrs_post_init__(self)
        if len({str(one.member) for one in self.standings}) < len(self.standings):
            raise HistoryError(
                f"event `{self.id}`: expected each member once, found one twice",
                code="event.standings",
                hint="count every member once, in `[since, until)`",
                id=self.id,
            )
