"""How the rules change, and acts that cannot wait: petitions, orders, votes (S11).

The mover, signer or voter is the actor, or the member where no actor is named.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import HistoryError
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import (
    NO_POLICY,
    EventId,
    MemberId,
    MotionState,
    PolicyKey,
    RuleChange,
    Voice,
)

__all__ = [
    "CouncilOrdered",
    "DisputeRaised",
    "DisputeSettled",
    "EmergencyActed",
    "EmergencyRatified",
    "EmergencyRejected",
    "EmergencyReported",
    "MotionClosed",
    "MotionWithdrawn",
    "PetitionSigned",
    "PetitionStarted",
    "RulebookAmended",
    "VoteCalled",
    "VoteCast",
]


@frozen(kw_only=True)
class _Motion(Exogenous):
    """A motion that asks for *changes*; its id is what later events refer to.

    *way* is the key of the policy that it is meant for; empty: of its kind.

    Raises:
        HistoryError: no change at all, or two of one rule.
    """

    changes: tuple[RuleChange, ...]
    way: PolicyKey = NO_POLICY

    def __attrs_post_init__(self) -> None:
        """Refuse a motion that asks for nothing, or for two things at once."""
        super().__attrs_post_init__()
        codes = [change.code for change in self.changes]
        if not codes or len(set(codes)) < len(codes):
            raise HistoryError(
                f"event `{self.id}`: expected changes of different rules, found"
                f" `{', '.join(codes) or 'none'}`",
                code="event.changes",
                hint="name each rule that changes, once",
                id=self.id,
                found=", ".join(codes),
            )


@frozen(kw_only=True)
class PetitionStarted(_Motion):
    """Somebody asks for *changes* of the rules and is the first to sign."""

    kind: ClassVar[str] = "petition_started"


@frozen(kw_only=True)
class PetitionSigned(Exogenous):
    """Somebody signs the petition that began with the event *petition*."""

    kind: ClassVar[str] = "petition_signed"

    petition: EventId


@frozen(kw_only=True)
class CouncilOrdered(_Motion):
    """The council orders *changes* of the rules in a special situation."""

    kind: ClassVar[str] = "council_ordered"


@frozen(kw_only=True)
class VoteCalled(_Motion):
    """Somebody puts *changes* of the rules to the vote."""

    kind: ClassVar[str] = "vote_called"


@frozen(kw_only=True)
class VoteCast(Exogenous):
    """A voice in the vote that began with the event *vote*."""

    kind: ClassVar[str] = "vote_cast"

    vote: EventId
    voice: Voice


@frozen(kw_only=True)
class MotionWithdrawn(Exogenous):
    """Who began the petition or the vote called *motion* takes it back."""

    kind: ClassVar[str] = "motion_withdrawn"

    motion: EventId


@frozen(kw_only=True)
class RulebookAmended(Derived):
    """Version *version* of the rules holds from *effective* on (derived).

    It differs from the one before by *changes*; *motion* is the event that began it.
    """

    kind: ClassVar[str] = "rulebook_amended"

    version: int
    effective: datetime
    changes: tuple[RuleChange, ...]
    motion: EventId


@frozen(kw_only=True)
class MotionClosed(Derived):
    """A motion ended without a new version of the rules (derived)."""

    kind: ClassVar[str] = "motion_closed"

    motion: EventId
    state: MotionState


@frozen(kw_only=True)
class DisputeRaised(Exogenous):
    """The member is at odds with *other*, over something told elsewhere."""

    kind: ClassVar[str] = "dispute_raised"

    other: MemberId


@frozen(kw_only=True)
class DisputeSettled(Exogenous):
    """The dispute of the member that began with the event *dispute* is settled."""

    kind: ClassVar[str] = "dispute_settled"

    dispute: EventId


@frozen(kw_only=True)
class EmergencyActed(Exogenous):
    """The actor imposed *measure* on the member at once, on the *ground* named.

    For *duration* (None: without end, or at once). It is recorded as a strike in the
    category of the ground; the measure is provisional until it is ratified.
    """

    kind: ClassVar[str] = "emergency_acted"

    ground: str
    measure: str
    duration: Duration | None = None


@frozen(kw_only=True)
class EmergencyReported(Exogenous):
    """The act that the event *emergency* tells of was reported."""

    kind: ClassVar[str] = "emergency_reported"

    emergency: EventId


@frozen(kw_only=True)
class EmergencyRatified(Exogenous):
    """The actor ratifies the act: its measure stands."""

    kind: ClassVar[str] = "emergency_ratified"

    emergency: EventId


@frozen(kw_only=True)
class EmergencyRejected(Exogenous):
    """The actor rejects the act: measure and strike are overturned."""

    kind: ClassVar[str] = "emergency_rejected"

    emergency: EventId
