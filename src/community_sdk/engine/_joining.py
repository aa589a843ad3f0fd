"""Two accounts are one person: records and what policies keep go together (S25)."""

from __future__ import annotations

from typing import Any

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.engine._version import Version
from community_sdk.policies import Joins
from community_sdk.state import CommunityState, MemberState, absorb, relink

__all__ = ["link"]

Pair = tuple[MemberState, MemberState]


def link(
    version: Version, event: ev.IdentityLinked, people: Pair, community: CommunityState
) -> set[str]:
    """Let the second of *people* be the first; name whom it empties.

    Which account did what still matters for what happened before the link.
    """
    member, alias = people
    context = version.context
    accounts = ("" if context.alias == member.id else context.alias, context.account)
    moment = (micros(event.at), event.seq)
    if alias is member:
        relink(member, moment, accounts, community)
        return set()
    slices = _joined(version, member, alias)
    absorb(member, alias, community, moment, accounts)
    member.slices.update(slices)
    return {str(alias.id)}


def _joined(
    version: Version, member: MemberState, alias: MemberState
) -> dict[str, Any]:
    """Return what policies that know how make of what they keep of both."""
    found: dict[str, Any] = {}
    for key, one in version.by_key.items():
        mine, other = member.slices.get(key), alias.slices.get(key)
        if isinstance(one.policy, Joins) and None not in (mine, other):
            found[key] = one.policy.join(mine, other, version.state)
    return found
