"""What becomes of the rules: new versions, motions that end, reminders (S05 S11)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import EventId, MotionState, RuleChange, RuleCode

__all__ = ["AmendRulebook", "CloseMotion", "RepeatRules", "SummarizeCases"]


@frozen(kw_only=True)
class AmendRulebook(Decision):
    """Put version *version* of the rules into force from *effective* on.

    *changes* is how it differs from the version before; *motion* began it.
    """

    kind: ClassVar[str] = "amend_rulebook"

    version: int
    effective: datetime
    changes: tuple[RuleChange, ...]
    motion: EventId


@frozen(kw_only=True)
class CloseMotion(Decision):
    """End a petition or a vote that leads to no new version."""

    kind: ClassVar[str] = "close_motion"

    motion: EventId
    state: MotionState


@frozen(kw_only=True)
class RepeatRules(Decision):
    """Repeat *rules* of version *version* to the group, or to all groups."""

    kind: ClassVar[str] = "repeat_rules"

    version: int
    rules: tuple[RuleCode, ...]


@frozen(kw_only=True)
class SummarizeCases(Decision):
    """Teach with the cases of *period*: how many there were, and of whom nothing.

    *rules*, *severities* and *measures* are pairs of a word and how often it occurred.
    Breaches that were *overturned* since are not among them.
    """

    kind: ClassVar[str] = "summarize_cases"

    period: str
    since: datetime
    until: datetime
    cases: int
    overturned: int = 0
    rules: tuple[tuple[str, str | int | bool], ...] = ()
    severities: tuple[tuple[str, str | int | bool], ...] = ()
    measures: tuple[tuple[str, str | int | bool], ...] = ()
