"""Who was there when, and in which tier: stocks at the end of each local day.

Law: a member counts from the first sign of life or the join on, until leaving; a sign
of life from before the leave brings nobody back. An account linked to a member counts
as that member.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

from attrs import define, evolve, field

from community_sdk import events as ev
from community_sdk._time import Calendar, micros
from community_sdk.metrics.persons import Persons
from community_sdk.model import TierGroup
from community_sdk.playbook import Playbook
from community_sdk.policies import Places

__all__ = ["Presence", "starting_tier"]

_SIGNS: Final = (
    ev.Joined,
    ev.MessagePosted,
    ev.Introduced,
    ev.NicknameSet,
    ev.SurveyAnswered,
    ev.PurchaseMade,
)

_EVER: Final = 1 << 62


@define
class _Span:
    """A membership ``[since, until)`` in microseconds; *joined*: told by a join."""

    since: int
    until: int = _EVER
    joined: bool = False


@define
class Presence:
    """Spans of membership and moves between tiers, event by event."""

    spans: dict[str, list[_Span]] = field(factory=dict[str, list[_Span]])
    moves: dict[tuple[str, str], list[tuple[int, int, str]]] = field(
        factory=dict[tuple[str, str], list[tuple[int, int, str]]]
    )
    persons: Persons = field(factory=Persons)
    machines: set[str] = field(factory=set[str])
    _order: int = 0

    def see(self, event: ev.Event) -> None:
        """Take in an event from outside."""
        name = event.member
        if name is None:
            return
        at = micros(event.at)
        if isinstance(event, _SIGNS):
            if isinstance(event, ev.Joined) and event.bot:
                self.machines.add(name)
            self._here(name, at, joined=isinstance(event, ev.Joined))
        elif isinstance(event, ev.MembershipImported):
            if event.bot:
                self.machines.add(name)
            self._here(name, micros(event.since))
        elif isinstance(event, (ev.Left, ev.MemberRemoved)):
            if event.group is None:
                self._gone(name, at)
        elif isinstance(event, ev.IdentityLinked):
            self.persons.see(event)
        elif isinstance(event, ev.TierImported):
            self.move(name, event.tiers, micros(event.since), event.tier)

    def _here(self, name: str, at: int, *, joined: bool = False) -> None:
        spans = self.spans.setdefault(name, [])
        last = spans[-1] if spans else None
        if last is None or _EVER > last.until < at:
            spans.append(_Span(at, joined=joined))
        elif last.until == _EVER and at < last.since:
            last.since, last.joined = at, joined

    def _gone(self, name: str, at: int) -> None:
        spans = self.spans.get(name)
        if spans and spans[-1].until == _EVER and spans[-1].since <= at:
            spans[-1].until = at

    def move(self, name: str, tiers: str, at: int, tier: str) -> None:
        """Note that the member holds *tier* from *at* on."""
        self._order += 1
        self.moves.setdefault((tiers, name), []).append((at, self._order, tier))

    @property
    def bots(self) -> frozenset[str]:
        """Every account of whoever has one that is a bot's."""
        if not self.machines:
            return frozenset()
        person = self.persons.person
        found = {person(name) for name in self.machines}
        linked = (name for name in self.persons.accounts if person(name) in found)
        return frozenset(found.union(self.machines, linked))

    @property
    def members(self) -> list[str]:
        """Everybody who was ever there, bots and linked accounts aside."""
        return list(self._merged())

    def _merged(self) -> dict[str, list[_Span]]:
        gathered, bots = dict[str, list[_Span]](), self.bots
        for name, spans in self.spans.items():
            if name not in bots:
                gathered.setdefault(self.persons.person(name), []).extend(spans)
        return {name: _union(spans) for name, spans in gathered.items()}

    def stock(self, days: range, calendar: Calendar) -> list[int]:
        """Return how many members there were at the end of each day."""
        merged = self._merged().values()
        spans = ((s.since, s.until) for spans in merged for s in spans)
        return _stock(spans, days, calendar)

    def joins(self, calendar: Calendar) -> dict[int, int]:
        """Return how many memberships began with a join on each local day."""
        merged = self._merged().values()
        joined = (s.since for spans in merged for s in spans if s.joined)
        return Counter(map(calendar.day, joined))

    def begins(self, days: range, calendar: Calendar) -> int:
        """Return how many memberships began on one of *days*, with a join or not."""
        merged = self._merged().values()
        return sum(calendar.day(s.since) in days for spans in merged for s in spans)

    def ends(self, days: range, calendar: Calendar) -> int:
        """Return how many memberships ended on one of *days*."""
        merged = self._merged().values()
        over = (s.until for spans in merged for s in spans if s.until != _EVER)
        return sum(calendar.day(until) in days for until in over)

    def present(self, day: int, calendar: Calendar) -> list[str]:
        """Return who was a member at the end of *day*."""
        end = calendar.start(day + 1)
        return [
            name
            for name, spans in self._merged().items()
            if any(span.since < end <= span.until for span in spans)
        ]

    def holders(
        self, group: str, first: str, day: int, calendar: Calendar
    ) -> dict[str, str]:
        """Return which tier each member held at the end of *day*, else *first*."""
        moves, found = self._moves(group), dict[str, str]()
        for name, spans in self._merged().items():
            for tier, since, until in _held(first, moves.get(name, ()), spans):
                over = until != _EVER and calendar.day(until) <= day
                if calendar.day(since) <= day and not over:
                    found[name] = tier
        return found

    def tiers(
        self, group: TierGroup, first: str, days: range, calendar: Calendar
    ) -> Mapping[str, list[int]]:
        """Return, by tier, how many members held it at the end of each day.

        Who has no record holds *first*.
        """
        moves = self._moves(group.key)
        found: dict[str, list[tuple[int, int]]] = {str(key): [] for key in group.keys}
        for name, spans in self._merged().items():
            for tier, since, until in _held(first, moves.get(name, ()), spans):
                found.setdefault(tier, []).append((since, until))
        return {tier: _stock(spans, days, calendar) for tier, spans in found.items()}

    def _moves(self, group: str) -> dict[str, list[tuple[int, int, str]]]:
        out: dict[str, list[tuple[int, int, str]]] = {}
        for (tiers, name), moves in self.moves.items():
            if tiers == group:
                out.setdefault(self.persons.person(name), []).extend(moves)
        return {name: sorted(moves) for name, moves in out.items()}


def starting_tier(playbook: Playbook, group: TierGroup) -> str:
    """Return the tier of who has no record: where a league begins, else the lowest."""
    known = (p for p in playbook.policies if isinstance(p, Places))
    begins = (p.starts_in for p in known if p.tiers == group.key and p.starts_in)
    return str(next(begins, group.keys[0]))


def _union(spans: Iterable[_Span]) -> list[_Span]:
    out: list[_Span] = []
    for span in sorted(spans, key=_begin):
        if out and out[-1].until >= span.since:
            out[-1] = evolve(out[-1], until=max(out[-1].until, span.until))
        else:
            out.append(span)
    return out


def _begin(span: _Span) -> int:
    return span.since


def _held(
    first: str, moves: Sequence[tuple[int, int, str]], spans: Iterable[_Span]
) -> Iterator[tuple[str, int, int]]:
    """Cut each span of membership where the tier changes."""
    for span in spans:
        tier, start = first, span.since
        for at, _, after in moves:
            if at <= start:
                tier = after
            elif at < span.until:
                yield tier, start, at
                tier, start = after, at
        yield tier, start, span.until


def _stock(
    spans: Iterable[tuple[int, int]], days: range, calendar: Calendar
) -> list[int]:
    """Count the spans that cover the end of each day."""
    change = [0] * (len(days) + 1)
    for since, until in spans:
        first = max(calendar.day(since) - days.start, 0)
        last = len(days)
        if until != _EVER:
            last = min(calendar.day(until) - days.start, last)
        if first < last:
            change[first] += 1
            change[last] -= 1
    return list(accumulate(change[:-1]))
