"""The answer to one event: decisions, the facts they make true, what was dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from community_sdk import events as ev
from community_sdk.decisions import Decision
from community_sdk.engine._partitions import Partitions
from community_sdk.events import Event
from community_sdk.explanation import Explanation
from community_sdk.proposal import involved

__all__ = ["MORE_PEOPLE", "Needs", "Step", "Suppressed", "people"]


@frozen
class Suppressed:
    """A decision that the conflict table dropped, and for which other one."""

    decision: Decision
    because: Explanation


@frozen(kw_only=True)
class Step:
    """What came of one event, or of time passing.

    Attributes:
        decisions: what should be done, in the order of the playbook; those of timers
            that were due come first, with their due instants.
        facts: what the decisions that need nobody's consent make true.
        suppressed: decisions dropped by the conflict table.
        touched: the partitions that changed; the community's is the empty name.
        duplicate: the event was known already and nothing happened.
        late: the event happened before the latest instant that was known.
    """

    decisions: tuple[Decision, ...] = ()
    facts: tuple[Event, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    touched: frozenset[str] = frozenset()
    duplicate: bool = False
    late: bool = False

    def __iter__(self) -> Iterator[Decision]:
        """Yield the decisions."""
        return iter(self.decisions)


@frozen(kw_only=True)
class Needs:
    """What a step touches.

    Attributes:
        members: the partitions of these members; the community's is always needed.
        due_until: members with a timer due by this instant (microseconds) are needed
            as well, because a timer of the community fires after theirs; or None.
    """

    members: frozenset[str]
    due_until: int | None = None


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
