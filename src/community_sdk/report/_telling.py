"""Which decisions are worth reading: rare ones and harsh ones, spread over people.

The rule. Decisions are sorted into kinds: sanctions by measure, moves by direction,
others by kind and reason. Each kind remembers its first two dozen decisions about
different members. The harshest measures come first (at most four of them), then the
other kinds from the rarest on, those that only keep the books last, one decision each,
round after round until there are enough. Within a kind: the member shown least so far,
then the policy shown least, then the longest reasons, then the earliest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import define, field

from community_sdk.decisions import (
    ApplySanction,
    ChangeTier,
    Decision,
    RequestConsent,
)
from community_sdk.report.rows import TellingRow

__all__ = ["Telling"]

_KEPT: Final = 24
_MEASURES: Final = 4

_ROUTINE: Final = frozenset(
    {"end_sanction", "lift_sanction", "open_obligation", "record_stage"}
    | {"report_breach", "report_difference"}
)

Sort = tuple[str, str]


@define
class _Kind:
    """Decisions of one sort: how many, how harsh, and the first about each member."""

    order: int = 0
    count: int = 0
    kept: dict[str, Decision] = field(factory=dict[str, Decision])


@define
class Telling:
    """Gathers candidates while decisions pass by."""

    kinds: dict[Sort, _Kind] = field(factory=dict[Sort, _Kind])

    def see(self, decision: Decision) -> None:
        """Take in a decision."""
        sort, order = _sort(decision)
        kind = self.kinds.get(sort)
        if kind is None:
            kind = self.kinds[sort] = _Kind(order)
        kind.count += 1
        if len(kind.kept) < _KEPT:
            kind.kept.setdefault(str(decision.member), decision)

    def choose(self, number: int) -> tuple[TellingRow, ...]:
        """Return the *number* most telling decisions, as the rule has it."""
        chosen: list[TellingRow] = []
        shown: dict[str, int] = {}
        for kind in self._turns():
            if len(chosen) >= number:
                break
            best = min(kind.kept.values(), key=lambda d: _rank(d, shown))
            del kind.kept[str(best.member)]
            for name in (f"member:{best.member}", f"policy:{best.policy}"):
                shown[name] = shown.get(name, 0) + 1
            chosen.append(TellingRow(decision=best, alike=kind.count))
        return tuple(chosen)

    def _turns(self) -> Iterator[_Kind]:
        """Yield kinds in the order of the rule until nothing is left."""
        harsh = sorted(
            (item for item in self.kinds.items() if item[1].order),
            key=lambda item: (-item[1].order, item[0]),
        )
        others = sorted(
            (item for item in self.kinds.items() if not item[1].order),
            key=lambda item: (item[0][0] in _ROUTINE, item[1].count, item[0]),
        )
        order = [*harsh[:_MEASURES], *others, *harsh[_MEASURES:]]
        while any(kind.kept for _, kind in order):
            yield from (kind for _, kind in order if kind.kept)


def _rank(decision: Decision, shown: dict[str, int]) -> tuple[int, int, int]:
    reasons = sum(1 for _ in decision.because.walk())
    return (
        shown.get(f"member:{decision.member}", 0),
        shown.get(f"policy:{decision.policy}", 0),
        -reasons,
    )


def _sort(decision: Decision) -> tuple[Sort, int]:
    """Return the sort of a decision and, for a sanction, how harsh it is."""
    wish = decision.wish if isinstance(decision, RequestConsent) else decision
    if isinstance(wish, ApplySanction):
        return (decision.kind, wish.step.kind.word), wish.step.kind.order
    if isinstance(wish, ChangeTier):
        return (decision.kind, "rise" if wish.rise else "fall"), 0
    return (decision.kind, wish.because.key), 0
