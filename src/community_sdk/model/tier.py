"""Tiers that a member rises and falls through, and what people decide about them (S08).

A community may have several groups of tiers; a member holds one tier of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError, nearest
from community_sdk.model.community import Titles
from community_sdk.model.ids import EventId, MemberId, TierKey

__all__ = [
    "OverrideKind",
    "Tier",
    "TierCause",
    "TierGroup",
    "TierLook",
    "TierOverride",
]


class TierCause(Enum):
    """Why a member holds a tier.

    ``earned`` by bars or by rank, ``granted`` by a role or a group, ``manual``: set by
    hand, ``imported`` from another system, ``floor``, ``boost`` and ``lock``: by an
    override, ``default``: everybody holds it.
    """

    EARNED = "earned"
    GRANTED = "granted"
    MANUAL = "manual"
    IMPORTED = "imported"
    FLOOR = "floor"
    BOOST = "boost"
    LOCK = "lock"
    DEFAULT = "default"


class TierLook(Enum):
    """When, or how, a tier is looked at.

    After an ``event``, at a ``review``, at the end of the term (``expiry``), at the end
    of a day with a ``return``, or ``anew``: from scratch, as far as earned.
    """

    EVENT = "event"
    REVIEW = "review"
    EXPIRY = "expiry"
    RETURN = "return"
    ANEW = "anew"


class OverrideKind(Enum):
    """What a person decides about a tier beside the rules.

    ``lock``: exactly this tier, no automatic move. ``boost``: this tier for a time,
    whatever the activity. ``floor``: never below this tier, upwards as ever.
    """

    LOCK = "lock"
    BOOST = "boost"
    FLOOR = "floor"


@frozen(kw_only=True)
class TierOverride:
    """An override on record, in force in ``[since, until)``.

    *by*: who decided it, None for automation. *reason*: a word, never free text.
    """

    id: EventId
    kind: OverrideKind
    tier: TierKey
    since: datetime
    until: datetime | None = None
    by: MemberId | None = None
    reason: str = ""


@frozen(kw_only=True)
class Tier:
    """One rung; *benefits* are words that the host gives meaning to.

    *terms*: how long a benefit lasts from the beginning of the tier, by its word; what
    is not named there lasts as long as the tier.
    """

    key: TierKey
    title: Titles = field(factory=dict[str, str], hash=False)
    benefits: tuple[str, ...] = ()
    terms: Mapping[str, Duration] = field(factory=dict[str, Duration], hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a term of what is no benefit."""
        for word in self.terms:
            if word not in self.benefits:
                raise DefinitionError(
                    f"expected a benefit of `{self.key}`, found `{word}`",
                    code="tier.no_benefit",
                    hint=nearest(word, self.benefits),
                    found=word,
                )


@frozen(kw_only=True)
class TierGroup:
    """Tiers from lowest to highest; a member holds one of them.

    Who has no record holds the first.
    """

    key: str
    tiers: tuple[Tier, ...] = field(validator=validators.min_len(1))
    _ranks: Mapping[str, int] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a tier named twice."""
        keys = [t.key for t in self.tiers]
        for key in keys:
            if keys.count(key) > 1:
                raise DefinitionError(
                    f"expected each tier once, found `{key}` twice",
                    code="tier.twice",
                    found=key,
                )
        ranks = {key: rank for rank, key in enumerate(keys)}
        object.__setattr__(self, "_ranks", ranks)

    @property
    def keys(self) -> tuple[TierKey, ...]:
        """The keys of the tiers, lowest first."""
        return tuple(t.key for t in self.tiers)

    def rank(self, key: str) -> int:
        """Return the place of the tier *key*, 0 for the lowest; -1 when unknown."""
        return self._ranks.get(key, -1)

    def reaches(self, held: str, tier: str) -> bool:
        """Tell whether *held* is *tier* or above; never so for an unknown one."""
        return 0 <= self.rank(tier) <= self.rank(held)
