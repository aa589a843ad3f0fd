"""Timers: due instants, phases, order; late firing is firing in time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.decisions import ClearTimer, Recommend, SetTimer
from community_sdk.engine import Engine
from community_sdk.engine._wheel import Wheel
from community_sdk.errors import DefinitionError
from community_sdk.metrics import WindowPlan
from community_sdk.model import PolicyKey
from community_sdk.policies import Scope
from community_sdk.state import MemberState
from tests.unit.engine.scripts import WHY, Scripted, at, book, make, on, post

TICK = timedelta(microseconds=1)


def note(event: Any, _: Any) -> Recommend:
    """Say which timer fired."""
    return Recommend(action=event.timer, because=WHY)


def fired(engine: Engine, when: datetime) -> list[tuple[str, str | None, Any]]:
    """Let time pass; tell what was noted, of whom and when it was due."""
    step = engine.advance(when)
    return [(d.action, d.member, d.at) for d in step if isinstance(d, Recommend)]


def clock(*timers: SetTimer | ClearTimer, on_kind: str = "message", **more: Any) -> Any:
    """A policy that sets timers, and notes when they fire."""

    def say(event: Any, state: Any) -> Any:
        if event.name == on_kind:
            yield from timers
        elif event.name == "timer_fired":
            yield note(event, state)

    return Scripted(key=PolicyKey(more.pop("key", "p")), say=say, **more)


def test_phases() -> None:
    """`before` fires at its instant, `after` once time has passed beyond it."""
    before, after = SetTimer("b", at(1)), SetTimer("a", at(1), "after")
    engine = Engine(book(clock(before, after)))
    engine.receive(post())
    assert fired(engine, at(1) - TICK) == []
    assert fired(engine, at(1)) == [("b", "ann", at(1))]
    assert fired(engine, at(1) + TICK) == [("a", "ann", at(1))]


def test_a_timer_is_replaced_and_cleared() -> None:
    """The same name replaces, also by a later instant; clearing forgets."""
    policy = clock(SetTimer("t", at(1)), SetTimer("t", at(2)), ClearTimer("gone"))
    engine = Engine(book(policy))
    engine.receive(post())
    assert fired(engine, at(1)) == []
    assert fired(engine, at(5)) == [("t", "ann", at(2))]
    cleared = clock(SetTimer("t", at(1)), ClearTimer("t"))
    engine = Engine(book(cleared))
    engine.receive(post())
    assert engine.dump("ann")[1] is None


def test_order() -> None:
    """Instant, phase, member; of one member, name."""
    policy = clock(
        SetTimer("late", at(1), "after"), SetTimer("b", at(1)), SetTimer("a", at(1))
    )
    engine = Engine(book(policy))
    for who in ("ben", "ann"):
        engine.receive(post(who))
    assert [(name, who) for name, who, _ in fired(engine, at(9))] == [
        ("a", "ann"),
        ("a", "ben"),
        ("b", "ann"),
        ("b", "ben"),
        ("late", "ann"),
        ("late", "ben"),
    ]


@pytest.mark.parametrize("phase", ["before", "after"])
def test_the_community_comes_after_its_members(phase: Any) -> None:
    """Those due by then, in either phase, and not a microsecond more."""
    mine = clock(
        SetTimer("now", at(1)),
        SetTimer("after", at(1), "after"),
        SetTimer("later", at(1) + TICK),
    )
    all_ = clock(
        SetTimer("all", at(1), phase),
        on_kind="head_counted",
        key="q",
        scope=Scope.COMMUNITY,
    )
    engine = Engine(book(mine, all_))
    engine.receive(post())
    engine.receive(make(ev.HeadCounted, None, count=1))
    names = [name for name, _, _ in fired(engine, at(2))]
    by_then = ["now", "after"] if phase == "after" else ["now"]
    assert names[: len(by_then) + 1] == [*by_then, "all"]
    assert sorted(names) == ["after", "all", "later", "now"]


def test_a_preview_fires_what_is_due() -> None:
    """Of the community and of those named, as the event itself will."""
    mine = clock(SetTimer("mine", at(1)))
    all_ = clock(
        SetTimer("all", at(2)), on_kind="head_counted", key="q", scope=Scope.COMMUNITY
    )
    engine = Engine(book(mine, all_))
    engine.receive(post())
    engine.receive(post("ben"))
    engine.receive(make(ev.HeadCounted, None, count=1))
    event = post(when=at(5))
    before = engine.snapshot()
    step = engine.preview(event)
    assert [d.member for d in step] == ["ann", "ben", None]
    assert engine.snapshot() == before
    assert engine.receive(event) == step


def test_timers_fire_before_the_event_that_makes_them_due() -> None:
    """Their decisions come first and bear the due instant."""
    policy = clock(SetTimer("t", at(1)))
    greet = on("message", Recommend(action="hello", because=WHY), key="q")
    engine = Engine(book(policy, greet))
    engine.receive(post())
    step = engine.receive(post(when=at(4)))
    assert [(d.at) for d in step] == [at(1), at(4)]


def test_other_members_wait() -> None:
    """Nobody else's timers fire with an event; the actor's do."""
    engine = Engine(book(clock(SetTimer("t", at(1)))))
    for who in ("ann", "ben", "cat"):
        engine.receive(post(who))
    step = engine.receive(post("ann", at(2), actor="ben"))
    assert [d.member for d in step] == ["ann", "ben"]
    assert [d.member for d in engine.advance(at(2))] == ["cat"]


def test_a_timer_for_now_fires_when_now_is_over() -> None:
    """So that two events of one instant do not make it fire twice."""
    engine = Engine(book(clock(SetTimer("t", at(-5)))))
    engine.receive(post())
    assert engine.receive(post()).decisions == ()
    assert fired(engine, at(0)) == []
    assert fired(engine, at(1)) == [("t", "ann", at(0))]


def test_a_timer_that_wakes_itself_for_ever_is_refused() -> None:
    """It names the timer; a later instant is fine."""
    engine = Engine(book(Scripted(key=PolicyKey("p"), say=_restless)))
    engine.receive(post())
    with pytest.raises(DefinitionError, match="`p/t` is set for the instant at which"):
        engine.advance(at(3))


def _restless(event: Any, _: Any) -> Any:
    yield SetTimer("t", event.at)


def test_timers_of_a_policy_that_is_gone_are_passed_over() -> None:
    """They fire for nobody."""
    engine = Engine(book(clock(SetTimer("t", at(1)))))
    engine.receive(post())
    other = Engine.restore(book(), engine.snapshot())
    assert other.advance(at(2)).decisions == ()
    assert other.dump("ann")[1] is None


def test_the_queue_passes_over_whoever_is_gone() -> None:
    """A member forgotten, or busy otherwise, is not ready; nobody is queued twice."""
    wheel, plan = Wheel(), WindowPlan(0)
    ann, ben = MemberState("ann", plan), MemberState("ben", plan)
    for member in (ann, ben):
        member.set_timer("t", 5, 1)
        wheel.put(member)
        wheel.put(member)
    assert wheel.ready(5, 0, {"ann": ann, "ben": ben}.get) == []
    assert wheel.copy().ready(6, 0, {"ben": ben}.get) == [ben]
    ann.clear_timer("t")
    wheel.put(ann)
    assert wheel.ready(6, 0, {"ann": ann, "ben": ben}.get) == [ben]
    assert wheel.ready(6, 0, {"ann": ann, "ben": ben}.get) == []


def test_one_instant_has_two_phases_in_the_queue() -> None:
    """Whoever fires after waits for those who fire before."""
    wheel, plan = Wheel(), WindowPlan(0)
    ann, ben = MemberState("ann", plan), MemberState("ben", plan)
    ann.set_timer("t", 5, 1)
    ben.set_timer("t", 5, 0)
    for member in (ann, ben):
        wheel.put(member)
    people = {"ann": ann, "ben": ben}.get
    assert wheel.ready(9, 0, people) == [ben]
    assert wheel.ready(9, 0, people) == [ann]
