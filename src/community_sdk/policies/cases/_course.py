"""What comes of a case: deadlines, duties called, outcomes told (S07).

Law: everybody whom a decision concerns is told of it, and told of no accuser.
"""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk._time import instant
from community_sdk.decisions import (
    ClearTimer,
    CloseCase,
    ConfirmBreach,
    Escalate,
    OfferAppeal,
    OpenCase,
    Recommend,
    SetTimer,
    TellOutcome,
    Wish,
)
from community_sdk.events import (
    AppealDecided,
    AppealFiled,
    CaseAdvanced,
    CaseDecided,
    Event,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import AppealOutcome, CaseId, CaseOutcome, CaseStage, MemberId
from community_sdk.policies.cases import _docket
from community_sdk.policies.cases._docket import NEVER, Docket, File
from community_sdk.policies.cases._handling import HANDLED, Acts, Desk, file_of, losers
from community_sdk.state import State

__all__ = ["follow", "opened", "turn"]


def turn(desk: Desk, file: File) -> str:
    """Return the duty whose turn it is, empty where none is named."""
    return str(desk.duties[file["level"]]) if desk.duties else ""


def opened(
    desk: Desk, case: str, file: File, why: Explanation, *, again: bool = False
) -> Iterator[Wish]:
    """Yield the opening of *case*, and wake the desk when a stage is over."""
    due = next((d for s, d, _ in file["stages"] if s == CaseStage.RESOLUTION), None)
    yield OpenCase(
        member=_whom(file["subject"]),
        case=CaseId(case),
        number=file["number"],
        topic=file["topic"],
        duty=turn(desk, file),
        due=None if due is None else instant(due),
        phone=file["phone"],
        again=again,
        because=why,
    )
    for stage, until, done in file["stages"]:
        if done == NEVER:
            yield SetTimer(f"{case}/{stage}", instant(until), "after")


def follow(desk: Desk, mine: Docket, event: Event, state: State) -> Iterator[Wish]:
    """Yield what comes of *event*, which is on file already."""
    if isinstance(event, TimerFired):
        late = _docket.escalated(mine, event)
        if late is not None:
            yield _escalate(desk, *late, event)
    elif isinstance(event, HANDLED):
        file = file_of(mine, event)
        if file is not None:
            yield from _of_act(desk, file, event, state)


def _of_act(desk: Desk, file: File, event: Acts, state: State) -> Iterator[Wish]:
    if isinstance(event, (CaseAdvanced, CaseDecided)):
        for stage, _, done in file["stages"]:
            if done == state.at_us:
                yield ClearTimer(f"{event.case}/{stage}")
    if isinstance(event, CaseDecided):
        yield from _decided(desk, file, event, state)
    elif isinstance(event, AppealFiled):
        yield _review(desk, event, file)
    elif isinstance(event, AppealDecided):
        yield from _appeal_decided(desk, file, event)


def _escalate(
    desk: Desk, case: str, file: File, stage: int, event: TimerFired
) -> Escalate:
    word, duty = CaseStage(stage), turn(desk, file)
    why = because("case.overdue", case=case, stage=word, due=event.at, duty=duty)
    return Escalate(
        member=_whom(file["subject"]),
        what=f"case_{word.name.lower()}",
        duty=duty,
        because=why,
    )


def _decided(
    desk: Desk, file: File, event: CaseDecided, state: State
) -> Iterator[Wish]:
    late = any(s == CaseStage.RESOLUTION and e > d for s, d, e in file["stages"])
    why = because(
        "case.decided",
        case=event.case,
        outcome=event.outcome,
        topic=file["topic"],
        voices=len(file["voices"]),
        opened=instant(file["opened"]),
        late=late,
    )
    yield CloseCase(
        member=event.member,
        case=event.case,
        outcome=event.outcome,
        by=event.actor,
        voices=tuple(map(MemberId, file["voices"])),
        content=file["content"] or None,
        because=why,
    )
    if event.outcome is CaseOutcome.UPHELD and event.rule and event.member:
        yield ConfirmBreach(
            member=event.member,
            group=event.group,
            rule=event.rule,
            case=event.case,
            occurred=instant(file["opened"]),
            by=event.actor,
            content=file["content"] or None,
            because=_breach(why, file, event, state),
        )
    yield from _tell(desk, file, event)
    yield from _offered(desk, file, event, state)


def _breach(
    why: Explanation, file: File, event: CaseDecided, state: State
) -> Explanation:
    """Explain the breach, and which evidence its rule wants that is not on *file*."""
    code, parts = str(event.rule), [why]
    rule = state.rulebook.rule_at(code, instant(file["opened"]))
    kinds = [row[0] for row in file["evidence"]]
    missing = () if rule is None else tuple(k for k in rule.evidence if k not in kinds)
    if missing:
        parts.append(because("case.no_evidence", rule=code, missing=missing))
    return because("case.breach", *parts, case=event.case, rule=code)


def _offered(
    desk: Desk, file: File, event: CaseDecided, state: State
) -> Iterator[Wish]:
    """Tell whoever lost until when to appeal."""
    terms = desk.appeals
    if terms is None:
        return
    until = terms.until(file["decided"], state)
    offer = because("appeal.offered", until=until, duty=terms.duty, times=terms.times)
    told = (*file["voices"], *desk.tells(file["subject"], event.outcome))
    for who in (name for name in losers(file) if name in told):
        yield OfferAppeal(
            member=MemberId(who),
            case=event.case,
            until=until,
            duty=terms.duty,
            because=offer,
        )


def _tell(desk: Desk, file: File, event: CaseDecided) -> Iterator[TellOutcome]:
    """Tell those who asked, and the accused; neither is told who the other was."""
    why = because("case.outcome", case=event.case, outcome=event.outcome)
    for who in (*file["voices"], *desk.tells(file["subject"], event.outcome)):
        yield TellOutcome(
            member=MemberId(who),
            about=desk.about,
            subject=event.case,
            outcome=event.outcome.value,
            because=why,
        )


def _review(desk: Desk, event: AppealFiled, file: File) -> Recommend:
    due = instant(file["appeals"][str(event.id)][2])
    duty = "" if desk.appeals is None else desk.appeals.duty
    return Recommend(
        member=event.member,
        action="review_appeal",
        properties={"appeal": str(event.id), "case": str(event.case), "duty": duty},
        because=because("appeal.filed", case=event.case, due=due, duty=duty),
    )


def _appeal_decided(desk: Desk, file: File, event: AppealDecided) -> Iterator[Wish]:
    row = file["appeals"][event.appeal]
    why = because("appeal.decided", appeal=event.appeal, outcome=event.outcome)
    yield TellOutcome(
        member=MemberId(row[0]),
        about="appeal",
        subject=event.appeal,
        outcome=event.outcome.value,
        because=why,
    )
    if event.outcome is AppealOutcome.GRANTED:
        again = because("case.reopened", why, case=event.case)
        yield from opened(desk, str(event.case), file, again, again=True)


def _whom(name: str) -> MemberId | None:
    return MemberId(name) if name else None
