"""What the close and the words of a league read of its policy (S08)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from community_sdk._time import Duration, PeriodUnit
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, Standing
from community_sdk.policies.league._rules import LeagueRules
from community_sdk.state import State

__all__ = ["League"]


class League(Protocol):
    """The settings of a league, and how it counts a member."""

    @property
    def key(self) -> PolicyKey:
        """The key of the policy."""
        ...

    @property
    def tiers(self) -> str:
        """The tier group that members move in."""
        ...

    @property
    def rules(self) -> LeagueRules:
        """Who moves."""
        ...

    @property
    def figures(self) -> Mapping[str, Metric]:
        """What is counted."""
        ...

    @property
    def period(self) -> PeriodUnit:
        """How long a period is."""
        ...

    @property
    def started(self) -> datetime | None:
        """When the community began, None where the first event says it."""
        ...

    @property
    def starts_after(self) -> Duration | None:
        """How old the community must be."""
        ...

    @property
    def remember(self) -> int:
        """How many closes can be counted again."""
        ...

    def stand(self, state: State, span: tuple[int, int], /) -> Standing | None:
        """Return where the member stands in a span."""
        ...
