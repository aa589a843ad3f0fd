"""A backtest written down plainly: two whole replays, held, then compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define, fields

from community_sdk.backtest import What, harshness
from community_sdk.decisions import (
    Admit,
    ApplySanction,
    Decision,
    EndSanction,
    Mode,
    RefuseAdmission,
    RequestConsent,
)
from community_sdk.engine import Engine, Step, WholeEngine
from community_sdk.errors import TooLate
from community_sdk.events import Event, SanctionEnded
from community_sdk.model import SanctionState
from community_sdk.playbook import Playbook

IDS = {"sanction", "strikes", "strike", "wish", "proposal", "replaces"}
ENVELOPE = {"because", "id", "policy", "playbook", "trigger", "at", "mode", "member"}


def decided(book: Playbook, history: Sequence[Event]) -> list[Decision]:
    """Everything that *book* decides over *history*, as far as anybody feels it."""
    engine = WholeEngine(Engine(book))
    out: list[Decision] = []
    for event in history:
        out += engine.advance(event.recorded_at)
        try:
            out += engine.receive(event)
        except TooLate:
            continue
    return [d for d in out if d.mode is not Mode.SHADOW and not echo(d)]


def echo(decision: Decision) -> bool:
    """Tell whether it carries out what was decided before."""
    if isinstance(decision, EndSanction):
        return decision.state in (SanctionState.EXPIRED, SanctionState.LIFTED)
    return decision.kind == "lift_sanction"


def inner(decision: Decision) -> Decision:
    """What is decided, or asked for."""
    return decision.wish if isinstance(decision, RequestConsent) else decision


def content(decision: Decision) -> tuple[list[Any], list[Any]]:
    """What is decided, and how long after the beginning each instant in it is."""
    if isinstance(decision, ApplySanction):
        step, recorded = decision.step, decision.state is SanctionState.EXPIRED
        until = decision.until and decision.until - moment(decision)
        return [decision.group, step.kind, step.notice, step.level, recorded], [until]
    what: list[Any] = [decision.kind]
    ends: list[Any] = []
    for name in (each.name for each in fields(type(decision))):
        value = getattr(decision, name)
        if name in ENVELOPE | IDS:
            continue
        if name in {"until", "due", "deadline", "opened", "reminders"}:
            whole: list[Any] = list(value) if name == "reminders" else [value]
            ends += [v and v - decision.at for v in whole]
        else:
            what.append((name, value))
    return what, ends


def differ(one: Decision, other: Decision) -> What | None:
    """How two decisions differ."""
    (what, ends), (said, lasts) = content(inner(one)), content(inner(other))
    if what != said:
        return What.MEASURE
    if certain(one) != certain(other):
        return What.MODE
    if ends != lasts:
        return What.END
    return None if one.at == other.at else What.TIME


def certain(decision: Decision) -> tuple[bool, bool]:
    """Whether somebody must consent, and whether it is only provisional."""
    state = getattr(inner(decision), "state", None)
    return isinstance(decision, RequestConsent), state is SanctionState.PROVISIONAL


def compared(
    one: Playbook, other: Playbook, history: Sequence[Event]
) -> Counter[What | None]:
    """How many pairs differ in what way; None counts those that are the same."""
    left = sorted(decided(one, history), key=moment)
    right = sorted(decided(other, history), key=moment)
    here, there = one.community.zone, other.community.zone
    zone = ZoneInfo(here if here == there else "UTC")
    found: Counter[What | None] = Counter()

    def exact(d: Decision) -> object:
        return (d.policy, d.member, inner(d).kind, d.trigger)

    def same_day(d: Decision) -> object:
        return (d.member, inner(d).kind, moment(d).astimezone(zone).date())

    firm((left, right), exact, found)
    left.sort(key=heaviest)
    right.sort(key=heaviest)
    firm((left, right), same_day, found, equal=True)
    firm((left, right), lambda d: (d.policy, same_day(d)), found)
    firm((left, right), same_day, found)
    found[What.ONLY_ONE] += len(left)
    found[What.ONLY_OTHER] += len(right)
    return +found


def firm(
    sides: tuple[list[Decision], list[Decision]],
    key: Callable[[Decision], object],
    found: Counter[What | None],
    *,
    equal: bool = False,
) -> None:
    """Pair, in their order, what has one *key*, or is *equal* as well."""
    left, right = sides
    for mine in list(left):
        for theirs in right:
            how = differ(mine, theirs)
            if key(mine) == key(theirs) and (how is None or not equal):
                found[how] += 1
                left.remove(mine)
                right.remove(theirs)
                break


def moment(decision: Decision) -> datetime:
    """When it was decided; sorting by it keeps the order of an instant."""
    assert decision.at is not None
    return decision.at


def heaviest(decision: Decision) -> Any:
    """The harshest first, then as they came."""
    weight = harshness(decision)
    came = (decision.at, decision.policy, decision.trigger, decision.id)
    return (-weight.rank, -weight.certain, -weight.length, *came)


def impossible(book: Playbook, history: Sequence[Event]) -> list[str]:
    """The ids of what somebody did whom *book* had put out, counted plainly."""
    engine, spans, found = Engine(book), list[Span](), list[str]()
    for event in history:
        learn(spans, engine.advance(event.recorded_at))
        try:
            step = engine.receive(event)
        except TooLate:
            continue
        who = doer(event)
        back = event.kind in {"joined", "membership_imported"}
        held = [s for s in spans if s.who == who and s.since <= event.at < s.until]
        if who is not None and any(not (back and s.sort == "removal") for s in held):
            found.append(str(event.id))
        learn(spans, step)
        mine = [s for s in spans if s.who == event.member]
        now = [s for s in mine if s.since <= event.at < s.until]
        if event.kind == "sanction_lifted":
            sanction = getattr(event, "sanction", "")
            end([s for s in mine if s.key == sanction], event.at)
        elif back and all(s.sort == "removal" for s in now):
            end(now, event.at)
    return found


@define
class Span:
    """A time in which somebody may not be there."""

    key: str
    who: str
    sort: str
    since: datetime
    until: datetime


def learn(spans: list[Span], step: Step) -> None:
    """Take in what was decided, and what came of it."""
    never = datetime.max.replace(tzinfo=UTC)
    for d in step.decisions:
        if d.member is None or d.mode is not Mode.ACT:
            continue
        who, at = str(d.member), moment(d)
        if isinstance(d, ApplySanction):
            end([s for s in spans if s.who == who and s.key in d.replaces], at)
            if d.step.kind.expels and d.state is not SanctionState.EXPIRED:
                sort = "sanction" if d.step.kind.holds else "removal"
                spans.append(Span(d.id, who, sort, at, d.until or never))
        elif isinstance(d, RefuseAdmission):
            spans.append(Span(d.id, who, "refusal", at, never))
        elif isinstance(d, Admit):
            refused = [s for s in spans if s.who == who and s.sort == "refusal"]
            end([s for s in refused if s.since <= at < s.until], at)
    for fact in step.facts:
        if isinstance(fact, SanctionEnded):
            mine = [s for s in spans if s.who == fact.member]
            end([s for s in mine if s.key == fact.sanction], fact.at)


def end(spans: Sequence[Span], at: datetime) -> None:
    """Close *spans* at *at*, where they are not closed before."""
    for span in spans:
        span.until = min(span.until, at)


def doer(event: Event) -> str | None:
    """Who did it, where somebody had to be there."""
    of_member = "message rule_broken joined introduced nickname_set content_noticed"
    of_member += " ad_posted invitation_sent permit_requested"
    others = "reaction proposal_approved proposal_refused sanction_ordered vote_cast"
    others += " vote_called petition_started petition_signed step_done case_decided"
    others += " appeal_decided content_reported emergency_acted"
    if event.kind in of_member.split():
        return event.member
    if event.kind in others.split():
        return event.actor
    return event.actor or event.member if event.kind == "custom" else None
