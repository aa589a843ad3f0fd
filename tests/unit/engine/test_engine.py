"""The engine's front door: what comes in, what is refused, what is left behind."""

import json
from datetime import timedelta
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration, micros
from community_sdk.decisions import Greet, Recommend, ReportBreach, SetTimer
from community_sdk.engine import Engine, Step
from community_sdk.errors import DefinitionError, HistoryError, PolicyError, TooLate
from community_sdk.model import MemberStatus, RuleCode
from community_sdk.policies import Scope
from tests.unit.engine.scripts import T0, WHY, at, book, make, on, post

GREET = Greet(because=WHY)


def state(engine: Engine) -> str:
    """The whole state as text."""
    return json.dumps(engine.snapshot())


def test_a_decision_bears_its_circumstances() -> None:
    """Id, policy, version, trigger, instant and mode are the engine's."""
    engine = Engine(book(on("joined", GREET), version="7"))
    event = make(ev.Joined)
    (greet,) = engine.receive(event)
    assert (greet.policy, greet.playbook, greet.trigger) == ("p", "7", event.id)
    assert (greet.member, greet.at, greet.because) == ("ann", T0, WHY)
    assert len(greet.id) == 24


def test_the_id_does_not_depend_on_the_version() -> None:
    """An upgrade decides nothing twice."""
    event = make(ev.Joined)
    ids = {
        d.id
        for version in "12"
        for d in Engine(book(on("joined", GREET), version=version)).receive(event)
    }
    assert len(ids) == 1


def test_equal_wishes_of_one_event_have_ids_of_their_own() -> None:
    """The ordinal is part of the id."""
    two = (Recommend(action="a", because=WHY), Recommend(action="b", because=WHY))
    step = Engine(book(on("joined", *two))).receive(make(ev.Joined))
    assert len({d.id for d in step}) == 2


def test_another_community_is_refused() -> None:
    """Its event changes nothing; its own, or nobody's, comes in."""
    engine = Engine(book())
    before = state(engine)
    with pytest.raises(HistoryError, match="belongs to `d`, not `c`"):
        engine.receive(post(community="d"))
    assert state(engine) == before
    assert not engine.receive(post(community="c")).duplicate
    assert engine.community.members == 1


@pytest.mark.parametrize("event", [post(""), post(actor="")])
def test_an_empty_name_is_refused(event: Any) -> None:
    """Nobody is called nothing."""
    engine = Engine(book())
    with pytest.raises(HistoryError, match="without a name"):
        engine.receive(event)
    assert not engine.members


def test_derived_kinds_are_refused() -> None:
    """The engine draws conclusions itself."""
    event = make(ev.TierChanged, tiers="g", before="a", after="b", rise=True)
    with pytest.raises(HistoryError, match="only the engine makes `tier_changed`"):
        Engine(book()).receive(event)


def test_known_ids_are_no_ops() -> None:
    """Also in a preview, also after a restart."""
    playbook = book(on("message", GREET))
    engine, event = Engine(playbook), post()
    assert len(engine.receive(event).decisions) == 1
    assert engine.receive(event) == engine.preview(event) == Step(duplicate=True)
    again = Engine.restore(playbook, json.loads(state(engine)))
    assert again.receive(event).duplicate


def test_ids_are_remembered_only_while_an_event_may_come_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The memory does not grow for ever; what is older is too late anyway."""
    monkeypatch.setattr("community_sdk.engine._gate._REMEMBER", 4)
    engine = Engine(book(lateness=Duration.parse("1d")))
    events = [post(when=at(n)) for n in range(20)]
    for event in events:
        engine.receive(event)
    recent: Any = engine.snapshot()["recent"]
    assert len(recent) < 12
    with pytest.raises(TooLate):
        engine.receive(events[0])
    assert engine.receive(events[-1]).duplicate


def test_lateness_ends_where_the_playbook_says() -> None:
    """Exactly so late is in time; a microsecond more is refused."""
    engine = Engine(book(lateness=Duration.parse("1 month")))
    engine.receive(post(when=at(31)))
    step = engine.receive(post("ben", at(0)))
    assert step.late
    before = state(engine)
    with pytest.raises(TooLate, match="more than 1 month before"):
        engine.receive(post("ben", at(0) - timedelta(microseconds=1)))
    assert state(engine) == before


def test_an_event_known_later_is_late_for_itself() -> None:
    """Time is when it became known; it is late only if more was known before."""
    engine = Engine(book())
    step = engine.receive(post(when=T0, recorded_at=at(2)))
    assert not step.late
    assert engine.now == at(2)
    assert engine.receive(post("ben", at(1))).late


def test_nothing_is_known_before_the_first_event() -> None:
    """Neither an instant nor a member; looking does not make one."""
    engine = Engine(book())
    assert engine.now is None
    assert engine.view("ann").member.status is MemberStatus.UNKNOWN
    assert engine.standing("ann").key == "member.standing"
    assert not engine.members


@pytest.mark.parametrize("going", [ev.Left, ev.MemberRemoved])
def test_who_is_gone_is_gone_since_then(going: type[ev.Event]) -> None:
    """The standing tells when the member went, not when the membership began."""
    engine = Engine(book())
    for nth, cls in enumerate((ev.Joined, going, ev.Joined)):
        engine.receive(make(cls, when=at(nth)))
        assert engine.standing("ann")["since"] == at(nth).isoformat()


def test_time_never_goes_back() -> None:
    """Going back is no error."""
    engine = Engine(book())
    engine.advance(at(3))
    assert engine.advance(at(1)) == Step()
    assert engine.now == at(3)


def test_a_replay_is_one_receipt_after_the_other() -> None:
    """As an iterator."""
    engine = Engine(book(on("message", GREET)))
    steps = engine.replay([post(), post("ben")])
    assert [d.member for step in steps for d in step] == ["ann", "ben"]


# -- broken policies -----------------------------------------------------------------


def broken(*_: Any) -> Any:
    """Fail as a policy may."""
    raise ZeroDivisionError("by hand")


class Forgetful:
    """A policy that cannot remember."""

    answers = (ev.MessagePosted,)
    folds = (ev.MessagePosted,)
    key, mode, scope = "f", on("x").mode, Scope.COMMUNITY
    start = fold = staticmethod(broken)

    def decide(self, event: Any, state: Any, /) -> Any:
        """Decide nothing."""
        return ()


@pytest.mark.parametrize("policy", [on("message", broken, key="f"), Forgetful()])
def test_a_broken_policy_stops_the_engine(policy: Any) -> None:
    """It is named; half a step is worse than none; a snapshot heals."""
    playbook = book(policy)
    engine = Engine(playbook)
    engine.receive(make(ev.Joined))
    kept = json.loads(state(engine))
    with pytest.raises(PolicyError, match=r"`f` broke on .*by hand") as caught:
        engine.receive(post())
    assert caught.value.policy == "f"
    stopped = "stopped in the middle"
    with pytest.raises(PolicyError, match=stopped):
        engine.receive(make(ev.Joined, "ben"))
    with pytest.raises(PolicyError, match=stopped):
        engine.advance(at(1))
    with pytest.raises(PolicyError, match=stopped):
        engine.fire(["ann"], at(1))
    with pytest.raises(PolicyError, match=stopped):
        engine.preview(make(ev.Joined, "ben"))
    healed = Engine.restore(playbook, kept)
    assert not healed.receive(make(ev.Joined, "ben")).decisions
    assert set(healed.members) == {"ann", "ben"}


def test_a_preview_that_breaks_leaves_the_engine_whole() -> None:
    """Only the copy stops."""
    engine = Engine(book(on("message", broken)))
    with pytest.raises(PolicyError, match="broke"):
        engine.preview(post())
    assert not engine.receive(make(ev.Joined)).decisions


def wrong(*_: Any) -> Any:
    """Show oneself wrong."""
    raise DefinitionError("so not")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("greet her", "yielded a `str`"),
        (Greet(member="ben", because=WHY), "decided about `ben`, asked about `ann`"),  # type: ignore[arg-type]
        (wrong, "so not"),
    ],
)
def test_odd_wishes_are_refused(wish: Any, said: str) -> None:
    """No decision, somebody else's, or a definition that shows itself wrong."""
    engine = Engine(book(on("message", wish)))
    with pytest.raises(DefinitionError, match=said):
        engine.receive(post())


def test_facts_without_end_are_named() -> None:
    """Two policies that answer each other are a mistake of the definition."""
    report = ReportBreach(rule=RuleCode("ads"), because=WHY)
    engine = Engine(book(on("message", report), on("rule_broken", report, key="q")))
    with pytest.raises(DefinitionError, match="message → rule_broken → rule_broken"):
        engine.receive(post())


def test_two_policies_need_two_keys() -> None:
    """What is remembered belongs to one."""
    with pytest.raises(DefinitionError, match="found `p` twice"):
        Engine(book(on("message"), on("joined")))


# -- state at the border ---------------------------------------------------------------


def test_a_snapshot_of_another_format_is_refused() -> None:
    """With what was found."""
    with pytest.raises(HistoryError, match="format 1, found `2`"):
        Engine.restore(book(), {"format": 2})


def test_members_come_and_go_from_memory() -> None:
    """Dumped, forgotten and loaded, a member is as before."""
    wake = SetTimer("t", at(2))
    engine = Engine(book(on("message", wake)))
    engine.receive(post())
    plain, due = engine.dump("ann")
    assert due == micros(at(2))
    engine.forget(["ann", "nobody"])
    assert not engine.members
    engine.load(json.loads(json.dumps(plain)))
    assert engine.dump("ann") == (plain, due)
    assert engine.dump("")[1] is None


def test_needs_name_everybody_whom_a_step_touches() -> None:
    """The member, who did it, the other account, and whoever is next in line."""
    engine = Engine(book())
    assert engine.needs(post(actor="ben")).members == {"ann", "ben"}
    assert engine.needs(make(ev.HeadCounted, None, count=3)).members == frozenset()
    linked = make(ev.IdentityLinked, "ann", alias="cat")
    assert engine.needs(linked).members == {"ann", "cat"}
    engine.receive(linked)
    engine.receive(make(ev.IdentityLinked, "dan", alias="ann"))
    assert engine.needs(post("cat")).members == {"cat", "ann", "dan"}


def test_needs_name_members_whose_timers_come_first() -> None:
    """A timer of the community fires after those of members."""
    wake = SetTimer("t", at(2))
    engine = Engine(book(on("head_counted", wake, scope=Scope.COMMUNITY)))
    engine.receive(make(ev.HeadCounted, None, count=3))
    assert engine.needs(post(when=at(1))).due_until is None
    assert engine.needs(post(when=at(5))).due_until == micros(at(5))


def test_slices_of_firing_are_the_whole() -> None:
    """`fire` for some, then `advance`: as if time had passed at once."""
    policy = on("message", SetTimer("t", at(1)))
    speak = on("timer_fired", GREET, key="q")
    told: list[list[Any]] = []
    for slices in ((), ("ann", "ghost"), ("ann", "ben")):
        engine = Engine(book(policy, speak))
        engine.receive(post())
        engine.receive(post("ben"))
        found = list(engine.fire(slices, at(3)))
        found += engine.advance(at(3))
        told.append(sorted(str(d.id) for d in found))
        assert not engine.fire(slices, at(3)).decisions
    assert told[0] == told[1] == told[2]
