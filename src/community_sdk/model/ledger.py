"""Points as double entry: every entry moves, none creates or loses (S17).

Laws: the postings of an entry sum to zero; a balance is the sum of its entries; an
entry of a known `LedgerEntry.unique` is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from community_sdk._values import frozen
from community_sdk.model.ids import MemberId

__all__ = ["EntryKind", "Ledger", "LedgerEntry", "Posting"]


class EntryKind(Enum):
    """What an entry books, and with it the account on the other side."""

    OPEN = "open"
    EARN = "earn"
    ADJUST = "adjust"
    REDEEM = "redeem"
    GIVE_BACK = "give_back"
    EXPIRE = "expire"
    CLAWBACK = "clawback"


@frozen
class Posting:
    """One side of an entry: *amount* more (or less) on *account*."""

    account: str
    amount: int


@frozen(kw_only=True)
class LedgerEntry:
    """One line of the book; it is never changed, only answered by another one.

    Attributes:
        amount: redeemable points more (or less) for the member.
        qualifying: points more (or less) that count for tiers, whatever is spent.
        at: the date that it counts from; a clawback bears that of what it takes back.
        booked: when it was booked, not before *at*.
        source, external: who says so, and under which number of theirs.
        order: the purchase that it belongs to; *category*: a word for reports.
    """

    member: MemberId
    kind: EntryKind
    amount: int
    qualifying: int = 0
    currency: str = "points"
    at: datetime
    booked: datetime
    source: str = ""
    external: str = ""
    order: str = ""
    category: str = ""
    expires_at: datetime | None = None

    @property
    def unique(self) -> tuple[str, str, str]:
        """What no second entry may have: source, external number and kind."""
        return (self.source, self.external, self.kind.value)

    @property
    def postings(self) -> tuple[Posting, Posting]:
        """Both sides: the member's account and the one it comes from or goes to."""
        other = f"{self.currency}/{self.kind.value}"
        return (
            Posting(f"{self.currency}:{self.member}", self.amount),
            Posting(other, -self.amount),
        )


@frozen
class Ledger:
    """A whole book, for audits: entries in the order in which they were booked."""

    entries: tuple[LedgerEntry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[LedgerEntry]) -> Ledger:
        """Return the book of *entries*; the second of one number is left out."""
        kept: dict[tuple[str, ...], LedgerEntry] = {}
        for entry in entries:
            kept.setdefault((entry.currency, entry.member, *entry.unique), entry)
        return cls(tuple(kept.values()))

    def only(self, *kinds: EntryKind, currency: str = "points") -> Ledger:
        """Return the entries of *currency*, where *kinds* are named those of them."""
        named = kinds or tuple(EntryKind)
        rows = (e for e in self.entries if e.currency == currency and e.kind in named)
        return Ledger(tuple(rows))

    def balance(
        self, member: str, /, *, currency: str = "points", at: datetime | None = None
    ) -> int:
        """Return the points of *member*, as booked up to and with *at*."""
        return sum(e.amount for e in self._of(member, currency, at))

    def qualifying(
        self, member: str, /, *, currency: str = "points", at: datetime | None = None
    ) -> int:
        """Return the qualifying points of *member*, as booked up to and with *at*."""
        return sum(e.qualifying for e in self._of(member, currency, at))

    def by_category(
        self, member: str, /, *, currency: str = "points"
    ) -> dict[str, int]:
        """Return what was booked for *member* under each category that there was."""
        found: dict[str, int] = {}
        for entry in self._of(member, currency, None):
            found[entry.category] = found.get(entry.category, 0) + entry.amount
        return found

    def accounts(self) -> dict[str, int]:
        """Return the balance of every account of both sides; their sum is zero."""
        found: dict[str, int] = {}
        for entry in self.entries:
            for posting in entry.postings:
                name = posting.account
                found[name] = found.get(name, 0) + posting.amount
        return found

    def _of(self, member: str, currency: str, at: datetime | None) -> list[LedgerEntry]:
        return [
            e
            for e in self.entries
            if (e.member, e.currency) == (member, currency)
            and (at is None or e.booked <= at)
        ]
