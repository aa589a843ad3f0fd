"""Sanctions: kinds in order of severity, states, steps of a ladder (S06)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import field, frozen, validators

from community_sdk._time import Duration
from community_sdk.errors import DefinitionError

__all__ = ["SANCTIONS", "LadderStep", "Notice", "SanctionKind", "SanctionState"]


@frozen(order=False)
class SanctionKind:
    """A measure; a higher *order* is harsher.

    *holds*: it restrains the member while it is in force (mute, suspend, ban).
    *expels*: it puts the member out.
    """

    word: str
    order: int
    holds: bool = False
    expels: bool = False

    def __str__(self) -> str:
        """Print the word that files use."""
        return self.word


SANCTIONS: Final = {
    kind.word: kind
    for kind in (
        SanctionKind("reminder", 10),
        SanctionKind("delete_content", 15),
        SanctionKind("education", 20),
        SanctionKind("phone_call", 30),
        SanctionKind("warning", 40),
        SanctionKind("mute", 50, holds=True),
        SanctionKind("suspend", 60, holds=True, expels=True),
        SanctionKind("remove", 70, expels=True),
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


class Notice(Enum):
    """Who is told of a measure."""

    NONE = "none"
    PRIVATE = "private"
    PUBLIC = "public"


@frozen(kw_only=True)
class LadderStep:
    """From the *at*-th strike (or point) on: *kind*, for *duration*.

    *duration* None means no end (or a kind that needs none).
    """

    at: int = field(validator=validators.ge(1))
    kind: SanctionKind
    duration: Duration | None = None
    notice: Notice = Notice.PRIVATE

    def __attrs_post_init__(self) -> None:
        """Refuse a duration on a measure that does not last."""
        if self.duration is not None and not self.kind.holds:
            raise DefinitionError(
                f"expected no duration on `{self.kind}`, which is done at once",
                code="sanction.duration",
                hint="remove `duration`, or choose mute, suspend or ban",
                found=str(self.kind),
            )
