"""Room in the groups of a join code, places kept and people who wait (S02 S18).

INVARIANT: members and kept places together never exceed what a group may have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.events import Event
from community_sdk.model import GroupId, JoinCode, PoolGroup, RouteWay
from community_sdk.state import State

__all__ = ["CODE", "MEMBER", "UNTIL", "Pool", "Slice", "came_by"]

Slice = dict[str, Any]
"""``codes`` by key; ``held``: member, code, group, until, way,
channel; ``line``: code, member, since; ``told`` and ``came``: what the present event
led to, and by which code and channel its member came."""
MEMBER, CODE, GROUP, UNTIL, _WAY, CHANNEL = range(6)
_NO_LIMIT: Final = 1 << 62


def _fresh() -> Slice:
    """Return what is known of a code that nobody used."""
    plain: Slice = {"used": 0, "next": 0, "opened": [], "number": None}
    return {**plain, "renewed": {}, "told": []}


def came_by(mine: Slice, event: Event, state: State) -> tuple[str, str] | None:
    """Return code and channel by which the member of *event* came into its group.

    It does not matter whether *mine* has seen the event already.
    """
    known = mine["came"]
    if known and known[0] == event.id:
        return (known[1], known[2]) if known[1] else None
    for row in mine["held"]:
        if (row[MEMBER], row[GROUP]) == (state.member.id, event.group):
            return row[CODE], row[CHANNEL]
    return None


@frozen
class Pool:
    """One code with what is kept of it and the state as it is."""

    code: JoinCode
    mine: Slice
    state: State

    @property
    def kept(self) -> Slice:
        """What the slice knows of the code, new at first sight."""
        found: Slice = self.mine["codes"].setdefault(self.code.key, _fresh())
        return found

    def groups(self) -> list[tuple[PoolGroup, int | None]]:
        """Return the pool in its order, with capacities; opened groups come last."""
        home = self.state.definition.community
        found: list[tuple[PoolGroup, int | None]] = []
        for each in self.code.groups:
            room = home.group(each.group)
            found.append((each, None if room is None else room.capacity))
        for name, capacity in self.kept["opened"]:
            found.append((PoolGroup(group=GroupId(name)), capacity))
        return found

    def people(self, group: str) -> int:
        """Return members of *group* and places kept in it, through any code."""
        held: int = sum(row[GROUP] == group for row in self.mine["held"])
        return self.state.community.groups.get(group, 0) + held

    def way(self, each: PoolGroup, capacity: int | None) -> RouteWay | None:
        """Return how one more person may come into the group, None: not at all."""
        code, people = self.code, self.people(each.group)
        top = _NO_LIMIT if capacity is None else capacity - code.reserve
        limit = each.limit or code.limit
        if people >= min(top, _NO_LIMIT if limit is None else limit):
            return None
        scan = _NO_LIMIT if code.scan_limit is None else code.scan_limit
        if people < scan and not self.worn(each.group):
            return RouteWay.SCAN
        return RouteWay.INVITATION if code.invites else None

    def worn(self, group: str) -> bool:
        """Tell whether the picture of the group's code is good no longer."""
        over = self.wears_out(group)
        return over is not None and over <= self.state.now_us

    def wears_out(self, group: str) -> int | None:
        """Return when the picture stops being good; None: never, or nobody knows."""
        renewed, lasts = self.kept["renewed"].get(group), self.code.lasts
        if renewed is None or lasts is None:
            return None
        return lasts.after(renewed, self.state.calendar.where)

    def find(self) -> tuple[str, RouteWay] | None:
        """Return the group that is next, by the order of the code."""
        rooms = self.groups()
        ways = [self.way(*room) for room in rooms]
        free = [nth for nth, way in enumerate(ways) if way is not None]
        if not free or self.used_up:
            return None
        if self.code.order == "least_filled":
            nth = min(free, key=lambda n: (self.people(rooms[n][0].group), n))
        elif self.code.order == "rotation":
            start = self.kept["next"]
            nth = min(free, key=lambda n: (n < start, n))
            self.kept["next"] = (nth + 1) % len(rooms)
        else:
            nth = free[0]
        way = ways[nth]
        return None if way is None else (str(rooms[nth][0].group), way)

    @property
    def used_up(self) -> bool:
        """Whether the code has led as many people as it may."""
        return self.code.uses is not None and self.kept["used"] >= self.code.uses

    @property
    def over(self) -> bool:
        """Whether the code holds no longer."""
        until = self.code.until
        return until is not None and until <= self.state.now

    def keep(self, member: str, hold: Duration) -> Slice | None:
        """Keep the next place for *member*; return what is to be told of it."""
        found = self.find()
        if found is None:
            return None
        group, way = found
        until = hold.after(self.state.now_us, self.state.calendar.where)
        people = self.people(group)
        channel = self.code.channel or self.code.key
        row = [member, self.code.key, group, until, way.value, channel]
        self.mine["held"].append(row)
        self.kept["used"] += 1
        return {"group": group, "until": until, "way": way.value, "people": people}

    def held(self, member: str) -> Slice | None:
        """Return the place that is kept for *member*."""
        for name, code, group, until, way, _ in self.mine["held"]:
            if (name, code) == (member, self.code.key):
                return {"group": group, "until": until, "way": way}
        return None

    def open_next(self) -> Slice | None:
        """Add the next group to the pool; return what is to be told of it.

        None where the code opens none, or no more.
        """
        opens, kept = self.code.opens, self.kept
        if opens is None or self.used_up:
            return None
        if opens.most is not None and len(kept["opened"]) >= opens.most:
            return None
        taken = {*self.names, *map(str, self.state.community.groups)}
        taken |= {str(group.key) for group in self.state.definition.community.groups}
        taken |= {name for c in self.mine["codes"].values() for name, _ in c["opened"]}
        number = opens.first if kept["number"] is None else kept["number"] + 1
        while f"{opens.name}{number}" in taken:
            number += 1
        name, kept["number"] = f"{opens.name}{number}", number
        kept["opened"].append([name, opens.capacity])
        plain = {"name": opens.name, "number": number, "capacity": opens.capacity}
        return {"group": name, **plain}

    @property
    def names(self) -> list[str]:
        """The groups of the pool."""
        return [str(each.group) for each, _ in self.groups()]

    @property
    def line(self) -> list[str]:
        """Who waits for a place through the code, in this order."""
        return [row[1] for row in self.mine["line"] if row[0] == self.code.key]

    def inside(self) -> str | None:
        """Return the group of the pool that the member is in already."""
        return next((n for n in self.names if n in self.state.member.groups), None)

    def worn_groups(self) -> Iterator[tuple[str, int]]:
        """Yield the groups with the instant at which their pictures wear out."""
        for each, _ in self.groups():
            over = self.wears_out(each.group)
            if over is not None:
                yield str(each.group), over
