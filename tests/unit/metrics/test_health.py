"""Health of a community: exact figures, bots left out, None where nothing was seen."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import fmean, median, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.metrics import Selection, Talk, Waits, health
from community_sdk.model import EventId, GroupId, MemberId
from tests.unit.desk import HOUR, START, head

MINUTE = timedelta(minutes=1)
US = 60_000_000
PEOPLE = ("ann", "bo", "cy", "robot")

Row = tuple[int, str, str, bool, str | None]
SAID = st.lists(
    st.tuples(
        st.integers(0, 90),
        st.sampled_from(PEOPLE),
        st.sampled_from(("", "ann", "bo")),
        st.booleans(),
        st.sampled_from((None, "hall")),
    ),
    max_size=9,
)


def said(minute: float, who: str = "ann", **more: object) -> ev.MessagePosted:
    """A message some minutes after the start."""
    key = f"{who}{minute}{more}"
    return ev.MessagePosted(**head(key, START + minute * MINUTE, who, **more))


def robot() -> ev.Joined:
    """The entry of a bot."""
    return ev.Joined(**head("robot", START, "robot", bot=True))


def talk(rows: list[Row]) -> list[ev.Event]:
    """Messages of *rows*, in the order given, and the entry of the bot."""
    out: list[ev.Event] = [robot()]
    for n, (minute, who, to, reply, group) in enumerate(rows):
        out.append(
            ev.MessagePosted(
                id=EventId(f"m{n}"),
                at=START + minute * MINUTE,
                seq=n,
                member=MemberId(who),
                group=None if group is None else GroupId(group),
                reply=reply or bool(to),
                reply_to=MemberId(to) if to else None,
            )
        )
    return out


# -- who contributes -----------------------------------------------------------------


def test_bots_contribute_nothing() -> None:
    """Neither by entry nor by import; what is no contribution counts for nothing."""
    imported = ev.MembershipImported(**head("i", START, "old", since=START, bot=True))
    joined = ev.Joined(**head("j", START, "bo"))
    nobody = ev.HeadCounted(id=EventId("h"), at=START, count=3)
    events = [said(0, "robot"), said(1, "old"), robot(), imported, said(3), said(2)]
    assert health.bots(events) == {"robot", "old"}
    made = health.contributions([*events, joined, nobody])
    assert made == {"ann": (micros(START) + 2 * US, micros(START) + 3 * US)}
    assert list(health.contributions([joined, *events], Selection("joined"))) == ["bo"]


def test_new_occasional_and_inactive() -> None:
    """Edges: from the first instant on, up to the last but not at it."""
    made = {"ann": (0, 10, 20), "bo": (10,), "cy": (20, 30)}
    assert health.new_contributors(made, 0, 10) == {"ann"}
    assert health.new_contributors(made, 10, 21) == {"bo", "cy"}
    assert health.occasional_contributors(made, 0, 30, 1) == {"bo", "cy"}
    assert health.occasional_contributors(made, 0, 31, 2) == {"bo", "cy"}
    assert health.inactive_contributors(made, 20, 30) == {}
    assert health.inactive_contributors(made, 19, 30) == {"bo": 10}
    assert health.inactive_contributors(made, 5, 25) == {"bo": 10}
    assert health.inactive_contributors(made, 1, 5) == {"ann": 0}


def test_zombies_are_silent_not_gone() -> None:
    """Who never wrote is measured from the entry; who is absent is no zombie."""
    made = {"ann": (5, 40), "bo": (5,), "out": (1,)}
    present = {"ann": 0, "bo": 0, "mute": 10, "late": 25}
    assert health.zombies(present, made, 20, 30) == {"bo"} | {"ann"}
    assert health.zombies(present, made, 20, 31) == {"ann", "bo", "mute"}
    assert health.zombies(present, made, 20, 40) == {"bo", "mute"}


def test_conversion_from_level_to_level() -> None:
    """The share of a level that is above too; None of an empty level."""
    assert health.conversion_rate({"a", "b", "c"}, {"b", "x"}) == Fraction(1, 3)
    assert health.conversion_rate((), {"b"}) is None


# -- spread --------------------------------------------------------------------------


def test_the_top_part_is_rounded_up() -> None:
    """Of three members the top hundredth is one."""
    assert health.top_share([5, 3, 2], Fraction(1, 100)) == Fraction(1, 2)
    assert health.top_share([5, 3, 2, 0], Fraction(2, 3)) == Fraction(4, 5)
    assert health.top_share([], Fraction(1, 2)) is None
    assert health.centralisation({"a": (1, 2), "b": (3,)}, {"a", "z"}) == Fraction(2, 3)
    assert health.centralisation({}, {"a"}) is None


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 100))
def test_a_larger_part_has_no_smaller_share(numbers: list[int], percent: int) -> None:
    """The share grows with the part, and all have all."""
    less = health.top_share(numbers, Fraction(percent, 200))
    more = health.top_share(numbers, Fraction(percent, 100))
    assert (less is None) == (not sum(numbers)) == (more is None)
    if less is not None and more is not None:
        assert 0 < less <= more <= 1
        assert health.top_share(numbers, Fraction(1)) == 1


def test_burstiness_of_clocks_and_crowds() -> None:
    """A clock is -1; two gaps of 0 and 2 are balanced; below two gaps nothing."""
    assert health.burstiness([0, 10, 20, 30]) == -1
    assert health.burstiness([0, 0, 2]) == 0
    assert health.burstiness([0, 10]) is None
    assert health.burstiness([4, 4, 4]) is None


@given(st.lists(st.integers(0, 1000), min_size=3, max_size=12))
def test_burstiness_is_that_of_the_formula(at: list[int]) -> None:
    """As floats have it, in any order."""
    found = health.burstiness(at)
    assert health.burstiness(reversed(at)) == found
    rows = sorted(at)
    gaps = [b - a for a, b in pairwise(rows)]
    if found is not None:
        sd, mean = pstdev(gaps), fmean(gaps)
        assert float(found) == pytest.approx((sd - mean) / (sd + mean), abs=1e-6)


def test_ties_join_who_answer_each_other() -> None:
    """Replies and reactions, each pair once; neither bots nor oneself."""
    reaction = ev.ReactionReceived(**head("r", START, "cy", actor=MemberId("ann")))
    alone = ev.ReactionReceived(**head("s", START, "cy"))
    events = [
        robot(),
        said(0, "bo", reply_to=MemberId("ann")),
        said(1, "ann", reply_to=MemberId("bo")),
        said(2, "ann", reply_to=MemberId("ann")),
        said(3, "ann", reply_to=MemberId("robot")),
        said(4, "ann"),
        ev.HeadCounted(id=EventId("h"), at=START, count=3),
        *(reaction, alone),
    ]
    assert health.ties(events) == {("ann", "bo"), ("ann", "cy")}


# -- talk ----------------------------------------------------------------------------


def test_a_discussion_needs_two_and_no_long_pause() -> None:
    """The pause is inclusive; each group for itself; a monologue is none."""
    events = [
        *(said(0, "ann"), said(30, "bo"), said(61, "ann"), said(62, "ann")),
        *(said(1, "ann", group="hall"), said(2, "cy", group="hall")),
    ]
    base = micros(START)
    assert health.discussions(events) == (
        Talk("", base, base + 30 * US, 2, 2),
        Talk("hall", base + US, base + 2 * US, 2, 2),
    )
    assert len(health.discussions(events, speakers=1)) == 3
    assert health.discussions(events, pause=US) == (
        Talk("hall", base + US, base + 2 * US, 2, 2),
    )


@given(SAID, st.integers(0, 40))
def test_every_message_is_in_one_run(rows: list[Row], pause: int) -> None:
    """With one speaker enough, runs part the messages, and pauses part the runs."""
    events = talk(rows)
    found = health.discussions(events, pause=pause * US, speakers=1)
    assert sum(t.messages for t in found) == sum(1 for r in rows if r[1] != "robot")
    assert found == health.discussions(events[::-1], pause=pause * US, speakers=1)
    for group in {t.group for t in found}:
        here = [t for t in found if t.group == group]
        for early, late in pairwise(here):
            assert late.since - early.until > pause * US


@given(st.sets(st.integers(-2, 12)), st.integers(0, 5), st.integers(0, 10))
def test_silences_and_days_part_the_time(days: set[int], first: int, end: int) -> None:
    """Each day is active, or in exactly one silence; silences do not touch."""
    found = health.silences(days, first, end)
    quiet = [day for a, b in found for day in range(a, b)]
    assert quiet == [day for day in range(first, end) if day not in days]
    assert all(b < c for (_, b), (c, _) in pairwise(found))


@pytest.mark.parametrize("any_message", [True, False])
@given(rows=SAID, cut=st.integers(0, 90))
def test_waits_belong_to_when_they_begin(
    rows: list[Row], cut: int, *, any_message: bool
) -> None:
    """Cut anywhere, both parts together tell every wait once."""
    events, ever, at = talk(rows), 1 << 60, micros(START + cut * MINUTE)
    whole = health.time_to_first_response(events, any_message=any_message)
    parts = [
        health.time_to_first_response(events, any_message=any_message, asked=span)
        for span in ((0, at), (at, ever))
    ]
    assert tuple(sorted(parts[0].times + parts[1].times)) == whole.times
    assert sum(part.unanswered for part in parts) == whole.unanswered


def test_the_first_response_counts_once() -> None:
    """From the first message of a wait to the first reply of another."""
    events = [
        *(said(0, "ann"), said(1, "ann"), said(2, "bo"), said(3, "robot", reply=True)),
        *(robot(), said(5, "cy", reply=True), said(9, "cy", reply=True)),
        *(said(10, "ann"), said(11, "ann", reply=True)),
        said(12, "bo", reply_to=MemberId("cy")),
        said(13, "bo", reply_to=MemberId("ann")),
        said(14, "bo"),
    ]
    waits = health.time_to_first_response(events)
    assert waits == Waits((3 * US, 3 * US, 5 * US), 1)
    assert waits.median == 3 * US
    assert waits.mean == Fraction(11 * US, 3)
    assert waits.answered == Fraction(3, 4)
    assert Waits((2, 3), 0).median == Fraction(5, 2)
    empty = health.time_to_first_response([])
    assert (empty.median, empty.mean, empty.answered) == (None, None, None)


@given(SAID)
def test_waits_are_those_of_a_search(rows: list[Row]) -> None:
    """With any message as an answer: each opening, the next message of another."""
    events = sorted(talk(rows), key=lambda e: (e.at, e.seq))
    people = [e for e in events if e.member != "robot"]
    found = health.time_to_first_response(events, any_message=True)
    times: list[int] = []
    open_ones = 0
    for n, one in enumerate(people):
        before = [e for e in people[:n] if e.group == one.group]
        if before and before[-1].member == one.member:
            continue
        later = [e for e in people[n:] if e.group == one.group]
        others = [e for e in later if e.member != one.member]
        if others:
            times.append(micros(others[0].at) - micros(one.at))
        else:
            open_ones += 1
    assert found == Waits(tuple(sorted(times)), open_ones)
    if times:
        assert found.median == median(map(Fraction, times))


# -- going ---------------------------------------------------------------------------


def test_a_net_split_is_no_departure() -> None:
    """Many exits of one minute are a broken line; who comes back did not leave."""
    many = [
        ev.Left(**head(f"l{n}", START + timedelta(seconds=n), f"m{n}"))
        for n in range(10)
    ]
    leave = [
        ev.Left(**head(who, START + 2 * MINUTE, who)) for who in ("ann", "bo", "robot")
    ]
    room = ev.Left(**head("room", START + 3 * MINUTE, "cy", group="hall"))
    back = ev.Joined(**head("back", START + HOUR, "bo"))
    nobody = ev.HeadCounted(id=EventId("h"), at=START, count=3)
    events = [*many, *leave, room, back, robot(), nobody]
    assert health.splits(events) == {micros(START) // US}
    assert health.departures(events) == {"ann": micros(START) + 2 * US}
    assert set(health.departures(events, back=60 * US)) == {"ann", "bo"}
    assert len(health.departures(events, least=11)) == 11
