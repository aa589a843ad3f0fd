"""The close of a period: one ranking, then who rises and who falls (S08).

Laws: the order of *standings* does not matter; nobody moves twice; a preview is the
same function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final, Literal

from attrs import evolve

from community_sdk._time import micros
from community_sdk.model import (
    MemberId,
    Movement,
    PeriodClose,
    Rank,
    Standing,
    TierKey,
)
from community_sdk.policies.league._formula import places
from community_sdk.policies.league._rules import LeagueRules, Quota

__all__ = ["close", "difference", "places_of", "ranked"]

_NEVER: Final = 1 << 62


def ranked(standings: Iterable[Standing], rules: LeagueRules) -> list[Standing]:
    """Return *standings*, the best first; equal ones by the member's id."""
    found = sorted(standings, key=lambda s: str(s.member))
    for key in reversed(rules.order):
        found.sort(key=_reader(key.by), reverse=key.best == "high")
    return found


def _reader(by: str) -> Callable[[Standing], Any]:
    """Return what reads the key *by* from a standing."""
    if by == "joined":
        return lambda s: _NEVER if s.joined is None else micros(s.joined)
    if by == "name":
        return lambda s: str(s.member).casefold()
    if by == "member":
        return lambda s: str(s.member)
    return lambda s: s.figures.get(by, 0)


def places_of(
    quota: Quota | None, group: Sequence[Standing], rules: LeagueRules
) -> int:
    """Return how many places *quota* gives in *group*."""
    if quota is None:
        return 0
    active = sum(1 for s in group if _active(s, rules))
    most = len(group) if quota.most is None else quota.most
    number = most
    if quota.threshold is not None:
        bar = quota.threshold
        number = sum(1 for s in group if s.figures.get(rules.first, 0) >= bar)
    if quota.formula:
        figures = {"n": len(group), "active": active, "max": most, "min": quota.least}
        number = places(quota.formula, figures)
    if quota.share is not None:
        number = min(number, int(Fraction(quota.share * len(group), 100)))
    return max(quota.least, min(number, most))


def close(
    standings: Iterable[Standing],
    rules: LeagueRules,
    *,
    period: str,
    at: datetime | None = None,
    skipped: str = "",
) -> PeriodClose:
    """Return who rises and who falls at the end of *period*.

    *at* is the instant of the close, from which `LeagueRules.protect` looks back. With
    *skipped* everybody is ranked and nobody moves.
    """
    everybody = ranked(standings, rules)
    groups: dict[TierKey, list[Standing]] = {tier: [] for tier in rules.tiers}
    for one in everybody:
        if one.tier in groups:
            groups[one.tier].append(one)
    rising, falling = ({}, {}) if skipped else _moving(groups, rules, at)
    ranks = [
        r for group in groups.values() for r in _ranks(group, rules, rising, falling)
    ]
    ties = {
        tier: word
        for tier in rules.tiers[:-1]
        if (word := _tie(groups[tier], rules, rising))
    }
    top = groups[rules.tiers[-1]]
    return PeriodClose(
        period=period,
        ranks=tuple(ranks),
        movements=tuple(_movements(everybody, rising, falling)),
        skipped=skipped,
        tie=ties,
        champion=top[0].member if top else None,
    )


_Goals = dict[MemberId, TierKey]


def _movements(
    everybody: Iterable[Standing], rising: _Goals, falling: _Goals
) -> Iterator[Movement]:
    for one in everybody:
        after = rising.get(one.member) or falling.get(one.member)
        if after is not None:
            rise = one.member in rising
            yield Movement(member=one.member, before=one.tier, after=after, rise=rise)


def _moving(
    groups: Mapping[TierKey, list[Standing]], rules: LeagueRules, at: datetime | None
) -> tuple[_Goals, _Goals]:
    """Return who rises and who falls to where; nobody is in both."""
    if rules.promotions_first:
        rising = _rising(groups, rules, {})
        return rising, _falling(groups, rules, (rising, at))
    falling = _falling(groups, rules, ({}, at))
    return _rising(groups, rules, falling), falling


def _active(standing: Standing, rules: LeagueRules) -> bool:
    return standing.figures.get(rules.first, 0) > 0


def _can_rise(standing: Standing, above: TierKey, rules: LeagueRules) -> bool:
    free = not standing.locked and above not in standing.extra
    return free and (_active(standing, rules) or rules.inactive == "as_others")


def _rising(
    groups: Mapping[TierKey, list[Standing]], rules: LeagueRules, falling: _Goals
) -> _Goals:
    found: _Goals = {}
    for tier, above in zip(rules.tiers, rules.tiers[1:], strict=False):
        able = [
            s
            for s in groups[tier]
            if s.member not in falling and _can_rise(s, above, rules)
        ]
        number = places_of(rules.promote, groups[tier], rules)
        found.update({s.member: above for s in able[:number]})
    return found


def _falling(
    groups: Mapping[TierKey, list[Standing]],
    rules: LeagueRules,
    rest: tuple[_Goals, datetime | None],
) -> _Goals:
    rising, at = rest
    sizes = {tier: len(group) for tier, group in groups.items()}
    for above in rising.values():
        sizes[above] += 1
        sizes[rules.tiers[rules.tiers.index(above) - 1]] -= 1
    lists = [groups[tier] for tier in rules.falling]
    if rules.together:
        lists = [ranked((s for group in lists for s in group), rules)]
    found: _Goals = {}
    for group in lists:
        number = places_of(rules.relegate, group, rules)
        for standing in reversed(group):
            if number == 0:
                break
            if standing.member in rising or not _can_fall(standing, rules, at):
                continue
            if sizes[standing.tier] <= rules.smallest:
                continue
            sizes[standing.tier] -= 1
            number -= 1
            found[standing.member] = _below(standing.tier, rules)
    return found


def _can_fall(standing: Standing, rules: LeagueRules, at: datetime | None) -> bool:
    if standing.locked:
        return False
    if rules.inactive == "never_move" and not _active(standing, rules):
        return False
    order = rules.tiers.index
    if standing.floor in rules.tiers and order(_below(standing.tier, rules)) < order(
        standing.floor
    ):
        return False
    if rules.protect is None or at is None or standing.joined is None:
        return True
    return rules.protect.after(micros(standing.joined), at.tzinfo or UTC) <= micros(at)


def _below(tier: TierKey, rules: LeagueRules) -> TierKey:
    return rules.to or rules.tiers[rules.tiers.index(tier) - 1]


def _ranks(
    group: Sequence[Standing], rules: LeagueRules, rising: _Goals, falling: _Goals
) -> Iterable[Rank]:
    ups = [i for i, s in enumerate(group) if s.member in rising]
    downs = [i for i, s in enumerate(group) if s.member in falling]
    for i, standing in enumerate(group):
        decision: Literal["promoted", "relegated", "stay"] = "stay"
        if standing.member in rising:
            decision = "promoted"
        elif standing.member in falling:
            decision = "relegated"
        far = ups and standing.member not in rising
        mine = standing.figures.get(rules.first, 0)
        rank = Rank(
            member=standing.member,
            tier=standing.tier,
            rank=i + 1,
            of=len(group),
            decision=decision,
            active=mine > 0,
            places=i - ups[-1] if far else None,
            gap=group[ups[-1]].figures.get(rules.first, 0) - mine if far else None,
            above=downs[0] - i if downs else None,
        )
        yield (
            rank
            if decision != "relegated"
            else _fallen(rank, group, (ups, downs), rules.first)
        )


def _fallen(
    rank: Rank, group: Sequence[Standing], borders: tuple[list[int], list[int]], by: str
) -> Rank:
    """Return the *rank* of who falls with what was missing, and who was spared."""
    ups, downs = borders
    place = rank.rank - 1
    later = len(downs) - 1 - downs.index(place)
    spared = len(group) - 1 - place - later
    above = max((i for i in range(downs[0]) if i not in ups), default=None)
    if above is None:
        return evolve(rank, spared=spared)
    mine, other = (group[i].figures.get(by, 0) for i in (place, above))
    return evolve(rank, short=other - mine, spared=spared)


def _tie(group: Sequence[Standing], rules: LeagueRules, rising: _Goals) -> str:
    """Return the key that decided the last place upwards, empty where the first did."""
    ups = [i for i, s in enumerate(group) if s.member in rising]
    if not ups or ups[-1] + 1 >= len(group):
        return ""
    last, next_one = group[ups[-1]], group[ups[-1] + 1]
    for place, key in enumerate(rules.order):
        read = _reader(key.by)
        if read(last) != read(next_one):
            return key.by if place else ""
    return "member"


def difference(
    closed: PeriodClose, again: PeriodClose, /
) -> dict[str, tuple[MemberId, ...]]:
    """Return how a recalculation differs from what was closed.

    The closed result stands; the host may apply the difference as new movements.
    """
    found: dict[str, tuple[MemberId, ...]] = {}
    for word, rise in (("promoted", True), ("relegated", False)):
        before = {m.member for m in closed.movements if m.rise is rise}
        after = {m.member for m in again.movements if m.rise is rise}
        found[f"{word}_added"] = tuple(sorted(after - before))
        found[f"{word}_removed"] = tuple(sorted(before - after))
    return found
