"""What events name is there; breaches count only of rules in force (S05 S08).

What a person reports is refused before anything comes of it; what a policy finds is
dropped, with the reason beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import ClassVar, Final, cast

from community_sdk import decisions as de
from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk._values import frozen
from community_sdk.decisions import Decision, Mode, Wish
from community_sdk.engine._step import Suppressed
from community_sdk.errors import closest
from community_sdk.events import Event, EventTypes, Exogenous, RuleBroken
from community_sdk.events._fields import NAMING
from community_sdk.explanation import Explanation, because
from community_sdk.model import PolicyKey
from community_sdk.policies import Scope
from community_sdk.state import State, barred, unknown

__all__ = ["DECLARED", "GUARDED", "LAWFUL", "lawful"]

GUARDED: Final = (
    *("role_assigned", "rule_waived", "strikes_imported"),
    *("tier_imported", "tier_set", "tier_overridden", "tier_override_ended"),
    *("tier_excused", "tier_review_requested"),
    *("extra_tier_granted", "extra_tier_ended"),
    *("tag_set", "tag_cleared", "badge_imported", "badge_withdrawn"),
    *("balance_imported", "points_adjusted", "points_reversed"),
    *("redemption_requested", "redemption_returned"),
    *("referral_claimed", "referral_judged"),
    *("code_renewed", "channel_spent"),
    *("permit_requested", "permit_granted"),
)
"""The kinds of events that name what a playbook may not have."""

_BREACHES: Final = ("report_breach", "confirm_breach")
_OWNER: Final = "owner"


@frozen(kw_only=True)
class _Lawful:
    """The guard that every playbook has: no breach of what is no rule."""

    answers: ClassVar[EventTypes] = ()
    guards: ClassVar[EventTypes] = (Exogenous,)

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
class _Declared:
    """The guard that every playbook has: nothing is told of what it does not have.

    Of a rule that no version of the rulebook has; of a role, a group of tiers or a
    tier, where any is declared; of a tag, badge, currency, campaign, join code, channel
    or permit, where a policy declares any.
    """

    answers: ClassVar[EventTypes] = ()
    guards: ClassVar[EventTypes] = (Exogenous,)

    key: PolicyKey
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(self, _: Event, __: State, /) -> Iterable[Wish]:
        """Decide nothing."""
        return ()

    def refuse(self, event: Event, state: State, /) -> Explanation | None:
        """Refuse what names something that there is not, with the nearest word."""
        if isinstance(event, (ev.RuleWaived, ev.StrikesImported)):
            return unknown(event.rule, state.rulebook)
        if isinstance(event, ev.RoleAssigned):
            roles = [str(role.name) for role in state.definition.roles]
            if not roles or event.role in (*roles, _OWNER):
                return None
            near = closest(event.role, (*roles, _OWNER))
            return because("role.unknown", role=event.role, roles=roles, nearest=near)
        for sort, word, known in (*_named(event, state), *_tiers(event, state)):
            if word and known and word not in known:
                words = sorted(map(str, known))
                near = closest(word, words)
                return because(
                    "word.unknown", sort=sort, word=word, known=words, nearest=near
                )
        return None


DECLARED: Final = _Declared(key=PolicyKey("playbook"))


def _named(event: Event, state: State) -> Iterator[tuple[str, str, Collection[str]]]:
    for field, (sort, kinds) in NAMING.items():
        if event.kind in kinds:
            yield sort, str(getattr(event, field)), state.declared.get(sort, ())


def _tiers(event: Event, state: State) -> Iterator[tuple[str, str, Collection[str]]]:
    tiers = getattr(event, "tiers", "")
    yield "tiers", tiers, state.ladders
    group = state.ladders.get(tiers)
    if group is not None:
        yield "tier", getattr(event, "tier", ""), group.keys


def lawful(
    decisions: list[tuple[Decision, Event]], state: State, dropped: list[Suppressed]
) -> list[tuple[Decision, Event]]:
    """Return *decisions* without breaches that do not count; those go to *dropped*."""
    if not any(d.kind in _BREACHES for d, _ in decisions):
        return decisions
    kept: list[tuple[Decision, Event]] = []
    for decision, event in decisions:
        why = None
        if decision.kind in _BREACHES:
            breach = cast("de.ReportBreach | de.ConfirmBreach", decision)
            at = breach.occurred or event.at
            where = (breach.member, breach.group)
            rulebook = state.rulebook
            why = barred(breach.rule, micros(at), where, state.community, rulebook)
        if why is None:
            kept.append((decision, event))
        else:
            dropped.append(Suppressed(decision, why))
    return kept
