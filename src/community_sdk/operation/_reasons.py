"""Statements of reasons from what a playbook keeps about a member (S29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from community_sdk._time import instant
from community_sdk.decisions import ApplySanction, Decision
from community_sdk.explanation import Explanation
from community_sdk.model import AppealState, Evidence, SanctionState
from community_sdk.policies import (
    AppealPolicy,
    ComplaintDesk,
    PenaltyLadder,
    ReportDesk,
    ReportThreshold,
)
from community_sdk.state import SanctionRecord, State
from community_sdk.statement import Redress, StatementOfReasons, state_reasons

__all__ = ["statement", "statements"]

_GONE = (
    SanctionState.OVERTURNED.value,
    SanctionState.LAPSED.value,
    SanctionState.REFUSED.value,
)


def statement(
    policies: Iterable[object],
    state: State,
    sanction: str,
    /,
    *,
    law: str = "",
    why: Explanation | None = None,
) -> StatementOfReasons | None:
    """Return the statement of reasons of *sanction*, None where it is not on record.

    *policies* are those of the playbook: the redress is that of its `AppealPolicy`,
    the evidence that of the case's desk. *state* is `Engine.view` or `Operation.view`
    of the member. *law* names the ground in the law, where there is one.
    """
    known = tuple(policies)
    record = state.member.sanction(sanction)
    if record is None:
        return None
    noticed = any(
        isinstance(p, ReportThreshold) and p.key == record.policy for p in known
    )
    return state_reasons(
        state.member,
        sanction,
        scope=state.definition.community.key,
        redress=_redress(known, state, record),
        evidence=_evidence(known, state, record),
        noticed=noticed or None,
        law=law,
        why=why,
    )


def statements(
    policies: Iterable[object], state: State, decisions: Iterable[Decision], /
) -> Iterator[StatementOfReasons]:
    """Yield the statement of every sanction of the state's member, as they came.

    *decisions* are those about the member: their reasons are part of the statement.
    """
    known = tuple(policies)
    why = {str(d.id): d.because for d in decisions if isinstance(d, ApplySanction)}
    found = (
        statement(known, state, record.id, why=why.get(record.id))
        for record in state.member.sanctions
    )
    yield from filter(None, found)


def _redress(
    policies: tuple[object, ...], state: State, record: SanctionRecord
) -> Redress | None:
    policy = next((p for p in policies if isinstance(p, AppealPolicy)), None)
    if policy is None:
        return _told(policies, state, record)
    terms = policy.terms
    filed = [a for a in policy.appeals(state) if a.sanction == record.id]
    waiting = any(appeal.state is AppealState.OPEN for appeal in filed)
    left = len(filed) < terms.times and record.state not in _GONE
    return Redress(
        until=terms.until(record.since, state),
        duty=terms.duty,
        open=left and not waiting and terms.open(record.since, state.now_us, state),
    )


def _told(
    policies: tuple[object, ...], state: State, record: SanctionRecord
) -> Redress | None:
    """Return what the ladder promised where the community keeps no file of appeals."""
    ladders = (p for p in policies if isinstance(p, PenaltyLadder))
    within = next((p.appeal_within for p in ladders if p.key == record.policy), None)
    if within is None:
        return None
    end = within.after(record.since, state.calendar.where)
    running = record.state not in _GONE and state.now_us <= end
    return Redress(until=instant(end), open=running)


def _evidence(
    policies: tuple[object, ...], state: State, record: SanctionRecord
) -> tuple[Evidence, ...]:
    strikes = (state.member.strike(key) for key in record.strikes[:1])
    cases = (record.case, *(s.case for s in strikes if s is not None))
    desks = [p for p in policies if isinstance(p, (ReportDesk, ComplaintDesk))]
    for case in filter(None, cases):
        for desk in desks:
            file = desk.case(state, case)
            if file is not None:
                return file.evidence
    return ()
