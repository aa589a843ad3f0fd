"""Attempts of every order, tie, limit and exclusion beside all possible chains."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.metrics.funnel import (
    Attempt,
    Exclusion,
    FunnelRules,
    FunnelStep,
    Seen,
)
from community_sdk.metrics.funnel._attempts import attempts, best, choices, may_convert
from community_sdk.metrics.funnel._search import Closing, Search
from tests.unit.metrics.funnel import naive

WINDOWS = st.one_of(st.none(), st.integers(1, 8))


@st.composite
def rules(draw: st.DrawFn, *, entries: tuple[str, ...] = ("best",)) -> FunnelRules:
    """Draw funnels of up to four steps with everything that may be asked."""
    order: Any = draw(st.sampled_from(["ordered", "ordered", "strict", "unordered"]))
    last = draw(st.integers(0, 3))
    free = order == "unordered"
    steps = tuple(
        FunnelStep(
            optional=not free and 0 < nth < last and draw(st.booleans()),
            within=None if free else draw(st.sampled_from(LIMITS)),
        )
        for nth in range(last + 1)
    )
    spans = (
        [(0, last)] if free else [(a, b) for b in range(1, last + 1) for a in range(b)]
    )
    barred = draw(st.lists(st.sampled_from(spans), max_size=2)) if last else []
    entry: Any = draw(st.sampled_from(entries))
    ties: Any = draw(st.sampled_from(["any", "position", "increasing"]))
    scope: Any = draw(st.sampled_from(["attempt", "user"]))
    return FunnelRules(
        steps=steps,
        order=order,
        ties=ties,
        entry=entry,
        scope=scope,
        reuse_event=draw(st.booleans()),
        exclusions=tuple(Exclusion(event="x", after=a, before=b) for a, b in barred),
    )


LIMITS = [None, None, Duration(us=1), Duration(us=3)]


@st.composite
def histories(draw: st.DrawFn, asked: FunnelRules) -> list[Seen]:
    """Draw up to seven events within ten instants, so that many tie."""
    count = len(asked.steps)
    some = st.sets(st.integers(0, count - 1), max_size=2).map(
        lambda s: tuple(sorted(s))
    )
    bars = st.sets(st.integers(0, max(0, len(asked.exclusions) - 1)), max_size=1)
    none = st.just(())
    events = st.builds(
        Seen,
        st.integers(0, 9),
        some,
        st.one_of(none, none, bars.map(tuple)) if asked.exclusions else none,
    )
    return sorted(draw(st.lists(events, max_size=7)), key=lambda e: e.at)


def closing(window: int | None) -> Closing | None:
    """Return when a window closes."""
    return None if window is None else window.__add__


def limits(asked: FunnelRules) -> list[Closing | None]:
    """Return when the limit of each step is over."""
    return [None if s.within is None else s.within.us.__add__ for s in asked.steps]


def told(found: Attempt, seen: list[Seen]) -> tuple[Any, ...]:
    """Return an attempt in the words of the long way round."""
    times = tuple((k, seen[p].at) for k, p in sorted(found.chain.items()))
    return (found.opening, found.level, found.completed, times, found.excluded)


@given(st.data(), rules(entries=("best", "first")), WINDOWS)
def test_attempts_equal_the_enumeration(
    data: st.DataObject, asked: FunnelRules, window: int | None
) -> None:
    """INVARIANT: level, times, exclusion and winner in every mode, ties forced."""
    seen = data.draw(histories(asked))
    found = list(attempts(Search(seen, asked, limits(asked)), closing(window)))
    tried = naive.attempts(seen, asked, window)
    assert [told(a, seen) for a in found] == [
        (t.opening, t.level, t.completed, t.times, t.excluded) for t in tried
    ]
    winner, wanted = best(found, asked), naive.best(tried, asked)
    assert (winner and winner.opening) == (wanted and wanted.opening)


@given(st.data(), rules(entries=("totals",)), WINDOWS)
def test_totals_begin_anew_when_time_is_over(
    data: st.DataObject, asked: FunnelRules, window: int | None
) -> None:
    """INVARIANT: up to the first conversion, attempts do not overlap."""
    assume(asked.order != "strict")
    asked = evolve(asked, exclusions=())
    seen = data.draw(histories(asked))
    found = list(attempts(Search(seen, asked, limits(asked)), closing(window)))
    tried = naive.attempts(seen, asked, window)
    assert [a.opening for a in found][: len(tried)] == [t.opening for t in tried]
    for one, following in pairwise(found):
        done = one.level == len(asked.steps) - 1
        assert following.opening > max(one.chain.values()) or not done
        assert done or seen[following.opening].at > (one.closes or 0)


@given(st.data(), rules(), WINDOWS)
def test_every_event_that_could_be_a_step_is_found(
    data: st.DataObject, asked: FunnelRules, window: int | None
) -> None:
    """INVARIANT: equal chains through several events are all told."""
    assume(asked.order != "unordered")
    seen = data.draw(histories(asked))
    found = list(attempts(Search(seen, asked, limits(asked)), closing(window)))
    tried = naive.attempts(seen, asked, window)
    wanted = naive.best(tried, asked)
    level = -1 if wanted is None else wanted.level
    pairs = {
        pair for t in tried if t.level == level and not t.excluded for pair in t.places
    }
    search = Search(seen, asked, limits(asked))
    for step in range(len(asked.steps)):
        places = {place for k, place in pairs if k == step}
        assert choices(search, found, step) == places


@given(st.data(), rules(), st.integers(1, 8), st.integers(0, 3))
def test_who_may_still_convert(
    data: st.DataObject, asked: FunnelRules, window: int, later: int
) -> None:
    """INVARIANT: just when some events, coming now, would complete the attempt.

    Where each must be later than the one before, now is stretched by microseconds.
    """
    assume(asked.ties != "increasing")
    seen = data.draw(histories(asked))
    found = list(attempts(Search(seen, asked, limits(asked)), closing(window)))
    now = max((e.at for e in seen), default=0) + later
    search = Search(seen, asked, limits(asked))
    for one, tried in zip(found, naive.attempts(seen, asked, window), strict=True):
        if tried.excluded:
            continue
        may = naive.converts(seen, tried, asked, window, now)
        assert may_convert(search, one, now) == may


@given(st.data(), rules(), WINDOWS, st.integers(0, 9))
def test_an_event_of_the_last_step_lowers_no_level(
    data: st.DataObject, asked: FunnelRules, window: int | None, at: int
) -> None:
    """INVARIANT: ordered and unordered, without exclusions."""
    assume(asked.order != "strict")
    asked = evolve(asked, exclusions=())
    seen = data.draw(histories(asked))
    more = [*seen, Seen(at, (len(asked.steps) - 1,))]
    more.sort(key=lambda e: e.at)
    assert level(more, asked, window) >= level(seen, asked, window)


def level(seen: list[Seen], asked: FunnelRules, window: int | None) -> int:
    """Return the level of the best attempt."""
    winner = best(
        list(attempts(Search(seen, asked, limits(asked)), closing(window))), asked
    )
    return -1 if winner is None else winner.level
