"""Sanctions: kinds in order of severity, states, steps of a ladder (S06)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError

__all__ = [
    "SANCTIONS",
    "LadderStep",
    "LaterSanctions",
    "Notice",
    "Overlap",
    "SanctionKind",
    "SanctionOrigin",
    "SanctionState",
    "Whereabouts",
]


@frozen(order=False)
class SanctionKind:
    """A measure; a higher *order* is harsher.

    *holds*: it restrains the member while it is in force (mute, suspend, ban).
    *expels*: it puts the member out. *lasts*: it may have an end although it restrains
    nobody (a warning stays in force for a while). *irreversible*: what was done cannot
    be undone; it is overturned on paper only.
    """

    word: str
    order: int
    holds: bool = False
    expels: bool = False
    lasts: bool = False
    irreversible: bool = False

    def __str__(self) -> str:
        """Print the word that files use."""
        return self.word

    @property
    def terminal(self) -> bool:
        """Whether nothing follows: removal, ban, and what is as harsh and puts out."""
        return self.expels and self.order >= _REMOVE


_REMOVE: Final = 70

SANCTIONS: Final = {
    kind.word: kind
    for kind in (
        SanctionKind("reminder", 10),
        SanctionKind("delete_content", 15, irreversible=True),
        SanctionKind("education", 20),
        SanctionKind("phone_call", 30),
        SanctionKind("warning", 40, lasts=True),
        SanctionKind("mute", 50, holds=True),
        SanctionKind("suspend", 60, holds=True, expels=True),
        SanctionKind("remove", _REMOVE, expels=True),
        SanctionKind("ban", 80, holds=True, expels=True),
    )
}
"""The kinds that exist without being declared, mildest first."""


class SanctionState(Enum):
    """Where a sanction stands; its strike is a separate record."""

    PROPOSED = "proposed"
    PROVISIONAL = "provisional"
    ACTIVE = "active"
    EXPIRED = "expired"
    LIFTED = "lifted"
    OVERTURNED = "overturned"
    LAPSED = "lapsed"
    REFUSED = "refused"


class SanctionOrigin(Enum):
    """How a sanction came about: by a policy, by hand, or in an emergency."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    EMERGENCY = "emergency"


class Notice(Enum):
    """Who is told of a measure."""

    NONE = "none"
    PRIVATE = "private"
    PUBLIC = "public"


class Overlap(Enum):
    """What becomes of a sanction while another of its kind is in force.

    ``longest``: the two count as one, with the later end. ``independent``: both stand,
    each with its own end. ``replace``: the new one counts from now, even if shorter.
    ``manual_over_automatic``: a person's replaces one of nobody's, any other is
    refused. ``refuse``: the new one is refused.
    """

    LONGEST = "longest"
    INDEPENDENT = "independent"
    REPLACE = "replace"
    MANUAL_OVER_AUTOMATIC = "manual_over_automatic"
    REFUSE = "refuse"


class LaterSanctions(Enum):
    """What becomes of later sanctions that rested on an overturned strike.

    ``stand_and_flag``: they stand, and each is named for review with the step that it
    would have been. ``recompute``: each is replaced by that step.
    """

    STAND_AND_FLAG = "stand_and_flag"
    RECOMPUTE = "recompute"


class Whereabouts(Enum):
    """Where the record leaves a person; the first that holds."""

    BANNED = "banned"
    REMOVED = "removed"
    SUSPENDED = "suspended"
    LEFT = "left"
    ACTIVE = "active"


@frozen(kw_only=True)
class LadderStep:
    """From the *at*-th strike (or point) on: *kind*, for *duration*.

    *duration* None means no end (or a kind that needs none). *level* tells warnings
    apart, from 1 upwards; 0: no level. *notice* says who is told. Where the step is
    taken again, it lasts *grows* times as long as the time before, at most *longest*.

    Raises:
        DefinitionError: a duration on a measure that is done at once, or lengths that
            cannot grow or be compared.
    """

    at: int = field(validator=validators.ge(1))
    kind: SanctionKind
    duration: Duration | None = None
    notice: Notice = Notice.PRIVATE
    level: int = field(default=0, validator=validators.ge(0))
    grows: int = field(default=1, validator=validators.ge(1))
    longest: Duration | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a duration on a measure that does not last, and idle growth."""
        if self.duration is not None and not (self.kind.holds or self.kind.lasts):
            raise DefinitionError(
                f"expected no duration on `{self.kind}`, which is done at once",
                code="sanction.duration",
                hint="remove `duration`, or choose mute, suspend or ban",
                found=str(self.kind),
            )
        idle = self.grows == 1 and self.longest is not None
        endless = self.grows > 1 and self.duration is None
        if idle or endless or not _alike(self.duration, self.longest):
            raise DefinitionError(
                f"expected `grows` above 1 with `duration` and `longest` in the same"
                f" units on step {self.at}, found `{self.grows}`",
                code="sanction.grows",
                hint="write both in days, or both in months",
                found=str(self.grows),
            )

    def lasting(self, nth: int) -> Duration | None:
        """Return how long it lasts when taken for the *nth* time, from 0 upwards."""
        base = self.duration
        if base is None or self.grows == 1:
            return base
        cap = self.longest or (_LONGEST_MONTHS if base.months else _LONGEST)
        us, months = base.us, base.months
        for _ in range(nth):
            if us >= cap.us and months >= cap.months:
                break
            us, months = us * self.grows, months * self.grows
        return Duration(us=min(us, cap.us), months=min(months, cap.months))


_LONGEST: Final = Duration(us=1_000 * 366 * 86_400_000_000)
_LONGEST_MONTHS: Final = Duration(months=12_000)


def _alike(one: Duration | None, other: Duration | None) -> bool:
    return one is None or other is None or bool(one.months) == bool(other.months)
