"""How a request stands to everything that is asked of it, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from community_sdk.conditions import verdict
from community_sdk.explanation import Explanation, because
from community_sdk.model import Money, RoleName
from community_sdk.policies.admission._requests import Request
from community_sdk.policies.admission._terms import (
    Answer,
    EntryRequirement,
    GroupTerms,
    Judged,
    MinimumAge,
    judge_fee,
)
from community_sdk.state import State

__all__ = ["Asks", "judge", "missing"]


class Asks(Protocol):
    """What a door asks."""

    @property
    def requirements(self) -> tuple[EntryRequirement, ...]:
        """Of everybody."""
        ...

    @property
    def minimum_age(self) -> MinimumAge | None:
        """Completed years."""
        ...

    @property
    def fee(self) -> Money | None:
        """To be paid."""
        ...

    def terms(self, group: str) -> GroupTerms | None:
        """Return what *group* asks for itself."""
        ...

    def asked_of(self, request: Request) -> tuple[RoleName, ...]:
        """Return whose consent *request* needs."""
        ...


def judge(
    asks: Asks, group: str, request: Request, purse: dict[str, int], state: State
) -> list[Judged]:
    """Judge *request* for *group*; fees are taken from *purse* one after the other."""
    own = asks.terms(group)
    answers, judged = request["answers"], list[Judged]()
    if own is None or not state.member.here:
        if asks.minimum_age is not None:
            day = date.fromordinal(state.calendar.day(request["at"]))
            judged.append(asks.minimum_age.weigh(answers, day))
        judged += [rule.weigh(answers) for rule in asks.requirements]
        judged += _fee(asks.fee, purse)
    if own is not None:
        judged += [rule.weigh(answers) for rule in own.requirements]
        if own.when is not None:
            found = verdict(own.when, state)
            met = Answer.MET if found.met else Answer.UNMET
            judged.append((met, found.because()))
        judged += _fee(own.fee, purse)
    return judged + _consent(asks.asked_of(request), request)


def _consent(roles: Sequence[RoleName], request: Request) -> list[Judged]:
    if not roles:
        return []
    if {*request["agreed"]} & {*roles}:
        return [(Answer.MET, because("admission.consented", roles=roles))]
    why = because("admission.needs_consent", way=request["way"], roles=roles)
    return [(Answer.UNKNOWN, why)]


def _fee(fee: Money | None, purse: dict[str, int]) -> list[Judged]:
    if fee is None:
        return []
    judged = judge_fee(fee, purse)
    purse[fee.currency] = max(purse.get(fee.currency, 0) - fee.amount, 0)
    return [judged]


_WORDS: Final = {
    "admission.fee_missing": "fee",
    "admission.needs_consent": "approval",
}


def missing(why: Explanation) -> str:
    """Return the word for what is unknown."""
    return _WORDS.get(why.key) or str(why["answer"])
