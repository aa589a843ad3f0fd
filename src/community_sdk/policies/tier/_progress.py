"""Where a member stands: what is missing to rise and to stay, and until when (S08)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from attrs import field

from community_sdk._time import instant
from community_sdk._values import frozen
from community_sdk.conditions import (
    Gap,
    Holds,
    Not,
    Requirement,
    Term,
    holds,
    shortfall,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import (
    EventId,
    MemberId,
    OverrideKind,
    TierCause,
    TierKey,
    TierLook,
    TierOverride,
)
from community_sdk.policies.tier._bars import bound
from community_sdk.policies.tier._moves import Seat, decided, next_move
from community_sdk.policies.tier._timers import next_review
from community_sdk.state import OverrideRecord, overrides

__all__ = ["BenefitHeld", "Progress", "progress_of", "standing_of"]

_WHOLE = 100


@frozen(kw_only=True)
class BenefitHeld:
    """A benefit of the tier held, up to *until* (excluded; None: with the tier)."""

    word: str
    until: datetime | None = None


@frozen(kw_only=True)
class Progress:
    """Where a member stands in one group of tiers.

    Attributes:
        tiers: the tier group; *tier*: what is held; *next_tier*: the next higher one,
            None at the top.
        met, lost: whether the entry of *next_tier* holds; whether what keeps *tier*
            does not. Never both of one tier.
        to_renew: what the end of the term asks for, where *to_stay* does not say it.
        to_rise, to_stay: the requirements of both, met or not, with *have*, *need*,
            *missing* and *until*; None where there is no bar.
        percent: how far the way from *tier* to *next_tier* is done, 0 to 100, by the
            requirement that is furthest behind; 100 at the top.
        projected: the tier after a review now (or the end of the term, where tiers
            are lost only then).
        staying: whether the minimum stay runs; *on_grace*: whether only the minimum
            stay, an excuse or the grace keeps the tier; *grace* says which.
        safe_until: the end (excluded) of what keeps the tier in any case.
        valid_until: the end (excluded) of the term.
        next_review: when the next review is held, None where none is needed.
        decided_by: what decided the tier; *override*: which one, where one did.
        extra: the tiers held beside it, which are no rung.
        benefits: what the tier brings.
    """

    tiers: str
    tier: TierKey
    next_tier: TierKey | None
    met: bool
    lost: bool
    to_rise: Gap | None
    to_stay: Gap | None
    to_renew: Gap | None
    percent: int
    projected: TierKey
    staying: bool
    on_grace: bool
    grace: Literal["", "minimum_stay", "excuse", "grace"]
    safe_until: datetime | None
    valid_until: datetime | None
    next_review: datetime | None
    decided_by: TierCause
    override: TierOverride | None
    extra: tuple[TierKey, ...]
    benefits: tuple[BenefitHeld, ...]

    names: Mapping[Metric, str] = field(factory=dict[Metric, str], hash=False)
    """The playbook's own names of figures."""

    def named(self, found: Iterable[Requirement]) -> frozenset[str]:
        """Return the names of what *found* measures, as the playbook has them.

        What has no name there is said as a condition has it.
        """
        return frozenset(self.names.get(r.metric, str(Term(r.metric))) for r in found)

    @property
    def unmet_names(self) -> frozenset[str]:
        """What is missing to rise, by name."""
        return self.named(self.unmet)

    @property
    def lost_names(self) -> frozenset[str]:
        """What is missing to stay, by name."""
        return self.named(self.lost_because)

    @property
    def unmet(self) -> tuple[Requirement, ...]:
        """What is missing to rise."""
        return () if self.to_rise is None else self.to_rise.missing

    @property
    def lost_because(self) -> tuple[Requirement, ...]:
        """What is missing to stay."""
        return () if self.to_stay is None else self.to_stay.missing


def progress_of(seat: Seat) -> Progress:
    """Return where the member of *seat* stands."""
    group, rank = seat.group, seat.rank
    found = seat.resolve(seat.own_before())
    top = rank + 1 >= len(group.tiers)
    above = None if top else seat.bar(rank + 1)
    looked, falls = _occasion(seat), seat.falls(rank)
    lost = falls and not seat.keeps(rank, looked)
    grace = _grace(seat) if lost else ""
    safe, end, review = seat.held_on(), seat.expires(), next_review(seat)
    to_rise = None if above is None else shortfall(above.entry, seat.state)
    moved = next_move(seat, looked)
    return Progress(
        tiers=group.key,
        tier=group.keys[rank],
        next_tier=None if top else group.keys[rank + 1],
        met=above is not None and holds(above.entry, seat.state),
        lost=lost,
        to_rise=to_rise,
        to_stay=_asked(seat, looked) if falls else None,
        to_renew=_renewal(seat) if falls else None,
        percent=_WHOLE if top else _percent(seat, to_rise),
        projected=group.keys[rank] if moved is None else moved.after,
        staying=(seat.stays_until() or 0) > seat.state.now_us,
        on_grace=bool(grace),
        grace=grace,
        safe_until=instant(safe) if safe > seat.state.now_us else None,
        valid_until=None if end is None else instant(end),
        next_review=None if review is None else instant(review + 1),
        decided_by=_cause(seat) if found.override is None else found.cause,
        override=None if found.override is None else _override(found.override),
        extra=_extra(seat),
        benefits=_benefits(seat),
        names=_names(seat),
    )


def _asked(seat: Seat, occasion: TierLook) -> Gap | None:
    asked = seat.asked(seat.rank, occasion)
    return None if asked is None else shortfall(asked, seat.state)


def _renewal(seat: Seat) -> Gap | None:
    """Return what a renewal of its own asks for, where the bar is looked at before."""
    term = seat.policy.validity
    if term is None or term.renewal is None or _occasion(seat) is TierLook.EXPIRY:
        return None
    return _asked(seat, TierLook.EXPIRY)


def _names(seat: Seat) -> dict[Metric, str]:
    """Return what the playbook calls the figures that it measures by name."""
    measures: Mapping[str, object] = getattr(seat.state.definition, "measures", {})
    found: dict[Metric, str] = {}
    for name, measure in measures.items():
        one = measure.part if isinstance(measure, Not) else measure
        if isinstance(one, Holds):
            one = one.metric
        if isinstance(one, Metric):
            found.setdefault(bound(one, seat.policy.tiers), name)
    return found


def _occasion(seat: Seat) -> TierLook:
    expiring = seat.policy.downgrade == "at_expiry"
    return TierLook.EXPIRY if expiring else TierLook.REVIEW


def _grace(seat: Seat) -> Literal["", "minimum_stay", "excuse", "grace"]:
    """Return which of minimum stay, excuse and grace keeps the tier longest."""
    ends: dict[Literal["", "minimum_stay", "excuse", "grace"], int] = {
        "": seat.state.now_us,
        "minimum_stay": seat.stays_until() or 0,
        "excuse": seat.excused_until() or 0,
        "grace": seat.grace_until() or 0,
    }
    return max(ends, key=lambda name: ends[name])


def _cause(seat: Seat) -> TierCause:
    held = seat.held
    return TierCause.DEFAULT if held is None else TierCause(held.cause)


def _override(record: OverrideRecord) -> TierOverride:
    return TierOverride(
        id=EventId(record.id),
        kind=OverrideKind(record.kind),
        tier=TierKey(record.tier),
        since=instant(record.since),
        until=None if record.until is None else instant(record.until),
        by=MemberId(record.by) if record.by else None,
        reason=record.reason,
    )


def _extra(seat: Seat) -> tuple[TierKey, ...]:
    now = seat.state.now_us
    return tuple(
        TierKey(e.tier)
        for e in seat.state.member.extras
        if e.tiers == seat.group.key and (e.until is None or now < e.until)
    )


def _benefits(seat: Seat) -> tuple[BenefitHeld, ...]:
    """Return the benefits of the tier held that have not run out."""
    tier, held, state = seat.group.tiers[seat.rank], seat.held, seat.state
    begin = held.since if held is not None else state.member.since or 0
    found: list[BenefitHeld] = []
    for word in tier.benefits:
        term = tier.terms.get(word)
        if term is None:
            found.append(BenefitHeld(word=word))
            continue
        end = term.after(begin, state.calendar.where)
        if state.now_us < end:
            found.append(BenefitHeld(word=word, until=instant(end)))
    return tuple(found)


def _percent(seat: Seat, gap: Gap | None) -> int:
    """Return how far the requirement that is furthest behind is on its way."""
    if gap is None:
        return 0
    below = _floors(seat)
    parts = [_done(r, below.get(r.metric, 0)) for r in gap.requirements]
    return min(parts, default=_WHOLE if gap.met else 0)


def _floors(seat: Seat) -> dict[object, int]:
    """Return what the tier held needs, by metric: where its bracket begins."""
    bar = seat.bar(seat.rank) if seat.rank else None
    if bar is None:
        return {}
    found = shortfall(bar.entry, seat.state).requirements
    return {r.metric: r.need or 0 for r in found if r.op in (">=", ">")}


def _done(one: Requirement, floor: int) -> int:
    if one.met:
        return _WHOLE
    need, have = one.need or 0, one.have or 0
    if one.op not in (">=", ">") or need <= floor:
        return 0
    return min(max((have - floor) * _WHOLE // (need - floor), 0), _WHOLE - 1)


def standing_of(seat: Seat) -> Explanation:
    """Explain where the member of *seat* stands."""
    now = progress_of(seat)
    parts: list[Explanation] = []
    if now.to_rise is not None:
        parts.append(
            because(
                "tier.to_rise",
                now.to_rise.because(),
                tier=now.next_tier,
                percent=now.percent,
            )
        )
    if now.to_stay is not None:
        why = now.to_stay.because()
        parts.append(
            because("tier.to_stay", why, tier=now.tier, safe_until=now.safe_until)
        )
    if now.to_renew is not None:
        parts.append(because("tier.to_renew", now.to_renew.because(), tier=now.tier))
    if now.on_grace:
        parts.append(because("tier.on_grace", cause=now.grace, until=now.safe_until))
    if now.valid_until is not None:
        parts.append(because("tier.valid", until=now.valid_until))
    found = seat.resolve(seat.own_before())
    if found.override is not None or seat.lent:
        parts.append(decided(found))
    over = overrides.just_over(seat.state.member, now.tiers, seat.state.now_us)
    if over is not None:
        parts.append(overrides.told_over(over))
    parts += [because("tier.extra", tier=tier) for tier in now.extra]
    return because("tier.standing", *parts, tiers=now.tiers, tier=now.tier)
