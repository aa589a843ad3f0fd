"""What is asked of who wants to come in: answers, age, fee, a condition (S03)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Final, Literal

from attrs import field, validators

from community_sdk._values import frozen
from community_sdk.conditions import Condition
from community_sdk.errors import DefinitionError
from community_sdk.explanation import Explanation, because
from community_sdk.model import GroupId, Money, Titles

__all__ = [
    "Answer",
    "EntryRequirement",
    "GroupTerms",
    "Judged",
    "MinimumAge",
    "Scalar",
    "completed_years",
    "judge_fee",
]

Scalar = str | int | bool


class Answer(Enum):
    """How a request stands to one requirement; unknown is not no."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


Judged = tuple[Answer, Explanation]


@frozen(kw_only=True)
class EntryRequirement:
    """What the answer called *answer* must be: *op* *value*.

    Numbers compare with every operator, words and truths with ``==`` and ``!=`` only;
    an answer of another type is unknown, as is one that was not given.
    """

    answer: str
    op: Literal[">=", "<=", "==", "!="] = "=="
    value: str | int | bool = True
    title: Titles = field(factory=dict[str, str], hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse to order what has no order."""
        ordered = self.op in (">=", "<=")
        if ordered and (isinstance(self.value, (bool, str))):
            raise DefinitionError(
                f"expected a number after `{self.op}` for `{self.answer}`, found"
                f" `{self.value}`",
                code="admission.order",
                hint="use `==` or `!=`",
                found=str(self.value),
            )

    def judge(self, answers: Mapping[str, Scalar], /) -> Answer:
        """Tell how the *answers* of a request stand."""
        given = answers.get(self.answer)
        if given is None or type(given) is not type(self.value):
            return Answer.UNKNOWN
        if self.op == "==":
            met = given == self.value
        elif self.op == "!=":
            met = given != self.value
        elif self.op == ">=":
            met = int(given) >= int(self.value)
        else:
            met = int(given) <= int(self.value)
        return Answer.MET if met else Answer.UNMET

    def weigh(self, answers: Mapping[str, Scalar], /) -> Judged:
        """Tell how the request stands, and explain it."""
        answer = self.judge(answers)
        why = because(
            f"admission.requirement_{answer.value}",
            answer=self.answer,
            op=self.op,
            value=self.value,
            given=answers.get(self.answer),
        )
        return answer, why


_LEAP: Final = (2, 29)


def completed_years(
    born: date, on: date, leap_birthday: Literal["02-28", "03-01"] = "03-01"
) -> int:
    """Return how many years who was born on *born* has completed on *on*.

    The birthday itself completes the year. Who was born on 29 February has the
    birthday on *leap_birthday* in years without that day. Before birth it is below 0.
    """
    birthday = (born.month, born.day)
    if birthday == _LEAP and not _is_leap(on.year):
        birthday = (2, 28) if leap_birthday == "02-28" else (3, 1)
    return on.year - born.year - ((on.month, on.day) < birthday)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@frozen(kw_only=True)
class MinimumAge:
    """At least *years* completed years on the local date of the request.

    The answer called *answer* is the date of birth (``2008-02-29``); what is no date,
    or one after the request, is unknown. Ask for the age itself instead, with an
    `EntryRequirement`, where the host can work it out: a date of birth is personal.
    """

    years: int = field(validator=validators.ge(1))
    answer: str = "born"
    leap_birthday: Literal["02-28", "03-01"] = "03-01"

    def weigh(self, answers: Mapping[str, Scalar], on: date, /) -> Judged:
        """Tell how a request of the local date *on* stands, and explain it."""
        born = _date(answers.get(self.answer))
        if born is None or born > on:
            why = because("admission.age_unknown", answer=self.answer, years=self.years)
            return Answer.UNKNOWN, why
        have = completed_years(born, on, self.leap_birthday)
        if have >= self.years:
            why = because("admission.old_enough", have=have, years=self.years)
            return Answer.MET, why
        why = because("admission.under_age", have=have, years=self.years)
        return Answer.UNMET, why


def _date(given: Scalar | None) -> date | None:
    try:
        return date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None


@frozen(kw_only=True)
class GroupTerms:
    """What *group* asks for itself: a VIP group, a group of prospects, a paid one.

    Whoever is in the community already is asked these terms alone, others both.
    *when* is measured of the member; *fee* is paid beside that of the community.
    """

    group: GroupId
    requirements: tuple[EntryRequirement, ...] = ()
    when: Condition | None = None
    fee: Money | None = None


def judge_fee(fee: Money, paid: Mapping[str, int]) -> Judged:
    """Tell whether *fee* was paid; what is missing is not refused, but awaited."""
    have = Money(paid.get(fee.currency, 0), fee.currency)
    if have.amount >= fee.amount:
        return Answer.MET, because("admission.fee_met", fee=fee, paid=have)
    missing = Money(fee.amount - have.amount, fee.currency)
    why = because("admission.fee_missing", fee=fee, paid=have, missing=missing)
    return Answer.UNKNOWN, why
