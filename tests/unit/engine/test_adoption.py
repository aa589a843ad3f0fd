"""Playbooks change live: judged by the version in force at the event's own instant."""

import json
from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Recommend, SetTimer
from community_sdk.engine import Engine
from community_sdk.errors import DefinitionError, HistoryError, TooLate
from community_sdk.model import CommunityId, PolicyKey, RoleName, TierKey
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    Bar,
    Funnel,
    FunnelStep,
    QualificationPolicy,
    WishDesk,
)
from community_sdk.wording import say_problem
from tests.unit.engine.scripts import WHY, Scripted, at, book, make, on, post


def says(word: str, key: str = "p", kind: str = "message") -> Scripted:
    """A policy that recommends *word*."""
    return on(kind, Recommend(action=word, because=WHY), key=key)


def versions(*policies: Any) -> list[Playbook]:
    """One playbook per policy, versions counted from one."""
    return [
        book(*(p if isinstance(p, tuple) else (p,)), version=str(n))
        for n, p in enumerate(policies, 1)
    ]


def adopted(playbook: Playbook, when: float, effective: float | None = None) -> Any:
    """The adoption of *playbook*."""
    return make(
        ev.PlaybookAdopted,
        None,
        at(when),
        version=playbook.version,
        digest=playbook.digest,
        effective=at(when if effective is None else effective),
    )


def said(step: Any) -> list[tuple[str, str]]:
    """What was recommended, under which version."""
    return [(d.action, d.playbook) for d in step if isinstance(d, Recommend)]


def test_an_event_is_judged_by_the_version_at_its_own_instant() -> None:
    """Also one that is told late; from the effective instant on, inclusive."""
    old, new = versions(says("old"), says("new"))
    engine = Engine(old)
    engine.offer(new)
    engine.receive(adopted(new, 1, effective=3))
    assert said(engine.receive(post(when=at(2)))) == [("old", "1")]
    assert said(engine.receive(post(when=at(3)))) == [("new", "2")]
    late = post("ben", at(2.5), recorded_at=at(4))
    assert said(engine.receive(late)) == [("old", "1")]


def test_an_adoption_looks_forward_only() -> None:
    """One that claims to hold from before begins when it is known."""
    old, new = versions(says("old"), says("new"))
    engine = Engine(old)
    engine.offer(new)
    engine.receive(post(when=at(4)))
    engine.receive(adopted(new, 5, effective=1))
    late = post("ben", at(3), recorded_at=at(6))
    assert said(engine.receive(late)) == [("old", "1")]
    assert said(engine.receive(post("ben", at(6)))) == [("new", "2")]


def test_timers_are_judged_by_the_version_at_their_due_instant() -> None:
    """However late they fire."""
    wake = on("message", SetTimer("t", at(2)), key="w")
    old, new = versions(
        (wake, says("old", kind="timer_fired", key="w2")),
        (on("message", key="w"), says("new", kind="timer_fired", key="w2")),
    )
    told: list[list[tuple[str, str]]] = []
    for effective in (1.5, 2, 3):
        engine = Engine(_own_timers(old))
        engine.offer(_own_timers(new))
        engine.receive(post())
        engine.receive(adopted(_own_timers(new), 1, effective))
        told.append(said(engine.advance(at(9))))
    assert told == [[("new", "2")], [("new", "2")], [("old", "1")]]


def _own_timers(playbook: Playbook) -> Playbook:
    """Let one policy both set the timer and answer it."""
    setter, speaker = playbook.policies

    def say(event: Any, state: Any) -> Any:
        yield from setter.decide(event, state)
        yield from speaker.decide(event, state)

    both = Scripted(key=PolicyKey("w"), say=say)
    return evolve(playbook, policies=(both,))


def test_what_was_not_offered_cannot_be_adopted() -> None:
    """Nothing changed."""
    old, new = versions(says("old"), says("new"))
    engine = Engine(old)
    with pytest.raises(HistoryError, match="adopts playbook `2`, not offered"):
        engine.receive(adopted(new, 1))
    assert not engine.community.versions


def test_a_key_keeps_its_kind_of_policy() -> None:
    """What is remembered under it would mean something else."""
    funnel = Funnel(
        key=PolicyKey("p"),
        steps=(FunnelStep(event="message"),),
        window=Duration.parse("1d"),
    )
    engine = Engine(book(says("old")))
    with pytest.raises(DefinitionError, match="`p` was one kind of policy"):
        engine.offer(book(funnel))
    engine.offer(book(evolve(funnel, key=PolicyKey("q"))))


@pytest.mark.parametrize(
    ("before", "after"), [("day", "month"), ("month", "day"), ("week", "quarter")]
)
def test_a_key_keeps_its_period(before: str, after: str) -> None:
    """A month that was counted is no day: a month would be judged by a day of it."""
    was, now = (
        WishDesk(key=PolicyKey("p"), duty=RoleName("owner"), period=PeriodUnit(unit))
        for unit in (before, after)
    )
    engine = Engine(book(was))
    with pytest.raises(DefinitionError, match="give the policy") as caught:
        engine.offer(book(now, version="2"))
    assert caught.value.code == "playbook.period"
    assert "请给" in say_problem(caught.value, "zh")
    engine.offer(book(evolve(now, key=PolicyKey("q")), version="3"))


def test_slices_are_kept_by_key() -> None:
    """Of a policy that goes and comes back as well; a new key begins anew."""
    funnel = Funnel(
        key=PolicyKey("f"),
        steps=(FunnelStep(event="message"), FunnelStep(event="introduced")),
        window=Duration.parse("10d"),
    )
    first, without, again = versions(funnel, says("x"), (funnel, says("y")))
    engine = Engine(first)
    engine.receive(post())
    for day, playbook in ((1, without), (2, again)):
        engine.offer(playbook)
        engine.receive(adopted(playbook, day))
    assert "f" in engine.members["ann"].slices
    step = engine.receive(make(ev.Introduced, when=at(3)))
    assert [d.step for d in step if d.policy == "f"] == [1]  # type: ignore[attr-defined]


def test_new_metrics_count_from_now_on() -> None:
    """Members in memory get room for them; none is judged for what was not counted."""

    def grade(word: str, need: int) -> QualificationPolicy:
        bar = Bar(entry=parse_condition(f'count("{word}") >= {need}'))
        key = PolicyKey("grade")
        return QualificationPolicy(key=key, tiers="grade", bars={TierKey("core"): bar})

    old, new = versions(grade("message", 9), grade("introduced", 2))
    engine = Engine(old)
    engine.receive(make(ev.Introduced))
    engine.offer(new)
    engine.receive(adopted(new, 1))
    assert not engine.receive(make(ev.Introduced, when=at(1))).decisions
    assert engine.receive(make(ev.Introduced, when=at(2))).decisions


def test_a_snapshot_knows_what_was_adopted() -> None:
    """It wants all versions back, and says which is missing."""
    old, new = versions(says("old"), says("new"))
    engine = Engine(old)
    engine.offer(new)
    engine.receive(adopted(new, 1))
    plain = json.loads(json.dumps(engine.snapshot()))
    again = Engine.restore(old, plain, offered=(new,))
    assert said(again.receive(post(when=at(2)))) == [("new", "2")]
    with pytest.raises(HistoryError, match="run by playbook version `2`, not given"):
        Engine.restore(old, plain)


def test_an_adoption_can_be_previewed() -> None:
    """Nothing changes; who would be judged anew can be asked of the copy alone."""
    old, new = versions(says("old"), says("new"))
    engine = Engine(old)
    engine.offer(new)
    event = adopted(new, 1)
    assert engine.preview(event) == engine.receive(event)
    assert said(engine.preview(post(when=at(2)))) == [("new", "2")]
    assert old.community.key == CommunityId("c")


def test_lateness_is_that_of_the_version_in_force() -> None:
    """A longer one takes in what the old one refused, and the reverse."""
    old, new = versions(says("old"), says("new"))
    new = evolve(new, lateness=Duration.parse("30d"))
    engine = Engine(old)
    engine.offer(new)
    engine.receive(post(when=at(10)))
    with pytest.raises(TooLate, match="more than 7d"):
        engine.receive(post("ben", at(1)))
    engine.receive(adopted(new, 10))
    assert engine.receive(post("ben", at(1))).late
    with pytest.raises(TooLate, match="more than 30d"):
        engine.receive(post("ben", at(-21)))
