"""The tables of a summary: what is counted, and what is not."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Mode
from community_sdk.engine import Step
from community_sdk.errors import MissingExtraError
from community_sdk.model import EventId, MemberId, RoleName, RuleCode, TierKey
from community_sdk.playbook import Consent, Playbook, load
from community_sdk.report import Summary
from community_sdk.report._words import Words
from community_sdk.report.rows import DailyRow
from community_sdk.testing.strategies import histories, playbooks
from tests.unit.report.history import MONDAY, altered, book, events, summary_of, told

SUMMARY = told()


def _row(day: int) -> DailyRow:
    return SUMMARY.daily[day]


def test_events_are_counted_by_word() -> None:
    """Hosts' own words have rows of their own; the repeated event counts once."""
    counts = {row.event: (row.count, row.undated) for row in SUMMARY.events}
    assert counts["message"] == (15, 0)
    assert counts["reaction"] == (2, 1)
    assert counts["tea_poured"] == (1, 0)
    assert SUMMARY.counts["events"] == 30
    assert SUMMARY.counts["duplicates"] == 1
    assert SUMMARY.counts["undated"] == 1
    assert SUMMARY.speed == 60


def test_days_are_local() -> None:
    """Half past midnight in Shanghai is the next day, though it is the same in UTC."""
    assert _row(0).day == date(2026, 3, 2)
    assert len(SUMMARY.daily) == 10
    assert (_row(2).messages, _row(3).messages) == (3, 3)


def test_bots_are_left_out() -> None:
    """The bot wrote on Monday; only ann and bo count."""
    assert (_row(0).active, _row(0).messages) == (2, 2)
    assert SUMMARY.counts["bots"] == 1
    assert sum(row.messages for row in SUMMARY.hours) == 14


def test_reactions_count_for_who_reacted_if_they_have_a_time() -> None:
    """Dai reacts on Thursday; the reaction without a time is on no day."""
    assert _row(3).active == 3  # ann (who is eve as well), bo, dai
    assert _row(7).active == 1  # dai, by an event of the host's own
    assert _row(6).active == 0  # joining alone is no activity


def test_linked_accounts_are_one_member() -> None:
    """Eve turned out to be ann."""
    assert SUMMARY.counts["members"] == 5
    assert _row(3).members == 4


def test_joins_and_leaves() -> None:
    """One more group is no join, leaving a group no leave."""
    assert [row.joins for row in SUMMARY.daily] == [4, 0, 0, 0, 0, 0, 1, 0, 0, 0]
    assert [row.members for row in SUMMARY.daily] == [4, 4, 4, 4, 4, 3, 4, 4, 4, 4]


def test_hours_of_the_week() -> None:
    """Monday noon local time, and every hour of the week has a row."""
    assert len(SUMMARY.hours) == 168
    noon = next(r for r in SUMMARY.hours if (r.weekday, r.hour) == (0, 12))
    assert noon.messages == 2
    night = next(r for r in SUMMARY.hours if (r.weekday, r.hour) == (3, 0))
    assert night.messages == 1


def test_tiers_are_a_stock_at_the_end_of_the_day() -> None:
    """Who never moved holds the lowest; who left holds none."""
    held = {(r.day, r.tier): r.members for r in SUMMARY.tiers}
    assert held[date(2026, 3, 4), "regular"] == 0
    assert held[date(2026, 3, 5), "regular"] == 2
    assert held[date(2026, 3, 7), "guest"] == 1
    for row in SUMMARY.daily:
        both = held[row.day, "guest"] + held[row.day, "regular"]
        assert both == row.members


@pytest.mark.parametrize("entry", ["retention", "second"])
def test_members_of_a_league_start_in_its_entry(entry: str) -> None:
    """Who holds no tier on record stands there, here as in the ranking."""
    league = load("half_month_league")
    home = evolve(league, policies=(altered(league.policies[0], entry=TierKey(entry)),))
    came = [
        ev.Joined(id=EventId(name), at=MONDAY, member=MemberId(name)) for name in "ab"
    ]
    summary = summary_of(home, came)
    held = {row.tier: row.members for row in summary.tiers}
    assert held == {"retention": 0, "second": 0, "core": 0, entry: 2}
    assert not Words(summary, "en").moved("ladder")


def test_the_funnel() -> None:
    """Five came in, four wrote, nobody bought; fay may still."""
    first, second, third = SUMMARY.funnels
    assert [r.entered for r in SUMMARY.funnels] == [5, 4, 0]
    assert (first.dropped_off, first.still_open) == (1, 0)
    assert (second.dropped_off, second.still_open) == (3, 1)
    assert second.share_of_previous == Fraction(4, 5)
    assert third.share_of_first == 0


def test_an_account_that_never_entered_helps_its_person_on() -> None:
    """What it did before the two were linked is a step of theirs all the same."""
    path = altered(book().policies[5], ties="position")
    ann, eve, day = MemberId("ann"), MemberId("eve"), timedelta(1)
    told = [
        ev.Joined(id=EventId("j"), at=MONDAY, member=ann),
        ev.MessagePosted(id=EventId("m"), at=MONDAY + day, member=eve),
        ev.IdentityLinked(id=EventId("l"), at=MONDAY + 2 * day, member=ann, alias=eve),
    ]
    summary = summary_of(book(policies=(path,)), told)
    assert [r.entered for r in summary.funnels] == [1, 1, 0]


def test_an_empty_funnel_has_no_shares() -> None:
    """Nothing observed is None and not 0."""
    summary = summary_of(book(), ())
    assert [r.share_of_first for r in summary.funnels] == [None] * 3
    assert [r.entered for r in summary.funnels] == [0, 0, 0]


def test_decisions_by_kind_policy_and_mode() -> None:
    """Trials are counted apart from what is carried out."""
    rows = {(r.kind, r.policy): r for r in SUMMARY.decisions}
    trial = rows["apply_sanction", "stern"]
    assert (trial.mode, trial.count, trial.family) == ("shadow", 1, "penalty_ladder")
    real = rows["apply_sanction", "ladder"]
    assert (real.mode, real.count, real.members) == ("act", 4, 3)
    assert SUMMARY.counts["decisions"] == sum(r.count for r in SUMMARY.decisions)


def test_sanctions_mildest_first() -> None:
    """By measure and mode."""
    told_ = [(r.measure, r.mode, r.count) for r in SUMMARY.sanctions]
    assert told_ == [("reminder", "act", 3), ("mute", "act", 1), ("ban", "shadow", 1)]


def test_proposed_sanctions_are_asked_and_then_done() -> None:
    """A sanction that waits for consent is no sanction yet."""
    ladder = book().policies[2]
    asking = altered(ladder, mode=Mode.PROPOSE)
    playbook = book(policies=(asking,), approval=Consent(duty="owner"))
    role = ev.RoleAssigned(
        id=EventId("r"), at=MONDAY, member=MemberId("dai"), role=RoleName("owner")
    )
    broken = ev.RuleBroken(
        id=EventId("b"),
        at=MONDAY + timedelta(1),
        member=MemberId("bo"),
        rule=RuleCode("ads"),
    )
    engine = playbook.engine()
    engine.receive(role)
    (request,) = engine.receive(broken).decisions
    agreed = ev.ProposalApproved(
        id=EventId("a"),
        at=MONDAY + timedelta(2),
        member=MemberId("bo"),
        actor=MemberId("dai"),
        proposal=request.id,
    )
    summary = summary_of(playbook, [role, broken, agreed])
    assert [(r.measure, r.mode, r.count) for r in summary.sanctions] == [
        ("reminder", "act", 1),
        ("reminder", "propose", 1),
    ]


def test_refusals_are_grouped_and_three_are_kept() -> None:
    """Anything with a code and a message can be refused."""
    first, second = SUMMARY.refused
    assert (first.code, first.count, len(first.examples)) == ("table.time", 4, 3)
    assert (second.code, second.count) == ("", 1)
    assert SUMMARY.counts["refused"] == 5


def test_dropped_decisions() -> None:
    """What the conflict table dropped, by kind and reason."""
    twin = altered(book().policies[2], key="twin")
    playbook = book(policies=(*book().policies, twin))
    summary = summary_of(playbook, events())
    (row,) = summary.suppressed
    assert (row.kind, row.reason) == ("apply_sanction", "conflict.same")
    assert row.count == summary.counts["suppressed"] == 4


def test_nothing_at_all() -> None:
    """A summary of no history has no days."""
    summary = Summary(book())
    summary.finish()
    assert summary.period is None
    assert not any(summary.tables[name] for name in ("daily", "hours", "tiers"))
    assert summary.speed is None


def test_without_an_engine_the_history_ends_with_its_last_event() -> None:
    """`finish` alone judges open windows as of the last event."""
    playbook = book()
    engine, summary = playbook.engine(), Summary(playbook)
    for event in events():
        summary.see(event, engine.receive(event))
    summary.finish(seconds=0)
    assert summary.funnels == SUMMARY.funnels
    assert summary.speed is None


def test_absurd_dates_list_only_lively_days() -> None:
    """A row from long ago must not make a million empty days."""
    far = MONDAY + timedelta(200 * 366)
    told_ = next(e for e in events() if e.kind == "message" and e.member == "ann")
    odd = evolve(told_, id=EventId("odd"), at=far, recorded_at=far)
    summary = Summary(book())
    for event in (*events(), odd):
        summary.see(event, Step())
    summary.finish()
    assert [row.messages for row in summary.daily] == [2, 3, 3, 3, 2, 0, 1, 1]
    assert summary.daily[-1].day.year == MONDAY.year + 200
    assert {row.day for row in summary.tiers} == {row.day for row in summary.daily}


def test_frames() -> None:
    """Every table is a frame, shares are numbers and days are text."""
    pytest.importorskip("pandas")
    for name, rows in SUMMARY.tables.items():
        assert len(SUMMARY.to_frame(name)) == len(rows)
    funnel = SUMMARY.to_frame("funnels")
    assert list(funnel["share_of_first"]) == [1.0, 0.8, 0.0]
    assert SUMMARY.to_frame("daily")["day"][0] == "2026-03-02"
    with pytest.raises(KeyError):
        SUMMARY.to_frame("nothing")


def test_frames_without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cure is named."""
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(MissingExtraError) as caught:
        SUMMARY.to_frame("daily")
    assert caught.value.extra == "frames"


def test_a_notebook_shows_it() -> None:
    """The fragment is part of a page and has a style of its own."""
    shown = SUMMARY._repr_html_()
    assert shown.startswith("<style>")
    assert 'class="community-report"' in shown


def _conserved(summary: Summary, history: list[ev.Event]) -> None:
    messages = [e for e in history if isinstance(e, ev.MessagePosted) and e.dated]
    bots = summary._presence.bots
    own = [e for e in messages if e.member not in bots]
    assert sum(r.messages for r in summary.daily) == len(own)
    assert sum(r.messages for r in summary.hours) == len(own)
    held: Counter[Any] = Counter()
    for row in summary.tiers:
        held[row.day] += row.members
        assert row.members >= 0
    for day in summary.daily:
        doers = summary._activity.days.get(day.day.toordinal(), {})
        assert day.active <= len(doers)
        assert held.get(day.day, day.members) == day.members


WEEK = playbooks().map(lambda drawn: evolve(drawn, lateness=Duration.parse("7d")))


@settings(max_examples=50)
@given(WEEK, st.data())
def test_figures_hang_together(playbook: Playbook, data: st.DataObject) -> None:
    """Nobody is lost in a funnel, no message and no member between tables."""
    history = data.draw(histories(playbook=playbook, late=True))
    summary = summary_of(playbook, history)
    _conserved(summary, [e for e in history if summary._seen[e.name]])
    for before, row in zip(summary.funnels, summary.funnels[1:], strict=False):
        if row.funnel == before.funnel:
            gone = before.dropped_off + before.still_open
            assert before.entered - gone == row.entered
    assert len(summary.telling) <= 10
    assert bool(summary.telling) == bool(summary.decisions)
    assert summary.counts["decisions"] == sum(r.count for r in summary.decisions)


@settings(max_examples=25)
@given(playbooks(), st.data())
def test_equal_histories_equal_tables(playbook: Playbook, data: st.DataObject) -> None:
    """Replaying again gives the same tables, row by row."""
    history = data.draw(histories(playbook=playbook))
    first, again = summary_of(playbook, history), summary_of(playbook, history)
    assert first.tables == again.tables
