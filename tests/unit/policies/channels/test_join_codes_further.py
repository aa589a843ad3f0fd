"""Join codes that open groups beside each other (S02 S18)."""

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import OpenGroup, RefuseAct, Route
from community_sdk.model import GroupId, JoinCode, NextGroups
from community_sdk.wording import say
from tests.unit.desk import HOUR, START
from tests.unit.policies.channels.test_join_codes import desk, led, pool, scan


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
