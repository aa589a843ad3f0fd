"""Points, badges, gifts and falls of two accounts are those of the one person."""

from __future__ import annotations

from typing import Any

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import RefuseAct
from community_sdk.engine import Step
from community_sdk.model import MemberId, Money, PolicyKey
from community_sdk.policies import Badge, BadgePolicy, GiftCap, GiftCaps, Reward
from tests.unit.desk import DAY, HOUR, START, Desk
from tests.unit.policies.club import BUY, Club, booked, rule
from tests.unit.policies.terraces import ACTIVE, moves, posts
from tests.unit.policies.terraces import desk as terrace

BO = MemberId("bo")


def link(desk: Desk, hours: int = 2) -> Step:
    """Bo turns out to be ann."""
    return desk.tell(ev.IdentityLinked, START + hours * HOUR, "ann", alias=BO)


def both_post(club: Club) -> list[int]:
    """Both accounts write, are linked, and write once more."""
    club.desk.post(START, "ann")
    club.desk.post(START + HOUR, "bo")
    link(club.desk)
    return booked(club.desk.post(START + 3 * HOUR))


def test_caps_waits_and_limits_count_both_accounts() -> None:
    """Nobody earns more by a second account."""
    assert both_post(Club(rule("message"), daily_cap=2)) == []
    assert both_post(Club(rule("message", limit=2))) == []
    assert both_post(Club(rule("message", cool_down=Duration.parse("3h")))) == []
    assert both_post(Club(rule("message", limit=3))) == [1]


def test_a_redemption_of_either_account_is_not_done_again() -> None:
    """By its number."""
    club = Club(rule("message"), rewards=(Reward(key="cup", cost=1),))
    for who in ("ann", "bo"):
        club.desk.post(START, who)
    more: dict[str, Any] = {"reward": "cup"}
    for who, number in (("ann", "r1"), ("bo", "r2")):
        club.desk.tell(
            ev.RedemptionRequested, START + HOUR, who, reference=number, **more
        )
    link(club.desk)
    club.desk.post(START + 3 * HOUR)
    (again,) = club.desk.tell(
        ev.RedemptionRequested, START + 4 * HOUR, reference="r2", **more
    ).decisions
    assert again.because.key == "points.redeemed_already"


def test_a_refund_that_waits_for_its_order_waits_for_the_person() -> None:
    """Told before the purchase, under the other account."""
    club = Club(BUY)
    club.buy(START, 500, "o0")
    club.refund(START, 300, "o1", member="bo")
    link(club.desk)
    assert booked(club.buy(START + 3 * HOUR, 1000, "o1")) == [7]


def test_badges_of_both_accounts_are_held() -> None:
    """What either holds is not given again, what was taken stays taken."""
    badges = (Badge(key="first", on="introduced"), Badge(key="known", on="message"))
    policy = BadgePolicy(key=PolicyKey("b"), badges=badges)
    desk = Desk(policy)
    desk.post(START, "ann")
    desk.tell(ev.Introduced, START, "bo")
    link(desk)
    held = [p["badge"] for p in desk.engine.standing("ann").walk() if "held" in p.key]
    assert held == ["first", "known"]
    assert desk.tell(ev.Introduced, START + DAY, "ann").decisions == ()
    other = Desk(policy)
    other.post(START, "ann")
    other.tell(ev.Introduced, START, "bo")
    other.tell(ev.BadgeWithdrawn, START, "bo", badge="first", actor="boss")
    link(other)
    keys = {p.key: p.figures for p in other.engine.standing("ann").walk()}
    assert dict(keys["badge.taken"])["by"] == "boss"


def test_gifts_to_either_account_count_against_the_cap() -> None:
    """Of the giver as of the receiver."""
    caps = (GiftCap(whose="receiver", count=2), GiftCap(whose="giver", count=3))
    desk = Desk(GiftCaps(key=PolicyKey("g"), caps=caps))

    def give(number: int, who: str, by: str) -> list[str]:
        step = desk.tell(
            ev.GiftSent, START + number * HOUR, who, gift=f"g{number}",
            money=Money(1, "CNY"), actor=MemberId(by),
        )  # fmt: skip
        return [d.because.key for d in step.decisions if isinstance(d, RefuseAct)]

    assert [give(0, "ann", "eve"), give(1, "bo", "eve")] == [[], []]
    link(desk)
    assert give(3, "ann", "eve") == ["gifts.too_many"]
    assert [give(4, "x", "ann"), give(5, "y", "ann")] == [[], []]
    assert give(6, "z", "ann") == []
    assert give(7, "w", "ann") == ["gifts.too_many"]


def test_a_fall_of_either_account_holds_back_a_rise() -> None:
    """The later one counts: bo fell a day after ann."""
    one = terrace(cool_down="10d", downgrade="immediate")
    for who, days in (("ann", 0), ("bo", 1)):
        known = {"tiers": "grade", "tier": ACTIVE, "since": START - DAY}
        step = one.tell(ev.TierImported, START + days * DAY, who, **known)
        assert moves(step) == ["active>fan"]
    link(one, 30)
    assert posts(one, 3, START + 10 * DAY + 2 * HOUR) == []
    assert posts(one, 1, START + 11 * DAY + 2 * HOUR) == ["fan>active"]
