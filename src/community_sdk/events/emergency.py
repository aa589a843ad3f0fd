"""Acting first, reporting afterwards: the act, the report, the ratification (S11)."""

from __future__ import annotations

from typing import ClassVar

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.events.envelope import Exogenous
from community_sdk.model import EventId

__all__ = [
    "EmergencyActed",
    "EmergencyRatified",
    "EmergencyRejected",
    "EmergencyReported",
]


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
