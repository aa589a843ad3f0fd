"""Turns of duty: whoever's turn it is has a task, and it is known whether it is done.

Law: a turn follows from the roster and the date alone (S10).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from attrs import field

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import Mode, OpenObligation, SetTimer, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Event,
    EventTypes,
    Joined,
    MembershipImported,
    MessagePosted,
    RoleAssigned,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import Escalation, HandOver, PolicyKey, RoleName, Rota
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["DutyRota"]

_TURN: Final = "turn"
# Longer than any list of people that take turns by the week.
_REACH: Final = 800


@frozen(kw_only=True)
class DutyRota:
    """Give whoever's turn it is in *role* a task, at the beginning of the turn.

    A turn begins with its first shift and ends with its last one; where the role has no
    shifts, with the local day. Whoever is in a rota is woken from the first time that
    anything is heard of that person.

    Attributes:
        role: The role whose turns are taken, by the rotas of the roster.
        what: The task, such as clearing ads and members who never speak.
        met_by: The event that does it; without one it must be said to be done.
        where: The fields that the event must have, with their values.
        within: Hours of work for the task; without it, the whole turn.
        escalation: To whom a task that was not done goes, one after the other.
    """

    answers: ClassVar[EventTypes] = (
        RoleAssigned,
        Joined,
        MembershipImported,
        MessagePosted,
        TimerFired,
    )

    key: PolicyKey
    role: RoleName
    what: str
    met_by: str = ""
    where: tuple[tuple[str, str | int | bool], ...] = ()
    within: Duration | None = None
    escalation: tuple[Escalation, ...] = ()
    mode: Mode = Mode.ACT
    scope: Scope = field(default=Scope.MEMBER)

    def __attrs_post_init__(self) -> None:
        """Refuse months of work."""
        lengths = [e.after for e in self.escalation]
        for length in (*lengths, *(() if self.within is None else (self.within,))):
            if length.months:
                raise DefinitionError(
                    f"expected hours of work such as `8h`, found `{length}`",
                    code="rota.months",
                    found=str(length),
                )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have, or that nobody takes turns in."""
        roles = role_names(definition)
        turns = tuple(str(r.role) for r in definition.community.roster.rotas)
        yield from unknown("role", self.role, roles)
        for i, step in enumerate(self.escalation):
            yield from unknown(f"escalation[{i}].duty", step.duty, roles)
        yield from unknown("role", self.role, turns)

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Set the task when a turn begins, and wake up for the next one."""
        rotas = self._rotas(state)
        if not rotas:
            return
        fired = isinstance(event, TimerFired)
        if fired:
            yield from self._begin(rotas, state)
        if fired or f"{self.key}/{_TURN}" not in state.member.timers:
            coming = self._next(rotas, state)
            if coming is not None:
                yield SetTimer(_TURN, instant(coming))

    def standing(self, state: State, /) -> Explanation:
        """Explain when the member's next turn begins."""
        coming = self._next(self._rotas(state), state)
        return because(
            "rota.standing",
            role=self.role,
            what=self.what,
            next=None if coming is None else instant(coming),
        )

    def _rotas(self, state: State) -> list[Rota]:
        rotas = state.definition.community.roster.rotas
        who = state.member.id
        return [r for r in rotas if r.role == self.role and r.takes(who)]

    def _begin(self, rotas: list[Rota], state: State) -> Iterator[Wish]:
        """Set the task of the turn that begins now, if one does."""
        today = state.calendar.day(state.now_us)
        for rota in rotas:
            for day in range(today - rota.longest + 1, today + 1):
                edges = self._edges(rota, day, state)
                if edges is not None and edges[0] == state.now_us:
                    yield self._task(edges, state)
                    return

    def _next(self, rotas: list[Rota], state: State) -> int | None:
        """Return when the next turn of the member begins, later than now."""
        found = (next(self._coming(rota, state), None) for rota in rotas)
        return min((begin for begin in found if begin is not None), default=None)

    def _coming(self, rota: Rota, state: State) -> Iterator[int]:
        """Yield when the member's turns begin that are later than now."""
        today = state.calendar.day(state.now_us)
        for day in range(today - rota.longest + 1, today + _REACH):
            edges = self._edges(rota, day, state)
            if edges is not None and edges[0] > state.now_us:
                yield edges[0]

    def _edges(self, rota: Rota, day: int, state: State) -> tuple[int, int] | None:
        """Return begin and end of the member's turn that begins on the date *day*.

        None where no turn does, or nobody works on any of its days.
        """
        if rota.person(day) != state.member.id or not rota.begins(day):
            return None
        roster, calendar = state.definition.community.roster, state.calendar
        end = rota.ends(day)
        if not roster.scheduled(self.role):
            return calendar.start(day), calendar.start(end)
        spans = [
            span
            for each in range(day, end)
            for span in roster.spans(self.role, each, calendar)
        ]
        return (spans[0][0], spans[-1][1]) if spans else None

    def _task(self, edges: tuple[int, int], state: State) -> OpenObligation:
        roster, calendar = state.definition.community.roster, state.calendar
        since, until = edges
        due: int | None = until
        if self.within is not None:
            due = roster.due(self.role, since, self.within.us, calendar)
        due = until if due is None else due
        stages = (
            (roster.due(self.role, due, step.after.us, calendar), step.duty)
            for step in self.escalation
        )
        return OpenObligation(
            member=state.member.id,
            what=self.what,
            due=instant(due),
            met_by=self.met_by,
            where=self.where,
            stages=tuple(
                HandOver(at=instant(at), duty=duty)
                for at, duty in stages
                if at is not None
            ),
            because=because(
                "rota.turn",
                role=self.role,
                what=self.what,
                since=instant(since),
                until=instant(until),
            ),
        )
