"""The door: every request is admitted, refused, asked for more or put to wait (S03)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, ClassVar, Final, Literal

from attrs import field, frozen

from community_sdk._time import Duration, instant
from community_sdk.conditions import metrics, verdict
from community_sdk.decisions import (
    Admit,
    AskForMore,
    Decision,
    Mode,
    PutOnWaitingList,
    Recommend,
    RefuseAdmission,
    ReportBreach,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    AdmissionRefused,
    Admitted,
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
from community_sdk.policies._policy import Reference, Scope
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
from community_sdk.policies.admission._return import banned, put_out
from community_sdk.policies.admission._terms import (
    Answer,
    EntryRequirement,
    GroupTerms,
    Judged,
    MinimumAge,
    judge_fee,
)
from community_sdk.state import Definition, State

__all__ = ["AdmissionPolicy"]

_RECORDS: Final = (SanctionImposed, SanctionImported, IdentityLinked)
_NO_LIMITS: Final = PlatformLimits()


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
    *readmit_rule*, where it is named.

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
        roles = tuple(str(r.name) for r in definition.roles)
        for path in ("invitation_consent", "screened_by", "reentry_consent"):
            for i, role in enumerate(getattr(self, path)):
                if role not in roles:
                    yield (f"{path}[{i}]", role, roles)
        codes = tuple(str(r.code) for r in definition.rulebook.rules)
        if self.readmit_rule is not None and self.readmit_rule not in codes:
            yield ("readmit_rule", self.readmit_rule, codes)
        rooms = tuple(str(g.key) for g in definition.community.groups)
        for i, terms in enumerate(self.groups):
            if terms.group not in rooms:
                yield (f"groups[{i}].group", terms.group, rooms)

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
        roles = self._asked_of(found[1])
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
            yield from self._came_in(event, state)
        elif isinstance(event, (Left, MemberRemoved)):
            yield from fill(event.group, self, state)
        elif isinstance(event, _RECORDS):
            yield from self._strike_off(event, state)

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
        bar = self._on_record(state, ())
        if bar is not None and not state.member.here:
            parts.append(bar)
        return because("admission.standing", *parts, open=len(parts))

    # -- inside ----------------------------------------------------------------------

    @property
    def _consenters(self) -> tuple[RoleName, ...]:
        every = (*self.invitation_consent, *self.screened_by, *self.reentry_consent)
        return tuple(dict.fromkeys(every))

    def _asked_of(self, request: Request) -> tuple[RoleName, ...]:
        invited = request["way"] == "invited"
        return self.invitation_consent if invited else self.screened_by

    @staticmethod
    def _holds(role: RoleName, event: Event, state: State) -> bool:
        return state.actor.holds(role, state.now_us, event.group)

    def _answer(
        self, found: tuple[str, Request], event: Event, state: State
    ) -> Decision:
        key, request = found
        group = GroupId(key) if key else None
        bar = self._barred(request, event, state)
        judged = [] if bar is not None else self._judge(group, request, event, state)
        parts = [why for _, why in judged]
        if bar is not None or any(answer is Answer.UNMET for answer, _ in judged):
            parts = parts if bar is None else [bar]
            why = because("admission.refused", *parts)
            return RefuseAdmission(member=event.member, group=group, because=why)
        missing = tuple(
            _asked(why) for answer, why in judged if answer is Answer.UNKNOWN
        )
        if missing:
            why = because("admission.unknown", *parts, missing=missing)
            return AskForMore(
                member=event.member, group=group, missing=missing, because=why
            )
        full = no_place(group, self, state)
        if full is not None:
            why = because("admission.full", full, *parts)
            return PutOnWaitingList(member=event.member, group=group, because=why)
        why = because("admission.met", *parts)
        return Admit(member=event.member, group=group, because=why)

    def _barred(
        self, request: Request, event: Event, state: State
    ) -> Explanation | None:
        """Explain what no answer could mend."""
        if self.entry == "closed" and banned(state) is None:
            return because("admission.closed")
        bar = self._on_record(state, request["agreed"])
        if bar is not None:
            return bar
        if request["against"]:
            return because("admission.not_agreed", by=request["against"])
        uninvited = request["way"] == "asked" and not request["by"]
        if self.entry == "invitation" and uninvited:
            return because("admission.not_invited")
        if isinstance(event, JoinRequested):
            held = len(granted(state.mine).get(str(event.member), {}))
            return self.limits.against(event, held, state)
        return None

    def _on_record(self, state: State, agreed: Iterable[str]) -> Explanation | None:
        """Explain which sanction or removal is in the way."""
        ban = banned(state)
        out = put_out(state.member)
        if ban is not None or out is None:
            return ban
        if self.reentry_after is not None:
            back = self.reentry_after.after(out, state.calendar.where)
            if state.now_us < back:
                return because("admission.removed", until=instant(back))
        if self.reentry_consent and not {*agreed} & {*self.reentry_consent}:
            return because(
                "admission.needs_owner_consent",
                removed=instant(out),
                roles=self.reentry_consent,
            )
        return None

    def _judge(
        self, group: str | None, request: Request, event: Event, state: State
    ) -> list[Judged]:
        """Return how the request stands to everything that is asked of it."""
        own = next((g for g in self.groups if g.group == group), None)
        mine: Any = state.mine
        purse = dict(mine["paid"].get(str(event.member), {}))
        answers, judged = request["answers"], list[Judged]()
        if own is None or not state.member.here:
            if self.minimum_age is not None:
                day = date.fromordinal(state.calendar.day(request["at"]))
                judged.append(self.minimum_age.weigh(answers, day))
            judged += [rule.weigh(answers) for rule in self.requirements]
            judged += _fee(self.fee, purse)
        if own is not None:
            judged += [rule.weigh(answers) for rule in own.requirements]
            if own.when is not None:
                found = verdict(own.when, state)
                met = Answer.MET if found.met else Answer.UNMET
                judged.append((met, found.because()))
            judged += _fee(own.fee, purse)
        judged += self._consent(request)
        return judged

    def _consent(self, request: Request) -> list[Judged]:
        roles = self._asked_of(request)
        if not roles:
            return []
        if {*request["agreed"]} & {*roles}:
            return [(Answer.MET, because("admission.consented", roles=roles))]
        why = because("admission.needs_consent", way=request["way"], roles=roles)
        return [(Answer.UNKNOWN, why)]

    def _came_in(self, event: Joined, state: State) -> Iterator[Decision]:
        """Notice who came in against the record, and who brought the member in."""
        helper = None if event.actor == event.member else event.actor
        roles = () if helper is None else self.reentry_consent
        agreed = [role for role in roles if self._holds(role, event, state)]
        bar = self._on_record(state, agreed)
        if bar is None or (bar.key == "admission.removed" and agreed):
            return
        why = because("admission.came_back", bar, by=helper)
        yield Recommend(member=event.member, action="take_out", because=why)
        if helper is not None and self.readmit_rule is not None:
            why = because("admission.brought_back", bar, rule=self.readmit_rule)
            yield ReportBreach(member=helper, rule=self.readmit_rule, because=why)

    def _strike_off(self, event: Event, state: State) -> Iterator[Decision]:
        """Refuse what is open of somebody who may no longer come in."""
        name, mine = str(event.member), state.mine or self.start()
        waits = any(who == name for _, who, _ in state.community.waiting)
        if not (waits or name in mine["open"] or name in mine["granted"]):
            return
        bar = self._on_record(state, ())
        if bar is not None:
            why = because("admission.refused", bar)
            yield RefuseAdmission(member=event.member, because=why)


def _fee(fee: Money | None, purse: dict[str, int]) -> list[Judged]:
    """Judge *fee* against *purse*, from which it is taken."""
    if fee is None:
        return []
    judged = judge_fee(fee, purse)
    purse[fee.currency] = max(purse.get(fee.currency, 0) - fee.amount, 0)
    return [judged]


_MISSING: Final = {
    "admission.fee_missing": "fee",
    "admission.needs_consent": "approval",
}


def _asked(why: Explanation) -> str:
    """Return the word for what is missing."""
    return _MISSING.get(why.key) or str(why["answer"])
