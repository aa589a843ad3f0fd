"""The partitions that are in memory, and a branch of them that may be thrown away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from community_sdk.engine._wheel import Wheel
from community_sdk.metrics import WindowPlan
from community_sdk.ports import Plain
from community_sdk.state import NEVER, CommunityState, MemberState

__all__ = ["Partitions"]


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
