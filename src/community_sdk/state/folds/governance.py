"""How amendments and waivers change the community's partition (S05 S11).

Laws: an amendment says nothing of the time before it holds; what a playbook's own
rulebook numbers as high already is part of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import DAY, micros
from community_sdk.state.community import Amended, CommunityState
from community_sdk.state.context import Fold, FoldContext
from community_sdk.state.member import MemberState
from community_sdk.state.records import Waiver

__all__ = ["FOLDS", "fold_community"]

_REMEMBERED: Final = 400 * DAY
"""How long a waiver that is over is kept, for breaches that are told late."""


def fold_community(event: ev.Event, context: FoldContext) -> None:
    """Fold an *event* that is about nobody into the community's partition."""
    fold = _COMMUNITY.get(event.kind)
    if fold is not None:
        fold(event, context.community, context.now)


def _amended(event: ev.RulebookAmended, community: CommunityState, _: int) -> None:
    entry: Amended = (micros(event.effective), event.version, event.changes)
    community.amendments = (*community.amendments, entry)


def _waived(event: ev.RuleWaived, community: CommunityState, now: int) -> None:
    until = None if event.until is None else micros(event.until)
    waiver = Waiver(
        id=event.id,
        rule=event.rule,
        member=event.member or "",
        group=event.group or "",
        since=micros(event.since or event.at),
        until=until,
        by=event.actor or "",
        reason=event.reason or "",
    )
    kept = (w for w in community.waivers if not w.over(now - _REMEMBERED))
    community.waivers = (*kept, waiver)


def _ended(event: ev.WaiverEnded, community: CommunityState, _: int) -> None:
    at = micros(event.at)
    community.waivers = tuple(
        evolve(w, until=max(at, w.since))
        if w.id == event.waiver and not w.over(at)
        else w
        for w in community.waivers
    )


def _of_community(fold: Callable[[Any, CommunityState, int], None]) -> Fold:
    def folded(event: Any, _: MemberState, context: FoldContext) -> None:
        fold(event, context.community, context.now)

    return folded


_COMMUNITY: Final[dict[str, Callable[[Any, CommunityState, int], None]]] = {
    "rulebook_amended": _amended,
    "rule_waived": _waived,
    "waiver_ended": _ended,
}

FOLDS: Final[dict[str, Fold]] = {
    kind: _of_community(fold) for kind, fold in _COMMUNITY.items()
}
"""The same, of events that are about a member."""
