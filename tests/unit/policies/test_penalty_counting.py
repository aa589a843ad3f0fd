"""What counts on a ladder: windows, chains, fading, discounts, sanctions, the past."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.model import DecisionId, Overlap, RuleCode
from community_sdk.policies import (
    Decay,
    FirstOffence,
    PenaltyLadder,
    SoftStep,
    Trigger,
)
from community_sdk.policies.penalty._counting import nearest
from tests.unit.desk import DAY, HOUR, START, TICK, Desk
from tests.unit.policies.ladders import (
    KEY,
    both,
    breach,
    desk,
    imposed,
    order,
    overturn,
    rung,
    tally_of,
    total,
)

NINETY = Duration.parse("90d")
SIX = tuple(
    rung(n + 1, kind)
    for n, kind in enumerate(
        ("reminder", "education", "phone_call", "warning", "mute", "suspend")
    )
)


# -- windows and chains --------------------------------------------------------------


@pytest.mark.parametrize(
    ("edge", "gap", "found"),
    [
        ("inclusive", 7 * DAY, "education"),
        ("inclusive", 7 * DAY + TICK, "reminder"),
        ("exclusive", 7 * DAY, "reminder"),
        ("exclusive", 7 * DAY - TICK, "education"),
    ],
)
def test_a_chain_is_kept_while_no_gap_is_too_long(
    edge: str, gap: timedelta, found: str
) -> None:
    """One gap longer than the window drops everything before it."""
    one = desk(*SIX, window="7d", window_from="latest_strike", window_edge=edge)
    breach(one, START)
    assert breach(one, START + gap) == found


def test_a_chain_is_longer_than_its_window() -> None:
    """What counts is the gap between neighbours; on its own a chain does not age."""
    one = desk(*SIX, window="7d", window_from="latest_strike")
    days = (0, 6, 12, 18)
    found = [breach(one, START + day * DAY) for day in days]
    assert found == ["reminder", "education", "phone_call", "warning"]
    one.advance(START + 40 * DAY)
    assert total(one) == 4
    (sanction,) = imposed(one.tell(ev.RuleBroken, START + 41 * DAY, rule="flood"))
    assert sanction.step.kind.word == "reminder"
    reasons = {
        p["reason"] for p in sanction.because.parts if p.key.endswith("left_out")
    }
    assert reasons == {"chain"}


def test_a_chain_of_nothing_is_empty() -> None:
    """The only strike was a mistake."""
    one = desk(rung(9, "ban"), window="10d", window_from="latest_strike")
    breach(one, START)
    overturn(one, "e1", START)
    assert total(one) == 0


def test_a_strike_told_late_may_join_two_chains() -> None:
    """It counts at its own time."""
    one = desk(*SIX, window="7d", window_from="latest_strike")
    breach(one, START)
    breach(one, START + 10 * DAY)
    late = START + 11 * DAY
    told = one.tell(ev.RuleBroken, START + 5 * DAY, rule="flood", recorded_at=late)
    assert imposed(told)[0].step.kind.word == "phone_call"


def test_categories_may_count_together() -> None:
    """A group's ladder counts them, whatever they are called."""
    one = desk(*SIX, groups={"quiet": "noise"}, enter_at={"quiet": 4})
    assert breach(one, START, "quiet") == "warning"
    assert breach(one, START + HOUR, "flood") == "mute"
    assert total(one, "noise") == total(one, "quiet") == 2


# -- which step ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("between", "after", "found"),
    [
        ("use_lower", "repeat", [None, "reminder", "reminder", "mute", "mute"]),
        ("none", "repeat", [None, "reminder", None, "mute", "mute"]),
        ("use_lower", "none", [None, "reminder", "reminder", "mute", None]),
        ("none", "none", [None, "reminder", None, "mute", None]),
    ],
)
def test_numbers_without_a_step(
    between: str, after: str, found: list[str | None]
) -> None:
    """Between two steps, and beyond the last."""
    one = desk(rung(2, "reminder"), rung(4, "mute"), between=between, after_last=after)
    assert [breach(one, START + n * HOUR) for n in range(5)] == found


def test_a_threshold_that_is_jumped_over_is_crossed() -> None:
    """Also where nothing would be done between two steps."""
    steps = (rung(3, "mute"), rung(6, "ban"))
    one = desk(*steps, measure="points", trigger=Trigger.ON_CROSSING, between="none")
    found = [
        breach(one, START + n * HOUR, weight=w) for n, w in enumerate((2, 2, 1, 3))
    ]
    assert found == [None, "mute", None, "ban"]


def test_a_step_may_grow_at_each_repetition() -> None:
    """Five minutes, doubling, at most 28 days; strikes of before may be imported."""
    longest = Duration.parse("28d")
    one = desk(rung(1, "mute", "5min", grows=2, longest=longest), per="member")
    minutes: list[object] = []
    for nth, prior in enumerate((0, 1, 12, 13, 14)):
        when = START + nth * 30 * DAY
        one.tell(ev.RecordCleared, when)
        if prior:
            one.tell(ev.StrikesImported, when, rule=RuleCode("flood"), count=prior)
        (sanction,) = imposed(one.tell(ev.RuleBroken, when, rule="flood"))
        lasts = sanction.step.duration
        minutes.append(lasts and lasts.us // 60_000_000)
    assert minutes == [5, 10, 20_480, 40_320, 40_320]


@pytest.mark.parametrize(
    ("first", "longest", "last"),
    [("1 month", "5 months", "5 months"), ("1 month", None, "12000 months")],
)
def test_months_grow_as_months(first: str, longest: str | None, last: str) -> None:
    """Without a longest length, a thousand years."""
    most = None if longest is None else Duration.parse(longest)
    step = rung(1, "ban", first, grows=3, longest=most)
    assert str(step.lasting(1)) == "3 months"
    assert str(step.lasting(40)) == last
    assert str(rung(1, "ban", "1d", grows=10).lasting(99)) == "366000d"


def test_warnings_have_levels() -> None:
    """The level is told."""
    one = desk(*(rung(n, "warning", level=n) for n in (1, 2)))
    told = [one.tell(ev.RuleBroken, START + n * HOUR, rule="flood") for n in (0, 1)]
    assert [imposed(step)[0].step.level for step in told] == [1, 2]
    assert imposed(told[1])[0].because.parts[0]["level"] == 2
    assert [s.level for s in one.member().sanctions] == [1, 2]


def test_kindness_may_come_before_the_steps() -> None:
    """A call, an invitation, a gift; then the ladder."""
    soft = tuple(
        SoftStep(at=n + 1, action=word)
        for n, word in enumerate(("phone_call", "invite_to_try", "small_gift"))
    )
    one = desk(rung(4, "warning"), rung(5, "mute"), soft=soft)
    steps = [one.tell(ev.RuleBroken, START + n * HOUR, rule="flood") for n in range(5)]
    found = [getattr(d, "action", d.kind) for step in steps for d in step.decisions]
    assert found == [
        *("phone_call", "invite_to_try", "small_gift"),
        *("apply_sanction", "apply_sanction"),
    ]
    (asked,) = steps[1].decisions
    assert asked.because.key == "penalty.soft"
    assert [p.key for p in steps[2].decisions[0].because.parts][-1] == "penalty.next"
    assert not [p for p in asked.because.parts if p.key == "penalty.next"]


def test_a_ladder_without_steps_only_counts() -> None:
    """Nothing is ever imposed."""
    only = PenaltyLadder(key=KEY, steps=())
    one = Desk(only)
    assert breach(one) is None
    assert only.tally(one.view()).total == 1


# -- fading --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "whole"), [("1/2", 1), ("3/2", 2), ("49/100", 0), ("-1/2", 0), ("5", 5)]
)
def test_halves_are_rounded_up(number: str, whole: int) -> None:
    """The rule has a name, and holds everywhere."""
    assert nearest(Fraction(number)) == whole


def test_strikes_fade_in_a_straight_line() -> None:
    """Half at half the time, nothing at the end; summed first, rounded once."""
    one = desk(rung(9, "ban"), measure="points", decay=Decay(over=NINETY))
    for day in (0, 45):
        breach(one, START + day * DAY, weight=4)
    assert total(one) == 6
    one.advance(START + 90 * DAY)
    assert total(one) == 2
    tally = tally_of(one)
    assert [out.reason for out in tally.left_out] == ["faded"]
    assert (tally.given, tally.revoked, tally.decayed) == (8, 0, 6)
    one.advance(START + 300 * DAY)
    assert total(one) == 0
    breach(one, START + 300 * DAY, weight=3)
    overturn(one, "e3", START + 300 * DAY)
    tally = tally_of(one)
    assert (tally.given, tally.revoked, tally.decayed) == (11, 3, 8)


def test_a_faded_strike_is_told_with_its_worth() -> None:
    """How much of it still counts, to two places."""
    one = desk(rung(1, "mute"), measure="points", decay=Decay(over=NINETY))
    breach(one, START, weight=4)
    step = one.tell(ev.RuleBroken, START + 30 * DAY, rule="flood", weight=1)
    parts = imposed(step)[0].because.parts
    assert (parts[0].key, parts[0]["worth"]) == ("penalty.counted_in_part", "2.67")
    assert parts[1].key == "penalty.counted"


@pytest.mark.parametrize(
    ("revoked", "points"), [(False, 4), (True, 2)], ids=["stands", "revoked"]
)
def test_nothing_ages_during_a_suspension(revoked: object, points: int) -> None:
    """The strike of that suspension included; one that was a mistake froze nothing."""
    fades = Decay(over=Duration.parse("60d"), frozen_by=("suspend",))
    one = both(rung(99, "ban"), measure="points", per="member", decay=fades)
    breach(one, START, weight=4)
    order(one, START, "suspend", "30d", id="o")
    if revoked:
        overturn(one, "o", START + 29 * DAY)
    one.advance(START + 30 * DAY)
    assert total(one) == points
    one.advance(START + 60 * DAY)
    assert total(one) == points - 2


def test_suspensions_freeze_once_and_only_while_they_last() -> None:
    """Overlapping ones are one time; lifting one ends it."""
    fades = Decay(over=Duration.parse("100d"), frozen_by=("suspend",))
    one = both(rung(199, "ban"), measure="points", per="member", decay=fades)
    breach(one, START, weight=100)
    order(one, START + 10 * DAY, "suspend", "20d", id="a")
    order(one, START + 20 * DAY, "suspend", "30d", id="b")
    one.advance(START + 40 * DAY)
    assert total(one) == 90
    lifted = one.member().sanctions[1].id
    one.tell(ev.SanctionLifted, START + 45 * DAY, sanction=DecisionId(lifted))
    one.advance(START + 60 * DAY)
    assert total(one) == 75


def test_a_suspension_without_end_freezes_until_it_is_lifted() -> None:
    """Nothing ages while it lasts."""
    fades = Decay(over=Duration.parse("100d"), frozen_by=("suspend",))
    one = both(rung(199, "ban"), measure="points", per="member", decay=fades)
    breach(one, START, weight=100)
    order(one, START + 10 * DAY, "suspend")
    one.advance(START + 50 * DAY)
    assert total(one) == 90


def test_a_suspension_within_a_longer_one_freezes_nothing_more() -> None:
    """The time is over when the longer one is."""
    fades = Decay(over=Duration.parse("100d"), frozen_by=("suspend",))
    apart = {"*": Overlap.INDEPENDENT}
    steps = rung(199, "ban")
    one = both(steps, measure="points", per="member", decay=fades, overlap=apart)
    breach(one, START, weight=100)
    order(one, START + 10 * DAY, "suspend", "30d")
    order(one, START + 20 * DAY, "suspend", "5d")
    one.advance(START + 60 * DAY)
    assert total(one) == 70


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=6),
    st.integers(30, 60),
)
def test_fading_is_exact(strikes: list[tuple[int, int]], day: int) -> None:
    """Against a sum by hand."""
    one = desk(
        rung(99, "ban"),
        measure="points",
        decay=Decay(over=Duration.parse("40d")),
    )
    for when, weight in sorted(strikes):
        breach(one, START + when * DAY, weight=weight)
    one.advance(START + day * DAY)
    exact = sum(
        (weight * max(Fraction(40 - (day - when), 40), Fraction())
         for when, weight in strikes), Fraction()
    )  # fmt: skip
    assert total(one) == (exact + Fraction(1, 2)).__floor__()


# -- first offences ------------------------------------------------------------------

FIRST = FirstOffence(good_standing_below=3, curve=(1, 2), severe=("quiet",))
