"""Penalty ladders beside a recount of the whole record at every strike (S06)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from attrs import evolve
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.decisions import ApplySanction
from community_sdk.engine import Engine
from community_sdk.events import Event, RuleBroken, StrikeOverturned
from community_sdk.model import LadderStep, Severity
from community_sdk.playbook import Playbook
from community_sdk.policies import PenaltyLadder, Trigger
from community_sdk.proposal import Consent
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in

CATEGORY = {"ads": "ads", "rude": "tone"}
SEVERITY = {"ads": Severity.MINOR, "rude": Severity.SERIOUS}
WEIGHT = {"ads": 2, "rude": 1}
RECOUNTED = (
    *("measure", "per", "categories", "window", "window_edge", "trigger"),
    *("immediate", "enter_at", "zero_tolerance"),
)
KINDS = ("rule_broken", "rule_broken", "rule_broken", "strike_overturned", "message")


@st.composite
def runs(draw: st.DrawFn) -> tuple[Playbook, PenaltyLadder, list[Event]]:
    """A playbook of one ladder and breaches, some of them late."""
    book = draw(cst.playbooks(("ladder",)))
    plain = cst.ladders(only=RECOUNTED)
    ladder = draw(plain.filter(lambda one: one.measure != "sanctions"))
    book = evolve(book, policies=(ladder,), approval=Consent())
    history = cst.histories(playbook=book, kinds=KINDS, late=True, min_size=3)
    return book, ladder, draw(history)


@given(run=runs())
@settings(one_in(1))
def test_a_ladder_is_a_recount(
    run: tuple[Playbook, PenaltyLadder, list[Event]],
) -> None:
    """Each strike gets the step that the record gives, counted from scratch."""
    book, ladder, history = run
    engine, told, given = Engine(book), list[Event](), list[Given]()
    for event in history:
        told.append(event)
        step = engine.receive(event)
        found = [
            Given(d.member, d.step, d.strikes[0], latest(told))
            for d in step.decisions
            if isinstance(d, ApplySanction)
        ]
        assert found == list(expected(ladder, told, given, book.community.zone))
        given += found


class Given(NamedTuple):
    """A sanction: whose, which, for which breach, since when."""

    member: str | None
    step: LadderStep
    breach: str
    since: datetime


def latest(told: list[Event]) -> datetime:
    """Return the time up to which things are known."""
    return max(e.recorded_at for e in told)


def expected(
    ladder: PenaltyLadder, told: list[Event], given: list[Given], zone: str
) -> Iterator[Given]:
    """Yield the sanction of the last event of *told*, after those *given* before."""
    new = told[-1]
    gone = {e.strike for e in told if isinstance(e, StrikeOverturned)}
    if not isinstance(new, RuleBroken) or new.id in gone:
        return
    if ladder.categories and category(new) not in ladder.categories:
        return
    now = latest(told)
    held = [g for g in given if g.member == new.member and g.breach not in gone]
    if any(out(sanction, now, zone) for sanction in held):
        return
    oldest = None if ladder.window is None else back(now, ladder.window, zone)
    record = [
        e
        for e in told
        if isinstance(e, RuleBroken)
        and e.member == new.member
        and e.id not in gone
        and (not ladder.categories or category(e) in ladder.categories)
        and shared(ladder, e) == shared(ladder, new)
        and (oldest is None or young(ladder, e, oldest))
    ]
    step = reached(ladder, new, record)
    if step is not None:
        yield Given(new.member, step, new.id, now)


def out(sanction: Given, now: datetime, zone: str) -> bool:
    """Tell whether *sanction* has put the member out, so that no other follows."""
    step = sanction.step
    if not step.kind.terminal:
        return False
    return step.duration is None or back(now, step.duration, zone) < sanction.since


def reached(
    ladder: PenaltyLadder, new: RuleBroken, record: list[RuleBroken]
) -> LadderStep | None:
    """Return the step that *new* has earned by *record*."""
    if category(new) in ladder.immediate:
        return ladder.immediate[category(new)]
    severity = new.severity or SEVERITY[new.rule]
    if ladder.zero_tolerance is not None and severity >= ladder.zero_tolerance:
        return ladder.steps[-1]
    if new not in record:
        return None
    below = [step for step in ladder.steps if step.at <= stands(ladder, record)]
    if not below:
        return None
    others = [event for event in record if event is not new]
    crossed = stands(ladder, others) < below[-1].at
    return below[-1] if crossed or ladder.trigger is Trigger.EACH_STRIKE else None


def stands(ladder: PenaltyLadder, record: list[RuleBroken]) -> int:
    """Return the number that a record has led to, breach by breach."""
    number = 0
    for event in sorted(record, key=lambda e: (e.at, e.recorded_at, e.id)):
        number += weight(ladder, event)
        number = max(number, ladder.enter_at.get(category(event), 0))
    return number


def category(event: RuleBroken) -> str:
    """Return the category of the rule that was broken."""
    return CATEGORY[event.rule]


def shared(ladder: PenaltyLadder, event: RuleBroken) -> str:
    """Return what strikes must have in common to be counted together."""
    said = {"member": "", "rule": str(event.rule), "category": category(event)}
    return said[ladder.per]


def weight(ladder: PenaltyLadder, event: RuleBroken) -> int:
    """Return what a strike counts for."""
    if ladder.measure == "count":
        return 1
    return WEIGHT[event.rule] if event.weight is None else event.weight


def young(ladder: PenaltyLadder, event: RuleBroken, oldest: datetime) -> bool:
    """Tell whether a strike is inside the window."""
    return event.at > oldest or (
        event.at == oldest and ladder.window_edge == "inclusive"
    )


def back(now: datetime, window: Duration, zone: str) -> datetime:
    """Return the instant *window* before *now*; months on the wall clock."""
    if window.us:
        return now - relativedelta(microseconds=window.us)
    where = ZoneInfo(zone)
    local = now.astimezone(where)
    moved = local.replace(tzinfo=None) - relativedelta(months=window.months)
    # A time that the clock skips is as far after the gap as it was after its start.
    return moved.replace(tzinfo=where, fold=local.fold).astimezone(UTC)
