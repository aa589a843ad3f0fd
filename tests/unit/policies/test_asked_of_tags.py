"""Tiers and badges that ask for a tag follow it at once."""

from __future__ import annotations

from community_sdk import events as ev
from community_sdk.conditions import parse_condition
from community_sdk.engine import Step
from community_sdk.model import PolicyKey
from community_sdk.policies import (
    Badge,
    BadgePolicy,
    Bar,
    QualificationPolicy,
    Tag,
    TagGroup,
    TagPolicy,
)
from tests.unit.desk import HOUR, START, Desk
from tests.unit.policies.terraces import ACTIVE

VIP = parse_condition('has("tag", "vip")')


def kinds(step: Step) -> list[str]:
    """What a step decided, in order of the words."""
    return sorted(decision.kind for decision in step.decisions)


def test_a_tag_given_and_taken_moves_what_asks_for_it() -> None:
    """No other event is needed."""
    groups = (TagGroup(key="g", tags=(Tag(key="vip"),)),)
    one = Desk(
        TagPolicy(key=PolicyKey("tags"), groups=groups),
        QualificationPolicy(
            key=PolicyKey("q"),
            tiers="grade",
            bars={ACTIVE: Bar(entry=VIP)},
            downgrade="immediate",
        ),
        BadgePolicy(
            key=PolicyKey("b"), badges=(Badge(key="v", when=VIP, temporary=True),)
        ),
    )
    one.tell(ev.Joined, START)
    given = one.tell(ev.TagSet, START + HOUR, tag="vip")
    assert kinds(given) == ["change_tier", "grant_badge"]
    taken = one.tell(ev.TagCleared, START + 2 * HOUR, tag="vip")
    assert kinds(taken) == ["change_tier", "revoke_badge"]
