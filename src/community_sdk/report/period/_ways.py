"""By which channels people came in the period, and what that cost (S18).

Law: somebody is counted as new for one channel only, that of the first touch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from attrs import define, field, frozen

from community_sdk._time import micros
from community_sdk.events import (
    ChannelResultNoted,
    ChannelSpent,
    JoinAttributed,
    Joined,
    MembershipImported,
)
from community_sdk.policies import ChannelAttribution
from community_sdk.report.period._frame import Frame
from community_sdk.report.period.rows import ChannelRow, Stretch

__all__ = ["channels"]


@frozen
class _Entry:
    at: int
    member: str
    channel: str


@define
class _Column:
    """What the channels brought in one period."""

    joins: Counter[str] = field(factory=Counter[str])
    people: Counter[str] = field(factory=Counter[str])
    results: Counter[tuple[str, str]] = field(factory=Counter[tuple[str, str]])
    costs: dict[str, Counter[str]] = field(factory=dict[str, Counter[str]])

    def row(self, channel: str, asked: set[str]) -> dict[str, Any]:
        """Return the figures of *channel*; None for results that nobody asked for."""
        found: dict[str, Any] = {
            word: self.results[word, channel] if word in asked else None
            for word in ("good", "converted")
        }
        found["joins"], found["people"] = self.joins[channel], self.people[channel]
        spent = self.costs.get(channel, Counter[str]())
        found["costs"] = tuple(sorted(spent.items()))
        return found


def channels(frame: Frame) -> Iterator[ChannelRow]:
    """Yield what each channel brought, the most newcomers first.

    Without a policy that attributes, the marks of the joins themselves are told; a
    history in which nothing has a channel tells of none.
    """
    entries = _entries(frame)
    now, past = (_column(frame, entries, s) for s in (frame.now, frame.before))
    asked, seen = _asked(frame), frame.before.observed > 0
    names = {*now.joins, *now.people, *now.costs}
    names |= {*past.joins, *past.people, *past.costs}
    if not any(names):
        return
    for name in sorted(names, key=lambda n: (-now.people[n], -past.people[n], n)):
        told = now.row(name, asked)
        if seen:
            before = past.row(name, asked)
            told |= {f"{key}_before": value for key, value in before.items()}
        yield ChannelRow(channel=name, **told)


def _asked(frame: Frame) -> set[str]:
    """Return which results some policy looks for."""
    policies = frame.kept.playbook.policies
    return {
        word
        for policy in policies
        if isinstance(policy, ChannelAttribution)
        for word in ("good", "converted")
        if getattr(policy, word) is not None
    }


def _entries(frame: Frame) -> list[_Entry]:
    """Return every way in, the earliest first; imported members came when they did."""
    told = frame.people.told
    imports = [event for event in told if isinstance(event, MembershipImported)]
    since = {(e.member, e.at): e.since for e in imports}
    found = [
        _Entry(micros(since.get((e.member, e.at), e.at)), str(e.member), e.channel)
        for e in told
        if isinstance(e, JoinAttributed)
    ]
    if not found:
        found = [_Entry(micros(e.since), str(e.member), "") for e in imports]
        found += [
            _Entry(micros(e.at), str(e.member), e.channel)
            for e in told
            if isinstance(e, Joined)
        ]
    return sorted(found, key=attrgetter("at"))


def _column(frame: Frame, entries: Iterable[_Entry], span: Stretch) -> _Column:
    lo, hi = frame.bounds(span)
    column, first = _Column(), dict[str, _Entry]()
    for entry in entries:
        column.joins[entry.channel] += lo <= entry.at < hi
        first.setdefault(entry.member, entry)
    came = {name: one.channel for name, one in first.items() if lo <= one.at < hi}
    column.people.update(came.values())
    column.joins = +column.joins
    noted = {
        (event.result, str(event.member))
        for event in frame.people.told
        if isinstance(event, ChannelResultNoted)
    }
    column.results.update((what, came[who]) for what, who in noted if who in came)
    for event in frame.kept.told:
        if isinstance(event, ChannelSpent) and lo <= micros(event.at) < hi:
            spent = column.costs.setdefault(event.channel, Counter[str]())
            spent[event.money.currency] += event.money.amount
    return column
