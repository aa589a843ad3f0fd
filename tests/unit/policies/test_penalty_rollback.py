"""Strikes taken back at once, on ladders that lift what the count lost (S06)."""

from collections import Counter
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.decisions import EndSanction
from community_sdk.engine import Step
from community_sdk.model import EventId, MemberId, Overlap
from community_sdk.policies import rolled_back
from tests.unit.desk import DAY, HOUR, START, Desk
from tests.unit.policies.ladders import active, both, breach, overturn, rung, total

MOD = MemberId("mod")
STEPS = (rung(2, "mute"), rung(3, "suspend"))


def lifting(*steps: Any, **given: Any) -> Desk:
    """A ladder that lifts what is above the number that the record fell to."""
    return both(*(steps or STEPS), below_threshold="lift", **given)


def back(one: Desk, when: Any = START + DAY) -> Step:
    """Take back all that mod did before."""
    order = ev.ActsRolledBack(
        id=EventId("r"), at=when, issuer=MOD, since=START - DAY, until=when
    )
    (mine,) = rolled_back(order, [one.member()])
    return one.engine.receive(mine)


def ends(step: Step) -> list[tuple[str, str]]:
    """What ended, each with the word of its reason; nothing ends twice."""
    found = [d for d in step.decisions if isinstance(d, EndSanction)]
    twice = [s for s, times in Counter(d.sanction for d in found).items() if times > 1]
    assert not twice
    return [(str(d.because["measure"]), d.because.key) for d in found]


def test_a_rollback_ends_each_sanction_once() -> None:
    """However many strikes are taken back at once, with the reason that fits."""
    one = lifting(per="member")
    for nth, by in enumerate((MOD, MOD, None)):
        breach(one, START + nth * HOUR, actor=by)
    assert sorted(active(one)) == ["mute", "suspend"]
    assert sorted(ends(back(one))) == [
        ("mute", "penalty.overturned"),
        ("suspend", "penalty.below"),
    ]
    assert active(one) == []


def test_a_rollback_across_categories_ends_each_sanction_once() -> None:
    """Strikes of one category speak for the sanctions of that category alone."""
    apart = {"*": Overlap.INDEPENDENT}
    one = lifting(rung(1, "warning"), rung(2, "mute"), overlap=apart)
    for nth, rule in enumerate(("flood", "quiet", "flood", "quiet")):
        breach(one, START + nth * HOUR, rule, actor=None if nth > 1 else MOD)
    assert active(one) == ["mute", "mute"]
    assert ends(back(one)) == [("mute", "penalty.below")] * 2


def test_strikes_of_another_ladder_lift_nothing() -> None:
    """Though the count has fallen by itself since."""
    one = lifting(per="member", categories=("noise",), window="10d")
    breach(one, START)
    breach(one, START + HOUR)
    breach(one, START + 2 * HOUR, "quiet", id="other")
    assert ends(overturn(one, "other", START + 20 * DAY)) == []
    assert active(one) == ["mute"]


@pytest.mark.parametrize(("wrong", "stays"), [("s1", True), ("s3", False)])
def test_what_used_strikes_up_is_weighed_with_them(wrong: str, *, stays: bool) -> None:
    """A mistake elsewhere leaves it; one among its grounds sets the others free."""
    one = lifting(rung(2, "mute"), per="member", consume_on_trigger=True)
    for nth in range(4):
        breach(one, START + nth * HOUR, id=f"s{nth + 1}")
    first, second = (s.id for s in one.member().sanctions)
    step = overturn(one, wrong, START + DAY)
    assert ends(step) == [("mute", "penalty.below_used")]
    gone, left = (first, second) if stays else (second, first)
    states = {s.id: s.state for s in one.member().sanctions}
    assert states == {gone: "overturned", left: "active"}
    assert total(one) == 1


def test_a_strike_whose_sanction_stays_changes_nothing_told_late() -> None:
    """The sanction of an overturned strike may stand where the count supports it."""
    one = lifting(rung(1, "mute"), per="member")
    breach(one, START)
    breach(one, START + HOUR)
    assert ends(overturn(one, "e1", START + 2 * HOUR)) == []
    late = one.tell(
        ev.RuleBroken, START - DAY, rule="flood", recorded_at=START + 3 * HOUR
    )
    keys = {p.key for d in late.decisions for p in d.because.parts}
    assert "penalty.counted" in keys
    assert "penalty.told_late" not in keys
