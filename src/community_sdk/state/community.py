"""The partition of the community: counters and open objects, no row per member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from community_sdk.metrics import WindowPlan
from community_sdk.state.partition import Partition

__all__ = ["CommunityState", "Waiting"]

Waiting = tuple[str, str, int]
"""Group (empty: the community), member, since when in microseconds."""


class CommunityState(Partition):
    """What is true of the community as a whole.

    Attributes:
        now: the greatest `recorded_at` or advance seen; never goes back.
        members: running memberships, bots not counted.
        groups: running memberships by group.
        waiting: the waiting list, oldest first.
        versions: playbook versions adopted: effective instant, version, digest.
    """

    __slots__ = ("groups", "members", "now", "versions", "waiting")

    def __init__(self, plan: WindowPlan) -> None:
        """Begin before the first event."""
        super().__init__(plan)
        self.now = -(1 << 62)
        self.members = 0
        self.groups: dict[str, int] = {}
        self.waiting: tuple[Waiting, ...] = ()
        self.versions: tuple[tuple[int, str, str], ...] = ()

    def plain(self) -> dict[str, object]:
        """Return the partition as builtins."""
        out: dict[str, object] = {"now": self.now, "members": self.members}
        if self.groups:
            out["groups"] = dict(sorted(self.groups.items()))
        if self.waiting:
            out["waiting"] = [list(w) for w in self.waiting]
        if self.versions:
            out["versions"] = [list(v) for v in self.versions]
        return out | self.plain_shared()

    @classmethod
    def restore(cls, plan: WindowPlan, plain: Mapping[str, object]) -> CommunityState:
        """Rebuild from what `plain` returned."""
        self = cls(plan)
        self.now = cast("int", plain["now"])
        self.members = cast("int", plain["members"])
        self.groups = dict(cast("dict[str, int]", plain.get("groups", {})))
        waiting = cast("list[Waiting]", plain.get("waiting", ()))
        self.waiting = tuple((g, m, us) for g, m, us in waiting)
        versions = cast("list[tuple[int, str, str]]", plain.get("versions", ()))
        self.versions = tuple((us, version, digest) for us, version, digest in versions)
        self.restore_shared(plan, plain)
        return self
