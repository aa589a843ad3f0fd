"""Settings of a ladder that are more than a word or a number (S06)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model import LadderStep

__all__ = [
    "Decay",
    "FirstOffence",
    "LengthLimit",
    "Rung",
    "SoftStep",
    "Trigger",
    "from_one",
]


def from_one(_: object, __: object, numbers: Mapping[str, int]) -> None:
    """Validate numbers that a breach lifts the record to, by category.

    Raises:
        DefinitionError: one is below 1.
    """
    for category, number in numbers.items():
        if number < 1:
            raise DefinitionError(
                f"expected `enter_at` of 1 or more for `{category}`, found `{number}`",
                code="ladder.enter_at",
                hint="it is the number that a breach lifts the record to",
                found=str(number),
                category=category,
            )


class Trigger(Enum):
    """When a step is taken: at every strike, or only when the total passes it."""

    EACH_STRIKE = "each_strike"
    ON_CROSSING = "on_crossing"


@frozen(kw_only=True)
class Decay:
    """Strikes fade in a straight line: of age *t*, one counts 1 − *t* ÷ *over*.

    What they contribute is added up exactly and rounded once, to the nearest whole
    number, halves up. While a sanction of a kind in *frozen_by* is in force, no strike
    of the member ages; a sanction that was overturned or lapsed never froze anything.
    """

    over: Duration
    frozen_by: tuple[str, ...] = ()


@frozen(kw_only=True)
class FirstOffence:
    """The first strikes of somebody in good standing weigh less.

    The *n*-th strike of a member who stood below *good_standing_below* just before it
    weighs the *n*-th number of *curve*, never more than its own weight. After the end
    of the curve, out of good standing, and in the categories of *severe* it weighs in
    full.
    """

    good_standing_below: int = field(validator=validators.ge(1))
    curve: tuple[int, ...]
    severe: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse a weight below zero.

        Raises:
            DefinitionError: there is one.
        """
        wrong = next((n for n in self.curve if n < 0), None)
        if wrong is not None:
            raise DefinitionError(
                f"expected a `curve` of weights of at least 0, found `{wrong}`",
                code="ladder.curve",
                hint="a breach is never a merit",
                found=str(wrong),
            )


@frozen(kw_only=True)
class SoftStep:
    """From the *at*-th strike (or point) on: suggest *action*, and sanction nobody.

    Such as a phone call, an invitation to try the product, a small gift.
    """

    at: int = field(validator=validators.ge(1))
    action: str


Rung = LadderStep | SoftStep
"""What may be reached on a ladder."""


@frozen(kw_only=True)
class LengthLimit:
    """How long a measure by hand may last: from *least* to *most*, both included.

    None: no limit. A measure without an end is longer than any *most*.

    Raises:
        DefinitionError: *least* is longer than *most*: no length is allowed.
    """

    least: Duration | None = None
    most: Duration | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse limits that leave no length between them."""
        if self.least and self.most and self.least.exceeds(self.most):
            raise DefinitionError(
                f"expected `least` of at most `most` (`{self.most}`), found"
                f" `{self.least}`",
                code="sanction.limits",
                hint="exchange them, or remove one",
                found=str(self.least),
                most=str(self.most),
            )
