"""Join codes that open groups beside each other (S02 S18)."""

from community_sdk.decisions import OpenGroup, Route
from community_sdk.model import JoinCode, NextGroups
from tests.unit.desk import START
from tests.unit.policies.channels.test_join_codes import desk, scan


def test_two_codes_open_groups_of_names_of_their_own() -> None:
    """INVARIANT: nobody is led beyond the limit of a group that another code opened."""
    small = JoinCode(key="door", opens=NextGroups(name="g", capacity=1))
    large = JoinCode(key="gate", opens=NextGroups(name="g", capacity=5))
    one = desk(small, large)
    steps = [scan(one, START, "ann"), scan(one, START, "bo", "gate")]
    opened = [d.group for step in steps for d in step if isinstance(d, OpenGroup)]
    led = [d.group for step in steps for d in step if isinstance(d, Route)]
    assert opened == led == ["g1", "g2"]
