"""What every decision carries, what becomes of it, and how a policy is woken."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar, Final, Literal

from community_sdk._values import frozen
from community_sdk.explanation import Explanation
from community_sdk.model import NO_POLICY, DecisionId, GroupId, MemberId, PolicyKey

__all__ = ["ClearTimer", "Decision", "Mode", "SetTimer", "Wish"]

_NO_ID: Final = DecisionId("")


class Mode(Enum):
    """What becomes of a policy's decisions: kept only, proposed, or done."""

    SHADOW = "shadow"
    PROPOSE = "propose"
    ACT = "act"


@frozen(kw_only=True)
class Decision:
    """Something that should be done about a member or the community.

    A policy fills in the facts and *because*; the engine adds *id*, *policy*,
    *playbook* (version), *trigger*, *at* and *mode*.

    Attributes:
        id: digest of community, policy, trigger, kind, subject and ordinal.
        at: when it was due; a late timer's decision bears the due instant.
        trigger: the event, or the timer and its due instant, that led to it.
        playbook: the version it was taken under, recorded and not part of the id.
    """

    kind: ClassVar[str] = ""

    member: MemberId | None = None
    group: GroupId | None = None
    because: Explanation
    id: DecisionId = _NO_ID
    policy: PolicyKey = NO_POLICY
    playbook: str = ""
    trigger: str = ""
    at: datetime | None = None
    mode: Mode = Mode.ACT


@frozen
class SetTimer:
    """Wake the policy at *due* with `TimerFired`; the same *timer* replaces.

    *phase* ``before`` fires at the instant itself (ends of half-open things);
    ``after`` once time has passed beyond it (ends of inclusive things).
    """

    timer: str
    due: datetime
    phase: Literal["before", "after"] = "before"


@frozen
class ClearTimer:
    """Forget the timer called *timer*, if there is one."""

    timer: str


Wish = Decision | SetTimer | ClearTimer
"""What a policy may yield."""
