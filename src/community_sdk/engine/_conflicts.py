"""The conflict table: which decisions of one round cannot stand together.

Decisions about one member are compared in the order of the playbook. The table never
undoes an earlier round, decisions in shadow neither drop nor are dropped, and one that
only asks for consent drops none that acts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from community_sdk._time import micros
from community_sdk._values import frozen
from community_sdk.decisions import ApplySanction, ChangeTier, Decision, Mode
from community_sdk.engine._step import Suppressed
from community_sdk.explanation import because
from community_sdk.state import NEVER

__all__ = ["CONFLICTS", "Conflict", "settle"]


@frozen
class Conflict:
    """A decision of kind *winner* drops one of kind *loser*, where *when* holds."""

    winner: str
    loser: str
    reason: str
    when: Callable[[Any, Any], bool] = lambda _, __: True


def _expels(winner: ApplySanction, _: Decision) -> bool:
    return winner.step.kind.expels


def _expels_riser(winner: ApplySanction, loser: ChangeTier) -> bool:
    return winner.step.kind.expels and loser.rise


def _harsher(winner: ApplySanction, loser: ApplySanction) -> bool:
    return _weight(winner) > _weight(loser) and not _corrects(winner, loser)


def _as_harsh(first: ApplySanction, second: ApplySanction) -> bool:
    return _weight(first) == _weight(second) and not _corrects(first, second)


def _corrects(*found: ApplySanction) -> bool:
    """Tell whether one stands for an earlier sanction: corrections stand each alone."""
    return any(decision.since is not None for decision in found)


def _weight(decision: ApplySanction) -> tuple[int, int]:
    kind, until = decision.step.kind, decision.until
    endless = NEVER if kind.holds else 0
    return (kind.order, endless if until is None else micros(until))


def _equal(first: Decision, second: Decision) -> bool:
    return all(getattr(first, n, None) == getattr(second, n, None) for n in _CONTENT)


def _same_tiers(first: ChangeTier, second: ChangeTier) -> bool:
    return first.tiers == second.tiers


def _same_rule(first: Any, second: Any) -> bool:
    return bool(first.rule == second.rule)


_CONTENT: Final = (
    *("template", "rule", "what", "tiers", "action", "group", "step", "policy"),
    *("properties", "strike", "tag", "segments"),
)

_LABELS: Final = ("give_tag", "end_tag", "assign_segment")

CONFLICTS: Final = (
    *(
        Conflict("refuse_admission", loser, "conflict.refused")
        for loser in ("admit", "greet", "ask_for_more", "put_on_waiting_list")
    ),
    *(
        Conflict("apply_sanction", loser, "conflict.expelled", _expels)
        for loser in ("admit", "greet", "recommend", "remind", "open_obligation")
    ),
    Conflict("apply_sanction", "change_tier", "conflict.expelled", _expels_riser),
    Conflict("apply_sanction", "apply_sanction", "conflict.harsher", _harsher),
)
"""Rows that hold whatever the order of the two decisions."""

MERGES: Final = (
    Conflict("change_tier", "change_tier", "conflict.first", _same_tiers),
    Conflict("report_breach", "report_breach", "conflict.same", _same_rule),
    Conflict("amend_rulebook", "amend_rulebook", "conflict.same"),
    Conflict("overturn_strike", "overturn_strike", "conflict.same", _equal),
    Conflict("apply_sanction", "apply_sanction", "conflict.same", _as_harsh),
    *(
        Conflict(kind, kind, "conflict.same", _equal)
        for kind in ("admit", "greet", "recommend", "open_obligation", *_LABELS)
    ),
)
"""Rows in which the earlier decision of the round stands for both."""


def settle(
    decisions: Sequence[Decision],
) -> tuple[list[Decision], list[Suppressed]]:
    """Return what stands and what is dropped, each with the reason."""
    if len(decisions) < 2:  # noqa: PLR2004 - a pair
        return list(decisions), []
    dropped: dict[int, Suppressed] = {}
    rivals: dict[object, list[int]] = {}
    for place, decision in enumerate(decisions):
        rivals.setdefault((decision.member, decision.kind), []).append(place)
    for i, loser in enumerate(decisions):
        kinds = _RIVALS.get(loser.kind)
        if kinds is None:
            continue
        for j in sorted(j for k in kinds for j in rivals.get((loser.member, k), ())):
            winner = decisions[j]
            if i == j or j in dropped or _apart(winner, loser):
                continue
            reason = _reason(winner, loser, earlier=j < i)
            if reason:
                why = because(reason, by=winner.kind, winner=winner.id)
                dropped[i] = Suppressed(loser, why)
                break
    stand = [d for i, d in enumerate(decisions) if i not in dropped]
    return stand, list(dropped.values())


def _apart(first: Decision, second: Decision) -> bool:
    modes = (first.mode, second.mode)
    return Mode.SHADOW in modes or modes == (Mode.PROPOSE, Mode.ACT)


def _reason(winner: Decision, loser: Decision, *, earlier: bool) -> str:
    for row, always in _ROWS.get((winner.kind, loser.kind), ()):
        if (always or earlier) and row.when(winner, loser):
            return row.reason
    return ""


def _index() -> dict[tuple[str, str], tuple[tuple[Conflict, bool], ...]]:
    """Return both tables by pair of kinds, with whether a row needs no order."""
    rows = [(row, True) for row in CONFLICTS] + [(row, False) for row in MERGES]
    pairs = dict.fromkeys((row.winner, row.loser) for row, _ in rows)
    return {
        pair: tuple(r for r in rows if (r[0].winner, r[0].loser) == pair)
        for pair in pairs
    }


_ROWS: Final = _index()
_RIVALS: Final = {
    loser: {winner for winner, other in _ROWS if other == loser} for _, loser in _ROWS
}
"""By kind, the kinds that it may have to give way to."""
