"""How duties and proposals change a member's partition (S04 S07 S11)."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.state.context import Fold, FoldContext
from community_sdk.state.member import MemberState
from community_sdk.state.records import ClosedConsent, Duty, PendingConsent

__all__ = ["FOLDS", "close", "close_consent"]

_ANOTHER: Final = 2
_CLOSED: Final = 64


def _opened(event: ev.ObligationOpened, member: MemberState, _: FoldContext) -> None:
    duty = Duty(
        id=event.obligation,
        what=event.what,
        opened=micros(event.at),
        due=micros(event.due),
        met_by=event.met_by,
        where=event.where,
        duty=event.duty,
        policy=event.policy,
        stages=tuple((micros(stage.at), str(stage.duty)) for stage in event.stages),
    )
    member.duties = (*member.duties, duty)
    member.set_timer(f"~duty/{duty.id}", duty.due, 1)
    for i, when in enumerate(event.reminders):
        member.set_timer(f"~remind/{duty.id}/{i}", micros(when))


def _met(event: ev.ObligationMet, member: MemberState, _: FoldContext) -> None:
    close(event.obligation, member)


def _missed(event: ev.ObligationMissed, member: MemberState, _: FoldContext) -> None:
    """Close the duty, unless it is handed on."""
    duty = _find(event.obligation, member)
    if duty is None or not duty.stages:
        close(event.obligation, member)
    else:
        _wait(evolve(duty, missed=True), member)


def _escalated(
    event: ev.ObligationEscalated, member: MemberState, _: FoldContext
) -> None:
    """Let it wait for the next stage; the last one closes it."""
    duty = _find(event.obligation, member)
    if duty is None or len(duty.stages) < _ANOTHER:
        close(event.obligation, member)
    else:
        _wait(evolve(duty, stages=duty.stages[1:]), member)


def _moved(event: ev.ObligationMoved, member: MemberState, _: FoldContext) -> None:
    """Move the due time, and as far all that is still to come.

    A duty that was missed is open again until the new time.
    """
    duty = _find(event.obligation, member)
    if duty is None:
        return
    shift = micros(event.due) - duty.due
    for timer, (when, phase) in list(member.timers.items()):
        if timer.startswith(f"~remind/{duty.id}/"):
            member.set_timer(timer, when + shift, phase)
    member.clear_timer(f"~stage/{duty.id}")
    moved = evolve(
        duty,
        due=duty.due + shift,
        stages=tuple((when + shift, to) for when, to in duty.stages),
        missed=False,
    )
    member.duties = tuple(moved if d is duty else d for d in member.duties)
    member.set_timer(f"~duty/{duty.id}", moved.due, 1)


def _find(key: str, member: MemberState) -> Duty | None:
    return next((d for d in member.duties if d.id == key), None)


def _wait(duty: Duty, member: MemberState) -> None:
    """Keep a missed duty until its next stage."""
    member.duties = tuple(duty if d.id == duty.id else d for d in member.duties)
    member.set_timer(f"~stage/{duty.id}", duty.stages[0][0], 1)


def close(key: str, member: MemberState) -> None:
    """Close the duty called *key*, and its timers."""
    member.duties = tuple(d for d in member.duties if d.id != key)
    own = {f"~duty/{key}", f"~stage/{key}"}
    for timer in list(member.timers):
        if timer in own or timer.startswith(f"~remind/{key}/"):
            member.clear_timer(timer)


def _proposed(
    event: ev.ProposalOpened, member: MemberState, context: FoldContext
) -> None:
    deadline = None if event.deadline is None else micros(event.deadline)
    pending = PendingConsent(
        id=event.proposal,
        policy=event.policy,
        duty=event.duty,
        needs=event.needs,
        opened=micros(event.at),
        deadline=deadline,
        wish=context.wish(event.proposal),
        votes=tuple(event.voices),
        also=event.also,
        proposer=event.proposer or "",
        excluded=event.excluded,
        group=event.group or "",
    )
    member.consents = (*member.consents, pending)
    if deadline is not None:
        member.set_timer(f"~consent/{pending.id}", deadline)


def _settled(
    event: ev.ProposalExpired | ev.ProposalDismissed,
    member: MemberState,
    _: FoldContext,
) -> None:
    expired = isinstance(event, ev.ProposalExpired)
    outcome = "expired" if expired else "dismissed"
    close_consent(member, event.proposal, outcome, micros(event.at))


def close_consent(member: MemberState, key: str, outcome: str, at: int) -> None:
    """Close the proposal called *key*; how it ended is remembered for a while."""
    member.consents = tuple(c for c in member.consents if c.id != key)
    closed = (*member.closed, ClosedConsent(key, outcome, at))
    member.closed = closed[-_CLOSED:]
    member.clear_timer(f"~consent/{key}")


FOLDS: Final[dict[str, Fold]] = {
    "obligation_opened": _opened,
    "obligation_met": _met,
    "obligation_missed": _missed,
    "obligation_escalated": _escalated,
    "obligation_moved": _moved,
    "proposal_opened": _proposed,
    "proposal_expired": _settled,
    "proposal_dismissed": _settled,
}
