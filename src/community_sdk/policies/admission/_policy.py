"""The door: every request is admitted, refused, asked for more or put to wait (S03)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, Literal

from attrs import field

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.conditions import metrics
from community_sdk.decisions import (
    Admit,
    AskForMore,
    Decision,
    Mode,
    PutOnWaitingList,
    RefuseAdmission,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    AdmissionRefused,
    Admitted,
    Blacklisted,
    EntryAnswered,
    EntryConsented,
    ErasureRequested,
    Event,
    EventTypes,
    IdentityLinked,
    Joined,
    JoinRequested,
    Left,
    MemberRemoved,
    SanctionImported,
    SanctionImposed,
    Waitlisted,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import GroupId, Money, PolicyKey, RoleName, RuleCode
from community_sdk.policies._policy import (
    Reference,
    Scope,
    group_names,
    role_names,
    unknown,
)
from community_sdk.policies.admission._blacklist import Blacklists
from community_sdk.policies.admission._judging import judge, missing
from community_sdk.policies.admission._limits import PlatformLimits
from community_sdk.policies.admission._places import fill, no_place
from community_sdk.policies.admission._requests import (
    DECIDING,
    Request,
    Slice,
    answered_by,
    fold,
    granted,
)
from community_sdk.policies.admission._return import (
    banned,
    came_in,
    on_record,
    strike_off,
)
from community_sdk.policies.admission._terms import (
    Answer,
    EntryRequirement,
    GroupTerms,
    MinimumAge,
)
from community_sdk.state import Definition, State

__all__ = ["AdmissionPolicy"]

_RECORDS: Final = (SanctionImposed, SanctionImported, IdentityLinked, Blacklisted)
_NO_LIMITS: Final = PlatformLimits()
_NO_AREAS: Final = Blacklists()


@frozen(kw_only=True)
class AdmissionPolicy:
    """Answer requests to join.

    *entry*: ``application`` judges requirements, ``paid`` asks for the *fee* as well,
    ``invitation`` for an inviter, ``open`` asks nothing but an age, ``closed`` refuses
    everybody. Unmet refuses, naming each requirement; unknown asks for what is
    missing and leaves the request pending until it comes.

    Consent comes from a holder of one of the roles named, who is not the member: of
    *invitation_consent* for each invitation, of *screened_by* for each application, of
    *reentry_consent* for who was removed. Whoever hands a request in consents by it.
    Who was removed comes back after *reentry_after* (None: at once), who is banned not
    while the ban runs; whoever brings one of them in all the same breaks
    *readmit_rule*, where it is named. *blacklists* say how their entries are read.

    *capacity* caps the community, a group's own capacity its group, *limits* what the
    platform allows; granted places count as taken, nobody takes two. When full, the
    request waits, and the oldest come in when places are free. *groups* have terms of
    their own. *waived* names what conditions must not ask, with the reason why they do.
    """

    answers: ClassVar[EventTypes] = (
        *DECIDING,
        Admitted,
        AdmissionRefused,
        Waitlisted,
        Joined,
        Left,
        MemberRemoved,
        *_RECORDS,
        ErasureRequested,
    )
    folds: ClassVar[EventTypes] = (
        *DECIDING,
        Admitted,
        AdmissionRefused,
        Waitlisted,
        Joined,
        Left,
        MemberRemoved,
        IdentityLinked,
        ErasureRequested,
    )
    guards: ClassVar[EventTypes] = (EntryAnswered, EntryConsented)

    key: PolicyKey
    entry: Literal["application", "invitation", "paid", "open", "closed"] = (
        "application"
    )
    requirements: tuple[EntryRequirement, ...] = ()
    minimum_age: MinimumAge | None = None
    fee: Money | None = None
    capacity: int | None = None
    limits: PlatformLimits = _NO_LIMITS
    groups: tuple[GroupTerms, ...] = ()
    invitation_consent: tuple[RoleName, ...] = ()
    screened_by: tuple[RoleName, ...] = ()
    blacklists: Blacklists = _NO_AREAS
    reentry_after: Duration | None = None
    reentry_consent: tuple[RoleName, ...] = ()
    readmit_rule: RuleCode | None = None
    waived: Mapping[str, str] = field(factory=dict[str, str], hash=False)
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse a door that says two things."""
        if self.entry == "paid" and self.fee is None:
            raise DefinitionError(
                f"expected a `fee` in `{self.key}`, which is entered by paying",
                code="admission.fee",
                hint="write `fee`, or choose another `entry`",
                found=self.key,
            )
        if self.entry == "open" and (self.requirements or self.screened_by):
            raise DefinitionError(
                f"expected no requirements in `{self.key}`, which is open to all",
                code="admission.open",
                hint="remove them, or choose `application`",
                found=self.key,
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What the terms of groups and the limits measure."""
        own = (m for g in self.groups if g.when is not None for m in metrics(g.when))
        return tuple(dict.fromkeys((*self.limits.metrics, *own)))

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles, rules and groups that the playbook does not have."""
        roles = role_names(definition)
        for path in ("invitation_consent", "screened_by", "reentry_consent"):
            yield from unknown(path, getattr(self, path), roles)
        codes = tuple(str(r.code) for r in definition.rulebook.rules)
        if self.readmit_rule is not None and self.readmit_rule not in codes:
            yield ("readmit_rule", self.readmit_rule, codes)
        rooms = group_names(definition)
        for i, terms in enumerate(self.groups):
            yield from unknown(f"groups[{i}].group", terms.group, rooms)

    def start(self) -> Slice:
        """Remember no request, no fee and no granted place."""
        return {"granted": {}, "open": {}, "paid": {}}

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Remember what is open: requests, fees paid ahead, granted places."""
        if event.member is None:
            return mine
        fold(mine, event, state)
        found = answered_by(event, mine) if isinstance(event, DECIDING) else None
        consents = not isinstance(event, EntryConsented) or event.agrees
        if found is not None and consents and event.actor not in (None, event.member):
            held = [r for r in self._consenters if self._holds(r, event, state)]
            found[1]["agreed"] = sorted({*found[1]["agreed"], *held})
        return mine

    def refuse(self, event: Event, state: State, /) -> Explanation | None:
        """Forbid a word about no request, and consent of who may not give it."""
        found = answered_by(event, state.mine)
        if found is None:
            return because("admission.no_request")
        if isinstance(event, EntryAnswered):
            return None
        if event.actor in (None, event.member):
            return because("admission.own_consent")
        roles = self.asked_of(found[1])
        if any(self._holds(role, event, state) for role in roles):
            return None
        return because("admission.not_permitted", by=event.actor, roles=roles)

    def decide(self, event: Event, state: State, /) -> Iterator[Decision]:
        """Admit, refuse, ask, or let wait; fill the places that have become free."""
        if event.member is None:
            return
        if isinstance(event, DECIDING):
            found = answered_by(event, state.mine)
            if found is not None:
                yield self._answer(found, event, state)
        elif isinstance(event, Joined):
            agreed = [r for r in self.reentry_consent if self._holds(r, event, state)]
            yield from came_in(event, self, agreed, state)
        elif isinstance(event, (Left, MemberRemoved)):
            yield from fill(event.group, self, state)
        elif isinstance(event, _RECORDS):
            mine = self.start() if state.mine is None else state.mine
            yield from strike_off(event, self, mine, state)

    def standing(self, state: State, /) -> Explanation:
        """Explain what is open: requests, the waiting list, what bars the door."""
        name, parts = str(state.member.id), list[Explanation]()
        for place, (group, member, since) in enumerate(state.community.waiting, 1):
            if member == name:
                parts.append(
                    because(
                        "admission.waits",
                        group=group or None,
                        place=place,
                        since=instant(since),
                    )
                )
        mine: Any = state.mine or self.start()
        for group, request in mine["open"].get(name, {}).items():
            asked = instant(request["at"])
            parts.append(because("admission.pending", group=group or None, since=asked))
        bar = on_record(self, state, ())
        if bar is not None and not state.member.here:
            parts.append(bar)
        return because("admission.standing", *parts, open=len(parts))

    def terms(self, group: str) -> GroupTerms | None:
        """Return what *group* asks for itself."""
        return next((g for g in self.groups if g.group == group), None)

    def asked_of(self, request: Request) -> tuple[RoleName, ...]:
        """Return whose consent *request* needs: any of these roles; none: nobody's."""
        invited = request["way"] == "invited"
        return self.invitation_consent if invited else self.screened_by

    # -- inside ----------------------------------------------------------------------

    @property
    def _consenters(self) -> tuple[RoleName, ...]:
        every = (*self.invitation_consent, *self.screened_by, *self.reentry_consent)
        return tuple(dict.fromkeys(every))

    @staticmethod
    def _holds(role: RoleName, event: Event, state: State) -> bool:
        return state.actor.holds(role, state.now_us, event.group)

    def _answer(
        self, found: tuple[str, Request], event: Event, state: State
    ) -> Decision:
        key, request = found
        group = GroupId(key) if key else None
        bar = self._barred(found, event, state)
        mine: Any = state.mine
        purse = dict(mine["paid"].get(str(event.member), {}))
        judged = [] if bar is not None else judge(self, key, request, purse, state)
        parts = [why for _, why in judged]
        if bar is not None or any(answer is Answer.UNMET for answer, _ in judged):
            parts = parts if bar is None else [bar]
            why = because("admission.refused", *parts)
            return RefuseAdmission(member=event.member, group=group, because=why)
        unknown = [missing(why) for answer, why in judged if answer is Answer.UNKNOWN]
        if unknown:
            asked = tuple(dict.fromkeys(unknown))
            why = because("admission.unknown", *parts, missing=asked)
            return AskForMore(
                member=event.member, group=group, missing=asked, because=why
            )
        full = no_place(group, self, state)
        if full is not None:
            why = because("admission.full", full, *parts)
            return PutOnWaitingList(member=event.member, group=group, because=why)
        why = because("admission.met", *parts)
        return Admit(member=event.member, group=group, because=why)

    def _barred(
        self, found: tuple[str, Request], event: Event, state: State
    ) -> Explanation | None:
        """Explain what no answer could mend."""
        group, request = found
        if self.entry == "closed" and banned(state) is None:
            return because("admission.closed")
        bar = on_record(self, state, request["agreed"])
        bar = bar or self.blacklists.against(group, request["channel"], state)
        if bar is not None:
            return bar
        if request["against"]:
            return because("admission.not_agreed", by=request["against"])
        uninvited = request["way"] == "asked" and not request["by"]
        if self.entry == "invitation" and uninvited:
            return because("admission.not_invited")
        if isinstance(event, JoinRequested):
            grants = granted(state.mine).get(str(event.member), {})
            held = sum(place != group for place in grants)
            return self.limits.against(event, held, state)
        return None
