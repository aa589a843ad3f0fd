"""Laws of backtests, for drawn playbooks and histories."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.backtest import (
    Comparison,
    Difference,
    Treatment,
    What,
    backtest,
)
from community_sdk.events import Event
from community_sdk.model import EventId
from community_sdk.playbook import Playbook
from community_sdk.testing import strategies as cst
from tests.laws.backtest_model import compared, impossible
from tests.laws.effort import one_in

Run = tuple[Playbook, Playbook, list[Event]]
SWAPPED = {What.ONLY_ONE: What.ONLY_OTHER, What.ONLY_OTHER: What.ONLY_ONE}


@st.composite
def runs(draw: st.DrawFn, *, linked: bool = True) -> Run:
    """Two playbooks of one community, and a history that the first answers."""
    one, other = draw(cst.playbooks()), draw(cst.playbooks())
    if draw(st.booleans()):
        shared = {p.key: p for p in one.policies}
        mixed = tuple(shared.get(p.key, p) for p in other.policies)
        other = evolve(other, policies=mixed)
    other = evolve(other, community=one.community, lateness=one.lateness)
    kinds = [k for k in cst.KINDS if linked or k != "identity_linked"]
    history = draw(
        cst.histories(playbook=one, late=draw(st.booleans()), kinds=kinds, min_size=1)
    )
    return one, other, history


def whole(history: list[Event], one: Playbook, other: Playbook) -> list[Difference]:
    """Every difference, as it is told."""
    told: list[Difference] = []
    backtest(history, one, other, on_difference=told.append)
    return told


def whats(found: Comparison) -> Counter[What]:
    """How many differences of each sort."""
    out: Counter[What] = Counter()
    for row in found.differences:
        out[row.what] += row.count
    return out


@given(run=runs())
@settings(one_in(2))
def test_a_playbook_against_itself_differs_in_nothing(run: Run) -> None:
    """Whatever happens."""
    one, _, history = run
    found = backtest(history, one, one)
    assert found.different == 0
    assert not any(found.tables[name] for name in ("differences", "people", "top"))
    assert (
        found.members[Treatment.SAME] + found.counts["bots"]
        == (found.counts["members"])
    )
    assert evolve(found.one, side="other") == found.other


@given(run=runs())
@settings(one_in(2))
def test_swapped_sides_swap_what_only_one_has(run: Run) -> None:
    """And worse turns into better."""
    one, other, history = run
    here, there = backtest(history, one, other), backtest(history, other, one)
    turned = Counter({SWAPPED.get(w, w): n for w, n in whats(there).items()})
    assert whats(here) == turned
    assert here.same == there.same
    assert here.members[Treatment.WORSE] == there.members[Treatment.BETTER]
    assert here.members[Treatment.DIFFERENT] == there.members[Treatment.DIFFERENT]
    mirrored = [
        (d.what, d.one, d.other, d.why_one, d.why_other, d.after_one) for d in here.top
    ]
    assert mirrored == [
        (
            SWAPPED.get(d.what, d.what),
            d.other,
            d.one,
            d.why_other,
            d.why_one,
            d.after_other,
        )
        for d in there.top
    ]


@given(run=runs(linked=False))
@settings(one_in(2))
def test_it_finds_what_two_replays_find(run: Run) -> None:
    """Held whole and compared plainly."""
    one, other, history = run
    found = backtest(history, one, other)
    plain = compared(one, other, history)
    assert found.same == plain.pop(None, 0)
    assert whats(found) == plain


@given(run=runs())
@settings(one_in(2))
def test_who_is_treated_alike_is_in_no_list(run: Run) -> None:
    """Every list is about the same people, and everybody is counted once."""
    one, other, history = run
    told: list[Difference] = []
    found = backtest(history, one, other, keep=3, on_difference=told.append)
    assert found.different == len(told)
    listed = {row.member for row in found.people}
    assert {d.member for d in found.top} <= listed | {None}
    if not any(e.kind == "identity_linked" for e in history):
        assert {d.member for d in told} - {None} == listed
    people = found.counts["members"] - found.counts["bots"]
    assert sum(found.members.values()) >= people
    assert all(row.treatment is not Treatment.SAME for row in found.people)
    assert sum(row.count for row in found.differences) == found.different
    assert sum(r.harsher + r.milder + r.neither for r in found.days) == found.different
    heavy = sorted(told, key=lambda d: d.harshness, reverse=True)[:3]
    weights = [d.harshness.rank for d in heavy]
    assert [d.harshness.rank for d in found.top] == weights


@given(run=runs())
@settings(one_in(4))
def test_it_is_the_same_every_time(run: Run) -> None:
    """And the differences come in the order of time."""
    one, other, history = run
    assert backtest(history, one, other) == backtest(history, one, other)
    told = whole(history, one, other)
    assert [d.at for d in told] == sorted(d.at for d in told)


@given(run=runs(linked=False))
@settings(one_in(2))
def test_impossible_acts_are_those_of_a_plain_recount(run: Run) -> None:
    """Of whom each side had put out, and nobody else's."""
    one, other, history = run
    found = backtest(history, one, other)
    for side, book in ((found.one, one), (found.other, other)):
        assert side.acts_after == len(impossible(book, history))


_KINDS = ("message", "rule_broken", "joined", "left", "introduced", "custom")
_ALONE = ("ladder", "watch", "onboarding", "funnel")


@st.composite
def twins(draw: st.DrawFn) -> tuple[Playbook, Playbook, list[tuple[Event, Event]]]:
    """Pairs of events of one instant, about two members without a tie."""
    one, other = draw(cst.playbooks(_ALONE)), draw(cst.playbooks(_ALONE))
    other = evolve(other, community=one.community, lateness=one.lateness)
    first = draw(cst.histories(playbook=one, names=("ann",), kinds=_KINDS, min_size=2))
    second = draw(cst.histories(names=("ben",), kinds=_KINDS, min_size=2))
    pairs = [
        (mine, evolve(theirs, id=EventId(f"{theirs.id}b"), **_times(mine)))
        for mine, theirs in zip(first, second, strict=False)
    ]
    return one, other, pairs


def _times(event: Event) -> dict[str, Any]:
    return {"at": event.at, "recorded_at": event.recorded_at}


@given(run=twins(), turn=st.randoms(use_true_random=False))
@settings(one_in(2))
def test_independent_members_of_an_instant_come_in_any_order(
    run: tuple[Playbook, Playbook, list[tuple[Event, Event]]], turn: Random
) -> None:
    """Down to the last reason."""
    one, other, pairs = run
    plain = [event for pair in pairs for event in pair]
    mixed = [e for pair in pairs for e in (pair if turn.random() < 0.5 else pair[::-1])]
    assert backtest(plain, one, other) == backtest(mixed, one, other)
