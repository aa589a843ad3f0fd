"""Who brought whom: the tree of invitations over a whole history (S19).

INVARIANT: nobody is their own inviter, however far up, and each member has at most one.
All exact: whole numbers in, `Fraction` out, None where nothing was observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal

from attrs import field

from community_sdk._values import frozen
from community_sdk.metrics.rates import share

__all__ = ["Arrival", "Branch", "Burst", "InvitationTree", "Turn", "looped"]

By = Literal["generation", "channel", "tier", "inviter"]
_TWO: Final = 2


@frozen(kw_only=True)
class Arrival:
    """A *member* came at *at*: through *channel*, brought by *inviter* if by anybody.

    *tier* is the member's own, as of when the figures are made.
    """

    member: str
    at: datetime
    inviter: str | None = None
    channel: str = ""
    tier: str = ""


@frozen
class Branch:
    """What a part of the members brought: *k* newcomers for each of them.

    *members* are those observed long enough, *sharers* those of them who brought
    anybody; *k* is None where there is no member.
    """

    of: str
    members: int
    sharers: int
    invited: int

    @property
    def k(self) -> Fraction | None:
        """Newcomers for each member."""
        return share(self.invited, self.members)


@frozen
class Turn:
    """A span ``[since, until)``: how much came by invitation, and by whom.

    *members* were there at its beginning, *came* arrived in it, *invited* of them by
    somebody. *sharers* brought them; *again* of these had done so in the span before,
    and *worn* is what these brought then less what they bring now: above zero the same
    sharers tire.
    """

    since: datetime
    until: datetime
    members: int
    came: int
    invited: int
    sharers: int
    again: int
    worn: int

    @property
    def k(self) -> Fraction | None:
        """Newcomers by invitation for each member who was there."""
        return share(self.invited, self.members)


@frozen
class Burst:
    """*inviter* brought *count* members within a span from *since* to *until*."""

    inviter: str
    count: int
    since: datetime
    until: datetime


def looped(inviters: Mapping[str, str], member: str, inviter: str, /) -> bool:
    """Tell whether *inviter* stands below *member*, or is the member."""
    above: str | None = inviter
    while above is not None and above != member:
        above = inviters.get(above)
    return above is not None


@frozen
class InvitationTree:
    """Who brought whom; the first inviter counts.

    Attributes:
        arrivals: The first arrival of each member, in the order of time.
        inviters: Member to inviter. An inviter of whom no arrival is known is a root.
        refused: Member, inviter, and why it does not count: ``self``, ``loop`` (the
            inviter stands below the member), ``second`` (there is one already) or
            ``known`` (the member had come before).
    """

    arrivals: Mapping[str, Arrival] = field(hash=False)
    inviters: Mapping[str, str] = field(hash=False)
    refused: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def grow(cls, arrivals: Iterable[Arrival], /) -> InvitationTree:
        """Build the tree from *arrivals* in any order; of one instant, as given.

        Only who is named at the first arrival brought the member; entries of that very
        instant, such as into several rooms, are one.
        """
        first: dict[str, Arrival] = {}
        inviters: dict[str, str] = {}
        above: set[str] = set()
        refused: list[tuple[str, str, str]] = []
        for one in sorted(arrivals, key=lambda a: a.at):
            first.setdefault(one.member, one)
            if one.inviter is None:
                continue
            why = ""
            if one.inviter == one.member:
                why = "self"
            elif one.member in inviters:
                why = "" if inviters[one.member] == one.inviter else "second"
            elif one.at > first[one.member].at:
                why = "known"
            elif one.member in above and looped(inviters, one.member, one.inviter):
                why = "loop"
            else:
                inviters[one.member] = one.inviter
                above.add(one.inviter)
            if why:
                refused.append((one.member, one.inviter, why))
        return cls(first, inviters, tuple(refused))

    def generations(self) -> dict[str, int]:
        """Return how many invitations lead to each member, 0 for who came alone."""
        found: dict[str, int] = {}
        for member in (*self.arrivals, *self.inviters.values()):
            way: list[str] = []
            at: str | None = member
            while at is not None and at not in found:
                way.append(at)
                at = self.inviters.get(at)
            depth = -1 if at is None else found[at]
            for each in reversed(way):
                depth += 1
                found[each] = depth
        return found

    def below(self) -> dict[str, int]:
        """Return how many came through each member, at first or at any further hand."""
        depths = self.generations()
        found = dict.fromkeys(depths, 0)
        for member in sorted(self.inviters, key=depths.__getitem__, reverse=True):
            found[self.inviters[member]] += 1 + found[member]
        return found

    def branching(
        self,
        by: By,
        /,
        *,
        cycle: timedelta | None = None,
        until: datetime | None = None,
    ) -> tuple[Branch, ...]:
        """Return what members of each generation, channel or tier brought.

        With *cycle* only what a member brought within that time of coming counts, the
        end excluded, and only members of whom a whole cycle was observed before
        *until* (by default the last arrival): the k-factor of a cycle, without those
        who had no time yet. Who has no arrival is left out.
        """
        depths = self.generations()
        end = until or max((a.at for a in self.arrivals.values()), default=None)
        counts: dict[str, list[int]] = {}
        brought = self._brought(cycle)
        for name, one in self.arrivals.items():
            if cycle is not None and end is not None and one.at + cycle > end:
                continue
            key = {
                "generation": str(depths[name]),
                "channel": one.channel,
                "tier": one.tier,
                "inviter": name,
            }[by]
            row = counts.setdefault(key, [0, 0, 0])
            row[0] += 1
            row[1] += bool(brought.get(name))
            row[2] += brought.get(name, 0)
        if by == "generation":
            return tuple(Branch(k, *counts[k]) for k in sorted(counts, key=int))
        return tuple(Branch(k, *counts[k]) for k in sorted(counts))

    def _brought(self, cycle: timedelta | None) -> dict[str, int]:
        found: dict[str, int] = {}
        for member, inviter in self.inviters.items():
            start = self.arrivals.get(inviter)
            if cycle is not None:
                came = self.arrivals[member].at
                if start is None or not start.at <= came < start.at + cycle:
                    continue
            found[inviter] = found.get(inviter, 0) + 1
        return found

    def cycle_time(self) -> timedelta | None:
        """Return the median time from an inviter's arrival to the invited's.

        Of an even number the mean of the middle two, cut to microseconds; None where
        nobody was brought by somebody whose arrival is known and earlier.
        """
        waits = sorted(
            self.arrivals[member].at - self.arrivals[inviter].at
            for member, inviter in self.inviters.items()
            if inviter in self.arrivals
            and self.arrivals[inviter].at <= self.arrivals[member].at
        )
        if not waits:
            return None
        middle = len(waits) // _TWO
        if len(waits) % _TWO:
            return waits[middle]
        return (waits[middle - 1] + waits[middle]) // _TWO

    def turns(self, edges: Sequence[datetime], /) -> tuple[Turn, ...]:
        """Return each span between two of *edges*: growth, saturation, tired sharers.

        A falling *k* over several spans shows that the tree saturates.
        """
        found: list[Turn] = []
        before: dict[str, int] = {}
        for since, until in pairwise(edges):
            came = [m for m, a in self.arrivals.items() if since <= a.at < until]
            brought: dict[str, int] = {}
            for member in came:
                if member in self.inviters:
                    inviter = self.inviters[member]
                    brought[inviter] = brought.get(inviter, 0) + 1
            again = brought.keys() & before.keys()
            found.append(
                Turn(
                    since,
                    until,
                    sum(a.at < since for a in self.arrivals.values()),
                    len(came),
                    sum(brought.values()),
                    len(brought),
                    len(again),
                    sum(before[who] - brought[who] for who in again),
                )
            )
            before = brought
        return tuple(found)

    def saturation(self, audience: int, /) -> Fraction | None:
        """Return how much of an *audience* is here; None where there is none."""
        return share(len(self.arrivals), audience)

    def bursts(self, least: int, within: timedelta, /) -> tuple[Burst, ...]:
        """Return who brought *least* members or more within so long, the end excluded.

        The span with most of them, of equal ones the first; by inviter.
        """
        times: dict[str, list[datetime]] = {}
        for member, inviter in self.inviters.items():
            times.setdefault(inviter, []).append(self.arrivals[member].at)
        found: list[Burst] = []
        for inviter in sorted(times):
            came, low = sorted(times[inviter]), 0
            best = Burst(inviter, 0, came[0], came[0])
            for high, at in enumerate(came):
                while at - came[low] >= within:
                    low += 1
                if high - low + 1 > best.count:
                    best = Burst(inviter, high - low + 1, came[low], at)
            if best.count >= least:
                found.append(best)
        return tuple(found)
