"""Zombies: members who are here and gave no sign of life for long (S23)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import Mode, Recommend, SetTimer, Wish
from community_sdk.events import (
    Event,
    EventTypes,
    Joined,
    MembershipImported,
    MessagePosted,
    TimerFired,
)
from community_sdk.explanation import because
from community_sdk.model import PolicyKey, RoleName
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["ZombieWatch"]

_IDLE: Final = "idle"
_ONE: Final = Duration.parse("30d")


@frozen(kw_only=True)
class ZombieWatch:
    """Find members who are here and gave no sign of life for longer than *after*.

    A message or an entry is a sign of life. Told once, until the next sign; who is
    silent for exactly *after* is not told yet.

    Attributes:
        duty: The role whose holders wake them, or take them out.
        after: How long a silence may last.
        exempt: Whoever holds one of these roles may be silent.
    """

    answers: ClassVar[EventTypes] = (
        MessagePosted,
        Joined,
        MembershipImported,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers[:-1]

    key: PolicyKey
    duty: RoleName
    after: Duration = _ONE
    exempt: tuple[RoleName, ...] = ()
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        yield from unknown("duty", self.duty, role_names(definition))
        yield from unknown("exempt", self.exempt, role_names(definition))

    def start(self) -> list[int]:
        """Remember no sign of life."""
        return []

    def fold(self, mine: list[int], event: Event, state: State, /) -> list[int]:
        """Remember the latest sign of life."""
        return [max((state.at_us, *mine))] if event.dated else mine

    def join(self, mine: list[int], other: list[int], _: State, /) -> list[int]:
        """Keep the later sign of two accounts of one person."""
        return [max((*mine, *other))] if mine or other else []

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Tell who is silent for too long, or wait for it."""
        mine: list[int] = state.mine or []
        if not mine or state.member.bot:
            return
        last, member, now = mine[0], state.member, state.now_us
        due = self.after.after(last, state.calendar.where)
        fired = isinstance(event, TimerFired)
        if due > now or not fired:
            if fired or f"{self.key}/{_IDLE}" not in member.timers:
                yield SetTimer(_IDLE, instant(max(due, now)), "after")
            return
        exempt = any(member.serves(role, now) for role in self.exempt)
        if not member.here or exempt:
            return
        why = because("lifecycle.zombie", since=instant(last), after=self.after)
        properties = {"duty": str(self.duty)}
        yield Recommend(
            member=member.id, action="wake_up", properties=properties, because=why
        )
