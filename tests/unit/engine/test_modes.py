"""Modes: kept in the shadow, proposed to people, done (S11)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.decisions import (
    ApplySanction,
    ChangeTier,
    Mode,
    Recommend,
    RecordStage,
    RefuseAct,
    ReportBreach,
    RequestConsent,
)
from community_sdk.engine import Engine
from community_sdk.model import (
    SANCTIONS,
    EventId,
    LadderStep,
    MemberId,
    PolicyKey,
    RoleName,
    RuleCode,
    TierKey,
)
from community_sdk.playbook import Consent
from community_sdk.policies import Bar, PenaltyLadder, QualificationPolicy
from tests.unit.engine.scripts import T0, WHY, at, book, breach, make, on, post

MUTE = LadderStep(at=1, kind=SANCTIONS["mute"], duration=Duration.parse("24h"))


def ladder(mode: Mode = Mode.PROPOSE) -> PenaltyLadder:
    """Mute at the first strike."""
    return PenaltyLadder(key=PolicyKey("ladder"), steps=(MUTE,), mode=mode)


def running(*policies: Any, needs: int = 1, **more: Any) -> Engine:
    """An engine with two owners."""
    approval = Consent(duty="owner", needs=needs, within=Duration.parse("3d"))
    engine = Engine(book(*(policies or (ladder(),)), approval=approval, **more))
    for who in ("olga", "otto"):
        engine.receive(make(ev.RoleAssigned, who, T0, role=RoleName("owner")))
    return engine


def asked(engine: Engine, event: ev.Event | None = None) -> RequestConsent:
    """Provoke a proposal."""
    (request,) = engine.receive(event or breach())
    assert isinstance(request, RequestConsent)
    return request


def vote(
    engine: Engine,
    request: RequestConsent,
    by: str | None,
    when: datetime | None = None,
    cls: Any = ev.ProposalApproved,
) -> Any:
    """Say yes or no."""
    actor = None if by is None else MemberId(by)
    event = make(cls, "ann", when or at(1), actor=actor, proposal=request.id)
    return engine.receive(event)


def test_a_shadow_is_kept_and_nothing_else() -> None:
    """No fact, no sanction, no timer."""
    step = Engine(book(ladder(Mode.SHADOW))).receive(breach())
    assert [d.mode for d in step] == [Mode.SHADOW]
    assert not step.facts


def test_a_proposal_asks_and_waits() -> None:
    """It says whom, how many, until when, and carries the decision."""
    engine = running()
    request = asked(engine)
    assert (request.duty, request.needs, request.deadline) == ("owner", 1, at(3))
    assert isinstance(request.wish, ApplySanction)
    assert request.mode is Mode.ACT
    assert dict(request.because.figures)["needs"] == 1
    member = engine.members["ann"]
    assert [c.id for c in member.consents] == [request.id]
    assert not member.sanctions


def test_an_approval_acts_from_now_on() -> None:
    """The effect begins when it was agreed to; the id is that of the wish."""
    engine = running()
    request = asked(engine)
    (sanction,) = vote(engine, request, "olga", at(2))
    assert sanction.id == request.wish.id
    assert (sanction.mode, sanction.at) == (Mode.ACT, at(2))
    assert sanction.until == at(3)
    assert engine.members["ann"].sanctions[0].in_force(engine.community.now)
    assert not engine.members["ann"].consents
    assert [d.kind for d in engine.advance(at(9))] == ["end_sanction", "lift_sanction"]


def test_two_voices_are_two_people() -> None:
    """The second voice of the same person does not count."""
    engine = running(needs=2)
    request = asked(engine)
    assert vote(engine, request, "olga").decisions == ()
    assert refused(vote(engine, request, "olga")) == "consent.twice"
    assert [d.kind for d in vote(engine, request, "otto")] == ["apply_sanction"]


def refused(step: Any) -> str:
    """Return why an act did not count."""
    (decision,) = step.decisions
    assert isinstance(decision, RefuseAct)
    assert not step.facts
    return decision.because.key


def test_whose_voice_does_not_count() -> None:
    """Nobody's, one's own, and that of who does not hold the duty."""
    engine = running()
    engine.receive(make(ev.RoleAssigned, role=RoleName("owner")))
    request = asked(engine)
    assert refused(vote(engine, request, "ann")) == "consent.self"
    assert refused(vote(engine, request, None)) == "consent.self"
    assert refused(vote(engine, request, "ben")) == "consent.not_holder"
    assert len(engine.members["ann"].consents) == 1


def test_the_duty_is_looked_at_when_one_votes() -> None:
    """Who was an owner then and is none now has no voice."""
    engine = running()
    request = asked(engine)
    engine.receive(make(ev.RoleEnded, "olga", at(1), role=RoleName("owner")))
    assert refused(vote(engine, request, "olga", at(1))) == "consent.not_holder"


def test_a_refusal_closes() -> None:
    """One holder suffices; what is closed cannot be voted on."""
    engine = running(needs=2)
    request = asked(engine)
    assert vote(engine, request, "otto", cls=ev.ProposalRefused).decisions == ()
    assert refused(vote(engine, request, "olga")) == "consent.closed"
    assert engine.advance(at(9)).decisions == ()


def test_a_proposal_expires_at_its_deadline() -> None:
    """A voice at the very instant is too late; the end is on record."""
    engine = running()
    request = asked(engine)
    step = vote(engine, request, "olga", at(3))
    assert refused_kinds(step) == ["consent.closed"]
    assert [f.kind for f in step.facts] == ["proposal_expired"]
    other = running()
    assert vote(other, asked(other), "olga", at(3) - timedelta(microseconds=1)).facts


def refused_kinds(step: Any) -> list[str]:
    """Return the keys of all refusals."""
    return [d.because.key for d in step.decisions]


def test_a_proposal_survives_a_restart() -> None:
    """The decision waits in the snapshot, with its voices."""
    playbook = running(needs=2).playbook
    engine = running(needs=2)
    request = asked(engine)
    vote(engine, request, "otto")
    again = Engine.restore(playbook, json.loads(json.dumps(engine.snapshot())))
    assert [d.kind for d in vote(again, request, "olga")] == ["apply_sanction"]


def test_a_merged_account_is_sanctioned_as_the_person() -> None:
    """The proposal about an alias is carried out about whom it belongs to."""
    engine = running()
    request = asked(engine, breach("alias"))
    engine.receive(make(ev.IdentityLinked, "ann", alias="alias"))
    (sanction,) = vote(engine, request, "olga")
    assert sanction.member == "ann"
    assert engine.members["ann"].sanctions


@pytest.mark.parametrize("mode", [Mode.ACT, Mode.PROPOSE])
def test_a_policy_may_ask_itself(mode: Mode) -> None:
    """Whatever its mode: the wish waits, and is carried out when agreed to."""
    wish = ApplySanction(step=MUTE, because=WHY)
    request = RequestConsent(wish=wish, duty="owner", needs=2, because=WHY)
    engine = running(on("message", request, mode=mode))
    opened = asked(engine, post())
    assert (opened.needs, opened.wish.member, opened.wish.policy) == (2, "ann", "p")
    assert vote(engine, opened, "otto").decisions == ()
    (sanction,) = vote(engine, opened, "olga", at(2))
    assert (sanction.id, sanction.until) == (opened.wish.id, at(3))
    assert engine.members["ann"].sanctions[0].policy == "p"


def test_a_request_in_the_shadow_asks_nobody() -> None:
    """It is kept, and nothing waits."""
    wish = ApplySanction(step=MUTE, because=WHY)
    request = RequestConsent(wish=wish, duty="owner", because=WHY)
    engine = running(on("message", request, mode=Mode.SHADOW))
    assert not engine.receive(post()).facts
    assert not engine.members["ann"].consents


@pytest.mark.parametrize("until", [None, at(5)])
def test_a_measure_without_duration_stays_as_proposed(until: Any) -> None:
    """Only what lasts is counted from the approval."""
    step = LadderStep(at=1, kind=SANCTIONS["ban"])
    wish = ApplySanction(step=step, until=until, because=WHY)
    engine = running(on("message", wish, mode=Mode.PROPOSE))
    (sanction,) = vote(engine, asked(engine, post()), "olga")
    assert sanction.until == until


def test_the_same_is_proposed_once_at_a_time() -> None:
    """Until it is decided; what differs is asked for apart."""
    advice = Recommend(action="call", because=WHY)
    other = Recommend(action="write", because=WHY)
    engine = running(on("message", advice, mode=Mode.PROPOSE))
    request = asked(engine, post())
    step = engine.receive(post(when=at(1)))
    assert not step.decisions
    (dropped,) = step.suppressed
    assert dropped.because.key == "conflict.pending"
    assert dict(dropped.because.figures)["winner"] == request.id
    vote(engine, request, "olga", at(1), ev.ProposalRefused)
    assert asked(engine, post(when=at(2))).wish.kind == "recommend"
    both = running(on("message", advice, other, mode=Mode.PROPOSE))
    assert len(both.receive(post()).decisions) == 2


def test_every_breach_is_proposed() -> None:
    """Two strikes are two, though their texts are alike."""
    report = ReportBreach(rule=RuleCode("ads"), because=WHY)
    engine = running(on("message", report, mode=Mode.PROPOSE))
    requests = [asked(engine, post()), asked(engine, post(when=at(1)))]
    assert len({r.wish.id for r in requests}) == 2


def test_stages_need_no_consent() -> None:
    """Noting how far somebody came does nothing to anybody."""
    stage = RecordStage(step=0, opened=T0, because=WHY)
    engine = running(on("message", stage, mode=Mode.PROPOSE))
    step = engine.receive(post())
    assert [f.kind for f in step.facts] == ["stage_reached"]


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.PROPOSE])
def test_reviews_go_on_where_nothing_is_done(mode: Mode) -> None:
    """A fall that nobody carries out is looked at again next time."""
    bar = Bar(entry=parse_condition('count("message", "1d") >= 1'))
    grade = QualificationPolicy(
        key=PolicyKey("grade"), tiers="grade", bars={TierKey("core"): bar}, mode=mode
    )
    engine = running(grade)
    imported = make(ev.TierImported, tiers="grade", tier=TierKey("core"), since=at(-1))
    engine.receive(imported)
    falls = [d for d in engine.advance(at(40)) if wished(d)]
    assert len(falls) == 2
    assert engine.members["ann"].tiers["grade"].tier == "core"


def wished(decision: Any) -> bool:
    """Tell whether a change of tier was decided or proposed."""
    return isinstance(getattr(decision, "wish", decision), ChangeTier)


def test_an_unknown_proposal_is_refused() -> None:
    """As is one about somebody else."""
    engine = running()
    request = asked(engine)
    event = make(ev.ProposalApproved, "ben", at(1), actor="olga", proposal=request.id)
    assert refused(engine.receive(event)) == "consent.unknown"
    assert event.id != EventId(request.id)
