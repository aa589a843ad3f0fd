"""Who may do what and who must agree: words that roles and approvals lead to (S10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from community_sdk.decisions import DECISIONS
from community_sdk.model import PERMISSIONS
from community_sdk.playbook._notes import Notes, entry
from community_sdk.playbook._playbook import Playbook
from community_sdk.policies import Authority
from community_sdk.proposal import EVERY

__all__ = ["rights"]

Tell = Callable[[str, str, Iterable[str], Notes], None]
_NEVER_ASKED: Final = ("request_consent", "refuse_act")


def rights(playbook: Playbook, notes: Notes, tell: Tell) -> None:
    """Tell of every permission, duty and kind in *playbook* that does not exist.

    Permissions are looked at where an `Authority` asks for them.
    """
    authorities = [p for p in playbook.policies if isinstance(p, Authority)]
    if authorities:
        own = (word for each in authorities for word in each.permissions)
        known = (*PERMISSIONS, *own)
        for place, role in enumerate(playbook.roles):
            path = f"{entry('role', place)}.permissions"
            for word in sorted(role.permissions - {*known}):
                tell(path, word, known, notes)
    _approvals(playbook, notes, tell)


def _approvals(playbook: Playbook, notes: Notes, tell: Tell) -> None:
    duties = [str(role.name) for role in playbook.roles]
    asked = [word for word in DECISIONS if word not in _NEVER_ASKED]
    kinds = (EVERY, *notes.kinds, *asked)
    for place, duty in enumerate(playbook.approval.also):
        if duty not in duties:
            tell(entry("approval.also", place), duty, duties, notes)
    for nth, rule in enumerate(playbook.approval.rules):
        path = entry("approval.rules", nth)
        for place, word in enumerate(rule.of):
            if word not in kinds:
                tell(entry(f"{path}.of", place), word, kinds, notes)
        if rule.duty not in duties:
            tell(f"{path}.duty", rule.duty, duties, notes)
        for place, duty in enumerate(rule.also):
            if duty not in duties:
                tell(entry(f"{path}.also", place), duty, duties, notes)
