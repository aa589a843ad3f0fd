"""What a policy remembers of two accounts is remembered of the one person."""

from __future__ import annotations

from typing import Literal

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import ReportBreach
from community_sdk.engine import Step
from community_sdk.model import (
    Mark,
    MemberId,
    Money,
    PolicyKey,
    RoleName,
    RuleCode,
    Tie,
)
from community_sdk.policies import (
    AlertPolicy,
    EmergencyActs,
    GiftCap,
    GiftCaps,
    PermitPolicy,
    RuleWatch,
    SupporterWatch,
)
from tests.unit.desk import DAY, HOUR, START, Desk
from tests.unit.policies.club import BUY, Club, booked, rule

ANN, BO = MemberId("ann"), MemberId("bo")
KEY = PolicyKey("p")


def link(desk: Desk, hours: int = 2) -> Step:
    """Bo turns out to be ann."""
    return desk.tell(ev.IdentityLinked, START + hours * HOUR, "ann", alias=BO)


def test_permits_of_both_accounts_are_good() -> None:
    """Ann has one of her own as well, which was never touched before."""
    policy = PermitPolicy(key=KEY, rule=RuleCode("quiet"), what="ad")
    desk = Desk(policy)
    for who in ("ann", "bo"):
        desk.tell(ev.PermitGranted, START, who, what="ad", actor=MemberId("boss"))
    link(desk)
    found = [desk.tell(ev.AdPosted, START + n * HOUR) for n in (3, 4, 5)]
    broken = [any(isinstance(d, ReportBreach) for d in s.decisions) for s in found]
    assert broken == [False, False, True]


def test_a_breach_found_of_either_account_is_not_found_again() -> None:
    """Within the time in which a watch is silent."""
    week = Duration.parse("7d")
    watch = RuleWatch(key=KEY, rule=RuleCode("quiet"), nickname=True, again_after=week)
    desk = Desk(watch, lateness=Duration.parse("30d"))
    desk.tell(ev.NicknameSet, START - 9 * DAY, "ann", conforms=False)
    desk.tell(ev.NicknameSet, START, "bo", conforms=False)
    link(desk)
    again = desk.tell(ev.NicknameSet, START + DAY, "ann", conforms=False)
    assert again.decisions == ()


def test_a_mark_shown_of_either_account_is_not_shown_again() -> None:
    """The later of the two counts."""
    alert = AlertPolicy(
        key=KEY,
        duty=RoleName("host"),
        marks=(Mark.LINK,),
        again_after=Duration.parse("7d"),
    )
    desk = Desk(alert)
    desk.post(START - 9 * DAY, "ann", link=True)
    desk.post(START, "bo", link=True)
    link(desk)
    assert desk.post(START + DAY, "ann", link=True).decisions == ()


def test_emergencies_of_both_accounts_can_be_settled() -> None:
    """Else one would lapse although it was reported in time."""
    acts = EmergencyActs(key=KEY, grounds=("fraud",), acting=(RoleName("host"),))
    desk = Desk(acts)
    desk.tell(ev.RoleAssigned, START, "hal", role=RoleName("host"))
    for who in ("ann", "bo"):
        given = {"ground": "fraud", "measure": "mute", "actor": MemberId("hal")}
        desk.tell(ev.EmergencyActed, START, who, id=f"act {who}", **given)
    link(desk)
    step = desk.tell(
        ev.EmergencyReported, START + 3 * HOUR, "ann", emergency="act bo", actor="hal"
    )
    assert [d.kind for d in step.decisions if d.kind == "refuse_act"] == []
    outcome = desk.member().slices["p"]
    assert set(outcome) == {"act ann", "act bo"}


def test_refunds_and_caps_of_points_go_along() -> None:
    """What went back before the purchase was known, and what the day gave already."""
    club = Club(BUY, rule("message", daily_cap=2))
    club.desk.tell(ev.Joined, START, "ann")
    club.desk.post(START, "ann")
    club.desk.post(START, "bo")
    club.refund(START + HOUR, 300, "o1", member="bo")
    link(club.desk)
    assert booked(club.desk.post(START + 3 * HOUR)) == []
    assert booked(club.buy(START + 3 * HOUR, 1_000, "o1")) == [7]


@pytest.mark.parametrize(
    ("whose", "first", "second"),
    [
        ("giver", ("dee", "bo"), ("eve", "ann")),
        ("receiver", ("bo", "cy"), ("ann", "cy")),
    ],
)
def test_gifts_of_both_accounts_count_for_one_cap(
    whose: Literal["giver", "receiver"],
    first: tuple[str, str],
    second: tuple[str, str],
) -> None:
    """Given and received, also before the link."""
    desk = Desk(GiftCaps(key=KEY, caps=(GiftCap(whose=whose, count=1),)))
    five = Money(500, "CNY")

    def give(hours: int, people: tuple[str, str]) -> Step:
        when, (who, by) = START + hours * HOUR, people
        gift = f"gift {hours}"
        return desk.tell(ev.GiftSent, when, who, gift=gift, money=five, actor=by)

    assert give(0, first).decisions == ()
    link(desk)
    keys = [d.because.key for d in give(3, second).decisions]
    assert keys == ["gifts.too_many"]


def test_a_supporter_flagged_under_one_account_is_not_flagged_again() -> None:
    """Within the time of silence; the later word about the tie holds."""
    desk = Desk(SupporterWatch(key=KEY, openly=(RoleName("host"),)))
    for when, who in ((START - 9 * DAY, "ann"), (START, "bo")):
        desk.tell(ev.SupporterKnown, when, who, tie=Tie.PAID)
        assert [d.kind for d in desk.post(when, who)] == ["recommend"]
    link(desk)
    assert desk.post(START + 25 * DAY).decisions == ()
