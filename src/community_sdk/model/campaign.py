"""Activities with a date, a target and a budget (S15)."""

from __future__ import annotations

from datetime import datetime

from attrs import field, validators

from community_sdk._time import micros
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model.community import Titles
from community_sdk.model.ids import GroupId
from community_sdk.model.money import Money

__all__ = ["Campaign"]


@frozen(kw_only=True)
class Campaign:
    """An activity in ``[since, until)`` for at most *places* participants."""

    key: str
    since: datetime
    until: datetime
    title: Titles = field(factory=dict[str, str], hash=False)
    groups: tuple[GroupId, ...] = ()
    online: bool = True
    places: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    budget: Money | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an end that is not after the beginning, and a budget below zero."""
        if micros(self.until) <= micros(self.since):
            raise DefinitionError(
                f"expected `until` after `since`, found `{self.until.isoformat()}`",
                code="campaign.until",
                found=self.until.isoformat(),
            )
        if isinstance(self.budget, Money) and self.budget.amount < 0:
            raise DefinitionError(
                f"expected a budget of `{self.key}` of at least 0, found"
                f" `{self.budget}`",
                code="campaign.budget",
                found=str(self.budget),
                key=self.key,
            )
