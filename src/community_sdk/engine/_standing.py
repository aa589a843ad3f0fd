"""Where a member stands, told by the record and by each policy that can tell (S29)."""

from __future__ import annotations

from community_sdk._time import instant
from community_sdk.engine._version import Version
from community_sdk.explanation import Explanation, because
from community_sdk.model import MemberStatus
from community_sdk.policies import Describes
from community_sdk.state import State

__all__ = ["standing"]

_GONE = (MemberStatus.LEFT, MemberStatus.REMOVED)


def standing(state: State, version: Version) -> Explanation:
    """Explain the membership of the state's member, one part per policy.

    What holds by nobody's rules (imposed by hand, taken over) is told as well.
    """
    member = state.member
    telling = {
        key
        for key, asked in version.by_key.items()
        if isinstance(asked.policy, Describes)
    }
    parts = [
        because(
            "penalty.in_force",
            measure=sanction.measure,
            until=None if sanction.until is None else instant(sanction.until),
        )
        for sanction in member.in_force(state.now_us)
        if sanction.policy not in telling
    ]
    for asked in version.by_key.values():
        if isinstance(asked.policy, Describes):
            home = member if asked.of_member else state.community
            state.mine = home.slices.get(asked.key)
            parts.append(asked.policy.standing(state))
    since = member.left if member.status in _GONE else member.since
    return because(
        "member.standing",
        *parts,
        member=member.id,
        status=member.status,
        since=None if since is None else instant(since),
        groups=sorted(member.groups),
        roles=member.as_member(state.now_us).roles,
    )
