"""Atmosphere: silence of a room, discussions a day, chatter, the centre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.decisions import Decision, Recommend, ReportDifference, WarmUp
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Community,
    CommunityId,
    Group,
    GroupId,
    PolicyKey,
    RoleName,
)
from community_sdk.policies import AtmospherePolicy, CentreWatch, WaterSigns
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, HOUR, START, Desk, at

KEY, HOST, OWNER = PolicyKey("air"), RoleName("host"), RoleName("owner")
HALL, DEN = GroupId("hall"), GroupId("den")
MINUTE = timedelta(minutes=1)
HOME = Community(key=CommunityId("home"), groups=(Group(key=HALL), Group(key=DEN)))


def watch(**given: Any) -> Desk:
    """A community whose host warms up."""
    policy = AtmospherePolicy(key=KEY, duty=HOST, **given)
    return Desk(policy, community=HOME, lateness=Duration.parse("30d"))


def warm(*steps: Step) -> list[tuple[str | None, int, str]]:
    """Return whom a warm-up was for, after how many days, on which day."""
    found = [d for step in steps for d in step if isinstance(d, WarmUp)]
    return [(d.group, d.days, f"{d.at:%m-%d}") for d in found]


def advice(*steps: Step) -> list[Recommend]:
    """Return what was advised."""
    return [d for step in steps for d in step if isinstance(d, Recommend)]


# -- silence -------------------------------------------------------------------------


def test_two_silent_days_call_the_duty() -> None:
    """When the second day is over, once, until somebody writes again."""
    desk = watch()
    desk.post(START)
    assert warm(desk.advance(at("2026-01-07 23:59"))) == []
    step = desk.advance(START + 9 * DAY)
    assert warm(step) == [(None, 2, "01-08")]
    decision = step.decisions[0]
    assert isinstance(decision, WarmUp)
    assert (decision.duty, decision.since) == (HOST, at("2026-01-06 00:00"))
    desk.post(START + 9 * DAY)
    assert warm(desk.advance(START + 15 * DAY)) == [(None, 2, "01-17")]


def test_it_is_called_again_after_more_days() -> None:
    """Every second day of the same silence, where that is asked for."""
    desk = watch(again_days=2)
    desk.post(START)
    found = warm(desk.advance(START + 8 * DAY))
    assert found == [(None, 2, "01-08"), (None, 4, "01-10"), (None, 6, "01-12")]


def test_each_room_is_silent_by_itself() -> None:
    """A message elsewhere does not break the silence; other rooms are not watched."""
    desk = watch(groups=(HALL, DEN))
    desk.post(START, group="hall")
    for day in range(1, 4):
        desk.post(START + day * DAY, group="hall")
        desk.post(START + day * DAY, group="attic")
    assert warm(desk.advance(START + 4 * DAY)) == []
    desk = watch(groups=(HALL,))
    desk.tell(ev.Joined, START)
    desk.post(START + DAY)
    assert warm(desk.advance(START + 3 * DAY)) == [("hall", 2, "01-08")]


def test_bots_break_no_silence() -> None:
    """Nor does anything that is not dated."""
    desk = watch()
    desk.tell(ev.Joined, START, "robot", bot=True)
    steps: list[Step] = []
    for day in range(1, 4):
        steps.append(desk.post(START + day * DAY, "robot"))
        steps.append(desk.post(START + day * DAY, "ann", dated=False))
    assert warm(*steps) == [(None, 2, "01-08")]


def test_a_late_message_is_reported_not_undone() -> None:
    """Somebody did write on a day that was taken as silent; told once a day."""
    desk = watch()
    desk.post(START)
    desk.advance(START + 4 * DAY)
    late = desk.post(START + DAY, recorded_at=START + 4 * DAY)
    found = [d for d in late if isinstance(d, ReportDifference)]
    assert [d.subject for d in found] == ["2026-01-06"]
    again = desk.post(START + DAY, "bo", recorded_at=START + 4 * DAY)
    assert not [d for d in again if isinstance(d, ReportDifference)]


@given(st.sets(st.integers(0, 14)), st.integers(1, 3), st.integers(0, 3))
def test_silence_is_counted_as_by_hand(days: set[int], limit: int, again: int) -> None:
    """Against the days one by one; nothing depends on how often time is advanced."""
    lazy = watch(silent_days=limit, again_days=again or None)
    eager = watch(silent_days=limit, again_days=again or None)
    steps: dict[str, list[Step]] = {"lazy": [], "eager": []}
    expected: list[tuple[str | None, int, str]] = []
    silent = 0
    for day in range(16):
        when = START + day * DAY
        if silent >= limit:
            beyond = silent - limit
            if beyond == 0 or (again and not beyond % again):
                expected.append((None, silent, f"{when:%m-%d}"))
        steps["eager"].append(eager.advance(when))
        if day in days or day == 0:
            steps["lazy"].append(lazy.post(when))
            steps["eager"].append(eager.post(when))
            silent = 0
        else:
            silent += 1
    steps["lazy"].append(lazy.advance(START + 15 * DAY))
    assert warm(*steps["lazy"]) == expected == warm(*steps["eager"])


# -- talk ----------------------------------------------------------------------------


def test_too_few_discussions_are_told_of_a_day_with_talk() -> None:
    """Two members within the pause make one; a silent day is no matter of talk."""
    desk = watch(discussions=2)
    for minute, who in ((0, "ann"), (30, "bo"), (31, "cy"), (70, "ann"), (71, "ann")):
        desk.post(START + minute * MINUTE, who)
    (few,) = advice(desk.advance(START + 3 * DAY))
    assert few.action == "start_discussion"
    assert few.properties == {"duty": "host", "day": "2026-01-05", "have": 1, "need": 2}
    for minute, who in ((0, "ann"), (1, "bo"), (40, "ann"), (41, "bo")):
        desk.post(START + 3 * DAY + minute * MINUTE, who)
    assert advice(desk.advance(START + 4 * DAY)) == []


def test_a_message_told_late_goes_on_with_no_talk() -> None:
    """One before the latest of the same day counts, but joins nothing."""
    desk = watch(discussions=1)
    desk.post(START + HOUR)
    desk.post(START + HOUR - MINUTE, "bo", recorded_at=START + HOUR)
    assert [a.properties["have"] for a in advice(desk.advance(START + DAY))] == [0]


def test_a_water_group_is_told_once() -> None:
    """Many short messages; lengths that are not known count as neither."""
    desk = watch(water=WaterSigns(messages=4, short=3, percent=60))
    days = ((2, 3, 9, 2), (1, 1, 1, 1), (9, 9, 9, 1), (1, 1, 1, 1), (0, 0, 0, 0))
    steps: list[Step] = []
    for day, lengths in enumerate(days):
        for minute, length in enumerate(lengths):
            when = START + day * DAY + minute * MINUTE
            steps.append(desk.post(when, length=length))
    told = advice(*steps, desk.advance(START + 6 * DAY))
    assert [(a.action, a.properties["day"]) for a in told] == [
        ("lift_the_talk", "2026-01-05"),
        ("lift_the_talk", "2026-01-08"),
    ]
    assert [a.properties["percent"] for a in told] == [75, 100]


# -- the centre ----------------------------------------------------------------------


def centre(**given: Any) -> Desk:
    """A community watched by the week, with an owner."""
    fields: dict[str, Any] = {"period": PeriodUnit.WEEK, "patience": 2, "least": 4}
    fields |= given
    desk = Desk(CentreWatch(key=KEY, duty=HOST, roles=(OWNER,), **fields))
    desk.tell(ev.RoleAssigned, START - DAY, "boss", role=OWNER)
    desk.tell(ev.Joined, START - DAY, "robot", bot=True)
    return desk


def week(desk: Desk, n: int, owner: int, others: int) -> list[str]:
    """Let the owner and others write in week *n*; return what is advised after it."""
    base, out = START + 7 * n * DAY, list[Recommend]()
    names = ["boss"] * owner + ["ann"] * others + ["robot"] * 9
    for minute, name in enumerate(names):
        out += advice(desk.post(base + minute * MINUTE, name))
    out += advice(desk.advance(base + 7 * DAY))
    return [f"{a.action} {a.properties['percent']}" for a in out]


def test_a_centre_that_stays_is_told_once() -> None:
    """With patience; nothing changes between the borders, nor in small weeks."""
    desk = centre()
    assert week(desk, 0, 6, 4) == []
    assert week(desk, 1, 3, 0) == []
    assert week(desk, 2, 7, 3) == ["share_the_floor 70"]
    assert week(desk, 3, 9, 1) == []
    assert week(desk, 4, 5, 5) == []
    assert week(desk, 5, 4, 6) == []
    assert week(desk, 6, 3, 6) == ["let_members_lead 33"]
    assert week(desk, 7, 1, 9) == []
    assert week(desk, 8, 9, 1) == []
    assert week(desk, 9, 5, 5) == []
    assert week(desk, 10, 9, 1) == []
    assert week(desk, 11, 9, 1) == ["share_the_floor 90"]


def test_a_late_message_of_an_earlier_week_is_not_counted() -> None:
    """The week is closed; who wrote before it is in it all the same."""
    desk = centre(patience=1, least=1)
    desk.post(START, "boss")
    desk.advance(START + 7 * DAY)
    late = desk.post(START, "ann", recorded_at=START + 7 * DAY)
    assert advice(late) == []
    assert desk.engine.community.slices[KEY]["all"] == 0


def test_borders_do_not_overlap() -> None:
    """What is below one border is not above the other."""
    with pytest.raises(DefinitionError, match="open_below"):
        CentreWatch(key=KEY, duty=HOST, roles=(OWNER,), central_from=50, open_below=51)


# -- words ---------------------------------------------------------------------------


def test_unknown_roles_and_rooms_are_named() -> None:
    """With the words that exist."""
    book = watch().engine.view("").definition
    bad = AtmospherePolicy(key=KEY, duty=RoleName("x"), groups=(GroupId("y"), HALL))
    assert [p[:2] for p in bad.problems(book)] == [("duty", "x"), ("groups[0]", "y")]
    assert not [*AtmospherePolicy(key=KEY, duty=HOST).problems(book)]
    centred = CentreWatch(key=KEY, duty=RoleName("x"), roles=(OWNER, RoleName("y")))
    assert [p[0] for p in centred.problems(book)] == ["duty", "roles[1]"]


def test_it_is_said_in_both_languages() -> None:
    """What is called for, why, and where the rooms stand."""
    desk = watch()
    policy: Any = desk.policies[0]
    assert say(policy.standing(desk.view()), "en") == "The watch has not begun yet."
    desk.post(START)
    assert "all" not in say(policy.standing(desk.view()), "en")
    (decision,) = desk.advance(START + 3 * DAY).decisions
    assert isinstance(decision, Decision)
    assert say_decision(decision, "zh").startswith("请主持人暖场")
    assert "连续 2 天没有人发言" in say(decision.because, "zh")
    assert "for 2 days" in say(decision.because, "en")
    assert "已 2 天没有人发言" in say(policy.standing(desk.view()), "zh")
