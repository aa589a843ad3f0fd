"""Tags given and ended, members put into segments (S09)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision

__all__ = ["AssignSegment", "EndTag", "GiveTag"]


@frozen(kw_only=True)
class GiveTag(Decision):
    """Give the member *tag* by *rule*; *until*: when it is over, excluded."""

    kind: ClassVar[str] = "give_tag"

    tag: str
    rule: str = ""
    until: datetime | None = None


@frozen(kw_only=True)
class EndTag(Decision):
    """Take *tag* off the member."""

    kind: ClassVar[str] = "end_tag"

    tag: str


@frozen(kw_only=True)
class AssignSegment(Decision):
    """Count the member to *after* among the *segments*, no longer to *before*.

    *spares*: what the member is spared there (`greet`, actions of recommendations).
    """

    kind: ClassVar[str] = "assign_segment"

    segments: str
    before: str = ""
    after: str
    spares: tuple[str, ...] = ()
