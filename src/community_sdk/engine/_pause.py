"""Who is left alone is not greeted, and not approached by recommendation (S07 S25)."""

from __future__ import annotations

from collections.abc import Callable

from community_sdk._time import instant
from community_sdk.decisions import Decision, Greet, Mode, Recommend
from community_sdk.engine._step import Suppressed
from community_sdk.events import Event
from community_sdk.explanation import because
from community_sdk.state import MemberState

__all__ = ["undisturbed"]

Caused = tuple[Decision, Event]


def undisturbed(
    decisions: list[Caused],
    member: Callable[[str], MemberState],
    now: int,
    dropped: list[Suppressed],
) -> list[Caused]:
    """Return *decisions* without those that disturb a pause; those go to *dropped*.

    The end of a pause is excluded. Only who takes part in the event is looked up. What
    is only kept (shadow) disturbs nobody.
    """
    if not any(isinstance(d, (Greet, Recommend)) for d, _ in decisions):
        return decisions
    kept: list[Caused] = []
    for decision, event in decisions:
        who, until = decision.member, None
        if who is not None and who in (event.member, event.actor):
            until = _paused(decision, member(who), now)
        if until is None:
            kept.append((decision, event))
        else:
            why = because("conflict.left_alone", until=instant(until))
            dropped.append(Suppressed(decision, why))
    return kept


def _paused(decision: Decision, member: MemberState, now: int) -> int | None:
    """Return the end of the pause that *decision* would disturb."""
    passage = member.passage
    running = passage.paused is not None and now < passage.paused
    if not running or decision.mode is Mode.SHADOW:
        return None
    held = isinstance(decision, Recommend) and decision.action in passage.hushed
    return passage.paused if held or isinstance(decision, Greet) else None
