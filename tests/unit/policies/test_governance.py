"""Petitions, orders, votes: nobody twice, roles when it happened, a new version."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import (
    AmendRulebook,
    CloseMotion,
    RefuseAct,
)
from community_sdk.engine import Engine, Step
from community_sdk.errors import HistoryError
from community_sdk.model import (
    EventId,
    MemberId,
    MotionState,
    PolicyKey,
    RoleName,
    RuleChange,
    RuleCode,
    Severity,
    Voice,
)
from community_sdk.policies import CouncilOrder, Petition, RuleVote
from tests.unit.desk import DAY, HOUR, START, TICK, Desk

HOST, OWNER = RoleName("host"), RoleName("owner")
KEY = PolicyKey("way")
FLOOD, LINKS = RuleCode("flood"), RuleCode("links")
CHANGE = (RuleChange(code=LINKS, severity=Severity.SERIOUS, weight=2),)
RETIRE = (RuleChange(code=FLOOD, retired=True),)
HOSTS = ("h1", "h2", "h3", "h4")


def house(*policies: Any) -> Desk:
    """A community with four hosts, an owner and a member."""
    desk = Desk(*policies, lateness=Duration.parse("30d"))
    for name in HOSTS:
        desk.tell(ev.RoleAssigned, START, name, role=HOST)
    desk.tell(ev.RoleAssigned, START, "boss", role=OWNER)
    for name in (*HOSTS, "boss", "ann", "bo"):
        desk.tell(ev.Joined, START, name)
    return desk


def petition(**given: Any) -> Desk:
    """A community whose hosts may amend the rules, three together."""
    fields: dict[str, Any] = {"roles": (HOST,), **given}
    return house(Petition(key=KEY, **fields))


def vote(**given: Any) -> Desk:
    """A community whose hosts vote on the rules."""
    fields: dict[str, Any] = {"voters": (HOST,), **given}
    return house(RuleVote(key=KEY, open_for=Duration.parse("1d"), **fields))


def begin(desk: Desk, who: str = "h1", hour: float = 1, **more: Any) -> Step:
    """Begin a petition called ``p``."""
    more = {"changes": CHANGE, "id": "p", **more}
    return desk.tell(ev.PetitionStarted, START + hour * HOUR, who, **more)


def sign(desk: Desk, who: str, hour: float = 2, **more: Any) -> Step:
    """Sign the petition ``p``."""
    when = START + hour * HOUR
    return desk.tell(ev.PetitionSigned, when, who, petition=EventId("p"), **more)


def call(desk: Desk, who: str = "boss", hour: float = 1, **more: Any) -> Step:
    """Call the vote ``v``."""
    more = {"changes": CHANGE, "id": "v", **more}
    return desk.tell(ev.VoteCalled, START + hour * HOUR, who, **more)


def cast(desk: Desk, who: str, voice: Voice, hour: float = 2, **more: Any) -> Step:
    """Vote in ``v``."""
    when = START + hour * HOUR
    return desk.tell(ev.VoteCast, when, who, vote=EventId("v"), voice=voice, **more)


def withdraw(desk: Desk, who: str, motion: str, hour: float = 3) -> Step:
    """Take a motion back."""
    when = START + hour * HOUR
    return desk.tell(ev.MotionWithdrawn, when, who, motion=EventId(motion))


def refused(step: Step) -> str:
    """Return why the act did not count, nothing where it did."""
    keys = [d.because.key for d in step if isinstance(d, RefuseAct)]
    assert len(keys) <= 1
    assert not keys or len(step.decisions) == 1
    return keys[0] if keys else ""


def amended(step: Step) -> AmendRulebook | None:
    """Return the new version that a step led to."""
    found = [d for d in step if isinstance(d, AmendRulebook)]
    facts = [f for f in step.facts if isinstance(f, ev.RulebookAmended)]
    assert len(found) == len(facts) <= 1
    return found[0] if found else None


def test_the_last_signature_makes_a_new_version() -> None:
    """Three hosts; the petitioner's is the first."""
    desk = petition()
    assert amended(begin(desk)) is None
    assert amended(sign(desk, "h2")) is None
    decision = amended(sign(desk, "h3", 3))
    assert decision is not None
    assert (decision.version, decision.motion) == (2, "p")
    assert decision.effective == START + 3 * HOUR
    why = decision.because
    assert why.key == "petition.adopted"
    assert (why["signed"], why["found"], why["needed"]) == (("h1", "h2", "h3"), 3, 3)
    assert (why["version"], [part.key for part in why.parts]) == (
        2,
        ["amendment.added"],
    )
    assert refused(sign(desk, "h4", 4)) == "motion.closed"


def test_the_rules_change_at_that_instant_and_not_before() -> None:
    """A breach told late is judged by the rules of its time."""
    desk = petition(signatures=1)
    begin(desk, hour=1, changes=(*CHANGE, *RETIRE))

    def breach(rule: str, hour: float) -> str:
        when = START + hour * HOUR
        later = START + 9 * HOUR
        step = desk.tell(ev.RuleBroken, when, rule=RuleCode(rule), recorded_at=later)
        return refused(step)

    assert breach("flood", 0.9) == ""
    assert breach("flood", 1) == "rule.not_in_force"
    assert breach("links", 0.9) == "rule.not_in_force"
    assert breach("links", 1) == ""
    old, new = desk.member().strikes
    assert (old.rule, old.version, old.category) == ("flood", 1, "noise")
    assert (new.rule, new.version, new.weight, new.severity) == ("links", 2, 2, 2)


def test_a_snapshot_holds_versions_and_open_motions() -> None:
    """Restored, the engine goes on as if nothing had happened."""
    desk = petition(signatures=2)
    begin(desk)
    copy = Engine.restore(desk.engine.playbook, desk.engine.snapshot())
    sign(desk, "h2")
    signature = ev.PetitionSigned(
        id=EventId(f"e{desk.told}"),
        at=START + 2 * HOUR,
        member=desk.member("h2").id,
        petition=EventId("p"),
    )
    copy.receive(signature)
    assert copy.snapshot() == desk.engine.snapshot()
    again = Engine.restore(desk.engine.playbook, copy.snapshot())
    assert again.snapshot() == copy.snapshot()
    assert again.view("ann").rulebook.version_at(START + DAY) == 2


@pytest.mark.parametrize(
    ("who", "key"),
    [("h1", "petition.twice"), ("ann", "petition.not_entitled"), ("h2", "")],
)
def test_who_may_sign(who: str, key: str) -> None:
    """Once, and as a host."""
    desk = petition()
    begin(desk)
    assert refused(sign(desk, who)) == key


def test_a_petition_says_how_it_stands() -> None:
    """Who has signed so far, and what became of it."""
    desk, policy = petition(), Petition(key=KEY, roles=(HOST,))

    def stands() -> tuple[tuple[str, ...], MotionState | None]:
        view = desk.view()
        return policy.signers(view, "p"), policy.outcome(view, "p")

    assert stands() == ((), None)
    begin(desk, "h2")
    sign(desk, "h1")
    assert stands() == (("h1", "h2"), MotionState.PROPOSED)
    sign(desk, "h3", 3)
    assert stands() == ((), MotionState.PASSED)


def test_a_stranger_begins_no_petition() -> None:
    """Nothing is remembered of it."""
    desk = petition()
    assert refused(begin(desk, "ann")) == "petition.not_entitled"
    assert refused(sign(desk, "h1")) == "motion.unknown"


def test_a_role_counts_when_it_is_signed() -> None:
    """Not before it is held, nor from its end on."""
    desk = petition()
    begin(desk)
    desk.tell(
        ev.RoleAssigned,
        START + 4 * HOUR,
        "bo",
        role=HOST,
        until=START + 6 * HOUR,
    )
    later = START + 8 * HOUR
    assert refused(sign(desk, "bo", 3.9, recorded_at=later)) != ""
    assert refused(sign(desk, "bo", 6, recorded_at=later)) != ""
    assert refused(sign(desk, "bo", 5.9, recorded_at=later)) == ""


def test_two_accounts_of_one_person_sign_once() -> None:
    """Also when it comes out later."""
    desk = petition(signatures=3)
    begin(desk)
    sign(desk, "h2")
    desk.tell(ev.IdentityLinked, START + 3 * HOUR, "h1", alias="h2")
    assert refused(sign(desk, "h2", 4)) == "petition.twice"
    assert amended(sign(desk, "h3", 5)) is None
    assert amended(sign(desk, "h4", 6)) is not None


def test_a_petition_may_be_for_all_members() -> None:
    """Who has left has no say; nobody signs without a name."""
    desk = petition(roles=(), signatures=9)
    begin(desk, "ann")
    assert refused(sign(desk, "bo")) == ""
    desk.tell(ev.Left, START + 3 * HOUR, "h1")
    assert refused(sign(desk, "h1", 4)) == "petition.not_entitled"
    nobody: dict[str, Any] = {
        "id": EventId("n"),
        "at": START + 5 * HOUR,
        "petition": EventId("p"),
    }
    step = desk.engine.receive(ev.PetitionSigned(**nobody))
    assert refused(step) == "petition.not_entitled"
    signed = evolve(ev.PetitionSigned(**nobody), id=EventId("m"), actor=MemberId("h2"))
    assert refused(desk.engine.receive(signed)) == ""


def test_a_petition_fails_when_its_time_is_over() -> None:
    """The last instant is too late."""
    desk = petition(within=Duration.parse("1d"))
    begin(desk, hour=0)
    sign(desk, "h2", 24 - 0.001)
    step = sign(desk, "h3", 24)
    (close, _) = step.decisions
    assert isinstance(close, CloseMotion)
    assert (close.motion, close.state) == ("p", MotionState.FAILED)
    assert (close.because.key, close.because["found"]) == ("petition.failed", 2)
    assert [d.because.key for d in step][1] == "motion.closed"


def test_a_petition_that_passed_does_not_fail_later() -> None:
    """Its time means nothing any more."""
    desk = petition(within=Duration.parse("1d"), signatures=1)
    assert amended(begin(desk)) is not None
    assert desk.advance(START + 9 * DAY).decisions == ()


@pytest.mark.parametrize(("who", "key"), [("h1", ""), ("h2", "motion.not_mover")])
def test_who_began_it_may_take_it_back(who: str, key: str) -> None:
    """Afterwards nobody signs."""
    desk = petition()
    begin(desk)
    assert refused(withdraw(desk, who, "p")) == key
    assert refused(sign(desk, "h3", 4)) == ("" if key else "motion.closed")
    assert refused(withdraw(desk, who, "p", 5)) == (key or "motion.closed")
    assert refused(withdraw(desk, who, "q", 6)) == ""


def test_what_is_no_rule_cannot_be_retired() -> None:
    """The nearest one is named."""
    desk = petition()
    change = (RuleChange(code=RuleCode("floods"), retired=True),)
    step = begin(desk, changes=change)
    assert refused(step) == "amendment.no_rule"
    assert step.decisions[0].because["nearest"] == "flood"
    strange = (RuleChange(code=RuleCode("xyz"), retired=True),)
    step = begin(desk, id="q", changes=strange)
    assert step.decisions[0].because["nearest"] is None
    assert refused(begin(desk, id="r", changes=RETIRE)) == ""


@pytest.mark.parametrize("changes", [(), (*CHANGE, *CHANGE)])
def test_a_motion_asks_for_something_and_no_rule_twice(changes: Any) -> None:
    """Else nobody knows what was agreed to."""
    with pytest.raises(HistoryError) as caught:
        begin(petition(), changes=changes)
    assert caught.value.code == "event.changes"


def test_a_version_may_begin_later() -> None:
    """Never before one that was decided earlier."""
    late = Petition(
        key=KEY, signatures=1, roles=(HOST,), effect_after=Duration.parse("2d")
    )
    desk = house(late, CouncilOrder(key=PolicyKey("order"), roles=(OWNER,)))
    first = amended(begin(desk, changes=RETIRE))
    assert first is not None
    assert first.effective == START + HOUR + 2 * DAY
    order = desk.tell(ev.CouncilOrdered, START + DAY, "boss", changes=CHANGE)
    second = amended(order)
    assert second is not None
    assert (second.version, second.effective) == (3, first.effective)
    assert order.decisions[0].because.parts[0].key == "amendment.added"
    book = desk.view().rulebook
    assert book.version_at(first.effective - TICK) == 1
    assert book.version_at(first.effective) == 3
