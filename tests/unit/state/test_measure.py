"""Figures beside plain lists: every word of the catalogue, by whom, filtered, where."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Window, micros
from community_sdk.errors import DefinitionError
from community_sdk.metrics import LIFETIME, Metric, Rolling, WindowPlan
from community_sdk.model import (
    Community,
    CommunityId,
    EventId,
    MemberId,
    Money,
    RoleName,
    RuleCode,
    TierKey,
)
from community_sdk.state import entries, read_metrics
from tests.unit.desk import DAY, HOUR, START, TICK, Folded, at

WINDOWS = ["30h", "1d", "3d", "week", "half_month", "month", "lifetime"]
HOURS = st.lists(st.integers(0, 24 * 40), max_size=10)
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"])
ZONE = "America/New_York"
BEGIN = at("2026-03-01 00:00", ZONE)  # a change of the clock is a week ahead


def home(zone: str = ZONE) -> Community:
    """A community in a zone whose clock changes."""
    return Community(key=CommunityId("home"), zone=zone)


def metric(word: str, window: str = "lifetime", **more: Any) -> Metric:
    """A metric in few words."""
    if word not in ("tenure", "strikes", "has"):
        more.setdefault("kind", "message")
    return Metric(word, window=Window.parse(window), **more)


def days(hours: list[int]) -> list[date]:
    """The local dates of messages so many hours after the beginning."""
    where = ZoneInfo(ZONE)
    return [(BEGIN + hour * HOUR).astimezone(where).date() for hour in hours]


@given(HOURS, st.sampled_from(WINDOWS[1:]))
def test_active_days_are_local_dates(hours: list[int], window: str) -> None:
    """INVARIANT: each date once; the window counts today."""
    asked = metric("active_days", window)
    folded = Folded(asked, community=home())
    for hour in hours:
        folded.tell(ev.MessagePosted, BEGIN + hour * HOUR)
    now = BEGIN + 24 * 40 * HOUR
    first = date(1, 1, 1)
    if asked.window.rolling:
        us = folded.state.calendar.first_day(asked.window, micros(now))
        first = date.fromordinal(us)
    assert folded.measure(asked, now) == len({d for d in days(hours) if d >= first})


@given(HOURS, st.integers(0, 24 * 41))
def test_a_streak_runs_up_to_today_or_yesterday(hours: list[int], hour: int) -> None:
    """INVARIANT: days in a row; a day that is not over yet breaks nothing."""
    asked = metric("streak")
    folded = Folded(asked, community=home())
    told = [h for h in hours if h <= hour]
    for when in told:
        folded.tell(ev.MessagePosted, BEGIN + when * HOUR)
    active, today = {*days(told)}, days([hour])[0]
    last = today if today in active else today - DAY
    run = 0
    while last - run * DAY in active:
        run += 1
    assert folded.measure(asked, BEGIN + hour * HOUR) == run


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("gap", [None, 30, 300])
def test_a_streak_of_years_is_not_cut_short(gap: int | None, stored: object) -> None:
    """Days that are forgotten one by one keep the length of their run."""
    asked = metric("streak"), metric("active_days")
    folded = Folded(*asked)
    posted = 0
    for day in range(500):
        if day != gap:
            posted += 1
            member = folded.tell(ev.MessagePosted, START + day * DAY)
            begins = folded.state.begins(member) if folded.plan.windows else []
            us = micros(START + day * DAY)
            member.rolling.compact(us, folded.state.calendar.day(us), begins)
            if stored:
                member.rolling = Rolling.restore(folded.plan, member.rolling.plain())
    now = START + 499 * DAY
    wanted = 500 if gap is None else 499 - gap
    assert [folded.measure(each, now) for each in asked] == [wanted, posted]


@given(HOURS, st.sampled_from(WINDOWS))
def test_counts_and_totals(hours: list[int], window: str) -> None:
    """INVARIANT: events and their amounts inside the window, undated ones over life."""
    asked = metric("count", window, kind="purchase")
    paid = metric("total", window, kind="purchase")
    folded = Folded(asked, paid, community=home())
    for hour in hours:
        money = Money(hour, "CNY")
        folded.tell(ev.PurchaseMade, BEGIN + hour * HOUR, money=money)
    folded.tell(ev.PurchaseMade, BEGIN, money=Money(7, "CNY"), dated=False)
    now = BEGIN + 24 * 40 * HOUR
    begin = 0
    if asked.window.rolling:
        begin = folded.state.calendar.since(asked.window, micros(now))
    inside = [h for h in hours if micros(BEGIN + h * HOUR) >= begin]
    undated = [] if asked.window.rolling else [7]
    assert folded.measure(asked, now) == len(inside) + len(undated)
    assert folded.measure(paid, now) == sum(inside) + sum(undated)


@given(HOURS, st.integers(0, 24 * 41))
def test_recency_is_the_time_since_the_latest(hours: list[int], hour: int) -> None:
    """INVARIANT: None where nothing was observed, never less than nothing."""
    asked = metric("recency")
    folded = Folded(asked)
    assert folded.measure(asked, START) is None
    for when in hours:
        folded.tell(ev.MessagePosted, START + when * HOUR)
    found = folded.measure(asked, START + hour * HOUR)
    if not hours:
        assert found is None
    else:
        assert found == max(hour - max(hours), 0) * 3_600_000_000


def test_an_event_without_a_time_counts_over_life_alone() -> None:
    """Never in a window, a streak or a recency."""
    names = ["count", "active_days", "streak", "recency"]
    asked = [metric(name) for name in names] + [metric("count", "30d")]
    folded = Folded(*asked)
    folded.tell(ev.MessagePosted, START, dated=False)
    assert [folded.measure(each, START) for each in asked] == [1, 0, 0, None, 0]


def test_tenure_runs_while_the_member_is_here() -> None:
    """Microseconds since the membership began, None outside of one."""
    asked = metric("tenure")
    folded = Folded(asked)
    assert folded.measure(asked, START) is None
    folded.tell(ev.Joined, START)
    assert folded.measure(asked, START + HOUR) == 3_600_000_000
    assert folded.measure(asked, START - HOUR) == 0
    folded.tell(ev.Left, START + DAY)
    assert folded.measure(asked, START + 2 * DAY) is None


def test_events_count_for_whom_they_are_about_or_for_who_did_them() -> None:
    """A reaction is received by one and given by another."""
    got = metric("count", kind="reaction")
    gave = metric("count", kind="reaction", by="actor")
    folded = Folded(got, gave)
    folded.tell(ev.ReactionReceived, START, "ann", actor=MemberId("bo"))
    folded.tell(ev.ReactionReceived, START, "ann")
    figures = {
        name: (folded.measure(got, START, name), folded.measure(gave, START, name))
        for name in ("ann", "bo")
    }
    assert figures == {"ann": (2, 1), "bo": (0, 1)}


def test_bots_are_not_counted() -> None:
    """Neither what they do nor what is done to them."""
    asked = metric("count"), metric("count", by="actor")
    folded = Folded(*asked)
    folded.tell(ev.Joined, START, "bot", bot=True)
    folded.tell(ev.MessagePosted, START, "bot")
    folded.tell(ev.MessagePosted, START, "ann", actor=MemberId("bot"))
    assert [folded.measure(each, START, "bot") for each in asked] == [0, 0]
    assert [folded.measure(each, START, "ann") for each in asked] == [1, 0]


def test_filters_keep_events_whose_fields_are_equal() -> None:
    """Fields of the kind and of the envelope, all of them."""
    replies = metric("count", where=(("reply", True),))
    here = metric("count", where=(("group", "a"), ("reply", True)))
    folded = Folded(replies, here, metric("count"))
    for group, reply in (("a", True), ("a", False), ("b", True)):
        folded.tell(ev.MessagePosted, START, group=group, reply=reply)
    asked = (replies, here, metric("count"))
    assert [folded.measure(each, START) for each in asked] == [2, 1, 3]


def test_hosts_own_words_are_counted_by_their_properties() -> None:
    """Amounts are the property `amount`; one that is no number adds nothing."""
    gold = metric("count", kind="badge", where=(("level", "gold"),))
    total = metric("total", "30d", kind="badge")
    rooms = metric("distinct", "30d", kind="badge", of="room")
    folded = Folded(gold, total, rooms)
    for level, amount, room in (("gold", 5, "a"), ("tin", "x", "b"), ("gold", 2, "a")):
        more = {"level": level, "amount": amount, "room": room}
        folded.tell(ev.Custom, START, word="badge", properties=more)
    folded.tell(ev.Custom, START, word="badge")
    asked = (gold, total, rooms)
    assert [folded.measure(each, START) for each in asked] == [2, 7, 2]


@pytest.mark.parametrize(
    ("window", "inside"), [("24h", {"b", "c"}), ("3d", {"a", "b", "c"}), ("30d", None)]
)
def test_distinct_values_inside_a_window(window: str, inside: set[str] | None) -> None:
    """Each value by its latest event; events without a value have none."""
    asked = metric("distinct", window, of="group")
    folded = Folded(asked)
    assert folded.measure(asked, START) == 0
    for group, ago in (("a", 2), ("b", 2), ("b", 0), ("c", 0), ("d", 9)):
        folded.tell(ev.MessagePosted, START - ago * DAY, group=group)
    folded.tell(ev.MessagePosted, START)
    assert folded.measure(asked, START) == (4 if inside is None else len(inside))


@pytest.mark.parametrize(
    ("window", "of", "found"),
    [
        ("lifetime", "", 4),
        ("lifetime", "noise", 3),
        ("24h", "noise", 1),
        ("since_join", "noise", 2),
        ("since_tier", "noise", 1),
    ],
)
def test_strikes_that_count(window: str, of: str, found: int) -> None:
    """Not overturned, of the category, inside the window."""
    asked = metric("strikes", window, of=of)
    folded = Folded(asked)
    for ago, rule in (
        (9, "flood"),
        (3, "caps"),
        (3, "quiet"),
        (0, "flood"),
        (0, "caps"),
    ):
        when = START - ago * DAY
        folded.tell(ev.RuleBroken, when, rule=RuleCode(rule), id=f"{rule}{ago}")
    folded.tell(ev.StrikeOverturned, START, strike=EventId("caps0"))
    folded.tell(ev.Joined, START - 5 * DAY)
    since = START - 3 * DAY
    folded.tell(
        ev.TierImported, START, tiers="grade", tier=TierKey("core"), since=since
    )
    assert folded.measure(asked, START) == found


@pytest.mark.parametrize(
    ("of", "kind", "found"),
    [
        ("role", "host", 1),
        ("role", "owner", 0),
        ("tier", "core", 1),
        ("tier", "fan", 0),
        ("group", "hall", 1),
        ("group", "attic", 0),
        ("status", "active", 1),
        ("status", "left", 0),
    ],
)
def test_has(of: str, kind: str, found: int) -> None:
    """Roles now, tiers, groups, and the standing in the register."""
    asked = metric("has", of=of, kind=kind)
    folded = Folded(asked)
    folded.tell(ev.Joined, START, group="hall")
    folded.tell(ev.RoleAssigned, START, role=RoleName("host"))
    folded.tell(ev.RoleAssigned, START, role=RoleName("owner"), until=START)
    folded.tell(
        ev.TierImported, START, tiers="grade", tier=TierKey("core"), since=START
    )
    assert folded.measure(asked, START) == found


def test_windows_of_the_members_own_life() -> None:
    """Since joining, the join included; since the last move, the move excluded."""
    join, tier = metric("count", "since_join"), metric("count", "since_tier")
    paid = metric("total", "since_join", kind="purchase")
    folded = Folded(join, tier, paid)
    folded.tell(ev.MessagePosted, START)
    folded.tell(ev.PurchaseMade, START, money=Money(5, "CNY"))
    folded.tell(ev.Left, START + HOUR)
    folded.tell(ev.MessagePosted, START + DAY)
    folded.tell(ev.PurchaseMade, START + DAY, money=Money(7, "CNY"))
    asked = (join, tier, paid)
    assert [folded.measure(each, START + DAY) for each in asked] == [1, 2, 7]
    now = START + DAY
    folded.tell(ev.TierImported, now, tiers="grade", tier=TierKey("core"), since=now)
    folded.tell(ev.MessagePosted, START + DAY + TICK)
    assert [folded.measure(each, START + 2 * DAY) for each in asked] == [2, 1, 7]


@pytest.mark.parametrize(
    ("given", "code", "found", "hint"),
    [
        ({"kind": "mesage"}, "metric.kind", "mesage", "`message`"),
        ({"kind": "bagde"}, "metric.kind", "bagde", "`badge`"),
        ({"kind": ""}, "metric.kind", "", "declare"),
        ({"kind": "custom"}, "metric.kind", "custom", ""),
        ({"where": (("replay", True),)}, "metric.field", "replay", "`reply`"),
        ({"where": (("at", 1),)}, "metric.field", "at", ""),
        ({"word": "distinct", "of": "gruop"}, "metric.field", "gruop", "`group`"),
        ({"word": "distinct", "of": ""}, "metric.field", "", ""),
        ({"word": "total"}, "metric.amount", "message", "`purchase`"),
        ({"where": (("reply", "yes"),)}, "event.filter", "yes", ""),
        ({"where": (("length", True),)}, "event.filter", "True", ""),
        ({"where": (("group", 3),)}, "event.filter", "3", ""),
        (
            {"kind": "purchase", "where": (("money", "5.00 CNY"),)},
            "event.filter",
            "5.00 CNY",
            "",
        ),
        (
            {"kind": "rule_broken", "where": (("severity", "sever"),)},
            "event.filter_words",
            "sever",
            "`severe`",
        ),
        (
            {"kind": "rule_broken", "where": (("severity", 3),)},
            "event.filter_words",
            "3",
            "",
        ),
    ],
)
def test_what_no_event_has_cannot_be_counted(
    given: dict[str, Any], code: str, found: str, hint: str
) -> None:
    """The nearest known word is offered; host words must be declared."""
    asked = {"word": "count", "window": "30d", "kind": "message"} | given
    with pytest.raises(DefinitionError) as caught:
        entries([metric(**asked)], WindowPlan(0), frozenset({"badge"}))
    assert (caught.value.code, caught.value.figures["found"]) == (code, found)
    assert hint in caught.value.hint


def test_an_unknown_status_is_refused() -> None:
    """With the nearest one."""
    with pytest.raises(DefinitionError) as caught:
        read_metrics([metric("has", of="status", kind="activ")], WindowPlan(0))
    assert (caught.value.code, caught.value.hint) == (
        "metric.status",
        "did you mean `active`?",
    )


def test_metrics_of_one_source_share_a_slot() -> None:
    """However many windows, amounts and properties are asked of it."""
    plan = WindowPlan(0)
    asked = [
        metric("total", "30d", kind="purchase"),
        metric("count", kind="purchase"),
        metric("distinct", "30d", kind="purchase", of="group"),
        metric("distinct", "90d", kind="purchase", of="order"),
        metric("distinct", "30d", kind="purchase", of="order"),
        metric("tenure"),
    ]
    found = entries(asked, plan)
    assert {word: len(hits) for word, hits in found.items()} == {"purchase": 1}
    (entry,) = found["purchase"]
    assert entry.notes == ("group", "order")
    assert entry.amount is not None
    assert len(plan.slots) == 1
    read_metrics(asked, plan)
    assert plan.retention == Window.parse("90d").longest
    assert LIFETIME not in plan.windows
    assert timedelta(microseconds=plan.retention) > 90 * DAY
