"""What counts on a ladder now, what does not and why: a pure reading of the record.

Law: the order in which strikes became known changes no count; a strike that was
overturned counts as if it had never been.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal

from attrs import evolve, field

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.model import SanctionState
from community_sdk.policies.penalty._settings import Decay, FirstOffence
from community_sdk.state import SanctionRecord, Strike

__all__ = ["Counting", "LeftOut", "Record", "Tally", "nearest"]

_VOID: Final = frozenset(
    {
        SanctionState.PROPOSED.value,
        SanctionState.OVERTURNED.value,
        SanctionState.LAPSED.value,
        SanctionState.REFUSED.value,
    }
)
_HALF: Final = Fraction(1, 2)


def nearest(number: Fraction) -> int:
    """Return the nearest whole number, halves up."""
    return (number + _HALF).__floor__()


@frozen
class LeftOut:
    """A strike that does not count, with the word for why."""

    strike: Strike
    reason: str


@frozen
class Record:
    """The record that is read: strikes in order of occurrence, sanctions, now, where.

    *where* is the zone by which months are counted.
    """

    strikes: Sequence[Strike]
    sanctions: Sequence[SanctionRecord]
    now: int
    where: tzinfo


@frozen(kw_only=True)
class Tally:
    """What counts towards a ladder, and what does not.

    Attributes:
        total: the strikes, points or sanctions that count now.
        stands: the number that they have led to: *total*, or where a strike entered
            the ladder higher.
        counted: the strikes that count, in order of occurrence.
        worth: what each of them still contributes, by its id; *weights*: what it
            would without decay and discount.
        left_out: the strikes that do not, each with the word for why.
        sanctions: what was counted instead, on ladders that count sanctions.
        given: all points ever given, overturned ones too; *revoked*: those of them
            that were overturned; *decayed*: what was lost by decay.
        points: what counts are points, not breaches.
    """

    total: int = 0
    stands: int = 0
    counted: tuple[Strike, ...] = ()
    worth: Mapping[str, Fraction] = field(factory=dict[str, Fraction])
    weights: Mapping[str, int] = field(factory=dict[str, int])
    left_out: tuple[LeftOut, ...] = ()
    sanctions: tuple[SanctionRecord, ...] = ()
    given: int = 0
    revoked: int = 0
    decayed: int = 0
    points: bool = False


@frozen(kw_only=True)
class Counting:
    """The settings by which a ladder counts; see `PenaltyLadder`."""

    key: str
    measure: Literal["count", "points", "sanctions"]
    per: Literal["category", "rule", "member"]
    categories: tuple[str, ...]
    groups: Mapping[str, str]
    window: Duration | None
    window_edge: Literal["inclusive", "exclusive"]
    window_from: Literal["now", "latest_strike"]
    active_only: bool
    running_always_counts: bool
    reversed_strikes_count: bool
    decay: Decay | None
    first_offence: FirstOffence | None
    enter_at: Mapping[str, int]

    def group(self, category: str) -> str:
        """Return the category that breaches of *category* are counted under."""
        return self.groups.get(category, category)

    def answers(self, category: str) -> bool:
        """Tell whether breaches of *category* belong to the ladder."""
        named = (category, self.group(category))
        return not self.categories or any(name in self.categories for name in named)

    def looks_at(self, strike: Strike, like: tuple[str, str]) -> bool:
        """Tell whether *strike* belongs with breaches *like* these, if it counts."""
        return not self._elsewhere(strike, like)

    def tally(self, record: Record, like: tuple[str, str]) -> Tally:
        """Count *record* for breaches *like* these: category and rule."""
        counted, left_out = self._sort(record, like)
        weights = self._weights(record, like)
        worth = self._worth(counted, weights, record)
        kept = sum(weights[s.id] for s in counted)
        left_out += [LeftOut(s, "faded") for s in counted if s.id not in worth]
        counted = [s for s in counted if s.id in worth]
        if self.measure == "sanctions" or self.active_only:
            return self._of_sanctions(record, like, (counted, left_out))
        total = nearest(sum(worth.values(), Fraction()))
        ever = [s for s in record.strikes if not self._elsewhere(s, like)]
        revoked = sum(self._full(s) for s in ever if s.overturned)
        return Tally(
            total=total,
            stands=self._stands(counted, worth),
            counted=tuple(counted),
            worth=worth,
            weights={s.id: self._full(s) for s in counted},
            left_out=tuple(left_out),
            given=sum(weights.get(s.id, self._full(s)) for s in ever),
            revoked=revoked,
            decayed=kept - total,
            points=self.measure == "points",
        )

    def entered(self, tally: Tally, category: str) -> Tally:
        """Return *tally* with a breach of *category* that adds one sanction to it.

        Only ladders that count sanctions need it: elsewhere the strike is counted.
        """
        if self.measure != "sanctions" and not self.active_only:
            return tally
        number = max(tally.total + 1, self.enter_at.get(category, 0))
        return evolve(tally, total=tally.total + 1, stands=number)

    # -- strikes ---------------------------------------------------------------------

    def _sort(
        self, record: Record, like: tuple[str, str]
    ) -> tuple[list[Strike], list[LeftOut]]:
        since = self._since(record)
        counted: list[Strike] = []
        left_out: list[LeftOut] = []
        for strike in record.strikes:
            reason = self._elsewhere(strike, like) or self._void(strike)
            if not reason and since is not None and self._old(strike.occurred, since):
                reason = "too_old"
            if reason:
                left_out.append(LeftOut(strike, reason))
            else:
                counted.append(strike)
        if self.window_from == "latest_strike":
            chain = self._chain(counted, record.where)
            left_out += [LeftOut(s, "chain") for s in counted[: len(counted) - chain]]
            counted = counted[len(counted) - chain :]
        return counted, left_out

    def _since(self, record: Record) -> int | None:
        """Return where the window begins, None where it is not measured from now."""
        if self.window is None or self.window_from != "now":
            return None
        return self.window.after(record.now, record.where, times=-1)

    def _elsewhere(self, strike: Strike, like: tuple[str, str]) -> str:
        """Return the word for why the ladder does not look at *strike* at all."""
        category, rule = like
        if not strike.rule:
            of_all = self.measure == "points" and self.per == "member"
            return "" if of_all and not self.categories else "by_hand"
        if not self.answers(strike.category):
            return "other_category"
        if self.per == "category" and self.group(strike.category) != category:
            return "other_category"
        return "other_rule" if self.per == "rule" and strike.rule != rule else ""

    def _void(self, strike: Strike) -> str:
        if strike.overturned and not self.reversed_strikes_count:
            return "overturned"
        if strike.forgiven:
            return "forgiven"
        return "consumed" if strike.consumed else ""

    def _old(self, at: int, since: int) -> bool:
        return at < since or (at == since and self.window_edge == "exclusive")

    def _chain(self, strikes: Sequence[Strike], where: tzinfo) -> int:
        """Return how many of the latest strikes follow each other without a gap."""
        if self.window is None or not strikes:
            return len(strikes)
        kept = 1
        for later, earlier in pairwise(reversed(strikes)):
            limit = self.window.after(earlier.occurred, where)
            if self._old(limit, later.occurred):
                break
            kept += 1
        return kept

    # -- what each contributes -------------------------------------------------------

    def _full(self, strike: Strike) -> int:
        return strike.weight if self.measure == "points" else 1

    def _worth(
        self, counted: Sequence[Strike], weights: Mapping[str, int], record: Record
    ) -> dict[str, Fraction]:
        """Return what is left of each strike; without those that faded altogether."""
        if self.decay is None:
            return {s.id: Fraction(weights[s.id]) for s in counted}
        frozen_at = list(_frozen(self.decay, record))
        left = {s.id: _left(s, self.decay, record, frozen_at) for s in counted}
        return {key: part * weights[key] for key, part in left.items() if part}

    def _weights(self, record: Record, like: tuple[str, str]) -> dict[str, int]:
        """Return the weight of every strike that the ladder looks at and that stands.

        First offences weigh less; whether one was a first offence follows from the
        strikes that occurred before it, whenever they became known.
        """
        strikes = [
            s
            for s in record.strikes
            if not self._elsewhere(s, like)
            and (self.reversed_strikes_count or not s.overturned)
        ]
        first = self.first_offence
        weights = {s.id: self._full(s) for s in strikes}
        if first is None:
            return weights
        for nth, strike in enumerate(strikes[: len(first.curve)]):
            if strike.category in first.severe or not strike.rule:
                continue
            before = evolve(record, now=strike.occurred, strikes=strikes[:nth])
            counted, _ = self._sort(before, like)
            standing = nearest(
                sum(self._worth(counted, weights, before).values(), Fraction())
            )
            if standing < first.good_standing_below:
                weights[strike.id] = min(first.curve[nth], weights[strike.id])
        return weights

    def _stands(self, counted: Iterable[Strike], worth: Mapping[str, Fraction]) -> int:
        """Return the number that *counted*, in order of occurrence, have led to."""
        stands = Fraction()
        for strike in counted:
            entry = self.enter_at.get(strike.category, 0)
            stands = max(stands + worth[strike.id], Fraction(entry))
        return nearest(stands)

    # -- sanctions -------------------------------------------------------------------

    def _of_sanctions(
        self,
        record: Record,
        like: tuple[str, str],
        sorted_strikes: tuple[list[Strike], list[LeftOut]],
    ) -> Tally:
        counted, left_out = sorted_strikes
        found = tuple(self._imposed(record, like))
        return Tally(
            total=len(found),
            stands=len(found),
            counted=tuple(counted),
            left_out=tuple(left_out),
            sanctions=found,
        )

    def _imposed(
        self, record: Record, like: tuple[str, str]
    ) -> Iterator[SanctionRecord]:
        since = self._since(record)
        known = {s.id: s for s in record.strikes}
        for sanction in record.sanctions:
            if self.active_only and sanction.policy != self.key:
                continue
            cause = known.get(sanction.strikes[0]) if sanction.strikes else None
            if self.per != "member" and (cause is None or self._elsewhere(cause, like)):
                continue
            if self._counts(sanction, record.now, since):
                yield sanction

    def _counts(self, sanction: SanctionRecord, now: int, since: int | None) -> bool:
        """Tell whether a sanction counts; one in force is not forgiven yet."""
        revoked = sanction.state == SanctionState.OVERTURNED.value
        if sanction.state in _VOID and not (revoked and self.reversed_strikes_count):
            return False
        runs = sanction.runs(now)
        if self.active_only:
            return runs
        if self.running_always_counts and sanction.in_force(now):
            return True
        if sanction.forgiven and not sanction.in_force(now):
            return False
        return since is None or not self._old(sanction.since, since)


def _left(
    strike: Strike, decay: Decay, record: Record, frozen_at: Iterable[tuple[int, int]]
) -> Fraction:
    """Return which part of *strike* is left, from 1 down to 0."""
    length = decay.over.after(strike.occurred, record.where) - strike.occurred
    age = record.now - strike.occurred
    for begins, ends in frozen_at:
        age -= max(min(ends, record.now) - max(begins, strike.occurred), 0)
    return max(1 - Fraction(age, length), Fraction())


def _frozen(decay: Decay, record: Record) -> Iterator[tuple[int, int]]:
    """Yield the times at which nothing aged, apart from each other."""
    began = {s.id: s.since for s in record.sanctions}
    spans: list[tuple[int, int]] = []
    for sanction in record.sanctions:
        if sanction.measure not in decay.frozen_by or sanction.state in _VOID:
            continue
        borders = (sanction.until, sanction.ended, began.get(sanction.replaced))
        end = min((record.now, *(at for at in borders if at is not None)))
        spans.append((sanction.since, max(end, sanction.since)))
    reached = -1
    for begins, ends in sorted(spans):
        if ends > reached:
            yield (max(begins, reached), ends)
            reached = ends
