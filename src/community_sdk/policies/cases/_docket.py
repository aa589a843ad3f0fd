"""The files of a desk's cases, in its slice: numbers, stages, handlers (S07).

Laws: numbers of a policy rise by one and are never given twice; a case that is closed
is kept for a while, so that it can be appealed and read, and then dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict, cast

from community_sdk._time import Duration, instant, micros
from community_sdk.events import (
    CaseAdvanced,
    CaseDecided,
    CaseNoted,
    CompensationGiven,
    Event,
    EvidenceAdded,
    IdentityLinked,
    TimerFired,
)
from community_sdk.model import (
    Case,
    CaseId,
    CaseOutcome,
    CaseStage,
    Evidence,
    MemberId,
    Money,
    PolicyKey,
    RoleName,
    StageLimit,
    StageMark,
)
from community_sdk.state import State

__all__ = [
    "Docket",
    "File",
    "advance",
    "begin",
    "claims",
    "dropped",
    "escalated",
    "floor",
    "reopen",
    "rewrite",
    "shown",
    "stage_of",
]

NEVER: Final = -1


class File(TypedDict):
    """One case in builtins; instants in microseconds, -1 for none.

    *event* opened it; *level* is the place of the duty whose turn it is; *past* are
    those who decided it before it was opened again; *appeals* by id: appellant, filed,
    due, state, decided, by.
    """

    number: int
    event: str
    topic: str
    subject: str
    voices: list[str]
    opened: int
    content: str
    stages: list[list[int]]
    level: int
    handler: str
    outcome: str
    decided: int
    past: list[str]
    evidence: list[list[Any]]
    notes: list[str]
    given: list[list[Any]]
    phone: bool
    appeals: dict[str, list[Any]]


class Docket(TypedDict):
    """The slice of a desk: the last number given, and the files by the case's name."""

    last: int
    files: dict[str, File]
    filed: list[int]


def begin(
    mine: Docket, key: str, event: Event, state: State, limits: Sequence[StageLimit]
) -> File:
    """Open a file for *event* and return it; the caller says what it is about."""
    mine["last"] += 1
    where = state.calendar.where
    file: File = {
        "number": mine["last"],
        "event": str(event.id),
        "topic": "",
        "subject": str(event.member or ""),
        "voices": [] if event.actor is None else [str(event.actor)],
        "opened": state.at_us,
        "content": "",
        "stages": [
            [int(each.stage), each.within.after(state.at_us, where), NEVER]
            for each in limits
        ],
        "level": 0,
        "handler": "",
        "outcome": "",
        "decided": NEVER,
        "past": [],
        "evidence": [],
        "notes": [],
        "given": [],
        "phone": False,
        "appeals": {},
    }
    mine["files"][f"{key}-{mine['last']}"] = file
    return file


def claims(key: str, case: str) -> bool:
    """Tell whether *case* bears the name of a case of the policy called *key*."""
    policy, _, number = case.rpartition("-")
    return policy == key and number.isdecimal()


def floor(duties: Sequence[RoleName], state: State) -> int:
    """Return the first of *duties* that may handle a case about the state's member.

    It lies above every duty that the member holds; at the top, it is the top.
    """
    held = [n for n, d in enumerate(duties) if state.member.holds(d, state.now_us)]
    return min(max(held) + 1, len(duties) - 1) if held else 0


def stage_of(file: File) -> int:
    """Return the next stage to be done, 0 where all are."""
    return next((stage for stage, _, done in file["stages"] if done == NEVER), 0)


def advance(file: File, event: Event, at: int) -> None:
    """Put on *file* what the staff did: progress, evidence, a note, compensation."""
    actor = str(event.actor or "")
    if isinstance(event, EvidenceAdded):
        one = event.evidence
        row = [one.kind, one.ref, one.digest, micros(one.captured_at), one.redacted]
        file["evidence"].append(row)
    elif isinstance(event, CaseNoted):
        file["notes"].append(event.note)
    elif isinstance(event, CompensationGiven):
        money = event.money
        worth = [None, ""] if money is None else [money.amount, money.currency]
        file["given"].append([event.form, *worth])
    elif isinstance(event, CaseAdvanced):
        file["handler"] = file["handler"] or actor
        _done(file, event.stage, at)
    else:
        decided = cast("CaseDecided", event)
        file["handler"] = actor
        file["outcome"] = decided.outcome.value
        file["decided"] = at
        _done(file, CaseStage.RESOLUTION, at)


def _done(file: File, stage: int, at: int) -> None:
    """Mark *stage* done, and what should have come before it."""
    for mark in file["stages"]:
        if mark[0] <= stage and mark[2] == NEVER:
            mark[2] = at


def reopen(file: File, within: Duration | None, state: State) -> None:
    """Let *file* be open again, as when it came, for somebody else to decide."""
    file["past"].append(file["handler"])
    file["handler"], file["outcome"], file["decided"] = "", "", NEVER
    for mark in file["stages"]:
        if mark[0] == CaseStage.RESOLUTION and within is not None:
            mark[1] = within.after(state.now_us, state.calendar.where)
        if mark[0] >= CaseStage.RESOLUTION:
            mark[2] = NEVER


def escalated(mine: Docket, event: TimerFired) -> tuple[str, File, int] | None:
    """Return case, file and stage whose time is over, None where it was done."""
    case, _, number = event.timer.rpartition("/")
    file = mine["files"].get(case)
    if file is None:
        return None
    late = any(
        str(stage) == number and done == NEVER and due == micros(event.at)
        for stage, due, done in file["stages"]
    )
    return (case, file, int(number)) if late else None


def rewrite(mine: Docket, event: IdentityLinked) -> None:
    """Let an account bear the name of the member that it turned out to be."""
    alias, name = str(event.alias), str(event.member)
    for file in mine["files"].values():
        for key in ("subject", "handler"):
            if file[key] == alias:
                file[key] = name
        for row in ("voices", "past"):
            swapped = (name if who == alias else who for who in file[row])
            file[row] = list(dict.fromkeys(swapped))


def dropped(mine: Docket, keep: Duration, state: State) -> Iterator[str]:
    """Yield the cases that were closed longer than *keep* ago."""
    where, now = state.calendar.where, state.now_us
    for case, file in mine["files"].items():
        closed = file["decided"] != NEVER and not stage_of(file)
        waiting = any(row[3] == "open" for row in file["appeals"].values())
        if closed and not waiting and keep.after(file["decided"], where) < now:
            yield case


def shown(key: PolicyKey, case: str, file: File, duties: Sequence[RoleName]) -> Case:
    """Return *file* as a value of the model."""
    turn = str(duties[file["level"]]) if duties else ""
    return Case(
        id=CaseId(case),
        number=file["number"],
        policy=key,
        topic=file["topic"],
        opened=instant(file["opened"]),
        subject=MemberId(file["subject"]) if file["subject"] else None,
        voices=tuple(map(MemberId, file["voices"])),
        content=file["content"] or None,
        stages=tuple(_mark(*mark) for mark in file["stages"]),
        duty="" if file["outcome"] else turn,
        handler=MemberId(file["handler"]) if file["handler"] else None,
        outcome=CaseOutcome(file["outcome"]) if file["outcome"] else None,
        decided=_at(file["decided"]),
        evidence=tuple(_evidence(*row) for row in file["evidence"]),
        notes=tuple(file["notes"]),
        phone=file["phone"],
        given=tuple((form, _money(*worth)) for form, *worth in file["given"]),
    )


def _at(us: int) -> datetime | None:
    return None if us == NEVER else instant(us)


def _mark(stage: int, due: int, done: int) -> StageMark:
    return StageMark(stage=CaseStage(stage), due=_at(due), done=_at(done))


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _evidence(kind: str, ref: str, digest: str, at: int, redacted: bool) -> Evidence:  # noqa: FBT001 - a row
    return Evidence(
        kind=kind, ref=ref, digest=digest, captured_at=instant(at), redacted=redacted
    )
