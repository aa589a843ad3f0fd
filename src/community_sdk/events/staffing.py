"""What becomes known of the people who run a community (S10 S16)."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from community_sdk.events.envelope import Event
from community_sdk.model import Tie

__all__ = ["SkillNoted", "SupporterKnown"]


@frozen(kw_only=True)
class SkillNoted(Event):
    """The member can do *skill*, such as `writing`; or cannot, or no longer."""

    kind: ClassVar[str] = "skill_noted"

    skill: str
    able: bool = True


@frozen(kw_only=True)
class SupporterKnown(Event):
    """The account is run by staff, or its holder is paid for taking part.

    *tie* ``none``: it is so no longer, or never was.
    """

    kind: ClassVar[str] = "supporter_known"

    tie: Tie
