"""What events name is there: rules, roles; breaches count of rules in force (S05).

What a person reports is refused before anything comes of it; what a policy finds is
dropped, with the reason beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from attrs import frozen

from community_sdk._time import micros
from community_sdk.decisions import ConfirmBreach, Decision, Mode, ReportBreach, Wish
from community_sdk.engine._step import Suppressed
from community_sdk.errors import closest
from community_sdk.events import (
    Event,
    EventTypes,
    RoleAssigned,
    RuleBroken,
    RuleWaived,
    StrikesImported,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import PolicyKey
from community_sdk.policies import Scope
from community_sdk.state import State, barred, unknown

__all__ = ["KNOWN", "LAWFUL", "lawful"]


@frozen(kw_only=True)
class _Lawful:
    """The guard that every playbook has: no breach of what is no rule."""

    answers: ClassVar[EventTypes] = ()
    guards: ClassVar[EventTypes] = (RuleBroken,)

    key: PolicyKey
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(self, _: Event, __: State, /) -> Iterable[Wish]:
        """Decide nothing."""
        return ()

    def refuse(self, event: RuleBroken, state: State, /) -> Explanation | None:
        """Refuse a breach of what is no rule then, and a waived one."""
        return state.barred(event.rule, state.at_us, event.group)


LAWFUL: Final = _Lawful(key=PolicyKey("rulebook"))


@frozen(kw_only=True)
class _Known:
    """The guard that every playbook has: nothing is told of what it does not have.

    Of a rule that no version of the rulebook has, or of a role, where any is declared.
    """

    answers: ClassVar[EventTypes] = ()
    guards: ClassVar[EventTypes] = (RoleAssigned, RuleWaived, StrikesImported)

    key: PolicyKey
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(self, _: Event, __: State, /) -> Iterable[Wish]:
        """Decide nothing."""
        return ()

    def refuse(
        self, event: RoleAssigned | RuleWaived | StrikesImported, state: State, /
    ) -> Explanation | None:
        """Refuse what names a rule or a role that there is not."""
        if not isinstance(event, RoleAssigned):
            return unknown(event.rule, state.rulebook)
        roles = [str(role.name) for role in state.definition.roles]
        if not roles or event.role in (*roles, _OWNER):
            return None
        near = closest(event.role, (*roles, _OWNER))
        return because("role.unknown", role=event.role, roles=roles, nearest=near)


KNOWN: Final = _Known(key=PolicyKey("playbook"))
_OWNER: Final = "owner"


def lawful(
    decisions: list[tuple[Decision, Event]], state: State, dropped: list[Suppressed]
) -> list[tuple[Decision, Event]]:
    """Return *decisions* without breaches that do not count; those go to *dropped*."""
    if not any(isinstance(d, (ReportBreach, ConfirmBreach)) for d, _ in decisions):
        return decisions
    kept: list[tuple[Decision, Event]] = []
    for decision, event in decisions:
        why = None
        if isinstance(decision, (ReportBreach, ConfirmBreach)):
            at = decision.occurred or event.at
            where = (decision.member, decision.group)
            rulebook = state.rulebook
            why = barred(decision.rule, micros(at), where, state.community, rulebook)
        if why is None:
            kept.append((decision, event))
        else:
            dropped.append(Suppressed(decision, why))
    return kept
