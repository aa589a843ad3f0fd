"""What members say of the community, what is counted elsewhere, and how groups live.

Words, numbers and references only (S21 S23 S31).
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._time import micros
from community_sdk._values import frozen
from community_sdk.errors import HistoryError
from community_sdk.events._fields import is_change, refuse_number
from community_sdk.events.activity import ContentRef
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import (
    NO_POLICY,
    EventId,
    Lifecycle,
    PolicyKey,
    SurveyScale,
)

__all__ = [
    "FigureReported",
    "LifecycleChanged",
    "LifecycleSet",
    "RatingGiven",
    "SurveyOpened",
    "WishAnswered",
    "WishMade",
]


@frozen(kw_only=True)
class SurveyOpened(Exogenous):
    """Members are asked to rate, up to but not at *until*; *invited* of them.

    Raises:
        HistoryError: *until* has no zone or is not after the beginning, or *invited*
            is below zero.
    """

    kind: ClassVar[str] = "survey_opened"

    survey: str
    until: datetime
    scale: SurveyScale = SurveyScale.NPS
    invited: int = 0

    def __attrs_post_init__(self) -> None:
        """Refuse a survey in which nobody could answer."""
        super().__attrs_post_init__()
        refuse_number(self.id, "invited", self.invited)
        if micros(self.until) <= micros(self.at):
            raise HistoryError(
                f"event `{self.id}`: expected `until` after the beginning, found"
                f" `{self.until.isoformat()}`",
                code="event.survey_until",
                id=self.id,
                found=self.until.isoformat(),
            )


@frozen(kw_only=True)
class RatingGiven(Exogenous):
    """The member rated in *survey*: from 0 to 10, or from 1 to 5 for satisfaction."""

    kind: ClassVar[str] = "rating_given"

    survey: str
    rating: int


@frozen(kw_only=True)
class WishMade(Exogenous):
    """The member wishes for something; *topic* is a word, *content* a digest."""

    kind: ClassVar[str] = "wish_made"

    topic: str = ""
    content: ContentRef | None = None


@frozen(kw_only=True)
class WishAnswered(Exogenous):
    """What was done about the wish of id *wish*: *outcome* is a word such as `done`.

    *reference* names the change that came of it, such as a rule or a plan.
    """

    kind: ClassVar[str] = "wish_answered"

    wish: EventId
    outcome: str
    reference: str = ""


@frozen(kw_only=True)
class FigureReported(Exogenous):
    """A figure that is counted elsewhere: *measure* stood at *figure* then.

    The latest of a period is that of the period.
    """

    kind: ClassVar[str] = "figure_reported"

    measure: str
    figure: int = field(validator=is_change)


@frozen(kw_only=True)
class LifecycleSet(Exogenous):
    """Somebody (*actor*) put the group, or the community, into *state* by hand."""

    kind: ClassVar[str] = "lifecycle_set"

    state: Lifecycle


@frozen(kw_only=True)
class LifecycleChanged(Derived):
    """The group, or the community, came from *before* into *state* (derived)."""

    kind: ClassVar[str] = "lifecycle_changed"

    before: Lifecycle
    state: Lifecycle
    policy: PolicyKey = NO_POLICY
