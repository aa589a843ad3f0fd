"""Who may do what to whom: denied by default, and any forbid beats every permit (S10).

Nothing depends on the order in which roles or rules are listed; every reason is told,
and they always come in one order: oneself, protected roles, rank, the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, Literal

from attrs import field

from community_sdk._time import Duration, micros
from community_sdk._values import frozen
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    GroupId,
    Limit,
    MemberId,
    Person,
    Role,
    RoleName,
    SanctionKind,
)
from community_sdk.ports import Act, Authorization

__all__ = ["ByRole", "Rights", "can"]

_REVERSALS: Final = ("overturn_strike", "lift_sanction")
_OWN_DUTY: Final = ("act_in_emergency", "ratify_emergency")
"""Permissions that another policy looks up itself; here nobody is asked for them."""


@frozen(kw_only=True)
class Rights:
    """What is forbidden whatever a role permits.

    *rank*: the person acted on must be of lower rank (``strictly_higher``), must not
    be of higher rank (``not_lower``), or rank does not matter (``any``). *on_self*:
    whether one may act against oneself; *reverse_own*: whether one may overturn one's
    own strikes and lift one's own sanctions. Holders of a role in *protected* are
    never acted on. *lift_by*: who lifts a sanction: ``issuer``, whoever imposed it,
    and roles; empty: whoever has the permission. *unlisted*: somebody who was never
    given a role may do nothing (``deny``), or is trusted: neither permission nor rank
    is asked for (``allow``). *automation*: names that stand for no person; they may do
    everything.
    """

    rank: Literal["strictly_higher", "not_lower", "any"] = "strictly_higher"
    on_self: bool = False
    reverse_own: bool = False
    protected: tuple[RoleName, ...] = (RoleName("owner"),)
    lift_by: tuple[str, ...] = ("issuer", "owner")
    unlisted: Literal["allow", "deny"] = "deny"
    automation: tuple[MemberId, ...] = (MemberId("system"),)


@frozen(kw_only=True)
class ByRole:
    """The authorizer that is shipped: by the roles of a playbook."""

    roles: tuple[Role, ...]
    rights: Rights = field(factory=Rights)

    def can(self, act: Act, /) -> Authorization:
        """Return whether *act* is allowed, with every reason."""
        actor = act.actor
        if actor is None or actor.id in self.rights.automation:
            why = because("authority.automation")
            return Authorization(allowed=True, reasons=(why,))
        office = _Office(actor, act, self)
        reasons = tuple(office.forbids())
        if reasons:
            return Authorization(allowed=False, reasons=reasons)
        return Authorization(allowed=True, reasons=tuple(office.permits()))


def can(  # noqa: PLR0913 - all but four by name
    actor: Person | None,
    action: str,
    target: Person | None,
    at: datetime,
    *,
    roles: Iterable[Role],
    rights: Rights | None = None,
    group: GroupId | None = None,
    measure: SanctionKind | None = None,
    length: Duration | None = None,
    role: RoleName | None = None,
    issuer: MemberId | None = None,
    parties: Iterable[MemberId] = (),
) -> Authorization:
    """Return whether *actor* may do *action* to *target* at the instant *at*.

    Pure: it reads nothing but its arguments. *actor* None is the automation, which may
    do everything. *roles* are those that exist; the others are as in `Act`.
    """
    act = Act(
        actor=actor,
        action=action,
        target=target,
        at=at,
        group=group,
        measure=measure,
        length=length,
        role=role,
        issuer=issuer,
        parties=tuple(parties),
    )
    return ByRole(roles=tuple(roles), rights=rights or Rights()).can(act)


class _Office:
    """What a person may do by the roles held at the instant of one act."""

    def __init__(self, actor: Person, act: Act, by: ByRole) -> None:
        self.actor = actor
        self.act = act
        self.rights = by.rights
        self.known = {role.name: role for role in by.roles}
        self.names = actor.held(act.at, act.group)
        self.held = [self.known[name] for name in self.names if name in self.known]
        self.able = [role for role in self.held if act.action in role.permissions]
        self.listed = bool(actor.roles) or self.rights.unlisted == "deny"

    def forbids(self) -> Iterator[Explanation]:
        """Yield every reason against the act."""
        yield from self._self()
        yield from self._target()
        if self.listed and self.act.action not in _OWN_DUTY:
            yield from self._permission()
        yield from self._matter()
        if self.listed and self.act.role is not None:
            yield from self._grant(self.act.role)

    def permits(self) -> Iterator[Explanation]:
        """Yield what allows the act."""
        action = self.act.action
        if not self.able:
            yield because("authority.trusted", by=self.actor.id, action=action)
        for role in self.able:
            yield because(
                "authority.permitted", by=self.actor.id, role=role.name, action=action
            )

    def _self(self) -> Iterator[Explanation]:
        act, target = self.act, self.act.target
        if target is None or target.id != self.actor.id:
            return
        if act.role is not None:
            yield because("authority.own_role", by=self.actor.id, role=act.role)
        elif act.action in _REVERSALS:
            if not self.rights.reverse_own:
                yield because("authority.self", by=self.actor.id, action=act.action)
        elif not self.rights.on_self:
            yield because("authority.self", by=self.actor.id, action=act.action)

    def _target(self) -> Iterator[Explanation]:
        """Yield what protects the person acted on."""
        act, target = self.act, self.act.target
        if target is None:
            return
        names = [
            one.role
            for one in target.roles
            if one.holds(act.at)
            and (act.group is None or one.group in (None, act.group))
        ]
        for name in sorted({*names} & {*self.rights.protected}):
            yield because("authority.protected", member=target.id, role=name)
        if self.listed and self.rights.rank != "any":
            theirs = self._rank(names)
            if self._below(theirs):
                yield because(
                    "authority.rank",
                    by=self.actor.id,
                    rank=self._rank(self.names),
                    member=target.id,
                    theirs=theirs,
                )

    def _rank(self, names: Iterable[RoleName]) -> int:
        ranks = (self.known[name].rank for name in names if name in self.known)
        return max(ranks, default=0)

    def _below(self, rank: int) -> bool:
        """Tell whether the actor's rank does not suffice against *rank*."""
        own = self._rank(self.names)
        return own < rank or (own == rank and self.rights.rank == "strictly_higher")

    def _permission(self) -> Iterator[Explanation]:
        """Yield what the roles held do not allow."""
        act, by = self.act, self.actor.id
        if not self.names:
            once = tuple(sorted({one.role for one in self.actor.roles}))
            if once:
                yield because("authority.not_valid", by=by, at=act.at, roles=once)
            else:
                yield because("authority.no_role", by=by, action=act.action)
        elif not self.able:
            yield because(
                "authority.not_permitted", by=by, action=act.action, roles=self.names
            )
        elif act.measure is not None:
            yield from self._length(act.measure)

    def _length(self, kind: SanctionKind) -> Iterator[Explanation]:
        found = [role.limit(kind) for role in self.able]
        limits = [limit for limit in found if limit is not None]
        if not limits:
            yield because(
                "authority.not_permitted",
                by=self.actor.id,
                measure=kind.word,
                action=self.act.action,
                roles=self.names,
            )
        elif not any(self._within(limit) for limit in limits):
            longest = max(limits, key=self._span).longest
            yield because(
                "authority.over_limit",
                by=self.actor.id,
                measure=kind.word,
                length=self.act.length,
                longest=longest,
            )

    def _within(self, limit: Limit) -> bool:
        asked = self.act.length
        if asked is None:
            return limit.longest is None or not limit.kind.holds
        return limit.longest is None or self._end(asked) <= self._span(limit)

    def _span(self, limit: Limit) -> int:
        return 0 if limit.longest is None else self._end(limit.longest)

    def _end(self, length: Duration) -> int:
        return length.after(micros(self.act.at), UTC)

    def _matter(self) -> Iterator[Explanation]:
        """Yield what speaks against this person in this matter."""
        act, by = self.act, self.actor.id
        allowed = self.rights.lift_by
        if act.action == "lift_sanction" and allowed:
            issued = "issuer" in allowed and self.actor.known_as(act.issuer)
            if not issued and not {*self.names} & {*allowed}:
                yield because(
                    "authority.not_issuer", by=by, issuer=act.issuer, allowed=allowed
                )
        if any(self.actor.known_as(party) for party in act.parties):
            yield because("authority.party", by=by)

    def _grant(self, name: RoleName) -> Iterator[Explanation]:
        """Yield why the role called *name* cannot be given by this person."""
        role = self.known.get(name)
        if role is None:
            return
        if self.rights.rank != "any" and self._below(role.rank):
            yield because(
                "authority.role_rank",
                by=self.actor.id,
                rank=self._rank(self.names),
                role=name,
                theirs=role.rank,
            )
        own = {word for held in self.held for word in held.permissions}
        missing = sorted(role.permissions - own)
        if missing:
            yield because(
                "authority.lacks", by=self.actor.id, role=name, missing=tuple(missing)
            )
