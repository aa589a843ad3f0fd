"""Figures of a whole community: spread, gravity, density, decay (S16 S19 S22).

All exact: whole numbers in, `Fraction` out, None where nothing was observed. Gravity,
density and decay follow the Orbit model; k is invitations per member × acceptance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from attrs import field, validators

from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.metrics.rates import share

__all__ = ["Gravity", "Spread", "Wave", "decayed", "density", "gravity"]

_DIGITS: Final = 50
_MOST_WAVES: Final = 1_000


@frozen
class Gravity:
    """How strongly the community holds: *commitment* = Σ weight² × members.

    *change* is against the period before, *gravity* the change per member; both None
    in the first period, *gravity* also where there is no member.
    """

    commitment: int
    change: int | None
    gravity: Fraction | None


def gravity(
    weights: Sequence[int], members: Mapping[str, Sequence[int]], /
) -> dict[str, Gravity]:
    """Return the gravity of each period, in the order given.

    *members* holds, per period, how many there are on each level of *weights*.

    Raises:
        DefinitionError: a period with more or fewer levels than weights.
    """
    found: dict[str, Gravity] = {}
    before: int | None = None
    for period, numbers in members.items():
        if len(numbers) != len(weights):
            raise DefinitionError(
                f"expected {len(weights)} levels in `{period}`, found {len(numbers)}",
                code="gravity.levels",
                found=str(len(numbers)),
                expected=str(len(weights)),
                period=period,
            )
        now = sum(w * w * n for w, n in zip(weights, numbers, strict=True))
        change = None if before is None else now - before
        found[period] = Gravity(now, change, share(change, sum(numbers)))
        before = now
    return found


def density(members: int, connections: int, /) -> tuple[int, Fraction | None]:
    """Return how many pairs of members there could be, and the share that is."""
    pairs = members * (members - 1) // 2
    return pairs, share(connections, pairs)


def decayed(strength: Fraction | int, lost: Fraction, months: int, /) -> Fraction:
    """Return what is left of *strength* after idle *months*, each losing *lost*."""
    return strength * (1 - lost) ** months


@frozen
class Wave:
    """One generation of a spread: the day it is reached, its members, all so far."""

    day: int
    new: Fraction
    cumulative: Fraction


@frozen(kw_only=True)
class Spread:
    """A seed that invites: each wave is *k* times the one before.

    A model of an endless population: real ones saturate, so look at the observed
    number of invited members per member beside it.
    """

    seed: int = field(validator=validators.ge(1))
    invitations: Fraction = field(validator=validators.ge(Fraction(0)))
    acceptance: Fraction = field(validator=validators.ge(Fraction(0)))
    cycle_days: int = field(default=1, validator=validators.ge(1))

    @property
    def k(self) -> Fraction:
        """The k-factor: new members that each member brings per cycle."""
        return self.invitations * self.acceptance

    def wave(self, n: int, /) -> Wave:
        """Return the *n*-th wave; the seed is wave 0.

        Raises:
            DefinitionError: below 0 or beyond 1,000.
        """
        if not 0 <= n <= _MOST_WAVES:
            raise DefinitionError(
                f"expected a wave from 0 to {_MOST_WAVES}, found `{n}`",
                code="spread.wave",
                found=str(n),
            )
        k = self.k
        whole = n + 1 if k == 1 else (k ** (n + 1) - 1) / (k - 1)
        return Wave(n * self.cycle_days, self.seed * k**n, Fraction(self.seed * whole))

    def waves_to(self, total: int, /) -> Fraction | None:
        """Return after how many waves *total* members are reached, in between too.

        The cumulative number is solved for a real n; None where it never gets there.
        """
        if total <= self.seed:
            return Fraction(0)
        k = self.k
        if k == 1:
            return Fraction(total, self.seed) - 1
        grown = 1 + Fraction(total, self.seed) * (k - 1)
        if not k or grown <= 0:
            return None
        with localcontext() as context:
            context.prec = _DIGITS
            return Fraction(_ln(grown) / _ln(k)) - 1


def _ln(number: Fraction) -> Decimal:
    return Decimal(number.numerator).ln() - Decimal(number.denominator).ln()
