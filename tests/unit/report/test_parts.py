"""Columns, bars, buckets, stocks and the choice of examples."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Calendar, QuietHours
from community_sdk.decisions import ApplySanction, Decision, Greet
from community_sdk.explanation import because
from community_sdk.model import (
    SANCTIONS,
    EventId,
    LadderStep,
    MemberId,
    PolicyKey,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.report._activity import Activity
from community_sdk.report._buckets import begin, bucketed, unit_of
from community_sdk.report._columns import bar, pad, spark, table, width, wrap
from community_sdk.report._markup import Html, bars, join, tag
from community_sdk.report._presence import Presence
from community_sdk.report._telling import Telling
from community_sdk.report._words import decimal, in_quiet, on_the_hour, percent
from community_sdk.report.plots import undrawn
from community_sdk.report.rows import DailyRow
from community_sdk.report.summary import Summary
from tests.unit.report.history import MONDAY, book, summary_of

TEXTS = st.text(st.sampled_from("ab c，。字中文、x (1)"), max_size=60)


def test_chinese_is_two_cells_wide() -> None:
    """Letters one, Chinese two, accents none."""
    assert width("中a文") == 5
    assert width("e\u0301") == 1
    assert pad("中", 4) == "中  "
    assert pad("7", 3, right=True) == "  7"


def test_a_table_lines_up() -> None:
    """Columns start at one cell, whatever the script."""
    rows = table([("步骤", "10"), ("a", "7")], (False, True))
    assert rows == ["  步骤  10", "  a      7"]
    assert table([], (False,)) == []


@given(TEXTS, st.integers(10, 50))
@example("11111、、、 、", 10)
def test_wrapping_loses_nothing(text: str, cells: int) -> None:
    """Joined again, the lines are the text, and no line is much too long."""
    lines = wrap(text, cells)
    assert "".join("".join(lines).split()) == "".join(text.split())
    longest = max((width(word) for word in text.split(" ")), default=0)
    bodies = [line.rstrip("，。、) ") for line in lines]  # marks may hang over
    assert all(width(body) <= max(cells, 10, longest) for body in bodies)
    assert not any(line.startswith(("，", "。", "、")) for line in lines[1:])


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 40))
def test_bars_are_in_proportion(value: int, more: int, cells: int) -> None:
    """Never longer than the room, longer for more, visible for anything."""
    most = value + more
    line = bar(value, most, cells)
    assert width(line) <= cells
    assert bool(line) == (value > 0)
    assert len(line) <= len(bar(most, most, cells))
    assert 'style="width:' in bars(value, most)


@given(st.lists(st.integers(0, 1000), max_size=200), st.integers(1, 60))
def test_sparks_fit(values: Sequence[int], cells: int) -> None:
    """One block for some neighbours, never more blocks than cells."""
    line = spark(values, cells)
    assert len(line) <= cells
    assert bool(line) == bool(values)


def test_shares_are_rounded_half_up() -> None:
    """Exact ratios, one decimal, a dash for none."""
    assert percent(Fraction(1, 3)) == "33.3%"
    assert percent(Fraction(1, 16)) == "6.3%"  # 6.25
    assert percent(None) == "–"
    assert decimal(Fraction(123456, 100)) == "1,234.6"


def test_quiet_hours_on_the_map() -> None:
    """Through midnight and within a day; not drawn where they begin half past."""
    night, noon = QuietHours.parse("23:00-07:00"), QuietHours.parse("12:00-14:00")
    assert [h for h in range(24) if in_quiet(night, h)] == [*range(7), 23]
    assert [h for h in range(24) if in_quiet(noon, h)] == [12, 13]
    assert on_the_hour(noon)
    assert not on_the_hour(QuietHours.parse("22:30-07:00"))


def test_html_is_escaped_unless_it_is_html() -> None:
    """Text is escaped once; attributes as well; nothing stands for no attribute."""
    inner = tag("b", "<&>", title='"x"', lang=None)
    assert inner == '<b title="&quot;x&quot;">&lt;&amp;&gt;</b>'
    assert tag("p", inner, "<") == f"<p>{inner}&lt;</p>"
    assert join(["<", Html("<br>")], "&") == "&lt;&amp;<br>"
    assert tag("meta", name="a") == '<meta name="a">'


def _day(nth: int) -> DailyRow:
    return DailyRow(
        day=date(2026, 1, 1) + timedelta(nth),
        active=nth % 7,
        messages=nth,
        joins=nth % 3,
        members=nth,
    )


@given(st.integers(1, 900), st.sampled_from(["day", "week", "month"]))
def test_buckets_keep_the_sums(days: int, unit: str) -> None:
    """Weeks begin on Monday, months on the first; nothing is lost."""
    daily = [_day(nth) for nth in range(days)]
    buckets = bucketed(daily, unit)
    assert sum(b.days for b in buckets) == days
    assert sum(b.messages for b in buckets) == sum(r.messages for r in daily)
    assert sum(b.joins for b in buckets) == sum(r.joins for r in daily)
    assert sum(b.active * b.days for b in buckets) == sum(r.active for r in daily)
    assert buckets[-1].members == daily[-1].members
    assert all(begin(b.since, unit) == b.since for b in buckets)


def test_units_follow_the_length() -> None:
    """Four months by day, two years by week, more by month."""
    assert [unit_of(n) for n in (1, 130, 131, 900, 901)] == [
        *("day", "day", "week", "week", "month")
    ]


def test_one_tier_may_dwarf_the_others() -> None:
    """Only the lowest is left out, and only where something is left."""
    assert undrawn([("fan", 100), ("core", 5)]) == 1
    assert undrawn([("fan", 10), ("core", 5)]) == 0
    assert undrawn([("fan", 100)]) == 0
    assert undrawn([("fan", 100), ("core", 0)]) == 0


SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"))
MOMENTS = st.integers(0, 40)
GRADE = TierGroup(
    key="grade", tiers=tuple(Tier(key=TierKey(key)) for key in ("guest", "core"))
)


def _event(cls: Any, who: str, moment: int, **more: Any) -> ev.Event:
    at = MONDAY + timedelta(hours=9 * moment)
    key = EventId(f"{cls.kind}{who}{moment}")
    return cls(id=key, at=at, member=MemberId(who), **more)  # type: ignore[no-any-return]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([ev.Joined, ev.Left, ev.MessagePosted]),
            st.sampled_from(["ann", "bo"]),
            MOMENTS,
        ),
        max_size=12,
    )
)
def test_stocks_equal_asking_day_by_day(told: list[tuple[Any, str, int]]) -> None:
    """The stock of a day is who is there when it ends, told in order."""
    history = [_event(*each) for each in sorted(told, key=lambda each: each[2])]
    presence = Presence()
    for event in history:
        presence.see(event)
    first = SHANGHAI.day(int(MONDAY.timestamp()) * 10**6)
    days = range(first, first + 17)
    expected: list[int] = []
    for day in days:
        here: dict[str, bool] = {}
        gone: dict[str, Any] = {}
        for event in history:
            local = event.at.astimezone(SHANGHAI.where)
            if local.toordinal() > day:
                continue
            name = str(event.member)
            if isinstance(event, ev.Left):
                gone[name] = event.at if here.get(name) else gone.get(name)
                here[name] = False
            elif gone.get(name) is None or event.at > gone[name]:
                here[name] = True
        expected.append(sum(here.values()))
    assert presence.stock(days, SHANGHAI) == expected
    tiers = presence.tiers(GRADE, "guest", days, SHANGHAI)
    assert list(tiers["guest"]) == expected


def test_memberships_and_tiers_taken_over() -> None:
    """Imports count from their own beginning; a bot and a ring of links do no harm."""
    presence = Presence()
    since = MONDAY - timedelta(3)
    presence.see(_event(ev.MembershipImported, "ann", 0, since=since))
    presence.see(_event(ev.MembershipImported, "bot", 0, since=since, bot=True))
    presence.see(
        _event(ev.TierImported, "ann", 0, tiers="grade", tier="core", since=since)
    )
    presence.see(_event(ev.IdentityLinked, "ann", 1, alias=MemberId("eve")))
    presence.see(_event(ev.IdentityLinked, "eve", 1, alias=MemberId("ann")))
    presence.see(_event(ev.MemberRemoved, "ann", 2))
    presence.see(_event(ev.HeadCounted, "ann", 2, count=3))
    first = SHANGHAI.day(int(since.timestamp()) * 10**6)
    days = range(first, first + 6)
    assert presence.stock(days, SHANGHAI) == [1, 1, 1, 1, 0, 0]
    tiers = presence.tiers(GRADE, "guest", days, SHANGHAI)
    assert tiers == {"guest": [0] * 6, "core": [1, 1, 1, 1, 0, 0]}
    assert not presence.joins(SHANGHAI)
    assert len(presence.members) == 1


def test_a_sign_of_life_that_comes_in_late_moves_the_beginning() -> None:
    """Who wrote before joining was there already: that is no join."""
    presence = Presence()
    presence.see(_event(ev.Joined, "ann", 8))
    assert sum(presence.joins(SHANGHAI).values()) == 1
    presence.see(_event(ev.MessagePosted, "ann", 2))
    assert not presence.joins(SHANGHAI)


def test_accounts_with_gaps_are_put_together() -> None:
    """Two accounts of one person, one after the other, are two memberships."""
    presence = Presence()
    for who, since, until in (("ann", 0, 4), ("eve", 8, 12), ("eve", 3, 5)):
        presence.spans.setdefault(who, [])
        presence.see(_event(ev.Joined, who, since))
        presence.see(_event(ev.Left, who, until))
    presence.see(_event(ev.IdentityLinked, "ann", 13, alias=MemberId("eve")))
    assert len(presence.members) == 1
    assert sum(presence.joins(SHANGHAI).values()) == 2


def test_who_has_the_account_of_a_bot_is_one() -> None:
    """Whichever account joined as one, and whichever it leads to."""
    presence = Presence()
    for who in ("ann", "eve", "sam", "bo"):
        presence.see(_event(ev.Joined, who, 0, bot=who == "eve"))
    assert presence.bots == {"eve"}
    presence.see(_event(ev.IdentityLinked, "ann", 1, alias=MemberId("eve")))
    presence.see(_event(ev.IdentityLinked, "ann", 1, alias=MemberId("sam")))
    assert presence.bots == {"ann", "eve", "sam"}
    assert presence.members == ["bo"]


def test_nobody_does_what_has_no_doer() -> None:
    """A reaction without an actor is nobody's activity."""
    activity = Activity(SHANGHAI)
    activity.see(_event(ev.ReactionReceived, "ann", 0))
    activity.see(_event(ev.Joined, "ann", 0))
    assert activity.daily((), str) == {}


def _decision(cls: Any, who: str, policy: str = "p", **more: Any) -> Decision:
    why = because("penalty.overturned", strike="s", measure="mute")
    return cls(  # type: ignore[no-any-return]
        member=MemberId(who), policy=PolicyKey(policy), because=why, **more
    )


def _sanction(word: str, who: str) -> Decision:
    step = LadderStep(at=1, kind=SANCTIONS[word])
    return _decision(ApplySanction, who, step=step)


def test_the_harshest_come_first_and_people_are_spread() -> None:
    """Four measures at most, then the rest; nobody twice while others wait."""
    telling = Telling()
    for word in ("reminder", "education", "warning", "mute", "ban"):
        telling.see(_sanction(word, "ann"))
        telling.see(_sanction(word, "bo"))
    for who in ("ann", "cho"):
        telling.see(_decision(Greet, who))
    chosen = [row.decision for row in telling.choose(6)]
    words = [d.step.kind.word for d in chosen if isinstance(d, ApplySanction)]
    assert words == ["ban", "mute", "warning", "education", "reminder"]
    assert [str(d.member) for d in chosen] == ["ann", "bo", "ann", "bo", "cho", "ann"]
    assert [row.alike for row in telling.choose(1)] == [2]


def test_enough_is_enough_and_little_is_all() -> None:
    """No more than asked for; all there is where there is less."""
    telling = Telling()
    for nth in range(40):
        telling.see(_decision(Greet, f"m{nth}"))
    assert len(telling.choose(10)) == 10
    assert len(telling.choose(100)) == 14  # of the two dozen that are remembered
    assert Telling().choose(10) == ()


def test_the_longer_reason_is_taken() -> None:
    """Among equals the one that says most."""
    telling = Telling()
    short = _decision(Greet, "ann")
    long = evolve(
        _decision(Greet, "bo"), because=evolve(short.because, parts=(short.because,))
    )
    telling.see(short)
    telling.see(long)
    assert telling.choose(1)[0].decision is long


def test_the_summary_takes_any_refusal() -> None:
    """An error of the library is one as well."""
    late = _event(ev.MessagePosted, "ann", 0)
    early = evolve(late, id=EventId("x"), at=late.at - timedelta(30))
    early = evolve(early, recorded_at=early.at)
    summary: Summary = summary_of(book(), [late, early])
    assert [row.code for row in summary.refused] == ["event.too_late"]


@pytest.mark.parametrize("nothing", [[], [0, 0]])
def test_sparks_of_nothing(nothing: list[int]) -> None:
    """Silence is flat."""
    assert spark(nothing, 10) == "▁" * len(nothing)
