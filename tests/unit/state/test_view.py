"""What policies see: windows that end now, quiet hours, rules, when figures fade."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import QuietHours, Window, instant, micros
from community_sdk.metrics import Metric
from community_sdk.model import Community, CommunityId, Group, GroupId
from tests.unit.desk import DAY, HOUR, START, TICK, Folded, at

ROLLING = ["1h", "30h", "1d", "4d", "week", "half_month", "month", "quarter", "year"]
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Africa/Cairo"])


def posts(window: str) -> Metric:
    """How many messages in *window*."""
    return Metric("count", kind="message", window=Window.parse(window))


def home(zone: str = "UTC") -> Community:
    """A community with quiet nights and a group with quiet noons."""
    return Community(
        key=CommunityId("home"),
        zone=zone,
        quiet_hours=QuietHours.parse("23:00-07:00"),
        groups=(
            Group(key=GroupId("hall"), quiet_hours=QuietHours.parse("12:00-13:00")),
        ),
    )


@given(
    st.sampled_from(ROLLING),
    ZONES,
    st.lists(st.integers(0, 60 * 24), min_size=1, max_size=8),
    st.integers(0, 3),
)
def test_a_figure_fades_exactly_when_it_is_told(
    window: str, zone: str, hours: list[int], less: int
) -> None:
    """INVARIANT: it stands until the instant before, and is below at that instant."""
    metric = posts(window)
    folded = Folded(metric, community=home(zone))
    start = at("2026-03-01 00:00", zone)
    for hour in sorted(hours):
        folded.tell(ev.MessagePosted, start + hour * HOUR)
    now = start + max(hours) * HOUR
    have = folded.measure(metric, now)
    assert have is not None
    need = have - less
    falls = folded.state.fades(metric, need)
    if need <= 0:
        assert falls is None
        return
    assert falls is not None
    assert falls > micros(now)
    before, after = (folded.measure(metric, instant(us)) for us in (falls - 1, falls))
    assert before is not None
    assert after is not None
    assert before >= need > after


@pytest.mark.parametrize("window", ["1h", "2d", "month"])
def test_what_is_below_already_does_not_fade(window: str) -> None:
    """Entries that have left the window hold up nothing."""
    metric = posts(window)
    folded = Folded(metric)
    for when in (START, START + 40 * DAY):
        folded.tell(ev.MessagePosted, when)
    assert folded.measure(metric, START + 40 * DAY) == 1
    assert folded.state.fades(metric, 2) is None
    assert folded.state.fades(metric, 3) is None


@pytest.mark.parametrize(
    "metric",
    [
        posts("lifetime"),
        posts("since_join"),
        Metric("active_days", kind="message", window=Window.parse("30d")),
        Metric("strikes", window=Window.parse("30d")),
    ],
)
def test_other_figures_do_not_say_when_they_fade(metric: Metric) -> None:
    """None where a figure never falls, or where it is not told."""
    folded = Folded(metric)
    folded.tell(ev.MessagePosted, START)
    folded.measure(metric, START)
    assert folded.state.fades(metric, 1) is None


@given(
    st.lists(st.integers(-50, 900), min_size=2, max_size=12),
    ZONES,
    st.sampled_from(ROLLING),
)
def test_windows_begin_where_the_calendar_says(
    hours: list[int], zone: str, window: str
) -> None:
    """INVARIANT: whatever was asked before, forwards or back."""
    metric = posts(window)
    folded = Folded(metric, posts("5h"), community=home(zone))
    for hour in hours:
        now = at("2026-03-07 20:00", zone) + hour * HOUR
        folded.state.begin(micros(now))
        since = folded.state.calendar.since(metric.window, micros(now))
        assert folded.state.bounds[folded.plan.window(metric.window)] == since
        assert folded.state.now == now


def test_windows_that_come_later_begin_as_well() -> None:
    """A plan that has grown since the last question."""
    folded = Folded(posts("1d"))
    folded.state.begin(micros(START))
    folded.plan.window(Window.parse("2d"))
    folded.plan.window(Window.parse("since_join"))
    folded.state.begin(micros(START))
    bounds = [micros(START - START.hour * HOUR), micros(START - 36 * HOUR), -1]
    assert folded.state.bounds == bounds
    member = folded.tell(ev.Joined, START)
    assert folded.state.begins(member) == [*bounds[:2], micros(START)]


@pytest.mark.parametrize(
    ("group", "hours"),
    [("hall", "12:00-13:00"), ("other", "23:00-07:00"), (None, "23:00-07:00")],
)
def test_quiet_hours_are_those_of_the_group_or_of_all(
    group: str | None, hours: str
) -> None:
    """Asked twice, the answer is the same."""
    state = Folded(community=home()).state
    assert str(state.quiet_hours(group)) == hours
    assert state.quiet_hours(group) is state.quiet_hours(group)


def test_rules_and_tier_groups_are_looked_up() -> None:
    """None where the rulebook is silent."""
    state = Folded().state
    rule = state.rule("flood")
    assert rule is not None
    assert (rule.ladder, state.rule("other")) == ("noise", None)
    assert {*state.ladders} == {"grade"}


def test_only_named_metrics_can_be_measured() -> None:
    """A policy must say beforehand what it will ask for."""
    folded = Folded(posts("1d"))
    assert folded.measure(posts("1d"), START) == 0
    with pytest.raises(KeyError):
        folded.measure(posts("2d"), START)


@pytest.mark.parametrize(
    ("window", "back", "inside"),
    [
        ("24h", DAY - TICK, 1),
        ("24h", DAY, 0),
        ("2d", timedelta(hours=36), 1),
        ("2d", timedelta(hours=36) + TICK, 0),
        ("day", timedelta(hours=12), 1),
        ("day", timedelta(hours=12) + TICK, 0),
        ("week", timedelta(hours=12), 1),
        ("week", timedelta(hours=12) + TICK, 0),
    ],
)
def test_borders_of_windows(window: str, back: timedelta, inside: int) -> None:
    """The first instant of a day is in; what is exactly one exact window old is out."""
    folded = Folded(posts(window))
    folded.tell(ev.MessagePosted, START - back)
    assert folded.measure(posts(window), START) == inside
