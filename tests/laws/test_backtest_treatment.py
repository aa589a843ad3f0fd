"""Laws of who is treated worse, for drawn ladders and breaches."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from community_sdk.backtest import Comparison, Treatment, backtest
from community_sdk.events import Event
from community_sdk.playbook import Playbook
from tests.unit.backtest.stage import book, breach, message

RISING = (
    *("-", "reminder", "warning", "mute 1h", "mute 24h", "mute 72h", "mute"),
    *("suspend 24h", "suspend 240h", "ban"),
)
"""Measures from nothing up: one that puts somebody out for good stands last."""

Ladder = list[int]


@st.composite
def rising(draw: st.DrawFn) -> Ladder:
    """What the first, the second, … breach leads to: never milder than before."""
    top = len(RISING) - 1
    return sorted(draw(st.lists(st.integers(0, top), min_size=4, max_size=4)))


@st.composite
def breaches(draw: st.DrawFn) -> list[Event]:
    """Breaches of two members, hours or weeks apart, some at one instant."""
    hours, history = 0, list[Event]()
    gaps = st.sampled_from((0, 0, 1, 20, 30, 100, 300))
    for gap in draw(st.lists(gaps, min_size=1, max_size=9)):
        hours += gap
        who = draw(st.sampled_from(("ann", "ann", "bo")))
        number = len(history)
        told = (
            breach(hours / 24, who) if gap else breach(hours / 24 + number / 1e6, who)
        )
        history.append(told)
    return [message(0, "cy"), *history]


def ladder(steps: Ladder) -> Playbook:
    """A playbook with these steps."""
    return book(*(RISING[step] for step in steps))


def verdicts(found: Comparison) -> Mapping[Treatment, int]:
    """How many members are treated in which way."""
    return {t: n for t, n in found.members.items() if n}


@given(one=rising(), other=rising(), history=breaches())
def test_each_step_later_or_milder_makes_nobody_worse(
    one: Ladder, other: Ladder, history: list[Event]
) -> None:
    """Whoever is treated differently is treated better."""
    milder = [min(pair) for pair in zip(one, other, strict=True)]
    found = backtest(history, ladder(one), ladder(milder))
    assert set(verdicts(found)) <= {Treatment.BETTER, Treatment.SAME}


@given(one=rising(), history=breaches())
def test_one_more_step_of_nothing_makes_nobody_worse(
    one: Ladder, history: list[Event]
) -> None:
    """All steps come later by one, or the first comes twice."""
    for later in ([0, *one], [one[0], *one]):
        found = backtest(history, ladder(one), ladder(later))
        assert set(verdicts(found)) <= {Treatment.BETTER, Treatment.SAME}


@given(one=rising(), other=rising(), history=breaches())
def test_swapped_ladders_swap_worse_and_better(
    one: Ladder, other: Ladder, history: list[Event]
) -> None:
    """And equal ones treat everybody the same."""
    here = backtest(history, ladder(one), ladder(other)).members
    there = backtest(history, ladder(other), ladder(one)).members
    assert here[Treatment.WORSE] == there[Treatment.BETTER]
    assert here[Treatment.BETTER] == there[Treatment.WORSE]
    assert here[Treatment.DIFFERENT] == there[Treatment.DIFFERENT]
    same = backtest(history, ladder(one), ladder(one))
    assert set(verdicts(same)) == {Treatment.SAME}


@given(
    ladders=st.tuples(rising(), rising(), rising()),
    history=breaches(),
)
def test_worse_than_the_worse_is_worse(
    ladders: tuple[Ladder, Ladder, Ladder], history: list[Event]
) -> None:
    """Of three ladders, for one member alone."""
    alone = [event for event in history if event.member in ("ann", "cy")]

    def worse(one: Ladder, other: Ladder) -> bool:
        found = backtest(alone, ladder(one), ladder(other))
        return found.members[Treatment.WORSE] == 1

    first, second, third = ladders
    if worse(first, second) and worse(second, third):
        assert worse(first, third)
