"""What is done about the health of a community: warm up, change, score (S16–S31)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import Lifecycle, RoleName, SurveyScale

__all__ = ["ChangeLifecycle", "IssueScorecard", "SumUpSurvey", "SumUpWishes", "WarmUp"]

Pairs = tuple[tuple[str, str | int | bool], ...]


@frozen(kw_only=True)
class WarmUp(Decision):
    """Somebody of *duty* begins a talk: nobody wrote for *days* days, from *since* on.

    In *group*, or in the whole community where there is none.
    """

    kind: ClassVar[str] = "warm_up"

    duty: RoleName
    days: int
    since: datetime


@frozen(kw_only=True)
class ChangeLifecycle(Decision):
    """Take the group, or the community, from *before* to *after*; *duty* acts on it."""

    kind: ClassVar[str] = "change_lifecycle"

    before: Lifecycle
    after: Lifecycle
    duty: RoleName


@frozen(kw_only=True)
class IssueScorecard(Decision):
    """Tell the score of a period: of the member, or of the community.

    *score* is in percent, halves rounded away from zero; None where nothing was
    observed, or where a figure that must not miss does. *change* is against the score
    of the period before. *reached* are the key figures with what was reached of each,
    in percent; *missing* those that were not observed. *whole*: the period was
    observed from its beginning.
    """

    kind: ClassVar[str] = "issue_scorecard"

    period: str
    since: datetime
    until: datetime
    score: int | None = None
    change: int | None = None
    reached: Pairs = ()
    missing: tuple[str, ...] = ()
    whole: bool = True


@frozen(kw_only=True)
class SumUpSurvey(Decision):
    """Tell what came of *survey*: ratings by number, the figure, who answered.

    *figure* is the net promoter score, from -100 to 100, or the share of content
    members in percent, halves rounded away from zero; None below the least number of
    answers.
    """

    kind: ClassVar[str] = "sum_up_survey"

    survey: str
    scale: SurveyScale
    invited: int
    answered: int
    figure: int | None = None
    ratings: Pairs = ()


@frozen(kw_only=True)
class SumUpWishes(Decision):
    """Tell what was done about the wishes of *period*.

    *made* counts by topic, *answered* by outcome; *open* are those without an answer.
    """

    kind: ClassVar[str] = "sum_up_wishes"

    period: str
    since: datetime
    until: datetime
    made: Pairs = ()
    answered: Pairs = ()
    open: int = 0
