"""Caps of gifts and rewards, points for helpers, the best of a month (S17)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk.decisions import NameBest, PostPoints, RefuseAct, RequestStandings
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric
from community_sdk.model import MemberId, Money, PolicyKey, RoleName
from community_sdk.policies import (
    ActorCredit,
    BestContributors,
    GiftCap,
    GiftCaps,
    Reward,
    RewardStock,
)
from tests.unit.desk import DAY, HOUR, START, Desk, at
from tests.unit.policies.club import BERLIN, booked, program, rate, reasons, rule

FIVE = Money(500, "CNY")
KEY = PolicyKey("limits")


def caps(*found: GiftCap, **more: Any) -> GiftCaps:
    """A policy of caps."""
    return GiftCaps(key=KEY, caps=found, **more)


def give(desk: Desk, when: datetime, gift: str, **more: Any) -> Step:
    """Bo gives ann five yuan."""
    facts: dict[str, Any] = {"money": FIVE, "actor": MemberId("bo")} | more
    return desk.tell(ev.GiftSent, when, facts.pop("member", "ann"), gift=gift, **facts)


@pytest.mark.parametrize(
    ("cap", "other"),
    [
        (GiftCap(whose="giver", count=2), {"actor": MemberId("cy")}),
        (GiftCap(whose="receiver", total=Money(1_000, "CNY")), {"member": "dee"}),
        (GiftCap(whose="community", count=2, form="red_packet"), {"form": "mug"}),
        (
            GiftCap(whose="community", total=Money(1_000, "CNY")),
            {"money": Money(9_999, "USD")},
        ),
    ],
)
def test_the_third_is_too_many(cap: GiftCap, other: dict[str, Any]) -> None:
    """Another giver, receiver, form or currency is not touched; a return makes room."""
    desk = Desk(caps(cap), community=BERLIN)
    noon = at("2026-03-29 00:00", "Europe/Berlin")
    assert not give(desk, noon, "g1").decisions
    assert not give(desk, noon + HOUR, "g2").decisions
    refused = give(desk, noon + 2 * HOUR, "g3")
    assert isinstance(refused.decisions[0], RefuseAct)
    assert reasons(refused)[0] in ("gifts.too_many", "gifts.too_much")
    assert not give(desk, noon + 3 * HOUR, "g4", **other).decisions
    desk.tell(ev.GiftReturned, noon + 4 * HOUR, gift="g1")
    assert not give(desk, noon + 5 * HOUR, "g5").decisions
    assert give(desk, noon + 22 * HOUR, "g6").decisions
    assert not give(desk, noon + 23 * HOUR, "g7").decisions


def test_a_gift_is_on_record_once() -> None:
    """The same number again is refused."""
    desk = Desk(caps(GiftCap(count=9)))
    give(desk, START, "g")
    assert reasons(give(desk, START + HOUR, "g")) == ["gifts.known"]


@pytest.mark.parametrize("stock", [(), (RewardStock(reward="rp", count=9),)])
@pytest.mark.parametrize(
    "cap", [GiftCap(total=Money(1_200, "CNY")), GiftCap(whose="receiver", count=2)]
)
def test_what_a_reward_is_worth_is_known_from_its_programme(
    cap: GiftCap, stock: tuple[RewardStock, ...]
) -> None:
    """INVARIANT: no cap is exceeded by redeeming, whatever the stock says of it."""
    packet = Reward(key="rp", cost=1, form="red_packet", money=FIVE)
    shop = program(rewards=(packet,))
    desk = Desk(shop, caps(evolve(cap, form="red_packet"), stock=stock))
    desk.tell(ev.PointsAdjusted, START, amount=9)
    found: list[str] = []
    for nth in range(4):
        when = START + nth * HOUR
        step = desk.tell(ev.RedemptionRequested, when, reward="rp", reference=f"r{nth}")
        found += [d.kind for d in step.decisions]
    assert found.count("grant_reward") == found.count("refuse_act") == 2
    when = START + 5 * HOUR
    step = desk.tell(ev.RedemptionRequested, when, amount=1, reference="points")
    assert booked(step) == [-1]


def test_rewards_are_limited_by_their_stock_and_the_caps() -> None:
    """Two mugs in all; one of them comes back and is free again."""
    shop = program(rewards=(Reward(key="mug", cost=10), Reward(key="tea", cost=1)))
    stock = (RewardStock(reward="mug", count=2, each=FIVE, form="gift"),)
    day = GiftCap(whose="receiver", count=1, form="gift")
    desk = Desk(caps(day, stock=stock), shop)
    desk.tell(ev.BalanceImported, START, amount=100)

    def ask(n: int, reward: str = "mug") -> list[str]:
        when = START + n * 12 * HOUR
        reference = f"r{n}"
        return reasons(
            desk.tell(ev.RedemptionRequested, when, reward=reward, reference=reference)
        )

    assert ask(1) == ["points.redeemed", "points.redeemed"]
    assert ask(3) == ["points.redeemed", "points.redeemed"]
    assert ask(5) == ["gifts.sold_out"]
    assert ask(6, "tea") == ["points.redeemed", "points.redeemed"]
    desk.tell(ev.RedemptionReturned, START + 4 * DAY, reference="r1")
    assert ask(9) == ["points.redeemed", "points.redeemed"]
    assert desk.member().accounts["points"].balance == 79


@given(amounts=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 900)), max_size=25))
def test_a_day_never_exceeds_its_cap(amounts: Sequence[tuple[int, int]]) -> None:
    """Whatever is tried, what was let through stays within the caps."""
    desk = Desk(
        caps(GiftCap(total=Money(1_000, "CNY")), GiftCap(whose="receiver", count=2))
    )
    let: list[tuple[int, int]] = []
    for n, (who, amount) in enumerate(amounts):
        step = give(
            desk,
            START + n * HOUR / 4,
            f"g{n}",
            member=f"m{who}",
            money=Money(amount, "CNY"),
        )
        if not step.decisions:
            let.append((who, amount))
    assert sum(amount for _, amount in let) <= 1_000
    assert all(sum(1 for who, _ in let if who == m) <= 2 for m in range(4))


def test_a_cap_caps_something() -> None:
    """Neither a number nor a sum."""
    with pytest.raises(DefinitionError, match="`count` or `total`"):
        GiftCap()


def test_who_answers_and_who_invites_earns() -> None:
    """The actor, not the member; not for oneself; within the caps of the programme."""
    credit = ActorCredit(
        key=PolicyKey("thanks"),
        program=PolicyKey("club"),
        rules=(
            rule("question_answered", rate(5), daily_cap=10),
            rule("joined", rate(20)),
        ),
    )
    desk = Desk(program(), credit)
    asked = [
        desk.tell(ev.QuestionAnswered, START + n * HOUR, actor=MemberId("bo"))
        for n in range(4)
    ]
    assert [booked(step) for step in asked] == [[5], [5], [], []]
    assert asked[0].decisions[0].member == "bo"
    assert (
        booked(desk.tell(ev.QuestionAnswered, START + DAY, actor=MemberId("ann"))) == []
    )
    desk.tell(ev.Joined, START + DAY, "cy", actor=MemberId("bo"))
    assert desk.member("bo").accounts["points"].balance == 30
    assert credit.metrics == ()


def best(**more: Any) -> BestContributors:
    """The two best of a month by messages."""
    given: dict[str, Any] = {"top": 2, "points": (30, 10)} | more
    return BestContributors(
        key=PolicyKey("best"), figure=Metric("count", "message"), **given
    )


def test_the_best_of_a_month_are_named_once() -> None:
    """By figure, then by the longer membership; staff does not compete."""
    desk = Desk(best(not_for=frozenset({RoleName("host")})), program())
    desk.tell(ev.RoleAssigned, START, "host", role=RoleName("host"))
    for n, who in enumerate(("cy", "ann", "bo", "host")):
        for k in range(3 if who != "bo" else 2):
            desk.post(START + (10 * k + n) * HOUR, who)
    over = desk.advance(at("2026-02-01 00:00"))
    (wish,) = (d for d in over.decisions if isinstance(d, RequestStandings))
    answer = desk.engine.standings(wish)
    named = desk.engine.receive(answer)
    places = [
        (d.member, d.place, d.figure)
        for d in named.decisions
        if isinstance(d, NameBest)
    ]
    assert places == [("cy", 1, 3), ("ann", 2, 3)]
    points = [
        (d.member, d.amount) for d in named.decisions if isinstance(d, PostPoints)
    ]
    assert points == [("cy", 30), ("ann", 10)]
    again = desk.engine.receive(desk.engine.standings(wish))
    assert not [d for d in again.decisions if isinstance(d, NameBest)]


def test_the_best_need_a_figure_of_a_period() -> None:
    """A time since is none."""
    with pytest.raises(DefinitionError, match="without a window"):
        BestContributors(key=PolicyKey("best"), figure=Metric("recency", "message"))
