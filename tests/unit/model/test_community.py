"""Communities with their groups, campaigns and key figures."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs.exceptions import FrozenInstanceError

from community_sdk._time import PeriodUnit, QuietHours
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.model import (
    KPI,
    Campaign,
    Community,
    CommunityId,
    Direction,
    Group,
    GroupId,
    Member,
    MemberId,
    MemberStatus,
    Positioning,
    Role,
    RoleName,
)

NIGHT, LUNCH = QuietHours.parse("23:00-07:00"), QuietHours.parse("12:00-13:00")
START = datetime(2026, 1, 1, tzinfo=UTC)


def community() -> Community:
    """A community with a quiet group and an ordinary one."""
    return Community(
        key=CommunityId("home"),
        zone="Asia/Shanghai",
        groups=(
            Group(key=GroupId("lunch"), quiet_hours=LUNCH, capacity=200),
            Group(key=GroupId("all")),
        ),
        quiet_hours=NIGHT,
    )


def test_a_group_is_found_by_its_key() -> None:
    """Rooms that are not declared are no mistake: they come and go."""
    home = community()
    assert home.group("lunch") is home.groups[0]
    assert home.group("other") is None
    assert home.group(None) is None


@pytest.mark.parametrize(
    ("group", "hours"),
    [("lunch", LUNCH), ("all", NIGHT), ("undeclared", NIGHT), (None, NIGHT)],
)
def test_a_groups_own_quiet_hours_come_first(
    group: str | None, hours: QuietHours
) -> None:
    """Else those of the community hold, also in rooms nobody declared."""
    assert community().quiet(group) == hours


def test_without_quiet_hours_nothing_is_quiet() -> None:
    """None stays None."""
    assert Community(key=CommunityId("home")).quiet("all") is None


def test_a_community_needs_a_zone_that_exists() -> None:
    """Days are cut in it, so a wrong name would move every border."""
    with pytest.raises(DefinitionError, match="`Mars/Base`"):
        Community(key=CommunityId("home"), zone="Mars/Base")


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_group_holds_at_least_one(capacity: int) -> None:
    """None means that only the platform caps; 0 would be no group."""
    with pytest.raises(ValueError, match="capacity"):
        Group(key=GroupId("g"), capacity=capacity)
    assert Group(key=GroupId("g"), capacity=1).capacity == 1


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=-1)])
def test_a_campaign_ends_after_it_begins(length: timedelta) -> None:
    """``[since, until)`` must hold an instant; both need a zone."""
    with pytest.raises(DefinitionError) as caught:
        Campaign(key="spring", since=START, until=START + length)
    assert caught.value.code == "campaign.until"
    with pytest.raises(HistoryError, match="time zone"):
        Campaign(key="spring", since=START.replace(tzinfo=None), until=START)
    brief = Campaign(key="spring", since=START, until=START + timedelta.resolution)
    assert (brief.places, brief.online, brief.groups) == (None, True, ())


def test_a_key_figure_has_a_period_a_direction_and_a_weight() -> None:
    """More is better, once a quarter, unless it is said otherwise."""
    kpi = KPI(key="growth", measure="members")
    assert (kpi.period, kpi.direction) == (PeriodUnit.QUARTER, Direction.UP)
    with pytest.raises(ValueError, match="weight"):
        KPI(key="growth", measure="members", weight=-1)


def test_nouns_are_values() -> None:
    """Equal facts make equal values; nothing can be changed in place."""
    assert community() == community()
    assert hash(community()) == hash(community())
    ann = Member(id=MemberId("ann"))
    assert (ann.status, ann.since, ann.bot) == (MemberStatus.UNKNOWN, None, False)
    assert Positioning() == Positioning(purpose="")
    assert Role(name=RoleName("owner")).rank == 0
    with pytest.raises(FrozenInstanceError):
        ann.bot = True  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
