"""Waiting lists and merged accounts, through the whole engine (S03 S25)."""

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Recommend, SetTimer
from community_sdk.engine import Engine
from community_sdk.errors import HistoryError
from community_sdk.model import SANCTIONS, GroupId, LadderStep, PolicyKey
from community_sdk.policies import AdmissionPolicy, PenaltyLadder
from tests.unit.engine.scripts import WHY, Scripted, at, book, breach, make, on, post

DEN = GroupId("den")


def kinds(step: Any) -> list[tuple[str, str | None]]:
    """What was decided, about whom."""
    return [(d.kind, d.member) for d in step]


def full(**more: Any) -> Engine:
    """A community whose den has one place, which ann holds."""
    engine = Engine(book(AdmissionPolicy(key=PolicyKey("door")), **more))
    engine.receive(make(ev.Joined, group=DEN))
    return engine


def test_the_oldest_comes_in_when_a_place_is_free() -> None:
    """Full, the request waits; whoever waited longest is let in."""
    engine = full()
    for hour, who in enumerate(("cat", "ben"), 1):
        step = engine.receive(make(ev.JoinRequested, who, at(hours=hour), group=DEN))
        assert kinds(step) == [("put_on_waiting_list", who)]
    left = make(ev.Left, "ann", at(1), group=DEN)
    assert engine.needs(left).members == {"ann", "cat", "ben"}
    other = make(ev.Left, "ann", at(1), group=GroupId("hall"))
    assert engine.needs(other).members == {"ann"}
    assert kinds(engine.receive(left)) == [("admit", "cat")]
    assert [w[1] for w in engine.community.waiting] == ["ben"]


def test_timers_of_whoever_comes_in_fire_first() -> None:
    """A member's timers precede what happens to the member, whoever causes it."""
    wake = on("join_requested", SetTimer("t", at(1)), key="w")
    told = on("timer_fired", Recommend(action="x", because=WHY), key="x")
    door = AdmissionPolicy(key=PolicyKey("door"))
    found: list[Any] = []
    for eager in (False, True):
        engine = Engine(book(door, _both(wake, told)))
        engine.receive(make(ev.Joined, group=DEN, id="a"))
        engine.receive(make(ev.JoinRequested, "cat", group=DEN, id="b"))
        early = engine.advance(at(2)).decisions if eager else ()
        step = engine.receive(make(ev.Left, "ann", at(2), group=DEN, id="c"))
        found.append([(d.kind, d.at) for d in (*early, *step)])
    assert found[0] == found[1] == [("recommend", at(1)), ("admit", at(2))]


def _both(one: Any, two: Any) -> Any:
    def say(event: Any, state: Any) -> Any:
        yield from one.decide(event, state)
        yield from two.decide(event, state)

    return type(one)(key=one.key, say=say)


def test_accounts_of_one_person_share_a_record() -> None:
    """What either does counts for the person; the other name leads on."""
    step = LadderStep(at=2, kind=SANCTIONS["warning"])
    ladder = PenaltyLadder(key=PolicyKey("ladder"), steps=(step,))
    engine = Engine(book(ladder))
    engine.receive(breach("alt"))
    engine.receive(make(ev.IdentityLinked, "ann", at(1), alias="alt"))
    told = engine.receive(breach("alt", at(2)))
    assert kinds(told) == [("apply_sanction", "ann")]
    assert len(engine.members["ann"].strikes) == 2
    assert not engine.members["alt"].strikes
    assert engine.view("alt").member.id == "ann"


def test_timers_of_the_other_account_fire_before_the_link() -> None:
    """They are about the account as it was."""
    wake = on("message", SetTimer("t", at(1)))
    told = on("timer_fired", Recommend(action="x", because=WHY), key="x")
    engine = Engine(book(_both(wake, told)))
    engine.receive(post("alt"))
    step = engine.receive(make(ev.IdentityLinked, "ann", at(2), alias="alt"))
    assert kinds(step) == [("recommend", "alt")]


def test_timers_that_are_not_due_move_to_the_person() -> None:
    """With the person's name."""
    wake = on("message", SetTimer("t", at(5)))
    told = on("timer_fired", Recommend(action="x", because=WHY), key="x")
    engine = Engine(book(_both(wake, told)))
    engine.receive(post("alt"))
    engine.receive(make(ev.IdentityLinked, "ann", at(2), alias="alt"))
    assert kinds(engine.advance(at(9))) == [("recommend", "ann")]


def test_two_accounts_wait_in_one_place() -> None:
    """Each instant serves people in turn, whatever accounts they had before."""
    wake = on("message", SetTimer("t", at(5)), SetTimer("u", at(5)))
    told = on("timer_fired", Recommend(action="x", because=WHY), key="x")
    engine = Engine(book(_both(wake, told)))
    for name in ("bo", "cy"):
        engine.receive(post(name))
    engine.receive(make(ev.IdentityLinked, "ann", at(2), alias="bo"))
    again = Engine.restore(engine.playbook, engine.snapshot())
    found = kinds(engine.advance(at(9)))
    assert [who for _, who in found] == ["ann", "cy", "ann", "cy"]
    assert kinds(again.advance(at(9))) == found


@pytest.mark.parametrize("loaded", ["alt", "ann"])
def test_a_merge_is_known_after_loading(loaded: str) -> None:
    """Also by an engine that was given the partitions later."""
    playbook = book(on("message", Recommend(action="x", because=WHY)))
    engine = Engine(playbook)
    engine.receive(post("alt"))
    engine.receive(make(ev.IdentityLinked, "ann", at(1), alias="alt"))
    other = Engine(playbook)
    for name in dict.fromkeys((loaded, "alt", "ann")):
        other.load(engine.dump(name)[0])
    assert kinds(other.preview(post("alt", at(2)))) == [("recommend", "ann")]
    assert kinds(other.receive(post("alt", at(2), actor="alt"))) == [
        ("recommend", "ann")
    ]


def test_one_cannot_be_linked_to_oneself() -> None:
    """It changes nothing; neither does the same link told again."""
    engine = Engine(book())
    engine.receive(post())
    engine.receive(make(ev.IdentityLinked, "ann", alias="ann"))
    assert engine.members["ann"].merged is None
    for _ in range(2):
        engine.receive(make(ev.IdentityLinked, "ann", alias="alt"))
    assert engine.members["alt"].merged == "ann"
    assert engine.community.members == 1


def test_a_removed_account_waits_under_the_new_name_too() -> None:
    """Who was put out is not let in again through another account."""
    door = AdmissionPolicy(key=PolicyKey("door"), reentry_after=Duration.parse("30d"))
    engine = Engine(book(door))
    engine.receive(make(ev.Joined, "alt"))
    engine.receive(make(ev.MemberRemoved, "alt", at(1)))
    engine.receive(make(ev.IdentityLinked, "ann", at(2), alias="alt"))
    step = engine.receive(make(ev.JoinRequested, "ann", at(3)))
    assert kinds(step) == [("refuse_admission", "ann")]


@pytest.mark.parametrize("name", ["alt", "cat"])
def test_a_link_names_the_person_of_an_account(name: str) -> None:
    """Alt is cat's, then either is ann's: policies hear that cat is, once."""
    heard: list[tuple[str | None, str]] = []

    def say(event: Any, _: Any) -> Any:
        if event.kind == "identity_linked":
            heard.append((event.member, event.alias))
        return ()

    engine = Engine(book(Scripted(key=PolicyKey("p"), say=say)))
    engine.receive(make(ev.IdentityLinked, "cat", at(1), alias="alt"))
    step = make(ev.IdentityLinked, "ann", at(2), alias=name)
    assert engine.needs(step).members == {"ann", "cat", name}
    engine.receive(step)
    engine.receive(make(ev.IdentityLinked, "cat", at(3), alias="ann"))
    assert heard == [("cat", "alt"), ("ann", "cat"), ("ann", "ann")]


def test_a_link_is_between_two_who_have_names() -> None:
    """Nobody cannot be somebody's account: what was kept would be lost."""
    engine = Engine(book())
    for nth, (member, alias) in enumerate(((None, "alt"), ("ann", ""))):
        link = make(ev.IdentityLinked, member, at(nth), alias=alias)
        with pytest.raises(HistoryError, match="links an account to nobody"):
            engine.receive(link)
    assert not engine.members
