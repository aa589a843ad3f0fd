"""Families of policies that are asked every law of the kit, and what moves them."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen
from hypothesis import strategies as st

from community_sdk.decisions import Mode
from community_sdk.events import Event
from community_sdk.playbook import Playbook
from community_sdk.testing import strategies as cst

Run = tuple[Playbook, list[Event]]

_MODES: Final = (Mode.ACT, Mode.ACT, Mode.SHADOW, Mode.PROPOSE)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@frozen
class Family:
    """What the kit draws: *policies* by their keys, *kinds* of events, some twice."""

    policies: tuple[str, ...] = field(converter=_words)
    kinds: tuple[str, ...] = field(converter=_words)


FAMILIES: Final = {
    "channels": Family(
        "codes ways tally desk contacts follow_up",
        "code_scanned code_scanned joined joined left member_removed code_renewed "
        "channel_spent message purchase identity_linked staff_requested contact_added "
        "contact_deleted follow_up_claimed followed_up follow_up_stage_set "
        "tier_imported membership_imported",
    ),
    "health": Family(
        "air centre life zombies score surveys wishes",
        "message message message joined left identity_linked survey_opened "
        "rating_given rating_given wish_made wish_answered figure_reported "
        "lifecycle_set",
    ),
    "incentive": Family(
        "points badges gifts credit best tier",
        "message purchase refund reaction balance_imported points_adjusted "
        "points_reversed order_cancelled introduced redemption_requested "
        "redemption_requested redemption_returned gift_sent gift_returned "
        "badge_withdrawn identity_linked",
    ),
    "referral": Family(
        "bring spread",
        "joined joined joined joined left member_removed identity_linked purchase "
        "refund referral_claimed referral_claimed referral_judged invitation_sent",
    ),
    "segments": Family(
        "tags segments points onboarding",
        "message message purchase joined left rule_broken tag_set tag_set tag_cleared "
        "identity_linked custom",
    ),
}


@st.composite
def runs(draw: st.DrawFn, family: Family, *, late: bool = True) -> Run:
    """Draw policies of *family* and what they answer.

    Unless *late*, everything is told in its order, and every policy acts.
    """
    modes = _MODES if late else (Mode.ACT,)
    book = draw(cst.playbooks(family.policies, modes=modes))
    told = late and draw(st.booleans())
    kinds = family.kinds
    return book, draw(cst.histories(playbook=book, kinds=kinds, late=told, min_size=4))
