"""Which decision of one side answers which of the other (S29).

First those of one policy about one member from one trigger: the same question was
asked. What is left waits until its local day is over; then, per member and kind, equal
decisions are paired, then those of one policy, then the harshest with the harshest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence

from attrs import frozen

from community_sdk._time import micros
from community_sdk.backtest._difference import differs
from community_sdk.backtest._harshness import harshness, unwrap
from community_sdk.decisions import Decision
from community_sdk.explanation import Explanation

__all__ = ["Found", "Pair", "by_day", "by_trigger"]


@frozen
class Found:
    """A decision of one side, about *who* (empty: the community).

    *after*: it rests on an act that this side had made impossible. *absent*: why the
    other side decided nothing then, where that was asked.
    """

    decision: Decision
    who: str
    after: bool = False
    absent: Explanation | None = None

    @property
    def kind(self) -> str:
        """What is decided, also where somebody must consent first."""
        return unwrap(self.decision)[0].kind

    @property
    def order(self) -> tuple[int, str, str, str]:
        """When it was decided, and what tells it from others of that instant."""
        decision = self.decision
        at = 0 if decision.at is None else micros(decision.at)
        return (at, str(decision.policy), decision.trigger, str(decision.id))


Pair = tuple[Found | None, Found | None]
_Both = list[tuple[Found, Found]]
_Key = Callable[[Found], Hashable]
_Left = tuple[list[Found], list[Found]]


def by_trigger(one: Iterable[Found], other: Iterable[Found]) -> tuple[_Both, _Left]:
    """Pair what one policy decided from one trigger; return the pairs and the rest."""
    return _paired(
        list(one),
        list(other),
        lambda f: (f.decision.policy, f.who, f.kind, f.decision.trigger),
    )


def by_day(one: Iterable[Found], other: Iterable[Found]) -> list[Pair]:
    """Pair what both sides decided about a member in one day, and what only one did."""
    pairs: list[Pair] = []
    left: _Left = (sorted(one, key=_order), sorted(other, key=_order))
    firm, left = _equal(*left)
    pairs += firm
    for key in (_same_policy, _same_kind):
        mine, theirs = (sorted(side, key=_harshest) for side in left)
        firm, left = _paired(mine, theirs, key)
        pairs += firm
    pairs += [(f, None) for f in left[0]]
    pairs += [(None, f) for f in left[1]]
    return pairs


def _equal(one: Sequence[Found], other: Sequence[Found]) -> tuple[_Both, _Left]:
    """Pair decisions that say the same at the same time."""
    pairs: _Both = []
    open_to = defaultdict[tuple[str, str], list[Found]](list)
    for found in other:
        open_to[found.who, found.kind].append(found)
    rest: list[Found] = []
    for mine in one:
        there = open_to[mine.who, mine.kind]
        same = (f for f in there if differs(mine.decision, f.decision) is None)
        match = next(same, None)
        if match is None:
            rest.append(mine)
        else:
            there.remove(match)
            pairs.append((mine, match))
    return pairs, (rest, [f for side in open_to.values() for f in side])


def _paired(
    one: Sequence[Found], other: Sequence[Found], key: _Key
) -> tuple[_Both, _Left]:
    """Pair, in their order, what has one *key*."""
    there = defaultdict[Hashable, list[Found]](list)
    for found in reversed(other):
        there[key(found)].append(found)
    pairs: _Both = []
    rest: list[Found] = []
    for found in one:
        waiting = there[key(found)]
        if waiting:
            pairs.append((found, waiting.pop()))
        else:
            rest.append(found)
    taken = {id(f) for _, f in pairs}
    return pairs, (rest, [f for f in other if id(f) not in taken])


def _order(found: Found) -> tuple[int, str, str, str]:
    return found.order


def _harshest(found: Found) -> tuple[tuple[int, int, int], tuple[int, str, str, str]]:
    weight = harshness(found.decision)
    return (-weight.rank, -weight.certain, -weight.length), found.order


def _same_policy(found: Found) -> Hashable:
    return (found.who, found.kind, found.decision.policy)


def _same_kind(found: Found) -> Hashable:
    return (found.who, found.kind)
