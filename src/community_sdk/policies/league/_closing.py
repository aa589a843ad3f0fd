"""From a period that is over to its close, and what a recalculation reports (S08)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import evolve

from community_sdk._time import instant, micros
from community_sdk.decisions import (
    ChangeTier,
    ClosePeriod,
    ReportDifference,
    RequestStandings,
    Wish,
)
from community_sdk.events import StandingsCounted
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    MemberId,
    Movement,
    PeriodClose,
    Standing,
    TierKey,
)
from community_sdk.policies.league import _telling as telling
from community_sdk.policies.league._close import close
from community_sdk.policies.league._terms import League
from community_sdk.state import State

__all__ = ["answer", "ask", "expected", "note", "request", "result", "stale"]

TOO_YOUNG: Final = "community_too_young"
TOO_LATE: Final = "counted_too_late"

Slice = dict[str, Any]


def expected(mine: Mapping[str, Any] | None, event: StandingsCounted) -> bool:
    """Tell whether *event* closes the period that is next, or is of a closed one."""
    return mine is not None and (_due(mine, event) or _entry(mine, event) is not None)


def _due(mine: Mapping[str, Any], event: StandingsCounted) -> bool:
    pending = mine["pending"]
    span = [event.period, micros(event.since), micros(event.until)]
    return bool(pending) and list(pending[0]) == span


def _entry(mine: Mapping[str, Any], event: StandingsCounted) -> Slice | None:
    span = (event.period, micros(event.since), micros(event.until))
    found: Iterator[Slice] = iter(mine["closed"])
    return next((e for e in found if (e["period"], *e["span"]) == span), None)


def stale(mine: Slice, at: int) -> None:
    """Note that something of a closed period became known at its own instant *at*."""
    closed = mine["closed"]
    if not closed or at >= closed[-1]["span"][1]:
        return
    for entry in closed:
        since, until = entry["span"]
        if since <= at < until and entry["period"] not in mine["stale"]:
            mine["stale"].append(entry["period"])


def ask(policy: League, state: State, *, again: bool) -> Iterator[Wish]:
    """Ask for the figures of the oldest period that is over; *again*: of changed ones.

    Only one at a time: a period begins with the tiers that the one before left.
    """
    mine = state.mine
    spans = [(e["period"], *e["span"]) for e in mine["closed"]]
    wanted = [(*s, True) for s in spans if again and s[0] in mine["stale"]]
    wanted += [(*span, False) for span in mine["pending"][:1]]
    for period, since, until, known in wanted:
        yield _asking(policy, period, (since, until), again=known)


def _asking(
    policy: League, period: str, span: tuple[int, int], *, again: bool
) -> RequestStandings:
    since, until = (instant(us) for us in span)
    return RequestStandings(
        policy=policy.key,
        period=period,
        since=since,
        until=until,
        figures={n: telling.text(m) for n, m in policy.figures.items()},
        again=again,
        because=because("league.over", period=period, since=since, until=until),
    )


def request(
    policy: League, state: State, period: str, at: int | None = None
) -> RequestStandings | None:
    """Return what asks for the period of *at* (now), or the closed one called so."""
    if not period:
        calendar = state.calendar
        now = calendar.period(policy.period, state.now_us if at is None else at)
        span = (calendar.start(now.since), calendar.start(now.until))
        return _asking(policy, now.key, span, again=False)
    mine: Slice = state.community.slices.get(policy.key) or {"closed": []}
    for entry in mine["closed"]:
        if entry["period"] == period:
            since, until = entry["span"]
            return _asking(policy, period, (since, until), again=True)
    return None


def result(
    policy: League,
    event: StandingsCounted,
    state: State,
    standings: tuple[Standing, ...],
) -> PeriodClose:
    """Return the close of the period of *event* from *standings*."""
    where = state.calendar.where
    return close(
        standings,
        policy.rules,
        period=event.period,
        at=event.until.astimezone(where),
        skipped=_skipped(policy, event, state),
    )


def _skipped(policy: League, event: StandingsCounted, state: State) -> str:
    calendar = state.calendar
    if micros(event.since) < state.now_us - state.plan.retention:
        return TOO_LATE
    if policy.starts_after is None:
        return ""
    begun = state.mine.get("begun", state.now_us)
    if policy.started is not None:
        begun = micros(policy.started)
    first = calendar.day(policy.starts_after.after(begun, calendar.where))
    last = calendar.day(micros(event.until) - 1)
    return TOO_YOUNG if last < first else ""


def note(policy: League, mine: Slice, event: StandingsCounted, state: State) -> None:
    """Remember the close, or that a closed period was looked at again."""
    state.mine = mine
    if _due(mine, event):
        _, *span = mine["pending"].pop(0)
        found = result(policy, event, state, event.standings)
        moves = [[str(m.member), str(m.before), str(m.after)] for m in found.movements]
        entry = {"period": event.period, "span": span, "by": str(event.id)}
        entry |= {"digest": found.digest, "moves": moves, "corrected": []}
        mine["closed"].append(entry)
        del mine["closed"][: -policy.remember]
        known = [e["period"] for e in mine["closed"]]
        mine["stale"] = [p for p in mine["stale"] if p in known]
        return
    mine["stale"] = [p for p in mine["stale"] if p != event.period]
    closed = _entry(mine, event)
    if event.apply and closed is not None:
        corrected = _corrections(policy, event, state)
        closed["corrected"] += [[str(m), str(before)] for m, before, _, _ in corrected]


def answer(policy: League, event: StandingsCounted, state: State) -> Iterator[Wish]:
    """Yield the moves and the close, then ask for the next; or report a difference."""
    entry = _entry(state.mine, event)
    if entry is None:
        return
    if entry["by"] != event.id:
        yield from _recalculated(policy, event, state)
        return
    found = result(policy, event, state, event.standings)
    moving = {m.member for m in found.movements}
    figures = {s.member: s.figures for s in event.standings if s.member in moving}
    ranks = {r.member: r for r in found.ranks if r.member in moving}
    for move in found.movements:
        rank = ranks[move.member]
        why = telling.moved(policy, (found, rank), move, figures[move.member])
        yield _move(policy, move, why)
    yield ClosePeriod(
        period=event.period,
        since=event.since,
        until=event.until,
        members=len(found.ranks),
        digest=found.digest,
        movements=found.movements,
        skipped=found.skipped,
        because=telling.closed(policy, found),
    )
    yield from ask(policy, state, again=False)


def _move(policy: League, move: Movement, why: Explanation) -> ChangeTier:
    return ChangeTier(
        member=move.member,
        tiers=policy.tiers,
        before=move.before,
        after=move.after,
        rise=move.rise,
        because=why,
    )


# -- recalculation -------------------------------------------------------------------


def _begun(mine: Mapping[str, Any], event: StandingsCounted) -> tuple[Standing, ...]:
    """Return the standings with the tiers that the period's close began with."""
    closed = mine["closed"]
    entry = _entry(mine, event)
    first = closed.index(entry)
    held: dict[str, str] = {}
    for later in reversed(closed[first:]):
        held |= dict(later["corrected"])
        held |= {name: before for name, before, _ in later["moves"]}
    return tuple(
        evolve(s, tier=TierKey(held[s.member])) if s.member in held else s
        for s in event.standings
    )


def _again(policy: League, event: StandingsCounted, state: State) -> PeriodClose:
    return result(policy, event, state, _begun(state.mine, event))


def _outcomes(found: PeriodClose) -> dict[MemberId, tuple[TierKey, TierKey]]:
    return {m.member: (m.before, m.after) for m in found.movements}


def _differences(
    policy: League, event: StandingsCounted, state: State
) -> dict[MemberId, tuple[TierKey, TierKey, TierKey]]:
    """Return by member: the tier before the close, as closed, as it would be now."""
    entry = _entry(state.mine, event)
    again = _again(policy, event, state)
    if entry is None or again.skipped == TOO_LATE:
        return {}
    closed = {
        MemberId(m): (TierKey(before), TierKey(after))
        for m, before, after in entry["moves"]
    }
    fresh = _outcomes(again)
    found: dict[MemberId, tuple[TierKey, TierKey, TierKey]] = {}
    for name in sorted({*closed, *fresh}):
        before = (closed.get(name) or fresh[name])[0]
        pair = [moves.get(name, (before, before))[1] for moves in (closed, fresh)]
        if pair[0] != pair[1]:
            found[name] = (before, pair[0], pair[1])
    return found


def _corrections(
    policy: League, event: StandingsCounted, state: State
) -> list[tuple[MemberId, TierKey, TierKey, TierKey]]:
    """Return whom a correction moves: who is still where the close left him."""
    held = {s.member: s.tier for s in event.standings}
    found = _differences(policy, event, state)
    return [(m, *tiers) for m, tiers in found.items() if held.get(m) == tiers[1]]


def _recalculated(
    policy: League, event: StandingsCounted, state: State
) -> Iterator[Wish]:
    found = _differences(policy, event, state)
    if not found:
        return
    digest = (_entry(state.mine, event) or {})["digest"]
    why = telling.differs(policy, event.period, found)
    yield ReportDifference(subject=f"{event.period} {digest}", because=why)
    if not event.apply:
        return
    rank = policy.rules.tiers.index
    for name, _, was, now in _corrections(policy, event, state):
        rise = rank(now) > rank(was)
        move = Movement(member=name, before=was, after=now, rise=rise)
        yield _move(policy, move, telling.corrected(policy, event.period, digest, move))
