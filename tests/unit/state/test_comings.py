"""INVARIANT: the order in which comings and goings are told changes nothing (S25).

The oracle sorts everything by instant and place and walks along once.
"""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import pytest
from attrs import define, field, frozen
from hypothesis import example, given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, micros
from community_sdk.engine import Engine
from community_sdk.model import EventId, GroupId, MemberId
from tests.unit.desk import DAY, HOUR, START, Book

KINDS: dict[str, Any] = {
    "joined": ev.Joined,
    "left": ev.Left,
    "message": ev.MessagePosted,
    "removed": ev.MemberRemoved,
    "linked": ev.IdentityLinked,
}
RANKS = {"linked": 0, "joined": 1, "message": 1, "left": 2, "removed": 3}


@frozen
class Act:
    """One thing that happened, in words."""

    what: str
    hour: int = 0
    who: str = "ann"
    group: str = ""
    seq: int = 0
    alias: str = "alt"

    def event(self, nth: int) -> ev.Event:
        """Return it as an event."""
        more: dict[str, Any] = {"group": GroupId(self.group)} if self.group else {}
        if self.what == "linked":
            more = {"alias": MemberId(self.alias)}
        made: ev.Event = KINDS[self.what](
            id=EventId(f"e{nth}"),
            at=START + self.hour * HOUR,
            seq=self.seq,
            member=MemberId(self.who),
            **more,
        )
        return made


@define
class Life:
    """Where one account stands, by the simplest walk."""

    status: str = "unknown"
    since: int | None = None
    stays: int = 0
    groups: dict[str, int] = field(factory=dict[str, int])


def walk(acts: list[Act]) -> tuple[str, int | None, int, dict[str, int]]:
    """Return what the person stands like: ann with all her accounts."""
    lives = {"ann": Life(), "alt": Life(), "old": Life()}
    for act in sorted(acts, key=lambda a: (a.hour, a.seq, RANKS[a.what])):
        if act.what == "linked":
            _link(lives, act.who, act.alias)
            continue
        life, at = lives[act.who], micros(START + act.hour * HOUR)
        if act.what in ("joined", "message"):
            if life.status != "active":
                life.status, life.since, life.stays = "active", at, life.stays + 1
            if act.what == "joined" and act.group:
                life.groups.setdefault(act.group, at)
        elif act.group:
            life.groups.pop(act.group, None)
        else:
            life.status, life.groups = act.what, {}
    ann = lives["ann"]
    return ann.status, ann.since, ann.stays, ann.groups


def _link(lives: dict[str, Life], who: str, alias: str) -> None:
    """Let the two be one from here on; here with one account is here."""
    one, other = lives[who], lives[alias]
    if one is other:
        return
    known = [x for x in (one, other) if x.since is not None]
    here = [x for x in known if x.status == "active"]
    one.since = min((x.since for x in here or known if x.since), default=None)
    if here:
        one.status = "active"
    elif one.status == "unknown":
        one.status = other.status
    one.stays += other.stays
    for group, at in other.groups.items():
        one.groups[group] = min(at, one.groups.get(group, at))
    lives |= {name: one for name, life in lives.items() if life is other}


def told(acts: list[tuple[int, Act]], lateness: str = "30d") -> Engine:
    """Tell an engine everything, in this order; each event keeps its number."""
    engine = Engine(Book(lateness=Duration.parse(lateness)))
    for nth, act in acts:
        engine.receive(act.event(nth))
    return engine


def standing(engine: Engine) -> tuple[Any, ...]:
    """Return what `walk` returns, of the person."""
    ann = engine.view("ann").member
    return ann.status.value, ann.since, ann.stays, dict(sorted(ann.groups.items()))


def beside(engine: Engine) -> dict[str, Any]:
    """Return what else must not depend on the order: doors, exits, counts."""
    ann = engine.view("ann").member
    groups = {g: n for g, n in engine.community.groups.items() if n}
    facts = (ann.first, ann.entered, ann.left, ann.removed, engine.community.members)
    return {"doors": dict(sorted(ann.doors.items())), "facts": facts, "groups": groups}


def check_every_order(acts: list[Act]) -> None:
    """Tell *acts* in every order and compare with the walk."""
    status, since, stays, groups = walk(acts)
    wanted = (status, since, stays, dict(sorted(groups.items())))
    numbered = list(enumerate(acts))
    found: list[dict[str, Any]] = []
    for order in permutations(numbered):
        engine = told(list(order))
        assert standing(engine) == wanted, [act for _, act in order]
        found.append(beside(engine))
    assert all(each == found[0] for each in found)


def _who(what: str, nth: int) -> str:
    return "alt" if nth == 1 and what != "linked" else "ann"


@pytest.mark.parametrize("whats", [*product(KINDS, repeat=3)])
def test_any_three_things_in_any_order(whats: tuple[str, ...]) -> None:
    """Exhaustively, an hour apart, and the second by the other account."""
    acts = [Act(what, n, _who(what, n)) for n, what in enumerate(whats)]
    check_every_order(acts)
    check_every_order([Act(a.what, 0, a.who) for a in acts])


DONE = st.builds(
    Act,
    st.sampled_from([kind for kind in KINDS if kind != "linked"]),
    st.integers(0, 4),
    st.sampled_from(["ann", "ann", "alt", "alt", "old"]),
    st.sampled_from(["", "", "a", "b"]),
    st.integers(0, 1),
)
LINKS = [
    Act("linked", hour, who, seq=place, alias=alias)
    for who, alias, place in (("ann", "alt", 9), ("alt", "old", 8), ("ann", "old", 7))
    for hour in range(5)
]
ACTS = DONE | DONE | st.sampled_from(LINKS)


@given(st.lists(ACTS, max_size=4))
@example([Act("left", 2), Act("message", 1)])
@example([Act("left", 1), Act("message", 2), Act("message", 3), Act("joined", 0)])
@example(
    [Act("joined", 1), Act("joined", 0, "alt"), Act("left", 2, "alt"), Act("linked", 3)]
)
@example(
    [
        Act("linked", 5, "alt", alias="old"),
        Act("message", 2),
        Act("removed", 6, "old"),
        Act("linked", 7, "ann", alias="old"),
    ]
)
def test_every_order_comes_to_the_same(acts: list[Act]) -> None:
    """Status, beginning, stays, groups and doors; also within one instant."""
    check_every_order(acts)


@given(st.lists(ACTS, min_size=5, max_size=9), st.randoms(use_true_random=False))
def test_long_lives_in_some_order(acts: list[Act], order: Any) -> None:
    """The same of longer ones, with the engine stored and loaded in between."""
    status, since, stays, groups = walk(acts)
    numbered = list(enumerate(acts))
    order.shuffle(numbered)
    half = told(numbered[: len(acts) // 2])
    engine = Engine.restore(half.playbook, half.snapshot())
    for nth, act in numbered[len(acts) // 2 :]:
        engine.receive(act.event(nth))
    wanted = (status, since, stays, dict(sorted(groups.items())))
    assert standing(engine) == standing(told(numbered)) == wanted


LIFE = st.lists(
    st.tuples(
        st.sampled_from(["message", "message", "message", "joined", "left", "removed"]),
        st.integers(0, 6),
        st.integers(0, 20),
        st.sampled_from(["", "", "a"]),
    ),
    min_size=40,
    max_size=70,
)


@given(LIFE)
def test_what_is_too_old_to_change_is_only_a_stand(
    steps: list[tuple[str, int, int, str]],
) -> None:
    """Whoever lives long keeps no more than the lateness asks for."""
    acts: list[tuple[int, Act]] = []
    hour = 0
    for what, gap, late, group in steps:
        hour += gap
        acts.append((hour + late, Act(what, hour, "ann", group)))
    told_at = [act for _, act in sorted(acts, key=lambda a: a[0])]
    engine = told(list(enumerate(told_at)), "24h")
    status, since, stays, groups = walk(told_at)
    wanted = (status, since, stays, dict(sorted(groups.items())))
    assert standing(engine) == wanted


def test_little_is_kept_of_a_long_life() -> None:
    """Of ten thousand messages no more than twice those of the lateness."""
    acts = [Act("message", hour) for hour in range(2_000)]
    engine = told(list(enumerate(acts)), "24h")
    trail = engine.view("ann").member.trail
    assert len(trail.sights) <= 2 * (2 * 25) + 32
    assert standing(engine)[:3] == ("active", micros(START), 1)


def test_a_membership_imported_from_before_what_is_kept() -> None:
    """It only begins earlier."""
    acts = [Act("message", hour) for hour in range(200)]
    engine = told(list(enumerate(acts)), "24h")
    begun = START - 900 * DAY
    told_of = {"id": EventId("i"), "at": START + 200 * HOUR, "member": MemberId("ann")}
    more: dict[str, Any] = {**told_of, "group": GroupId("a")}
    engine.receive(ev.MembershipImported(since=begun, **more))
    assert standing(engine) == ("active", micros(begun), 1, {"a": micros(begun)})
    engine.receive(Act("left", 201, group="b").event(300))
    more |= {"id": EventId("k"), "at": START + 202 * HOUR, "group": GroupId("b")}
    engine.receive(ev.MembershipImported(since=begun, **more))
    assert standing(engine)[3] == {"a": micros(begun)}


def test_a_state_of_before_is_taken_over() -> None:
    """A partition that was stored without its comings and goings goes on from there."""
    engine = told([(0, Act("joined", 0, group="a")), (1, Act("message", 5))])
    snapshot: dict[str, Any] = engine.snapshot()
    for member in snapshot["members"]:
        del member["trail"]
    again = Engine.restore(engine.playbook, snapshot)
    assert standing(again) == standing(engine)
    for one in (engine, again):
        one.receive(Act("left", 6).event(2))
        one.receive(Act("message", 7).event(3))
    assert standing(again) == standing(engine)


def test_any_place_within_an_instant_is_taken() -> None:
    """Also one that no machine word holds."""
    acts = [Act("message", 1, seq=10**30), Act("left", 1, seq=10**29)]
    check_every_order(acts)
    assert walk(acts)[0] == "active"
