"""Join codes that open groups beside each other (S02 S18)."""

from datetime import datetime
from typing import Any

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import OpenGroup, RefuseAct, Route
from community_sdk.model import GroupId, JoinCode, NextGroups
from community_sdk.wording import say
from tests.unit.desk import HOUR, START, Book, Desk
from tests.unit.policies.channels.test_join_codes import (
    SIDE,
    TOWN,
    desk,
    led,
    policy,
    pool,
    scan,
    told,
)


def test_two_codes_open_groups_of_names_of_their_own() -> None:
    """INVARIANT: nobody is led beyond the limit of a group that another code opened."""
    small = JoinCode(key="door", opens=NextGroups(name="g", capacity=1))
    large = JoinCode(key="gate", opens=NextGroups(name="g", capacity=5))
    one = desk(small, large)
    steps = [scan(one, START, "ann"), scan(one, START, "bo", "gate")]
    opened = [d.group for step in steps for d in step if isinstance(d, OpenGroup)]
    ways = [d.group for step in steps for d in step if isinstance(d, Route)]
    assert opened == ways == ["g1", "g2"]


def test_a_picture_is_renewed_of_a_group_of_the_pool() -> None:
    """Of another one it is refused, with the nearest; opened groups belong to it."""
    opens = NextGroups(name="room", capacity=1, first=2)
    one = desk(pool("b", lasts=Duration.parse("7d"), opens=opens))
    led(one, "ann", "bo", "cy")
    for room, nearest in (("roon2", "room2"), ("a", None), ("room2", "")):
        step = one.tell(ev.CodeRenewed, START + HOUR, code="door", room=GroupId(room))
        found = [d.because["nearest"] for d in step if isinstance(d, RefuseAct)]
        assert found == ([] if nearest == "" else [nearest])
        assert all(say(d.because, lang) for d in step for lang in ("en", "zh"))
    assert one.engine.community.slices["codes"]["codes"]["door"]["renewed"].keys() == {
        "room2"
    }


def changed(one: Desk, when: datetime, *codes: JoinCode) -> None:
    """Let other codes hold from *when* on."""
    book = Book(policies=(policy(*codes),), community=TOWN, version="2", digest="2")
    one.engine.offer(book)
    given: dict[str, Any] = {"version": "2", "digest": "2", "member": None}
    one.tell(ev.PlaybookAdopted, when, effective=when, **given)


def test_who_waits_comes_first_into_places_that_are_new() -> None:
    """Whoever scans as the first after the change."""
    one = desk(pool("b", limit=1))
    led(one, "ann", "bo")
    changed(one, START + HOUR, pool("b", "c", limit=1))
    step = scan(one, START + 2 * HOUR, "cy")
    assert told(step) == [("bo", "c"), ("cy", "waits 1")]


def test_who_waits_for_a_code_that_is_gone_is_told() -> None:
    """With the next thing that happens; nobody waits in silence."""
    one = desk(pool("b", limit=1))
    led(one, "ann", "bo")
    changed(one, START + HOUR, JoinCode(key="gate", groups=SIDE))
    step = scan(one, START + 2 * HOUR, "cy", "gate")
    assert told(step) == [("bo", "unknown"), ("cy", "a")]
