"""Appeals against sanctions: a grant undoes the sanction and all its effect (S07 S29).

Laws: an overturned sanction's strike never counts again; only the appealed sanction
ends, others keep holding the member; who imposed or agreed to it never hears it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, TypedDict, cast

from attrs import field

from community_sdk._time import instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import (
    ClearTimer,
    Decision,
    EndSanction,
    Escalate,
    Mode,
    OfferAppeal,
    OverturnStrike,
    Recommend,
    SetTimer,
    TellOutcome,
    Wish,
)
from community_sdk.events import (
    AppealDecided,
    AppealFiled,
    AppealWithdrawn,
    CaseClosed,
    EmergencyRatified,
    Event,
    EventTypes,
    ProposalApproved,
    ProposalOpened,
    SanctionConfirmed,
    SanctionImposed,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    Appeal,
    AppealOutcome,
    AppealState,
    DecisionId,
    EventId,
    LaterSanctions,
    MemberId,
    PolicyKey,
    SanctionState,
)
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.policies.cases import _terms
from community_sdk.policies.cases._terms import AppealTerms, Row
from community_sdk.state import Definition, SanctionRecord, State

__all__ = ["AppealPolicy"]

_GONE: Final = (
    SanctionState.OVERTURNED.value,
    SanctionState.LAPSED.value,
    SanctionState.REFUSED.value,
)
_Appeals = AppealFiled | AppealDecided | AppealWithdrawn


class _Memory(TypedDict):
    """Appeals by id; who agreed to a sanction or a proposal; who asked in a case."""

    appeals: dict[str, Row]
    agreed: dict[str, list[str]]
    wishes: dict[str, str]
    ratifier: str
    voices: dict[str, list[str]]


@frozen(kw_only=True)
class AppealPolicy:
    """Hear the appeals of members against their sanctions, on *terms*.

    Every sanction is announced with the end of the window and whom to turn to. A
    granted appeal overturns the strike that the sanction answered, so that it never
    counts again; one without a strike is ended as overturned. Expired and lifted
    sanctions can be appealed as well: the record is cleared. Provisional ones, too.

    Attributes:
        terms: window, number, reviewers, who never reviews, time for the decision.
        later: what becomes of later sanctions that rested on the strike: they stand
            and are flagged (``stand_and_flag``), or become what they would have been
            (``recompute``). None: as the ladder says.
    """

    answers: ClassVar[EventTypes] = (
        AppealFiled,
        AppealDecided,
        AppealWithdrawn,
        SanctionImposed,
        SanctionConfirmed,
        ProposalOpened,
        ProposalApproved,
        EmergencyRatified,
        CaseClosed,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (AppealFiled, AppealDecided, AppealWithdrawn)

    key: PolicyKey
    terms: AppealTerms = field(factory=AppealTerms)
    later: LaterSanctions | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name duties that the playbook does not have."""
        known = role_names(definition)
        yield from unknown("terms.reviewers", self.terms.reviewers, known)

    def start(self) -> _Memory:
        """Remember no appeal."""
        return {"appeals": {}, "agreed": {}, "wishes": {}, "ratifier": "", "voices": {}}

    # -- what does not count -----------------------------------------------------------

    def refuse(self, event: _Appeals, state: State, /) -> Explanation | None:
        """Return why an appeal, or a decision about one, does not count.

        Of an appeal, in this order: no such sanction, not the member, nothing left to
        appeal, appealed already, too late. Of a decision: no such appeal, decided
        already, no right to decide, conflict of interest.
        """
        if event.case is not None:
            return None
        mine = cast("_Memory", state.mine or self.start())
        by = str(event.actor or event.member or "")
        if isinstance(event, AppealFiled):
            return self._refuse_filing(mine, event, by, state)
        row = mine["appeals"].get(event.appeal)
        if isinstance(event, AppealWithdrawn):
            return _terms.withdrawing(row, event.appeal, by)
        against = _terms.judging(self.terms, row, event, state)
        if against is not None or row is None:
            return against
        record = state.member.sanction(row[6])
        if record is None:
            return because("appeal.no_sanction", sanction=row[6])
        return _terms.of_whom(self.terms, event, _roles(mine, record, state))

    def _refuse_filing(
        self, mine: _Memory, event: AppealFiled, by: str, state: State
    ) -> Explanation | None:
        record = state.member.sanction(event.sanction or "")
        if record is None:
            return because("appeal.no_sanction", sanction=event.sanction)
        if by != state.member.id:
            return because("appeal.not_permitted", by=by, duty="")
        if record.state in _GONE:
            return because(
                "appeal.already_overturned", measure=record.measure, state=record.state
            )
        rows = _against(mine, record.id)
        return _terms.filing(self.terms, rows, state, record.since)

    # -- what is remembered ------------------------------------------------------------

    def join(self, mine: _Memory, other: _Memory, _: State, /) -> _Memory:
        """Keep the appeals of either account, and who took part in them."""
        return {
            "appeals": {**other["appeals"], **mine["appeals"]},
            "agreed": {**other["agreed"], **mine["agreed"]},
            "wishes": {**other["wishes"], **mine["wishes"]},
            "ratifier": mine["ratifier"] or other["ratifier"],
            "voices": {**other["voices"], **mine["voices"]},
        }

    def fold(self, mine: _Memory, event: Event, state: State, /) -> _Memory:
        """Remember appeals, who agreed to what, and who asked in which case."""
        by = str(event.actor or event.member or "")
        if isinstance(event, (AppealFiled, AppealDecided, AppealWithdrawn)):
            state.mine = mine
            if event.case is None and self.refuse(event, state) is None:
                self._note(mine, event, by, state)
        elif isinstance(event, ProposalOpened):
            mine["wishes"] |= {
                pending.id: str(pending.wish.get("id") or "")
                for pending in state.member.consents
                if pending.id == event.proposal
            }
        elif isinstance(event, ProposalApproved):
            wish = mine["wishes"].get(event.proposal, "")
            _agree(mine, wish or event.proposal, by)
        elif isinstance(event, EmergencyRatified):
            mine["ratifier"] = by
        elif isinstance(event, SanctionConfirmed):
            _agree(mine, event.sanction, mine["ratifier"])
        elif isinstance(event, CaseClosed):
            mine["voices"][event.case] = [str(who) for who in event.voices]
        return mine

    def _note(self, mine: _Memory, event: _Appeals, by: str, state: State) -> None:
        rows = mine["appeals"]
        if isinstance(event, AppealFiled):
            row = self.terms.row(by, state, sanction=str(event.sanction))
            rows[str(event.id)] = row
        elif isinstance(event, AppealWithdrawn):
            word = AppealState.WITHDRAWN.value
            _terms.settled(rows[event.appeal], word, state.at_us, by)
        else:
            _terms.settled(rows[event.appeal], event.outcome.value, state.at_us, by)

    # -- what comes of it --------------------------------------------------------------

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Offer the appeal, have it decided in time, undo what was a mistake."""
        mine = cast("_Memory", state.mine)
        if isinstance(event, SanctionImposed):
            yield from self._offer(event, state)
        elif isinstance(event, TimerFired):
            yield from self._late(mine, event)
        elif isinstance(event, AppealFiled):
            yield from self._filed(mine, event)
        elif isinstance(event, (AppealDecided, AppealWithdrawn)):
            row = mine["appeals"].get(event.appeal)
            if row is None or event.case is not None:
                return
            yield ClearTimer(event.appeal)
            if isinstance(event, AppealDecided):
                yield from self._decided(event, row, state)

    def _offer(self, event: SanctionImposed, state: State) -> Iterator[Decision]:
        since = micros(event.since or event.at)
        until, duty = self.terms.until(since, state), self.terms.duty
        yield OfferAppeal(
            member=event.member,
            sanction=event.sanction,
            until=until,
            duty=duty,
            because=because(
                "appeal.offered", until=until, duty=duty, times=self.terms.times
            ),
        )

    def _filed(self, mine: _Memory, event: AppealFiled) -> Iterator[Wish]:
        row = mine["appeals"].get(str(event.id))
        if row is None:
            return
        due, duty = instant(row[2]), self.terms.duty
        yield SetTimer(str(event.id), due, "after")
        yield Recommend(
            member=event.member,
            action="review_appeal",
            properties={
                "appeal": str(event.id),
                "sanction": str(event.sanction),
                "duty": duty,
            },
            because=because(
                "appeal.filed", sanction=event.sanction, due=due, duty=duty
            ),
        )

    def _late(self, mine: _Memory, event: TimerFired) -> Iterator[Decision]:
        row = mine["appeals"].get(event.timer)
        if row is None or row[3] != AppealState.OPEN.value:
            return
        duty = self.terms.duty
        yield Escalate(
            member=event.member,
            what="decide_appeal",
            duty=duty,
            because=because(
                "appeal.overdue", appeal=event.timer, due=event.at, duty=duty
            ),
        )

    def _decided(
        self, event: AppealDecided, row: Row, state: State
    ) -> Iterator[Decision]:
        granted = event.outcome is AppealOutcome.GRANTED
        why = because("appeal.decided", appeal=event.appeal, outcome=event.outcome)
        record = state.member.sanction(row[6])
        if granted and record is not None:
            yield self._undo(record, event, why)
        yield TellOutcome(
            member=MemberId(row[0]),
            about="appeal",
            subject=event.appeal,
            outcome=event.outcome.value,
            because=why,
        )

    def _undo(
        self, record: SanctionRecord, event: AppealDecided, why: Explanation
    ) -> Decision:
        """Overturn the strike that was answered; it takes the sanction along."""
        undone = because(
            "appeal.undone", why, measure=record.measure, since=instant(record.since)
        )
        if record.strikes:
            return OverturnStrike(
                member=event.member,
                strike=EventId(record.strikes[0]),
                later=self.later,
                because=undone,
            )
        return EndSanction(
            member=event.member,
            sanction=DecisionId(record.id),
            state=SanctionState.OVERTURNED,
            because=undone,
        )

    # -- looking -----------------------------------------------------------------------

    def appeals(self, state: State, /) -> tuple[Appeal, ...]:
        """Return the appeals of the state's member, in the order of filing."""
        mine = cast("_Memory", state.member.slices.get(self.key) or self.start())
        return tuple(_terms.heard(key, row) for key, row in mine["appeals"].items())

    def standing(self, state: State, /) -> Explanation:
        """Explain what may still be appealed, until when, and what is being heard."""
        mine = cast("_Memory", state.mine or self.start())
        parts: list[Explanation] = []
        for record in state.member.sanctions:
            rows, measure = _against(mine, record.id), record.measure
            waiting = [row for row in rows.values() if row[3] == AppealState.OPEN.value]
            if waiting:
                due = instant(waiting[0][2])
                parts.append(because("appeal.being_heard", measure=measure, due=due))
            elif record.state not in _GONE and self._may(rows, record, state):
                until = self.terms.until(record.since, state)
                parts.append(
                    because(
                        "appeal.may",
                        measure=measure,
                        until=until,
                        duty=self.terms.duty,
                    )
                )
        return because("appeal.standing", *parts, count=len(parts))

    def _may(self, rows: dict[str, Row], record: SanctionRecord, state: State) -> bool:
        fresh = self.terms.open(record.since, state.now_us, state)
        return fresh and len(rows) < self.terms.times


def _against(mine: _Memory, sanction: str) -> dict[str, Row]:
    return {key: row for key, row in mine["appeals"].items() if row[6] == sanction}


def _agree(mine: _Memory, what: str, by: str) -> None:
    mine["agreed"].setdefault(what, []).append(by)


def _roles(
    mine: _Memory, record: SanctionRecord, state: State
) -> dict[str, tuple[str, ...]]:
    """Return who is what to the sanction in *record*."""
    strikes = (state.member.strike(key) for key in record.strikes[:1])
    found = (strike.by for strike in strikes if strike is not None)
    return {
        "issuer": (record.issuer, *found),
        "approver": tuple(mine["agreed"].get(record.id, ())),
        "party": tuple(mine["voices"].get(record.case, ())),
    }
