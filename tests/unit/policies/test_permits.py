"""Permits: asked first, thanked in full, used no more often than granted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import (
    Decision,
    OpenObligation,
    Recommend,
    RefuseAct,
    ReportBreach,
)
from community_sdk.engine import Engine, Step
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.model import (
    EventId,
    MemberId,
    Money,
    PolicyKey,
    RoleName,
    RuleCode,
)
from community_sdk.policies import PermitPolicy
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk

HOST, OWNER = RoleName("host"), RoleName("owner")
FLOOD = RuleCode("flood")
HALF = Money(50, "CNY")


def desk(what: Any = "ad", **given: Any) -> Desk:
    """A community with an owner whose consent *what* needs."""
    fields: dict[str, Any] = {"granted_by": (OWNER,), **given}
    policy = PermitPolicy(key=PolicyKey("p"), rule=FLOOD, what=what, **fields)
    made = Desk(policy, lateness=Duration.parse("30d"))
    made.tell(ev.RoleAssigned, START, "boss", role=OWNER)
    made.tell(ev.RoleAssigned, START, "host", role=HOST)
    return made


def grant(
    at: Desk, when: datetime = START, by: str | None = "boss", **more: Any
) -> Step:
    """Give ann a permit."""
    actor = None if by is None else MemberId(by)
    return at.tell(ev.PermitGranted, when, actor=actor, **{"what": "ad", **more})


def advertise(at: Desk, hours: float = 1, member: str = "ann", **more: Any) -> str:
    """Advertise; return what is wrong with it."""
    return wrong(at.tell(ev.AdPosted, START + hours * HOUR, member, **more))


def wrong(step: Step) -> str:
    """Return why a breach was recorded, or why an act does not count."""
    reports = [d for d in step if isinstance(d, ReportBreach)]
    assert len(reports) == len([f for f in step.facts if isinstance(f, ev.RuleBroken)])
    others = [d for d in step if isinstance(d, (Recommend, RefuseAct))]
    found: list[Decision] = [*reports] or [*others]
    assert len(found) <= 1
    return found[0].because.key if found else ""


def test_an_ad_without_a_permit_is_a_breach() -> None:
    """Recorded by itself, with its reason."""
    shop = desk()
    step = shop.tell(ev.AdPosted, START + HOUR)
    (report,) = step.decisions
    assert isinstance(report, ReportBreach)
    assert (report.because.key, report.because["roles"]) == (
        "permit.not_approved",
        ("owner",),
    )
    (strike,) = shop.member().strikes
    assert (strike.rule, strike.version) == ("flood", 1)


def test_a_permit_is_good_for_one_ad() -> None:
    """Of the member whom it was given to."""
    shop = desk()
    assert wrong(grant(shop)) == ""
    assert advertise(shop, member="bo") == "permit.not_approved"
    assert advertise(shop) == ""
    assert advertise(shop, 2) == "permit.not_approved"


@pytest.mark.parametrize(
    ("policy", "given", "ads"),
    [
        ({"uses": 2}, {}, 2),
        ({"uses": 0}, {}, 9),
        ({"uses": 0}, {"uses": 3}, 3),
        ({"uses": 1}, {"uses": 0}, 9),
    ],
)
def test_a_permit_may_be_good_for_several(
    policy: dict[str, Any], given: dict[str, Any], ads: int
) -> None:
    """As the policy says, or the permit itself."""
    shop = desk(**policy)
    grant(shop, **given)
    told = [advertise(shop, 1 + n) for n in range(9)]
    assert told.count("") == ads
    assert set(told[ads:]) <= {"permit.not_approved"}


@pytest.mark.parametrize(
    ("policy", "given", "hours", "key"),
    [
        ({}, {}, 900, ""),
        ({"valid": Duration.parse("2h")}, {}, 1.9, ""),
        ({"valid": Duration.parse("2h")}, {}, 2, "permit.not_approved"),
        ({"valid": Duration.parse("2h")}, {"until": START + 9 * HOUR}, 8, ""),
        ({}, {"until": START + 9 * HOUR}, 9, "permit.not_approved"),
    ],
)
def test_a_permit_has_an_end(
    policy: dict[str, Any], given: dict[str, Any], hours: float, key: str
) -> None:
    """Up to, but not at."""
    shop = desk(**policy)
    grant(shop, **given)
    assert advertise(shop, hours) == key


def test_consent_comes_first() -> None:
    """A permit says nothing of what was done before it; lateness changes nothing."""
    shop = desk(uses=0)
    grant(shop, START + 5 * HOUR)
    known = START + 9 * HOUR
    assert advertise(shop, 4.9, recorded_at=known) == "permit.not_approved"
    assert advertise(shop, 5, recorded_at=known) == ""


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("boss", ""),
        ("host", "permit.not_entitled"),
        ("ann", "permit.self"),
        (None, "permit.self"),
    ],
)
def test_who_may_give_a_permit(by: str | None, key: str) -> None:
    """The owner, never the member, also where anybody else may."""
    shop = desk()
    assert wrong(grant(shop, by=by)) == key
    assert (advertise(shop) == "") == (not key)
    anybody = desk(granted_by=())
    assert wrong(grant(anybody, by=by)) == (
        "permit.self" if by in ("ann", None) else ""
    )


def test_a_permit_may_be_for_one_text() -> None:
    """And is used up by no other."""
    shop = desk()
    grant(shop, content="c1")
    assert advertise(shop, 1, content="c2") == "permit.not_approved"
    assert advertise(shop, 2, content="c1") == ""


def test_the_permit_that_ends_first_is_used_first() -> None:
    """So that nothing is wasted; one without end comes last."""
    shop = desk()
    grant(shop)
    grant(shop, until=START + 9 * HOUR)
    grant(shop, until=START + 5 * HOUR)
    assert [advertise(shop, hour) for hour in (4, 8, 99)] == ["", "", ""]


def test_a_permit_may_be_withdrawn() -> None:
    """By who may give it; what was done before stays allowed."""
    shop = desk(uses=0)
    grant(shop, id="p1")
    assert advertise(shop, 1) == ""
    take = {"permit": EventId("p1")}
    step = shop.tell(ev.PermitWithdrawn, START + 2 * HOUR, actor="host", **take)
    assert wrong(step) == "permit.not_entitled"
    assert advertise(shop, 3) == ""
    shop.tell(ev.PermitWithdrawn, START + 4 * HOUR, actor="boss", **take)
    shop.tell(ev.PermitWithdrawn, START + 5 * HOUR, actor="boss", **take)
    known = START + 9 * HOUR
    assert advertise(shop, 3.9, recorded_at=known) == ""
    assert advertise(shop, 4, recorded_at=known) == "permit.not_approved"
    strange = {"permit": EventId("p2")}
    step = shop.tell(ev.PermitWithdrawn, known, actor="host", **strange)
    assert wrong(step) == "permit.none"


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        ([50] * 20, None),
        ([50] * 21, None),
        ([1000], 0),
        ([50] * 19, 19),
        ([50] * 19 + [60], 19),
        ([], 0),
    ],
)
def test_thanks_are_so_many_packets_of_so_much(
    amounts: list[int], found: int | None
) -> None:
    """The sum in one does not do."""
    shop = desk(packets=20, packet=HALF)
    grant(shop)
    packets = tuple(Money(amount, "CNY") for amount in amounts)
    step = shop.tell(ev.AdPosted, START + HOUR, packets=packets)
    assert wrong(step) == ("" if found is None else "permit.fee_incomplete")
    if found is not None:
        assert step.decisions[0].because["found"] == found


def test_thanks_in_another_currency_are_none() -> None:
    """And thanks alone are enough where nobody is to agree."""
    shop = desk(packets=1, packet=HALF, approval=False)
    assert advertise(shop, packets=(Money(50, "JPY"),)) == "permit.fee_incomplete"
    assert advertise(shop, 2, packets=(HALF,)) == ""


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"packets": 2}, "permit.packets"),
        ({"packet": HALF}, "permit.packets"),
        ({"packets": 2, "packet": Money(0, "CNY")}, "permit.packets"),
        ({"granted_by": (), "answer_within": Duration.parse("1d")}, "permit.nobody"),
    ],
)
def test_a_permit_says_what_is_due(given: dict[str, Any], code: str) -> None:
    """Number and amount; and who answers."""
    with pytest.raises(DefinitionError) as caught:
        desk(**given)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({}, ""),
        ({"length": 500}, ""),
        ({"link": True}, "permit.not_approved"),
        ({"link": True, "length": 9}, "permit.not_approved"),
        ({"link": True, "length": 10}, ""),
        ({"link": True, "dated": False}, ""),
    ],
)
def test_links_are_described_or_agreed_to(given: dict[str, Any], key: str) -> None:
    """Messages without one are free."""
    room = desk("link", described=10)
    assert wrong(room.post(START + HOUR, **given)) == key
    grant(room, START + 2 * HOUR, what="link")
    assert wrong(room.post(START + 3 * HOUR, **given)) == ""


def test_a_link_always_needs_a_permit_where_words_do_not_do() -> None:
    """However long the message."""
    room = desk("link")
    step = room.post(START + HOUR, link=True, length=5000)
    assert wrong(step) == "permit.not_approved"


def test_nobody_invites_before_consent() -> None:
    """And each consent is for one guest, unless it says more."""
    door = desk("invitation")
    invite: dict[str, Any] = {"make": ev.InvitationSent, "guest": MemberId("carl")}
    assert wrong(door.tell(when=START, **invite)) == "permit.not_approved"
    grant(door, START + HOUR, what="invitation")
    grant(door, START + HOUR, what="ad")
    assert wrong(door.tell(when=START + 2 * HOUR, **invite)) == ""
    step = door.tell(when=START + 3 * HOUR, **invite)
    assert wrong(step) == "permit.not_approved"


def test_who_holds_an_exempt_role_needs_nothing() -> None:
    """While it is held."""
    shop = desk(exempt=(HOST,), packets=1, packet=HALF)
    assert advertise(shop, member="host") == ""
    shop.tell(ev.RoleEnded, START + 2 * HOUR, "host", role=HOST)
    assert advertise(shop, 3, member="host") == "permit.not_approved"


def test_an_alert_leaves_no_strike() -> None:
    """Somebody is asked to look, as long as it is a rule at all."""
    shop = desk(strike=False)
    step = shop.tell(ev.AdPosted, START + HOUR, id="ad1")
    (advice,) = step.decisions
    assert isinstance(advice, Recommend)
    assert (advice.action, advice.properties["event"]) == ("review_ad", "ad1")
    assert (step.facts, shop.member().strikes) == ((), ())
    shop.tell(ev.RuleWaived, START + 2 * HOUR, rule=FLOOD)
    assert advertise(shop, 3) == ""


def test_a_request_is_answered_in_time() -> None:
    """By the first of those who may; a permit meets it."""
    shop = desk(answer_within=Duration.parse("1d"))
    step = shop.tell(ev.PermitRequested, START, what="ad")
    (duty,) = step.decisions
    assert isinstance(duty, OpenObligation)
    assert (duty.what, duty.duty, duty.due) == ("answer_ad", "owner", START + DAY)
    other = shop.tell(ev.PermitRequested, START, what="link")
    assert [d.because.key for d in other.decisions] == ["word.unknown"]
    grant(shop, START + HOUR)
    assert shop.member().duties == ()
    silent = desk()
    assert silent.tell(ev.PermitRequested, START, what="ad").decisions == ()


def test_standing_names_the_permits_there_are() -> None:
    """Those that run and are not used up."""
    shop = desk(uses=2)
    empty = shop.engine.standing("ann").parts[-1]
    assert (empty.key, empty["permits"]) == ("permit.standing", 0)
    grant(shop, id="p1", until=START + 5 * HOUR)
    grant(shop, id="p2")
    advertise(shop)
    told = shop.engine.standing("ann").parts[-1]
    assert [(p.source, p["uses"]) for p in told.parts] == [("p1", 1), ("p2", 2)]
    shop.advance(START + 5 * HOUR)
    told = shop.engine.standing("ann").parts[-1]
    assert [p.source for p in told.parts] == ["p2"]


def test_what_can_no_longer_be_used_is_forgotten() -> None:
    """When nothing late can come in any more."""
    shop = desk(uses=2, valid=Duration.parse("1d"))
    for day in range(100):
        grant(shop, START + day * DAY)
        advertise(shop, 24 * day + 1)
    permits = shop.member().slices["p"]["permits"]
    assert 30 <= len(permits) <= 32
    copy = Engine.restore(shop.engine.playbook, shop.engine.snapshot())
    assert copy.snapshot() == shop.engine.snapshot()


def test_a_permit_policy_says_what_it_needs() -> None:
    """Words, rules, roles."""
    policy = PermitPolicy(
        key=PolicyKey("p"),
        rule=RuleCode("x"),
        what="link",
        granted_by=(RoleName("king"),),
        exempt=(OWNER, RoleName("queen")),
    )
    assert policy.words == {
        *("message", "permit_requested", "permit_granted", "permit_withdrawn")
    }
    problems = {where: word for where, word, _ in policy.problems(Book())}
    assert problems == {"rule": "x", "granted_by[0]": "king", "exempt[1]": "queen"}
    known = PermitPolicy(key=PolicyKey("p"), rule=FLOOD, what="ad", exempt=(OWNER,))
    assert [*known.problems(Book())] == []


def test_a_number_of_times_is_not_below_zero() -> None:
    """Nobody owes an advertisement."""
    with pytest.raises(HistoryError) as caught:
        grant(desk(), uses=-1)
    assert caught.value.code == "event.negative"


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 20), st.integers(1, 3)), max_size=12
    )
)
def test_permits_are_used_no_more_often_than_granted(
    acts: list[tuple[bool, int, int]],
) -> None:
    """INVARIANT: allowed acts never outnumber the uses granted so far."""
    shop, granted, allowed = desk(), 0, 0
    for nth, (gives, minute, uses) in enumerate(acts):
        when, known = START + minute * HOUR, START + (20 + nth) * HOUR
        if gives:
            grant(shop, when, uses=uses, recorded_at=known)
            granted += uses
        else:
            allowed += advertise(shop, minute, recorded_at=known) == ""
        assert allowed <= granted
    assert TICK < HOUR
