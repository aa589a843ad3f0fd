"""Events that end before they begin are no part of any history."""

from __future__ import annotations

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.errors import HistoryError
from community_sdk.model import OverrideKind, TierKey
from community_sdk.wording import say_problem
from tests.unit.desk import DAY, START, TICK, head

TIER = {"tiers": "grade", "tier": TierKey("core")}
BOOST = TIER | {"override": OverrideKind.BOOST}


@pytest.mark.parametrize(
    ("kind", "name", "more"),
    [
        (ev.TierSet, "until", TIER),
        (ev.TierOverridden, "until", BOOST),
        (ev.TierOverridden, "until", BOOST | {"since": START + DAY}),
        (ev.TierExcused, "until", {"cause": "ill"}),
        (ev.TierExcused, "until", {"cause": "ill", "since": START + DAY}),
        (ev.TierImported, "until", TIER | {"since": START - DAY}),
        (ev.ExtraTierGranted, "until", TIER),
        (ev.TagSet, "until", {"tag": "vip"}),
        (ev.BalanceImported, "expires_at", {"amount": 5}),
        (ev.PointsAdjusted, "expires_at", {"amount": 5}),
    ],
)
def test_an_end_lies_after_its_beginning(
    kind: Any, name: str, more: dict[str, Any]
) -> None:
    """The instant itself is too early; what was found and expected is told."""
    begin = more.get("since", START)
    for end in (begin, begin - DAY):
        with pytest.raises(HistoryError) as caught:
            kind(**head("e", START, **more, **{name: end}))
        error = caught.value
        assert error.code == "event.ends_early"
        assert error.figures == {
            "id": "e",
            "found": end.isoformat(),
            "since": begin.isoformat(),
        }
        assert f"expected an end after {begin.isoformat()}" in str(error)
        assert begin.isoformat() in say_problem(error, "zh")
    assert kind(**head("e", START, **more, **{name: begin + TICK})).value(name)


def test_what_is_taken_over_began_before_it_was_told() -> None:
    """A membership and a tier of the future are none."""
    for kind, more in ((ev.MembershipImported, {}), (ev.TierImported, TIER)):
        with pytest.raises(HistoryError) as caught:
            kind(**head("e", START, since=START + TICK, **more))
        assert caught.value.code == "event.begins_late"
        assert kind(**head("e", START, since=START, **more)).value("since") == START


def test_an_end_has_a_zone() -> None:
    """As every instant."""
    with pytest.raises(HistoryError) as caught:
        ev.TagSet(**head("e", START, tag="vip", until=START.replace(tzinfo=None)))
    assert caught.value.code == "time.naive"
