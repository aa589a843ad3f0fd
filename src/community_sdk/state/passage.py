"""What is kept of the way in and out: admission, blacklists, pauses, erasure (S25)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

from attrs import evolve

from community_sdk._values import frozen

__all__ = ["NO_PASSAGE", "Listing", "Passage"]


@frozen
class Listing:
    """An entry of a blacklist, in force from *since* up to, but not at, *until*.

    *ended*: when it was taken off, None while it stands.
    """

    id: str
    scope: str
    of: str
    since: int
    until: int | None
    ended: int | None = None

    def in_force(self, now: int) -> bool:
        """Tell whether it keeps the member out at *now*."""
        open_end = self.until is None or now < self.until
        return self.since <= now and open_end and self.ended is None


@frozen
class Passage:
    """Instants in microseconds, None before there is one.

    Attributes:
        admitted: the last time that the door let the member in.
        erased: the last time that the member asked for erasure; *forgotten*: the last
            time that it was done.
        paused: until when the member is left alone, excluded; *hushed*: the actions
            that are not recommended meanwhile.
        listings: entries of blacklists, in the order in which they came.
        early: entries that were taken off before they were told.
    """

    admitted: int | None = None
    erased: int | None = None
    forgotten: int | None = None
    paused: int | None = None
    hushed: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    early: tuple[str, ...] = ()

    def list_up(self, entry: Listing) -> Self:
        """Return the passage with one more entry; a known id changes nothing."""
        if any(known.id == entry.id for known in self.listings):
            return self
        if entry.id in self.early:
            entry = evolve(entry, ended=entry.since)
        return evolve(self, listings=(*self.listings, entry))

    def take_off(self, entry: str, at: int) -> Self:
        """Return the passage in which the entry called *entry* holds no more."""
        if all(known.id != entry for known in self.listings):
            return evolve(self, early=(*self.early, entry))
        found = tuple(
            evolve(each, ended=at) if each.id == entry and each.ended is None else each
            for each in self.listings
        )
        return evolve(self, listings=found)

    def leave_alone(self, until: int, actions: tuple[str, ...]) -> Self:
        """Return the passage with a pause; the one that ends later stands."""
        if self.paused is not None and self.paused >= until:
            return self
        return evolve(self, paused=until, hushed=actions)

    def join(self, other: Self) -> Self:
        """Return the passage of two accounts that are one person; nothing is lost."""
        both = (self, other)
        one = self if (self.paused or -1) >= (other.paused or -1) else other
        known = {each.id: each for each in (*other.listings, *self.listings)}
        return evolve(
            self,
            admitted=_latest(p.admitted for p in both),
            erased=_latest(p.erased for p in both),
            forgotten=_latest(p.forgotten for p in both),
            paused=one.paused,
            hushed=one.hushed,
            listings=tuple(sorted(known.values(), key=lambda e: (e.since, e.id))),
            early=tuple(dict.fromkeys((*self.early, *other.early))),
        )

    def plain(self) -> dict[str, Any]:
        """Return the passage as builtins, what is empty left out."""
        out: dict[str, Any] = {}
        for name in ("admitted", "erased", "forgotten", "paused"):
            if getattr(self, name) is not None:
                out[name] = getattr(self, name)
        if self.hushed:
            out["hushed"] = list(self.hushed)
        if self.early:
            out["early"] = list(self.early)
        if self.listings:
            out["listings"] = [
                [e.id, e.scope, e.of, e.since, e.until, e.ended] for e in self.listings
            ]
        return out

    @classmethod
    def restore(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from what `plain` returned."""
        return cls(
            admitted=plain.get("admitted"),
            erased=plain.get("erased"),
            forgotten=plain.get("forgotten"),
            paused=plain.get("paused"),
            hushed=tuple(plain.get("hushed", ())),
            listings=tuple(Listing(*each) for each in plain.get("listings", ())),
            early=tuple(plain.get("early", ())),
        )


def _latest(instants: Any) -> int | None:
    return max((us for us in instants if us is not None), default=None)


NO_PASSAGE: Final = Passage()
