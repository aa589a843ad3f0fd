"""Disputes between managers go up (S11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from attrs import field, validators

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import Mode, OpenObligation, Wish
from community_sdk.events import DisputeRaised, DisputeSettled, Event, EventTypes
from community_sdk.explanation import Explanation, because
from community_sdk.model import PolicyKey, RoleName
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["ManagerDispute"]


@frozen(kw_only=True)
class ManagerDispute:
    """A dispute that a holder of one of *roles* raises is for *duty* to settle.

    A holder of *duty* who is no party to it settles it *within* a time, last instant
    included; then it is handed on as missed. Disputes of other members are no concern
    of this policy.
    """

    answers: ClassVar[EventTypes] = (DisputeRaised, DisputeSettled)
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (DisputeSettled,)

    key: PolicyKey
    duty: RoleName
    roles: tuple[RoleName, ...] = field(validator=validators.min_len(1))
    within: Duration
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        yield from unknown("roles", self.roles, role_names(definition))
        yield from unknown("duty", self.duty, role_names(definition))

    def start(self) -> dict[str, str]:
        """Remember no dispute."""
        return {}

    def refuse(self, event: DisputeSettled, state: State, /) -> Explanation | None:
        """Refuse who is a party to the dispute, or holds no *duty* then."""
        mine: dict[str, str] = state.mine or {}
        other = mine.get(event.dispute)
        if other is None:
            return None
        by = str(state.actor.id) or None
        if state.actor.known_as(event.member) or state.actor.known_as(other):
            return because("dispute.party", by=by)
        if not state.actor.serves(self.duty, state.at_us):
            return because("dispute.not_holder", by=by, duty=self.duty)
        return None

    def fold(
        self, mine: dict[str, str], event: Event, state: State, /
    ) -> dict[str, str]:
        """Remember who is at odds with the member, until it is settled."""
        if isinstance(event, DisputeRaised) and self._concerns(state):
            mine[event.id] = event.other
        elif isinstance(event, DisputeSettled):
            mine.pop(event.dispute, None)
        return mine

    def _concerns(self, state: State) -> bool:
        return any(state.member.serves(role, state.at_us) for role in self.roles)

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Hand the dispute up."""
        if isinstance(event, DisputeRaised) and self._concerns(state):
            due = instant(self.within.after(state.now_us, state.calendar.where))
            yield OpenObligation(
                member=event.member,
                group=event.group,
                what="settle_dispute",
                due=due,
                met_by=DisputeSettled.kind,
                where=(("dispute", event.id),),
                duty=self.duty,
                because=because(
                    "dispute.goes_up", other=event.other, duty=self.duty, due=due
                ),
            )
