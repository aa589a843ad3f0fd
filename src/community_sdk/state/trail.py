"""The comings and goings of one member, in the order in which they happened (S03 S25).

INVARIANT: in whatever order they are told, they come to the same `Stand`. What is too
old for anything to be told of it any more is kept as the stand that it came to.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import accumulate, pairwise
from typing import Any, Final, Self

from attrs import define, field

__all__ = ["EXIT", "LINK", "PUT_OUT", "SEEN", "Stand", "Trail", "Turn"]

Turn = tuple[int, int, int, str, str, str]
"""Instant, place (`seq`), rank, account (empty: the member's own), what, and where.

*What* is ``seen``, ``left``, ``removed`` or ``link``; *where* is a group (empty: all),
of a link the account that the other one turned out to be.
"""

LINK: Final = 0
SEEN: Final = 1
EXIT: Final = 2
PUT_OUT: Final = 3
"""Ranks: of what bears one instant and one place, links come first, exits last."""

_OWN: Final = ""
_FIRST_CHECK: Final = 32
_WIDE: Final = 2**63


@define
class Stand:
    """What comings and goings came to.

    Attributes:
        here: whether the membership is running; *out*: how the last one ended.
        since: when it, or the last one, began; *stays*: how many there were.
        groups: by group, the instant of entry.
    """

    here: bool = False
    out: str = "unknown"
    since: int | None = None
    stays: int = 0
    groups: dict[str, int] = field(factory=dict[str, int])

    def take(self, at: int, what: str, group: str) -> None:
        """Let one thing more have happened, *at* the latest instant so far."""
        if what == "seen":
            if not self.here:
                self.here, self.since, self.stays = True, at, self.stays + 1
            if group:
                self.groups.setdefault(group, at)
        elif group:
            self.groups.pop(group, None)
        else:
            self.here, self.out = False, what
            self.groups.clear()

    def begin_earlier(self, at: int, group: str) -> None:
        """Let the membership have begun *at* an instant before all that is kept."""
        self.stays = max(self.stays, 1)
        if self.since is None or (self.here and at < self.since):
            self.since = at
        if group and self.here:
            self.groups[group] = min(at, self.groups.get(group, at))

    def join(self, other: Self) -> None:
        """Let *other* be the same person: here with one account is here.

        Of two running memberships the older one counts, of two that ended the own
        end.
        """
        both = (self, other)
        known = [one.since for one in both if one.since is not None]
        running = [one.since for one in both if one.since is not None and one.here]
        self.since = min(running or known, default=None)
        self.here, self.stays = self.here or other.here, self.stays + other.stays
        if self.out == "unknown":
            self.out = other.out
        for group, since in other.groups.items():
            self.groups[group] = min(since, self.groups.get(group, since))

    def plain(self) -> list[object]:
        """Return the stand as builtins."""
        groups = dict(sorted(self.groups.items()))
        return [self.here, self.out, self.since, self.stays, groups]

    def copy(self) -> Stand:
        """Return a stand that can be changed alone."""
        return Stand(self.here, self.out, self.since, self.stays, dict(self.groups))


@define
class Trail:
    """The turns of one member that may still be preceded by others.

    Attributes:
        bases: by account, what came of all that is older than the turns.
        cut: the instant from which on the turns are kept, -1: all are.
        sights: instant and place of each mere sight of the member's own account, one
            after the other: they are many.
        turns: everything else, in order.
        check: how many may be kept before it is asked which are needed.
        last: instant, place and rank of the latest turn.
    """

    bases: dict[str, Stand] = field(factory=dict[str, Stand])
    cut: int = -1
    sights: array[int] = field(factory=lambda: array("q"))
    turns: list[Turn] = field(factory=list[Turn])
    check: int = _FIRST_CHECK
    last: tuple[int, int, int] = (-1, 0, LINK)

    @classmethod
    def from_now(cls, base: Stand, cut: int) -> Self:
        """Begin with what is known at *cut*, and no word about how it came to be."""
        return cls({_OWN: base}, cut, last=(cut, 0, LINK))

    def see(self, at: int, seq: int) -> bool:
        """Take a mere sight in; tell whether it comes after all else."""
        if not -_WIDE <= seq < _WIDE:
            return self.add((at, seq, SEEN, _OWN, "seen", ""))
        key = (at, seq, SEEN)
        if key > self.last:
            self.last = key
            self.sights.extend((at, seq))
            return True
        if key == self.last:
            return True
        if at < self.cut:
            self._base().begin_earlier(at, "")
        else:
            begin = 2 * self._place((at, seq))
            if self.sights[begin : begin + 2].tolist() != [at, seq]:
                self.sights[begin:begin] = array("q", (at, seq))
        return False

    def add(self, turn: Turn) -> bool:
        """Take *turn* in; tell whether it comes after all else."""
        at, seq, rank, account, what, where = turn
        later = turn[:3] > self.last
        if later and rank == LINK:
            return True  # of accounts that are linked already
        if later:  # after all links: whose account it was says nothing more
            self.last, account = turn[:3], _OWN
        if at < self.cut:
            if rank == SEEN:
                self._base().begin_earlier(at, where)
        elif (found := (at, seq, rank, account, what, where)) not in self.turns:
            insort(self.turns, found)
        return later

    def follow(
        self, other: Trail, name: str, aliases: Iterable[str], link: Turn
    ) -> None:
        """Take over the trail of *name* with its *aliases*, known from *link* on."""
        for account, base in other.bases.items():
            self.bases[account or name] = base
        joined = [alias for alias in aliases if not other.apart(alias)]
        found = {(other.cut, 0, LINK, alias, "link", name) for alias in joined}
        found |= {*self.turns, link}
        for at, seq, rank, account, what, where in other.told():
            whose = other.apart(account) or name
            whither = where or name if rank == LINK else where
            found.add((at, seq, rank, whose, what, whither))
        self.turns = sorted(found)
        self.cut = min(self.cut, other.cut)
        self.last = max(self.last, other.last, link[:3])

    def apart(self, account: str) -> str:
        """Return *account* where it is still told apart, else the member's own."""
        links = (turn for turn in self.turns if turn[2] == LINK)
        known = account in {name for turn in links for name in (turn[3], turn[5])}
        return account if known or account in self.bases else _OWN

    def told(self) -> Iterator[Turn]:
        """Yield all turns in their order."""
        return merge(self._seen(), self.turns)

    def stand(self) -> Stand:
        """Return what it all came to."""
        return self._walk(self.told())

    def tidy(self, before: int) -> None:
        """Now and then keep of what happened *before* an instant only what it came to.

        While it may still become known when two accounts were linked, all is kept.
        """
        size = len(self.sights) + len(self.turns)
        if size <= self.check:
            return
        self.check = 2 * size
        if any(turn[2] == LINK and turn[0] >= before for turn in self.turns):
            return
        place, gone = self._place((before,)), bisect_left(self.turns, (before,))
        if place or gone:
            old = [turn for turn in self.told() if turn[0] < before]
            self.bases = {_OWN: self._walk(old)}
            del self.turns[:gone]
            del self.sights[: 2 * place]
            self.cut = max(self.cut, before)
            self.last = max(self.last, (before, 0, LINK))
        self.check = 2 * (len(self.sights) + len(self.turns)) + _FIRST_CHECK

    @property
    def linked(self) -> bool:
        """Whether it is still told apart what an account did before it was linked."""
        return any(turn[2] == LINK for turn in self.turns)

    def _base(self) -> Stand:
        return self.bases.setdefault(_OWN, Stand())

    def _place(self, key: tuple[int, ...]) -> int:
        sights = self.sights
        return bisect_left(
            range(len(sights) // 2),
            key,
            key=lambda n: (sights[2 * n], sights[2 * n + 1]),
        )

    def _seen(self) -> Iterator[Turn]:
        pairs = zip(self.sights[::2], self.sights[1::2], strict=True)
        return ((at, seq, SEEN, _OWN, "seen", "") for at, seq in pairs)

    def _walk(self, turns: Iterable[Turn]) -> Stand:
        """Walk along *turns*, each account on its own until it is linked."""
        stands = {account: base.copy() for account, base in self.bases.items()}
        stands.setdefault(_OWN, Stand())
        for _, _, rank, account, _, holder in self.turns:
            if rank == LINK:
                stands.setdefault(account, Stand())
                stands.setdefault(holder, Stand())
        leads: dict[str, str] = {}

        def root(account: str) -> str:
            while account in leads:
                account = leads[account]
            return account if account in stands else root(_OWN)

        for at, _, rank, account, what, where in turns:
            one = root(account)
            if rank != LINK:
                stands[one].take(at, what, where)
            elif one != (holder := root(where)):
                stands[holder].join(stands.pop(one))
                leads[one] = holder
        return stands[root(_OWN)]

    def plain(self) -> dict[str, Any]:
        """Return the trail as builtins, what is empty left out."""
        instants, places = self.sights[::2].tolist(), self.sights[1::2].tolist()
        # Gaps are short where instants are long.
        gaps = [at - before for before, at in pairwise((0, *instants))]
        out: dict[str, Any] = {"sights": gaps, "places": places if any(places) else 0}
        out["turns"] = [list(turn) for turn in self.turns]
        out["bases"] = {a: base.plain() for a, base in sorted(self.bases.items())}
        out = {name: value for name, value in out.items() if value}
        if self.cut >= 0:
            out["cut"] = self.cut
        if out and self.check != _FIRST_CHECK:
            out["check"] = self.check
        return out

    @classmethod
    def restore(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from what `plain` returned."""
        cut, instants = plain.get("cut", -1), [*accumulate(plain.get("sights", ()))]
        places = plain.get("places", [0] * len(instants))
        pairs = zip(instants, places, strict=True)
        self = cls(
            bases={a: Stand(*base) for a, base in plain.get("bases", {}).items()},
            cut=cut,
            sights=array("q", [part for pair in pairs for part in pair]),
            turns=[(*turn,) for turn in plain.get("turns", ())],
            check=plain.get("check", _FIRST_CHECK),
        )
        self.last = max(((cut, 0, LINK), *(turn[:3] for turn in self.told())))
        return self
