"""Two accounts turn out to be one person: one record, nothing lost (S25 S29)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from community_sdk.metrics import Rolling
from community_sdk.model import MemberStatus
from community_sdk.state.community import CommunityState, Waiting
from community_sdk.state.folds.roles import join
from community_sdk.state.member import MemberState
from community_sdk.state.passage import NO_PASSAGE

__all__ = ["absorb"]

_NOBODY: Final = MemberStatus.UNKNOWN


def absorb(member: MemberState, alias: MemberState, community: CommunityState) -> None:
    """Let *alias* be the same person: its record moves to *member*, nothing is lost.

    What policies remember of *alias* is kept where they remember nothing of *member*.
    Where one of the two is a bot, both are. Afterwards *alias* only leads on.
    """
    _count(community, member, -1)
    _count(community, alias, -1)
    _join_standing(member, alias)
    _join_record(member, alias)
    community.waiting = tuple(_waiting(member, alias, community))
    community.waivers = tuple(
        evolve(w, member=str(member.id)) if w.member == alias.id else w
        for w in community.waivers
    )
    _lead_on(alias, member)
    _count(community, member, 1)


def _count(community: CommunityState, one: MemberState, sign: int) -> None:
    if not one.bot:
        community.members += sign * one.here
        for group in one.groups:
            community.groups[group] = community.groups.get(group, 0) + sign


def _join_standing(member: MemberState, alias: MemberState) -> None:
    both = (member, alias)
    known = [one.since for one in both if one.since is not None]
    running = [one.since for one in both if one.since is not None and one.here]
    member.since = min(running or known, default=None)
    member.first = min((o.first for o in both if o.first is not None), default=None)
    member.removed = max(
        (o.removed for o in both if o.removed is not None), default=None
    )
    exits = [(one.left, one.left_seq) for one in both if one.left is not None]
    if exits:
        member.left, member.left_seq = max(exits)
    if alias.here or member.status is _NOBODY:
        member.status = alias.status
    member.entered, member.entered_seq = max(
        (one.entered, one.entered_seq) for one in both
    )
    member.stays += alias.stays
    for group, (entered, gone) in alias.doors.items():
        own = member.doors.get(group, (entered, gone))
        member.doors[group] = (max(entered, own[0]), max(gone, own[1]))
    for group, since in alias.groups.items():
        member.groups[group] = min(since, member.groups.get(group, since))
    member.bot = member.bot or alias.bot
    member.passage = member.passage.join(alias.passage)


def _join_record(member: MemberState, alias: MemberState) -> None:
    join(member, alias)
    member.aliases = (*member.aliases, str(alias.id), *alias.aliases)
    member.tiers = {**alias.tiers, **member.tiers}
    for currency, account in alias.accounts.items():
        own = member.accounts.get(currency)
        joined = account if own is None else own.join(account)
        member.accounts[currency] = joined
    for tag, record in alias.tags.items():
        known = member.tags.get(tag)
        if known is None or (known.since, known.seq) < (record.since, record.seq):
            member.tags[tag] = record
    member.segments = {**alias.segments, **member.segments}
    member.overrides = (*alias.overrides, *member.overrides)
    member.excuses = (*alias.excuses, *member.excuses)
    held = {(e.tiers, e.tier): e for e in (*alias.extras, *member.extras)}
    member.extras = tuple(held.values())
    merged = {s.id: s for s in (*member.strikes, *alias.strikes)}
    member.strikes = tuple(sorted(merged.values(), key=lambda s: s.order))
    member.sanctions = (*member.sanctions, *alias.sanctions)
    member.voided = (*member.voided, *alias.voided)
    cleared = [o.cleared for o in (member, alias) if o.cleared is not None]
    member.cleared = max(cleared, default=None)
    member.duties = (*member.duties, *alias.duties)
    # Nobody has a voice about the own person, and that is what these two are.
    both = (member.id, alias.id)
    member.consents = tuple(
        evolve(c, votes=tuple(voice for voice in c.votes if voice not in both))
        for c in (*member.consents, *alias.consents)
    )
    member.closed = (*alias.closed, *member.closed)
    member.slices = {**alias.slices, **member.slices}
    for key, (due, phase) in alias.timers.items():
        if key.startswith("~") or key not in member.timers:
            member.set_timer(key, due, phase)
    if member.bot:
        member.rolling = Rolling(member.rolling.plan)
    else:
        member.rolling.absorb(alias.rolling)


def _waiting(
    member: MemberState, alias: MemberState, community: CommunityState
) -> Iterator[Waiting]:
    """Yield the waiting list with one place per group for the two, the older one."""
    seen: set[str] = set()
    for group, name, since in community.waiting:
        if name not in (member.id, alias.id):
            yield (group, name, since)
        elif group not in seen:
            seen.add(group)
            yield (group, str(member.id), since)


def _lead_on(alias: MemberState, member: MemberState) -> None:
    """Empty *alias*: what is kept twice would be counted twice."""
    alias.merged, alias.cleared = str(member.id), None
    alias.status, alias.bot, alias.stays, alias.left_seq = _NOBODY, False, 0, 0
    alias.entered, alias.entered_seq, alias.doors, alias.voided = -1, 0, {}, ()
    alias.since = alias.first = alias.left = alias.removed = None
    alias.groups, alias.tiers, alias.slices = {}, {}, {}
    alias.accounts = {}
    alias.roles, alias.role_ends, alias.aliases = (), (), ()
    alias.strikes, alias.sanctions, alias.duties, alias.consents = (), (), (), ()
    alias.closed = ()
    alias.overrides, alias.excuses, alias.extras = (), (), ()
    alias.passage = NO_PASSAGE
    alias.rolling = Rolling(alias.rolling.plan)
    for timer in list(alias.timers):
        alias.clear_timer(timer)
