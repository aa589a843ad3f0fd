"""Who must consent: n distinct holders of a duty, checked when they agree (S06 S11)."""

from __future__ import annotations

from attrs import evolve

from community_sdk._time import instant
from community_sdk.decisions import RefuseAct
from community_sdk.events import ProposalApproved, ProposalExpired, ProposalRefused
from community_sdk.explanation import because
from community_sdk.model import DecisionId, EventId, MemberId
from community_sdk.state import MemberState, PendingConsent

__all__ = ["Vote", "expired", "vote"]

Vote = PendingConsent | RefuseAct
"""The proposal with one more voice, or why the voice does not count."""


def vote(
    event: ProposalApproved | ProposalRefused,
    member: MemberState,
    actor: MemberState | None,
    now: int,
) -> Vote:
    """Count a voice, or say why it does not count.

    It counts once per person, from a holder of the duty at that instant, never from
    the person whom the proposal is about. An unknown or closed proposal refuses.
    """
    key = event.proposal
    pending = next((c for c in member.consents if c.id == key), None)
    if pending is None:
        return _refusal(event, "consent.closed", member, proposal=key)
    if actor is None or actor.id == member.id:
        return _refusal(event, "consent.self", member, proposal=key, duty=pending.duty)
    if not actor.holds(pending.duty, now):
        return _refusal(
            event, "consent.not_holder", member, proposal=key, duty=pending.duty
        )
    if actor.id in pending.votes:
        return _refusal(event, "consent.twice", member, proposal=key)
    return evolve(pending, votes=(*pending.votes, str(actor.id)))


def _refusal(
    event: ProposalApproved | ProposalRefused,
    key: str,
    member: MemberState,
    **figures: str,
) -> RefuseAct:
    why = because(key, by=event.actor or "", **figures)
    return RefuseAct(member=MemberId(member.id), act=event.kind, because=why)


def expired(pending: PendingConsent, member: MemberState, at: int) -> ProposalExpired:
    """Return the fact that nobody decided in time."""
    return ProposalExpired(
        id=EventId(f"{pending.id}:expired"),
        at=instant(at),
        member=member.id,
        proposal=DecisionId(pending.id),
    )
