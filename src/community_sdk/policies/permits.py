"""What is allowed only when somebody agreed: advertising, links, invitations (S03 S05).

Law: a permit is used no more often than it was granted for, and by nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final, Literal, cast

from attrs import field, validators

from community_sdk._time import Duration, instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import (
    Mode,
    OpenObligation,
    Recommend,
    ReportBreach,
    Wish,
)
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events import (
    AdPosted,
    Event,
    EventTypes,
    InvitationSent,
    MessagePosted,
    PermitGranted,
    PermitRequested,
    PermitWithdrawn,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import Money, PolicyKey, RoleName, RuleCode
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["PermitPolicy"]

Slice = dict[str, Any]
"""``permits``: id, since, until, uses left, content; ``last``: event and verdict."""

_ACTS: Final[dict[str, type[Event]]] = {
    "ad": AdPosted,
    "link": MessagePosted,
    "invitation": InvitationSent,
}


@frozen(kw_only=True)
class PermitPolicy:
    """Who does *what* without a permit, or without the thanks due, breaks *rule*.

    A permit is given by a holder of one of *granted_by* (empty: by anybody), never by
    the member; the role must be held then. It holds for *valid* (None: for good) and
    for *uses* times (0: any number), unless it says so itself. *approval* false: none
    is needed. Holders of a role in *exempt* need neither permit nor thanks.

    An ``ad`` is thanked by red packets: *packets* of them, each exactly *packet*; the
    sum in one does not do. A ``link`` needs no permit where the message describes it
    in at least *described* characters; 0: it always does. An ``invitation`` needs the
    consent before it is sent. With *strike* false nothing is recorded: somebody is
    asked to look. A request is answered *answer_within*, by the first of *granted_by*.
    """

    answers: ClassVar[EventTypes] = (
        AdPosted,
        MessagePosted,
        InvitationSent,
        PermitRequested,
        PermitGranted,
        PermitWithdrawn,
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (PermitGranted, PermitWithdrawn)

    key: PolicyKey
    rule: RuleCode
    what: Literal["ad", "link", "invitation"]
    granted_by: tuple[RoleName, ...] = ()
    exempt: tuple[RoleName, ...] = ()
    approval: bool = True
    packets: int = field(default=0, validator=validators.ge(0))
    packet: Money | None = None
    described: int = field(default=0, validator=validators.ge(0))
    valid: Duration | None = None
    uses: int = field(default=1, validator=validators.ge(0))
    answer_within: Duration | None = None
    strike: bool = True
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse an act that there is not, half of the thanks, nobody who answers."""
        if self.what not in _ACTS:
            raise DefinitionError(
                f"expected an act that a permit allows, found `{self.what}`",
                code="permit.what",
                hint=nearest(self.what, _ACTS),
                found=self.what,
            )
        amount = 0 if self.packet is None else self.packet.amount
        if (self.packets > 0) != (amount > 0):
            raise DefinitionError(
                f"expected `packets` and `packet` together in permit `{self.key}`",
                code="permit.packets",
                hint='write for example `packets = 20` and `packet = "0.50 CNY"`',
                found=self.key,
            )
        if self.answer_within is not None and not self.granted_by:
            raise DefinitionError(
                f"expected `granted_by` beside `answer_within` in permit `{self.key}`",
                code="permit.nobody",
                hint="name the role that answers requests",
                found=self.key,
            )

    @property
    def words(self) -> frozenset[str]:
        """The act that it is about, and what is said of permits."""
        said = (PermitRequested, PermitGranted, PermitWithdrawn)
        return frozenset(cls.kind for cls in (_ACTS[self.what], *said))

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name rules and roles that the playbook does not have."""
        codes = tuple(map(str, definition.rulebook.codes))
        yield from unknown("rule", self.rule, codes)
        known = role_names(definition)
        yield from unknown("granted_by", self.granted_by, known)
        yield from unknown("exempt", self.exempt, known)

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """What it permits."""
        return {"permit": (self.what,)}

    def start(self) -> Slice:
        """Remember no permit."""
        return {"permits": [], "last": ["", ""]}

    def refuse(
        self, event: PermitGranted | PermitWithdrawn, state: State, /
    ) -> Explanation | None:
        """Refuse a permit of who may not give it, or of the member."""
        if isinstance(event, PermitGranted):
            if event.what != self.what:
                return None
            if state.actor.known_as(event.member):
                return because("permit.self", what=self.what)
        else:
            if not _known(state.member.slices.values(), event.permit):
                return because("permit.none", permit=event.permit)
            mine: Slice = state.mine or self.start()
            if not _known((mine,), event.permit):
                return None
        if not self.granted_by or any(
            state.actor.holds(role, state.at_us, event.group)
            for role in self.granted_by
        ):
            return None
        by = str(state.actor.id)
        return because(
            "permit.not_entitled", what=self.what, by=by, roles=self.granted_by
        )

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Keep a permit, use it up, or take it away."""
        if isinstance(event, PermitGranted):
            if event.what == self.what:
                mine["permits"].append(self._permit(event, state))
        elif isinstance(event, PermitWithdrawn):
            at = state.at_us
            for known in mine["permits"]:
                if known[0] == event.permit:
                    known[2] = at if known[2] is None else min(at, known[2])
        elif isinstance(event, _ACTS[self.what]):
            mine["last"] = [event.id, self._verdict(mine, event, state)]
        return mine

    def _permit(self, event: PermitGranted, state: State) -> list[Any]:
        until = None if event.until is None else micros(event.until)
        if until is None and self.valid is not None:
            until = self.valid.after(state.at_us, state.calendar.where)
        uses = self.uses if event.uses is None else event.uses
        return [event.id, state.at_us, until, uses or None, event.content or ""]

    def _verdict(self, mine: Slice, event: Event, state: State) -> str:
        """Return what is wrong with *event*, using up the permit that it has."""
        if self._free(event, state):
            return ""
        if self.approval:
            permit = self._find(mine["permits"], event, state.at_us)
            if permit is None:
                return "permit.not_approved"
            if permit[3] is not None:
                permit[3] -= 1
        oldest = state.definition.lateness.after(
            state.now_us, state.calendar.where, times=-1
        )
        mine["permits"] = [
            known
            for known in mine["permits"]
            if known[3] != 0 and (known[2] is None or known[2] > oldest)
        ]
        return (
            "" if _paid(event, self.packet) >= self.packets else "permit.fee_incomplete"
        )

    def _free(self, event: Event, state: State) -> bool:
        """Tell whether *event* needs no permit."""
        if isinstance(event, MessagePosted) and (
            not event.link or (self.described and event.length >= self.described)
        ):
            return True
        member, at = state.member, state.at_us
        exempt = any(member.holds(role, at, event.group) for role in self.exempt)
        return exempt or not event.dated

    def _find(self, permits: list[Any], event: Event, at: int) -> list[Any] | None:
        """Return the permit that ends first of those that cover *event*."""
        content = getattr(event, "content", None)
        fit = [
            known
            for known in permits
            if known[1] <= at
            and (known[2] is None or at < known[2])
            and known[3] != 0
            and known[4] in ("", content)
        ]
        ends = ((known[2] is None, known[2] or 0, known[1], known[0]) for known in fit)
        return min(zip(ends, fit, strict=True), default=(None, None))[1]

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Report what is wrong with the act, or have the request answered."""
        if isinstance(event, PermitRequested):
            if event.what == self.what and self.answer_within is not None:
                yield self._ask(event, self.answer_within, state)
            return
        mine: Slice = state.mine or self.start()
        known, wrong = mine["last"]
        if known != event.id or not wrong:
            return
        why = self._why(wrong, event)
        if self.strike:
            yield ReportBreach(
                member=event.member,
                group=event.group,
                rule=self.rule,
                occurred=event.at,
                because=why,
            )
        elif state.barred(self.rule, state.at_us, event.group) is None:
            yield Recommend(
                member=event.member,
                group=event.group,
                action=f"review_{self.what}",
                properties={"rule": self.rule, "event": event.id},
                because=why,
            )

    def _why(self, wrong: str, event: Event) -> Explanation:
        if wrong == "permit.not_approved":
            return because(
                "permit.not_approved",
                rule=self.rule,
                what=self.what,
                roles=self.granted_by or None,
            )
        return because(
            "permit.fee_incomplete",
            rule=self.rule,
            needed=self.packets,
            packet=self.packet,
            found=_paid(event, self.packet),
        )

    def _ask(self, event: PermitRequested, within: Duration, state: State) -> Wish:
        due = instant(within.after(state.now_us, state.calendar.where))
        duty = self.granted_by[0]
        return OpenObligation(
            member=event.member,
            group=event.group,
            what=f"answer_{self.what}",
            due=due,
            met_by=PermitGranted.kind,
            where=(("what", self.what),),
            duty=duty,
            because=because("permit.requested", what=self.what, duty=duty, due=due),
        )

    def join(self, mine: Slice, other: Slice, _: State, /) -> Slice:
        """Let one person have the permits of both accounts."""
        permits = {known[0]: known for known in (*other["permits"], *mine["permits"])}
        both = sorted(permits.values(), key=lambda known: (known[1], known[0]))
        return {**mine, "permits": both}

    def standing(self, state: State, /) -> Explanation:
        """Explain which permits the member has now."""
        mine: Slice = state.mine or self.start()
        parts: list[Explanation] = []
        for key, since, until, uses, _ in mine["permits"]:
            runs = since <= state.now_us and (until is None or state.now_us < until)
            if runs and uses != 0:
                end = None if until is None else instant(until)
                parts.append(because("permit.valid", source=key, until=end, uses=uses))
        return because("permit.standing", *parts, what=self.what, permits=len(parts))


def _known(slices: Iterable[Any], permit: str) -> bool:
    """Tell whether one of *slices* is of permits, and has the one called *permit*."""
    kept = [cast("Slice", mine) for mine in slices if isinstance(mine, dict)]
    return any(known[0] == permit for mine in kept for known in mine.get("permits", ()))


def _paid(event: Event, packet: Money | None) -> int:
    """Return how many packets are exactly *packet*."""
    return event.packets.count(packet) if isinstance(event, AdPosted) else 0
