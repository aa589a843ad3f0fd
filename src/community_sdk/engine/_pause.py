"""Who is left alone, or spared as a segment, is not approached (S07 S09 S25)."""

from __future__ import annotations

from collections.abc import Callable

from community_sdk._time import instant
from community_sdk.decisions import Decision, Greet, Mode, Recommend
from community_sdk.engine._step import Suppressed
from community_sdk.events import Event
from community_sdk.explanation import Explanation, because
from community_sdk.state import MemberState

__all__ = ["undisturbed"]

Caused = tuple[Decision, Event]


def undisturbed(
    decisions: list[Caused],
    member: Callable[[str], MemberState],
    now: int,
    dropped: list[Suppressed],
) -> list[Caused]:
    """Return *decisions* without those that disturb somebody; those go to *dropped*.

    The end of a pause is excluded. Only who takes part in the event is looked up. What
    is only kept (shadow) disturbs nobody.
    """
    if not any(isinstance(d, (Greet, Recommend)) for d, _ in decisions):
        return decisions
    kept: list[Caused] = []
    for decision, event in decisions:
        who, why = decision.member, None
        if who is not None and who in (event.member, event.actor):
            why = _held_back(decision, member(who), now)
        if why is None:
            kept.append((decision, event))
        else:
            dropped.append(Suppressed(decision, why))
    return kept


def _held_back(decision: Decision, member: MemberState, now: int) -> Explanation | None:
    """Return why *decision* would disturb the member, None where it does not."""
    if decision.mode is Mode.SHADOW:
        return None
    until = _paused(decision, member, now)
    if until is not None:
        return because("conflict.left_alone", until=instant(until))
    action = decision.action if isinstance(decision, Recommend) else decision.kind
    if isinstance(decision, (Greet, Recommend)):
        for record in member.segments.values():
            if action in record.spares:
                return because("conflict.spared", segment=record.segment)
    return None


def _paused(decision: Decision, member: MemberState, now: int) -> int | None:
    """Return the end of the pause that *decision* would disturb."""
    passage = member.passage
    if passage.paused is None or now >= passage.paused:
        return None
    held = isinstance(decision, Recommend) and decision.action in passage.hushed
    return passage.paused if held or isinstance(decision, Greet) else None
