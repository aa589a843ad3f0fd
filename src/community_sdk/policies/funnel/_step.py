"""A step of a funnel that may ask how the member stands (S20)."""

from __future__ import annotations

from attrs import field, validators

from community_sdk._values import frozen
from community_sdk.conditions import Condition
from community_sdk.metrics.funnel import FunnelStep as Step

__all__ = ["FunnelStep"]


@frozen(kw_only=True)
class FunnelStep(Step):
    """One step: an event word, what its fields must be, and how the member must stand.

    *where*: values that fields must have; *tests*: further tests of fields. *when*
    must hold of the member (tier, role, segment, figures) as it is known once the
    event has come in; what the event leads to comes later. *optional*: the step may be
    left out. *within*: it must follow the step done before in that time, the last
    instant included. *first_time* ``event``: only the member's first event of that
    word ever; ``filter``: only the first that passes *where* and *tests*.
    """

    event: str = field(validator=validators.min_len(1))
    when: Condition | None = None
