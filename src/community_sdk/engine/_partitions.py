"""The partitions in memory, a branch to throw away, and which ones a step touches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from community_sdk import events as ev
from community_sdk._values import frozen
from community_sdk.engine._version import Version
from community_sdk.engine._wheel import Wheel
from community_sdk.metrics import WindowPlan
from community_sdk.policies import Reaches
from community_sdk.ports import Plain
from community_sdk.proposal import involved
from community_sdk.state import NEVER, CommunityState, MemberState

__all__ = ["MORE_PEOPLE", "NAMED", "Needs", "Partitions", "people"]


class Partitions:
    """Members' partitions by name, the community's, and the queue of timers.

    *merged*: whether any account was found to be another member's.
    """

    __slots__ = ("_source", "community", "members", "merged", "plan", "wheel")

    def __init__(self, plan: WindowPlan, source: Partitions | None = None) -> None:
        """Begin with nobody, or as a branch of *source*."""
        self.plan = plan
        self.community = CommunityState(plan)
        self.members: dict[str, MemberState] = {}
        self.wheel = Wheel()
        self.merged: bool = source is not None and source.merged
        self._source = source

    def member(self, name: str) -> MemberState:
        """Return the partition of *name*, new at first sight; merged ones lead on.

        The empty name is nobody: a partition that is not kept.
        """
        member = self.members.get(name)
        if member is None:
            source = self._source
            known = None if source is None else source.members.get(name)
            if known is None:
                member = MemberState(name, self.plan)
            else:
                member = MemberState.restore(self.plan, known.plain())
            if name:
                self.members[name] = member
        return member if member.merged is None else self.member(member.merged)

    def find(self, name: str) -> MemberState | None:
        """Return the partition of *name* if there is one."""
        source = self._source
        known = name in self.members or (source is not None and name in source.members)
        return self.member(name) if known else None

    def branch(self) -> Partitions:
        """Return a copy of the community's partition that copies members on demand."""
        other = Partitions(self.plan, self)
        plain = self.community.plain()
        other.community = CommunityState.restore(self.plan, plain)
        if self.community.next_due < NEVER:
            other.wheel = self.wheel.copy()
        return other

    def load(self, plain: Plain) -> None:
        """Take over one member's partition."""
        member = MemberState.restore(self.plan, plain)
        self.members[str(member.id)] = member
        self.merged = self.merged or member.merged is not None
        self.wheel.put(member)

    def dump(self, name: str) -> tuple[dict[str, object], int | None]:
        """Return a partition and its next due instant; the community's is ``""``."""
        partition: Any = self.members[name] if name else self.community
        due = partition.next_due
        return partition.plain(), None if due == NEVER else due

    def fit(self) -> None:
        """Make room for what the plan has gained."""
        for partition in (self.community, *self.members.values()):
            partition.rolling.fit()

    def schedule(self, names: Iterable[str]) -> None:
        """Queue the members called *names* for their next timers."""
        for name in names:
            member = self.members.get(name)
            if member is None:
                continue
            if member.next_due != member.queued:
                self.wheel.put(member)
            if member.merged is not None:
                self.merged = True


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


NAMED: Final = ("invited_by", "staff")
"""The fields that name somebody beside the member and the actor, by any account."""

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


def people(event: ev.Event, partitions: Partitions, version: Version) -> list[str]:
    """Name everybody whose partition a step about *event* reads or writes."""
    named = (event.member, event.actor, *(getattr(event, n, None) for n in NAMED))
    names = [str(name) for name in named if name]
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
    for one in version.audiences[event.name].reaching:
        mine = partitions.community.slices.get(one.key)
        names += cast("Reaches", one.policy).reaches(event, mine)
    return names
