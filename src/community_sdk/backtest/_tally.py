"""What is kept while two records are compared: counts, members, the gravest few."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from itertools import accumulate

from attrs import define, evolve, field

from community_sdk._time import instant
from community_sdk.backtest._comparison import (
    DayRow,
    DecisionRow,
    DifferenceRow,
    PersonRow,
    Treatment,
)
from community_sdk.backtest._difference import (
    Difference,
    Parting,
    What,
    differs,
    label,
    open_ended,
)
from community_sdk.backtest._harshness import Harshness, harshness
from community_sdk.backtest._pairing import Found, Pair
from community_sdk.decisions import ApplySanction, Decision, EndSanction
from community_sdk.model import MemberId

__all__ = ["Person", "Tally"]

_Sort = tuple[str, What, str, bool, str, bool]
_Weight = tuple[int, int, int]
_Place = tuple[int, int, int, int, str, str, str, str]


def _weights() -> defaultdict[_Weight, Counter[int]]:
    return defaultdict[_Weight, Counter[int]](Counter[int])


@define
class Person:
    """What is kept of a member who is treated differently.

    *net*: by harshness and instant (µs), what burdens the member on the other side less
    what does on the first; what is good counts the other way.
    """

    parted: Parting
    differences: int = 0
    net: defaultdict[_Weight, Counter[int]] = field(factory=_weights)

    def weigh(self, weight: Harshness, at: int, sign: int) -> None:
        """Let what weighs *weight* count for the other side (1) or the first (-1)."""
        if weight.burden:
            key = (weight.rank, weight.certain, weight.length)
            self.net[key][at] += sign * weight.burden

    def join(self, alias: Person) -> None:
        """Let *alias* have been this member all the time."""
        self.differences += alias.differences
        self.parted = min(self.parted, alias.parted, key=lambda p: p.at)
        for key, course in alias.net.items():
            self.net[key].update(course)

    @property
    def treatment(self) -> Treatment:
        """How the other side treats the member."""
        for key in sorted(self.net, reverse=True):
            course = self.net[key]
            levels = tuple(accumulate(course[at] for at in sorted(course)))
            worse, better = max(levels) > 0, min(levels) < 0
            if worse and better:
                return Treatment.DIFFERENT
            if worse or better:
                return Treatment.WORSE if worse else Treatment.BETTER
        return Treatment.DIFFERENT


@define
class Tally:
    """Takes pairs in and keeps exact counts, and the *keep* gravest differences."""

    keep: int
    tell: Callable[[Difference], object] | None = None
    people: dict[str, Person] = field(factory=dict[str, Person])
    same: Counter[str] = field(factory=Counter[str])
    different: Counter[str] = field(factory=Counter[str])
    _sorts: Counter[_Sort] = field(factory=Counter[_Sort])
    _after: Counter[_Sort] = field(factory=Counter[_Sort])
    _whose: defaultdict[_Sort, set[str]] = field(
        factory=lambda: defaultdict[_Sort, set[str]](set)
    )
    _examples: dict[_Sort, tuple[_Place, Difference]] = field(
        factory=dict[_Sort, tuple[_Place, Difference]]
    )
    _days: defaultdict[int, Counter[int]] = field(
        factory=lambda: defaultdict[int, Counter[int]](Counter[int])
    )
    _top: list[tuple[_Place, Difference]] = field(
        factory=list[tuple[_Place, Difference]]
    )
    _imposed: tuple[dict[str, Harshness], dict[str, Harshness]] = field(
        factory=lambda: (dict[str, Harshness](), dict[str, Harshness]())
    )

    def wanted(self, found: Found, what: What) -> bool:
        """Tell whether anybody may ask why only one side decided *found*."""
        if self.tell is not None or len(self._top) < self.keep:
            return True
        one, other = (found, None) if what is What.ONLY_ONE else (None, found)
        if _sort((one, other), found, what) not in self._sorts:
            return True
        if not self._top:
            return False
        weight = harshness(found.decision)
        return _place(weight, found.order, found.who, found.kind) < self._top[-1][0]

    def take(self, day: int, pairs: list[Pair]) -> None:
        """Take in the pairs of a local *day* (an ordinal), in the order of time."""
        told: list[tuple[tuple[object, ...], Pair, What]] = []
        for pair in pairs:
            self._remember(pair)
            one, other = pair
            known = [found for found in pair if found is not None]
            what = _what(one, other)
            if what is None:
                self.same[known[0].kind] += 1
                continue
            first = min(known, key=_order)
            told.append(((first.order, first.who, first.kind, what.value), pair, what))
        told.sort(key=lambda each: each[0])
        for _, pair, what in told:
            self._differ(day, pair, what)

    def _differ(self, day: int, pair: Pair, what: What) -> None:
        first = min((f for f in pair if f is not None), key=_order)
        parted = Parting(
            at=instant(first.order[0]), trigger=first.decision.trigger, what=what
        )
        if first.who:
            person = self.people.setdefault(first.who, Person(parted))
            person.differences += 1
            for nth, each in enumerate(pair):
                if each is not None:
                    weight = self._weight(nth, each.decision)
                    person.weigh(weight, each.order[0], 2 * nth - 1)
            parted = person.parted
        self.different[first.kind] += 1
        self._days[day][_tilt(pair)] += 1
        sort = _sort(pair, first, what)
        self._sorts[sort] += 1
        self._after[sort] += any(found.after for found in pair if found is not None)
        if first.who:
            self._whose[sort].add(first.who)
        place = _place(_heaviest(pair), first.order, first.who, first.kind)
        full = len(self._top) >= self.keep
        kept = self.keep and (not full or place < self._top[-1][0])
        new = sort not in self._examples
        if kept or new or self.tell is not None:
            found = _difference(pair, first, what, parted)
            if new:
                self._examples[sort] = (place, found)
            if self.tell is not None:
                self.tell(found)
            if kept:
                insort(self._top, (place, found), key=_first)
                del self._top[self.keep :]

    def _remember(self, pair: Pair) -> None:
        """Remember how harsh each sanction is: to undo it weighs as much."""
        for known, found in zip(self._imposed, pair, strict=True):
            if found is not None and isinstance(found.decision, ApplySanction):
                known[str(found.decision.id)] = harshness(found.decision)

    def _weight(self, nth: int, decision: Decision) -> Harshness:
        """Return how harsh *decision* of side *nth* is; good: as what it undoes."""
        weight = harshness(decision)
        if not isinstance(decision, EndSanction):
            return weight
        undone = self._imposed[nth].get(str(decision.sanction), weight)
        return evolve(undone, good=weight.good)

    def merge(self, member: str, alias: str) -> None:
        """Let *member* have been *alias* all the time."""
        gone = self.people.pop(alias, None)
        if gone is not None:
            self.people.setdefault(member, Person(gone.parted)).join(gone)

    # -- tables -------------------------------------------------------------------

    def decisions(self) -> tuple[DecisionRow, ...]:
        """Return how many decisions of each kind are alike, and how many are not."""
        kinds = sorted({*self.same, *self.different})
        return tuple(
            DecisionRow(kind=k, same=self.same[k], different=self.different[k])
            for k in kinds
        )

    def differences(self, who: Callable[[str], str]) -> tuple[DifferenceRow, ...]:
        """Return the sorts of differences, the most frequent first."""
        rows = [
            DifferenceRow(
                kind=sort[0],
                what=sort[1],
                one=sort[2],
                open_one=sort[3],
                other=sort[4],
                open_other=sort[5],
                count=count,
                members=len({who(name) for name in self._whose[sort]}),
                after=self._after[sort],
            )
            for sort, count in self._sorts.items()
        ]
        rows.sort(key=lambda r: (-r.count, r.kind, r.what.value, r.one, r.other))
        return tuple(rows)

    def days(self) -> tuple[DayRow, ...]:
        """Return the days with differences."""
        return tuple(
            DayRow(day=date.fromordinal(day), harsher=n[1], milder=n[-1], neither=n[0])
            for day, n in sorted(self._days.items())
        )

    def persons(self) -> tuple[PersonRow, ...]:
        """Return the members treated differently: worse, better, then the others."""
        rows = [
            PersonRow(
                member=MemberId(name),
                treatment=person.treatment,
                differences=person.differences,
                parted=person.parted,
            )
            for name, person in self.people.items()
        ]
        order = list(Treatment)
        rows.sort(key=lambda r: (order.index(r.treatment), r.parted.at, r.member))
        return tuple(rows)

    def top(self, who: Callable[[str], str]) -> tuple[Difference, ...]:
        """Return the gravest differences, harshest first, then the earliest."""
        return tuple(self._whole(found, who) for _, found in self._top)

    def examples(self, who: Callable[[str], str]) -> tuple[Difference, ...]:
        """Return the first difference of each sort, harshest first."""
        found = sorted(self._examples.values(), key=_first)
        return tuple(self._whole(each, who) for _, each in found)

    def _whole(self, found: Difference, who: Callable[[str], str]) -> Difference:
        """Return *found* about the member that an account turned out to be."""
        if found.member is None:
            return found
        name = who(str(found.member))
        return evolve(found, member=MemberId(name), parted=self.people[name].parted)


def _first(entry: tuple[_Place, Difference]) -> _Place:
    return entry[0]


def _order(found: Found) -> tuple[int, str, str, str]:
    return found.order


def _decision(found: Found | None) -> Decision | None:
    return None if found is None else found.decision


def _what(one: Found | None, other: Found | None) -> What | None:
    if one is None:
        return What.ONLY_OTHER
    if other is None:
        return What.ONLY_ONE
    return differs(one.decision, other.decision)


def _place(
    weight: Harshness, order: tuple[int, str, str, str], who: str, kind: str
) -> _Place:
    """Return what sorts differences: harshest first, then as they came."""
    at, policy, trigger, _ = order
    heavy = (-weight.rank, -weight.certain, -weight.length)
    return (*heavy, at, who, kind, policy, trigger)


def _heaviest(pair: Pair) -> Harshness:
    return max(harshness(f.decision) for f in pair if f is not None)


def _sort(pair: Pair, first: Found, what: What) -> _Sort:
    one, other = map(_decision, pair)
    return (
        *(first.kind, what),
        *(label(one), open_ended(one)),
        *(label(other), open_ended(other)),
    )


def _tilt(pair: Pair) -> int:
    """Return 1 where the other side is harsher, -1 where milder, 0 where neither."""
    one, other = (_signed(_decision(found)) for found in pair)
    return (other > one) - (other < one)


def _signed(decision: Decision | None) -> _Weight:
    if decision is None:
        return (0, 0, 0)
    weight = harshness(decision)
    sign = weight.burden
    return (sign * weight.rank, sign * weight.certain, sign * weight.length)


def _difference(pair: Pair, first: Found, what: What, parted: Parting) -> Difference:
    one, other = pair
    why_one = other.absent if one is None and other is not None else None
    why_other = one.absent if other is None and one is not None else None
    return Difference(
        at=instant(first.order[0]),
        member=MemberId(first.who) if first.who else None,
        kind=first.kind,
        what=what,
        one=_decision(one),
        other=_decision(other),
        why_one=why_one if one is None else one.decision.because,
        why_other=why_other if other is None else other.decision.because,
        after_one=one is not None and one.after,
        after_other=other is not None and other.after,
        parted=parted,
    )
