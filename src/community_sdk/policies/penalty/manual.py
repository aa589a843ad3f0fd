"""What people do to a record by hand: impose, lift, take back (S06).

Laws: what is refused changes nothing; what one person did wrongly is taken back as a
whole, and nothing that another person did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Final

from attrs import evolve, field

from community_sdk._time import micros
from community_sdk._values import frozen
from community_sdk.decisions import (
    ApplySanction,
    Decision,
    EndSanction,
    Mode,
    OverturnStrike,
)
from community_sdk.enforcement import already_active
from community_sdk.errors import closest
from community_sdk.events import (
    ActsRolledBack,
    EventTypes,
    SanctionLifted,
    SanctionOrdered,
    StrikeOverturned,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    SANCTIONS,
    DecisionId,
    EventId,
    LadderStep,
    Overlap,
    PolicyKey,
    SanctionKind,
    SanctionOrigin,
    SanctionState,
)
from community_sdk.policies._policy import Reference, Scope
from community_sdk.policies.penalty._imposing import (
    impose,
    meeting,
    strange_duties,
    strange_kinds,
)
from community_sdk.policies.penalty._reversal import overturn, wished, withdrawn
from community_sdk.policies.penalty._settings import LengthLimit
from community_sdk.proposal import Terms
from community_sdk.state import Definition, MemberState, SanctionRecord, State

__all__ = ["ManualSanctions", "rolled_back"]

_VOID: Final = (SanctionState.OVERTURNED.value, SanctionState.LAPSED.value)


@frozen(kw_only=True)
class ManualSanctions:
    """Carry out sanctions that people order, and take back what they say was wrong.

    Attributes:
        kinds: kinds of the playbook's own that may be ordered beside the shipped ones.
        limits: kind of sanction → how short and how long it may be.
        overlap: kind of sanction, or ``*`` → what becomes of a new one while another
            is in force; ``longest`` where nothing is said.
        approval: kind of sanction, or ``*`` → who must agree before it begins.

    It answers sanctions ordered by hand, mistakes found in them, and acts of one person
    rolled back. Refused, and without effect, are: an unknown measure, a length outside
    the limits or on a measure that is done at once, one that stands against another in
    force, lifting what is not in force, overturning what was overturned.
    """

    answers: ClassVar[EventTypes] = (SanctionOrdered, StrikeOverturned, ActsRolledBack)
    guards: ClassVar[EventTypes] = (SanctionOrdered, SanctionLifted, StrikeOverturned)

    key: PolicyKey
    kinds: tuple[SanctionKind, ...] = ()
    limits: Mapping[str, LengthLimit] = field(
        factory=dict[str, LengthLimit], hash=False
    )
    overlap: Mapping[str, Overlap] = field(factory=dict[str, Overlap], hash=False)
    approval: Mapping[str, Terms] = field(factory=dict[str, Terms], hash=False)
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name kinds of sanction that nobody may order, and unknown duties."""
        words = self._words
        yield from (("limits", w, words) for w in self.limits if w not in words)
        yield from strange_kinds("overlap", self.overlap, words)
        yield from strange_kinds("approval", self.approval, words)
        yield from strange_duties(self.approval, definition)

    def refuse(
        self,
        event: SanctionOrdered | SanctionLifted | StrikeOverturned,
        state: State,
        /,
    ) -> Explanation | None:
        """Return why the act does not count, None where nothing is against it."""
        if isinstance(event, SanctionOrdered):
            return self._against(event, state)
        member = state.member
        if isinstance(event, SanctionLifted):
            record = member.sanction(event.sanction)
            if record is None or not record.runs(state.now_us):
                measure = None if record is None else record.measure
                return because("sanction.not_active", measure=measure)
            return None
        strike = member.strike(event.strike)
        gone = event.strike in member.voided if strike is None else strike.overturned
        return because("sanction.already_overturned") if gone else None

    def decide(
        self,
        event: SanctionOrdered | StrikeOverturned | ActsRolledBack,
        state: State,
        /,
    ) -> Iterator[Decision]:
        """Impose what was ordered, or end what was a mistake."""
        if isinstance(event, SanctionOrdered):
            wish = self._wish(event)
            if wish is not None:
                yield impose(wish, state, self.overlap, self.approval)
        elif isinstance(event, StrikeOverturned):
            yield from withdrawn(event, self.key, state)
            for record in state.member.sanctions:
                mine = record.policy == self.key and event.strike in record.strikes
                if mine and record.state not in _VOID:
                    yield overturn(event.strike, record, state)
        else:
            yield from _take_back(event, state.member)

    @property
    def _words(self) -> tuple[str, ...]:
        return (*SANCTIONS, *(kind.word for kind in self.kinds))

    def _kind(self, word: str) -> SanctionKind | None:
        own = next((kind for kind in self.kinds if kind.word == word), None)
        return own or SANCTIONS.get(word)

    def _wish(self, event: SanctionOrdered) -> ApplySanction | None:
        kind = self._kind(event.measure)
        if kind is None:
            return None
        lasts = kind.holds or kind.lasts
        step = LadderStep(
            at=1,
            kind=kind,
            duration=event.duration if lasts else None,
            notice=event.notice,
            level=event.level,
        )
        why = because(
            "sanction.ordered",
            measure=kind,
            duration=step.duration,
            by=event.actor,
            case=event.case or None,
        )
        return ApplySanction(
            member=event.member,
            group=event.group,
            step=step,
            until=event.until if lasts else None,
            strikes=(event.id,),
            issuer=event.actor or "",
            origin=SanctionOrigin.MANUAL,
            case=event.case,
            because=why,
        )

    def _against(self, event: SanctionOrdered, state: State) -> Explanation | None:
        kind, wish = self._kind(event.measure), self._wish(event)
        if kind is None or wish is None:
            near = closest(event.measure, self._words)
            return because("sanction.unknown", measure=event.measure, nearest=near)
        ends = event.duration is not None or event.until is not None
        if ends and not (kind.holds or kind.lasts):
            return because("sanction.no_length", measure=kind)
        limit = self.limits.get(kind.word)
        met = meeting(wish, state, self.overlap)
        if limit is not None:
            wrong = _outside(limit, wish, state)
            if wrong:
                return because(wrong, measure=kind, least=limit.least, most=limit.most)
        return None if met.refused is None else already_active(kind, met.refused)


def _outside(limit: LengthLimit, wish: ApplySanction, state: State) -> str:
    """Return the key of the reason why *wish* is too short or too long."""
    now, where = state.now_us, state.calendar.where
    end = None if wish.until is None else micros(wish.until)
    if wish.step.duration is not None:
        end = wish.step.duration.after(now, where)
    if limit.least is not None:
        shortest = limit.least.after(now, where)
        if end is not None and end < shortest:
            return "sanction.under_limit"
    if limit.most is not None:
        longest = limit.most.after(now, where)
        if end is None or end > longest:
            return "sanction.over_limit"
    return ""


# -- rollback ------------------------------------------------------------------------


def _take_back(event: ActsRolledBack, member: MemberState) -> Iterator[Decision]:
    """Yield the end of everything that the issuer did about *member* in that time."""
    span = (str(event.issuer), micros(event.since), micros(event.until))
    strikes, sanctions = _acts(member, *span)
    for strike in strikes:
        why = because("sanction.rolled_back", by=event.issuer)
        beside = tuple(EventId(other) for other in strikes if other != strike)
        yield OverturnStrike(
            member=event.member, strike=EventId(strike), beside=beside, because=why
        )
    for record in sanctions:
        why = because("sanction.rolled_back", by=event.issuer)
        yield EndSanction(
            member=event.member,
            sanction=DecisionId(record.id),
            state=SanctionState.OVERTURNED,
            because=why,
        )


def _acts(
    member: MemberState, issuer: str, since: int, until: int
) -> tuple[list[str], list[SanctionRecord]]:
    """Return strikes and sanctions without a strike that *issuer* made in that time.

    What was ordered and still waits for consent is named by its order.
    """
    strikes = [
        s.id
        for s in member.strikes
        if s.by == issuer and since <= s.recorded < until and not s.overturned
    ]
    strikes += [
        wished(pending)[0]
        for pending in member.consents
        if pending.proposer == issuer and since <= pending.opened < until
        if wished(pending) and member.strike(wished(pending)[0]) is None
    ]
    rest: list[SanctionRecord] = []
    for record in member.sanctions:
        own = record.issuer == issuer and since <= record.since < until
        if not own or record.state in _VOID:
            continue
        cause = record.strikes[0] if record.strikes else ""
        known = member.strike(cause)
        if known is None and cause:
            strikes.append(cause)
        elif known is None:
            rest.append(record)
    return list(dict.fromkeys(strikes)), rest


def rolled_back(
    order: ActsRolledBack, members: Iterable[MemberState]
) -> Iterator[ActsRolledBack]:
    """Yield *order* once for each of *members* about whom its issuer did something.

    The ids begin with that of *order* and end with the member's, so that the same
    rollback told twice is told once. Feed the events to the engine or the operation
    like any other; they replay without this function.
    """
    issuer, since, until = str(order.issuer), micros(order.since), micros(order.until)
    for member in members:
        strikes, sanctions = _acts(member, issuer, since, until)
        if strikes or sanctions:
            yield evolve(order, id=EventId(f"{order.id}/{member.id}"), member=member.id)
