"""Roles as values: limits, spans, and what a person holds where and when."""

import pytest

from community_sdk._time import Duration
from community_sdk.model import (
    SANCTIONS,
    GroupId,
    Limit,
    MemberId,
    Person,
    Role,
    RoleAssignment,
    RoleName,
)
from tests.unit.desk import HOUR, START

MUTE, BAN = SANCTIONS["mute"], SANCTIONS["ban"]
HOST, OWNER = RoleName("host"), RoleName("owner")
HALL = GroupId("hall")


def test_limits_list_what_may_be_imposed() -> None:
    """None listed: anything, of any length; else only those."""
    day = Limit(kind=MUTE, longest=Duration.parse("1d"))
    assert Role(name=HOST).limit(BAN) == Limit(kind=BAN)
    assert Role(name=HOST, limits=(day,)).limit(MUTE) == day
    assert Role(name=HOST, limits=(day,)).limit(BAN) is None


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        (None, None, True),
        (START, None, True),
        (START + HOUR, None, False),
        (None, START, False),
        (None, START + HOUR, True),
    ],
)
def test_an_assignment_holds_up_to_but_not_at_its_end(
    since: object, until: object, held: object
) -> None:
    """``[since, until)``."""
    one = RoleAssignment(role=HOST, since=since, until=until)  # type: ignore[arg-type]
    assert one.holds(START) is held


def test_what_is_held_everywhere_is_held_in_each_group() -> None:
    """What is held in a group is held there alone; each role once."""
    ann = Person(
        id=MemberId("ann"),
        aliases=(MemberId("an"),),
        roles=(
            RoleAssignment(role=HOST),
            RoleAssignment(role=HOST, substitute_for=MemberId("bo")),
            RoleAssignment(role=OWNER, group=HALL),
            RoleAssignment(role=RoleName("guest"), until=START),
        ),
    )
    assert ann.held(START) == ("host",)
    assert ann.held(START, "den") == ("host",)
    assert ann.held(START, "hall") == ("host", "owner")
    assert [ann.known_as(name) for name in ("ann", "an", "bo", None)] == [
        True,
        True,
        False,
        False,
    ]
