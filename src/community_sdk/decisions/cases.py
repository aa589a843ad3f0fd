"""Opening and closing cases, telling their outcome, offering an appeal (S07)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import (
    CaseId,
    CaseOutcome,
    DecisionId,
    MemberId,
    RuleCode,
)

__all__ = [
    "CloseCase",
    "ConfirmBreach",
    "OfferAppeal",
    "OpenCase",
    "TellOutcome",
]


@frozen(kw_only=True)
class OpenCase(Decision):
    """Open *case*; somebody with *duty* decides it by *due* (None: no limit).

    *phone*: talk it over by phone only. *again*: a granted appeal opens it again.
    """

    kind: ClassVar[str] = "open_case"

    case: CaseId
    number: int
    topic: str = ""
    duty: str = ""
    due: datetime | None = None
    phone: bool = False
    again: bool = False


@frozen(kw_only=True)
class CloseCase(Decision):
    """*case* is decided, by *by*."""

    kind: ClassVar[str] = "close_case"

    case: CaseId
    outcome: CaseOutcome
    by: MemberId | None = None
    voices: tuple[MemberId, ...] = ()
    content: str | None = None


@frozen(kw_only=True)
class ConfirmBreach(Decision):
    """A case has shown a breach of *rule* at *occurred*: record it in *by*'s name."""

    kind: ClassVar[str] = "confirm_breach"

    rule: RuleCode
    case: CaseId
    occurred: datetime
    by: MemberId | None = None
    content: str | None = None


@frozen(kw_only=True)
class TellOutcome(Decision):
    """Tell the member how *subject* (a case or an appeal) ended, in the word *outcome*.

    *about* says what it was: ``report``, ``complaint`` or ``appeal``.
    """

    kind: ClassVar[str] = "tell_outcome"

    about: str
    subject: str
    outcome: str


@frozen(kw_only=True)
class OfferAppeal(Decision):
    """Tell the member that *sanction* or *case* may be appealed, until when, to whom.

    *until* None: without a limit. *duty*: who decides it, empty where none is named.
    """

    kind: ClassVar[str] = "offer_appeal"

    sanction: DecisionId | None = None
    case: CaseId | None = None
    until: datetime | None = None
    duty: str = ""
