"""Who may not come in for what is on the record, and on what terms one comes back."""

from __future__ import annotations

from typing import Final

from community_sdk._time import instant
from community_sdk.explanation import Explanation, because
from community_sdk.model import SANCTIONS, SanctionState
from community_sdk.state import MemberState, State

__all__ = ["banned", "put_out"]

_STANDS: Final = frozenset(
    state.value
    for state in (
        SanctionState.ACTIVE,
        SanctionState.PROVISIONAL,
        SanctionState.EXPIRED,
    )
)
_REMOVAL: Final = SANCTIONS["remove"].word


def banned(state: State) -> Explanation | None:
    """Explain which sanction keeps the member out now: a ban, or a suspension."""
    for record in state.member.sanctions:
        if record.expels and record.in_force(state.now_us):
            until = None if record.until is None else instant(record.until)
            return because("admission.banned", measure=record.measure, until=until)
    return None


def put_out(member: MemberState) -> int | None:
    """Return when the member was removed, None where the door let him in since.

    A removal that was lifted or overturned is none. An exit by force with which the
    platform carried out a sanction is no removal of its own: a ban ends by itself.
    """
    settled = -1 if member.passage.admitted is None else member.passage.admitted
    marks = [
        record.since
        for record in member.sanctions
        if record.expels and not record.holds and record.state in _STANDS
    ]
    if member.removed is not None and not _carried_out(member, member.removed):
        marks.append(member.removed)
    return max((mark for mark in marks if mark > settled), default=None)


def _carried_out(member: MemberState, out: int) -> bool:
    """Tell whether the exit at *out* did what a sanction of that stay said."""
    begun = -1 if member.since is None or member.since > out else member.since
    return any(
        record.expels and begun <= record.since <= out for record in member.sanctions
    )
