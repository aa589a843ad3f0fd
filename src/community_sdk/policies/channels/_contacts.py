"""Contacts between members and staff: added, deleted, returned; lost is derived (S18).

INVARIANT: of what was told of a pair the latest holds, in whatever order it came; a
member is lost when there were contacts and none is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import ClearTimer, Mode, Recommend, SetTimer, Wish
from community_sdk.events import (
    ContactAdded,
    ContactDeleted,
    Event,
    EventTypes,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import ContactSide, PolicyKey, RoleName
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["ContactWatch", "contacts"]

Slice = dict[str, Any]
"""``pairs`` by staff: instant, place, running, side, way, channel, times added;
``told``: of the present event; ``asked``: when the last win-back was; ``lost``: since
when no contact is left, and which side ended the last."""
_Told = ContactAdded | ContactDeleted | TimerFired
_AT, _SEQ, _ON, _SIDE, _WAY, _CHANNEL, _TIMES = range(7)
_WIN: Final = "win_back"
_WEEK: Final = Duration.parse("7d")
_QUARTER: Final = Duration.parse("90d")


def contacts(mine: Slice | None) -> list[str]:
    """Return the staff that a member has as running contacts, the earliest first."""
    pairs: dict[str, list[Any]] = {} if mine is None else mine["pairs"]
    running = [who for who, row in pairs.items() if row[_ON]]
    return sorted(running, key=lambda who: (pairs[who][_AT], pairs[who][_SEQ], who))


def _as_person(mine: Slice, staff: str, state: State) -> None:
    """Let pairs with other accounts of *staff* be pairs with the one person.

    A link between accounts of the staff is not told to each of its contacts.
    """
    person, pairs = state.find(staff), mine["pairs"]
    names = () if person is None else (name for name in person.aliases if name in pairs)
    for name in [*names]:
        row, known = pairs.pop(name), pairs.get(staff)
        pairs[staff] = row if known is None else _both(row, known)


def _both(one: list[Any], two: list[Any]) -> list[Any]:
    """Return the pair of which two tell: it runs as long as either does."""
    at, seq, on, side, way, channel, _ = max(one, two, key=lambda row: row[:2])
    runs = one[_ON] or two[_ON]
    times = one[_TIMES] + two[_TIMES]
    return [at, seq, runs, "" if runs and not on else side, way, channel, times]


@frozen(kw_only=True)
class ContactWatch:
    """Tell when a contact is lost, and win back once who lost the last one.

    Whom the staff itself deleted is not asked back. Contacts of later days do not make
    a second attempt come sooner than *cool_down* after the first.

    Attributes:
        duty: The role whose holders look after losses.
        after: Who ended the last contact is asked back so much later, if still lost.
        cool_down: And not again for so long, the end excluded.
    """

    answers: ClassVar[EventTypes] = (ContactAdded, ContactDeleted, TimerFired)
    folds: ClassVar[EventTypes] = answers

    key: PolicyKey
    duty: RoleName
    after: Duration = _WEEK
    cool_down: Duration = _QUARTER
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterator[Reference]:
        """Name a role that the playbook does not have."""
        yield from unknown("duty", self.duty, role_names(definition))

    def start(self) -> Slice:
        """Know of no contact."""
        return {"pairs": {}, "told": [], "asked": None, "lost": None}

    def fold(self, mine: Slice, event: _Told, state: State, /) -> Slice:
        """Keep the latest word on each pair."""
        mine["told"] = list[Any]()
        if isinstance(event, TimerFired):
            if self._may_ask(mine, state):
                mine["asked"] = state.now_us
                mine["told"].append([_WIN, "", ""])
        elif isinstance(event, ContactAdded):
            _as_person(mine, event.staff, state)
            known = mine["pairs"].get(event.staff)
            moment = [state.at_us, event.seq]
            times = 1 + (0 if known is None else known[_TIMES])
            if known is None or known[:2] <= moment:
                row = [*moment, True, "", event.way, event.channel, times]
                mine["pairs"][str(event.staff)] = row
            else:
                known[_TIMES] = times
            if contacts(mine):
                mine["lost"] = None
        else:
            self._end(mine, event, state)
        return mine

    def _end(self, mine: Slice, event: ContactDeleted, state: State) -> None:
        staff, moment = str(event.staff), [state.at_us, event.seq]
        _as_person(mine, staff, state)
        known = mine["pairs"].get(staff)
        if known is not None and known[:2] > moment:
            return
        was = known is None or known[_ON]
        rest = ["", "", 0] if known is None else known[_WAY:]
        mine["pairs"][staff] = [*moment, False, event.side.value, *rest]
        if was:
            mine["told"].append(["lost", staff, event.side.value])
            if self.lost(mine):
                mine["lost"] = [state.at_us, event.side.value]

    def join(self, mine: Slice, other: Slice, _: State, /) -> Slice:
        """Keep the later word on each pair of two accounts of one person."""
        pairs: Slice = dict(mine["pairs"])
        for staff, row in other["pairs"].items():
            known = pairs.get(staff)
            pairs[staff] = row if known is None or known[:2] < row[:2] else known
        asked = [each for each in (mine["asked"], other["asked"]) if each is not None]
        ends = [each for each in (mine["lost"], other["lost"]) if each is not None]
        joined: Slice = {"pairs": pairs, "told": [], "lost": max(ends, default=None)}
        if contacts(joined):
            joined["lost"] = None
        return {**joined, "asked": max(asked, default=None)}

    def lost(self, mine: Slice) -> bool | None:
        """Tell whether no contact is left; None where there never was one."""
        return None if not mine["pairs"] else not contacts(mine)

    def _since(self, mine: Slice) -> int | None:
        """Return since when the member is lost by an end of its own."""
        lost: tuple[int, str] = mine["lost"] or (0, "")
        return lost[0] if lost[1] == ContactSide.MEMBER.value else None

    def _may_ask(self, mine: Slice, state: State) -> bool:
        asked, where = mine["asked"], state.calendar.where
        if self._since(mine) is None:
            return False
        return asked is None or self.cool_down.after(asked, where) <= state.now_us

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Tell a loss, ask back, and wait for the time to do so."""
        mine: Slice = state.mine or self.start()
        member, duty = state.member.id, str(self.duty)
        for what, staff, side in mine["told"]:
            if what == _WIN:
                since = self._since(mine) or 0
                why = because("contact.win_back", since=instant(since))
                properties: dict[str, str | int | bool] = {"duty": duty}
                action = "win_back"
            else:
                last = bool(self.lost(mine))
                why = because("contact.lost", staff=staff, side=side, last=last)
                properties = {"duty": duty, "staff": staff, "side": side}
                action = "look_after_loss"
            yield Recommend(
                member=member, action=action, properties=properties, because=why
            )
        yield from self._plan(event, mine, state)

    def _plan(self, event: Event, mine: Slice, state: State) -> Iterator[Wish]:
        since = self._since(mine)
        if since is None:
            if f"{self.key}/{_WIN}" in state.member.timers:
                yield ClearTimer(_WIN)
        elif not isinstance(event, TimerFired) and mine["told"]:
            due = self.after.after(since, state.calendar.where)
            yield SetTimer(_WIN, instant(max(due, state.now_us)))

    def standing(self, state: State, /) -> Explanation:
        """Tell each contact: running or ended, by which side, and how often added."""
        mine: Slice = state.mine or self.start()
        parts = [
            because(
                "contact.pair",
                staff=staff,
                since=instant(row[_AT]),
                side=row[_SIDE] or None,
                times=row[_TIMES],
            )
            for staff, row in sorted(mine["pairs"].items())
        ]
        return because("contact.standing", *parts, count=len(contacts(mine)))
