"""What a member has of one currency: lots, oldest first, and what earned them (S17).

Law: a balance is the sum of the lots less the debt, and the sum of the entries booked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final, Self, cast

from attrs import evolve, field

from community_sdk._values import frozen

__all__ = ["Account", "Earning", "Lot"]

_SPENDINGS: Final = 256
_EARNINGS: Final = 4096


@frozen
class Earning:
    """What one purchase (or other number) brought, for taking it back.

    *at*: the date that it counts from (microseconds). *points* for each *per* minor
    units of the *basis*; *per* 0: a fixed number. *taken*, *untaken*: the redeemable
    and the qualifying points that were taken back.
    """

    order: str
    at: int
    amount: int
    qualifying: int
    basis: int = 0
    points: int = 0
    per: int = 0
    taken: int = 0
    untaken: int = 0


@frozen
class Lot:
    """Points earned together: *left* of them are neither spent nor over.

    *expires* (microseconds): from that instant on they are not usable; None: never.
    """

    key: str
    earned: int
    left: int
    expires: int | None = None
    order: str = ""

    def usable(self, now: int) -> bool:
        """Tell whether its points may be spent at *now*."""
        return self.expires is None or now < self.expires


Piece = tuple[Lot, int]
"""A lot as it was, and how much was taken from it."""


@frozen
class Account:
    """What one member has of one currency: lots, oldest first, and a debt.

    A debt (points taken back that were spent already) is paid by what comes in next.
    *earned*: qualifying points ever, clawbacks taken off. *spent*: of which lots the
    latest 256 redemptions were paid, for giving back. *earnings*: by their unique
    number what the latest 4096 brought, for once and for taking back. *forgiven*: what
    could not be taken back because it was spent; only what comes back of such spending
    pays it, so that no refund leaves more than there was before the purchase.
    """

    lots: tuple[Lot, ...] = ()
    debt: int = 0
    earned: int = 0
    spent: tuple[tuple[str, tuple[Piece, ...]], ...] = ()
    forgiven: int = 0
    earnings: Mapping[str, Earning] = field(factory=dict[str, Earning], hash=False)

    @property
    def balance(self) -> int:
        """The points now; below zero with a debt."""
        return self.active - self.debt

    @property
    def active(self) -> int:
        """The points earned, not spent and not over; a debt stays out of it."""
        return sum([lot.left for lot in self.lots])

    @property
    def next_expiry(self) -> int | None:
        """The instant at which the next points are over."""
        return min(
            (i.expires for i in self.lots if i.expires is not None), default=None
        )

    def earn(self, lot: Lot) -> Self:
        """Put in *lot* at its own date; a debt is paid from it first."""
        paid = min(self.debt, lot.left)
        if paid:
            lot = evolve(lot, left=lot.left - paid)
        if not lot.left:
            return evolve(self, debt=self.debt - paid)
        lots, at = self.lots, len(self.lots)
        while at and lots[at - 1].earned > lot.earned:
            at -= 1
        return evolve(self, lots=(*lots[:at], lot, *lots[at:]), debt=self.debt - paid)

    def redeem(self, amount: int, key: str) -> Self:
        """Spend *amount*, oldest lots first, and remember of what under *key*.

        What the lots do not hold becomes a debt: who asks first looks at `balance`.
        """
        rest, pieces = self._take(amount, self.lots)
        spent = (*self.spent, (key, pieces))[-_SPENDINGS:]
        return evolve(rest, spent=spent)

    def give_back(self, amount: int, key: str, now: int) -> Self:
        """Undo *amount* of the redemption *key*, the last taken first.

        What would be over at *now* does not come back.
        """
        kept = [
            piece for piece in dict(self.spent).get(key, ()) if piece[0].usable(now)
        ]
        found: Self = self
        while amount > 0 and kept:
            lot, taken = kept.pop()
            part = min(amount, taken)
            amount -= part
            if taken > part:
                kept.append((lot, taken - part))
            found = found._put_back(lot, part)
        left = tuple((k, p) for k, p in self.spent if k != key)
        if kept:
            left = (*left, (key, tuple(kept)))
        return evolve(found, spent=left)

    def _put_back(self, lot: Lot, amount: int) -> Self:
        """Let *lot* hold *amount* again; a debt is paid first."""
        same = next((each for each in self.lots if each.key == lot.key), None)
        if same is None:
            return self.earn(evolve(lot, left=amount))
        paid = min(self.debt, amount)
        lots = tuple(
            evolve(each, left=each.left + amount - paid) if each is same else each
            for each in self.lots
        )
        return evolve(self, lots=lots, debt=self.debt - paid)

    def returnable(self, key: str, now: int) -> int:
        """Return how much of the redemption *key* may come back at *now*."""
        pieces = dict(self.spent).get(key, ())
        return sum(amount for lot, amount in pieces if lot.usable(now))

    def take_back(self, amount: int, order: str = "") -> Self:
        """Take *amount*: from the lots of *order* first, then the oldest, then debt."""
        own = [lot for lot in self.lots if order and lot.order == order]
        rest = [lot for lot in self.lots if not (order and lot.order == order)]
        found, _ = self._take(amount, (*own, *rest))
        return found

    def _take(
        self, amount: int, order: Sequence[Lot]
    ) -> tuple[Self, tuple[Piece, ...]]:
        pieces: list[Piece] = []
        left: dict[str, int] = {}
        for lot in order:
            part = min(amount, lot.left)
            if part > 0:
                amount -= part
                pieces.append((lot, part))
                left[lot.key] = lot.left - part
        lots = tuple(
            evolve(lot, left=left[lot.key]) if lot.key in left else lot
            for lot in self.lots
            if left.get(lot.key, lot.left) > 0
        )
        return evolve(self, lots=lots, debt=self.debt + amount), tuple(pieces)

    def expire(self, key: str) -> Self:
        """Let what is left of the lot *key* be over."""
        return evolve(self, lots=tuple(lot for lot in self.lots if lot.key != key))

    def note(self, key: str, earning: Earning) -> Self:
        """Remember what *key* brought; its points are put in apart."""
        known = {**self.earnings, key: earning}
        over = len(known) - _EARNINGS
        if over > 0:
            known = dict(islice(known.items(), over, None))
        return evolve(self, earnings=known)

    def join(self, other: Account) -> Self:
        """Return this account with all that *other* holds: two were one person."""
        found = evolve(
            self,
            debt=self.debt + other.debt,
            earned=self.earned + other.earned,
            spent=(*other.spent, *self.spent)[-_SPENDINGS:],
            forgiven=self.forgiven + other.forgiven,
            earnings={**other.earnings, **self.earnings},
        )
        lots = sorted((*self.lots, *other.lots), key=lambda lot: (lot.earned, lot.key))
        found = evolve(found, lots=())
        for lot in lots:
            found = found.earn(lot)
        return found

    def plain(self) -> list[object]:
        """Return the account as builtins."""
        return [
            [_lot(lot) for lot in self.lots],
            self.debt,
            self.earned,
            [[k, [[*_lot(lot), n] for lot, n in pieces]] for k, pieces in self.spent],
            self.forgiven,
            [[key, *_earning(each)] for key, each in self.earnings.items()],
        ]

    @classmethod
    def restore(cls, plain: Sequence[object]) -> Self:
        """Rebuild from `plain`."""
        lots, debt, earned, spent, forgiven, earnings = cast("list[Any]", plain)
        kept = tuple(
            (key, tuple((Lot(*piece[:-1]), piece[-1]) for piece in pieces))
            for key, pieces in spent
        )
        known = {key: Earning(*each) for key, *each in earnings}
        held = tuple(Lot(*lot) for lot in lots)
        return cls(held, debt, earned, kept, forgiven, known)


def _lot(lot: Lot) -> list[object]:
    return [lot.key, lot.earned, lot.left, lot.expires, lot.order]


def _earning(each: Earning) -> list[object]:
    return [
        *(each.order, each.at, each.amount, each.qualifying, each.basis),
        *(each.points, each.per, each.taken, each.untaken),
    ]
