"""A backtest written down plainly: two whole replays, held, then compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import fields

from community_sdk.backtest import What, harshness
from community_sdk.decisions import (
    Decision,
    EndSanction,
    Mode,
    RequestConsent,
)
from community_sdk.engine import Engine
from community_sdk.errors import TooLate
from community_sdk.events import Event
from community_sdk.model import SanctionState
from community_sdk.playbook import Playbook

IDS = {"sanction", "strikes", "wish"}
ENVELOPE = {"because", "id", "policy", "playbook", "trigger", "at", "mode", "member"}


def decided(book: Playbook, history: Sequence[Event]) -> list[Decision]:
    """Everything that *book* decides over *history*, as far as anybody feels it."""
    engine = Engine(book)
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
        return decision.state is SanctionState.EXPIRED
    return decision.kind == "lift_sanction"


def inner(decision: Decision) -> Decision:
    """What is decided, or asked for."""
    return decision.wish if isinstance(decision, RequestConsent) else decision


def content(decision: Decision) -> tuple[list[Any], list[Any]]:
    """What is decided, and how long after the beginning each instant in it is."""
    what: list[Any] = [decision.kind]
    ends: list[Any] = []
    for name in (each.name for each in fields(type(decision))):
        value = getattr(decision, name)
        if name in ENVELOPE | IDS:
            continue
        if name == "step" and hasattr(value, "kind"):
            what.append((name, value.kind, value.notice))
        elif name in {"until", "due", "deadline", "opened", "reminders"}:
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
    if isinstance(one, RequestConsent) is not isinstance(other, RequestConsent):
        return What.MODE
    if ends != lasts:
        return What.END
    return None if one.at == other.at else What.TIME


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
