"""Channels, segments, the life of groups, surveys and wishes in a period report."""

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings

from community_sdk import events as ev
from community_sdk.decisions import Mode
from community_sdk.model import (
    EventId,
    GroupId,
    Lifecycle,
    MemberId,
    Money,
)
from community_sdk.playbook import Playbook, loads
from community_sdk.report.period import Chronicle, PeriodReport, html, text
from community_sdk.report.period.rows import LifeRow
from tests.unit.report.history import MONDAY, altered
from tests.unit.report.period.chronicles import DAY, chronicle, told
from tests.unit.report.period.test_period import reports

WEEKS = [date(2026, 3, day) for day in (2, 9, 16)]
BOOK = """
format = 1
name = "reading"

[community]
key = "reading"
zone = "Asia/Shanghai"

[[group]]
key = "hall"
title = { zh = "大厅", en = "The hall" }

[[role]]
name = "host"

[[policy]]
kind = "channel_attribution"
key = "ways"
good = 'count("message", "30d") >= 2'
channels = [
  { key = "fair", codes = ["f1"], title = { zh = "书展", en = "Book fair" } },
  { key = "page" },
]

[[policy]]
kind = "segmentation"
key = "talk"
segments = [{ key = "loud", when = 'count("message", "7d") >= 2' }]
rest = { key = "quiet", title = { zh = "安静", en = "Quiet" } }

[[policy]]
kind = "lifecycle"
key = "life"
duty = "host"
groups = ["hall"]
lively = { messages = 4 }
keeps = { messages = 3 }

[[policy]]
kind = "survey_desk"
key = "asks"
least = 3

[[policy]]
kind = "wish_desk"
key = "wishes"
duty = "host"

[[policy]]
kind = "appraisal"
key = "score"
figures = { messages = 'count("message")' }

[[policy.kpis]]
key = "talk"
measure = "messages"
target = 4
period = "week"
title = { zh = "发言量", en = "Talk" }
"""


def book() -> Playbook:
    """A reading circle that follows its ways in, its groups and its voices."""
    return loads(BOOK)


class _Teller:
    def __init__(self) -> None:
        self.told: list[ev.Event] = []

    def __call__(self, cls: Any, who: str, day: float, **more: Any) -> EventId:
        key = EventId(f"e{len(self.told)}")
        member = MemberId(who) if who else None
        self.told.append(cls(id=key, at=MONDAY + day * DAY, member=member, **more))
        return key


def happened() -> list[ev.Event]:
    """Three weeks: a fair, a survey each week, wishes, and a hall that falls silent."""
    tell = _Teller()
    hall = {"group": GroupId("hall")}
    for nth, (who, channel) in enumerate(
        (("ann", "f1"), ("bo", "fair"), ("cho", "page"), ("dai", ""))
    ):
        tell(ev.Joined, who, nth / 10, channel=channel)
    tell(ev.Joined, "bot", 0.1, bot=True, channel="page")
    tell(ev.ChannelSpent, "", 1, channel="fair", money=Money(3000, "CNY"))
    for day in (1, 2):
        for who in ("ann", "cho"):
            tell(ev.MessagePosted, who, day, **hall)
    wish = tell(ev.WishMade, "ann", 2, topic="evenings")
    tell(ev.WishMade, "bo", 3, topic="evenings")
    tell(ev.WishMade, "bot", 3, topic="robots")
    tell(ev.WishAnswered, "", 9, wish=wish, outcome="done", reference="plan-7")
    for week in (0, 1, 2):
        start = 7 * week + 3
        until = MONDAY + (start + (3 if week < 2 else 9)) * DAY
        tell(ev.SurveyOpened, "", start, survey="mood", until=until, invited=4)
        for who, rating in (("ann", 10), ("bo", 9), ("cho", 2 + 7 * week)):
            tell(ev.RatingGiven, who, start + 1, survey="mood", rating=min(rating, 10))
    tell(ev.Joined, "eve", 8, channel="page")
    tell(ev.Joined, "ann", 9, channel="page")  # once more, by another way
    tell(ev.ChannelSpent, "", 9, channel="page", money=Money(999, "CNY"))
    tell(ev.LifecycleSet, "", 17, state=Lifecycle.RESCUE, **hall)
    return sorted(tell.told, key=lambda event: event.at)


@pytest.fixture(scope="module")
def kept() -> Chronicle:
    """The three weeks, and a day more."""
    return chronicle(book(), happened(), MONDAY + 21 * DAY)


@pytest.fixture(scope="module")
def weeks(kept: Chronicle) -> list[PeriodReport]:
    """The report of each week."""
    return [kept.report("week", on=day) for day in WEEKS]


def test_channels_by_first_touch(weeks: list[PeriodReport]) -> None:
    """Newcomers count once; costs are divided among them; bots are nobody."""
    first, second, third = (week.channels for week in weeks)
    assert [(r.channel, r.joins, r.people, r.good) for r in first] == [
        ("fair", 2, 2, 1),
        ("", 1, 1, 0),
        ("page", 1, 1, 1),
    ]
    fair = first[0]
    assert (fair.quality, fair.conversion) == (Fraction(1, 2), None)
    assert fair.costs == (("CNY", 3000),)
    assert fair.cost_each == (("CNY", Fraction(1500)),)
    assert (fair.people_before, fair.costs_before) == (None, None)
    assert [(r.channel, r.joins, r.people) for r in second] == [
        ("page", 2, 1),
        ("fair", 0, 0),
        ("", 0, 0),
    ]
    assert second[1].quality is None
    assert second[1].cost_each == ()
    assert (second[1].people_before, second[1].good_before) == (2, 1)
    assert [r.channel for r in third] == ["page"]


def test_marks_of_joins_stand_in_for_attribution() -> None:
    """Who was imported came when it is said, not when it was told."""
    bare = loads(BOOK[: BOOK.index("[[policy]]")])
    old = ev.MembershipImported(
        id=EventId("old"),
        at=MONDAY + 8 * DAY,
        since=MONDAY - 90 * DAY,
        member=MemberId("old"),
    )
    history = sorted([*happened(), old], key=lambda event: event.at)
    rows = chronicle(bare, history).report("week", on=WEEKS[1]).channels
    assert [(r.channel, r.people, r.people_before, r.good) for r in rows] == [
        ("page", 1, 1, None),
        ("", 0, 1, None),
        ("f1", 0, 1, None),
        ("fair", 0, 1, None),
    ]
    assert told().report("week", on=WEEKS[1]).channels == ()


def test_segments_at_both_ends(weeks: list[PeriodReport]) -> None:
    """Who they are at the end, beside the beginning."""
    found = [[(r.segment, r.members, r.before) for r in w.segments] for w in weeks]
    assert found == [
        [("loud", 2, None), ("quiet", 2, None)],
        [("loud", 0, 2), ("quiet", 5, 2)],
        [("loud", 0, 0), ("quiet", 5, 5)],
    ]


def test_life_of_groups(weeks: list[PeriodReport]) -> None:
    """A change at the end of a period is told in it, with its reason."""
    first, second, third = weeks
    assert first.lives == (
        LifeRow(policy="life", group="hall", state="lively", before=None),
    )
    assert first.life_changes == ()
    (change,) = second.life_changes
    assert (change.before, change.after) == ("lively", "silent")
    assert change.why is not None
    assert change.why["period"] == "2026-W11"
    assert second.lives[0].state == "silent"
    by_hand = third.life_changes[0]
    assert (by_hand.before, by_hand.after, by_hand.why) == ("silent", "rescue", None)
    assert third.lives[0].before == "silent"


def test_surveys(weeks: list[PeriodReport]) -> None:
    """Response, score beside the last one; an open survey has no score yet."""
    (first,), (second,), (third,) = (week.surveys for week in weeks)
    assert (first.answered, first.invited, first.rate) == (3, 4, Fraction(3, 4))
    assert (first.figure, first.before) == (33, None)
    assert (second.figure, second.before) == (100, 33)
    assert (third.open, third.answered, third.figure, third.before) == (
        True,
        3,
        None,
        100,
    )


def test_wishes_and_what_was_done(weeks: list[PeriodReport]) -> None:
    """By topic, with those that wait; what came of an answer is named."""
    first, second, _ = weeks
    (row,) = first.wishes
    assert (row.topic, row.made, row.before, row.open) == ("evenings", 2, None, 2)
    assert first.answers == ()
    (row,) = second.wishes
    assert (row.made, row.before, row.open) == (0, 2, 1)
    (done,) = second.answers
    assert (done.outcome, done.count, done.references) == ("done", 1, ("plan-7",))


def test_it_is_said(weeks: list[PeriodReport]) -> None:
    """In both languages, in a terminal and on a page, by the playbook's titles."""
    for lang, words in {
        "zh": (
            *("获客渠道", "书展", "来源不明", "30.00 CNY", "人群分布", "安静"),
            *("群的生命周期", "大厅：2026-W11 结束，由“活跃”转为“沉寂”"),
            *("净推荐值", "+33", "75.0%", "心愿与答复", "发言量"),
        ),
        "en": (
            *("Channels", "Book fair", "unknown", "Segments", "Quiet"),
            *("The hall: from lively to silent", "Wishes and answers", "Talk"),
        ),
    }.items():
        shown = "".join(
            text.render(week, lang, width=140) + html.render(week, lang, plots=False)
            for week in weeks
        )
        for word in words:
            assert word in shown, word
    # who rates or wishes is active, as who fills a form is
    assert weeks[1].figure("active").value == 3
    assert "plan-7" in text.render(weeks[1], "zh")
    assert "进行中" in text.render(weeks[2], "zh")
    assert "人工改为“挽救”" in text.render(weeks[2], "zh")


def test_channels_segments_and_ratings_are_drawn(weeks: list[PeriodReport]) -> None:
    """Each as one picture of the page."""
    pytest.importorskip("matplotlib")
    page = html.render(weeks[1], "zh")
    for key in ("segments0", "channels", "surveys"):
        assert f'aria-labelledby="{key}-t {key}-d"' in page


def test_trials_are_called_so() -> None:
    """What a policy on trial finds is told, as having no effect."""
    plain = book()
    tried = [
        altered(policy, mode=Mode.SHADOW) if policy.key in ("life", "talk") else policy
        for policy in plain.policies
    ]
    kept = chronicle(evolve(plain, policies=tuple(tried)), happened())
    week = kept.report("week", on=WEEKS[1])
    assert {row.mode for row in week.lives} == {"shadow"}
    assert {row.mode for row in week.segments} == {"shadow"}
    assert [row.members for row in week.segments] == [0, 5]
    assert text.render(week, "zh").count("试行中") == 2


def test_nothing_is_made_up(weeks: list[PeriodReport]) -> None:
    """A playbook without such policies has no such rows, a report no such section."""
    plain = told().report("week", on=WEEKS[1])
    names = ("lives", "life_changes", "segments", "surveys", "wishes", "answers")
    assert all(plain.tables[name] == () for name in names)
    shown = text.render(plain, "zh")
    absent = ("获客渠道", "人群分布", "生命周期", "作答率", "心愿与答复")
    assert not [word for word in absent if word in shown]
    assert len(weeks[0].to_frame("channels")) == 3
    assert weeks[1].to_frame("life_changes")["after"].tolist() == ["silent"]


@settings(deadline=None, max_examples=40)
@given(reports())
def test_segments_and_channels_total(drawn: tuple[Chronicle, PeriodReport]) -> None:
    """Segments are all members; first touches are no more than entries ever."""
    _, report = drawn
    totals: Counter[str] = Counter()
    for row in report.segments:
        totals[row.segments] += row.members
    assert set(totals.values()) <= {report.figure("members").value}
    for way in report.channels:
        assert 0 <= way.people <= way.joins
        assert way.good is None or way.good <= way.people
