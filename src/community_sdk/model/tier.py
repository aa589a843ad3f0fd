"""Tiers that a member rises and falls through (S08)."""

from __future__ import annotations

from attrs import field, frozen, validators

from community_sdk.errors import DefinitionError
from community_sdk.model.community import Titles
from community_sdk.model.ids import TierKey

__all__ = ["Tier", "TierGroup"]


@frozen(kw_only=True)
class Tier:
    """One rung; *benefits* are words that the host gives meaning to."""

    key: TierKey
    title: Titles = field(factory=dict[str, str], hash=False)
    benefits: tuple[str, ...] = ()


@frozen(kw_only=True)
class TierGroup:
    """Tiers from lowest to highest; a member holds one of them.

    Who has no record holds the first.
    """

    key: str
    tiers: tuple[Tier, ...] = field(validator=validators.min_len(1))

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

    @property
    def keys(self) -> tuple[TierKey, ...]:
        """The keys of the tiers, lowest first."""
        return tuple(t.key for t in self.tiers)

    def rank(self, key: str) -> int:
        """Return the place of the tier *key*, 0 for the lowest; -1 when unknown."""
        return next((i for i, t in enumerate(self.tiers) if t.key == key), -1)
