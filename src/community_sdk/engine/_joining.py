"""Two accounts are one person: records and what policies keep go together (S25)."""

from __future__ import annotations

from typing import Any

from community_sdk.engine._version import Version
from community_sdk.policies import Joins
from community_sdk.state import CommunityState, MemberState, absorb

__all__ = ["join"]


def join(
    version: Version, member: MemberState, alias: MemberState, community: CommunityState
) -> None:
    """Let *alias* be the same person as *member* in shared part and slices."""
    found: dict[str, Any] = {}
    for key, one in version.by_key.items():
        mine, other = member.slices.get(key), alias.slices.get(key)
        if isinstance(one.policy, Joins) and None not in (mine, other):
            found[key] = one.policy.join(mine, other, version.state)
    absorb(member, alias, community)
    member.slices.update(found)
