"""Roles: who may do what, told by rank; who holds which, where and when (S10)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import field

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.model.community import Titles
from community_sdk.model.ids import GroupId, MemberId, RoleName
from community_sdk.model.sanction import SanctionKind

__all__ = ["PERMISSIONS", "Limit", "Person", "Role", "RoleAssignment"]

PERMISSIONS: Final = (
    "report_breach",
    "overturn_strike",
    "impose_sanction",
    "lift_sanction",
    "remove_member",
    "assign_role",
    "clear_record",
    "roll_back",
    "act_in_emergency",
    "ratify_emergency",
)
"""The permissions that acts of people ask for; a playbook may add words of its own."""


@frozen(kw_only=True)
class Limit:
    """Holders may impose *kind*, for *longest* at the most (None: any length)."""

    kind: SanctionKind
    longest: Duration | None = None


@frozen(kw_only=True)
class Role:
    """A duty in the community; a higher *rank* outranks a lower one.

    Ordinary members have rank 0. *permissions* are what its holders may do: words of
    `PERMISSIONS`, and those that the playbook adds. *limits* empty: holders who may
    impose sanctions may impose any, of any length; else only those listed.
    """

    name: RoleName
    rank: int = 0
    title: Titles = field(factory=dict[str, str], hash=False)
    permissions: frozenset[str] = frozenset()
    limits: tuple[Limit, ...] = ()

    def limit(self, kind: SanctionKind) -> Limit | None:
        """Return what is said of *kind*; None: not listed among others."""
        found = (limit for limit in self.limits if limit.kind.word == kind.word)
        return next(found, None if self.limits else Limit(kind=kind))


@frozen(kw_only=True)
class RoleAssignment:
    """*role* held in ``[since, until)`` in *group* (None: the whole community).

    *since* None: from the beginning; *until* None: open. *substitute_for*: held in
    the place of somebody, who keeps the role.
    """

    role: RoleName
    group: GroupId | None = None
    since: datetime | None = None
    until: datetime | None = None
    substitute_for: MemberId | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether it holds at the instant *at*."""
        begun = self.since is None or self.since <= at
        return begun and (self.until is None or at < self.until)


@frozen(kw_only=True)
class Person:
    """Somebody with the roles that he or she was ever given; *aliases* are accounts."""

    id: MemberId
    roles: tuple[RoleAssignment, ...] = ()
    aliases: tuple[MemberId, ...] = ()

    def known_as(self, name: str | None) -> bool:
        """Tell whether *name* is this person, by any account."""
        return name == self.id or name in self.aliases

    def held(self, at: datetime, group: str | None = None) -> tuple[RoleName, ...]:
        """Return the roles held at *at* in *group*: its own and the community's.

        *group* None: only those held in the whole community.
        """
        return tuple(
            dict.fromkeys(
                one.role
                for one in self.roles
                if one.holds(at) and one.group in (None, group)
            )
        )
