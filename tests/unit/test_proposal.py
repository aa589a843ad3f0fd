"""Consent: distinct holders of a duty, checked when they speak, never about oneself."""

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk import proposal
from community_sdk._time import micros
from community_sdk.decisions import RefuseAct
from community_sdk.metrics import WindowPlan
from community_sdk.model import DecisionId, MemberId
from community_sdk.state import MemberState, PendingConsent, RoleSpan
from tests.unit.desk import DAY, HOUR, START, head

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
NOW = micros(START + HOUR)


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
        voice(make=make), asked(), person("cy", owner=(0, None, 0)), NOW
    )
    assert isinstance(voted, PendingConsent)
    assert voted.votes == ("bo", "cy")


@pytest.mark.parametrize(
    ("key", "actor", "reason"),
    [
        ("other", person("cy", owner=(0, None, 0)), "consent.closed"),
        ("p", None, "consent.self"),
        ("p", asked(), "consent.self"),
        ("p", person("cy"), "consent.not_holder"),
        ("p", person("cy", owner=(0, NOW, 0)), "consent.not_holder"),
        ("p", person("cy", owner=(NOW + 1, None, 0)), "consent.not_holder"),
        ("p", person("bo", owner=(0, None, 0)), "consent.twice"),
    ],
)
def test_a_voice_that_does_not_count_is_answered(
    key: str, actor: MemberState | None, reason: str
) -> None:
    """Closed or unknown, about oneself, without the duty at that instant, a second."""
    refused = proposal.vote(voice(key), asked(), actor, NOW)
    assert isinstance(refused, RefuseAct)
    assert (refused.because.key, refused.act) == (reason, "proposal_approved")
    assert refused.because["proposal" if reason != "consent.self" else "by"]
    assert refused.member == "ann"


def test_nobody_decided_in_time() -> None:
    """A fact of the deadline."""
    fact = proposal.expired(PENDING, asked(), micros(START + DAY))
    assert (fact.proposal, fact.at, fact.member) == ("p", START + DAY, "ann")
