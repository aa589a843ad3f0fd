"""The same playbook written out by hand: one loop, plain dicts and lists, no library.

It keeps the windows that the rules look at and applies the rules of
`bench/bench_engine.py`; it explains nothing, stores nothing and previews nothing.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from heapq import heapify, heappop, heappush
from typing import Any

DAY = timedelta(1)
TICK = timedelta(microseconds=1)
STEPS = (
    (1, "reminder", None),
    (3, "warning", None),
    (5, "mute", DAY),
    (8, "mute", 3 * DAY),
)
TIERS = ("fan", "active", "core")


class Member:
    """What the rules need to know of one member."""

    __slots__ = (
        "base", "bot", "breach", "days", "duties", "greeted", "here", "latest", "level",
        "nights", "opened", "posts", "sanctions", "since", "stays", "strikes", "tier",
        "tier_since", "timers",
    )  # fmt: skip

    def __init__(self) -> None:
        self.here = False
        self.since: datetime | None = None
        self.stays = self.greeted = 0
        self.posts: list[datetime] = []
        self.days: list[int] = []
        self.duties: dict[str, datetime] = {}
        self.timers: list[tuple[datetime, int, str]] = []
        self.strikes: dict[str, list[datetime]] = {"quiet_hours": [], "flooding": []}
        self.sanctions: list[tuple[str, datetime]] = []
        self.nights: list[int] = []
        self.breach: datetime | None = None
        self.tier = 0
        self.tier_since: datetime | None = None
        self.level = -1
        self.latest: list[datetime | None] = [None] * 4
        self.opened: datetime | None = None


class Loop:
    """Runs events through the rules; `out` gathers what is decided."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.members: dict[str, Member] = {}
        self.out: list[tuple[str, str, datetime]] = []

    def run(self, events: Iterable[Any]) -> list[tuple[str, str, datetime]]:
        """Decide about every event, in order."""
        members = self.members
        for event in events:
            name, at, kind = event.member, event.at, event.kind
            member = members.get(name)
            if member is None:
                member = members[name] = Member()
            while member.timers and self._due(member.timers[0], at):
                self._fire(name, member, *heappop(member.timers))
            if kind == "message":
                self._message(name, member, event, at)
            elif kind == "joined":
                self._joined(name, member, at)
            elif kind == "left":
                member.here = False
                member.duties.clear()
                gone = ("remind", "first_message")
                member.timers = [t for t in member.timers if t[2] not in gone]
                heapify(member.timers)
        return self.out

    def _due(self, timer: tuple[datetime, int, str], at: datetime) -> bool:
        return timer[0] < at or (timer[0] == at and timer[1] == 0)

    def _joined(self, name: str, member: Member, at: datetime) -> None:
        self._arrive(member, at)
        # A message of the same instant may have come first; each stay has one welcome.
        if member.since == at and member.greeted != member.stays:
            member.greeted = member.stays
            self.out += [("greet", name, at), ("open_obligation", name, at)]
            member.duties["first_message"] = due = at + 3 * DAY
            heappush(member.timers, (at + DAY, 0, "remind"))
            heappush(member.timers, (due, 1, "first_message"))
        self._step(name, member, 0, at)

    def _arrive(self, member: Member, at: datetime) -> None:
        if not member.here:
            member.here, member.since = True, at
            member.stays += 1

    def _message(self, name: str, member: Member, event: Any, at: datetime) -> None:
        self._arrive(member, at)
        local = at.astimezone(self.zone)
        today = local.toordinal()
        posts = member.posts
        posts.append(at)
        if not member.days or member.days[-1] != today:
            member.days.append(today)
        if "first_message" in member.duties and at <= member.duties["first_message"]:
            del member.duties["first_message"]
        month = datetime.combine(
            local.date() - 29 * DAY, datetime.min.time(), self.zone
        )
        cut = bisect_left(posts, month)
        if cut > 64:
            del posts[:cut]
            cut = 0
        self._quiet(name, member, local, at)
        if len(posts) >= 8 and posts[-8] > at - timedelta(minutes=1):
            self._flooding(name, member, at)
        self._rise(name, member, len(posts) - cut, today, at)
        self._step(name, member, 1, at)

    def _quiet(self, name: str, member: Member, local: datetime, at: datetime) -> None:
        if local.hour >= 23 or local.hour < 7:
            night = local.toordinal() - (local.hour < 7)
            if night not in member.nights:
                insort(member.nights, night)
                del member.nights[:-16]
                self._strike(name, member, "quiet_hours", at)

    def _flooding(self, name: str, member: Member, at: datetime) -> None:
        if member.breach is None or at >= member.breach + timedelta(hours=1):
            member.breach = at
            self._strike(name, member, "flooding", at)

    def _strike(self, name: str, member: Member, rule: str, at: datetime) -> None:
        self.out.append(("report_breach", name, at))
        strikes = member.strikes[rule]
        strikes.append(at)
        total = len(strikes) - bisect_left(strikes, at - 30 * DAY)
        step = next((s for s in reversed(STEPS) if s[0] <= total), None)
        if step is None:
            return
        self.out.append(("apply_sanction", name, at))
        if step[2] is not None:
            until = at + step[2]
            member.sanctions.append((step[1], until))
            heappush(member.timers, (until, 0, "sanction"))

    def _rise(
        self, name: str, member: Member, posts: int, today: int, at: datetime
    ) -> None:
        bar = ((0, 0), (20, 5), (100, 12), (1 << 60, 0))[member.tier + 1]
        if posts >= bar[0]:
            active = len(member.days) - bisect_left(member.days, today - 29)
            if active >= bar[1]:
                self._change(name, member, member.tier + 1, at)

    def _change(self, name: str, member: Member, tier: int, at: datetime) -> None:
        self.out.append(("change_tier", name, at))
        member.tier, member.tier_since = tier, at
        member.timers = [t for t in member.timers if t[2] != "review"]
        if tier:
            self._plan(member, at)
        self._step(name, member, 3, at)

    def _plan(self, member: Member, at: datetime) -> None:
        local = (at + TICK).astimezone(self.zone)
        first = local.replace(hour=0, minute=0, second=0, microsecond=0)
        if local.day < 16:
            end = first.replace(day=16)
        else:
            end = (first.replace(day=1) + 32 * DAY).replace(day=1)
        heappush(member.timers, (end.astimezone(UTC) - TICK, 1, "review"))
        member.timers.sort()

    def _fire(
        self, name: str, member: Member, due: datetime, _: int, what: str
    ) -> None:
        if what == "sanction":
            self.out.append(("end_sanction", name, due))
            if not any(end > due for _, end in member.sanctions):
                self.out.append(("lift_sanction", name, due))
        elif what == "review":
            self._review(name, member, due)
        elif what == "nudge":
            self._nudge(name, member, due)
        elif "first_message" in member.duties:
            if what == "remind":
                self.out.append(("remind", name, due))
            else:
                del member.duties["first_message"]
                self.out.append(("recommend", name, due))

    def _review(self, name: str, member: Member, due: datetime) -> None:
        local = due.astimezone(self.zone)
        month = datetime.combine(
            local.date() - 29 * DAY, datetime.min.time(), self.zone
        )
        posts = len(member.posts) - bisect_left(member.posts, month)
        active = len(member.days) - bisect_left(member.days, local.toordinal() - 29)
        above = ((20, 5), (100, 12), (1 << 60, 0))[member.tier]
        keep = ((0, 0), (10, 0), (100, 12))[member.tier]
        since = member.tier_since or due
        if posts >= above[0] and active >= above[1]:
            self._change(name, member, member.tier + 1, due)
        elif due >= since + 14 * DAY and (posts < keep[0] or active < keep[1]):
            self._change(name, member, member.tier - 1, due)
        elif member.tier:
            self._plan(member, due)

    def _step(self, name: str, member: Member, step: int, at: datetime) -> None:
        if member.level == 3:
            return
        latest = member.latest
        if step == 0:
            latest[0] = at
        else:
            opening = latest[step - 1]
            if opening is None or at > opening + 30 * DAY:
                return
            before = latest[step]
            if before is None or opening > before:
                latest[step] = opening
        level = member.level
        while level < 3 and latest[level + 1] is not None:
            level += 1
        member.opened = latest[level]
        rose = level > member.level
        if rose:
            member.level = level
            self.out.append(("record_stage", name, at))
        if level < 3 and member.opened is not None:
            closes = member.opened + 30 * DAY
            planned = any(t[2] == "nudge" for t in member.timers)
            if rose or (not planned and closes >= at):
                member.timers = [t for t in member.timers if t[2] != "nudge"]
                heappush(member.timers, (closes, 1, "nudge"))
                member.timers.sort()

    def _nudge(self, name: str, member: Member, due: datetime) -> None:
        if member.level == 3 or member.opened is None:
            return
        closes = member.opened + 30 * DAY
        if closes <= due:
            self.out.append(("recommend", name, due))
        else:
            heappush(member.timers, (closes, 1, "nudge"))
