"""Attempts at a funnel beside an enumeration of every chain there could be."""

import json
from collections.abc import Callable, Sequence
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.metrics import Attempts, levels

STEPS = 4
Seen = tuple[int, tuple[int, ...]]
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sets(st.integers(0, STEPS - 1), min_size=1, max_size=3).map(
            lambda found: tuple(sorted(found))
        ),
    ),
    max_size=8,
)
SPANS = st.integers(0, 9)


def closes(span: int) -> Callable[[int], int]:
    """The last instant of an attempt that may last *span*."""
    return span.__add__


def naive(events: Sequence[Seen], span: int) -> list[int]:
    """Return per step the latest opening of any chain that reached it.

    A chain takes one event per step in order of time, none twice; all lie within
    *span* of the first, its last instant included.
    """
    best = [-1] * STEPS
    for length in range(1, STEPS + 1):
        for chain in product(range(len(events)), repeat=length):
            times = [events[i][0] for i in chain]
            if (
                len({*chain}) == length
                and all(step in events[i][1] for step, i in enumerate(chain))
                and all(a <= b for a, b in pairwise(times))
                and times[-1] <= times[0] + span
            ):
                best[length - 1] = max(best[length - 1], times[0])
    return best


def level(openings: list[int]) -> int:
    """Return the highest step reached."""
    return max((k for k, opening in enumerate(openings) if opening >= 0), default=-1)


def run(events: Sequence[Seen], span: int) -> dict[str, Any]:
    """Take in *events* one by one and return what is kept."""
    kept: dict[str, Any] = {}
    for at, matches in events:
        Attempts(STEPS, closes(span), kept).add(at, matches)
    return kept


@given(EVENTS, SPANS)
def test_attempts_equal_the_enumeration_of_chains(
    events: list[Seen], span: int
) -> None:
    """INVARIANT: in any order of arrival, with ties and events of several steps."""
    kept = run(events, span)
    assert Attempts(STEPS, closes(span), kept).openings == naive(events, span)


@given(EVENTS, SPANS)
def test_a_whole_history_gives_the_same_levels(events: list[Seen], span: int) -> None:
    """INVARIANT: batch equals event by event; who never opens is left out."""
    told = [("ann", at, matches) for at, matches in events]
    told += [("bo", at, matches) for at, matches in events]
    reached = level(naive(events, span))
    wanted = {} if reached < 0 else {"ann": reached, "bo": reached}
    assert levels(told, STEPS, closes(span)) == wanted


@given(EVENTS, SPANS, st.integers(0, 10))
def test_settling_changes_no_answer(events: list[Seen], span: int, oldest: int) -> None:
    """INVARIANT: once nothing earlier can come, the base stands for what it holds."""
    early = [event for event in events if event[0] < oldest]
    late = [event for event in events if event[0] >= oldest]
    kept = run([*early, *late[::2]], span)
    Attempts(STEPS, closes(span), kept).settle(oldest)
    assert all(at >= oldest for at, _ in kept["seen"])
    kept = json.loads(json.dumps(kept))
    for at, matches in late[1::2]:
        Attempts(STEPS, closes(span), kept).add(at, matches)
    found = Attempts(STEPS, closes(span), kept).openings
    assert found == naive(events, span)


@given(EVENTS, SPANS)
def test_what_is_kept_can_be_stored_at_any_moment(
    events: list[Seen], span: int
) -> None:
    """INVARIANT: JSON in between changes nothing."""
    kept: dict[str, Any] = {}
    for at, matches in events:
        kept = json.loads(json.dumps(kept))
        Attempts(STEPS, closes(span), kept).add(at, matches)
    assert kept == json.loads(json.dumps(run(events, span)))


@pytest.mark.parametrize(
    ("events", "span", "wanted"),
    [
        # The last instant of the window is inside, one later is not.
        ([(0, (0,)), (5, (1,))], 5, [0, 0, -1, -1]),
        ([(0, (0,)), (6, (1,))], 5, [0, -1, -1, -1]),
        # An opening at the instant of step 2 does not hide the older one it needs.
        ([(0, (0,)), (10, (0,)), (10, (1,)), (20, (2,))], 100, [10, 10, 10, -1]),
        # One event is used for one step only.
        ([(0, (0, 1, 2))], 9, [0, -1, -1, -1]),
        # Of one instant in any order, each once: a matching, not a greedy choice.
        ([(3, (0, 1)), (3, (0,))], 9, [3, 3, -1, -1]),
        ([(3, (1,)), (3, (0, 2)), (3, (0,))], 9, [3, 3, 3, -1]),
        # Steps out of order are no chain; other events between are no harm.
        ([(0, (1,)), (1, (0,))], 9, [1, -1, -1, -1]),
        # Three equal events cannot reach more than three equal steps.
        ([(1, (0, 1, 2))] * 5, 9, [1, 1, 1, -1]),
    ],
)
def test_examples(events: list[Seen], span: int, wanted: list[int]) -> None:
    """What the comments say, in order of arrival and against it."""
    for order in (events, events[::-1]):
        kept = run(order, span)
        assert Attempts(STEPS, closes(span), kept).openings == wanted
    assert naive(events, span) == wanted


def test_what_is_kept_stays_small() -> None:
    """Crowds of equal events are not kept, a settled past is one list of openings."""
    kept = run([(1, (0,))] * 500, 9)
    assert len(kept["seen"]) == 1
    attempts = Attempts(STEPS, closes(9), kept)
    for at in range(2, 200):
        attempts.add(at, (0,))
    crowded = attempts.crowded
    attempts.settle(190)
    assert len(kept["seen"]) == 10
    assert (crowded, attempts.crowded) == (True, False)
    attempts.settle(500)
    assert (kept["seen"], kept["base"]) == ([], [199, -1, -1, -1])
    attempts.close()
    assert (kept["seen"], kept["tied"]) == ([], [])
