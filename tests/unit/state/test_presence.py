"""Coming and going, in whatever order it becomes known, and the counts of it."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.model import MemberStatus, Money
from tests.unit.desk import DAY, HOUR, START, Folded, head

Make = Callable[..., ev.Event]
MAKES: list[Make] = [ev.Joined, ev.Joined, ev.Left, ev.MemberRemoved, ev.MessagePosted]
NAMES = st.sampled_from(["ann", "bo"])
ACTS = st.lists(
    st.tuples(
        st.sampled_from(MAKES),
        NAMES,
        st.sampled_from([None, None, "a", "b"]),
        st.integers(0, 4),
    ),
    max_size=9,
)
Act = tuple[Make, str, str | None, int]


def events(acts: list[Act]) -> list[ev.Event]:
    """Events in order, told apart within an instant by their `seq`."""
    made: list[ev.Event] = []
    for nth, (make, name, group, hour) in enumerate(acts):
        more: dict[str, Any] = {} if group is None else {"group": group}
        when = START + hour * HOUR
        made.append(make(**head(f"e{nth}", when, name, seq=nth, **more)))
    return sorted(made, key=lambda e: (e.at, e.seq))


def standing(folded: Folded) -> dict[str, object]:
    """Who is here and where, who is out and since when; all counts."""
    return {
        "members": folded.community.members,
        "groups": {g: n for g, n in folded.community.groups.items() if n},
        **{
            name: (m.status, sorted(m.groups), m.left, m.removed)
            for name, m in sorted(folded.members.items())
        },
    }


@given(ACTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(acts: list[Act], order: Random) -> None:
    """INVARIANT: an exit told late does not undo an entry that followed it."""
    told = events(acts)
    shuffled = list(told)
    order.shuffle(shuffled)
    one, other = Folded(), Folded()
    for event in told:
        one.fold(event)
    for event in shuffled:
        other.fold(event)
    assert standing(other) == standing(one)


@given(ACTS, st.randoms(use_true_random=False))
def test_counts_are_those_of_the_members(acts: list[Act], order: Random) -> None:
    """INVARIANT: at every moment, in any order, bots left out."""
    told = events(acts)
    order.shuffle(told)
    folded = Folded()
    for nth, event in enumerate(told):
        folded.fold(event)
        if nth == len(told) // 2:
            folded.tell(ev.Joined, START, "bo", bot=True)
        people = [m for m in folded.members.values() if not m.bot]
        assert folded.community.members == sum(m.here for m in people)
        for group in ("a", "b"):
            inside = sum(group in m.groups for m in people)
            assert folded.community.groups.get(group, 0) == inside


@pytest.mark.parametrize(
    "make",
    [ev.MessagePosted, ev.Introduced, ev.SurveyAnswered, ev.Joined],
)
def test_who_does_something_is_here(make: Make) -> None:
    """The first sight begins the membership where nobody told of a join."""
    folded = Folded()
    member = folded.tell(make, START)
    assert (member.status, member.since) == (MemberStatus.ACTIVE, micros(START))
    assert (member.first, member.stays) == (micros(START), 1)
    assert folded.community.members == 1


def test_what_happens_to_somebody_proves_no_presence() -> None:
    """A reaction or a report may reach one who is gone."""
    folded = Folded()
    folded.tell(ev.ReactionReceived, START)
    member = folded.tell(ev.RefundMade, START, money=Money(1, "CNY"))
    assert (member.status, member.since, member.stays) == (
        MemberStatus.UNKNOWN,
        None,
        0,
    )
    assert member.first == micros(START)


def test_an_earlier_sight_told_late_moves_the_beginning_back() -> None:
    """Down to the last exit, and no further."""
    folded = Folded()
    member = folded.tell(ev.Joined, START)
    folded.tell(ev.MessagePosted, START - DAY)
    assert (member.since, member.first) == (micros(START - DAY), micros(START - DAY))
    folded.tell(ev.Left, START + DAY)
    folded.tell(ev.Joined, START + 2 * DAY)
    folded.tell(ev.MessagePosted, START + HOUR)
    assert member.since == micros(START + 2 * DAY)
    assert (member.stays, folded.community.members) == (2, 1)


def test_a_stay_that_is_over_when_it_becomes_known_was_one() -> None:
    """Whoever comes afterwards comes back; the membership before began then."""
    told = [
        ev.MembershipImported(**head("i", START, "ann", since=START - DAY)),
        ev.Left(**head("l", START + HOUR, "ann")),
    ]
    for order in (told, told[::-1]):
        folded = Folded()
        for event in order:
            folded.fold(event)
        member = folded.members["ann"]
        assert (member.status, member.stays) == (MemberStatus.LEFT, 1)
        assert member.since == micros(START - DAY)
        assert folded.community.members == 0
        folded.tell(ev.Joined, START + 2 * DAY)
        assert (member.since, member.stays) == (micros(START + 2 * DAY), 2)


def test_an_exit_told_late_splits_the_membership() -> None:
    """Who was seen after it is here, since that sight at the latest."""
    folded = Folded()
    member = folded.tell(ev.Joined, START, group="a")
    folded.tell(ev.Joined, START + 2 * DAY, group="a")
    folded.tell(ev.Left, START + DAY)
    assert member.here
    assert member.since == micros(START + 2 * DAY)
    assert member.groups == {"a": micros(START + 2 * DAY)}


def test_an_import_begins_when_the_membership_began() -> None:
    """Before the event, also in its group; a later word of it changes nothing."""
    folded = Folded()
    years = timedelta(days=900)
    since = START - years
    member = folded.tell(ev.MembershipImported, START, since=since, group="a")
    folded.tell(ev.Joined, START + DAY, group="a")
    assert member.since == member.groups["a"] == micros(since)
    assert folded.community.groups == {"a": 1}


def test_a_bot_is_not_counted_whenever_it_shows() -> None:
    """What was counted of it before is taken back."""
    folded = Folded()
    folded.tell(ev.Joined, START, group="a")
    member = folded.tell(ev.MembershipImported, START, since=START, bot=True)
    assert (member.bot, folded.community.members) == (True, 0)
    assert not any(folded.community.groups.values())
    folded.tell(ev.Joined, START, bot=True, group="b")
    folded.tell(ev.Left, START + DAY)
    assert not any(folded.community.groups.values())
    assert folded.community.members == 0


def test_leaving_a_group_is_not_leaving() -> None:
    """Leaving the community leaves every group."""
    folded = Folded()
    member = folded.tell(ev.Joined, START, group="a")
    for group in ("b", "c"):
        folded.tell(ev.Joined, START, group=group)
    folded.tell(ev.Left, START + DAY, group="b")
    assert (member.here, sorted(member.groups)) == (True, ["a", "c"])
    folded.tell(ev.MemberRemoved, START + DAY, group="c")
    assert (member.here, sorted(member.groups), member.removed) == (True, ["a"], None)
    folded.tell(ev.MemberRemoved, START + 2 * DAY)
    assert (member.status, member.groups) == (MemberStatus.REMOVED, {})
    assert member.left == member.removed == micros(START + 2 * DAY)
    assert folded.community.groups == {"a": 0, "b": 0, "c": 0}


def test_who_was_never_seen_may_leave() -> None:
    """An exit is the first that is heard of many."""
    folded = Folded()
    member = folded.tell(ev.Left, START)
    folded.tell(ev.MessagePosted, START - DAY)
    assert (member.status, folded.community.members) == (MemberStatus.LEFT, 0)
    folded.tell(ev.Left, START + DAY, group="nowhere")
    assert member.groups == {}
