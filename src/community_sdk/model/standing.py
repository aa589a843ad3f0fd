"""Where everybody stood when a period closed, and who moved (S08)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from attrs import field

from community_sdk._values import frozen
from community_sdk.model.ids import MemberId, TierKey

__all__ = ["Movement", "PeriodClose", "Rank", "Standing"]


@frozen(kw_only=True)
class Standing:
    """One member's figures in a period.

    *figures* are what the ranking goes by, by name. *extra* are tiers held beside
    *tier*, such as a place for outstanding posts: they are no rung. *locked*: ranked,
    but not moved, and the place passes on. *floor*: never moved below this tier.
    """

    member: MemberId
    tier: TierKey
    figures: Mapping[str, int] = field(factory=dict[str, int], hash=False)
    joined: datetime | None = None
    extra: tuple[TierKey, ...] = ()
    locked: bool = False
    floor: TierKey = TierKey("")


@frozen(kw_only=True)
class Rank:
    """A member's place in a list, 1 for the best, and how far the borders are.

    *active*: has some of the first figure.

    *places* is how many ranks are missing to the last one that rises, *gap* how much
    of the first figure; both None where the member rises or nobody can. *above* is
    how many ranks lie between the member and the first one that falls. Of who falls
    *short* is how much of the first figure is missing to the last one who stays, None
    where nobody above does, and *spared* how many ranked lower in the tier stay.
    """

    member: MemberId
    tier: TierKey
    rank: int
    of: int
    decision: Literal["promoted", "relegated", "stay"]
    active: bool = True
    places: int | None = None
    gap: int | None = None
    above: int | None = None
    short: int | None = None
    spared: int = 0


@frozen(kw_only=True)
class Movement:
    """One member's move at a close."""

    member: MemberId
    before: TierKey
    after: TierKey
    rise: bool


@frozen(kw_only=True)
class PeriodClose:
    """The close of one period: it never changes; a recalculation is another one.

    *skipped* says why nobody moved, empty where the rules were applied. *tie* is by
    tier the key that decided its last place upwards, where only one key did.
    *champion* is the first of the highest tier, None where it is empty.
    """

    period: str
    ranks: tuple[Rank, ...] = ()
    movements: tuple[Movement, ...] = ()
    skipped: str = ""
    tie: Mapping[TierKey, str] = field(factory=dict[TierKey, str], hash=False)
    champion: MemberId | None = None

    @property
    def digest(self) -> str:
        """A digest of who stood where and who moved."""
        rows = [f"{r.member}\x1f{r.tier}\x1f{r.rank}" for r in self.ranks]
        rows += [f"{m.member}\x1f{m.before}\x1f{m.after}" for m in self.movements]
        text = "\x1e".join((self.period, self.skipped, *rows))
        return blake2b(text.encode("utf-8"), digest_size=12).hexdigest()

    def rank(self, member: str) -> Rank | None:
        """Return where *member* stood, None for whom was not ranked."""
        return next((r for r in self.ranks if r.member == member), None)

    @property
    def stayed(self) -> tuple[MemberId, ...]:
        """Return the active members who stay where they are."""
        return tuple(r.member for r in self.ranks if r.active and r.decision == "stay")

    @property
    def promoted(self) -> tuple[MemberId, ...]:
        """Return who rose, in the order of the ranking."""
        return tuple(m.member for m in self.movements if m.rise)

    @property
    def relegated(self) -> tuple[MemberId, ...]:
        """Return who fell, in the order of the ranking."""
        return tuple(m.member for m in self.movements if not m.rise)

    def moved(self, after: str, *, rise: bool | None = None) -> tuple[MemberId, ...]:
        """Return who moved to the tier *after*, in the order of the ranking."""
        return tuple(
            m.member
            for m in self.movements
            if m.after == after and rise in (None, m.rise)
        )
