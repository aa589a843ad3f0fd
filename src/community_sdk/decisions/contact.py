"""Who was answered, by whom, in time or not (S07 S10)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import MemberId

__all__ = ["RecordAnswer"]


@frozen(kw_only=True)
class RecordAnswer(Decision):
    """Note that the member, one of the staff, answered *asker*.

    *waited* and *worked* are microseconds since *asked*: all of them, and those in
    which the responsible role was at work.
    """

    kind: ClassVar[str] = "record_answer"

    asker: MemberId
    asked: datetime
    due: datetime | None = None
    late: bool = False
    waited: int = 0
    worked: int = 0
