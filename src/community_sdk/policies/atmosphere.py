"""Atmosphere: two silent days call a named duty; talk, not chatter, is the goal (S16).

Laws: the silence is that of a room, never of one member; each day is looked at once,
when it is over; what bots write breaks no silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk._time import Duration, PeriodUnit, instant
from community_sdk._values import frozen
from community_sdk.decisions import (
    Mode,
    Recommend,
    ReportDifference,
    SetTimer,
    WarmUp,
    Wish,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Event,
    EventTypes,
    Joined,
    MembershipImported,
    MessagePosted,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import GroupId, PolicyKey, RoleName
from community_sdk.policies._policy import (
    Reference,
    Scope,
    followed,
    group_names,
    keep_up,
    role_names,
    unknown,
)
from community_sdk.state import Definition, State

__all__ = ["AtmospherePolicy", "CentreWatch", "WaterSigns"]

Slice = dict[str, Any]
_NEXT: Final = "day"
_CLOSE: Final = "close"
_HUNDRED: Final = 100


@frozen(kw_only=True)
class WaterSigns:
    """What shows that a group is drowned in chatter.

    Attributes:
        messages: So many messages on a day, or more.
        short: A message of at most so many characters is short; one whose length is
            not known counts as neither.
        percent: So many of a hundred messages are short, or more.
    """

    messages: int = field(default=300, validator=validators.ge(1))
    short: int = field(default=6, validator=validators.ge(1))
    percent: int = field(
        default=60, validator=validators.and_(validators.ge(1), validators.le(100))
    )


@frozen(kw_only=True)
class AtmospherePolicy:
    """Call *duty* when a room falls silent, talks too little, or drowns in chatter.

    Attributes:
        duty: The role whose holders warm up, begin a talk, or steer back.
        groups: The rooms that are watched; empty means the community as one room.
        silent_days: After so many local days without a message *duty* warms up. The
            day on which the watch begins counts as one with a message.
        again_days: After so many more silent days it is called again; without it once
            for each silence.
        discussions: So many discussions there should be on a day; a silent day is a
            matter of silence alone.
        pause: How long a discussion may rest, that long included. A message told late
            goes on with none.
        speakers: How many members make a discussion of a talk.
        water: What shows that a room is drowned in chatter; told once until a day is
            free of it.
    """

    answers: ClassVar[EventTypes] = (
        MessagePosted,
        Joined,
        MembershipImported,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers

    key: PolicyKey
    duty: RoleName
    groups: tuple[GroupId, ...] = ()
    silent_days: int = field(default=2, validator=validators.ge(1))
    again_days: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    discussions: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    pause: Duration = field(factory=lambda: Duration.parse("30min"))
    speakers: int = field(default=2, validator=validators.ge(2))
    water: WaterSigns | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name a role or groups that the playbook does not have."""
        yield from unknown("duty", self.duty, role_names(definition))
        groups = group_names(definition) or self.groups
        yield from unknown("groups", self.groups, groups)

    def start(self) -> Slice:
        """Remember nothing; the watch begins with the first sign of life."""
        return {"rooms": {}, "notes": []}

    # -- counting ------------------------------------------------------------------

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Count messages by their own day; look at a day that is over."""
        notes: list[Any] = []
        mine["notes"] = notes
        rooms = mine["rooms"]
        if isinstance(event, TimerFired):
            over = state.calendar.day(state.now_us - 1)
            for name in sorted(followed(self.groups) & rooms.keys()):
                self._look(notes, name, rooms[name], over)
            self._watch(rooms, state)
            return mine
        name = str(event.group or "") if self.groups else ""
        if name not in rooms or len(rooms) != max(len(self.groups), 1):
            self._watch(rooms, state)
        if (
            isinstance(event, MessagePosted)
            and event.dated
            and not state.member.bot
            and name in rooms
        ):
            self._said(mine, name, event, state)
        return mine

    def _watch(self, rooms: Slice, state: State) -> None:
        today = state.calendar.day(state.now_us)
        keep_up(rooms, followed(self.groups), lambda: _room(today))

    def _said(self, mine: Slice, name: str, event: MessagePosted, state: State) -> None:
        room, day = mine["rooms"][name], state.calendar.day(state.at_us)
        room["last"] = max(room["last"], day)
        since, until = room["told"]
        if since <= day < until:
            mine["notes"].append(["late", name, day])
            room["told"] = [day + 1, until]
        if day < state.calendar.day(state.now_us):
            return
        room["messages"] += 1
        if event.length:
            room["sized"] += 1
            short = self.water is not None and event.length <= self.water.short
            room["short"] += short
        self._talk(room, str(event.member), state)

    def _talk(self, room: Slice, who: str, state: State) -> None:
        """Go on with the talk, or begin another; count it when it is a discussion."""
        at, talk = state.at_us, room["talk"]
        end = self.pause.after(talk[0], state.calendar.where)
        if at < talk[0]:
            return
        if at > end:
            talk[1] = []
        talk[0] = at
        if len(talk[1]) < self.speakers and who not in talk[1]:
            talk[1].append(who)
            room["talks"] += len(talk[1]) == self.speakers

    def _look(self, notes: list[Any], name: str, room: Slice, over: int) -> None:
        """Note what is to be said of the local day *over*, and begin the next one."""
        silent = over - room["last"]
        beyond = silent - self.silent_days
        if beyond == 0 or (
            beyond > 0 and self.again_days and not beyond % self.again_days
        ):
            notes.append(["silent", name, silent, room["last"] + 1])
            room["told"] = [room["last"] + 1, over + 1]
        elif silent <= 0 and self.discussions and room["talks"] < self.discussions:
            notes.append(["few", name, over, room["talks"]])
        wet = self._wet(room)
        if wet and not room["wet"]:
            percent = room["short"] * _HUNDRED // room["sized"]
            notes.append(["water", name, over, room["messages"], percent])
        fresh = {"wet": wet, "messages": 0, "sized": 0, "short": 0, "talks": 0}
        room.update(fresh)

    def _wet(self, room: Slice) -> bool:
        signs = self.water
        if signs is None or not room["sized"] or room["messages"] < signs.messages:
            return False
        return bool(room["short"] * _HUNDRED >= signs.percent * room["sized"])

    # -- deciding ------------------------------------------------------------------

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Call the duty; say where a silence turns out to have been none."""
        mine: Slice = state.mine or self.start()
        for what, name, *rest in mine["notes"]:
            group = GroupId(name) if name else None
            if what == "silent":
                yield self._warm_up(group, rest, state)
            elif what == "late":
                day = date.fromordinal(rest[0]).isoformat()
                why = because("atmosphere.late", day=day)
                yield ReportDifference(group=group, subject=day, because=why)
            else:
                yield self._advise(group, what, rest)
        timers = state.community.timers
        if isinstance(event, TimerFired) or f"{self.key}/{_NEXT}" not in timers:
            tomorrow = state.calendar.day(state.now_us) + 1
            yield SetTimer(_NEXT, instant(state.calendar.start(tomorrow)))

    def _warm_up(self, group: GroupId | None, rest: list[int], state: State) -> WarmUp:
        days, first = rest
        since = instant(state.calendar.start(first))
        why = because(
            "atmosphere.silent", days=days, limit=self.silent_days, since=since
        )
        return WarmUp(group=group, duty=self.duty, days=days, since=since, because=why)

    def _advise(self, group: GroupId | None, what: str, rest: list[int]) -> Recommend:
        day = date.fromordinal(rest[0]).isoformat()
        if what == "few":
            have, need, action = rest[1], self.discussions, "start_discussion"
            figures: dict[str, Any] = {"have": have, "need": need}
            why = because("atmosphere.few", day=day, have=have, need=need)
        else:
            messages, percent, action = rest[1], rest[2], "lift_the_talk"
            figures = {"messages": messages, "percent": percent}
            why = because(
                "atmosphere.water", day=day, messages=messages, percent=percent
            )
        properties = {"duty": str(self.duty), "day": day, **figures}
        return Recommend(group=group, action=action, properties=properties, because=why)

    def standing(self, state: State, /) -> Explanation:
        """Explain since when which room is silent."""
        mine: Slice = state.community.slices.get(self.key) or self.start()
        today = state.calendar.day(state.now_us)
        rooms = {n: max(0, today - r["last"] - 1) for n, r in mine["rooms"].items()}
        parts = [
            because("atmosphere.room", group=name or None, days=days)
            for name, days in sorted(rooms.items())
            if days
        ]
        return because("atmosphere.standing", *parts, rooms=len(rooms))


def _room(today: int) -> Slice:
    """Return a room whose watch begins on the local day *today*."""
    counts = {"messages": 0, "sized": 0, "short": 0, "talks": 0}
    return {"last": today, "told": [0, 0], "wet": False, "talk": [0, []], **counts}


@frozen(kw_only=True)
class CentreWatch:
    """Watch whether the community still turns around those who run it.

    Early on the owner is the centre; a ripe community is decentralised. Looked at when
    a *period* of the zone is over, in whole percent of its messages.

    Attributes:
        duty: The role whose holders hand the floor over.
        roles: Whoever holds one of them is the centre.
        period: After which time it is looked at.
        central_from: From so many of a hundred messages by the centre on the community
            is centralised.
        open_below: Below so many it is decentralised; in between it stays what it was.
        patience: In so many periods in a row it may be centralised; then it is told,
            once until it has been decentralised.
        least: A period with fewer messages says nothing.
    """

    answers: ClassVar[EventTypes] = (MessagePosted, TimerFired)
    folds: ClassVar[EventTypes] = answers

    key: PolicyKey
    duty: RoleName
    roles: tuple[RoleName, ...] = field(validator=validators.min_len(1))
    period: PeriodUnit = PeriodUnit.MONTH
    central_from: int = field(
        default=60, validator=validators.and_(validators.ge(1), validators.le(100))
    )
    open_below: int = field(default=40, validator=validators.ge(1))
    patience: int = field(default=3, validator=validators.ge(1))
    least: int = field(default=20, validator=validators.ge(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse borders that overlap."""
        if self.open_below > self.central_from:
            raise DefinitionError(
                f"expected `open_below` of `{self.key}` not above {self.central_from},"
                f" found `{self.open_below}`",
                code="centre.borders",
                hint="between both the community stays what it was",
                found=str(self.open_below),
                key=self.key,
                most=str(self.central_from),
            )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        yield from unknown("duty", self.duty, role_names(definition))
        yield from unknown("roles", self.roles, role_names(definition))

    def start(self) -> Slice:
        """Remember no message."""
        return {"since": 0, "core": 0, "all": 0, "run": 0, "told": "", "note": []}

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Count messages of the running period; judge it when it is over."""
        mine["note"] = []
        if isinstance(event, TimerFired):
            self._judge(mine)
            mine["core"] = mine["all"] = 0
        running = state.calendar.period(self.period, state.now_us)
        mine["since"] = state.calendar.start(running.since)
        if isinstance(event, MessagePosted) and not state.member.bot:
            at, group = state.at_us, event.group
            if event.dated and at >= mine["since"]:
                central = any(state.member.holds(r, at, group) for r in self.roles)
                mine["core"] += central
                mine["all"] += 1
        return mine

    def _judge(self, mine: Slice) -> None:
        if mine["all"] < self.least:
            return
        inside = mine["core"] * _HUNDRED
        percent = inside // mine["all"]
        if inside < self.open_below * mine["all"]:
            mine["run"] = 0
            if mine["told"] == "central":
                mine["note"] = ["open", percent, 0]
            mine["told"] = "open"
        elif inside >= self.central_from * mine["all"]:
            mine["run"] += 1
            if mine["run"] >= self.patience and mine["told"] != "central":
                mine["note"] = ["central", percent, mine["run"]]
                mine["told"] = "central"
        else:
            mine["run"] = 0

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Tell a change, and set the next time."""
        mine: Slice = state.mine or self.start()
        if mine["note"]:
            word, percent, periods = mine["note"]
            if word == "central":
                action = "share_the_floor"
                why = because("atmosphere.central", periods=periods, percent=percent)
            else:
                action = "let_members_lead"
                why = because("atmosphere.open", percent=percent)
            properties = {"duty": str(self.duty), "percent": percent}
            yield Recommend(action=action, properties=properties, because=why)
        timers = state.community.timers
        if isinstance(event, TimerFired) or f"{self.key}/{_CLOSE}" not in timers:
            running = state.calendar.period(self.period, state.now_us)
            yield SetTimer(_CLOSE, instant(state.calendar.start(running.until)))
