"""Two accounts are one person: records and what policies keep go together (S25)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import instant, micros
from community_sdk.decisions import ChangeTier
from community_sdk.engine._version import Version
from community_sdk.explanation import Explanation, because
from community_sdk.model import MemberId, PolicyKey, TierCause, TierGroup, TierKey
from community_sdk.policies._policy import Joins, Places
from community_sdk.state import (
    CommunityState,
    Holding,
    MemberState,
    absorb,
    overrides,
    relink,
)

__all__ = ["link"]

Pair = tuple[MemberState, MemberState]


def link(
    version: Version, event: ev.IdentityLinked, people: Pair, community: CommunityState
) -> tuple[set[str], list[ChangeTier]]:
    """Let the second of *people* be the first: name whom it empties, and what moves.

    Which account did what still matters for what happened before the link.
    """
    member, alias = people
    context = version.context
    accounts = ("" if context.alias == member.id else context.alias, context.account)
    moment = (micros(event.at), event.seq)
    if alias is member:
        relink(member, moment, accounts, community)
        return set(), []
    slices = _joined(version, member, alias)
    groups = version.state.ladders.values()
    moves = [move for group in groups for move in _moved(version, people, group)]
    absorb(member, alias, community, moment, accounts)
    member.slices.update(slices)
    return {str(alias.id)}, moves


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


def _moved(version: Version, people: Pair, group: TierGroup) -> Iterator[ChangeTier]:
    """Let the person have the higher tier of both in *group*; yield it where it moves.

    A lock or boost that is in force holds for the person: the tier of its account.
    Nobody loses what the own account had, whatever decides now.
    """
    policy, first = _begins(version, group)
    member, alias = people
    mine, other = (_held(one, group.key, first) for one in people)
    alias.tiers.pop(group.key, None)
    if other is None:
        return
    fixed = overrides.decisive(
        record
        for one in (alias, member)
        for record in overrides.in_force(one, group.key, version.state.now_us)
    )
    held = _kept(group, mine, other)
    if fixed is not None and mine is not None:
        held = other if fixed in alias.overrides else mine
    best = max((mine or other, other), key=lambda h: group.rank(h.own or h.tier))
    ends = best.own_until if best.own else best.until
    if fixed is not None or held.own:
        held = evolve(held, own=best.own or best.tier, own_until=ends)
    if fixed is not None:
        held = evolve(held, cause=fixed.kind)
    before = TierKey(first if mine is None else mine.tier)
    if held.tier != before:
        why = [] if fixed is None else [overrides.told(fixed)]
        move = _move(group, before, held, why, alias.id)
        yield evolve(move, member=member.id, policy=policy)
    elif held.decision or group.key in member.tiers:
        member.tiers[group.key] = held


def _move(
    group: TierGroup,
    before: TierKey,
    held: Holding,
    why: list[Explanation],
    account: str,
) -> ChangeTier:
    """Return the move from *before* to the tier that the other *account* held."""
    after = TierKey(held.tier)
    return ChangeTier(
        tiers=group.key,
        before=before,
        after=after,
        rise=group.rank(after) > group.rank(before),
        cause=TierCause(held.cause),
        own=held.own,
        own_until=None if held.own_until is None else instant(held.own_until),
        until=None if held.until is None else instant(held.until),
        since=instant(held.since),
        rules=held.rules,
        order=held.order,
        account=MemberId(account),
        because=because(
            "tier.merged",
            *why,
            account=account,
            tiers=group.key,
            before=before,
            after=after,
        ),
    )


def _begins(version: Version, group: TierGroup) -> tuple[PolicyKey, str]:
    """Return who moves members in *group*, and the tier of who has no record."""
    for one in version.by_key.values():
        if isinstance(one.policy, Places) and one.policy.tiers == group.key:
            return PolicyKey(one.key), one.policy.starts_in or group.keys[0]
    return PolicyKey(""), group.keys[0]


def _held(one: MemberState, tiers: str, first: str) -> Holding | None:
    """Return what *one* holds: who is here without a record, the *first* tier."""
    known = one.tiers.get(tiers)
    if known is None and one.here and one.since is not None:
        return Holding(first, one.since, cause=TierCause.DEFAULT.value)
    return known


def _kept(group: TierGroup, mine: Holding | None, other: Holding) -> Holding:
    """Return the higher of both; of equal ones the one whose term ends later."""
    if mine is None:
        return other
    ranks = group.rank(mine.tier), group.rank(other.tier)
    if ranks[0] != ranks[1]:
        return max(mine, other, key=lambda held: group.rank(held.tier))
    if not mine.decision or not other.decision:
        return mine if mine.decision else other
    if mine.until is not None and other.until is not None:
        return max(mine, other, key=lambda held: held.until or 0)
    return max(mine, other, key=lambda held: held.term or held.since)
