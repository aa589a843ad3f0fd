"""Ladders in few words, and how to break rules and to say that it was a mistake."""

from datetime import datetime
from typing import Any

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import ApplySanction, Recommend, RefuseAct
from community_sdk.engine import Step
from community_sdk.model import (
    SANCTIONS,
    EventId,
    LadderStep,
    PolicyKey,
    RuleCode,
)
from community_sdk.policies import ManualSanctions, PenaltyLadder, Tally
from tests.unit.desk import START, Desk

KEY = PolicyKey("ladder")
HAND = PolicyKey("hand")


def rung(number: int, kind: str, lasts: str | None = None, **more: Any) -> LadderStep:
    """One step of a ladder."""
    duration = None if lasts is None else Duration.parse(lasts)
    return LadderStep(at=number, kind=SANCTIONS[kind], duration=duration, **more)


STEPS = (rung(1, "reminder"), rung(3, "warning"), rung(5, "mute", "24h"))


def ladder(*steps: LadderStep, **given: Any) -> PenaltyLadder:
    """A ladder of *steps*, by default reminder 1, warning 3, mute 5."""
    if isinstance(given.get("window"), str):
        given["window"] = Duration.parse(given["window"])
    return PenaltyLadder(key=KEY, steps=steps or STEPS, **given)


def desk(*steps: LadderStep, **given: Any) -> Desk:
    """A community with one ladder and much patience for late news."""
    return Desk(ladder(*steps, **given), lateness=Duration.parse("400d"))


def both(*steps: LadderStep, **given: Any) -> Desk:
    """A community with one ladder, and sanctions by hand."""
    hand = {name: given.pop(name) for name in ("limits", "kinds") if name in given}
    shared = {name: given[name] for name in ("overlap", "approval") if name in given}
    manual = ManualSanctions(key=HAND, **hand, **shared)
    return Desk(ladder(*steps, **given), manual, lateness=Duration.parse("400d"))


def breach(
    one: Desk, when: datetime = START, rule: str = "flood", **more: Any
) -> str | None:
    """Break a rule and return the measure that was taken."""
    return measure(one.tell(ev.RuleBroken, when, rule=RuleCode(rule), **more))


def measure(step: Step) -> str | None:
    """The measure of the one sanction of a step."""
    found = imposed(step)
    assert len(found) <= 1
    return found[0].step.kind.word if found else None


def imposed(step: Step) -> list[ApplySanction]:
    """The sanctions that were imposed."""
    return [d for d in step.decisions if isinstance(d, ApplySanction)]


def overturn(one: Desk, strike: str, when: datetime) -> Step:
    """Say that a strike was a mistake."""
    return one.tell(ev.StrikeOverturned, when, strike=EventId(strike))


def order(one: Desk, when: datetime, kind: str, lasts: str = "", **more: Any) -> Step:
    """Impose a measure by hand."""
    duration = Duration.parse(lasts) if lasts else None
    return one.tell(ev.SanctionOrdered, when, measure=kind, duration=duration, **more)


def tally_of(one: Desk, category: str | None = None) -> Tally:
    """What counts on the ladder of the desk now, and what does not."""
    (mine,) = (p for p in one.policies if isinstance(p, PenaltyLadder))
    return mine.tally(one.view(), category)


def total(one: Desk, category: str | None = None) -> int:
    """How much counts on the ladder of the desk now."""
    return tally_of(one, category).total


def active(one: Desk) -> list[str]:
    """The kinds in force, as they came."""
    view = one.view()
    return [record.measure for record in view.member.in_force(view.now_us)]


def refused(step: Step) -> list[str]:
    """Why acts did not count."""
    return [d.because.key for d in step.decisions if isinstance(d, RefuseAct)]


def reviews(step: Step) -> list[tuple[str, str]]:
    """The sanctions to be looked at again, with what they would have been."""
    return [
        (str(d.properties["measure"]), str(d.properties["would_be"]))
        for d in step.decisions
        if isinstance(d, Recommend) and d.action == "review_sanction"
    ]
