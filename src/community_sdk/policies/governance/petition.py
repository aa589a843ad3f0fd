"""Petitions of several people, and orders of the council (S11).

Laws: nobody signs twice; a role counts that was held when it was signed; each ends in
a new version of the rulebook, which changes nothing before its instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, cast

from attrs import field, validators

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import Mode, SetTimer, Wish
from community_sdk.events import (
    CouncilOrdered,
    Event,
    EventTypes,
    IdentityLinked,
    MotionWithdrawn,
    PetitionSigned,
    PetitionStarted,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import MemberId, MotionState, PolicyKey, RoleName
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.policies.governance._motion import (
    ENDED,
    Ending,
    Slice,
    amend,
    begin,
    changes_of,
    close,
    entitled,
    follow,
    no_such_rule,
    not_mover,
    not_open,
    own_consent,
)
from community_sdk.state import Definition, State

__all__ = ["CouncilOrder", "Petition"]


@frozen(kw_only=True)
class Petition:
    """A petition of *signatures* different people who hold one of *roles*.

    The petitioner's is the first signature. The role must be held when the signature
    is given; *roles* empty: any member. With *within* it fails when time is over
    before they are all there. The new version holds *effect_after* the last signature,
    else at once, and never before one that was decided earlier.
    """

    answers: ClassVar[EventTypes] = (
        PetitionStarted,
        PetitionSigned,
        *ENDED,
        IdentityLinked,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers[:-1]
    guards: ClassVar[EventTypes] = (PetitionStarted, PetitionSigned, MotionWithdrawn)

    key: PolicyKey
    signatures: int = field(default=3, validator=validators.ge(1))
    roles: tuple[RoleName, ...] = ()
    within: Duration | None = None
    effect_after: Duration | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse a mode that a petition cannot have."""
        own_consent(self.key, self.mode)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        yield from unknown("roles", self.roles, role_names(definition))

    def start(self) -> Slice:
        """Remember no petition."""
        return {"open": {}, "closed": {}}

    def refuse(
        self,
        event: PetitionStarted | PetitionSigned | MotionWithdrawn,
        state: State,
        /,
    ) -> Explanation | None:
        """Refuse who may not sign, who has, and what is over."""
        mine: Slice = state.mine or self.start()
        if isinstance(event, MotionWithdrawn):
            return not_mover(mine, event.motion, state)
        if isinstance(event, PetitionStarted):
            if event.way not in ("", self.key):
                return None
            return self._stranger(event, state) or no_such_rule(event.changes, state)
        why = not_open(mine, event.petition, state)
        petition = mine["open"].get(event.petition)
        if why is not None or petition is None:
            return why
        who = str(state.actor.id)
        if who in petition["voices"]:
            return because("petition.twice", by=who, petition=event.petition)
        return self._stranger(event, state)

    def _stranger(self, event: Event, state: State) -> Explanation | None:
        if entitled(self.roles, state):
            return None
        by, roles = str(state.actor.id) or None, self.roles
        return because("petition.not_entitled", by=by, roles=roles, act=event.kind)

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Count the signature, or remember how the petition ended."""
        if isinstance(event, PetitionStarted):
            if event.way in ("", self.key):
                begin(mine, event.id, event.changes, state)
                mine["open"][event.id]["voices"][str(state.actor.id)] = ""
        elif isinstance(event, PetitionSigned):
            if event.petition in mine["open"]:
                mine["open"][event.petition]["voices"][str(state.actor.id)] = ""
        else:
            follow(mine, cast("Ending", event), state)
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Put the new version into force with the last signature."""
        motion = str(event.id)
        if isinstance(event, PetitionSigned):
            motion = event.petition
        elif isinstance(event, TimerFired):
            motion = event.timer
        petition = (state.mine or self.start())["open"].get(motion)
        if petition is None or isinstance(event, (*ENDED, IdentityLinked)):
            return
        signed, need = sorted(petition["voices"]), self.signatures
        figures: dict[str, Any] = {"signed": signed, "found": len(signed)}
        figures["needed"] = need
        if isinstance(event, TimerFired):
            why = because("petition.failed", within=self.within, **figures)
            yield close(motion, why)
        elif len(signed) >= need:
            changes = changes_of(petition)
            why = because("petition.adopted", **figures)
            yield amend(motion, changes, self.effect_after, state, why)
        elif self.within is not None and isinstance(event, PetitionStarted):
            due = self.within.after(state.at_us, state.calendar.where)
            yield SetTimer(motion, instant(due))

    def signers(self, state: State, petition: str, /) -> tuple[MemberId, ...]:
        """Return who has signed the open *petition* so far; nobody once it is over."""
        known = self._mine(state)["open"].get(petition)
        return () if known is None else tuple(map(MemberId, sorted(known["voices"])))

    def outcome(self, state: State, petition: str, /) -> MotionState | None:
        """Return where *petition* stands; None where none of that id is remembered."""
        mine = self._mine(state)
        if petition in mine["open"]:
            return MotionState.PROPOSED
        ended = mine["closed"].get(petition)
        return None if ended is None else MotionState(ended)

    def _mine(self, state: State) -> Slice:
        return cast("Slice", state.community.slices.get(self.key) or self.start())


@frozen(kw_only=True)
class CouncilOrder:
    """An order of the council: a holder of one of *roles* changes the rules at once.

    *effect_after* puts the new version off; it never holds before one that was decided
    earlier.
    """

    answers: ClassVar[EventTypes] = (CouncilOrdered,)
    guards: ClassVar[EventTypes] = (CouncilOrdered,)

    key: PolicyKey
    roles: tuple[RoleName, ...] = field(validator=validators.min_len(1))
    effect_after: Duration | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse a mode that an order cannot have."""
        own_consent(self.key, self.mode)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        yield from unknown("roles", self.roles, role_names(definition))

    def refuse(self, event: CouncilOrdered, state: State, /) -> Explanation | None:
        """Refuse an order of who holds none of *roles* then."""
        if event.way not in ("", self.key):
            return None
        if not entitled(self.roles, state):
            by = str(state.actor.id) or None
            return because("council.not_entitled", by=by, roles=self.roles)
        return no_such_rule(event.changes, state)

    def decide(self, event: CouncilOrdered, state: State, /) -> Iterator[Wish]:
        """Put the new version into force."""
        if event.way in ("", self.key):
            why = because("council.ordered", by=str(state.actor.id))
            yield amend(event.id, event.changes, self.effect_after, state, why)
