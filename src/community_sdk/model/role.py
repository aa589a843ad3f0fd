"""Roles: who may do what, told by rank (S10)."""

from __future__ import annotations

from attrs import field, frozen

from community_sdk.model.community import Titles
from community_sdk.model.ids import RoleName

__all__ = ["Role"]


@frozen(kw_only=True)
class Role:
    """A duty in the community; a higher *rank* outranks a lower one.

    Ordinary members have rank 0. *permissions* are words of the playbook.
    """

    name: RoleName
    rank: int = 0
    title: Titles = field(factory=dict[str, str], hash=False)
    permissions: frozenset[str] = frozenset()
