"""Words that name what a playbook has: in fields of events, and of members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from community_sdk.policies._policy import vocabulary
from community_sdk.state import Definition

__all__ = ["NAMING", "had", "sort_of"]

NAMING: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "tag": ("tag", frozenset({"tag_set", "tag_cleared", "tag_given", "tag_ended"})),
    "badge": (
        "badge",
        frozenset(
            {"badge_imported", "badge_withdrawn", "badge_granted", "badge_revoked"}
        ),
    ),
    "currency": (
        "currency",
        frozenset(
            {"balance_imported", "points_adjusted", "points_reversed", "points_posted"}
            | {"redemption_requested", "redemption_returned"}
        ),
    ),
    "campaign": ("campaign", frozenset({"referral_claimed", "referral_judged"})),
    "code": ("code", frozenset({"code_scanned", "code_renewed"})),
    "channel": (
        "channel",
        frozenset({"channel_spent", "join_attributed", "channel_result_noted"}),
    ),
    "what": ("permit", frozenset({"permit_requested", "permit_granted"})),
}
"""Fields with the sort of word that they name, and in events of which kinds."""


def sort_of(kind: str, field: str, /) -> str:
    """Return the sort of word that *field* of *kind* names, empty: any word."""
    sort, kinds = NAMING.get(field, ("", frozenset[str]()))
    return sort if kind in kinds else ""


def had(definition: Definition, policies: Iterable[object], /) -> dict[str, list[str]]:
    """Return what a member may have by a playbook and its *policies*, by sort."""
    # Groups need not be declared: rooms come and go without a new playbook. Tags and
    # segments of which no policy knows any may come from a host.
    free = {
        "group": [str(group.key) for group in definition.community.groups],
        **vocabulary(policies),
    }
    return {
        "role": [str(role.name) for role in definition.roles],
        "tier": [str(key) for group in definition.tiers for key in group.keys],
        **{sort: [*words] for sort, words in free.items() if words},
    }
