"""What a period report holds: figures, comparisons, and nothing unobserved."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.errors import DefinitionError
from community_sdk.events import MessagePosted, PurchaseMade
from community_sdk.model import EventId, MemberId, Money, PolicyKey
from community_sdk.policies import Funnel, FunnelStep
from community_sdk.report.period import Chronicle, PeriodReport, html, text
from community_sdk.report.period.rows import Figure, KpiRow
from community_sdk.testing.strategies import histories, playbooks
from tests.unit.report.history import MONDAY, book, events, summary_of
from tests.unit.report.period.chronicles import DAY, chronicle, told

WEEK_ONE, WEEK_TWO = date(2026, 3, 2), date(2026, 3, 9)


@pytest.fixture(scope="module")
def kept() -> Chronicle:
    """Four weeks of the small community."""
    return told()


def test_key_figures_of_a_week(kept: Chronicle) -> None:
    """Counted by hand; the bot and undated events are nowhere."""
    found = {f.key: f.value for f in kept.report("week", on=WEEK_ONE).figures}
    assert found["messages"] == 13
    assert found["active"] == 4 + 1 - 1  # ann with eve as one, bo, cho, dai
    assert found["came"] == 5  # ann (with eve), bo, cho, dai, fay
    assert found["left"] == 1
    assert found["members"] == 4
    assert found["invited"] == 0
    assert found["silent_days"] == 2
    assert found["sanctions"] == 4  # cho twice, eve, bo


def test_the_period_before_stands_beside(kept: Chronicle) -> None:
    """Figures of the week before, and by how much they changed."""
    report = kept.report("week", on=WEEK_TWO)
    messages = report.figure("messages")
    assert (messages.value, messages.before) == (1, 13)
    assert messages.change == Fraction(-12, 13)
    assert report.figure("invited").value == 2
    assert (report.now.whole, report.before.whole) == (True, True)


def test_a_talk_over_midnight_belongs_to_the_day_it_began_on() -> None:
    """One discussion and one answer, whether days are told apart or the week."""
    midnight = MONDAY + DAY + timedelta(hours=16)  # 00:00 in Shanghai
    said = [
        MessagePosted(
            id=EventId(f"m{minute}"),
            at=midnight + timedelta(minutes=minute),
            member=MemberId(who),
            reply=minute == 10,
        )
        for minute, who in [
            *((-1400, "bo"), (-20, "bo"), (-5, "ann"), (10, "bo"), (15, "ann")),
            (1500, "bo"),
        ]
    ]
    kept = chronicle(book(), said)
    days = [kept.report("day", on=date(2026, 3, day)) for day in (3, 4)]
    assert [day.figure("discussions").value for day in days] == [1, 0]
    assert [day.figure("response").value for day in days] == [900_000_000, None]
    assert days[1].figure("discussions").before == 1
    assert kept.report("week", on=WEEK_ONE).figure("discussions").value == 1


def test_nothing_before_the_history(kept: Chronicle) -> None:
    """What was not observed is None and never 0, and is not compared."""
    report = kept.report("week", on=WEEK_ONE)
    assert report.before.observed == 0
    assert {f.before for f in report.figures} == {None}
    assert {f.change for f in report.figures} == {None}
    assert {b.before for b in report.bands} == {None}
    assert {s.before for s in report.funnels} == {None}
    assert {d.before for d in report.decisions} == {None}
    assert report.flows is None


def test_a_period_that_is_not_over_is_flagged() -> None:
    """It is shown and not compared; days to come are not observed."""
    kept = chronicle(book(), events())
    report = kept.report("week", on=WEEK_TWO)
    assert (report.now.over, report.now.whole, report.now.observed) == (False, False, 3)
    assert not any(f.comparable for f in report.figures)
    later = [row for row in report.calendar if row.day > date(2026, 3, 11)]
    assert {row.messages for row in later} == {None}
    month = kept.report("month")
    assert (month.now.observed, month.now.over) == (10, False)


def test_the_last_period_that_is_over_is_the_default(kept: Chronicle) -> None:
    """Unless none is over, when it is the running one."""
    assert kept.report("week").name == "2026-W13"
    assert kept.report("day").now.since == date(2026, 3, 29)
    assert kept.report("month").name == "2026-03"


def test_cohorts_are_as_of_the_end_of_the_period(kept: Chronicle) -> None:
    """Weeks begin on Monday; what was not observed is None."""
    matrix = kept.report("week", on=WEEK_TWO).cohorts
    assert matrix is not None
    assert matrix.counts == ((5, 1), (2, None))
    assert kept.report("day").cohorts is None
    alone = chronicle(book(), [e for e in events() if e.kind == "message"])
    assert alone.report("month").cohort_of == "message"


def test_funnels_count_who_entered_in_the_period(kept: Chronicle) -> None:
    """And how far they came by the end of the history."""
    steps = kept.report("week", on=WEEK_TWO).funnels
    assert [(s.reached, s.before) for s in steps] == [(2, 5), (0, 4), (0, 0)]
    assert not any(s.open for s in steps)
    assert steps[1].share_before == Fraction(4, 5)


def test_steps_may_ask_how_the_member_stood() -> None:
    """Such a funnel is told by one more replay, in which nothing is left out."""
    step = FunnelStep(event="message", when=parse_condition('has("tier", "regular")'))
    plain = book()
    path = Funnel(
        key=PolicyKey("deep"),
        steps=(
            FunnelStep(event="joined"),
            FunnelStep(event="introduced", optional=True),
            step,
        ),
        window=Duration.parse("5d"),
    )
    deep = evolve(plain, policies=(*plain.policies, path))
    history = [e for e in events() if str(e.member) not in ("gus", "hal")]
    steps = chronicle(deep, history).report("week", on=WEEK_ONE).funnels
    # ann and bo wrote four times within five days, and once more as regulars
    # and ann alone introduced herself
    assert [s.reached for s in steps if s.funnel == "deep"] == [5, 1, 2]
    found = summary_of(deep, history).funnels
    assert [s.entered for s in found if s.funnel == "deep"] == [5, 1, 2]
    week = chronicle(deep, history).report("week", on=WEEK_ONE)
    assert "2. 自我介绍（可跳过）" in text.render(week, "zh")
    said = "of 5 at “1. join”, 3 have not gone on to “3. message” so far"
    assert said in text.render(week, "en", width=200)


def test_invitations_by_generation(kept: Chronicle) -> None:
    """Only who was there for a whole cycle is judged."""
    found = kept.report("week", on=date(2026, 3, 16)).generations
    assert [(g.generation, g.members, g.invited) for g in found] == [
        (0, 5, 0),
        (1, 1, 1),
        (2, 1, 0),
    ]
    assert kept.report("month").generations == ()  # nobody had thirty days yet


def test_scorecards_of_the_period(kept: Chronicle) -> None:
    """Told in the report of the period that they are about."""
    (row,) = kept.report("week", on=WEEK_ONE).scores
    assert (row.period, row.score, row.reached) == (
        "2026-W10",
        130,
        (("messages", 130),),
    )
    assert row.rows == (
        KpiRow(
            kpi="messages", figure="13", before=None, target=10, reached=130, weight=1
        ),
    )
    second = kept.report("week", on=WEEK_TWO).scores[0].rows[0]
    assert (second.figure, second.before, second.reached) == ("1", "13", 10)
    assert len(kept.report("month").scores) == 4
    assert kept.report("day", on=WEEK_TWO).scores == ()


def test_members_are_named_only_when_asked(kept: Chronicle) -> None:
    """Who wrote most, and scorecards of persons."""
    assert kept.report("week", on=WEEK_ONE).speakers == ()
    named = kept.report("week", on=WEEK_ONE, names=True).speakers
    assert [(s.member, s.messages) for s in named] == [
        ("ann", 6),
        ("bo", 5),
        ("cho", 2),
    ]


def test_days_outside_are_refused(kept: Chronicle) -> None:
    """So is a history without a dated event."""
    with pytest.raises(DefinitionError) as caught:
        kept.report("week", on=date(2030, 1, 1))
    assert caught.value.code == "report.day"
    with pytest.raises(DefinitionError) as caught:
        chronicle(book(), []).report("day")
    assert caught.value.code == "report.empty"


def test_tables_and_frames(kept: Chronicle) -> None:
    """Every table by its name; unknown ones are no tables."""
    report = kept.report("week", on=WEEK_TWO)
    pytest.importorskip("pandas")
    frame = report.to_frame("figures")
    assert len(frame) == len(report.figures)
    with pytest.raises(KeyError):
        report.figure("no such")


def test_a_shop_has_no_messages() -> None:
    """Where nobody ever wrote, messages are not observed; purchases are told."""
    plain: Any = {"member": MemberId("ann"), "money": Money(100, "CNY")}
    history = [
        PurchaseMade(id=EventId(f"p{n}"), at=MONDAY + n * 5 * DAY, **plain)
        for n in range(6)
    ]
    report = chronicle(book(), history).report("week", on=WEEK_TWO)
    found = {f.key: f.value for f in report.figures}
    assert (found["messages"], found["discussions"]) == (None, None)
    assert (found["silent_days"], found["new_contributors"]) == (None, None)
    assert (found["purchases"], found["buyers"], found["active"]) == (1, 1, 1)
    assert report.cohorts is not None
    assert (report.cohort_of, report.cohorts.counts[0]) == ("purchase", (1, 1))
    for lang, said in (("zh", "购买"), ("en", "bought")):
        assert said in text.render(report, lang)
        assert "message" not in html.render(report, "zh", plots=False).split("<main")[1]


def test_changes() -> None:
    """A share changes by its difference; nothing before, nothing to compare."""
    half, third = Fraction(1, 2), Fraction(1, 3)
    fields: dict[str, Any] = {"key": "k", "comparable": True}
    assert Figure(value=6, before=4, **fields).change == half
    assert (
        Figure(value=half, before=third, unit="share", **fields).change == half - third
    )
    assert Figure(value=6, before=0, **fields).change is None
    assert Figure(value=None, before=4, **fields).change is None


# -- laws ----------------------------------------------------------------------------


@st.composite
def reports(draw: st.DrawFn) -> tuple[Chronicle, PeriodReport]:
    """Any report of any history."""
    playbook = draw(playbooks())
    history = draw(histories(playbook=playbook, min_size=1, max_size=25, late=True))
    kept = chronicle(playbook, history)
    unit: Any = draw(st.sampled_from(("day", "week", "month")))
    if kept.period is None:
        kept = told()
    first, last = kept.days
    day = date.fromordinal(draw(st.integers(first, min(last, first + 400))))
    names = draw(st.booleans())
    return kept, kept.report(unit, on=day, names=names)


@settings(deadline=None, max_examples=40)
@given(reports())
def test_sections_total(drawn: tuple[Chronicle, PeriodReport]) -> None:
    """Days sum up to messages, bands to writers, flows to stocks at the end."""
    _, report = drawn
    now = report.now
    inside = [d for d in report.calendar if now.since <= d.day < now.until]
    assert len(inside) == (now.until - now.since).days
    messages = sum(d.messages or 0 for d in inside)
    assert (report.figure("messages").value or 0) == messages
    assert sum(d.active is not None for d in inside) == now.observed
    writers = sum(b.members for b in report.bands)
    assert writers <= (report.figure("active").value or 0)
    least = sum(b.members * b.least for b in report.bands)
    assert least <= messages
    if report.flows is None:
        return
    for group in report.playbook.tiers:
        ends: Counter[str] = Counter()
        for flow in report.flows:
            ends[flow.after] += flow.members if flow.tiers == group.key else 0
        stocks = {s.tier: s.members for s in report.stocks if s.tiers == group.key}
        assert {k: n for k, n in ends.items() if k and n} == {
            k: n for k, n in stocks.items() if n
        }
        assert sum(stocks.values()) == report.figure("members").value


@settings(deadline=None, max_examples=40)
@given(reports())
def test_members_come_and_go(drawn: tuple[Chronicle, PeriodReport]) -> None:
    """Members at the end are those before, and who came, less who left."""
    _, report = drawn
    before = report.figure("members").before
    now, came = report.figure("members").value, report.figure("came").value
    if before is not None and now is not None and came is not None:
        assert now == before + came - (report.figure("left").value or 0)


@settings(deadline=None, max_examples=25)
@given(reports())
def test_equal_histories_give_equal_reports(
    drawn: tuple[Chronicle, PeriodReport],
) -> None:
    """A period is told the same whenever it is asked for."""
    kept, report = drawn
    unit: Any = report.unit
    first, _ = kept.days
    day = date.fromordinal(max(first, report.now.since.toordinal()))
    again = kept.report(unit, on=day)
    assert again == kept.report(unit, on=day)
    assert again.figures == report.figures
