"""Who must consent: n distinct holders of a duty, checked when they agree (S06 S11).

Law: no single person, under whatever accounts, can bring a proposal about; effects
begin when it is agreed to; what is closed stays closed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from attrs import evolve, field, validators

from community_sdk._time import Duration, instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import ApplySanction, Decision, RefuseAct
from community_sdk.events import ProposalApproved, ProposalExpired, ProposalRefused
from community_sdk.explanation import Explanation, because
from community_sdk.model import DecisionId, EventId, MemberId, SanctionState
from community_sdk.state import MemberState, PendingConsent

__all__ = [
    "EVERY",
    "ApprovalRule",
    "Consent",
    "Terms",
    "Vote",
    "expired",
    "involved",
    "vote",
]

Vote = PendingConsent | RefuseAct
"""The proposal with one more voice, or why the voice does not count."""

EVERY: Final = "*"
"""Stands for every kind of sanction."""

_WEEK: Final = Duration(us=7 * 86_400_000_000)


@frozen(kw_only=True)
class Terms:
    """Whose consent is needed, of how many, and within what time.

    *duty* is the role whose holders are asked; *also* are roles whose holders may
    agree as well. *needs* is how many of them must agree. *within* is how long they
    have. *proposer* tells whether who imposes the measure has no voice (`excluded`),
    or, as a holder, the first one (`first_voice`).
    """

    duty: str = "owner"
    also: tuple[str, ...] = ()
    needs: int = field(default=1, validator=validators.ge(1))
    within: Duration = _WEEK
    proposer: Literal["excluded", "first_voice"] = "excluded"

    @property
    def duties(self) -> tuple[str, ...]:
        """All roles whose holders may agree."""
        return (self.duty, *self.also)


@frozen(kw_only=True)
class ApprovalRule(Terms):
    """What needs consent also where its policy acts by itself.

    *of* names kinds of sanctions and of decisions; `*` is every sanction. *duty* is
    the role whose holders are asked; *also* are roles whose holders may agree as well.
    *needs* is how many of them must agree. *within* is how long they have. *proposer*
    tells whether who imposes the measure has no voice (`excluded`), or, as a holder,
    the first one (`first_voice`).
    """

    of: tuple[str, ...] = field(validator=validators.min_len(1))

    def covers(self, decision: Decision) -> bool:
        """Tell whether *decision* needs this consent.

        An emergency does not wait, nor does what stands for an earlier sanction.
        """
        if not isinstance(decision, ApplySanction):
            return decision.kind in self.of
        corrects = decision.since is not None
        if decision.state is not SanctionState.ACTIVE or corrects:
            return False
        words = (decision.kind, decision.step.kind.word, EVERY)
        return any(word in self.of for word in words)


@frozen(kw_only=True)
class Consent(Terms):
    """Who confirms decisions of policies in mode ``propose``, and within what time.

    *duty* is the role whose holders are asked; *also* are roles whose holders may
    agree as well. *needs* is how many of them must agree. *within* is how long they
    have. *proposer* tells whether who imposes the measure has no voice (`excluded`),
    or, as a holder, the first one (`first_voice`). *rules* are what needs consent also
    where its policy acts by itself; the first that covers a decision holds.
    """

    rules: tuple[ApprovalRule, ...] = ()

    def rule(self, decision: Decision) -> ApprovalRule | None:
        """Return the rule that covers *decision*, None without one."""
        return next((rule for rule in self.rules if rule.covers(decision)), None)


def involved(
    event: ProposalApproved | ProposalRefused, member: MemberState
) -> tuple[str, ...]:
    """Return who proposed and who agreed so far: it matters who they turn out to be."""
    found = (c for c in member.consents if c.id == event.proposal)
    return tuple(who for c in found for who in (c.proposer, *c.votes) if who)


def vote(
    event: ProposalApproved | ProposalRefused,
    member: MemberState,
    actor: MemberState | None,
    person: Callable[[str], MemberState],
) -> Vote:
    """Count a voice, or say why it does not count.

    It counts once per person, from a holder of the duty at that instant, never from
    the person whom the proposal is about, nor from an excluded proposer. Accounts of
    one person are one person, also where that comes out after they agreed: *person*
    tells whose account a name is. An unknown proposal and a closed one are told apart.
    """
    key, at = event.proposal, micros(event.at)
    pending = next((c for c in member.consents if c.id == key), None)
    if pending is None:
        closed = next((c for c in member.closed if c.id == key), None)
        if closed is None:
            return _refusal(event, member, because("consent.unknown", proposal=key))
        why = because("consent.closed", proposal=key, outcome=closed.outcome)
        return _refusal(event, member, why)
    by, duty = event.actor or "", pending.duty
    if actor is None or actor.id == member.id:
        return _refusal(event, member, because("consent.self", by=by, proposal=key))
    if pending.excluded and pending.proposer and actor.known_as(pending.proposer):
        return _refusal(event, member, because("consent.proposer", by=by, proposal=key))
    group = pending.group or None
    if not any(actor.holds(one, at, group) for one in (duty, *pending.also)):
        why = because("consent.not_holder", by=by, proposal=key, duty=duty)
        return _refusal(event, member, why)
    if any(actor.known_as(voice) for voice in pending.votes):
        return _refusal(event, member, because("consent.twice", by=by, proposal=key))
    return evolve(pending, votes=(*_persons(pending, member, person), str(actor.id)))


def _persons(
    pending: PendingConsent, member: MemberState, person: Callable[[str], MemberState]
) -> tuple[str, ...]:
    """Return who agreed, each person once, without those who turned out to have none.

    Those are the person concerned, and a proposer who is excluded.
    """
    mute = {str(member.id)}
    if pending.excluded and pending.proposer:
        mute.add(str(person(pending.proposer).id))
    found = dict.fromkeys(str(person(voice).id) for voice in pending.votes)
    return tuple(who for who in found if who not in mute)


def _refusal(
    event: ProposalApproved | ProposalRefused, member: MemberState, why: Explanation
) -> RefuseAct:
    return RefuseAct(member=MemberId(member.id), act=event.kind, because=why)


def expired(pending: PendingConsent, member: MemberState, at: int) -> ProposalExpired:
    """Return the fact that nobody decided in time."""
    return ProposalExpired(
        id=EventId(f"{pending.id}:expired"),
        at=instant(at),
        member=member.id,
        proposal=DecisionId(pending.id),
    )
