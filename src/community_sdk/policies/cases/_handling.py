"""What every desk lets happen to a case, and puts on its file (S07).

Laws: no party decides; what is decided is decided once; a stage is overdue only after
its due instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol, cast

from community_sdk._time import Duration
from community_sdk.events import (
    AppealDecided,
    AppealFiled,
    AppealWithdrawn,
    CaseAdvanced,
    CaseDecided,
    CaseNoted,
    CompensationGiven,
    Event,
    EvidenceAdded,
    IdentityLinked,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    AppealOutcome,
    AppealState,
    CaseOutcome,
    CaseStage,
    PolicyKey,
    RoleName,
    StageLimit,
)
from community_sdk.policies._policy import Reference, role_names, unknown
from community_sdk.policies.cases import _docket, _terms
from community_sdk.policies.cases._docket import Docket, File
from community_sdk.policies.cases._terms import AppealTerms
from community_sdk.state import Definition, State

__all__ = [
    "HANDLED",
    "Acts",
    "Desk",
    "file_of",
    "keep",
    "losers",
    "references",
    "refuse",
]

HANDLED: Final = (
    EvidenceAdded,
    CaseNoted,
    CaseAdvanced,
    CaseDecided,
    CompensationGiven,
    AppealFiled,
    AppealDecided,
    AppealWithdrawn,
)
"""The acts about a case that is open, or was."""

Acts = (
    EvidenceAdded
    | CaseNoted
    | CaseAdvanced
    | CaseDecided
    | CompensationGiven
    | AppealFiled
    | AppealDecided
    | AppealWithdrawn
)
_Appeals = AppealFiled | AppealDecided | AppealWithdrawn
_NO_RULE: Final = ("rule.unknown", "rule.not_in_force")
_APPEALS: Final = (AppealFiled, AppealDecided, AppealWithdrawn)


class Desk(Protocol):
    """What the desks have in common."""

    @property
    def key(self) -> PolicyKey:
        """The first part of the names of its cases."""
        ...

    @property
    def duties(self) -> Sequence[RoleName]:
        """Who handles cases, upward; empty: whoever is no party."""
        ...

    @property
    def appeals(self) -> AppealTerms | None:
        """On which terms its decisions are appealed, None: not at all."""
        ...

    @property
    def about(self) -> str:
        """What its cases begin with: ``report`` or ``complaint``."""
        ...

    @property
    def limits(self) -> Sequence[StageLimit]:
        """Its stages with their times."""
        ...

    def tells(self, subject: str, outcome: CaseOutcome, /) -> Sequence[str]:
        """Return who is told the outcome beside those who asked."""
        ...


def references(desk: Desk, definition: Definition) -> Iterator[Reference]:
    """Name duties that the playbook does not have."""
    known = role_names(definition)
    yield from unknown("duties", desk.duties, known)
    if desk.appeals is not None:
        yield from unknown("appeals.reviewers", desk.appeals.reviewers, known)


def file_of(mine: Docket, event: Acts) -> File | None:
    """Return the file that *event* names, None where there is none."""
    return mine["files"].get(str(event.case or ""))


def refuse(desk: Desk, mine: Docket, event: Acts, state: State) -> Explanation | None:
    """Return why the act of *event* does not count, None where nothing is against it.

    In this order: no such case, decided already, a party, no right, out of order, no
    such rule when it happened: a slip of the pen settles nothing.
    """
    case = str(event.case or "")
    if not _docket.claims(desk.key, case):
        return None
    file = mine["files"].get(case)
    if file is None or str(event.member or "") != file["subject"]:
        return because("case.unknown", case=case)
    if isinstance(event, _APPEALS):
        return _refuse_appeal(desk, file, event, state)
    if isinstance(event, EvidenceAdded):
        return None
    if isinstance(event, CaseDecided) and file["outcome"]:
        return because("case.already_decided", case=case, outcome=file["outcome"])
    by = str(event.actor or event.member or "")
    if by in (file["subject"], *file["voices"]):
        return because("case.party_to_the_case", case=case, by=by)
    return _refuse_right(desk, file, event, state)


def _refuse_right(
    desk: Desk, file: File, event: Acts, state: State
) -> Explanation | None:
    case, by = str(event.case), str(event.actor or "")
    lowest = _docket.floor(desk.duties, state)
    may = desk.duties[lowest:]
    now, group = state.now_us, event.group
    if may and not any(state.actor.holds(duty, now, group) for duty in may):
        return because("case.not_permitted", case=case, by=by, duty=may[0])
    if isinstance(event, CaseDecided) and by in file["past"]:
        return because("case.conflict_of_interest", case=case, by=by)
    if isinstance(event, CaseAdvanced):
        before = event.stage < CaseStage.RESOLUTION
        done = event.stage not in _undone(file)
        if (
            event.stage is CaseStage.RESOLUTION
            or before == bool(file["outcome"])
            or done
        ):
            return because("case.stage_order", case=case, stage=event.stage)
    return _refuse_rule(file, event, state) if isinstance(event, CaseDecided) else None


def _refuse_rule(file: File, event: CaseDecided, state: State) -> Explanation | None:
    if event.outcome is not CaseOutcome.UPHELD or not event.rule or not event.member:
        return None
    why = state.barred(event.rule, file["opened"], event.group)
    return why if why is not None and why.key in _NO_RULE else None


def _undone(file: File) -> tuple[int, ...]:
    """Return the stages that may still be done; those without a limit always may."""
    done = {stage for stage, _, at in file["stages"] if at != _docket.NEVER}
    return tuple(stage for stage in CaseStage if stage not in done)


def _refuse_appeal(
    desk: Desk, file: File, event: _Appeals, state: State
) -> Explanation | None:
    terms, by = desk.appeals, str(event.actor or event.member or "")
    case = str(event.case)
    if terms is None:
        return because("appeal.none", case=case)
    if isinstance(event, AppealFiled):
        if not file["outcome"]:
            return because("appeal.not_decided", case=case)
        if by not in losers(file):
            return because("appeal.not_permitted", by=by, duty="")
        own = {key: row for key, row in file["appeals"].items() if row[0] == by}
        return _terms.filing(terms, own, state, file["decided"])
    row = file["appeals"].get(event.appeal)
    if isinstance(event, AppealWithdrawn):
        return _terms.withdrawing(row, event.appeal, by)
    against = _terms.judging(terms, row, event, state)
    if against is not None:
        return against
    roles = {
        "issuer": (file["handler"],),
        "party": (file["subject"], *file["voices"]),
    }
    return _terms.of_whom(terms, event, roles)


def losers(file: File) -> tuple[str, ...]:
    """Return whom the decision was against: they may appeal it."""
    if file["outcome"] == CaseOutcome.DISMISSED.value:
        return tuple(file["voices"])
    return (file["subject"],) if file["subject"] else ()


def keep(desk: Desk, mine: Docket, event: Event, state: State) -> None:
    """Put what *event* tells on file; what was refused is not told."""
    if isinstance(event, IdentityLinked):
        _docket.rewrite(mine, event)
    elif isinstance(event, TimerFired):
        late = _docket.escalated(mine, event)
        if late is not None and desk.duties:
            file = late[1]
            file["level"] = min(file["level"] + 1, len(desk.duties) - 1)
    else:
        act = cast("Acts", event)
        named = file_of(mine, act)
        if named is None or refuse(desk, mine, act, state) is not None:
            return
        if isinstance(act, _APPEALS):
            _appealed(desk, named, act, state)
        else:
            _docket.advance(named, act, state.at_us)


def _appealed(desk: Desk, file: File, event: _Appeals, state: State) -> None:
    by, rows = str(event.actor or event.member or ""), file["appeals"]
    terms = cast("AppealTerms", desk.appeals)
    if isinstance(event, AppealFiled):
        rows[str(event.id)] = terms.row(by, state, case=str(event.case))
    elif isinstance(event, AppealWithdrawn):
        _terms.settled(rows[event.appeal], AppealState.WITHDRAWN.value, state.at_us, by)
    else:
        _terms.settled(rows[event.appeal], event.outcome.value, state.at_us, by)
        if event.outcome is AppealOutcome.GRANTED:
            _docket.reopen(file, _within(desk), state)


def _within(desk: Desk) -> Duration | None:
    limits = (x.within for x in desk.limits if x.stage is CaseStage.RESOLUTION)
    return next(limits, None)
