"""The partition of the community: counters and open objects, no row per member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from community_sdk._time import instant
from community_sdk.metrics import WindowPlan
from community_sdk.model import Rulebook, RuleChange
from community_sdk.state.partition import Partition
from community_sdk.state.records import Waiver

__all__ = ["Amended", "CommunityState", "Waiting"]

Waiting = tuple[str, str, int]
"""Group (empty: the community), member, since when in microseconds."""

Amended = tuple[int, int, tuple[RuleChange, ...]]
"""From when a version of the rulebook holds, its number, what it changes."""


class CommunityState(Partition):
    """What is true of the community as a whole.

    Attributes:
        now: the greatest `recorded_at` or advance seen; never goes back.
        members: running memberships, bots not counted.
        groups: running memberships by group.
        waiting: the waiting list, oldest first.
        versions: playbook versions adopted: effective instant, version, digest.
        amendments: versions of the rulebook that the community itself decided on.
        waivers: exceptions from rules, in the order in which they were told.
    """

    __slots__ = (
        "_book",
        "amendments",
        "groups",
        "members",
        "now",
        "versions",
        "waiting",
        "waivers",
    )

    def __init__(self, plan: WindowPlan) -> None:
        """Begin before the first event."""
        super().__init__(plan)
        self.now = -(1 << 62)
        self.members = 0
        self.groups: dict[str, int] = {}
        self.waiting: tuple[Waiting, ...] = ()
        self.versions: tuple[tuple[int, str, str], ...] = ()
        self.amendments: tuple[Amended, ...] = ()
        self.waivers: tuple[Waiver, ...] = ()
        self._book: tuple[Rulebook, tuple[Amended, ...], Rulebook] | None = None

    def rulebook(self, base: Rulebook) -> Rulebook:
        """Return *base*, that of the playbook, with what was decided since.

        An amendment that *base* numbers as high already is part of it.
        """
        known = self._book
        if known is None or known[0] is not base or known[1] is not self.amendments:
            whole, done = base, 0
            if known is not None and known[0] is base and self._goes_on(known[1]):
                whole, done = known[2], len(known[1])
            for since, version, changes in self.amendments[done:]:
                if version > whole.newest:
                    whole = whole.amended(changes, instant(since), version)
            known = self._book = (base, self.amendments, whole)
        return known[2]

    def _goes_on(self, before: tuple[Amended, ...]) -> bool:
        """Tell whether the amendments begin with those that were there *before*."""
        return self.amendments[: len(before)] == before

    def plain(self) -> dict[str, object]:
        """Return the partition as builtins."""
        out: dict[str, object] = {"now": self.now, "members": self.members}
        if self.groups:
            out["groups"] = dict(sorted(self.groups.items()))
        if self.waiting:
            out["waiting"] = [list(w) for w in self.waiting]
        if self.versions:
            out["versions"] = [list(v) for v in self.versions]
        if self.amendments:
            out["amendments"] = [
                [since, version, [c.plain() for c in changes]]
                for since, version, changes in self.amendments
            ]
        if self.waivers:
            out["waivers"] = [waiver.plain() for waiver in self.waivers]
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
        amendments = cast("list[tuple[int, int, Any]]", plain.get("amendments", ()))
        self.amendments = tuple(
            (since, version, tuple(map(RuleChange.restore, changes)))
            for since, version, changes in amendments
        )
        waivers = cast("list[list[object]]", plain.get("waivers", ()))
        self.waivers = tuple(map(Waiver.restore, waivers))
        self.restore_shared(plan, plain)
        return self
