"""Every class of events: what is told from outside, and what the engine derives."""

from typing import Final

from community_sdk.events.envelope import KINDS, Derived, EventTypes, Exogenous

__all__ = ["DERIVED", "EXOGENOUS"]

EXOGENOUS: Final[EventTypes] = tuple(
    cls for cls in KINDS.values() if issubclass(cls, Exogenous)
)
"""Events that come from outside and may stand in a log."""

DERIVED: Final[EventTypes] = tuple(
    cls for cls in KINDS.values() if issubclass(cls, Derived)
)
"""Events that only the engine makes; stored for audit, never fed."""
