"""Members ask, staff answer; what becomes known of staff (S07 S10 S16)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import MemberId, Tie

__all__ = [
    "AnswerGiven",
    "QuestionAnswered",
    "QuestionAsked",
    "SkillNoted",
    "SupporterKnown",
]


@frozen(kw_only=True)
class QuestionAsked(Exogenous):
    """The member asked something that wants an answer; *topic* is a word, no text."""

    kind: ClassVar[str] = "question_asked"

    topic: str = ""


@frozen(kw_only=True)
class QuestionAnswered(Exogenous):
    """The actor answered the member, in whatever way; *way* is a word such as `phone`.

    It answers what is open in the event's group, without one all that is open.
    """

    kind: ClassVar[str] = "question_answered"

    way: str = ""


@frozen(kw_only=True)
class AnswerGiven(Derived):
    """The member, one of the staff, answered *asker* (derived).

    *waited* is the time since the question of *asked*, *worked* how much of it the
    responsible role was at work, both in microseconds. *late*: after *due*.
    """

    kind: ClassVar[str] = "answer_given"

    asker: MemberId
    asked: datetime
    due: datetime | None = None
    late: bool = False
    waited: int = 0
    worked: int = 0


@frozen(kw_only=True)
class SkillNoted(Exogenous):
    """The member can do *skill*, such as `writing`; or cannot, or no longer."""

    kind: ClassVar[str] = "skill_noted"

    skill: str
    able: bool = True


@frozen(kw_only=True)
class SupporterKnown(Exogenous):
    """The account is run by staff, or its holder is paid for taking part.

    *tie* ``none``: it is so no longer, or never was.
    """

    kind: ClassVar[str] = "supporter_known"

    tie: Tie
