"""How duties and proposals change a member's partition (S04 S07 S11)."""

from __future__ import annotations

from typing import Final

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.state._folding import Fold, FoldContext
from community_sdk.state.member import MemberState
from community_sdk.state.records import Duty, PendingConsent

__all__ = ["FOLDS", "close"]


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
    )
    member.duties = (*member.duties, duty)
    member.set_timer(f"~duty/{duty.id}", duty.due, 1)
    for i, when in enumerate(event.reminders):
        member.set_timer(f"~remind/{duty.id}/{i}", micros(when))


def _closed(
    event: ev.ObligationMet | ev.ObligationMissed, member: MemberState, _: FoldContext
) -> None:
    close(event.obligation, member)


def close(key: str, member: MemberState) -> None:
    """Close the duty called *key*, and its timers."""
    member.duties = tuple(d for d in member.duties if d.id != key)
    for timer in list(member.timers):
        if timer == f"~duty/{key}" or timer.startswith(f"~remind/{key}/"):
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
    )
    member.consents = (*member.consents, pending)
    if deadline is not None:
        member.set_timer(f"~consent/{pending.id}", deadline)


def _settled(
    event: ev.ProposalExpired | ev.ProposalDismissed,
    member: MemberState,
    _: FoldContext,
) -> None:
    member.consents = tuple(c for c in member.consents if c.id != event.proposal)
    member.clear_timer(f"~consent/{event.proposal}")


FOLDS: Final[dict[type[ev.Event], Fold]] = {
    ev.ObligationOpened: _opened,
    ev.ObligationMet: _closed,
    ev.ObligationMissed: _closed,
    ev.ProposalOpened: _proposed,
    ev.ProposalExpired: _settled,
    ev.ProposalDismissed: _settled,
}
