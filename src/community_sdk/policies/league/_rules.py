"""What a league asks: quotas, order, pool, and whom it spares (S08)."""

from __future__ import annotations

from typing import Literal

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model import TierKey
from community_sdk.policies.league._formula import check_formula, refuse_division

__all__ = ["Inactive", "LeagueRules", "OrderKey", "Quota"]

Inactive = Literal["never_promote", "never_move", "as_others"]


@frozen(kw_only=True)
class Quota:
    """How many places there are.

    Without *threshold* and *formula*: *most*. With *formula*: what it gives, at most
    *most*. With *threshold*: as many as have at least so much of the first figure.
    At least *least* in any case, and *share* hundredths of the group at most.

    Raises:
        DefinitionError: nothing is said, *least* is over *most*, or the formula is none
            or divides by zero.
    """

    least: int = field(default=0, validator=validators.ge(0))
    most: int | None = field(
        default=None, validator=validators.optional(validators.ge(0))
    )
    share: int | None = field(
        default=None,
        validator=validators.optional(
            validators.and_(validators.ge(0), validators.le(100))
        ),
    )
    threshold: int | None = None
    formula: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a quota that says nothing, or contradicts itself."""
        if self.formula:
            refuse_division(check_formula(self.formula), self)
        unbounded = self.most is None and self.share is None
        if unbounded and not self.formula and self.threshold is None:
            raise DefinitionError(
                "expected a quota with `most`, `share`, `threshold` or `formula`",
                code="league.quota",
                hint="write for example `most = 3`",
            )
        if self.most is not None and self.least > self.most:
            raise DefinitionError(
                f"expected at least {self.least} of at most {self.most} places",
                code="league.quota_bounds",
                hint="`least` must not exceed `most`",
                found=str(self.least),
                most=str(self.most),
            )


@frozen(kw_only=True)
class OrderKey:
    """What decides between two: a figure, ``joined``, ``name`` or ``member``.

    *best* tells which end comes first. ``name`` is compared without regard to case.
    """

    by: str
    best: Literal["high", "low"] = "high"


@frozen(kw_only=True)
class LeagueRules:
    """How members rise and fall by places, as in sports.

    *tiers* from lowest to highest. *order* decides the ranking; the member's id does
    last. The first figure in it says who was active: whoever has none of it never
    rises (``never_promote``), or neither rises nor falls nor fills a place
    (``never_move``).

    From each tier but the highest, *promote* rise one rung. From the tiers of *pool*
    (if empty: all above the goal) *relegate* fall: ranked together as one list where
    *together*, to the tier *to* (if empty: one rung, and the lowest is the goal). All
    moves come from one ranking, one move a member; promotions are chosen first, their
    winners do not fall (with *promotions_first* false the other way round). A tier is
    not left with fewer than *smallest* members by relegation.

    Members who joined less than *protect* before the close are spared from falling.

    Raises:
        DefinitionError: a tier twice, or one in the pool that is not above the goal.
    """

    tiers: tuple[TierKey, ...] = field(validator=validators.min_len(2))
    order: tuple[OrderKey, ...] = field(validator=validators.min_len(1))
    promote: Quota | None = None
    relegate: Quota | None = None
    pool: tuple[TierKey, ...] = ()
    together: bool = False
    to: TierKey = TierKey("")
    inactive: Inactive = "never_promote"
    promotions_first: bool = True
    smallest: int = field(default=0, validator=validators.ge(0))
    protect: Duration | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse tiers named twice, and a pool from which one would fall upwards."""
        for names in (self.tiers, self.pool):
            for name in names:
                if names.count(name) > 1:
                    raise DefinitionError(
                        f"expected each tier once, found `{name}` twice",
                        code="league.tier_twice",
                        hint="remove one of them",
                        found=name,
                    )
        known = set(self.tiers)
        for name in self.pool if self.goal in known else ():
            if name in known and name not in self._above:
                raise DefinitionError(
                    f"expected tiers above `{self.goal}` in `pool`, found `{name}`",
                    code="league.pool",
                    hint=f"whoever falls goes to `{self.goal}`: leave `{name}` out",
                    found=name,
                    expected=self.goal,
                )

    @property
    def goal(self) -> TierKey:
        """The lowest tier that members fall to."""
        return self.to or self.tiers[0]

    @property
    def _above(self) -> tuple[TierKey, ...]:
        """The tiers above the goal."""
        return self.tiers[self.tiers.index(self.goal) + 1 :]

    @property
    def first(self) -> str:
        """The figure that says who was active."""
        return self.order[0].by

    @property
    def falling(self) -> tuple[TierKey, ...]:
        """The tiers that members fall from."""
        return self.pool or self._above
