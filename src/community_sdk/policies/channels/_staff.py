"""Staff of a channel: shifts, special dates, daily caps, backup, one person one staff.

INVARIANT: on a local day nobody is given more people than the cap; nobody is given to
two of the staff; every request is answered (S18).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar, Final, get_args

from attrs import field, validators

from community_sdk._time import Dates, Duration, Hours, instant
from community_sdk._values import frozen
from community_sdk.decisions import (
    AssignStaff,
    ClearTimer,
    Mode,
    RefuseRoute,
    SetTimer,
    WaitForRoute,
    Wish,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    ContactAdded,
    Event,
    EventTypes,
    IdentityLinked,
    StaffRequested,
    TimerFired,
)
from community_sdk.explanation import because
from community_sdk.model import MemberId, PolicyKey
from community_sdk.model.roster import Weekday
from community_sdk.policies._policy import Policy, Scope, absent
from community_sdk.policies.channels._attribution import no_channel
from community_sdk.policies.channels._contacts import ContactWatch, contacts
from community_sdk.state import Definition, State

__all__ = ["DeskShift", "StaffDesk", "StaffRouting"]

Slice = dict[str, Any]
"""``given`` today by staff; ``kept``: person, staff, until; ``line``: channel, person;
``told``: of the present event."""
_LOOK: Final = "look"
_DAY: Final = Duration.parse("24h")
_WEEK: Final[tuple[Weekday, ...]] = get_args(Weekday)
_ALL_DAY: Final = (Hours.parse("00:00-24:00"),)


@frozen(kw_only=True)
class DeskShift:
    """Hours in which some of the staff take people in.

    Attributes:
        staff: Who they are, in their order.
        hours: Local hours, `[start, end)`; those past midnight belong to the day on
            which they begin. Without any the desk is closed.
        days: On these local weekdays.
        dates: Special dates: the shift holds on them alone, and on them it comes in
            the place of every shift by weekday.
    """

    staff: tuple[MemberId, ...] = field(validator=validators.min_len(1))
    hours: tuple[Hours, ...] = _ALL_DAY
    days: frozenset[Weekday] = frozenset(_WEEK)
    dates: tuple[Dates, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse a shift on no day at all."""
        if not self.days and not self.dates:
            raise DefinitionError(
                "expected days or dates of a shift, found none",
                code="staff_desk.never",
                hint="name `days` of the week, or `dates`; without `days` it is every"
                " day",
            )


@frozen(kw_only=True)
class StaffDesk:
    """Who takes in the people of a channel.

    Attributes:
        channel: The channel; the desk without one is that of every other channel.
        shifts: When who is there.
        daily: Each is given at most so many people on a local day.
        backup: Who steps in when nobody of the shift can, under the same cap.
    """

    shifts: tuple[DeskShift, ...] = field(validator=validators.min_len(1))
    channel: str = ""
    daily: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    backup: tuple[MemberId, ...] = ()


@frozen(kw_only=True)
class StaffRouting:
    """Give each person who asks to one of the staff, the least busy of the day.

    Whoever has a contact, or was given to somebody and waits for it, goes there again.

    Attributes:
        desks: Who takes in whom.
        contacts: The key of the policy that watches contacts.
        hold: So long an assignment waits for the two to become contacts.
    """

    answers: ClassVar[EventTypes] = (
        StaffRequested,
        ContactAdded,
        IdentityLinked,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers

    key: PolicyKey
    desks: tuple[StaffDesk, ...] = field(validator=validators.min_len(1))
    contacts: str = ""
    hold: Duration = _DAY
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse two desks of one channel."""
        names = [desk.channel for desk in self.desks]
        for name in names:
            if names.count(name) > 1:
                raise DefinitionError(
                    f"expected one desk for each channel of `{self.key}`, found"
                    f" `{name}` twice",
                    code="staff_desk.twice",
                    found=name,
                )

    def misfits(
        self, _: Definition, policies: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name channels and contacts that there are not, desks that never open."""
        for nth, desk in enumerate(self.desks):
            yield from no_channel(f"desks[{nth}].channel", desk.channel, policies)
            if not desk.backup and not any(shift.hours for shift in desk.shifts):
                error = DefinitionError(
                    f"expected hours or a backup at a desk of `{self.key}`, found none",
                    code="staff_desk.closed",
                    hint="give `hours`, or a `backup`; else everybody waits for ever",
                    key=self.key,
                )
                yield (f"desks[{nth}]", error)
        known = [str(p.key) for p in policies if isinstance(p, ContactWatch)]
        yield from absent("contacts", self.contacts, "contact_watch", known)

    def start(self) -> Slice:
        """Give nobody to anybody yet."""
        return {"day": 0, "given": {}, "kept": [], "line": [], "told": []}

    def desk(self, channel: str, /) -> StaffDesk | None:
        """Return the desk of *channel*, else the one of every other channel."""
        known = {desk.channel: desk for desk in self.desks}
        return known.get(channel) or known.get("")

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Give people to the staff, and remember how many."""
        mine["told"], now = list[Any](), state.now_us
        today = state.calendar.day(now)
        if mine["day"] != today:
            mine["day"], mine["given"] = today, {}
        mine["kept"] = [row for row in mine["kept"] if row[2] > now]
        name = str(state.member.id)
        if isinstance(event, StaffRequested):
            if event.member is not None:
                self._take(mine, name, event.channel, state)
        elif isinstance(event, ContactAdded):
            mine["kept"] = [row for row in mine["kept"] if row[0] != name]
            mine["line"] = [row for row in mine["line"] if row[1] != name]
        else:
            if isinstance(event, IdentityLinked):
                _one_person(mine, str(event.alias), name)
            self._serve(mine, state)
        return mine

    def _take(self, mine: Slice, name: str, channel: str, state: State) -> None:
        told, desk = mine["told"], self.desk(channel)
        waits = [row[1] for row in mine["line"]]
        known = contacts(state.member.slices.get(self.contacts))
        known += [row[1] for row in mine["kept"] if row[0] == name]
        if known:
            told.append(["known", name, channel, known[0], self._until(state)])
        elif desk is None:
            told.append(["no", name, channel])
        elif name in waits:
            told.append(["wait", name, channel, waits.index(name) + 1])
        elif not self._give(mine, name, (channel, desk), state):
            mine["line"].append([channel, name])
            told.append(["wait", name, channel, len(mine["line"])])

    def _until(self, state: State) -> int:
        return self.hold.after(state.now_us, state.calendar.where)

    def _give(
        self, mine: Slice, name: str, where: tuple[str, StaffDesk], state: State
    ) -> bool:
        """Give *name* to the least busy of the shift, else of the backup."""
        (channel, desk), given = where, mine["given"]
        on, until = on_shift(desk, state), self._until(state)
        for what, people in (("go", on), ("backup", list(desk.backup))):
            free = [
                str(who)
                for who in dict.fromkeys(people)
                if desk.daily is None or given.get(who, 0) < desk.daily
            ]
            if free:
                staff = min(free, key=lambda who: int(given.get(who, 0)))
                given[staff] = given.get(staff, 0) + 1
                mine["kept"].append([name, staff, until])
                mine["told"].append([what, name, channel, staff, until])
                return True
        return False

    def _serve(self, mine: Slice, state: State) -> None:
        """Give those who wait; where one finds nobody, nobody after does."""
        rest, closed = list[Any](), set[str]()
        for channel, name in mine["line"]:
            desk = None if channel in closed else self.desk(channel)
            if desk is None or not self._give(mine, name, (channel, desk), state):
                closed.add(channel)
                rest.append([channel, name])
        mine["line"] = rest

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Tell who takes care of whom, who waits, and come back for those."""
        mine: Slice = state.mine or self.start()
        subject = None if event.member is None else str(state.member.id)
        for what, name, *rest in mine["told"]:
            about = MemberId(name) if name == subject else None
            yield _wish(what, (about, MemberId(name)), *rest)
        yield from self._plan(mine, state)

    def _plan(self, mine: Slice, state: State) -> Iterator[Wish]:
        """Come back when a shift or a day begins, as long as somebody waits."""
        planned = state.community.timers.get(f"{self.key}/{_LOOK}")
        if mine["line"]:
            due = min(self._openings(mine, state))
            if planned is None or planned[0] != due:
                yield SetTimer(_LOOK, instant(due))
        elif planned is not None:
            yield ClearTimer(_LOOK)

    def _openings(self, mine: Slice, state: State) -> Iterator[int]:
        calendar, now = state.calendar, state.now_us
        today = calendar.day(now)
        yield calendar.start(today + 1)
        for channel in dict.fromkeys(channel for channel, _ in mine["line"]):
            desk = self.desk(channel)
            for shift in () if desk is None else _shifts(desk, today):
                for hours in shift.hours:
                    begin = calendar.at(today, hours.start)
                    if begin > now:
                        yield begin


def _one_person(mine: Slice, alias: str, name: str) -> None:
    """Let *alias* have asked as *name*: of two of the staff the first one stays."""
    kept: list[list[Any]] = []
    for who, staff, until in mine["kept"]:
        row = [name if who == alias else who, staff, until]
        if all(row[0] != known[0] for known in kept):
            kept.append(row)
    given = {row[0] for row in kept}
    line: list[list[Any]] = []
    for channel, who in mine["line"]:
        row = [channel, name if who == alias else who]
        if row[1] not in given and all(row[1] != known[1] for known in line):
            line.append(row)
    mine["kept"], mine["line"] = kept, line


def _wish(
    what: str, who: tuple[MemberId | None, MemberId], channel: str, *rest: Any
) -> Wish:
    """Return the decision that tells what became of a request."""
    about, person = who
    word = channel or None
    if what == "no":
        why = because("staff_desk.none", channel=word)
        return RefuseRoute(member=about, person=person, code=channel, because=why)
    if what == "wait":
        why = because("staff_desk.wait", channel=word, place=rest[0])
        return WaitForRoute(
            member=about, person=person, channel=channel, place=rest[0], because=why
        )
    return AssignStaff(
        member=about,
        person=person,
        staff=MemberId(rest[0]),
        channel=channel,
        backup=what == "backup",
        until=instant(rest[1]),
        because=because("staff_desk.given", channel=word, how=what),
    )


def _shifts(desk: StaffDesk, day: int) -> list[DeskShift]:
    """Return the shifts of a local date: special dates come before weekdays."""
    special = [s for s in desk.shifts if any(day in dates for dates in s.dates)]
    weekday = _WEEK[date.fromordinal(day).weekday()]
    plain = [s for s in desk.shifts if not s.dates and weekday in s.days]
    return special or plain


def on_shift(desk: StaffDesk, state: State, /) -> list[MemberId]:
    """Return who is at the desk now, in the order of the shifts."""
    calendar, now = state.calendar, state.now_us
    today, found = calendar.day(now), list[MemberId]()
    for day in (today - 1, today):
        for shift in _shifts(desk, day):
            for hours in shift.hours:
                begin = calendar.at(day, hours.start)
                last = day + 1 if hours.overnight else day
                if begin <= now < calendar.at(last, hours.end):
                    found += shift.staff
    return found
