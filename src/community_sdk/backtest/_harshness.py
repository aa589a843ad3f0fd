"""How harsh a decision is: one stated order, from a ban down to a promotion (S06 S29).

A sanction has the order number of its kind (`community_sdk.model.SANCTIONS`: reminder
10 … ban 80), custom kinds their own. On the same scale stand: admission refused 65,
a tier down 35, the waiting list 25, more asked for 12, a breach recorded 9 (and a
sanction that only goes on record), an act that does not count 8, a duty 5. Good for the
member are, by the same numbers: admitted 65, a sanction overturned 45, a tier up 35, a
breach overturned 9. Everything else weighs nothing. Among equals one that acts is
harsher than one that waits for consent, then the longer one.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from community_sdk._time import micros
from community_sdk.decisions import (
    ApplySanction,
    ChangeTier,
    Decision,
    EndSanction,
    Mode,
    RequestConsent,
)
from community_sdk.model import SanctionState
from community_sdk.state import NEVER

__all__ = ["Harshness", "harshness", "is_echo", "is_sanction", "unwrap"]

_ON_RECORD: Final = 9
_BURDENS: Final = {
    "refuse_admission": 65,
    "put_on_waiting_list": 25,
    "ask_for_more": 12,
    "report_breach": _ON_RECORD,
    "confirm_breach": _ON_RECORD,
    "refuse_act": 8,
    "open_obligation": 5,
}
_GOODS: Final = {"admit": 65, "end_sanction": 45, "overturn_strike": _ON_RECORD}
_TIER: Final = 35


@frozen(order=True)
class Harshness:
    """Where a decision stands; the greater, the more it means to the member.

    *rank* is the number of the stated order, *certain* 0 where somebody must consent
    first, *length* in microseconds (a measure without end: the greatest), *good*
    whether it is good for the member.
    """

    rank: int = 0
    certain: int = 0
    length: int = 0
    good: bool = False

    @property
    def burden(self) -> int:
        """1 where it burdens the member, -1 where it is good for him or her, else 0."""
        if not self.rank:
            return 0
        return -1 if self.good else 1


def unwrap(decision: Decision) -> tuple[Decision, Mode]:
    """Return what is decided, and what becomes of it; a request holds its wish."""
    if isinstance(decision, RequestConsent):
        return decision.wish, Mode.PROPOSE
    return decision, decision.mode


def harshness(decision: Decision, /) -> Harshness:
    """Return how harsh *decision* is, as the order of this module states."""
    what, mode = unwrap(decision)
    certain = int(mode is Mode.ACT)
    if isinstance(what, ApplySanction):
        if what.state is SanctionState.EXPIRED:
            return Harshness(_ON_RECORD, certain)
        length = 0
        if what.step.kind.holds:
            length = NEVER
            if what.until is not None and what.at is not None:
                length = micros(what.until) - micros(what.at)
        return Harshness(what.step.kind.order, certain, length)
    if isinstance(what, ChangeTier):
        return Harshness(_TIER, certain, good=what.rise)
    good = what.kind in _GOODS
    rank = _GOODS[what.kind] if good else _BURDENS.get(what.kind, 0)
    return Harshness(rank, certain if rank else 0, good=good)


def is_echo(decision: Decision) -> bool:
    """Tell whether *decision* only carries out what an earlier one said already.

    A sanction that expires or is lifted by hand, and the end of its measure on the
    platform, follow from the sanction itself: their difference is the sanction's own.
    """
    if isinstance(decision, EndSanction):
        return decision.state in (SanctionState.EXPIRED, SanctionState.LIFTED)
    return decision.kind == "lift_sanction"


def is_sanction(decision: Decision) -> bool:
    """Tell whether it imposes a sanction: what operators do is known of these alone."""
    return unwrap(decision)[0].kind == "apply_sanction"
