"""Timers beside a plain mapping; what is stored comes back; views tell where."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.metrics import WindowPlan
from community_sdk.state import NEVER, CommunityState, Partition

KEYS = st.sampled_from(["a", "b", "c", "~sanction/x"])
DUES = st.integers(0, 5)
PHASES = st.integers(0, 1)
ACTS = st.lists(
    st.tuples(st.sampled_from(["set", "set", "clear"]), KEYS, DUES, PHASES), max_size=20
)


def acted(acts: list[tuple[str, str, int, int]]) -> tuple[Partition, dict[str, Any]]:
    """A partition and a plain mapping after the same acts."""
    partition, plain = Partition(WindowPlan(0)), dict[str, Any]()
    for what, key, due, phase in acts:
        if what == "set":
            partition.set_timer(key, due, phase)
            plain[key] = (due, phase)
        else:
            partition.clear_timer(key)
            plain.pop(key, None)
    return partition, plain


@given(ACTS)
def test_the_next_due_instant_is_always_known(
    acts: list[tuple[str, str, int, int]],
) -> None:
    """INVARIANT: setting, replacing and clearing in any order."""
    partition, plain = acted(acts)
    assert partition.timers == plain
    assert partition.next_due == min((due for due, _ in plain.values()), default=NEVER)


@given(ACTS, st.integers(0, 6), PHASES)
def test_timers_fire_in_order_of_instant_phase_and_key(
    acts: list[tuple[str, str, int, int]], now: int, phase: int
) -> None:
    """INVARIANT: half-open things end at their instant, inclusive ones beyond it."""
    partition, plain = acted(acts)
    ready = sorted(
        (due, late, key)
        for key, (due, late) in plain.items()
        if due < now or (due == now and (late == 0 or phase == 1))
    )
    assert partition.due(now, phase) == (ready[0] if ready else None)


@given(ACTS, st.dictionaries(KEYS, st.none() | st.lists(st.integers())))
def test_a_partition_comes_back_as_it_was(
    acts: list[tuple[str, str, int, int]], slices: dict[str, Any]
) -> None:
    """INVARIANT: timers and slices through JSON; what is empty is left out."""
    partition, _ = acted(acts)
    partition.slices = slices
    plain = json.loads(json.dumps(partition.plain_shared()))
    other = Partition(WindowPlan(0))
    other.restore_shared(other.rolling.plan, plain)
    assert other.plain_shared() == partition.plain_shared()
    assert other.next_due == partition.next_due
    assert ("timers" in plain) is bool(partition.timers)


def test_what_is_stored_is_a_copy() -> None:
    """A snapshot does not change with the state, nor the state with a snapshot."""
    partition = Partition(WindowPlan(0))
    partition.slices["p"] = {"seen": [1]}
    plain: Any = partition.plain_shared()
    partition.slices["p"]["seen"].append(2)
    assert plain == {"slices": {"p": {"seen": [1]}}}
    partition.restore_shared(partition.rolling.plan, plain)
    plain["slices"]["p"]["seen"].append(3)
    assert partition.slices == {"p": {"seen": [1]}}


def test_windows_are_stored_where_they_hold_something() -> None:
    """An empty partition is an empty mapping."""
    plan = WindowPlan(0)
    slot = plan.slot(("message", "member", ()))
    partition = Partition(plan)
    assert partition.plain_shared() == {}
    partition.rolling.add(slot, 7)
    other = Partition(plan)
    other.restore_shared(plan, json.loads(json.dumps(partition.plain_shared())))
    assert other.rolling.stamps == partition.rolling.stamps


@given(
    st.integers(-10, 10**17),
    st.integers(0, 10**6),
    st.dictionaries(st.text(max_size=3), st.integers(0, 9)),
    st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3), st.integers(0, 9))),
    st.lists(st.tuples(st.integers(0, 9), st.text(max_size=3), st.text(max_size=3))),
)
def test_the_community_comes_back_as_it_was(
    now: int,
    members: int,
    groups: dict[str, int],
    waiting: list[tuple[str, str, int]],
    versions: list[tuple[int, str, str]],
) -> None:
    """INVARIANT: counters, waiting list and versions through JSON."""
    community = CommunityState(WindowPlan(0))
    community.now, community.members, community.groups = now, members, groups
    community.waiting, community.versions = tuple(waiting), tuple(versions)
    plain = json.loads(json.dumps(community.plain()))
    other = CommunityState.restore(WindowPlan(0), plain)
    assert other.plain() == community.plain()
    assert (other.waiting, other.versions) == (community.waiting, community.versions)


def test_a_community_begins_before_the_first_event() -> None:
    """Nobody, nothing, and no time."""
    community = CommunityState(WindowPlan(0))
    assert community.now < 0
    assert community.plain() == {"now": community.now, "members": 0}
    with pytest.raises(AttributeError):
        community.other = 1  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
