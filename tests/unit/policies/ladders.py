"""Ladders in few words, and how to break rules and to say that it was a mistake."""

from datetime import datetime
from typing import Any

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import ApplySanction
from community_sdk.engine import Step
from community_sdk.model import (
    SANCTIONS,
    EventId,
    LadderStep,
    PolicyKey,
    RuleCode,
)
from community_sdk.policies import PenaltyLadder
from tests.unit.desk import START, Desk

KEY = PolicyKey("ladder")


def rung(number: int, kind: str, lasts: str | None = None) -> LadderStep:
    """One step of a ladder."""
    duration = None if lasts is None else Duration.parse(lasts)
    return LadderStep(at=number, kind=SANCTIONS[kind], duration=duration)


STEPS = (rung(1, "reminder"), rung(3, "warning"), rung(5, "mute", "24h"))


def ladder(*steps: LadderStep, **given: Any) -> PenaltyLadder:
    """A ladder of *steps*, by default reminder 1, warning 3, mute 5."""
    if isinstance(given.get("window"), str):
        given["window"] = Duration.parse(given["window"])
    return PenaltyLadder(key=KEY, steps=steps or STEPS, **given)


def desk(*steps: LadderStep, **given: Any) -> Desk:
    """A community with one ladder and much patience for late news."""
    return Desk(ladder(*steps, **given), lateness=Duration.parse("400d"))


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
