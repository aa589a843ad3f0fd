"""Life cycle: total, disjoint, without flutter, told once; zombies by silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.decisions import ChangeLifecycle, Recommend, ReportDifference
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Community,
    CommunityId,
    Group,
    GroupId,
    Lifecycle,
    MemberId,
    PolicyKey,
    RoleName,
)
from community_sdk.policies import LifecyclePolicy, LifeSigns, ZombieWatch
from community_sdk.policies.lifecycle import next_state
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, START, TICK, Desk

KEY, HOST, OWNER = PolicyKey("life"), RoleName("host"), RoleName("owner")
HALL = GroupId("hall")
MINUTE = timedelta(minutes=1)
HOME = Community(key=CommunityId("home"), groups=(Group(key=HALL),))
HIGH, LOW = LifeSigns(messages=10), LifeSigns(messages=4)
LEVELS = ("none", "low", "middle", "high")
COUNTS = {"none": 0, "low": 1, "middle": 5, "high": 10}


def policy(**given: Any) -> LifecyclePolicy:
    """A policy by weeks: ten messages make it lively, four keep it so."""
    fields: dict[str, Any] = {"lively": HIGH, "keeps": LOW, **given}
    return LifecyclePolicy(key=KEY, duty=HOST, **fields)


def follow(**given: Any) -> Desk:
    """A community whose life is followed from its first Monday on."""
    return Desk(policy(**given), community=HOME, lateness=Duration.parse("30d"))


def weeks(desk: Desk, *levels: str, group: str | None = None) -> list[Step]:
    """Let one week after the other show so much life."""
    steps: list[Step] = []
    more = {} if group is None else {"group": group}
    for level in levels:
        base = desk.engine.now or START
        times = [base + minute * MINUTE for minute in range(COUNTS[level])]
        steps += [desk.post(when, **more) for when in times]
        monday = base + (7 - base.weekday()) * DAY
        steps.append(desk.advance(monday.replace(hour=0)))
    return steps


def changes(steps: list[Step]) -> list[str]:
    """Return each transition that was told."""
    found = [d for step in steps for d in step if isinstance(d, ChangeLifecycle)]
    return [f"{d.before.value} {d.after.value}" for d in found]


# -- the table -----------------------------------------------------------------------


@given(
    st.sampled_from(Lifecycle),
    st.sampled_from(LEVELS),
    st.integers(1, 9),
    st.tuples(*[st.integers(1, 4)] * 4),
)
def test_every_state_and_level_lead_somewhere(
    state: Lifecycle, level: str, run: int, terms: tuple[int, int, int, int]
) -> None:
    """Exactly one state; never down with much life, never up with none."""
    names = ("fades_after", "rescue_after", "rescue_for", "close_after")
    book = policy(**dict(zip(names, terms, strict=True)))
    order = list(Lifecycle)
    after = next_state(state, level, run, book)
    assert after in Lifecycle
    if state is Lifecycle.CLOSED:
        assert after is state
    elif level == "high":
        assert after is Lifecycle.LIVELY
    elif level == "none":
        assert order.index(after) >= order.index(state)
    if level == "middle":
        assert after is state or after is Lifecycle.FADING
        assert state is not Lifecycle.LIVELY or after is state


@given(st.lists(st.sampled_from(("middle", "high")), max_size=8))
def test_between_the_bars_nothing_flutters(levels: list[str]) -> None:
    """A lively group stays so while it keeps the lower bar."""
    assert changes(weeks(follow(), *levels)) == []


@given(st.lists(st.sampled_from(("none", "low", "middle")), max_size=8))
def test_it_takes_the_upper_bar_to_be_lively_again(levels: list[str]) -> None:
    """Once it faded, the lower bar is not enough."""
    told = changes(weeks(follow(), "low", *levels))
    assert told[0] == "lively fading"
    assert all(not one.endswith(" lively") for one in told)


@given(st.lists(st.sampled_from(LEVELS), max_size=9))
def test_transitions_make_a_chain(levels: list[str]) -> None:
    """Each begins where the one before ended, and changes something."""
    desk = follow()
    told = [one.split() for one in changes(weeks(desk, *levels))]
    ends = ["lively"] + [after for _, after in told]
    assert all(b == e and b != a for (b, a), e in zip(told, ends, strict=False))
    book: Any = desk.policies[0]
    if levels and levels[0] != "none":
        assert book.stage(desk.view()) is Lifecycle(ends[-1])


def test_a_dead_group_is_rescued_merged_closed() -> None:
    """Step by step, each told once; closed is the end, but by hand."""
    desk = follow()
    steps = weeks(desk, "high", *["none"] * 9)
    assert changes(steps) == [
        "lively silent",
        "silent rescue",
        "rescue merge",
        "merge closed",
    ]
    assert changes(weeks(desk, "high", "high")) == []
    now = desk.engine.now
    assert now is not None
    desk.tell(ev.LifecycleSet, now, "boss", state=Lifecycle.LIVELY)
    assert changes(weeks(desk, "low")) == ["lively fading"]


def differences(step: Step) -> list[str]:
    """Return the periods of which something became known late."""
    found = [d for d in step if isinstance(d, ReportDifference)]
    assert all(say_decision(d, "zh") and say(d.because, "en") for d in found)
    return [d.subject for d in found]


def test_a_message_told_after_its_week_was_judged_is_reported_once() -> None:
    """Of a week that was too little alive; what was decided stands."""
    desk = follow()
    assert changes(weeks(desk, "high", "low")) == ["lively fading"]
    late: dict[str, Any] = {"recorded_at": desk.engine.now}
    assert differences(desk.post(START + 2 * DAY, **late)) == []
    assert differences(desk.post(START + 8 * DAY, **late)) == ["2026-W03"]
    assert differences(desk.post(START + 9 * DAY, **late)) == []
    assert changes(weeks(desk, "high")) == ["fading lively"]
    late = {"recorded_at": desk.engine.now}
    assert differences(desk.post(START + 15 * DAY, **late)) == []


def test_a_group_set_by_hand_is_not_the_community() -> None:
    """Where the community is followed as one, its rooms have no life of their own."""
    desk = follow()
    weeks(desk, "high")
    now = desk.engine.now
    assert now is not None
    den = GroupId("den")
    step = desk.tell(ev.LifecycleSet, now, "boss", state=Lifecycle.CLOSED, group=den)
    assert [d.because.key for d in step] == ["lifecycle.not_followed"]
    book: Any = desk.policies[0]
    assert book.stage(desk.view()) is Lifecycle.LIVELY


@pytest.mark.parametrize(
    ("group", "nearest"), [("hal", "hall"), ("den", None), (None, None)]
)
def test_the_life_of_what_nobody_follows_is_refused(
    group: str | None, nearest: str | None
) -> None:
    """With the nearest group; the community is none of them."""
    desk = follow(groups=(HALL,))
    more = {} if group is None else {"group": group}
    step = desk.tell(ev.LifecycleSet, START, state=Lifecycle.CLOSED, **more)
    (refused,) = step.decisions
    why = refused.because
    assert (why.key, why["nearest"]) == ("lifecycle.not_followed", nearest)
    assert all(str(group or "") in say(why, lang) for lang in ("en", "zh"))
    hall = desk.tell(ev.LifecycleSet, START, state=Lifecycle.CLOSED, group=HALL)
    assert not any(d.because.key == "lifecycle.not_followed" for d in hall)


def test_a_rescue_brings_it_back() -> None:
    """Much life at once; a little at the end of the rescue only."""
    assert changes(weeks(follow(), "low", "none", "none", "none", "high"))[-1] == (
        "rescue lively"
    )
    told = changes(weeks(follow(), "low", "none", "none", "none", "low", "low"))
    assert told[-2:] == ["silent rescue", "rescue fading"]


def test_a_period_begun_late_is_not_judged() -> None:
    """Nor is a group blamed for what nobody watched; late messages change nothing."""
    desk = follow()
    desk.post(START + 2 * DAY)
    assert changes([desk.advance(START + 7 * DAY)]) == []
    late = desk.post(START + 3 * DAY, recorded_at=START + 8 * DAY)
    assert changes([late, desk.advance(START + 14 * DAY)]) == ["lively silent"]


def test_every_sign_counts() -> None:
    """Days, replies and members beside messages; other groups and bots do not."""
    bars = LifeSigns(active_days=2, replies=1, members=1)
    desk = follow(lively=bars, keeps=LifeSigns(members=1), groups=(HALL,))
    desk.tell(ev.Joined, START, group="hall")
    desk.tell(ev.Joined, START, "robot", bot=True)
    desk.post(START, group="hall", reply=True)
    desk.post(START, "robot", group="hall")
    desk.post(START + DAY, group="hall")
    desk.post(START + DAY)
    assert changes([desk.advance(START + 7 * DAY)]) == []
    book: Any = desk.policies[0]
    assert book.stage(desk.view(), "hall") is Lifecycle.LIVELY
    assert book.stage(desk.view(), "den") is None
    figures = {"messages": 2, "active_days": 2, "replies": 1, "members": 1}
    assert book.level(figures) == "high"
    assert book.level({**figures, "replies": 0}) == "middle"
    assert book.level({**figures, "members": 0}) == "low"


def test_the_lower_bar_is_not_above_the_upper() -> None:
    """Told with the figure that is."""
    with pytest.raises(DefinitionError, match="messages"):
        policy(keeps=LifeSigns(messages=11))
    with pytest.raises(DefinitionError, match="replies"):
        policy(keeps=LifeSigns(replies=1))


def test_it_is_said_with_its_reasons() -> None:
    """In both languages, with what was asked for; unknown names are told."""
    desk = follow()
    (change,) = [d for step in weeks(desk, "low") for d in step]
    assert isinstance(change, ChangeLifecycle)
    assert say_decision(change, "zh").startswith("将社群由“活跃”转为“转淡”")
    assert "保持活跃须 4，恢复活跃须 10" in say(change.because, "zh")
    assert "from lively to fading" in say(change.because, "en")
    facts = desk.engine.community.slices[KEY]["told"]
    assert facts[0][:3] == ["", "lively", "fading"]
    bad = LifecyclePolicy(
        key=KEY, duty=RoleName("x"), lively=HIGH, keeps=LOW, groups=(GroupId("y"),)
    )
    book = desk.view().definition
    assert [p[0] for p in bad.problems(book)] == ["duty", "groups[0]"]
    assert not [*policy(groups=(HALL,)).problems(book)]


# -- zombies -------------------------------------------------------------------------


def graves(**given: Any) -> Desk:
    """A community in which ten silent days make a zombie."""
    fields: dict[str, Any] = {"after": Duration.parse("10d"), **given}
    return Desk(ZombieWatch(key=KEY, duty=HOST, **fields))


def woken(*steps: Step) -> list[str | None]:
    """Return who is to be woken."""
    return [d.member for step in steps for d in step if isinstance(d, Recommend)]


def test_a_zombie_is_told_once() -> None:
    """Beyond the time, not at it; each sign of life begins it anew."""
    desk = graves()
    desk.tell(ev.Joined, START)
    desk.post(START + 5 * DAY)
    assert woken(desk.advance(START + 15 * DAY)) == []
    step = desk.advance(START + 15 * DAY + TICK)
    assert woken(step) == ["ann"]
    assert "已超过" in say(step.decisions[0].because, "zh")
    assert woken(desk.advance(START + 40 * DAY)) == []
    desk.post(START + 40 * DAY)
    assert woken(desk.advance(START + 51 * DAY)) == ["ann"]


def test_who_is_gone_is_no_zombie() -> None:
    """Nor a bot, nor who holds an exempt role; undated signs are none."""
    desk = graves(exempt=(OWNER,))
    for name in ("ann", "boss"):
        desk.tell(ev.Joined, START, name)
    desk.tell(ev.Joined, START, "robot", bot=True)
    desk.tell(ev.RoleAssigned, START, "boss", role=OWNER)
    desk.tell(ev.Left, START + DAY)
    desk.post(START, "cy", dated=False)
    assert woken(desk.advance(START + 30 * DAY)) == []


def test_two_accounts_live_as_one() -> None:
    """The later sign of the two counts; unknown roles are named."""
    desk = graves()
    desk.tell(ev.Joined, START)
    desk.tell(ev.Joined, START, "alt")
    desk.post(START + 5 * DAY, "alt")
    desk.tell(ev.IdentityLinked, START + 6 * DAY, alias=MemberId("alt"))
    assert woken(desk.advance(START + 12 * DAY)) == []
    assert woken(desk.advance(START + 16 * DAY)) == ["ann"]
    watch: Any = desk.policies[0]
    assert watch.join([], [], desk.view()) == []
    bad = ZombieWatch(key=KEY, duty=RoleName("x"), exempt=(RoleName("y"),))
    assert [p[0] for p in bad.problems(desk.view().definition)] == ["duty", "exempt[0]"]


def test_a_period_may_be_any() -> None:
    """By the month as well."""
    desk = follow(period=PeriodUnit.MONTH)
    desk.post(START - 4 * DAY)
    found = [
        d for d in desk.advance(START + 60 * DAY) if isinstance(d, ChangeLifecycle)
    ]
    assert [f"{d.after.value} {d.at:%Y-%m-%d}" for d in found] == [
        "fading 2026-02-01",
        "silent 2026-03-01",
    ]
