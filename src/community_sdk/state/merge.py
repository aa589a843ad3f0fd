"""Two accounts turn out to be one person: one record, nothing lost (S25 S29)."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from community_sdk.metrics import Rolling
from community_sdk.model import MemberStatus
from community_sdk.state.community import CommunityState, Waiting
from community_sdk.state.folds.roles import join
from community_sdk.state.member import MemberState, Moment
from community_sdk.state.passage import NO_PASSAGE
from community_sdk.state.presence import count, settle, stand_anew
from community_sdk.state.records import ExtraTier
from community_sdk.state.trail import LINK, Trail

__all__ = ["absorb", "relink"]


def absorb(
    member: MemberState,
    alias: MemberState,
    community: CommunityState,
    moment: Moment | None = None,
    accounts: tuple[str, str] | None = None,
) -> None:
    """Let *alias* be the same person: its record moves to *member*, nothing is lost.

    *moment*: since when they are known to be, None: since the last that is known of
    either; *accounts*: by which names, the alias's first, empty for the member's own.
    What policies remember of *alias* is kept where they remember nothing of *member*.
    Where one of the two is a bot, both are. Afterwards *alias* only leads on.
    """
    name, trail = str(alias.id), member.trail
    at, seq = moment or _latest(trail, alias.trail)
    account, holder = accounts or ("", "")
    account, holder = alias.trail.apart(account) or name, trail.apart(holder)
    count(member, community, -1)
    count(alias, community, -1)
    link = (at, seq, LINK, account, "link", holder)
    trail.follow(alias.trail, name, alias.aliases, link)
    _join_standing(member, alias)
    _join_record(member, alias)
    community.waiting = tuple(_waiting(member, alias, community))
    community.waivers = tuple(
        evolve(w, member=str(member.id)) if w.member == alias.id else w
        for w in community.waivers
    )
    _lead_on(alias, member)
    count(member, community, 1)


def relink(
    member: MemberState,
    moment: Moment,
    accounts: tuple[str, str],
    community: CommunityState,
) -> None:
    """Let two of the member's *accounts* be known as one person's since *moment*."""
    account, holder = (member.trail.apart(each) for each in accounts)
    link = (*moment, LINK, account, "link", holder)
    if account != holder and not member.trail.add(link):
        settle(member, community)


def _latest(*trails: Trail) -> Moment:
    """Return the moment after all that is known."""
    at, seq, _ = max(trail.last for trail in trails)
    return at, seq + 1


def _join_standing(member: MemberState, alias: MemberState) -> None:
    both = (member, alias)
    member.first = min((o.first for o in both if o.first is not None), default=None)
    member.removed = max(
        (o.removed for o in both if o.removed is not None), default=None
    )
    member.left = max((o.left for o in both if o.left is not None), default=None)
    member.entered = max(one.entered for one in both)
    if member.status is MemberStatus.UNKNOWN:
        member.status = alias.status
    stand_anew(member)
    for group, (entered, gone) in alias.doors.items():
        own = member.doors.get(group, (entered, gone))
        member.doors[group] = (max(entered, own[0]), max(gone, own[1]))
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
    member.extras = tuple(_longest(*alias.extras, *member.extras))
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
    kept = {key: mine for key, mine in member.slices.items() if mine is not None}
    member.slices = {**alias.slices, **kept}
    for key, (due, phase) in alias.timers.items():
        if key.startswith("~") or key not in member.timers:
            member.set_timer(key, due, phase)
    if member.bot:
        member.rolling = Rolling(member.rolling.plan)
    else:
        member.rolling.absorb(alias.rolling)


def _longest(*extras: ExtraTier) -> Iterator[ExtraTier]:
    """Yield each place beside the tiers once, as long as any of *extras* has it."""
    found: dict[tuple[str, str], list[ExtraTier]] = {}
    for each in extras:
        found.setdefault((each.tiers, each.tier), []).append(each)
    for same in found.values():
        yield max(same, key=lambda each: (each.until is None, each.until or 0))


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
    alias.status, alias.bot, alias.stays = MemberStatus.UNKNOWN, False, 0
    alias.entered, alias.trail, alias.doors, alias.voided = -1, Trail(), {}, ()
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
