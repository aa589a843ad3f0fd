"""To whom an overdue matter goes; who is tied to the operator (S07 S10 S16)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.model.ids import RoleName

__all__ = ["Escalation", "HandOver", "Tie"]


@frozen(kw_only=True)
class Escalation:
    """A matter overdue by *after* goes to *duty*.

    Where the role that is responsible has shifts, *after* is time in which it works.
    """

    after: Duration
    duty: RoleName


@frozen(kw_only=True)
class HandOver:
    """After the instant *at* a matter that is still open goes to *duty*."""

    at: datetime
    duty: RoleName


class Tie(Enum):
    """What ties an account to who runs the community: nobody may hide it."""

    STAFF = "staff"
    PAID = "paid"
    NONE = "none"
