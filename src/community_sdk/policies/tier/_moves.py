"""Where a member stands in a group of tiers, and the next move (S08).

The tier on the own account comes first (earn, else lose), then what others decide
about it: overrides, grants, the default.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field

from community_sdk._time import instant
from community_sdk.conditions import Condition, holds, shortfall, verdict
from community_sdk.decisions import ChangeTier
from community_sdk.explanation import Explanation, because
from community_sdk.model import TierCause, TierGroup, TierLook
from community_sdk.policies.tier._bars import Bar
from community_sdk.policies.tier._resolution import Resolution, holding, resolve
from community_sdk.policies.tier._settings import Settings
from community_sdk.policies.tier._terms import valid_until
from community_sdk.state import Holding, State, overrides

__all__ = ["Seat", "decided", "next_move"]

_LENT = frozenset(
    {
        *(TierCause.GRANTED.value, TierCause.FLOOR.value, TierCause.BOOST.value),
        *(TierCause.LOCK.value, TierCause.DEFAULT.value),
    }
)
"""Causes of a tier that is not held on the own account."""


@define(eq=False)
class Seat:
    """One member in the tier group of one policy, as of now.

    Attributes:
        group: the tier group.
        held: what the record says, None without one.
        rank: the rank held: on record, else the lowest.
        lent: whether something else than the own account decided the tier held.
    """

    policy: Settings
    state: State
    group: TierGroup = field(init=False)
    held: Holding | None = field(init=False)
    rank: int = field(init=False)
    lent: bool = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Look at the record once: a policy is asked with every event."""
        self.group = self.state.ladders[self.policy.tiers]
        self.held = held = self.state.member.tiers.get(self.policy.tiers)
        self.rank = 0 if held is None else max(self.group.rank(held.tier), 0)
        self.lent = held is not None and held.cause in _LENT

    @property
    def on_loan(self) -> bool:
        """Whether the tier was set by hand up to an instant, and no term says more."""
        held = self.held
        return (
            held is not None
            and held.cause == TierCause.MANUAL.value
            and held.until is not None
            and self.policy.validity is None
        )

    def bar(self, rank: int) -> Bar | None:
        """Return the bar of the tier at *rank*, None without one."""
        return self.policy.bars.get(self.group.tiers[rank].key)

    def resolve(self, own: int) -> Resolution:
        """Return the tier that holds where *own* is the rank on the own account."""
        policy, member, now = self.policy, self.state.member, self.state.now_us
        grants = policy.role_floors or policy.group_floors or policy.default
        if not (grants or member.overrides):
            return Resolution(rank=own, cause=TierCause.EARNED)
        ranks = [
            self.group.rank(tier)
            for role, tier in policy.role_floors.items()
            if member.serves(role, now)
        ]
        ranks += [
            self.group.rank(tier)
            for room, tier in policy.group_floors.items()
            if room in member.groups
        ]
        default = max(self.group.rank(policy.default), 0)
        granted = (max(ranks, default=0), default)
        return resolve(self.group, own, granted, holding(member, self.group, now))

    def own(self, occasion: TierLook | None) -> int:
        """Return the rank on the own account that *occasion* leads to.

        None: nothing is judged, only what others decide may have changed.
        """
        rank = self.rank
        if self.lent:
            lent = self.resolve(-1)
            if lent.frozen:
                return self.own_before()
            if occasion is TierLook.ANEW or lent.rank < rank:
                return self.anew()
            risen = None if occasion is None else self.earned(rank, occasion)
            return self.own_before() if risen is None else risen
        if occasion is None:
            return rank
        if occasion is TierLook.ANEW or self.over(occasion):
            return self.anew()
        risen = self.earned(rank, occasion)
        if risen is not None:
            return risen
        fallen = self.lost(rank, occasion)
        return rank if fallen is None else fallen

    def over(self, occasion: TierLook) -> bool:
        """Tell whether a tier set by hand up to an instant has reached it."""
        return occasion is TierLook.EXPIRY and self.on_loan

    def own_before(self) -> int:
        """Return the rank on the own account when another source took over."""
        held = self.held
        if held is None or not (self.lent or self.on_loan):
            return self.rank
        return max(self.group.rank(held.own), 0)

    def anew(self) -> int:
        """Return the rank from scratch: as far as earned, or what is still kept."""
        before, reached = self.own_before(), 0
        for rank in range(1, len(self.group.tiers)):
            bar = self.bar(rank)
            given = bar is None or bar.upgrade == "at_review"
            if bar is not None and not given and holds(bar.entry, self.state):
                reached = rank
            elif self.policy.climb == "one_step":
                break
        bar = self.bar(before)
        lasts = self.policy.fall == "never" or (self.lent and self.own_runs())
        kept = bar is not None and (lasts or bar.kept(self.state))
        return max(reached, before if kept else 0)

    def own_until(self) -> int | None:
        """Return until when (excluded) the tier on the own account is safe.

        By its term where only that ends it, by a minimum stay, an excuse or the grace.
        """
        held = self.held
        if held is not None and (self.lent or self.on_loan):
            return held.own_until
        term = self.expires() if self.policy.downgrade == "at_expiry" else None
        return max(term or 0, self.held_on()) or None

    def own_runs(self) -> bool:
        """Tell whether the tier on the own account is safe now."""
        end = self.own_until()
        return end is not None and self.state.now_us < end

    def rises(self, bar: Bar) -> bool:
        """Tell whether one rises into the tier of *bar* at once."""
        return (bar.upgrade or self.policy.upgrade) == "immediate"

    def earned(self, rank: int, occasion: TierLook) -> int | None:
        """Return the higher rank that is earned on *occasion*, if any."""
        group, policy = self.group, self.policy
        if rank + 1 >= len(group.tiers) or self.cooling():
            return None
        top = len(group.tiers) - 1 if policy.climb == "as_earned" else rank + 1
        for higher in range(top, rank, -1):
            bar = self.bar(higher)
            if bar is None or not (occasion is TierLook.REVIEW or self.rises(bar)):
                continue
            if holds(bar.entry, self.state):
                return higher
        return None

    def cooling(self) -> bool:
        """Tell whether the time without a rise after a fall is not over."""
        wait = self.policy.cool_down
        mine = self.state.member.slices.get(self.policy.key)
        if wait is None or not mine or "fell" not in mine:
            return False
        fell: int = mine["fell"]
        return self.state.now_us < wait.after(fell, self.state.calendar.where)

    def lost(self, rank: int, occasion: TierLook) -> int | None:
        """Return the lower rank that the member falls to on *occasion*, if any."""
        if not self.due(occasion) or not self.falls(rank):
            return None
        if self.keeps(rank, occasion) or self.protected(occasion):
            return None
        return self.below(rank)

    def falls(self, rank: int) -> bool:
        """Tell whether the tier at *rank* can be lost at all."""
        if rank == 0 or self.policy.fall == "never":
            return False
        bar = self.bar(rank)
        return bar is not None and not bar.lasting

    def due(self, occasion: TierLook) -> bool:
        """Tell whether tiers are lost on *occasion*."""
        downgrade = self.policy.downgrade
        if occasion is TierLook.EVENT:
            return downgrade == "immediate"
        if occasion is TierLook.REVIEW:
            return downgrade != "at_expiry"
        return True

    def keeps(self, rank: int, occasion: TierLook = TierLook.EVENT) -> bool:
        """Tell whether the member keeps the tier at *rank* by its bar or renewal."""
        held = self.held
        if (
            occasion is not TierLook.EXPIRY
            and self.policy.on_rule_change == "upgrade_only"
            and held is not None
            and held.rules not in ("", self.policy.rules)
        ):
            return True
        asked = self.asked(rank, occasion)
        return asked is None or holds(asked, self.state)

    def asked(self, rank: int, occasion: TierLook) -> Condition | None:
        """Return what keeps the tier at *rank* on *occasion*, None without a bar.

        When the term is over what renews it; whoever meets the entry stays then too.
        """
        validity, bar = self.policy.validity, self.bar(rank)
        renewal = None if validity is None else validity.renewal
        if occasion is not TierLook.EXPIRY or renewal is None:
            return None if bar is None else bar.asked
        return renewal if bar is None else bar.or_entry(renewal)

    def protected(self, occasion: TierLook = TierLook.EVENT) -> bool:
        """Tell whether a minimum stay, an excuse or the grace keeps the tier."""
        now, stays = self.state.now_us, self.stays_until()
        if occasion is TierLook.EXPIRY:
            now = self.expires() or now
        if (stays is not None and now < stays) or self.on_loan:
            return True
        if (self.excused_until() or 0) > now:
            return True
        if self.policy.grace is None or occasion is TierLook.EXPIRY:
            return False
        until = self.grace_until()
        return until is None or now < until

    def stays_until(self) -> int | None:
        """Return the end (excluded) of the minimum stay, None without one."""
        held, stay = self.held, self.policy.minimum_stay
        causes = self.policy.stay_causes
        if held is None or stay is None or (causes and held.cause not in causes):
            return None
        end = stay.after(held.since, self.state.calendar.where)
        return end + (self.policy.stay_end == "included")

    def excused_until(self) -> int | None:
        """Return the end (excluded) of the excuses that run now, None without one."""
        where, now = self.state.calendar.where, self.state.now_us
        ends = [
            min(e.until, self.policy.excuses[e.cause].after(e.since, where))
            for e in self.state.member.excuses
            if e.cause in self.policy.excuses
            and e.since <= now
            and e.tiers in ("", self.policy.tiers)
        ]
        latest = max(ends, default=0)
        return latest if latest > now else None

    def grace_until(self) -> int | None:
        """Return the end (excluded) of the grace that began, None before it does."""
        held, grace = self.held, self.policy.grace
        if held is None or grace is None or held.below is None:
            return None
        return grace.after(held.below, self.state.calendar.where)

    def below(self, rank: int) -> int:
        """Return the rank that one falls to from *rank*."""
        if self.policy.fall == "one_down":
            return rank - 1
        for lower in range(rank - 1, 0, -1):
            bar = self.bar(lower)
            if bar is not None and bar.kept(self.state):
                return lower
        return 0

    def held_on(self) -> int:
        """Return the end (excluded) of what protects the tier now, 0 without it."""
        loan = self.expires() if self.on_loan else None
        found = (loan, self.stays_until(), self.excused_until(), self.grace_until())
        return max(end or 0 for end in found)

    def expires(self) -> int | None:
        """Return the end (excluded) of the running term, None without one."""
        held = self.held
        if held is None or self.rank == 0:
            return None
        state = self.state
        return valid_until(self.policy.validity, held, state.member, state.calendar)

    def next_term(self) -> int | None:
        """Return where the next term begins that runs beyond now.

        It is the end of the running one, unless that became known terms later.
        """
        begin, state, validity = self.expires(), self.state, self.policy.validity
        while begin is not None and validity is not None:
            end = validity.ends(begin, state.member, state.calendar)
            if end is None or end > state.now_us + 1:
                break
            begin = end
        return begin


def next_move(
    seat: Seat, occasion: TierLook | None, order: str = ""
) -> ChangeTier | None:
    """Return the move that *occasion* leads to, None where the member stays."""
    own = seat.own(occasion)
    found, rank = seat.resolve(own), seat.rank
    if found.rank == rank:
        return None
    group, mine = seat.group, found.cause is TierCause.EARNED
    before, after = (group.tiers[r].key for r in (rank, found.rank))
    since = seat.next_term() if occasion is TierLook.EXPIRY else None
    ends = seat.own_until() if own == seat.own_before() and seat.own_runs() else None
    end = None if ends is None else instant(ends)
    return ChangeTier(
        member=seat.state.member.id,
        tiers=group.key,
        before=before,
        after=after,
        rise=found.rank > rank,
        cause=found.cause,
        own="" if mine else group.tiers[own].key,
        own_until=None if mine else end,
        until=end if seat.policy.validity and mine and seat.lent else None,
        since=None if since is None else instant(since),
        rules=seat.policy.rules if mine else "",
        order=order if found.rank > rank else "",
        because=_why(seat, found, occasion),
    )


def _why(seat: Seat, found: Resolution, occasion: TierLook | None) -> Explanation:
    """Explain a move: by the bar it was judged by, or by who decided it."""
    group, rank = seat.group, seat.rank
    before, after = (group.tiers[r].key for r in (rank, found.rank))
    rise = found.rank > rank
    key = "tier.rise" if rise else "tier.fall"
    parts = [*_ended(seat, occasion)]
    if found.cause is not TierCause.EARNED:
        parts.append(decided(found))
    elif (rule := _judged(seat, found.rank if rise else rank, occasion)) is not None:
        parts.append(verdict(rule, seat.state).because())
        if not rise:
            parts.append(shortfall(rule, seat.state).because())
    return because(key, *parts, tiers=group.key, before=before, after=after)


def _judged(seat: Seat, rank: int, occasion: TierLook | None) -> Condition | None:
    """Return what earned the tier at *rank*, or would have kept it."""
    if rank > seat.rank:
        bar = seat.bar(rank)
        return None if bar is None else bar.entry
    return seat.asked(rank, occasion or TierLook.EVENT)


def _ended(seat: Seat, occasion: TierLook | None) -> Iterator[Explanation]:
    """Yield which source of the tier held is over, where that is the occasion."""
    held, member = seat.held, seat.state.member
    if occasion is None:
        return
    if held is not None and seat.over(occasion):
        end = None if held.until is None else instant(held.until)
        yield because("tier.source_over", cause=TierCause.MANUAL, until=end)
    elif occasion is TierLook.ANEW:
        if held is not None and held.cause == TierCause.GRANTED.value:
            yield because("tier.source_over", cause=TierCause.GRANTED)
            return
        record = overrides.just_over(member, seat.group.key, seat.state.now_us)
        if record is not None:
            yield overrides.told_over(record)


def decided(found: Resolution) -> Explanation:
    """Explain which source decided a tier: the override with its actor and end."""
    if found.override is None:
        return because("tier.decided", cause=found.cause)
    return overrides.told(found.override)
