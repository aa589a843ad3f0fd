"""Approvals: n distinct holders of a duty, checked when they agree (S06 S11)."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import ApplySanction, RefuseAct, RequestConsent
from community_sdk.engine import Engine, Step
from community_sdk.model import (
    SANCTIONS,
    LadderStep,
    MemberId,
    RoleName,
    SanctionState,
)
from community_sdk.playbook import ApprovalRule, Consent
from tests.unit.engine.scripts import T0, WHY, at, book, breach, make, on, post

MUTE = LadderStep(at=1, kind=SANCTIONS["mute"], duration=Duration.parse("24h"))
BAN = LadderStep(at=1, kind=SANCTIONS["ban"])
STAFF = {"olga": "owner", "otto": "owner", "ada": "admin"}


def sanction(step: LadderStep = MUTE, **more: Any) -> Any:
    """Impose *step* in the name of who acted."""

    def wish(event: ev.Event, _: object) -> ApplySanction:
        return ApplySanction(step=step, issuer=event.actor or "", because=WHY, **more)

    return wish


def running(*wishes: Any, **terms: Any) -> Engine:
    """A community in which a breach leads to *wishes*, under a rule for sanctions."""
    given: dict[str, Any] = {"of": ("*",), "needs": 1, **terms}
    rule = ApprovalRule(**given)
    approval = Consent(duty="nobody", within=Duration.parse("3d"), rules=(rule,))
    policy = on("rule_broken", *(wishes or (sanction(),)))
    engine = Engine(book(policy, approval=approval))
    for who, role in STAFF.items():
        engine.receive(make(ev.RoleAssigned, who, T0, role=RoleName(role)))
    return engine


def report(engine: Engine, by: str | None = None) -> Step:
    """Let *by* report a breach of ann."""
    actor = None if by is None else MemberId(by)
    return engine.receive(breach(actor=actor))


def asked(step: Step) -> RequestConsent:
    """The only request."""
    (request,) = (d for d in step if isinstance(d, RequestConsent))
    return request


def voice(
    engine: Engine,
    request: RequestConsent,
    by: str,
    when: datetime | None = None,
    cls: Any = ev.ProposalApproved,
) -> str:
    """Say yes or no; answer why it did not count, or ``acted``, or nothing."""
    event = make(cls, "ann", when or at(1), actor=MemberId(by), proposal=request.id)
    step = engine.receive(event)
    for decision in step:
        if isinstance(decision, RefuseAct):
            return decision.because.key.removeprefix("consent.")
        if isinstance(decision, ApplySanction):
            return "acted"
    return ""


def test_a_rule_asks_where_the_policy_acts() -> None:
    """The strike counts meanwhile; the effect begins with the consent."""
    engine = running(needs=2)
    request = asked(report(engine))
    assert (request.duty, request.needs, request.proposer) == ("owner", 2, None)
    assert len(engine.members["ann"].strikes) == 1
    assert not engine.members["ann"].sanctions
    assert voice(engine, request, "olga") == ""
    assert voice(engine, request, "olga") == "twice"
    assert voice(engine, request, "ada") == "not_holder"
    assert voice(engine, request, "otto", at(2)) == "acted"
    (record,) = engine.members["ann"].sanctions
    assert record.approvers == ("olga", "otto")
    assert record.until is not None
    assert record.since < record.until
    assert engine.members["ann"].closed[-1].outcome == "approved"


@pytest.mark.parametrize(
    ("of", "step", "asks"),
    [
        (("ban",), BAN, True),
        (("ban",), MUTE, False),
        (("mute", "ban"), MUTE, True),
        (("apply_sanction",), MUTE, True),
        (("recommend",), MUTE, False),
    ],
)
def test_a_rule_names_kinds(of: Any, step: LadderStep, asks: object) -> None:
    """Others are done at once."""
    engine = running(sanction(step), of=of)
    kinds = [d.kind for d in report(engine)]
    assert kinds == ["request_consent" if asks else "apply_sanction"]


def test_an_emergency_does_not_wait() -> None:
    """What is provisional is in force at once."""
    engine = running(sanction(state=SanctionState.PROVISIONAL))
    assert [d.kind for d in report(engine)] == ["apply_sanction"]


def test_what_waits_drops_nothing_that_acts() -> None:
    """A ban that may come does not do away with a mute that is imposed."""
    engine = running(sanction(BAN), sanction(MUTE), of=("ban",))
    kinds = [d.kind for d in report(engine)]
    assert sorted(kinds) == ["apply_sanction", "request_consent"]


def test_the_proposer_is_excluded() -> None:
    """Whatever roles he or she has."""
    engine = running()
    request = asked(report(engine, "olga"))
    assert (request.proposer, request.voices) == ("olga", ())
    assert voice(engine, request, "olga") == "proposer"
    assert voice(engine, request, "otto") == "acted"


def test_the_proposer_may_be_the_first_voice() -> None:
    """As a holder of the duty; he or she does not count twice."""
    engine = running(needs=2, proposer="first_voice")
    request = asked(report(engine, "olga"))
    assert request.voices == ("olga",)
    assert voice(engine, request, "olga") == "twice"
    assert voice(engine, request, "otto") == "acted"
    assert engine.members["ann"].sanctions[0].approvers == ("olga", "otto")


def test_a_first_voice_may_suffice() -> None:
    """Where one is needed, nobody is asked; of who holds the duty only."""
    engine = running(proposer="first_voice")
    assert [d.kind for d in report(engine, "olga")] == ["apply_sanction"]
    assert engine.members["ann"].sanctions[0].approvers == ("olga",)
    engine = running(proposer="first_voice")
    request = asked(report(engine, "ada"))
    assert request.voices == ()
    assert voice(engine, request, "ada") == "not_holder"
    engine.receive(make(ev.RoleAssigned, "ada", at(1), role=RoleName("owner")))
    assert voice(engine, request, "ada") == "acted"


def test_nobody_is_the_first_voice_about_the_own_person() -> None:
    """Nor where nobody imposes it, or it is no sanction."""
    engine = running(proposer="first_voice")
    engine.receive(make(ev.RoleAssigned, "ann", T0, role=RoleName("owner")))
    assert asked(report(engine, "ann")).voices == ()
    engine = running(proposer="first_voice")
    assert asked(report(engine)).voices == ()


def test_several_duties_may_agree() -> None:
    """Voices of all of them count together."""
    engine = running(needs=2, also=("admin",))
    request = asked(report(engine))
    assert voice(engine, request, "ada") == ""
    assert voice(engine, request, "olga") == "acted"


def test_a_substitute_has_a_voice_in_his_time() -> None:
    """Neither before nor from the end on."""
    span = {"since": at(1), "until": at(2), "substitute_for": MemberId("olga")}
    for day, heard in ((0, "not_holder"), (1, "acted"), (2, "not_holder")):
        engine = running()
        engine.receive(make(ev.RoleAssigned, "sub", T0, role=RoleName("owner"), **span))
        request = asked(report(engine))
        assert voice(engine, request, "sub", at(day)) == heard


def close(engine: Engine, request: RequestConsent, outcome: str) -> None:
    """Let a proposal end in one of four ways."""
    if outcome == "approved":
        voice(engine, request, "olga")
    elif outcome == "refused":
        voice(engine, request, "olga", cls=ev.ProposalRefused)
    elif outcome == "expired":
        engine.advance(at(2))
    else:
        engine.receive(post(when=at(1)))


@pytest.mark.parametrize("outcome", ["approved", "refused", "expired", "dismissed"])
def test_what_is_closed_stays_closed(outcome: str) -> None:
    """However it ended, which is told; a ban leaves nothing to decide."""
    rule = ApprovalRule(of=("mute",), within=Duration.parse("2d"))
    engine = Engine(
        book(
            on("rule_broken", sanction()),
            on("message", sanction(BAN), key="q"),
            approval=Consent(rules=(rule,)),
        )
    )
    for who in ("olga", "otto"):
        engine.receive(make(ev.RoleAssigned, who, T0, role=RoleName("owner")))
    request = asked(report(engine))
    close(engine, request, outcome)
    before = engine.members["ann"].sanctions
    event = make(
        ev.ProposalApproved, "ann", at(2), actor=MemberId("otto"), proposal=request.id
    )
    why = next(d.because for d in engine.receive(event) if isinstance(d, RefuseAct))
    assert (why.key, why["outcome"]) == ("consent.closed", outcome)
    measures = [s.measure for s in engine.members["ann"].sanctions]
    assert len(measures) == len(before)
    assert measures == {"approved": ["mute"], "dismissed": ["ban"]}.get(outcome, [])


def test_voices_for_oneself_under_another_name_are_taken_back() -> None:
    """Where an account that agreed turns out to be the person concerned."""
    engine = running(needs=2)
    engine.receive(make(ev.RoleAssigned, "mask", T0, role=RoleName("owner")))
    request = asked(report(engine))
    assert voice(engine, request, "mask") == ""
    engine.receive(make(ev.IdentityLinked, "ann", at(1), alias=MemberId("mask")))
    assert voice(engine, request, "olga") == ""
    assert voice(engine, request, "mask") == "self"
    assert voice(engine, request, "otto") == "acted"


ACCOUNTS = ("eve", "eve1", "eve2")
VOICES = st.lists(
    st.tuples(st.sampled_from([*ACCOUNTS, "ada", "ann", "nobody"]), st.integers(1, 40)),
    max_size=12,
)


@given(
    VOICES,
    st.sampled_from(["excluded", "first_voice"]),
    st.sampled_from([None, *ACCOUNTS]),
    st.integers(2, 3),
)
def test_approvals_cannot_be_forged_by_one_person(
    voices: list[tuple[str, int]], proposer: str, by: str | None, needs: int
) -> None:
    """INVARIANT: whatever the accounts, and whoever without the duty helps."""
    engine = running(needs=needs, proposer=proposer)
    for name in (*ACCOUNTS, "ann"):
        engine.receive(make(ev.RoleAssigned, name, T0, role=RoleName("owner")))
    for alias in ACCOUNTS[1:]:
        engine.receive(make(ev.IdentityLinked, "eve", T0, alias=MemberId(alias)))
    request = asked(report(engine, by))
    for who, hour in sorted(voices, key=lambda one: one[1]):
        assert voice(engine, request, who, at(hours=hour)) != "acted"
    assert not engine.members["ann"].sanctions


def test_who_agreed_twice_under_two_names_agreed_once() -> None:
    """Where it comes out before the last voice; who has voices left may still agree."""
    engine = running(needs=3)
    for name in ("mask", "oda"):
        engine.receive(make(ev.RoleAssigned, name, T0, role=RoleName("owner")))
    request = asked(report(engine))
    assert voice(engine, request, "olga") == voice(engine, request, "mask") == ""
    engine.receive(make(ev.IdentityLinked, "olga", at(1), alias=MemberId("mask")))
    assert voice(engine, request, "otto", at(2)) == ""
    assert voice(engine, request, "mask", at(2)) == "twice"
    assert voice(engine, request, "oda", at(2)) == "acted"
    assert engine.members["ann"].sanctions[0].approvers == ("olga", "otto", "oda")


def test_who_agreed_may_turn_out_to_be_the_proposer() -> None:
    """That voice is none, whichever of the two accounts leads on."""
    for leads, other in (("olga", "mask"), ("mask", "olga")):
        engine = running(needs=2)
        engine.receive(make(ev.RoleAssigned, "mask", T0, role=RoleName("owner")))
        request = asked(report(engine, "olga"))
        assert voice(engine, request, "mask") == ""
        engine.receive(make(ev.IdentityLinked, leads, at(1), alias=MemberId(other)))
        assert voice(engine, request, "otto", at(2)) == ""
        assert not engine.members["ann"].sanctions


def test_a_voice_needs_those_before_it() -> None:
    """Once the person concerned is loaded, under whatever name; nothing else does."""
    engine = running(needs=3)
    request = asked(report(engine, "otto"))
    assert voice(engine, request, "olga") == ""
    engine.receive(make(ev.IdentityLinked, "anna", at(1), alias=MemberId("ann")))
    fresh = Engine(engine.playbook)
    for name in ("ann", "anna"):
        event = make(
            ev.ProposalApproved, name, at(2), actor=MemberId("oda"), proposal=request.id
        )
        assert engine.needs(event).members == {name, "anna", "oda", "olga", "otto"}
        assert fresh.needs(event).members == {name, "oda"}


HOLDERS = ("olga", "otto", "oda")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["yes", "yes", "no", "give", "end"]),
        st.sampled_from([*HOLDERS, "ann", "ada"]),
    ),
    max_size=14,
)


@given(ACTS, st.integers(1, 3), st.sampled_from([None, *HOLDERS]))
def test_votes_are_counted_as_by_hand(
    acts: list[tuple[str, str]], needs: int, proposer: str | None
) -> None:
    """INVARIANT: acted on as soon as *needs* distinct holders have agreed."""
    engine = running(needs=needs)
    owners = {"olga", "otto"}
    request = asked(report(engine, proposer))
    agreed: set[str] = set()
    ended = ""
    for hour, (act, who) in enumerate(acts, start=1):
        when = at(hours=hour)
        if act in ("give", "end"):
            (owners.add if act == "give" else owners.discard)(who)
            cls = ev.RoleAssigned if act == "give" else ev.RoleEnded
            engine.receive(make(cls, who, when, role=RoleName("owner")))
            continue
        counts = who in owners and who not in (*agreed, proposer, "ann") and not ended
        said = ev.ProposalApproved if act == "yes" else ev.ProposalRefused
        heard = voice(engine, request, who, when, said)
        assert (heard in ("", "acted")) is counts
        if counts and act == "no":
            ended = "refused"
        elif counts:
            agreed.add(who)
            ended = "approved" if len(agreed) == needs else ""
        assert (heard == "acted") is (counts and ended == "approved")
    assert len(engine.members["ann"].sanctions) == (ended == "approved")
