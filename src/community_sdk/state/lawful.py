"""What a breach needs to count: a rule in force then, and no waiver (S05).

Law: a rule never strikes before its first version, nor from the one on that ends it.
"""

from __future__ import annotations

from community_sdk._time import instant
from community_sdk.errors import closest
from community_sdk.explanation import Explanation, because
from community_sdk.model import Rulebook
from community_sdk.state.community import CommunityState

__all__ = ["barred", "unknown"]


def unknown(rule: str, rulebook: Rulebook) -> Explanation | None:
    """Return why *rule* is none, None where some version of the rulebook has it.

    Where the rulebook is empty, any word is a rule.
    """
    if not rulebook.rules or rule in rulebook.codes:
        return None
    return because("rule.unknown", rule=rule, nearest=closest(rule, rulebook.codes))


def barred(
    rule: str,
    when: int,
    where: tuple[str | None, str | None],
    community: CommunityState,
    rulebook: Rulebook,
) -> Explanation | None:
    """Return why a breach of *rule* at *when* does not count, None where it does.

    *where* is the member and the group; *rulebook* is the one in force with its
    amendments. Where the rulebook is empty, any word is a rule.
    """
    if rulebook.rules:
        why = unknown(rule, rulebook)
        if why is not None:
            return why
        at = instant(when)
        if rulebook.rule_at(rule, at) is None:
            version = rulebook.version_at(at)
            return because("rule.not_in_force", rule=rule, at=at, version=version)
    for waiver in community.waivers:
        if waiver.spares(rule, when, where):
            return because(
                "rule.waived",
                source=waiver.id,
                rule=rule,
                by=waiver.by or None,
                since=instant(waiver.since),
                until=None if waiver.until is None else instant(waiver.until),
                reason=waiver.reason or None,
            )
    return None
