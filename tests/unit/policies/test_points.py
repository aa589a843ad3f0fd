"""Programmes of points: what earns, how much a day, how long it is good (S17)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Calendar, Duration, micros, zone
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Account,
    Community,
    CommunityId,
    Earning,
    EntryKind,
    Group,
    GroupId,
    Ledger,
    Money,
    RoleName,
)
from community_sdk.policies import Expiry, Rate, Reward
from tests.unit.desk import DAY, HOUR, START, TICK, Book, at, head
from tests.unit.policies.club import (
    BERLIN,
    BUY,
    Club,
    booked,
    program,
    rate,
    reasons,
    rule,
)

POSTS = rule("message")
AS_HOST = rate(3, per=100, when='has("role", "host")')
TALKS = rate(when='count("message") >= 2').when


@given(pence=st.integers(0, 100_000), per=st.integers(1, 5_000), each=st.integers(1, 9))
def test_only_full_steps_of_money_earn(pence: int, per: int, each: int) -> None:
    """Whole points, rounded down."""
    assert rate(each, per=per).worth(pence) == pence // per * each


def test_steps_of_no_money_are_refused() -> None:
    """A rate needs an amount above zero."""
    with pytest.raises(DefinitionError, match="above zero"):
        Rate(points=1, per=Money(0, "GBP"))


def test_another_currency_of_money_earns_nothing() -> None:
    """A rate in pounds says nothing of yen."""
    club = Club(BUY)
    step = club.desk.tell(ev.PurchaseMade, START, order="a", money=Money(9_000, "JPY"))
    assert booked(step) == []


def test_the_same_order_of_one_source_earns_once() -> None:
    """Told twice under other ids; another source's order is another one."""
    club = Club(BUY)
    assert booked(club.buy(START, 500, "a", source="shop")) == [5]
    assert booked(club.buy(START + HOUR, 500, "a", source="shop")) == []
    assert booked(club.buy(START + HOUR, 300, "a", source="till")) == [3]
    assert club.account().balance == 8
    club.refund(START + DAY, 300, "a", source="till")
    assert club.account().balance == 5


def test_the_last_rate_that_applies_counts() -> None:
    """More for a streak, and none before the first bar."""
    club = Club(
        rule("badge", rate(1), rate(5, when='streak("badge") >= 3')),
    )
    amounts = [
        booked(club.desk.tell(ev.Custom, START + n * DAY, word="badge"))
        for n in range(4)
    ]
    assert amounts == [[1], [1], [5], [5]]
    bars = Club(rule("purchase", rate(1, per=1_000, when='total("purchase") >= 10000')))
    assert booked(bars.buy(START, 5_000, "a")) == []
    assert booked(bars.buy(START + HOUR, 5_000, "b")) == [5]


def test_a_cool_down_ends_with_its_end() -> None:
    """The first award after exactly that long counts; each award begins it anew."""
    club = Club(rule("message", cool_down=Duration.parse("60s")))
    minute = timedelta(minutes=1)
    assert booked(club.desk.post(START)) == [1]
    assert booked(club.desk.post(START + minute - TICK)) == []
    assert booked(club.desk.post(START + minute)) == [1]
    assert booked(club.desk.post(START + 2 * minute - TICK)) == []


@pytest.mark.parametrize(
    "day", ["2026-03-29", "2026-10-25", "2026-06-01"], ids=["23h", "25h", "24h"]
)
def test_the_cap_is_that_of_the_local_day(day: str) -> None:
    """Ten on one day, whatever its length; the first of the next day counts again."""
    club = Club(POSTS, daily_cap=3, community=BERLIN)
    start = at(f"{day} 00:00", "Europe/Berlin")
    calendar = Calendar(zone("Europe/Berlin"))
    today = calendar.day(micros(start))
    length = (calendar.start(today + 1) - micros(start)) // 3_600_000_000
    for hour in range(length):
        club.desk.post(start + hour * HOUR)
    assert club.account().balance == 3
    assert booked(club.desk.post(start + length * HOUR)) == [1]


def test_a_late_event_counts_for_its_own_day() -> None:
    """Yesterday's cap is not today's."""
    club = Club(POSTS, daily_cap=1)
    assert booked(club.desk.post(START)) == [1]
    late = club.desk.post(START - DAY, recorded_at=START + HOUR)
    assert booked(late) == [1]
    assert (
        booked(club.desk.post(START - DAY + HOUR, recorded_at=START + 2 * HOUR)) == []
    )


def test_exempt_rules_losses_and_the_floor() -> None:
    """Reputation: a cap on votes, none on accepted answers, never below one."""
    votes = (("up", 10), ("down", -2), ("yes", 15))
    rules = tuple(
        rule("badge", rate(n), name=v, where=(("v", v),), capped=v != "yes")
        for v, n in votes
    )
    club = Club(*rules, daily_cap=25, floor=1)

    def vote(n: int, v: str) -> list[int]:
        when = START + n * HOUR
        more: dict[str, Any] = {"word": "badge", "properties": {"v": v}}
        return booked(club.desk.tell(ev.Custom, when, **more))

    club.desk.tell(ev.BalanceImported, START, amount=2)
    assert vote(1, "down") == [-1]
    assert vote(2, "down") == []
    assert [vote(3 + n, "up") for n in range(4)] == [[10], [10], [6], []]
    assert vote(8, "yes") == [15]
    assert club.account().balance == 42


def test_limits_groups_and_roles() -> None:
    """Once in all, not in the ad group, not for the staff."""
    once = rule(
        "message",
        limit=1,
        not_in=frozenset({GroupId("ads")}),
        not_for=frozenset({RoleName("host")}),
    )
    club = Club(once)
    assert booked(club.desk.post(START, group="ads")) == []
    assert booked(club.desk.post(START, group="talk")) == [1]
    assert booked(club.desk.post(START + DAY, group="talk")) == []
    club.desk.tell(ev.RoleAssigned, START, "bo", role=RoleName("host"))
    assert booked(club.desk.post(START + HOUR, "bo")) == []


def test_a_lot_is_over_at_its_instant() -> None:
    """Usable a microsecond before, gone at it; an entry of its own says so."""
    club = Club(BUY, expiry=Expiry(after=Duration.parse("1d"), until="instant"))
    club.buy(START, 500, "a")
    club.buy(START + HOUR, 300, "b")
    assert booked(club.desk.advance(START + DAY - TICK)) == []
    gone = club.desk.advance(START + DAY)
    assert (booked(gone), reasons(gone)) == ([-5], ["points.expired"])
    assert booked(club.desk.advance(START + DAY + HOUR)) == [-3]
    assert club.account().balance == 0
    assert club.account().earned == 8


def test_a_part_of_an_order_goes_back_at_the_rate_of_that_time() -> None:
    """Seven of ten pounds remain: seven points do, in the purchase's own year."""
    spring = at("2026-01-05 12:00")
    club = Club(rule("purchase", rate(1, per=100), AS_HOST))
    club.buy(spring, 1_050, "a")
    club.desk.tell(ev.RoleAssigned, spring + HOUR, role=RoleName("host"))
    step = club.refund(spring + DAY, 330, "a")
    (fact,) = (f for f in step.facts if isinstance(f, ev.PointsPosted))
    assert (fact.amount, fact.qualifying, fact.at) == (-3, -3, spring)
    assert fact.recorded_at == spring + DAY
    assert booked(club.refund(spring + 2 * DAY, 720, "a")) == [-7]
    assert booked(club.refund(spring + 3 * DAY, 720, "a")) == []


def test_a_refund_that_is_told_first_is_not_lost() -> None:
    """What went back before the order became known earns nothing."""
    club = Club(BUY)
    club.refund(START, 400, "a")
    assert booked(club.buy(START + HOUR, 1_000, "a")) == [6]
    assert booked(club.desk.tell(ev.OrderCancelled, START + DAY, order="a")) == [-6]
    club.desk.tell(ev.OrderCancelled, START, order="b")
    assert booked(club.buy(START + DAY, 900, "b")) == []


def test_a_shortage_is_paid_by_what_comes_back() -> None:
    """Buy, spend, refund, return what was spent: nothing is left."""
    club = Club(BUY)
    club.buy(START, 1_000, "a")
    club.desk.tell(ev.RedemptionRequested, START + HOUR, amount=6, reference="r")
    assert booked(club.refund(START + 2 * HOUR, 1_000, "a")) == [-4]
    back = club.desk.tell(ev.RedemptionReturned, START + 3 * HOUR, reference="r")
    assert (booked(back), club.account().balance) == ([0], 0)


def test_a_debt_is_paid_by_what_is_earned() -> None:
    """Below zero until new points pay."""
    club = Club(BUY, clawback="allow_negative")
    club.buy(START, 1_000, "a")
    club.desk.tell(ev.RedemptionRequested, START + HOUR, amount=6)
    club.desk.tell(ev.PointsReversed, START + 2 * HOUR, order="a")
    assert (club.account().balance, club.account().active) == (-6, 0)
    club.buy(START + DAY, 1_000, "b")
    assert (club.account().balance, club.account().active) == (4, 4)


def test_points_by_hand() -> None:
    """Given, taken down to the floor, set, once per order; with a category."""
    club = Club(BUY)

    def adjust(n: int, **more: Any) -> list[int]:
        return booked(club.desk.tell(ev.PointsAdjusted, START + n * HOUR, **more))

    assert adjust(0, amount=500, order="99") == [500]
    assert adjust(1, amount=500, order="99") == []
    assert adjust(2, amount=-600) == [-500]
    assert adjust(3, amount=-1) == []
    assert adjust(4, to=7, qualifying=False) == [7]
    assert adjust(5, to=7) == []
    assert adjust(6, currency="stars", amount=9) == []
    assert (club.account().balance, club.account().earned) == (7, 0)


REWARDS = (
    Reward(key="mug", cost=100, money=Money(500, "GBP"), valid=Duration.parse("30d")),
    Reward(
        key="trial",
        cost=10,
        form="trial_product",
        when=TALKS,
    ),
)


def test_rewards_are_bought_or_refused_with_what_is_missing() -> None:
    """Short, unknown, closed, once; and what is good until when."""
    club = Club(POSTS, rewards=REWARDS)

    def ask(n: int, **more: Any) -> Any:
        return club.desk.tell(ev.RedemptionRequested, START + n * HOUR, **more)

    club.desk.tell(ev.BalanceImported, START, amount=105)
    assert reasons(ask(1, reward="cup")) == ["points.reward_unknown"]
    assert reasons(ask(2, reward="trial")) == ["points.reward_closed"]
    step = ask(3, reward="mug", reference="r1")
    assert reasons(step) == ["points.redeemed", "points.redeemed"]
    assert step.decisions[1].until == START + 3 * HOUR + 30 * DAY
    assert reasons(ask(4, reward="mug", reference="r1")) == ["points.redeemed_already"]
    short = ask(5, reward="mug").decisions[0].because
    assert (short["have"], short["missing"]) == (5, 95)
    standing = club.program.standing(club.desk.view())
    assert (standing["balance"], standing["reward"], standing["missing"]) == (
        5,
        "trial",
        5,
    )


def test_what_is_over_does_not_come_back() -> None:
    """A redemption that is returned after the end of its points brings none."""
    club = Club(BUY, expiry=Expiry(after=Duration.parse("1d"), until="instant"))
    club.buy(START, 500, "a")
    club.desk.tell(ev.RedemptionRequested, START + HOUR, amount=5, reference="r")
    late = club.desk.tell(ev.RedemptionReturned, START + DAY, reference="r")
    assert reasons(late) == ["points.redemption_unknown"]


def test_points_may_begin_anew() -> None:
    """What is to be spent goes; what was earned for tiers stays."""
    club = Club(POSTS, begins_anew="badge")
    club.desk.post(START)
    assert booked(club.desk.tell(ev.Custom, START + HOUR, word="badge")) == [-1]
    assert booked(club.desk.tell(ev.Custom, START + DAY, word="badge")) == []
    assert (club.account().balance, club.account().earned) == (0, 1)


def test_names_are_unique_and_known() -> None:
    """Two rules of one name, roles and groups that nobody declared."""
    with pytest.raises(DefinitionError, match="twice"):
        program(BUY, BUY)
    ghost, room = frozenset({RoleName("ghost")}), frozenset({GroupId("x")})
    rooms = Community(key=CommunityId("home"), groups=(Group(key=GroupId("talk")),))
    told = program(rule("message", not_for=ghost, not_in=room)).problems(
        Book(community=rooms)
    )
    assert [p[:2] for p in told] == [
        ("rules[0].not_for", "ghost"),
        ("rules[0].not_in", "x"),
    ]


def test_two_accounts_of_one_person_become_one() -> None:
    """Nothing is lost, and debts are paid."""
    club = Club(BUY, clawback="allow_negative")
    club.buy(START, 500, "a")
    club.desk.tell(
        ev.PurchaseMade, START + HOUR, "bo", order="b", money=Money(900, "GBP")
    )
    club.desk.tell(ev.RedemptionRequested, START + 2 * HOUR, "bo", amount=9)
    club.desk.tell(ev.PointsReversed, START + 3 * HOUR, "bo", order="b")
    club.desk.tell(ev.IdentityLinked, START + DAY, alias="bo")
    assert (club.account().balance, club.account().debt) == (-4, 4)


def test_a_refund_of_no_known_order_is_of_the_latest() -> None:
    """The last purchase first, as far as its money goes; then the one before."""
    club = Club(BUY, unmatched="latest")
    club.buy(START, 1_000, "a")
    club.buy(START + HOUR, 300, "b")
    step = club.refund(START + DAY, 500, "C1")
    taken = {f.order: f.amount for f in step.facts if isinstance(f, ev.PointsPosted)}
    assert taken == {"a": -2, "b": -3}
    assert booked(club.refund(START + 2 * DAY, 9_000, "C2")) == [-8]
    assert booked(club.refund(START + 3 * DAY, 100, "C3")) == []
    assert booked(club.desk.tell(ev.PointsReversed, START + 4 * DAY, order="")) == []
    early = Club(BUY, unmatched="latest")
    early.buy(START + HOUR, 300, "b")
    late = {"recorded_at": START + 2 * HOUR}
    assert booked(early.refund(START, 300, "C1", **late)) == []


def test_fixed_points_of_an_order_go_with_all_of_it() -> None:
    """A part of the money leaves them; what is told first counts as well."""
    club = Club(rule("purchase", rate(50), limit=1))
    club.buy(START, 1_000, "a")
    assert booked(club.refund(START + HOUR, 999, "a")) == []
    assert booked(club.refund(START + DAY, 1, "a")) == [-50]
    other = Club(rule("purchase", rate(50), rate(-5, when='count("purchase") >= 2')))
    other.refund(START, 1_000, "a")
    assert booked(other.buy(START + HOUR, 1_000, "a")) == []
    open_end = Club(
        rule("message", rate(-5), counts="qualifying"), clawback="allow_negative"
    )
    open_end.desk.post(START)
    assert (open_end.account().balance, open_end.account().earned) == (0, -5)


def test_accounts_keep_the_latest_orders_only() -> None:
    """A bounded number, the oldest are forgotten."""
    account = Account()
    for n in range(4_100):
        account = account.note(f"k{n}", Earning(f"o{n}", n, 1, 1))
    assert len(account.earnings) == 4_096
    assert next(iter(account.earnings)) == "k4"
    assert Account.restore(account.plain()) == account


def test_the_book_by_category() -> None:
    """What was booked under each word; opening balances are entries too."""
    opening = ev.BalanceImported(**head("o", START), amount=7)
    club = Club(BUY)
    given = club.desk.tell(ev.PointsAdjusted, START, amount=5, category="gift")
    facts = [f for f in given.facts if isinstance(f, ev.PointsPosted)]
    book = Ledger.of([opening.ledger_entry, *(f.ledger_entry for f in facts)])
    assert book.by_category("ann") == {"": 7, "gift": 5}
    assert book.balance("ann", at=START) == 12
    assert book.only(EntryKind.OPEN).balance("ann") == 7
    assert book.only().entries == book.entries
    assert book.only(currency="karma").entries == ()
