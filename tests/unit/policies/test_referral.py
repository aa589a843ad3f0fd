"""Referral campaigns: one derived count, no loops, claims honoured once (S19)."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk import loads
from community_sdk._time import Duration, PeriodUnit
from community_sdk.decisions import (
    Decision,
    DiscountReferral,
    FlagReferrer,
    GrantReward,
    Mode,
    RefuseAct,
    ShareProfit,
    TellReferralStage,
)
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import GroupId, MemberId, Money, PolicyKey
from community_sdk.playbook import dumps
from community_sdk.policies import (
    ReferralBurst,
    ReferralCampaign,
    ReferralStage,
    ReferralWatch,
)
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, START, TICK, Desk

KEY = PolicyKey("bring")
MINUTE = timedelta(minutes=1)
NAMES = ("ann", "bo", "cy", "di", "eve")
STAGES = (ReferralStage(count=1, reward="pen"), ReferralStage(count=3, reward="cup"))


def campaign(stages: Any = STAGES, **given: Any) -> ReferralCampaign:
    """A campaign with two stages: one newcomer, three newcomers."""
    return ReferralCampaign(key=KEY, stages=stages, **given)


def open_desk(**given: Any) -> Desk:
    """A community with this campaign, and ann in it."""
    desk = Desk(campaign(**given), lateness=Duration.parse("60d"))
    desk.tell(ev.Joined, START - DAY, "ann")
    return desk


def bring(desk: Desk, who: str, by: str, minute: int = 0, **more: Any) -> Step:
    """Let *who* come, brought by *by*."""
    when = START + minute * MINUTE
    return desk.tell(ev.Joined, when, who, invited_by=MemberId(by), **more)


def claim(desk: Desk, stage: int, who: str = "ann", minute: int = 60) -> Step:
    """Let *who* claim a stage."""
    when = START + minute * MINUTE
    return desk.tell(ev.ReferralClaimed, when, who, campaign=KEY, stage=stage)


def of(step: Step, kind: type[Decision]) -> list[Any]:
    """Return the decisions of one kind."""
    return [each for each in step if isinstance(each, kind)]


def why(step: Step) -> str:
    """Return the key of the only reason that was given."""
    (told,) = [d for d in step if isinstance(d, (RefuseAct, DiscountReferral))]
    assert say(told.because, "zh")
    assert say_decision(told, "en")
    return told.because.key


def have(desk: Desk, who: str = "ann") -> Any:
    """Return how many count for *who*."""
    policy: Any = desk.policies[0]
    return policy.standing(desk.view(who))["have"]


def test_stages_are_told_once_and_claimed_once() -> None:
    """Each stage when it is reached; a second claim gives nothing."""
    desk = open_desk()
    (told,) = of(bring(desk, "bo", "ann"), TellReferralStage)
    assert (told.member, told.stage, told.count, told.reward) == ("ann", 1, 1, "pen")
    assert not of(bring(desk, "cy", "ann", 1), TellReferralStage)
    (told,) = of(bring(desk, "di", "ann", 2), TellReferralStage)
    assert (told.stage, told.count) == (2, 3)
    (gift,) = of(claim(desk, 2), GrantReward)
    assert (gift.member, gift.reward, gift.reference) == ("ann", "cup", "bring/2")
    assert why(claim(desk, 2)) == "referral.claimed"
    assert of(claim(desk, 1), GrantReward)
    assert why(claim(desk, 1, "bo")) == "referral.too_few"
    assert why(claim(desk, 0)) == "referral.no_stage"
    assert why(desk.tell(ev.ReferralClaimed, START, campaign="x")) == "word.unknown"


arrivals = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.one_of(st.none(), st.sampled_from(NAMES)),
        st.booleans(),
    ),
    max_size=10,
)


@settings(max_examples=60)
@given(arrivals, st.integers(1, 3), st.sampled_from(("never", "always")))
def test_the_count_is_what_a_plain_recount_gives(
    told: list[tuple[str, str | None, bool]], depth: int, loss: str
) -> None:
    """Who comes, who goes: one inviter each, no circle, nobody for themselves."""
    desk = Desk(campaign(new="anybody", depth=depth, loss=loss))
    by: dict[str, str] = {}
    here: dict[str, bool] = defaultdict(bool)
    for minute, (who, inviter, comes) in enumerate(told):
        when = START + minute * MINUTE
        if not comes:
            desk.tell(ev.Left, when, who)
            here[who] = False
            continue
        desk.tell(ev.Joined, when, who, invited_by=inviter)
        here[who] = True
        above, seen = inviter, [who]
        while above is not None and above not in seen:
            seen.append(above)
            above = by.get(above)
        if inviter is not None and above is None and who not in by:
            by[who] = inviter
    for name in NAMES:
        number = 0
        for who in by:
            way = [who]
            while way[-1] in by:
                way.append(by[way[-1]])
            assert len(set(way)) == len(way)
            counts = loss == "never" or here[who]
            number += counts and name in way[1 : depth + 1]
        assert have(desk, name) == number


@pytest.mark.parametrize(
    ("loss", "left", "after", "back"),
    [("never", 2, 2, 2), ("until_claimed", 1, 1, 2), ("always", 1, 0, 1)],
)
def test_who_is_lost(loss: str, left: int, after: int, back: int) -> None:
    """Before a claim, after a claim, and back again."""
    desk = open_desk(loss=loss)
    bring(desk, "bo", "ann")
    bring(desk, "cy", "ann", 1)
    desk.tell(ev.Left, START + 2 * MINUTE, "bo")
    assert have(desk) == left
    claim(desk, 1)
    desk.tell(ev.MemberRemoved, START + 2 * DAY, "cy")
    assert have(desk) == after
    desk.tell(ev.Joined, START + 3 * DAY, "bo", invited_by=MemberId("eve"))
    assert have(desk) == back
    assert have(desk, "eve") == 0


def test_what_does_not_count_is_told_with_its_reason() -> None:
    """Oneself, a circle, another's newcomer, an old member, one too many, too late."""
    desk = open_desk(until=START + DAY, most=2)
    assert why(bring(desk, "bo", "bo")) == "referral.self"
    bring(desk, "cy", "bo", 1)
    assert why(bring(desk, "bo", "cy", 2)) == "referral.loop"
    assert why(bring(desk, "cy", "ann", 3)) == "referral.second"
    assert why(bring(desk, "ann", "eve", 4)) == "referral.known"
    bring(desk, "di", "ann", 5)
    assert why(bring(desk, "eve", "ann", 6)) == "referral.full"
    last = desk.tell(ev.Joined, START + DAY, "fay", invited_by=MemberId("ann"))
    assert why(last) == "referral.deadline"
    assert not list(bring(desk, "gus", "ann", 7, bot=True))
    assert not list(bring(desk, "hal", "ann", 7, dated=False))


def test_circles_and_oneself_are_flagged_once() -> None:
    """With the reason; a member without fault is not flagged."""
    desk = open_desk()
    (flag,) = of(bring(desk, "bo", "bo"), FlagReferrer)
    assert (flag.member, flag.reason) == ("bo", "self")
    assert say_decision(flag, "zh")
    assert not of(bring(desk, "bo", "bo", 1), FlagReferrer)
    assert not of(bring(desk, "cy", "ann", 2), FlagReferrer)


def test_a_burst_waits_until_it_is_judged() -> None:
    """Too many at once: claims wait; honest ones count, others never again."""
    burst = ReferralBurst(count=2, within=Duration.parse("5min"))
    desk = open_desk(burst=burst)
    bring(desk, "bo", "ann")
    assert not of(bring(desk, "cy", "ann", 5), FlagReferrer)
    (flag,) = of(bring(desk, "di", "ann", 9), FlagReferrer)
    assert (flag.reason, flag.count) == ("burst", 2)
    assert why(claim(desk, 1)) == "referral.held"
    judged = {"campaign": KEY, "actor": MemberId("boss")}
    desk.tell(ev.ReferralJudged, START + DAY, "ann", honest=True, **judged)
    assert of(claim(desk, 1), GrantReward)
    assert not of(bring(desk, "eve", "ann", 10), FlagReferrer)
    desk.tell(ev.ReferralJudged, START + DAY, "ann", honest=False, **judged)
    assert have(desk) == 0
    assert why(claim(desk, 2)) == "referral.held"


def test_the_end_is_excluded_and_then_all_is_forgotten() -> None:
    """Claims until some days after; nothing is remembered then."""
    desk = open_desk(until=START + DAY, claims=Duration.parse("2d"))
    bring(desk, "bo", "ann")
    end = START + 3 * DAY
    desk.tell(ev.ReferralClaimed, end - TICK, campaign=KEY)
    assert desk.view().community.slices[KEY]["claims"] == {"ann": [1]}
    desk.advance(end)
    assert desk.view().community.slices[KEY]["by"] == {}
    for late in (ev.ReferralClaimed, partial(ev.ReferralJudged, honest=True)):
        assert why(desk.tell(late, end, campaign=KEY)) == "referral.over"
    assert not list(bring(desk, "cy", "ann"))


def test_new_in_the_groups_of_the_campaign() -> None:
    """Who was in one of them before is not new; leaving one of two is no loss."""
    groups = (GroupId("hall"), GroupId("yard"))
    desk = open_desk(groups=groups, new="groups", loss="always")
    assert not list(bring(desk, "bo", "ann"))
    bring(desk, "bo", "ann", 1, group="hall")
    assert have(desk) == 1
    desk.tell(ev.Joined, START + 2 * MINUTE, "bo", group="yard")
    desk.tell(ev.Left, START + 3 * MINUTE, "bo", group="hall")
    assert have(desk) == 1
    desk.tell(ev.Left, START + 4 * MINUTE, "bo", group="yard")
    assert have(desk) == 0
    desk.tell(ev.Joined, START, "cy", group="yard")
    assert why(bring(desk, "cy", "ann", 5, group="hall")) == "referral.known"
    desk.tell(ev.Joined, START, "di", group="hall")
    assert why(bring(desk, "di", "ann", 5, group="hall")) == "referral.known"


def test_profit_is_shared_up_the_hands_and_taken_back_exactly() -> None:
    """Parts of an order are cut together; a refund takes no more than was given."""
    desk = open_desk(shares=(Fraction(1, 10), Fraction(1, 20)))
    bring(desk, "bo", "ann")
    bring(desk, "cy", "bo", 1)

    def pay(make: Any, amount: int, minute: int) -> list[tuple[str, int, int]]:
        money = Money(amount=amount, currency="CNY")
        when = START + minute * MINUTE
        found = of(desk.tell(make, when, "cy", order="o", money=money), ShareProfit)
        assert all(say_decision(one, "zh") and one.buyer == "cy" for one in found)
        return [(one.member, one.hand, one.money.amount) for one in found]

    assert pay(ev.PurchaseMade, 1000, 0) == []
    assert pay(ev.PurchaseMade, 15, 2) == [("bo", 1, 1)]
    assert pay(ev.PurchaseMade, 15, 3) == [("bo", 1, 2), ("ann", 2, 1)]
    assert pay(ev.RefundMade, 99, 4) == [("bo", 1, -3), ("ann", 2, -1)]
    assert pay(ev.RefundMade, 9, 5) == []
    desk = open_desk(shares=(Fraction(1, 10),), until=START + 10 * MINUTE)
    bring(desk, "cy", "ann")
    assert pay(ev.PurchaseMade, 100, 9) == [("ann", 1, 10)]
    assert pay(ev.PurchaseMade, 100, 10) == []
    assert pay(ev.RefundMade, 50, 11) == [("ann", 1, -5)]


def test_two_accounts_of_one_person() -> None:
    """What both brought counts together; the one never brought the other."""
    desk = open_desk()
    bring(desk, "bo", "ann")
    bring(desk, "cy", "bo", 1)
    claim(desk, 1, "bo")
    desk.tell(ev.IdentityLinked, START + DAY, "ann", alias=MemberId("bo"))
    mine = desk.view().community.slices[KEY]
    assert {m: row[0] for m, row in mine["by"].items()} == {"cy": "ann"}
    assert mine["claims"] == {"ann": [1]}
    assert mine["told"] == {"ann": 1}
    desk.tell(ev.IdentityLinked, START + DAY, "ann", alias=MemberId("cy"))
    assert desk.view().community.slices[KEY]["by"] == {}


def test_a_newcomer_with_two_accounts_is_one() -> None:
    """The earlier inviter stays; an inviter named by the old account is known."""
    desk = open_desk()
    bring(desk, "bo", "ann")
    bring(desk, "cy", "eve", 1)
    desk.tell(ev.IdentityLinked, START + DAY, "cy", alias=MemberId("bo"))
    assert (have(desk), have(desk, "eve")) == (1, 0)
    desk.tell(ev.Joined, START + 2 * DAY, "di", invited_by=MemberId("bo"))
    assert have(desk, "cy") == 1


def test_timers_of_others_end_nothing() -> None:
    """Each policy of referral is told of its own time alone."""
    watch = ReferralWatch(key=PolicyKey("spread"), period=PeriodUnit.DAY)
    ends = campaign(until=START + DAY, claims=Duration.parse("1h"))
    desk = Desk(watch, ends, lateness=Duration.parse("60d"))
    bring(desk, "bo", "ann")
    desk.advance(START + DAY)
    assert desk.view().community.slices[KEY]["by"]
    desk.advance(START + DAY + timedelta(hours=1))
    slices = desk.view().community.slices
    assert slices[KEY]["over"]
    assert slices["spread"]["members"] == 1


def test_a_circle_through_two_accounts_is_cut() -> None:
    """Joined into one person, nobody stands above themselves."""
    desk = open_desk()
    bring(desk, "bo", "ann")
    bring(desk, "cy", "bo", 1)
    desk.tell(ev.IdentityLinked, START + DAY, "cy", alias=MemberId("ann"))
    mine = desk.view().community.slices[KEY]
    assert {m: row[0] for m, row in mine["by"].items()} == {"bo": "cy"}


def test_in_shadow_nothing_breaks() -> None:
    """Claims that would be refused leave no trace."""
    desk = open_desk(mode=Mode.SHADOW)
    claim(desk, 9)
    claim(desk, 9)
    assert desk.view().community.slices[KEY]["claims"] == {"ann": []}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"stages": STAGES[::-1]}, "referral.stages"),
        ({"shares": (Fraction(3, 4), Fraction(1, 2))}, "referral.shares"),
        ({"shares": (Fraction(-1, 4),)}, "referral.shares"),
        ({"new": "groups"}, "referral.groups"),
        ({"since": START, "until": START}, "referral.until"),
        ({"since": START, "until": START - DAY}, "referral.until"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any], code: str) -> None:
    """With a code that both languages have words for."""
    with pytest.raises(DefinitionError) as caught:
        campaign(**wrong)
    assert caught.value.code == code


FILE = """
format = 1
name = "bring"

[community]
key = "home"

[[group]]
key = "hall"

[[policy]]
kind = "referral_campaign"
key = "bring"
stages = [
  { count = 3, reward = "cup", form = "voucher", money = "10.00 CNY" },
  { count = 9, reward = "umbrella" },
]
until = 2026-06-01T00:00:00+08:00
groups = ["hall"]
new = "groups"
loss = "always"
depth = 2
shares = ["1/10", "1/20"]
burst = { count = 10, within = "1h" }

[[policy]]
kind = "referral_watch"
key = "spread"
period = "week"
value = 20
"""


def test_a_file_holds_all_of_it() -> None:
    """Written and read it is the same, and a group that is none is told."""
    book = loads(FILE)
    assert loads(dumps(book)) == book
    policy: Any = book.policies[0]
    assert policy.shares == (Fraction(1, 10), Fraction(1, 20))
    odd = campaign(groups=(GroupId("hell"),))
    assert [path for path, *_ in odd.problems(book)] == ["groups[0]"]


def test_standing_says_what_is_missing() -> None:
    """In both languages, with and without an end."""
    for more in ({}, {"until": START + DAY}):
        desk = open_desk(**more)
        policy: Any = desk.policies[0]
        for nth in range(4):
            told = policy.standing(desk.view())
            assert told["missing"] == (1, 2, 1, None)[nth]
            assert say(told, "zh") != say(told, "en")
            bring(desk, f"n{nth}", "ann", nth)
