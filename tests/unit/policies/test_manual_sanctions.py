"""Sanctions by hand: ordered, limited, agreed to, taken back, rolled back."""

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import ApplySanction, DismissProposal, RequestConsent
from community_sdk.engine import Step
from community_sdk.errors import HistoryError
from community_sdk.model import (
    DecisionId,
    EventId,
    MemberId,
    Notice,
    Overlap,
    RoleName,
    SanctionKind,
    SanctionOrigin,
)
from community_sdk.policies import LengthLimit, ManualSanctions, rolled_back
from community_sdk.proposal import Terms
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk, head
from tests.unit.policies.ladders import (
    HAND,
    active,
    both,
    breach,
    imposed,
    order,
    overturn,
    refused,
    rung,
    total,
)

FINE = SanctionKind("fine", 45)
MOD = MemberId("mod")


def approved(**terms: Any) -> Desk:
    """Every removal needs consent; mod and pr hold the duty."""
    one = both(rung(2, "remove"), rung(9, "ban"), approval={"remove": Terms(**terms)})
    for who in ("mod", "pr"):
        one.tell(ev.RoleAssigned, START - DAY, who, role=RoleName("host"))
    return one


def asked(step: Step) -> RequestConsent:
    """Return the request that a step made."""
    (request,) = [d for d in step.decisions if isinstance(d, RequestConsent)]
    return request


def agree(one: Desk, request: RequestConsent, by: str, after: int = 2) -> Step:
    """Agree to a request some days after the start."""
    when = START + after * DAY
    return one.tell(ev.ProposalApproved, when, proposal=request.id, actor=MemberId(by))


def test_an_order_is_carried_out() -> None:
    """In the name of who gave it, with all that it says."""
    one = both(rung(9, "ban"))
    said: dict[str, Any] = {
        "level": 3,
        "notice": Notice.PUBLIC,
        "case": "7",
        "actor": MOD,
    }
    (sanction,) = imposed(order(one, START, "warning", **said))
    assert (sanction.issuer, sanction.origin) == ("mod", SanctionOrigin.MANUAL)
    assert (sanction.because.key, sanction.because["by"]) == ("sanction.ordered", "mod")
    (record,) = one.member().sanctions
    assert (record.level, record.notice, record.case) == (3, "public", "7")
    assert one.member().strikes == ()


def test_it_lasts_until_an_instant_for_a_time_or_without_end() -> None:
    """As ordered."""
    one = both(rung(9, "ban"))
    until = START + 5 * DAY
    told = [
        one.tell(ev.SanctionOrdered, START, measure="mute", until=until),
        order(one, START, "suspend", "2d"),
        order(one, START, "ban"),
    ]
    ends = [imposed(step)[0].until for step in told]
    assert ends == [until, START + 2 * DAY, None]


@pytest.mark.parametrize(
    ("kind", "lasts", "reason"),
    [
        ("mute", "59min", ["sanction.under_limit"]),
        ("mute", "1h", []),
        ("mute", "30d", []),
        ("mute", "721h", ["sanction.over_limit"]),
        ("mute", "", ["sanction.over_limit"]),
        ("suspend", "1min", []),
        ("ban", "400d", []),
        ("ban", "1d", ["sanction.under_limit"]),
        ("remove", "1d", ["sanction.no_length"]),
        ("flog", "", ["sanction.unknown"]),
        ("fine", "", []),
    ],
)
def test_an_order_has_limits(kind: str, lasts: str, reason: list[str]) -> None:
    """Both ends included; what is refused changes nothing."""
    limits = {
        "mute": LengthLimit(least=Duration.parse("1h"), most=Duration.parse("30d")),
        "ban": LengthLimit(least=Duration.parse("1 month")),
    }
    one = both(rung(9, "ban"), limits=limits, kinds=(FINE,))
    step = order(one, START, kind, lasts)
    assert refused(step) == reason
    assert len(one.member().sanctions) == (not reason)


def test_an_end_by_instant_has_limits_too() -> None:
    """Measured from now."""
    limits = {"mute": LengthLimit(most=Duration.parse("1d"))}
    one = both(rung(9, "ban"), limits=limits)
    late = START + DAY + TICK
    step = one.tell(ev.SanctionOrdered, START, measure="mute", until=late)
    assert refused(step) == ["sanction.over_limit"]


def test_nothing_unknown_is_imposed() -> None:
    """Whoever does not ask the guard gets no decision."""
    hand = ManualSanctions(key=HAND)
    unknown = ev.SanctionOrdered(**head("e", START), measure="flog")
    assert [*hand.decide(unknown, Desk(hand).view())] == []


# -- taken back ----------------------------------------------------------------------


def test_an_order_that_was_a_mistake_ends() -> None:
    """Points with it; a second time it is refused."""
    one = both(rung(99, "ban"), measure="points", per="member")
    order(one, START, "mute", "9d", points=4, id="o")
    assert total(one) == 4
    overturn(one, "o", START + HOUR)
    assert (total(one), active(one)) == (0, [])
    again = overturn(one, "o", START + 2 * HOUR)
    assert refused(again) == ["sanction.already_overturned"]


def test_an_order_without_points_is_taken_back_once() -> None:
    """Though there is no strike."""
    one = both(rung(9, "ban"))
    order(one, START, "mute", "9d", id="o")
    overturn(one, "o", START + HOUR)
    assert active(one) == []
    again = overturn(one, "o", START + 2 * HOUR)
    assert refused(again) == ["sanction.already_overturned"]


def test_only_what_is_in_force_is_lifted() -> None:
    """Neither what is over nor what never was."""
    one = both(rung(9, "ban"))
    order(one, START, "mute", "1d")
    key = DecisionId(one.member().sanctions[0].id)
    for when, found in ((1, []), (2, ["sanction.not_active"])):
        step = one.tell(ev.SanctionLifted, START + when * HOUR, sanction=key)
        assert refused(step) == found
    nothing = DecisionId("nothing")
    step = one.tell(ev.SanctionLifted, START + 3 * HOUR, sanction=nothing)
    assert refused(step) == ["sanction.not_active"]


# -- consent -------------------------------------------------------------------------


def test_a_removal_waits_for_consent() -> None:
    """The strike counts meanwhile; the sanction begins when it is agreed to."""
    one = approved(duty="host")
    breach(one, START)
    request = asked(one.tell(ev.RuleBroken, START + HOUR, rule="flood", actor=MOD))
    assert (request.proposer, request.excluded, request.voices) == (MOD, True, ())
    assert request.because.key == "penalty.approval"
    assert total(one) == 2
    assert not imposed(agree(one, request, "mod"))
    (sanction,) = imposed(agree(one, request, "pr"))
    assert sanction.step.kind.word == "remove"
    assert one.member().sanctions[-1].issuer == "mod"


def test_who_imposes_may_be_the_first_voice() -> None:
    """As a holder of the duty; with one voice needed it is enough."""
    one = approved(duty="host", needs=2, proposer="first_voice")
    breach(one, START)
    request = asked(one.tell(ev.RuleBroken, START + HOUR, rule="flood", actor=MOD))
    assert request.voices == ("mod",)
    assert imposed(agree(one, request, "pr"))
    alone = approved(duty="host", proposer="first_voice")
    (sanction,) = imposed(order(alone, START, "remove", actor=MOD))
    assert sanction.approvers == ("mod",)
    nobody = approved(duty="host", proposer="first_voice")
    assert asked(order(nobody, START, "remove", actor=MemberId("bo"))).voices == ()
    assert asked(order(approved(duty="host"), START, "remove")).proposer is None


def test_a_length_runs_from_the_consent() -> None:
    """And meets what is in force then."""
    one = both(rung(9, "ban"), approval={"*": Terms(duty="host")})
    one.tell(ev.RoleAssigned, START - DAY, "pr", role=RoleName("host"))
    request = asked(order(one, START, "mute", "1d", actor=MOD))
    (sanction,) = imposed(agree(one, request, "pr"))
    assert sanction.until == START + 3 * DAY


def test_who_is_put_out_has_no_open_proposals() -> None:
    """They are dismissed, each with the reason."""
    one = approved(duty="host")
    request = asked(order(one, START, "remove", actor=MOD))
    step = order(one, START + HOUR, "ban", actor=MOD)
    dismissed = [d for d in step.decisions if isinstance(d, DismissProposal)]
    assert [d.proposal for d in dismissed] == [request.id]
    assert one.member().consents == ()
    assert refused(agree(one, request, "pr")) == ["consent.closed"]


# -- rollback ------------------------------------------------------------------------


def rollback(since: int, until: int, **more: Any) -> ev.ActsRolledBack:
    """Roll back what mod did, from some hour to another."""
    return ev.ActsRolledBack(
        id=EventId("r"),
        at=START + DAY,
        issuer=MOD,
        since=START + since * HOUR,
        until=START + until * HOUR,
        **more,
    )


def test_what_one_person_did_is_taken_back() -> None:
    """In ``[since, until)``, about everybody, and nothing of anybody else."""
    one = both(rung(1, "mute", "9d"), per="member")
    breach(one, START, actor=MOD)
    breach(one, START + HOUR, actor=MemberId("other"))
    order(one, START + 2 * HOUR, "suspend", "9d", actor=MOD)
    order(one, START + 3 * HOUR, "ban", actor=MOD, member="bo")
    order(one, START + 3 * HOUR, "ban", actor=MemberId("other"), member="cy")
    members = [one.member(name) for name in ("ann", "bo", "cy")]
    events = [*rolled_back(rollback(1, 4), members)]
    assert [(e.id, e.member) for e in events] == [("r/ann", "ann"), ("r/bo", "bo")]
    for event in events:
        one.engine.receive(event)
        assert one.engine.receive(event).duplicate
    assert active(one) == ["mute"]
    assert one.member("bo").sanctions[0].state == "overturned"
    assert one.member("cy").sanctions[0].state == "active"
    assert [s.overturned for s in one.member().strikes] == [False, False]
    one.engine.receive(rollback(0, 1, member=MemberId("ann")))
    assert [s.overturned for s in one.member().strikes] == [True, False]


def test_a_sanction_without_a_strike_is_taken_back_too() -> None:
    """Such as one that another policy imposed in that name; only once."""
    one = both(rung(9, "ban"))
    order(one, START, "mute", actor=MOD)
    member = one.member()
    member.sanctions = tuple(
        record.__class__.restore([*record.plain()[:7], (), *record.plain()[8:]])
        for record in member.sanctions
    )
    one.engine.receive(rollback(0, 1, member=MemberId("ann")))
    assert one.member().sanctions[0].state == "overturned"
    assert not [*rolled_back(rollback(0, 1), [one.member()])]


# -- words ---------------------------------------------------------------------------


def test_what_does_not_exist_is_named() -> None:
    """Kinds in the tables, and duties that nobody can hold."""
    hand = ManualSanctions(
        key=HAND,
        kinds=(FINE,),
        limits={"fine": LengthLimit(), "flog": LengthLimit()},
        overlap={"*": Overlap.REFUSE, "sing": Overlap.REFUSE},
        approval={"ban": Terms(duty="king"), "mute": Terms(also=("host", "fool"))},
    )
    found = [(where, word) for where, word, _ in hand.problems(Book())]
    assert found == [
        ("limits", "flog"),
        ("overlap", "sing"),
        ("approval.ban.duty", "king"),
        ("approval.mute.also[1]", "fool"),
    ]


@pytest.mark.parametrize(
    ("make", "given", "code"),
    [
        (
            ev.SanctionOrdered,
            {"measure": "mute", "until": START + DAY, "duration": Duration.parse("1d")},
            "event.sanction_end",
        ),
        (
            ev.SanctionOrdered,
            {"measure": "mute", "until": START},
            "event.sanction_end",
        ),
        (ev.SanctionOrdered, {"measure": "mute", "points": -1}, "event.negative"),
        (ev.SanctionOrdered, {"measure": "mute", "level": -1}, "event.negative"),
        (ev.StrikesImported, {"rule": "x", "count": 0}, "event.strikes_count"),
        (ev.StrikesImported, {"rule": "x", "count": 1_001}, "event.strikes_count"),
        (ev.StrikesImported, {"rule": "x", "weight": -1}, "event.negative"),
        (
            ev.ActsRolledBack,
            {"issuer": "mod", "since": START, "until": START},
            "event.empty_time",
        ),
    ],
)
def test_what_no_record_can_hold_is_refused(
    make: Any, given: dict[str, Any], code: str
) -> None:
    """When it is said."""
    with pytest.raises(HistoryError) as caught:
        make(**head("e", START), **given)
    assert caught.value.code == code


def test_a_sanction_by_hand_is_its_own_policys() -> None:
    """The ladder leaves it alone, and the other way round."""
    one = both(rung(1, "mute", "9d"))
    step = one.tell(ev.RuleBroken, START, rule="flood")
    assert [d.policy for d in step.decisions if isinstance(d, ApplySanction)] == [
        "ladder"
    ]
    order(one, START, "suspend", "9d", id="o")
    overturn(one, "e1", START + HOUR)
    assert active(one) == ["suspend"]
