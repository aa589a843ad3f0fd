"""On which terms an appeal is heard: window, number, reviewers, time (S07).

Law: nobody decides an appeal against what he or she did, agreed to, or is a party to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal

from attrs import field, validators

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.events import AppealDecided
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    Appeal,
    AppealState,
    CaseId,
    DecisionId,
    EventId,
    MemberId,
    RoleName,
)
from community_sdk.state import State

__all__ = [
    "AppealTerms",
    "Row",
    "filing",
    "heard",
    "judging",
    "of_whom",
    "settled",
    "withdrawing",
]

Row = list[Any]
"""Appellant, filed, due, state, decided (-1: not yet), by, sanction, case."""

_OPEN, _NEVER = AppealState.OPEN.value, -1


@frozen(kw_only=True)
class AppealTerms:
    """On which terms an appeal is heard.

    Attributes:
        window: how long after the notice one may appeal; its own instant decides, not
            when it became known. *window_edge*: whether the last instant is in time.
        times: how many appeals there are per sanction or case in all; one that was
            denied or withdrawn counts.
        reviewers: duties whose holders decide; empty: anybody with a duty.
        reviewer_not: who never decides: ``issuer`` imposed it, ``approver`` agreed to
            it, ``party`` reported or complained.
        decide_within: the time for the decision, counted from the filing; the last
            instant is in time.
    """

    window: Duration = field(factory=lambda: Duration.parse("6 month"))
    window_edge: Literal["inclusive", "exclusive"] = "inclusive"
    times: int = field(default=1, validator=validators.ge(1))
    reviewers: tuple[RoleName, ...] = ()
    reviewer_not: tuple[Literal["issuer", "approver", "party"], ...] = (
        "issuer",
        "approver",
        "party",
    )
    decide_within: Duration = field(factory=lambda: Duration.parse("14d"))

    @property
    def duty(self) -> str:
        """The duty that decides first, empty where none is named."""
        return str(self.reviewers[0]) if self.reviewers else ""

    def until(self, since: int, state: State) -> datetime:
        """Return the end of the window that opened at *since*."""
        return instant(self.window.after(since, state.calendar.where))

    def open(self, since: int, at: int, state: State) -> bool:
        """Tell whether *at* lies in the window that opened at *since*."""
        end = self.window.after(since, state.calendar.where)
        return at < end or (at == end and self.window_edge == "inclusive")

    def row(self, by: str, state: State, sanction: str = "", case: str = "") -> Row:
        """Return a new appeal, filed now."""
        due = self.decide_within.after(state.at_us, state.calendar.where)
        return [by, state.at_us, due, _OPEN, _NEVER, "", sanction, case]


def filing(
    terms: AppealTerms, rows: Mapping[str, Row], state: State, since: int
) -> Explanation | None:
    """Return why an appeal against what was told at *since* is not heard.

    *rows* are the appeals against the same thing.
    """
    if len(rows) >= terms.times or any(row[3] == _OPEN for row in rows.values()):
        return because("appeal.already_appealed", times=terms.times, filed=len(rows))
    if not terms.open(since, state.at_us, state):
        until = terms.until(since, state)
        return because("appeal.too_late", until=until, window=terms.window)
    return None


def judging(
    terms: AppealTerms, row: Row | None, event: AppealDecided, state: State
) -> Explanation | None:
    """Return why the actor's decision about the appeal does not count, before interest.

    In this order: no such appeal, decided already, no right to decide.
    """
    if row is None:
        return because("appeal.unknown", appeal=event.appeal)
    if row[3] != _OPEN:
        return because("appeal.already_decided", appeal=event.appeal, state=row[3])
    actor = state.actor
    if event.actor is None or actor.id in (row[0], str(event.member or "")):
        return because("appeal.not_permitted", by=event.actor or "", duty=terms.duty)
    now, group = state.now_us, event.group
    if terms.reviewers:
        may = any(actor.holds(duty, now, group) for duty in terms.reviewers)
    else:
        may = any(span.holds(now) for span in actor.roles)
    if not may:
        return because("appeal.not_permitted", by=event.actor, duty=terms.duty)
    return None


def of_whom(
    terms: AppealTerms, event: AppealDecided, roles: Mapping[str, Collection[str]]
) -> Explanation | None:
    """Return which interest of the actor forbids to decide; *roles*: who is what."""
    for word in terms.reviewer_not:
        if event.actor in roles.get(word, ()):
            return because("appeal.conflict_of_interest", by=event.actor, interest=word)
    return None


def withdrawing(row: Row | None, appeal: str, by: str) -> Explanation | None:
    """Return why *by* cannot take the appeal back."""
    if row is None:
        return because("appeal.unknown", appeal=appeal)
    if row[3] != _OPEN:
        return because("appeal.already_decided", appeal=appeal, state=row[3])
    return None if by == row[0] else because("appeal.not_permitted", by=by, duty="")


def settled(row: Row, state: str, at: int, by: str) -> None:
    """Close the appeal in *row*."""
    row[3:6] = [state, at, by]


def heard(key: str, row: Row) -> Appeal:
    """Return the appeal in *row* as a value of the model."""
    by, filed, due, state, decided, judge, sanction, case = row
    return Appeal(
        id=EventId(key),
        appellant=MemberId(by),
        filed=instant(filed),
        sanction=DecisionId(sanction) if sanction else None,
        case=CaseId(case) if case else None,
        due=instant(due),
        state=AppealState(state),
        decided=None if decided == _NEVER else instant(decided),
        by=MemberId(judge) if judge else None,
    )
