"""What a newcomer is asked and shown: survey, introduction, notice, steps (S04)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Final, Literal

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model import RoleName, Titles

__all__ = [
    "CONCERNS",
    "NewcomerStep",
    "OnboardingTask",
    "PinnedNotice",
    "Questionnaire",
    "SurveyField",
    "check_concerns",
    "check_reminders",
]

CONCERNS: Final = ("ties", "power", "favour", "take_part", "first_contact")
"""What a newcomer wonders: do I want ties with these people; who has power here; whom
do they like; must I join in; whom may I talk to first."""


@frozen(kw_only=True)
class OnboardingTask:
    """Something a newcomer is to do *within* a time: met by an event called *met_by*.

    *remind* says how long after joining to remind; *duty* whom a missed task goes to.
    """

    what: str
    met_by: str
    within: Duration
    where: tuple[tuple[str, str | int | bool], ...] = ()
    remind: tuple[Duration, ...] = ()
    duty: str = ""


@frozen(kw_only=True)
class SurveyField:
    """A question called *name*; its answers stay outside of events."""

    name: str
    title: Titles = field(factory=dict[str, str], hash=False)
    required: bool = True


@frozen(kw_only=True)
class Questionnaire:
    """The entry survey called *survey*: its *fields*, and by when it is answered."""

    survey: str
    fields: tuple[SurveyField, ...] = field(validator=validators.min_len(1))
    within: Duration
    remind: tuple[Duration, ...] = ()

    def gaps(self, answered: Iterable[str], /) -> tuple[str, ...]:
        """Return the required questions that were not answered."""
        given = {*answered}
        return tuple(f.name for f in self.fields if f.required and f.name not in given)


@frozen(kw_only=True)
class PinnedNotice:
    """The notice called *key*, pinned in the group: it answers all five questions."""

    key: str
    who: Titles = field(validator=validators.min_len(1), hash=False)
    why: Titles = field(validator=validators.min_len(1), hash=False)
    what: Titles = field(validator=validators.min_len(1), hash=False)
    when: Titles = field(validator=validators.min_len(1), hash=False)
    where: Titles = field(validator=validators.min_len(1), hash=False)


@frozen(kw_only=True)
class NewcomerStep:
    """A holder of *duty* does *what* for each newcomer, told by `StepDone`.

    *within* counts from joining; None: until the end of the first local day, as for
    an opening ceremony. *concern* is what the step answers.
    """

    what: str
    duty: RoleName
    within: Duration | None = None
    concern: Literal["", "ties", "power", "favour", "take_part", "first_contact"] = ""


def check_concerns(key: str, steps: Iterable[NewcomerStep]) -> None:
    """Refuse steps that answer some concerns of newcomers and leave others open.

    Raises:
        DefinitionError: a concern has no step.
    """
    answered = {step.concern for step in steps} - {""}
    open_ones = [c for c in CONCERNS if c not in answered]
    if answered and open_ones:
        raise DefinitionError(
            f"expected a step for each concern in `{key}`, found none for"
            f" {', '.join(f'`{c}`' for c in open_ones)}",
            code="onboarding.concerns",
            hint="answer all five, or none",
            found=", ".join(open_ones),
            key=key,
        )


def check_reminders(what: str, within: Duration, remind: Iterable[Duration]) -> None:
    """Refuse a reminder after the time is over.

    Raises:
        DefinitionError: one is not before the end.
    """
    for early in remind:
        if early.after(0, UTC) >= within.after(0, UTC):
            raise DefinitionError(
                f"expected reminders of `{what}` before {within}, found {early}",
                code="onboarding.remind",
                found=str(early),
                what=what,
            )
