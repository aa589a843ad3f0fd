"""Why somebody rose or fell, where the borders were, and what is counted now (S08)."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from community_sdk._time import instant
from community_sdk.conditions import Term
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import MemberId, Movement, PeriodClose, Rank, TierKey
from community_sdk.policies.league._count import figure
from community_sdk.policies.league._terms import League
from community_sdk.state import State, overrides

__all__ = ["closed", "corrected", "differs", "explain", "moved", "standing", "text"]

Differences = Mapping[MemberId, tuple[TierKey, TierKey, TierKey]]


def text(metric: Metric) -> str:
    """Return the metric as conditions write it."""
    return str(Term(metric))


def explain(found: PeriodClose, member: str, /) -> Explanation | None:
    """Explain where *member* stood at a close, None for whom it did not rank.

    Rank and decision, how many places and how much of the first figure were missing
    to the last place upwards, how many ranks lay above the first that fell, and what
    decided that last place among equals.
    """
    rank = found.rank(member)
    return None if rank is None else _ranked(found, rank)


def _ranked(found: PeriodClose, rank: Rank) -> Explanation:
    tie = found.tie.get(rank.tier, "")
    return because(
        "league.rank",
        *_borders(rank),
        *((because("league.tie", key=tie),) if tie else ()),
        period=found.period,
        tier=rank.tier,
        rank=rank.rank,
        of=rank.of,
        decision=rank.decision,
    )


def _borders(rank: Rank) -> list[Explanation]:
    parts: list[Explanation] = []
    if rank.short is not None:
        parts.append(because("league.to_stay", gap=rank.short))
    if rank.spared:
        parts.append(because("league.spared", members=rank.spared))
    if rank.places is not None:
        parts.append(because("league.to_rise", places=rank.places, gap=rank.gap))
    if rank.above is not None and rank.above > 0:
        parts.append(because("league.above", places=rank.above))
    return parts


def moved(
    policy: League,
    where: tuple[PeriodClose, Rank],
    move: Movement,
    figures: Mapping[str, int],
) -> Explanation:
    """Say why a member moves: the rank, out of how many, and what was counted."""
    found, rank = where
    tie = found.tie.get(move.before, "") if move.rise else ""
    counted = [
        because("league.figure", name=key.by, figure=figures[key.by])
        for key in policy.rules.order
        if key.by in figures
    ]
    return because(
        "league.rise" if move.rise else "league.fall",
        *counted,
        *(() if move.rise else _borders(evolve(rank, places=None))),
        *((because("league.tie", key=tie),) if tie else ()),
        tiers=policy.tiers,
        before=move.before,
        after=move.after,
        period=found.period,
        rank=rank.rank,
        of=rank.of,
    )


def closed(policy: League, found: PeriodClose) -> Explanation:
    """Say how a period was closed, or why nobody moved."""
    if found.skipped:
        return because(f"league.{found.skipped}", period=found.period)
    return because(
        "league.closed",
        tiers=policy.tiers,
        period=found.period,
        members=len(found.ranks),
        rose=sum(1 for m in found.movements if m.rise),
        fell=sum(1 for m in found.movements if not m.rise),
    )


def differs(policy: League, period: str, found: Differences) -> Explanation:
    """Say what a recalculation would have decided otherwise."""
    parts = [
        because("league.would", member=name, before=was, after=now)
        for name, (_, was, now) in found.items()
    ]
    return because(
        "league.differs", *parts, tiers=policy.tiers, period=period, members=len(found)
    )


def corrected(policy: League, period: str, digest: str, move: Movement) -> Explanation:
    """Say that a move corrects an earlier close."""
    return because(
        "league.corrected",
        tiers=policy.tiers,
        before=move.before,
        after=move.after,
        period=period,
        close=digest,
    )


def standing(policy: League, state: State) -> Explanation:
    """Say what tier the member holds, what is counted so far, and until when."""
    calendar = state.calendar
    running = calendar.period(policy.period, state.now_us)
    span = (calendar.start(running.since), calendar.start(running.until))
    one = policy.stand(state, span)
    if one is None:
        return because("league.outside", tiers=policy.tiers)
    parts = [
        because("league.figure", name=name, figure=figure(metric, state, span))
        for name, metric in policy.figures.items()
    ]
    if one.locked:
        parts.append(because("league.locked"))
    member, now = state.member, state.now_us
    parts += map(overrides.told, overrides.in_force(member, policy.tiers, now))
    over = overrides.just_over(member, policy.tiers, now)
    if over is not None:
        parts.append(overrides.told_over(over))
    return because(
        "league.standing",
        *parts,
        tiers=policy.tiers,
        tier=one.tier,
        period=running.key,
        until=instant(span[1]),
    )
