"""Points for who did it: who answers, who brings somebody in (S17 S19)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from attrs import evolve, field, validators

from community_sdk._values import frozen
from community_sdk.conditions import metrics
from community_sdk.decisions import Decision, Mode
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events import Event, EventTypes
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Policy, Scope
from community_sdk.policies.incentive._earning import Terms, awards
from community_sdk.policies.incentive._program import PointsProgram
from community_sdk.policies.incentive._rules import EarnRule, Expiry
from community_sdk.state import Definition, State

__all__ = ["ActorCredit"]


@frozen(kw_only=True)
class ActorCredit:
    """The *actor* of an event earns by *rules*: a helper, or who invited a newcomer.

    Nobody earns by an act towards oneself. Points go to the account in *currency*,
    where the programme called *program* keeps them; caps, waits and limits are counted
    there, rules therefore need names of their own. Conditions of rates are asked of the
    event's member.
    """

    answers: ClassVar[EventTypes] = (Event,)

    key: PolicyKey
    program: PolicyKey
    currency: str = "points"
    rules: tuple[EarnRule, ...] = field(validator=validators.min_len(1))
    expiry: Expiry | None = None
    daily_cap: int | None = field(
        default=None, validator=validators.optional(validators.ge(0))
    )
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Everything that rates measure."""
        asked = [each for rule in self.rules for each in rule.conditions()]
        return tuple(dict.fromkeys(m for each in asked for m in metrics(each)))

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The currency that it books in."""
        return {"currency": (self.currency,)}

    @property
    def words(self) -> frozenset[str]:
        """The events that earn."""
        return frozenset(rule.event for rule in self.rules)

    def misfits(
        self, _: Definition, policies: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name a programme that there is not, or that keeps another currency."""
        programs = {p.key: p for p in policies if isinstance(p, PointsProgram)}
        program = programs.get(self.program)
        if program is None:
            error = DefinitionError(
                f"expected a programme of points, found `{self.program}`",
                code="credit.program",
                hint=nearest(self.program, programs) or "add a `points_program`",
                found=self.program,
            )
            yield ("program", error)
            return
        if program.currency != self.currency:
            error = DefinitionError(
                f"expected the currency of `{program.key}`, `{program.currency}`,"
                f" found `{self.currency}`",
                code="credit.currency",
                found=self.currency,
                expected=program.currency,
                program=program.key,
            )
            yield ("currency", error)
        taken = {rule.name for rule in program.rules}
        for nth, rule in enumerate(self.rules):
            if rule.name in taken:
                error = DefinitionError(
                    f"expected a rule with a name of its own, found `{rule.name}`,"
                    f" which `{program.key}` has",
                    code="credit.rule",
                    hint="caps and limits are counted by name: choose another",
                    found=rule.name,
                    program=program.key,
                )
                yield (f"rules[{nth}].name", error)

    def decide(self, event: Event, state: State, /) -> Iterator[Decision]:
        """Book what the actor earns."""
        who = state.actor
        if event.actor is None or who.bot or who.known_as(event.member):
            return
        terms = Terms(self.currency, self.rules, self.expiry, self.daily_cap, None)
        mine = who.slices.get(self.program)
        for entry in awards(terms, event, who, mine, state):
            yield evolve(entry, member=who.id)
