"""When to look again: after which events, and at which instant (S09)."""

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration, micros
from community_sdk.conditions import metrics, moved_by, next_look, parse_condition
from community_sdk.model import PolicyKey
from community_sdk.policies import (
    Segment,
    Segmentation,
    Tag,
    TagGroup,
    TagPolicy,
    TagRule,
)
from tests.unit.desk import DAY, HOUR, START, TICK, Desk

TALKS = 'count("message", "7d") > count("reaction", "7d")'


def look(text: str, *events: "Told") -> object:
    """Return when *text* is looked at again, in hours after the last event."""
    condition = parse_condition(text)
    policy = Segmentation(
        key=PolicyKey("s"),
        segments=(Segment(key="a", when=condition),),
        rest=Segment(key="b"),
    )
    one = Desk(policy)
    for make, more in events:
        one.tell(make, START, **more)  # type: ignore[arg-type]
    due = next_look([condition], one.view())
    return None if due is None else (due - micros(START)) / (HOUR / TICK)


Told = tuple[type[ev.Event], dict[str, object]]
POST: Told = (ev.MessagePosted, {})


@pytest.mark.parametrize(
    ("text", "events", "hours"),
    [
        ('count("message", "24h") >= 1', (POST,), 24),
        ('count("message", "24h") >= 3', (POST,), None),
        ('count("message", "3d") >= 1', (POST,), 60),
        ('active_days("3d") >= 1', (POST,), 12),
        ('active_days("3d") >= 1', (), None),
        (TALKS, (POST,), 12),
        ('tenure() >= "3d"', (POST,), 72),
        (
            'has("role", "host")',
            ((ev.RoleAssigned, {"role": "host", "until": START + 5 * HOUR}),),
            5,
        ),
        ('has("group", "hall")', (POST,), None),
        ('has("tag", "x")', (POST,), None),
        ("True", (POST,), None),
    ],
)
def test_the_instant_of_the_next_look(
    text: str,
    events: tuple[Told, ...],
    hours: float | None,
) -> None:
    """Exact where it can be, else when the local day begins."""
    assert look(text, *events) == hours


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('count("message", "since_join") >= 1', "left"),
        ('count("message", "since_tier") >= 1', "tier_changed"),
        ('strikes("30d") >= 1', "rule_broken"),
        ('strikes("30d") >= 1', "sanction_ordered"),
        ('balance("points") >= 1', "points_posted"),
        ('has("segment", "x")', "segment_changed"),
        ('has("status", "active")', "left"),
    ],
)
def test_the_events_that_move_a_figure(text: str, word: str) -> None:
    """What is counted, and what begins the window."""
    assert word in moved_by(metrics(parse_condition(text)))
    assert "identity_linked" in moved_by(())


def test_a_look_that_is_no_longer_needed_is_forgotten() -> None:
    """Timers of others are none of its business."""
    text = 'count("message", "24h") >= 1'
    rule = TagRule(tag="t", when=parse_condition(text), valid=Duration.parse("9d"))
    groups = (TagGroup(key="g", tags=(Tag(key="t"),)),)
    tags = TagPolicy(key=PolicyKey("tags"), groups=groups, rules=(rule,))
    segments = Segmentation(
        key=PolicyKey("s"),
        segments=(Segment(key="a", when=parse_condition(text)),),
        rest=Segment(key="b"),
    )
    one = Desk(tags, segments)
    one.post(START)
    assert set(one.member().timers) == {"tags/look", "s/look"}
    one.tell(ev.TagCleared, START + HOUR, tag="t")
    one.advance(START + 3 * DAY)
    assert one.member().timers == {}
    one.post(START + 4 * DAY)
    one.tell(ev.Left, START + 4 * DAY + HOUR)
    one.advance(START + 20 * DAY)
    assert one.member().timers == {}
