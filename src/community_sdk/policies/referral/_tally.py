"""The one count of a campaign: newcomers by inviter, derived from who brought whom.

INVARIANT: nobody stands above themselves, and each newcomer has one inviter (S19).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

__all__ = [
    "Slice",
    "above",
    "bring",
    "chain",
    "count",
    "link",
    "looped",
    "start",
    "valid",
]

Slice = dict[str, Any]
"""``by``: member to `[inviter, at, lost, for whom it is fixed, orders]`, an order being
what was paid for it and what each hand has of that; ``of``: inviter to members;
``told``: highest stage told; ``claims``: stages claimed; ``flags``: reasons; ``names``:
alias to member; ``note``: what the last event led to."""
INVITER, AT, LOST, FIXED, ORDERS = range(5)
_VOID: Final = "void"


def start() -> Slice:
    """Return the slice of a campaign in which nobody came yet."""
    words = ("by", "of", "told", "claims", "flags", "names")
    return {**{word: {} for word in words}, "note": [], "over": False}


def above(mine: Slice, member: str, hands: int) -> Iterator[str]:
    """Yield who brought *member*, then who brought that one, so many at most."""
    row = mine["by"].get(member)
    while row is not None and hands:
        yield row[INVITER]
        row, hands = mine["by"].get(row[INVITER]), hands - 1


def chain(mine: Slice, name: str, hands: int) -> tuple[str, ...]:
    """Return *name*, whose account it is, and so many hands above."""
    who = mine["names"].get(name, name)
    return (name, who, *above(mine, who, hands))


def looped(mine: Slice, member: str, inviter: str) -> bool:
    """Tell whether *inviter* stands below *member*."""
    return member in above(mine, inviter, len(mine["by"]))


def bring(mine: Slice, member: str, inviter: str, at: int) -> None:
    """Note that *inviter* brought *member*."""
    mine["by"][member] = [inviter, at, False, [], {}]
    mine["of"].setdefault(inviter, []).append(member)


def valid(mine: Slice, member: str, inviter: str, loss: str) -> bool:
    """Tell whether *member* counts for *inviter*, who may stand hands above."""
    row = mine["by"][member]
    if _VOID in mine["flags"].get(row[INVITER], ()):
        return False
    if loss == "never" or not row[LOST]:
        return True
    return loss == "until_claimed" and inviter in row[FIXED]


def count(mine: Slice, inviter: str, depth: int, loss: str) -> list[str]:
    """Return who counts for *inviter*, up to *depth* hands below."""
    found: list[str] = []
    front = [inviter]
    for _ in range(depth):
        front = [m for one in front for m in mine["of"].get(one, ())]
        found += [m for m in front if valid(mine, m, inviter, loss)]
    return found


def link(mine: Slice, member: str, alias: str) -> None:
    """Make one of two accounts; the earlier inviter stays, nobody brings themselves."""
    alias = _rename(mine["names"], member, alias)
    if alias == member:
        return
    rows = mine["by"]
    for row in rows.values():
        if row[INVITER] == alias:
            row[INVITER] = member
        row[FIXED] = sorted({member if who == alias else who for who in row[FIXED]})
    known = [rows.pop(name) for name in (member, alias) if name in rows]
    known = [row for row in known if row[INVITER] not in (member, alias)]
    if known:
        first = min(known, key=lambda row: row[AT])
        first[LOST] = all(row[LOST] for row in known)
        rows[member] = first
        if looped(mine, member, first[INVITER]):
            del rows[member]
    for part in ("claims", "flags"):
        other = mine[part].pop(alias, [])
        if other:
            mine[part][member] = sorted({*mine[part].get(member, ()), *other})
    other = mine["told"].pop(alias, 0)
    if other:
        mine["told"][member] = max(mine["told"].get(member, 0), other)
    below: dict[str, list[str]] = {}
    for name, row in rows.items():
        below.setdefault(row[INVITER], []).append(name)
    mine["of"] = below


def _rename(names: dict[str, str], member: str, alias: str) -> str:
    """Note whose account *alias* is, and all that led to it; return its person."""
    person = names.get(alias, alias)
    for name, known in (*names.items(), (person, person)):
        if known == person != member:
            names[name] = member
    return person
