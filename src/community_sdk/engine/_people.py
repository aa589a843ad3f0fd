"""Whose partitions a step about an event reads or writes."""

from __future__ import annotations

from typing import Final

from community_sdk import events as ev
from community_sdk.engine._partitions import Partitions
from community_sdk.proposal import involved

__all__ = ["MORE_PEOPLE", "people"]

MORE_PEOPLE: Final = frozenset(
    {
        "identity_linked",
        "left",
        "member_removed",
        "proposal_approved",
        "proposal_refused",
        "standings_counted",
    }
)
"""The kinds of events that are about more people than their member and actor."""


def people(event: ev.Event, partitions: Partitions) -> list[str]:
    """Name everybody whose partition a step about *event* reads or writes."""
    names = [str(n) for n in (event.member, event.actor) if n is not None]
    if isinstance(event, ev.IdentityLinked):
        names.append(str(event.alias))
    elif isinstance(event, ev.StandingsCounted):
        names += [str(row.member) for row in event.standings]
    elif isinstance(event, (ev.Left, ev.MemberRemoved)):
        waiting = partitions.community.waiting
        names += [who for group, who, _ in waiting if event.group in (None, group)]
    elif isinstance(event, (ev.ProposalApproved, ev.ProposalRefused)):
        about = partitions.members.get(event.member or "")
        while about is not None and about.merged is not None:
            about = partitions.members.get(about.merged)
        names += () if about is None else involved(event, about)
    return names
