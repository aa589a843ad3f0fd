"""Who may come in: requirements met, unmet or unknown, places, waiting list (S03)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import ClassVar, Literal

from attrs import field, frozen

from community_sdk._time import Duration, instant
from community_sdk.decisions import (
    Admit,
    AskForMore,
    Decision,
    Mode,
    PutOnWaitingList,
    RefuseAdmission,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Admitted,
    Event,
    EventTypes,
    Joined,
    JoinRequested,
    Left,
    MemberRemoved,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import GroupId, MemberId, PolicyKey, Titles
from community_sdk.policies._policy import Scope
from community_sdk.state import State

__all__ = ["AdmissionPolicy", "Answer", "EntryRequirement"]


Granted = dict[str, dict[str, bool]]
"""By member, the groups let into (empty: the community), and whether as a newcomer."""


class Answer(Enum):
    """How a request stands to one requirement; unknown is not no."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class EntryRequirement:
    """What the answer called *answer* must be: *op* *value*.

    Numbers compare with every operator, words and truths with ``==`` and ``!=`` only;
    an answer of another type is unknown, as is one that was not given.
    """

    answer: str
    op: Literal[">=", "<=", "==", "!="] = "=="
    value: str | int | bool = True
    title: Titles = field(factory=dict[str, str], hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse to order what has no order."""
        ordered = self.op in (">=", "<=")
        if ordered and (isinstance(self.value, (bool, str))):
            raise DefinitionError(
                f"expected a number after `{self.op}` for `{self.answer}`, found"
                f" `{self.value}`",
                code="admission.order",
                hint="use `==` or `!=`",
                found=str(self.value),
            )

    def judge(self, event: JoinRequested) -> Answer:
        """Tell how the request stands."""
        given = event.answers.get(self.answer)
        if given is None or type(given) is not type(self.value):
            return Answer.UNKNOWN
        if self.op == "==":
            met = given == self.value
        elif self.op == "!=":
            met = given != self.value
        elif self.op == ">=":
            met = int(given) >= int(self.value)
        else:
            met = int(given) <= int(self.value)
        return Answer.MET if met else Answer.UNMET


@frozen(kw_only=True)
class AdmissionPolicy:
    """Answer requests to join.

    *entry*: ``application`` judges requirements, ``invitation`` asks for an inviter as
    well, ``closed`` refuses everybody. Unmet refuses, naming each requirement; unknown
    asks for the answers and leaves the request pending. Who is banned is refused while
    the ban runs; who was removed may come back after *reentry_after* (None: at once).
    *capacity* caps the community, a group's own capacity its group; granted places
    count as taken, nobody takes two. When full, the request waits, and the oldest
    come in when places are free.
    """

    answers: ClassVar[EventTypes] = (
        JoinRequested,
        Admitted,
        Joined,
        Left,
        MemberRemoved,
    )
    folds: ClassVar[EventTypes] = (Admitted, Joined, Left, MemberRemoved)

    key: PolicyKey
    entry: Literal["application", "invitation", "closed"] = "application"
    requirements: tuple[EntryRequirement, ...] = ()
    capacity: int | None = None
    reentry_after: Duration | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def start(self) -> Granted:
        """Remember no granted place."""
        return {}

    def fold(self, mine: Granted, event: Event, state: State, /) -> Granted:
        """Remember who was let in and has not come yet."""
        name, group = str(event.member), event.group or ""
        grants = mine.pop(name, {})
        if isinstance(event, Admitted):
            inside = state.member.here
            if not inside or (group and group not in state.member.groups):
                grants[group] = not inside
        elif event.group is None:
            grants = {}
        elif isinstance(event, Joined):
            # Who has come into one group is no newcomer to the others.
            grants = {g: False for g in grants if g not in ("", group)}
        else:
            grants.pop(group, None)
        if grants:
            mine[name] = grants
        return mine

    def decide(
        self,
        event: JoinRequested | Admitted | Joined | Left | MemberRemoved,
        state: State,
    ) -> Iterator[Decision]:
        """Admit, refuse, ask, or let wait; fill the places that have become free."""
        if event.member is None:
            return
        if isinstance(event, JoinRequested):
            yield self._answer(event, state)
        elif isinstance(event, (Left, MemberRemoved)):
            yield from self._fill(event.group, state)

    def _answer(self, event: JoinRequested, state: State) -> Decision:
        barred = self._barred(event, state)
        if barred is not None:
            why = because("admission.refused", barred)
            return RefuseAdmission(member=event.member, group=event.group, because=why)
        found = [(r, r.judge(event)) for r in self.requirements]
        parts = [_part(r, answer, event) for r, answer in found]
        if any(answer is Answer.UNMET for _, answer in found):
            why = because("admission.refused", *parts)
            return RefuseAdmission(member=event.member, group=event.group, because=why)
        missing = tuple(r.answer for r, a in found if a is Answer.UNKNOWN)
        if missing:
            why = because("admission.unknown", *parts, missing=missing)
            return AskForMore(
                member=event.member, group=event.group, missing=missing, because=why
            )
        full = self._no_place(event.group, state)
        if full is not None:
            why = because("admission.full", full, *parts)
            return PutOnWaitingList(member=event.member, group=event.group, because=why)
        why = because("admission.met", *parts)
        return Admit(member=event.member, group=event.group, because=why)

    def _barred(self, event: JoinRequested, state: State) -> Explanation | None:
        member = state.member
        for record in member.sanctions:
            if record.measure in ("ban", "suspend") and record.in_force(state.now_us):
                until = None if record.until is None else instant(record.until)
                return because("admission.banned", measure=record.measure, until=until)
        if self.entry == "closed":
            return because("admission.closed")
        if self.entry == "invitation" and event.invited_by is None:
            return because("admission.not_invited")
        if member.removed is not None and self.reentry_after is not None:
            back = self.reentry_after.after(member.removed, state.calendar.where)
            if state.now_us < back:
                return because("admission.removed", until=instant(back))
        return None

    def _no_place(self, group: str | None, state: State) -> Explanation | None:
        """Explain why there is no place; who is inside already needs none."""
        member = state.member
        granted: Granted = dict(state.mine or {})
        granted.pop(str(member.id), None)
        if group is not None and group not in member.groups:
            full = _full_group(group, granted, state)
            if full is not None:
                return full
        return None if member.here else self._full(granted, state)

    def _full(self, granted: Granted, state: State) -> Explanation | None:
        held = sum(any(grants.values()) for grants in granted.values())
        return _full(None, self.capacity, (state.community.members, held))

    def _fill(self, freed: str | None, state: State) -> Iterator[Decision]:
        granted: Granted = {**(state.mine or {})}
        for group, member, since in state.community.waiting:
            if freed not in (None, group):
                continue
            full = self._full(granted, state)
            if full is None and group:
                full = _full_group(group, granted, state)
            if full is None:
                granted[member] = {**granted.get(member, {}), group: True}
                why = because("admission.place_free", waiting_since=instant(since))
                room = GroupId(group) if group else None
                yield Admit(member=MemberId(member), group=room, because=why)


def _full_group(group: str, granted: Granted, state: State) -> Explanation | None:
    room = state.definition.community.group(group)
    cap = None if room is None else room.capacity
    held = sum(group in grants for grants in granted.values())
    return _full(group, cap, (state.community.groups.get(group, 0), held))


def _full(
    group: str | None, capacity: int | None, taken: tuple[int, int]
) -> Explanation | None:
    here, held = taken
    if capacity is None or here + held < capacity:
        return None
    return because(
        "admission.places", group=group, capacity=capacity, members=here, held=held
    )


def _part(rule: EntryRequirement, answer: Answer, event: JoinRequested) -> Explanation:
    return because(
        f"admission.requirement_{answer.value}",
        answer=rule.answer,
        op=rule.op,
        value=rule.value,
        given=event.answers.get(rule.answer),
    )
