"""How the memory of questions changes: asked, answered, lapsed, reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from community_sdk._time import Calendar, PeriodUnit
from community_sdk._values import frozen
from community_sdk.policies.response._chats import (
    Answer,
    Chat,
    Entry,
    Slice,
    of_member,
    place,
)

__all__ = ["Keeping"]

Plan = tuple[int | None, list[Entry]]
"""When an answer is due, None for never, and what is told when."""
_NONE: Final = "none"


@frozen
class Keeping:
    """One change of the memory *mine* at *now*, with the terms that hold."""

    mine: Slice
    now: int
    calendar: Calendar
    unit: PeriodUnit
    plan: Callable[[int], Plan]
    worked: Callable[[int, int], int]
    moves: bool
    unaddressed: str

    def asked(self, who: str, group: str, at: int) -> None:
        """Open a question, or add a message to the one that is open."""
        key = place(group, who)
        chat = self.mine["open"].get(key)
        if chat is None or at < chat["first"]:
            known = self._known(who, group, at)
            if known is not None and (chat is None or known < chat["first"]):
                self.count(at, group, chats=1)
                self._settle(self._chat(who, group, at), known, "")
                return
        if chat is None:
            self.count(at, group, chats=1)
            self._open(key, self._chat(who, group, at))
            return
        first, last = min(chat["first"], at), max(chat["last"], at)
        base = last if self.moves else first
        chat["first"], chat["last"] = first, last
        if base != chat["base"] and not chat["told"]:
            self._again(key, chat, base)

    def answered(self, staff: str, to: str, group: str | None, at: int) -> None:
        """Close what *staff* answered at *at*."""
        if to or group:
            self.mine["recent"].append({"at": at, "group": group or "", "to": to})
        for key in self._targets(to, group, at):
            chat = self._close(key)
            self._settle(chat, at, staff)
            if at < chat["last"]:
                # Who wrote once more after that is still waiting.
                self.count(chat["last"], chat["group"], chats=1)
                self._open(key, self._chat(chat["who"], chat["group"], chat["last"]))

    def gone(self, who: str, group: str | None, at: int) -> None:
        """Close what a member who left had open."""
        for key, chat in list(of_member(self.mine, who, group)):
            if chat["last"] <= at:
                self._close(key)
                self.count(at, chat["group"], lapsed=1)

    def lapsed(self, key: str) -> None:
        """Close a question that nobody answered for long."""
        chat = self._close(key)
        self.mine["notes"]["ended"].append(chat)
        self.count(self.now, chat["group"], lapsed=1)

    def linked(self, who: str, alias: str) -> None:
        """Ask in the name of *who* what *alias* asked."""
        for key, asked in list(of_member(self.mine, alias, None)):
            self._close(key)
            other = place(asked["group"], who)
            chat = asked
            if other in self.mine["open"]:
                chat = _joined(asked, self._close(other))
            chat["who"] = who
            self._again(other, chat, chat["last" if self.moves else "first"])

    def overdue(self, key: str) -> None:
        """Note that the time of a question is over."""
        chat = self.mine["open"][key]
        chat["told"] = True
        self.count(chat["due"] or self.now, chat["group"], overdue=1)

    def report(self) -> None:
        """Close the period: its figures are told and no longer change."""
        mine = self.mine
        mine["notes"]["report"], mine["notes"]["period"] = (
            mine["figures"],
            mine["period"],
        )
        mine["notes"]["load"] = mine["load"]
        mine["figures"], mine["period"], mine["load"] = {}, "", {}

    def count(self, at: int, group: str, **numbers: int) -> bool:
        """Count what happened at *at*; what belongs to another period is only told."""
        mine, period = self.mine, self.calendar.period(self.unit, at).key
        running = self.calendar.period(self.unit, self.now).key
        if period != running:
            mine["notes"]["differ"].append([period, group])
            return False
        if not mine["period"]:
            mine["period"], mine["notes"]["begun"] = running, True
        figures = mine["figures"].setdefault(group, {})
        for name, number in numbers.items():
            figures[name] = figures.get(name, 0) + number
        return True

    def forget(self, before: int) -> None:
        """Forget answers of before *before*."""
        mine = self.mine
        if any(answer["at"] < before for answer in mine["recent"]):
            mine["recent"] = [a for a in mine["recent"] if a["at"] >= before]

    def _chat(self, who: str, group: str, at: int) -> Chat:
        due, agenda = self.plan(at)
        return {
            "who": who,
            "group": group,
            "first": at,
            "last": at,
            "base": at,
            "due": due,
            "agenda": agenda,
            "told": False,
        }

    def _open(self, key: str, chat: Chat) -> None:
        self.mine["open"][key] = chat
        self.mine["notes"]["wake"].append(key)

    def _again(self, key: str, chat: Chat, base: int) -> None:
        """Let the time of a question run from *base*, unless it is over already."""
        self._clear(key, chat)
        if chat["told"]:
            chat["agenda"] = [e for e in chat["agenda"] if e["at"] > self.now]
        else:
            chat["base"] = base
            chat["due"], chat["agenda"] = self.plan(base)
        self._open(key, chat)

    def _close(self, key: str) -> Chat:
        chat = self.mine["open"].pop(key)
        self._clear(key, chat)
        return chat

    def _clear(self, key: str, chat: Chat) -> None:
        clear = self.mine["notes"]["clear"]
        clear[key] = max(clear.get(key, 0), len(chat["agenda"]))

    def _settle(self, chat: Chat, at: int, staff: str) -> None:
        group, due, first = chat["group"], chat["due"], chat["first"]
        late = due is not None and at > due
        worked = self.worked(first, at)
        counted = self.count(at, group, answered=1, waited=at - first, worked=worked)
        if counted and staff:
            self.mine["load"][staff] = self.mine["load"].get(staff, 0) + 1
        if not late:
            self.count(at, group, in_time=1)
        if due is not None and late != chat["told"]:
            self.count(due, group, overdue=1 if late else -1)
        self.mine["notes"]["closed"].append(
            {"chat": chat, "at": at, "staff": staff, "late": late, "worked": worked}
        )

    def _targets(self, to: str, group: str | None, at: int) -> list[str]:
        """Return the keys of what is answered, asked at *at* or before."""
        if to:
            found = list(of_member(self.mine, to, group))
        else:
            chats = self.mine["open"].items()
            found = [(k, c) for k, c in chats if group and c["group"] == group]
        keys = [key for key, chat in found if chat["first"] <= at]
        if to or self.unaddressed == "all":
            return keys
        if self.unaddressed == _NONE:
            return []
        chats_of = self.mine["open"]
        return sorted(keys, key=lambda key: (chats_of[key]["first"], key))[-1:]

    def _known(self, who: str, group: str, at: int) -> int | None:
        """Return when a question that is told after its answer was answered."""
        fits = (
            answer["at"]
            for answer in self.mine["recent"]
            if answer["at"] > at and self._fits(answer, who, group)
        )
        return min(fits, default=None)

    def _fits(self, answer: Answer, who: str, group: str) -> bool:
        where, to = answer["group"], answer["to"]
        if to:
            return to == who and where in ("", group)
        return where == group and self.unaddressed != _NONE


def _joined(one: Chat, other: Chat) -> Chat:
    """Return two questions of one person as one; what was told stays told."""
    told, rest = (one, other) if one["told"] else (other, one)
    told["first"] = min(told["first"], rest["first"])
    told["last"] = max(told["last"], rest["last"])
    return told
