"""Whose partitions a step about an event reads or writes."""

from __future__ import annotations

from typing import Final

from community_sdk import events as ev
from community_sdk.state import CommunityState

__all__ = ["MORE_PEOPLE", "people"]

MORE_PEOPLE: Final = frozenset(
    {"identity_linked", "left", "member_removed", "standings_counted"}
)
"""The kinds of events that are about more people than their member and actor."""


def people(event: ev.Event, community: CommunityState) -> list[str]:
    """Name everybody whose partition a step about *event* reads or writes."""
    names = [str(n) for n in (event.member, event.actor) if n is not None]
    if isinstance(event, ev.IdentityLinked):
        names.append(str(event.alias))
    elif isinstance(event, ev.StandingsCounted):
        names += [str(row.member) for row in event.standings]
    elif isinstance(event, (ev.Left, ev.MemberRemoved)):
        waiting = community.waiting
        names += [who for group, who, _ in waiting if event.group in (None, group)]
    return names
