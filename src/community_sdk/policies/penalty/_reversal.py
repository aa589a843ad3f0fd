"""A strike was a mistake: what it led to is undone, what rested on it is named (S06).

Laws: afterwards everything is as if the strike had never counted, what it used up is
free again; only sanctions that rested on it among others stand, each one flagged with
the step that it would have been (or are replaced by that step, where asked for).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, cast

from attrs import evolve

from community_sdk._time import instant
from community_sdk._values import frozen
from community_sdk.decisions import (
    ApplySanction,
    Decision,
    DismissProposal,
    EndSanction,
    Recommend,
)
from community_sdk.events import StrikeOverturned
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    DecisionId,
    EventId,
    LadderStep,
    LaterSanctions,
    SanctionOrigin,
    SanctionState,
)
from community_sdk.policies.penalty._counting import Record
from community_sdk.policies.penalty._judging import Judgement, Judging
from community_sdk.state import PendingConsent, SanctionRecord, State, Strike

__all__ = [
    "AtOnce",
    "Reversal",
    "ending",
    "overturn",
    "released",
    "wished",
    "withdrawn",
]

AtOnce = Callable[[Strike], LadderStep | None]
"""What the rulebook itself says of a breach, whatever the record."""

_VOID = (SanctionState.OVERTURNED.value, SanctionState.LAPSED.value)


@frozen(kw_only=True)
class Reversal:
    """How one ladder takes back what came of a strike.

    *judging* says which step a record earns; *later* and *below* are the settings of
    the ladder, *consumes* whether its sanctions use their strikes up.
    """

    judging: Judging
    at_once: AtOnce
    later: LaterSanctions
    below: Literal["stand", "lift"]
    consumes: bool

    def undo(self, event: StrikeOverturned, state: State) -> Iterator[Decision]:
        """Yield what becomes of the ladder's sanctions that *event* concerns."""
        if self.below == "lift":
            yield from self._above(event, state)
            return
        later = event.later or self.later
        mine = str(self.judging.counting.key)
        for record in state.member.sanctions:
            rests = record.policy == mine and event.strike in record.strikes
            if not rests or record.state in _VOID:
                continue
            if record.strikes[0] == event.strike:
                yield overturn(event.strike, record, state)
            if not _last(event, record.strikes):
                continue
            before, after = self._twice(record, event, state)
            if before.same == after.same:
                continue
            if later is LaterSanctions.RECOMPUTE:
                yield from self._replace(record, after, (event, state))
            else:
                yield _flag(event, record, after)

    def _twice(
        self, record: SanctionRecord, event: StrikeOverturned, state: State
    ) -> tuple[Judgement, Judgement]:
        """Return what *record* was earned by with and without what is overturned."""
        gone = (event.strike, *event.beside)
        known = [s for s in state.member.strikes if s.id in record.strikes]
        there = [s for s in known if not s.overturned or s.id in gone]
        rest = [s for s in there if s.id not in gone]
        sanctions = _before(record, state)
        kept = [s for s in sanctions if not {*s.strikes[:1]} & {*gone}]
        before = self._as_of(record, (there, sanctions), state)
        return before, self._as_of(record, (rest, kept), state)

    def _as_of(
        self,
        record: SanctionRecord,
        known: tuple[list[Strike], list[SanctionRecord]],
        state: State,
    ) -> Judgement:
        """Return what the breach behind *record* earns by what was *known* then."""
        strikes, sanctions = known
        new = next((s for s in strikes if s.id == record.strikes[0]), None)
        if new is None:
            return Judgement(step=None)
        stood = [
            evolve(s, overturned=False, consumed="", forgiven=False) for s in strikes
        ]
        then = Record(stood, sanctions, record.since, state.calendar.where)
        return self.judging.judge(new, then, self.at_once(new))

    def told_late(self, new: Strike, state: State) -> Iterator[Explanation]:
        """Yield each sanction that had been another if *new* had been known in time."""
        mine = str(self.judging.counting.key)
        for record in state.member.sanctions:
            due = (
                record.policy == mine and record.strikes and record.since > new.occurred
            )
            if not due or record.state in _VOID:
                continue
            ids = (*record.strikes, new.id)
            known = [
                s for s in state.member.strikes if s.id in ids and not s.overturned
            ]
            sanctions = _before(record, state)
            rest = [s for s in known if s.id != new.id]
            before = self._as_of(record, (rest, sanctions), state)
            after = self._as_of(record, (known, sanctions), state)
            if before.same != after.same and isinstance(after.step, LadderStep):
                yield _why("penalty.told_late", new.id, record, after.step)

    def _replace(
        self,
        record: SanctionRecord,
        due: Judgement,
        about: tuple[StrikeOverturned, State],
    ) -> Iterator[Decision]:
        """Yield the step that *record* would have been, then the end of *record*."""
        event, state = about
        would = due.step if isinstance(due.step, LadderStep) else None
        why = _why("penalty.recomputed", event.strike, record, would)
        if would is not None:
            yield self._correction(record, would, due, (why, state))
        yield EndSanction(
            member=event.member,
            sanction=DecisionId(record.id),
            state=SanctionState.OVERTURNED,
            because=why,
        )

    def _correction(
        self,
        record: SanctionRecord,
        step: LadderStep,
        due: Judgement,
        told: tuple[Explanation, State],
    ) -> ApplySanction:
        """Return *step* in the place of *record*, counted from when that began."""
        why, state = told
        until, now = None, state.now_us
        if step.duration is not None:
            until = step.duration.after(record.since, state.calendar.where)
        over = SanctionState.ACTIVE
        if record.state == SanctionState.LIFTED.value:
            over = SanctionState.LIFTED
        elif until is not None and until <= now:
            over = SanctionState.EXPIRED
        return ApplySanction(
            member=state.member.id,
            step=step,
            until=None if until is None else instant(until),
            since=instant(record.since),
            state=over,
            strikes=tuple(EventId(s.id) for s in due.rests),
            issuer=record.issuer,
            origin=SanctionOrigin(record.origin),
            case=record.case,
            joins=record.joins,
            consumes=self.consumes,
            because=why,
        )

    def _above(self, event: StrikeOverturned, state: State) -> Iterator[Decision]:
        """Yield the end of what is in force above where the record stands now.

        Of strikes that are overturned at once and belong together, the last one speaks
        for all: no sanction ends twice.
        """
        member, counting = state.member, self.judging.counting
        known = {s.id: s for s in member.strikes}
        gone = known.get(event.strike)
        if gone is None:
            return
        like = (counting.group(gone.category), gone.rule)
        together = [known[s] for s in (event.strike, *event.beside) if s in known]
        alike = [s for s in together if counting.looks_at(s, like)]
        if gone is not max(alike, key=lambda s: s.order, default=None):
            return
        for record in member.sanctions:
            cause = known.get(record.strikes[0]) if record.strikes else None
            if record.policy != str(counting.key) or cause is None:
                continue
            if not counting.looks_at(cause, like) or not record.runs(state.now_us):
                continue
            stands = self._stands(record, like, state)
            if record.step > stands and cause.overturned:
                yield overturn(cause.id, record, state)
            elif record.step > stands:
                yield self._lifted(record, stands, state)

    def _stands(
        self, record: SanctionRecord, like: tuple[str, str], state: State
    ) -> int:
        """Return where the member stands now; what *record* used up counts for it."""
        member = state.member
        strikes = [
            evolve(s, consumed="") if s.consumed == record.id else s
            for s in member.strikes
        ]
        now = Record(strikes, member.sanctions, state.now_us, state.calendar.where)
        return self.judging.counting.tally(now, like).stands

    def _lifted(self, record: SanctionRecord, stands: int, state: State) -> EndSanction:
        """Return the end of what others led to, and the count supports no longer.

        Where it used strikes up, mercy would keep them so: it is overturned.
        """
        measure, at = record.measure, record.step
        over = SanctionState.LIFTED
        why = because("penalty.below", measure=measure, at=at, stands=stands)
        if self.consumes:
            over = SanctionState.OVERTURNED
            why = because("penalty.below_used", measure=measure, at=at, stands=stands)
        return EndSanction(
            member=state.member.id,
            sanction=DecisionId(record.id),
            state=over,
            because=why,
        )


def _before(record: SanctionRecord, state: State) -> list[SanctionRecord]:
    """Return the sanctions that preceded *record*, each as it stood then."""
    then, all_of_them = record.since, state.member.sanctions
    place = all_of_them.index(record)
    mark = (then, place)
    earlier = [s for n, s in enumerate(all_of_them) if (s.since, n) < mark]
    there = {s.id for s in earlier}
    return [
        evolve(
            s,
            state=SanctionState.ACTIVE.value,
            replaced=s.replaced * (s.replaced in there),
        )
        if s.state not in _VOID and (s.ended is None or s.ended > then)
        else s
        for s in earlier
    ]


def _last(event: StrikeOverturned, strikes: Iterable[str]) -> bool:
    """Tell whether *event* speaks for all that are overturned at once of *strikes*.

    The last of them does; none does where the first, which was answered, is one.
    """
    gone = (event.strike, *event.beside)
    first, *rest = strikes
    found = [strike for strike in rest if strike in gone]
    return first not in gone and found[-1:] == [event.strike]


def wished(pending: PendingConsent) -> tuple[str, ...]:
    """Return the strikes that a sanction rests on which waits for consent."""
    return tuple(cast("Iterable[str]", pending.wish.get("strikes", ())))


def withdrawn(
    event: StrikeOverturned, policy: str, state: State
) -> Iterator[DismissProposal]:
    """Yield the end of proposals of *policy* that rest on what is overturned.

    Nobody agrees to a sanction on grounds that no longer hold.
    """
    for pending in state.member.consents:
        rests = wished(pending)
        gone = [strike for strike in rests if strike in (event.strike, *event.beside)]
        if pending.policy == policy and gone[-1:] == [event.strike]:
            yield DismissProposal(
                member=event.member,
                proposal=DecisionId(pending.id),
                because=because("penalty.withdrawn", strike=event.strike),
            )


def ending(
    event: StrikeOverturned, sanctions: Iterable[SanctionRecord]
) -> frozenset[str]:
    """Return which of *sanctions* the strikes overturned by *event* led to."""
    gone = {event.strike, *event.beside}
    return frozenset(s.id for s in sanctions if gone & {*s.strikes[:1]})


def released(event: StrikeOverturned, record: Record) -> Record:
    """Return *record* without what the strikes overturned by *event* led to."""
    over = ending(event, record.sanctions)
    return evolve(
        record,
        strikes=[
            evolve(s, consumed="") if s.consumed in over else s for s in record.strikes
        ],
        sanctions=[s for s in record.sanctions if s.id not in over],
    )


def overturn(strike: str, record: SanctionRecord, state: State) -> EndSanction:
    """Return the end of a sanction that a mistake led to.

    What was done at once and cannot be undone is overturned on paper, and said so.
    """
    why = because(
        "penalty.overturned",
        strike=strike,
        measure=record.measure,
        effect_undone=not record.irreversible,
    )
    return EndSanction(
        member=state.member.id,
        sanction=DecisionId(record.id),
        state=SanctionState.OVERTURNED,
        because=why,
    )


def _flag(event: StrikeOverturned, record: SanctionRecord, due: Judgement) -> Recommend:
    would = due.step if isinstance(due.step, LadderStep) else None
    word = "" if would is None else would.kind.word
    return Recommend(
        member=event.member,
        action="review_sanction",
        properties={
            "sanction": record.id,
            "measure": record.measure,
            "would_be": word,
        },
        because=_why("penalty.rests_on_overturned", event.strike, record, would),
    )


def _why(
    key: str,
    strike: str,
    record: SanctionRecord,
    would: LadderStep | None,
) -> Explanation:
    return because(
        key,
        strike=strike,
        sanction=record.id,
        measure=record.measure,
        since=instant(record.since),
        would_be=None if would is None else would.kind,
        duration=None if would is None else would.duration,
    )
