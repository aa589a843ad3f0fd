"""Authority: people act within their rights; a forbidden act changes nothing (S10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Final

from attrs import field

from community_sdk import events as ev
from community_sdk._time import Duration, instant, micros
from community_sdk._values import frozen
from community_sdk.authorization import ByRole, Rights
from community_sdk.decisions import Mode, Wish
from community_sdk.events import EventTypes
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    SANCTIONS,
    GroupId,
    MemberId,
    PolicyKey,
    RoleName,
    SanctionKind,
)
from community_sdk.policies._policy import Reference, Scope, role_names
from community_sdk.ports import Act, Authorizer
from community_sdk.state import Definition, State

__all__ = ["Authority", "HostAuthority"]

_Told = tuple[str, dict[str, Any]]


@frozen(kw_only=True)
class Authority:
    """Let people act within their rights; what they may not do changes nothing.

    It looks at acts that name an actor: a breach reported by a person, a sanction
    imposed by hand, lifted, a strike overturned, a record cleared, acts rolled back,
    a member removed, a role given or ended. Roles are read as of the act's own
    instant, in the act's group. Acts without an actor are the automation's, and
    allowed. Giving up a role of one's own is nobody else's matter.

    *rights* is what is forbidden whatever a role permits. *permissions* are words
    that the playbook adds to those of the library: other words in roles are mistakes.
    """

    answers: ClassVar[EventTypes] = ()
    guards: ClassVar[EventTypes] = (
        ev.RuleBroken,
        ev.SanctionOrdered,
        ev.SanctionLifted,
        ev.StrikeOverturned,
        ev.RecordCleared,
        ev.ActsRolledBack,
        ev.MemberRemoved,
        ev.RoleAssigned,
        ev.RoleEnded,
        ev.EmergencyActed,
    )

    key: PolicyKey
    rights: Rights = field(factory=Rights)
    permissions: tuple[str, ...] = ()
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        known = (*role_names(definition), "owner")
        for name in self.rights.protected:
            if name not in known:
                yield ("rights.protected", name, known)
        for word in self.rights.lift_by:
            if word not in ("issuer", *known):
                yield ("rights.lift_by", word, ("issuer", *known))

    def decide(self, _: ev.Event, __: State, /) -> Iterable[Wish]:
        """Decide nothing: it only forbids."""
        return ()

    def refuse(self, event: ev.Event, state: State, /) -> Explanation | None:
        """Return why the actor may not do what *event* says, None where he may."""
        by = ByRole(roles=tuple(state.definition.roles), rights=self.rights)
        return _answer(by, event, state)

    def standing(self, state: State, /) -> Explanation:
        """Explain which roles the member holds now, where, until when."""
        return because("authority.standing", *_roles(state))


@frozen(kw_only=True)
class HostAuthority:
    """Let a host's own *authorizer* answer instead of the roles of the playbook.

    The same acts are looked at as by `Authority`. A file cannot hold it: it is put
    into a playbook in Python.
    """

    answers: ClassVar[EventTypes] = ()
    guards: ClassVar[EventTypes] = Authority.guards

    key: PolicyKey
    authorizer: Authorizer
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(self, _: ev.Event, __: State, /) -> Iterable[Wish]:
        """Decide nothing: it only forbids."""
        return ()

    def refuse(self, event: ev.Event, state: State, /) -> Explanation | None:
        """Return why the host forbids what *event* says, None where it does not."""
        return _answer(self.authorizer, event, state)


def _answer(by: Authorizer, event: ev.Event, state: State) -> Explanation | None:
    if event.actor is None or _resigns(event):
        return None
    action, more = _ACTS[type(event)](event, state)
    act = Act(
        actor=state.actor.as_person(),
        action=action,
        target=None if event.member is None else state.member.as_person(),
        at=instant(state.at_us),
        group=event.group,
        **more,
    )
    answer = by.can(act)
    return None if answer.allowed else answer.because


def _resigns(event: ev.Event) -> bool:
    return isinstance(event, ev.RoleEnded) and event.actor == event.member


def _only(action: str) -> Callable[[Any, State], _Told]:
    return lambda _, __: (action, {})


def _ordered(event: ev.SanctionOrdered, _: State) -> _Told:
    length = event.duration
    if event.until is not None:
        length = Duration(us=micros(event.until) - micros(event.at))
    return ("impose_sanction", {"measure": _kind(event.measure), "length": length})


def _kind(word: str) -> SanctionKind:
    return SANCTIONS.get(word, SanctionKind(word, 0, holds=True))


def _lifted(event: ev.SanctionLifted, state: State) -> _Told:
    record = state.member.sanction(event.sanction)
    issuer = None if record is None else MemberId(record.issuer) or None
    return ("lift_sanction", {"issuer": issuer})


def _assigned(event: ev.RoleAssigned, _: State) -> _Told:
    return ("assign_role", {"role": event.role})


_ACTS: Final[dict[type[ev.Event], Callable[[Any, State], _Told]]] = {
    ev.RuleBroken: _only("report_breach"),
    ev.SanctionOrdered: _ordered,
    ev.SanctionLifted: _lifted,
    ev.StrikeOverturned: _only("overturn_strike"),
    ev.RecordCleared: _only("clear_record"),
    ev.ActsRolledBack: _only("roll_back"),
    ev.MemberRemoved: _only("remove_member"),
    ev.RoleAssigned: _assigned,
    ev.RoleEnded: _only("assign_role"),
    ev.EmergencyActed: _only("act_in_emergency"),
}


def _roles(state: State) -> Iterator[Explanation]:
    known = {role.name: role for role in state.definition.roles}
    for span in sorted(state.member.roles, key=lambda one: (one.role, one.group)):
        if span.holds(state.now_us):
            role = known.get(RoleName(span.role))
            yield because(
                "authority.role",
                role=span.role,
                group=GroupId(span.group) or None,
                until=None if span.until is None else instant(span.until),
                substitute_for=span.substitute_for or None,
                permissions=() if role is None else tuple(sorted(role.permissions)),
            )
