"""Conduct of those who hold a role: they are there, and obey the same rules (S10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from attrs import field, validators

from community_sdk._time import PeriodUnit
from community_sdk._values import frozen
from community_sdk.conditions import Condition, holds, metrics, verdict
from community_sdk.decisions import Escalate, Mode, Remind, Wish
from community_sdk.events import (
    Event,
    EventTypes,
    MessagePosted,
    RoleAssigned,
    RuleBroken,
    TimerFired,
)
from community_sdk.explanation import because
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, RoleName, RuleCode
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.policies.staffing._reviews import (
    held,
    held_since,
    next_review,
)
from community_sdk.state import Definition, State

__all__ = ["StaffConduct"]


@frozen(kw_only=True)
class StaffConduct:
    """Remind who holds a role and is not there; tell the supervisor, also of breaches.

    Presence is looked at when a period ends, of whoever held the role all through it.
    Rank changes nothing: a breach by who holds a role is a strike like anybody's, and
    the supervisor is told of it besides.

    Attributes:
        roles: The roles that are looked at.
        supervisor: The role that is told.
        present: What a holder must have done, such as `active_days("7d") >= 3`.
        every: After which period it is looked at.
        misses: After how many periods in a row the supervisor is told.
        rules: The breaches that are told; empty means all.
    """

    answers: ClassVar[EventTypes] = (
        RoleAssigned,
        MessagePosted,
        RuleBroken,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = (TimerFired,)

    key: PolicyKey
    roles: tuple[RoleName, ...] = field(validator=validators.min_len(1))
    supervisor: RoleName
    present: Condition
    every: PeriodUnit = PeriodUnit.WEEK
    misses: int = field(default=2, validator=validators.ge(1))
    rules: tuple[RuleCode, ...] = ()
    mode: Mode = Mode.ACT
    scope: Scope = field(default=Scope.MEMBER)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What presence measures."""
        return metrics(self.present)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles and rules that the playbook does not have."""
        roles = role_names(definition)
        yield from unknown("roles", self.roles, roles)
        yield from unknown("supervisor", self.supervisor, roles)
        codes = tuple(str(r.code) for r in definition.rulebook.rules)
        yield from unknown("rules", self.rules, codes)

    def start(self) -> int:
        """Remember no period without presence."""
        return 0

    def fold(self, mine: int, _: TimerFired, state: State, /) -> int:
        """Count the periods in a row in which the member was not there."""
        if not self._judged(state):
            return mine if held(self.roles, state) else 0
        return 0 if holds(self.present, state) else mine + 1

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Remind, tell the supervisor, and look again when the next period ends."""
        roles = held(self.roles, state)
        if not roles:
            return
        if isinstance(event, RuleBroken):
            yield from self._breach(event, roles)
            return
        if isinstance(event, TimerFired) and self._judged(state):
            yield from self._absent(roles, state)
        yield from next_review(self.key, self.every, event, state)

    def _judged(self, state: State) -> bool:
        """Tell whether a role was held all through the period that ended just now."""
        roles = held(self.roles, state)
        period = state.calendar.period(self.every, state.now_us - 1)
        begin = state.calendar.start(period.since)
        return bool(roles) and held_since(self.roles, state) <= begin

    def _absent(self, roles: tuple[RoleName, ...], state: State) -> Iterator[Wish]:
        missed: int = state.mine or 0
        if not missed:
            return
        why = because(
            "conduct.absent",
            verdict(self.present, state).because(),
            roles=roles,
            missed=missed,
            every=self.every,
        )
        what = "be_present"
        if missed < self.misses:
            yield Remind(member=state.member.id, what=what, because=why)
        else:
            yield Escalate(
                member=state.member.id, what=what, duty=self.supervisor, because=why
            )

    def _breach(self, event: RuleBroken, roles: tuple[RoleName, ...]) -> Iterator[Wish]:
        if self.rules and event.rule not in self.rules:
            return
        yield Escalate(
            member=event.member,
            group=event.group,
            what="staff_breach",
            duty=self.supervisor,
            because=because(
                "conduct.breach", rule=event.rule, roles=roles, occurred=event.at
            ),
        )
