"""Consent: distinct holders of a duty, checked when they speak, never about oneself."""

from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk import proposal
from community_sdk._time import micros
from community_sdk.decisions import Admit, ApplySanction, RefuseAct
from community_sdk.explanation import because
from community_sdk.metrics import WindowPlan
from community_sdk.model import (
    SANCTIONS,
    DecisionId,
    LadderStep,
    MemberId,
    SanctionState,
)
from community_sdk.state import (
    MemberState,
    PendingConsent,
    RoleSpan,
    close_consent,
)
from tests.unit.desk import DAY, START, head

PENDING = PendingConsent(
    id="p",
    policy="ladder",
    duty="owner",
    needs=2,
    opened=micros(START),
    deadline=micros(START + DAY),
    wish={},
    votes=("bo",),
)
AT = micros(START)


def person(name: str, **roles: Any) -> MemberState:
    """A member who holds *roles* in the spans given."""
    one = MemberState(name, WindowPlan(0))
    one.roles = tuple(
        RoleSpan(role, "", "", since, until, said=since, seq=seq)
        for role, (since, until, seq) in roles.items()
    )
    return one


def asked() -> MemberState:
    """A member about whom something is proposed."""
    one = person("ann", owner=(0, None, 0))
    one.consents = (PENDING,)
    return one


def voice(key: str = "p", make: Any = ev.ProposalApproved) -> Any:
    """A voice about the proposal *key*."""
    return make(**head("v", START, actor=MemberId("cy")), proposal=DecisionId(key))


@pytest.mark.parametrize("make", [ev.ProposalApproved, ev.ProposalRefused])
def test_a_holder_of_the_duty_has_a_voice(make: Any) -> None:
    """It is added to those there are."""
    voted = proposal.vote(
        voice(make=make), asked(), person("cy", owner=(0, None, 0)), person
    )
    assert isinstance(voted, PendingConsent)
    assert voted.votes == ("bo", "cy")


@pytest.mark.parametrize(
    ("key", "actor", "reason"),
    [
        ("other", person("cy", owner=(0, None, 0)), "consent.unknown"),
        ("p", None, "consent.self"),
        ("p", asked(), "consent.self"),
        ("p", person("cy"), "consent.not_holder"),
        ("p", person("cy", owner=(0, AT, 0)), "consent.not_holder"),
        ("p", person("cy", owner=(AT + 1, None, 0)), "consent.not_holder"),
        ("p", person("bo", owner=(0, None, 0)), "consent.twice"),
    ],
)
def test_a_voice_that_does_not_count_is_answered(
    key: str, actor: MemberState | None, reason: str
) -> None:
    """Closed or unknown, about oneself, without the duty at that instant, a second."""
    refused = proposal.vote(voice(key), asked(), actor, person)
    assert isinstance(refused, RefuseAct)
    assert (refused.because.key, refused.act) == (reason, "proposal_approved")
    assert refused.because["proposal"] == key
    assert refused.member == "ann"


def test_how_a_proposal_ended_is_told() -> None:
    """A closed one is not an unknown one."""
    member = asked()
    close_consent(member, "p", "approved", AT)
    refused = proposal.vote(voice(), member, person("cy", owner=(0, None, 0)), person)
    assert isinstance(refused, RefuseAct)
    assert (refused.because.key, refused.because["outcome"]) == (
        "consent.closed",
        "approved",
    )
    assert not member.consents


def test_the_proposer_has_no_voice() -> None:
    """Under any account; where the first voice was his, he has spoken already."""
    cy = person("cy", owner=(0, None, 0))
    cy.aliases = ("old",)
    member = asked()
    for one, reason in (
        (evolve(PENDING, proposer="old"), "consent.proposer"),
        (
            evolve(PENDING, proposer="old", excluded=False, votes=("old",)),
            "consent.twice",
        ),
    ):
        member.consents = (one,)
        refused = proposal.vote(voice(), member, cy, person)
        assert isinstance(refused, RefuseAct)
        assert refused.because.key == reason
    member.consents = (evolve(PENDING, proposer="old", excluded=False),)
    assert isinstance(proposal.vote(voice(), member, cy, person), PendingConsent)


def test_who_agreed_may_turn_out_to_be_one_person() -> None:
    """Or the proposer, or the person concerned: then fewer have agreed."""
    belongs = {"bo2": "bo", "dora": "ann", "old": "zoe"}
    member, cy = asked(), person("cy", owner=(0, None, 0))
    for votes, proposer, agreed in (
        (("bo", "bo2"), "", ("bo", "cy")),
        (("bo2", "dora"), "", ("bo", "cy")),
        (("zoe", "bo"), "old", ("bo", "cy")),
    ):
        member.consents = (evolve(PENDING, votes=votes, proposer=proposer, needs=3),)
        assert set(proposal.involved(voice(), member)) == {*votes, proposer} - {""}
        voted = proposal.vote(
            voice(), member, cy, lambda name: person(belongs.get(name, name))
        )
        assert isinstance(voted, PendingConsent)
        assert voted.votes == agreed
    assert proposal.involved(voice("other"), member) == ()


def test_several_duties_and_a_group() -> None:
    """Any of them suffices; what is held in another group does not."""
    member = asked()
    member.consents = (evolve(PENDING, also=("host",), group="hall"),)
    for group, counts in (("hall", True), ("den", False), ("", True)):
        cy = person("cy")
        cy.roles = (RoleSpan("host", group, "", 0, None, said=0),)
        voted = proposal.vote(voice(), member, cy, person)
        assert isinstance(voted, PendingConsent) is counts


def test_what_needs_consent() -> None:
    """By kind of decision, by kind of sanction, or every sanction; the first rule."""
    step = LadderStep(at=1, kind=SANCTIONS["ban"])
    ban = ApplySanction(step=step, because=because("x"))
    act = evolve(ban, state=SanctionState.PROVISIONAL)
    admit = Admit(because=because("x"))
    every = proposal.ApprovalRule(of=("*",), duty="host")
    for of, covered in (
        (("ban",), True),
        (("apply_sanction",), True),
        (("*",), True),
        (("mute", "admit"), False),
    ):
        rule = proposal.ApprovalRule(of=of)
        assert rule.covers(ban) is covered
        assert not rule.covers(act)
        assert rule.covers(admit) is ("admit" in of)
        terms = proposal.Consent(rules=(rule, every))
        assert terms.rule(ban) is (rule if covered else every)
    assert proposal.Consent().rule(ban) is None
    assert proposal.Terms(also=("host",)).duties == ("owner", "host")


def test_nobody_decided_in_time() -> None:
    """A fact of the deadline."""
    fact = proposal.expired(PENDING, asked(), micros(START + DAY))
    assert (fact.proposal, fact.at, fact.member) == ("p", START + DAY, "ann")
