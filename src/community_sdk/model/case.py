"""Cases, evidence and appeals: what is asked, where it stands, by when (S07 S29)."""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum, IntEnum
from typing import Final

from attrs import field

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model.ids import CaseId, DecisionId, EventId, MemberId, PolicyKey
from community_sdk.model.money import Money

__all__ = [
    "Appeal",
    "AppealOutcome",
    "AppealState",
    "Case",
    "CaseOutcome",
    "CaseStage",
    "CaseState",
    "Evidence",
    "StageLimit",
    "StageMark",
]

_REFERENCE: Final = re.compile(r"[^\s\x00-\x1f\x7f]{1,256}")


class CaseStage(IntEnum):
    """The stages of a case in their order; the resolution is the decision."""

    INTAKE = 1
    RESPONSE = 2
    RESOLUTION = 3
    ROOT_CAUSE = 4
    IMPROVEMENT = 5


class CaseState(Enum):
    """Where a case stands; in review means that somebody has taken it up."""

    OPEN = "open"
    IN_REVIEW = "in_review"
    DECIDED = "decided"


class CaseOutcome(Enum):
    """How a case was decided."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


class AppealOutcome(Enum):
    """How an appeal was decided; never *approved*, which could mean the sanction."""

    GRANTED = "granted"
    DENIED = "denied"


class AppealState(Enum):
    """Where an appeal stands."""

    OPEN = "open"
    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


def _reference(_: object, attribute: object, value: str) -> None:
    """Refuse what reads like a text: evidence is named, never quoted."""
    if _REFERENCE.fullmatch(value) is None:
        name = getattr(attribute, "name", "ref")
        raise DefinitionError(
            f"expected `{name}` without spaces and of at most 256 characters, found"
            f" `{value[:40]}`",
            code="evidence.reference",
            hint="keep the text itself in the side store, and give its name or digest",
            found=value[:40],
            name=str(name),
        )


@frozen(kw_only=True)
class Evidence:
    """A snapshot in the side store, since the content itself may vanish.

    Attributes:
        kind: what it shows, a word of the host's own: ``screenshot``, ``message``.
        ref: the name of the snapshot in the side store; never the text.
        digest: of the snapshot's content, so that a change shows.
        captured_at: when the snapshot was taken.
        redacted: personal data of others were blacked out before it was kept.

    Raises:
        DefinitionError: *kind*, *ref* or *digest* are empty, long or hold spaces.
    """

    kind: str = field(validator=_reference)
    ref: str = field(validator=_reference)
    digest: str = field(validator=_reference)
    captured_at: datetime
    redacted: bool = False


@frozen(kw_only=True)
class StageLimit:
    """*stage* is to be done *within* that time of the opening of the case.

    The last instant is in time: a case due at T is overdue only after T.
    """

    stage: CaseStage
    within: Duration


@frozen(kw_only=True)
class StageMark:
    """A stage of one case: when it is due (None: no limit) and when it was done."""

    stage: CaseStage
    due: datetime | None = None
    done: datetime | None = None

    def overdue(self, now: datetime) -> bool:
        """Tell whether it was late, or is: the due instant itself is in time."""
        end = now if self.done is None else self.done
        return self.due is not None and end > self.due


@frozen(kw_only=True)
class Case:
    """A case as it stands: opened by reports or a complaint.

    Attributes:
        number: running number within the policy that keeps it, from 1.
        subject: whom it is about, None: nobody in particular.
        voices: who reported or complained, in order.
        topic: category of the report, topic of the complaint.
        duty: the duty whose turn it is, empty where none is named.
        handler: who took it up, or decided it.
        evidence: in the order in which it came; *notes*: names of private notes.
        phone: talked over by phone only, because of its topic.
        given: compensation on record, form and money.
    """

    id: CaseId
    number: int
    policy: PolicyKey
    topic: str
    opened: datetime
    subject: MemberId | None = None
    voices: tuple[MemberId, ...] = ()
    content: str | None = None
    stages: tuple[StageMark, ...] = ()
    duty: str = ""
    handler: MemberId | None = None
    outcome: CaseOutcome | None = None
    decided: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    phone: bool = False
    given: tuple[tuple[str, Money | None], ...] = ()

    @property
    def state(self) -> CaseState:
        """Where it stands."""
        if self.outcome is not None:
            return CaseState.DECIDED
        return CaseState.OPEN if self.handler is None else CaseState.IN_REVIEW

    @property
    def stage(self) -> CaseStage | None:
        """The next stage to be done, None where all are."""
        return next((m.stage for m in self.stages if m.done is None), None)

    @property
    def due(self) -> datetime | None:
        """When the decision is due, None without a limit."""
        limits = (m.due for m in self.stages if m.stage is CaseStage.RESOLUTION)
        return next(limits, None)

    def overdue(self, now: datetime) -> bool:
        """Tell whether any stage is late at *now*, or was done too late."""
        return any(mark.overdue(now) for mark in self.stages)


@frozen(kw_only=True)
class Appeal:
    """An appeal as it stands, against a sanction or the dismissal of a case.

    *due*: by when it is to be decided, None without a limit; *by*: who decided it.
    """

    id: EventId
    appellant: MemberId
    filed: datetime
    sanction: DecisionId | None = None
    case: CaseId | None = None
    due: datetime | None = None
    state: AppealState = AppealState.OPEN
    decided: datetime | None = None
    by: MemberId | None = None

    def overdue(self, now: datetime) -> bool:
        """Tell whether it was decided too late, or is late at *now*."""
        end = now if self.decided is None else self.decided
        return self.due is not None and end > self.due
