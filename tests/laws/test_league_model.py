"""Leagues beside a plain recount; a store and a whole engine close alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import Operation, Playbook, load
from community_sdk import events as ev
from community_sdk._time import PeriodUnit
from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.conditions import count
from community_sdk.decisions import ChangeTier, ClosePeriod, Decision
from community_sdk.engine import Engine, WholeEngine
from community_sdk.errors import DefinitionError
from community_sdk.model import EventId, MemberId, PolicyKey, TierKey
from community_sdk.operation import preview_close, recalculate
from community_sdk.policies import Bar, LeaguePolicy, QualificationPolicy, Quota
from community_sdk.testing.fakes import FakeClock

JAN = datetime(2026, 1, 1, tzinfo=UTC)
END = JAN + timedelta(days=75)
MEMBERS = ("ann", "bob", "cem", "dan", "eve", "fay")
Told = tuple[int, str, str]
"""Hours after the first of January, member, what happened."""
Move = tuple[str, str, str, str]
"""Period, member, from, to."""


def a_book() -> Playbook:
    """The half-month ladder, small: one rises, two fall; in UTC, from the start."""
    book = load("half_month_league", zone="UTC")
    (league,) = book.policies
    assert isinstance(league, LeaguePolicy)
    rules = evolve(league.rules, promote=Quota(most=1), relegate=Quota(most=2))
    return evolve(book, policies=(evolve(league, rules=rules, starts_after=None),))


BOOK = a_book()
HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 60 * 24),
        st.sampled_from(MEMBERS),
        st.sampled_from(("post", "post", "post", "featured", "left", "joined")),
    ),
    min_size=1,
    max_size=40,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


def events(history: Sequence[Told]) -> list[ev.Event]:
    """What is told, as events; of one instant they stand in the order of telling."""

    def featured(**given: Any) -> ev.Event:
        return ev.Custom(**given, word="featured")

    made: dict[str, Any] = {
        "post": ev.MessagePosted,
        "left": ev.Left,
        "joined": ev.Joined,
        "featured": featured,
    }
    return [
        made[what](
            id=EventId(f"e{n}"),
            at=JAN + timedelta(hours=hour),
            seq=n,
            member=MemberId(who),
        )
        for n, (hour, who, what) in enumerate(history)
    ]


def moves(decisions: Sequence[Decision]) -> list[Move]:
    """Who moved in which period, in the order of the closes."""
    return sorted(
        (str(d.because["period"]), str(d.member), str(d.before), str(d.after))
        for d in decisions
        if isinstance(d, ChangeTier)
    )


def periods() -> list[tuple[str, int, int]]:
    """The half-months by name, with their ends in hours."""
    days = (0, 15, 31, 46, 59, 74)
    names = ("01-H1", "01-H2", "02-H1", "02-H2", "03-H1")
    return [
        (f"2026-{name}", since * 24, until * 24)
        for name, since, until in zip(names, days, days[1:], strict=False)
    ]


def recount(history: Sequence[Told]) -> list[Move]:
    """Close the periods by hand, from the rules as people say them."""
    tier: dict[str, str] = {}
    found: list[Move] = []
    for name, since, until in periods():
        here: dict[str, int] = {}
        for hour, who, what in history:
            if hour < until and what == "left":
                here.pop(who, None)
            elif hour < until and what != "featured":
                here.setdefault(who, hour)
        inside = [row for row in history if since <= row[0] < until]

        def key(
            who: str, inside: list[Told] = inside, here: dict[str, int] = here
        ) -> Any:
            said = [what for _, m, what in inside if m == who]
            return (-said.count("post"), -said.count("featured"), here[who], who)

        rank = sorted(here, key=key)
        standing = {who: tier.get(who, "second") for who in here}
        active = {who for who in here if key(who)[0] < 0}
        goal: dict[str, str] = {}
        for low, high in (("retention", "second"), ("second", "core")):
            able = [w for w in rank if standing[w] == low and w in active]
            goal |= dict.fromkeys(able[:1], high)
        pool = [w for w in reversed(rank) if standing[w] == "second" and w not in goal]
        goal |= dict.fromkeys(pool[:2], "retention")
        found += [(name, who, standing[who], after) for who, after in goal.items()]
        tier |= goal
    return sorted(found)


def whole(history: Sequence[Told]) -> list[Decision]:
    """What a whole engine decides."""
    engine = WholeEngine(Engine(BOOK))
    steps = [*engine.replay(events(history)), engine.advance(END)]
    return [d for step in steps for d in step.decisions]


@given(HISTORIES)
def test_a_league_is_what_a_plain_recount_says(history: list[Told]) -> None:
    """Members, figures, ties, moves and tiers, period after period."""
    begun = history[0][0]
    found = [m for m in recount(history) if _end(m[0]) > begun]
    assert moves(whole(history)) == found


def _end(period: str) -> int:
    return next(until for name, _, until in periods() if name == period)


@given(HISTORIES, st.integers(1, 7))
def test_a_store_closes_as_a_whole_engine_does(history: list[Told], batch: int) -> None:
    """Also when the operation is opened anew after every batch."""
    store, clock = MemoryStore(), FakeClock(END + timedelta(days=1))
    told = events(history)
    for first in range(0, len(told), batch):
        operation = Operation.open(BOOK, store, clock=clock)
        for _ in operation.record_all(told[first : first + batch], batch=batch):
            pass
    operation = Operation.open(BOOK, store, clock=clock)
    while operation.advance(END).more:
        pass
    expected = whole(history)
    assert moves(tuple(operation.decisions())) == moves(expected)
    closes = [d for d in operation.decisions() if isinstance(d, ClosePeriod)]
    assert closes == [d for d in expected if isinstance(d, ClosePeriod)]


def test_what_no_league_is_cannot_be_previewed() -> None:
    """The keys of leagues are named, and closes that nobody remembers."""
    clock = FakeClock(END)
    operation = Operation.open(BOOK, MemoryStore(), clock=clock)
    operation.record(events([(1, "ann", "post")])[0])
    for found in ("nothing", ""):
        with pytest.raises(DefinitionError, match="known: half_month") as caught:
            preview_close(operation, found)
        assert caught.value.code == "operation.no_league"
    with pytest.raises(DefinitionError) as caught:
        recalculate(operation, "half_month", "1999-01-H1")
    assert caught.value.code == "operation.no_close"


def test_a_close_is_previewed_and_counted_again(tmp_path: Path) -> None:
    """The preview names whom the close moves; a recalculation reports nothing new."""
    told: list[Told] = [(1, "ann", "post"), (2, "ann", "post"), (3, "bob", "post")]
    store = SqliteStore.open(tmp_path / "league.db")
    clock = FakeClock(END)
    operation = Operation.open(BOOK, store, clock=clock)
    for event in events(told):
        operation.record(event)
    seen = preview_close(operation, "half_month")
    assert [str(m.member) for m in seen.movements] == ["ann", "bob"]
    tick = operation.advance(JAN + timedelta(days=16))
    (closed,) = [d for d in tick.step.decisions if isinstance(d, ClosePeriod)]
    assert (closed.movements, closed.digest) == (seen.movements, seen.digest)
    assert not recalculate(operation, "half_month", closed.period).decisions
    assert not operation.pending(10)[2:]
    operation.close()


def test_who_has_something_due_is_loaded_before_a_period_is_closed() -> None:
    """A timer of a member that nobody has in memory fires before the close."""
    second = TierKey("second")
    policy = QualificationPolicy(
        key=PolicyKey("bars"),
        tiers="ladder",
        bars={second: Bar(entry=count("message", "1d") >= 1)},
        fall="one_down",
        downgrade="at_review",
        review=PeriodUnit.DAY,
    )
    book = evolve(BOOK, policies=(policy, *BOOK.policies))
    store, clock = MemoryStore(), FakeClock(END)
    told = events([(1, "ann", "post"), (2, "bob", "post"), (24 * 20, "cem", "post")])
    for event in told:
        Operation.open(book, store, clock=clock).record(event)
    engine = WholeEngine(Engine(book))
    expected = [d for step in engine.replay(told) for d in step.decisions]
    found = list(Operation.open(book, store, clock=clock).decisions())
    assert {d.id for d in found} == {d.id for d in expected}
    assert any(isinstance(d, ClosePeriod) for d in found)
