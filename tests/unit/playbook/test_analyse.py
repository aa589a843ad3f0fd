"""A funnel of a playbook over a whole history, conditions on the member included."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk.decisions import RecordStage
from community_sdk.errors import DefinitionError
from community_sdk.events import Event
from community_sdk.model import MemberId, RoleName, TierKey
from community_sdk.playbook import Playbook, loads
from tests.unit.desk import HOUR, START, head

BOOK = loads(
    """
format = 1
[community]
key = "c"
zone = "Asia/Shanghai"
[[role]]
name = "host"
[[tiers]]
key = "grade"
tier = [{ key = "fan" }, { key = "core" }]
[[policy]]
kind = "qualification"
key = "grade"
tiers = "grade"
[policy.bars.core]
entry = 'count("message", "30d") >= 2'
[[policy]]
kind = "funnel"
key = "way"
window = "30d"
entry = "totals"
steps = [
  { event = "joined" },
  { event = "message", when = 'has("role", "host") or has("tier", "core")' },
  { event = "tier_changed" },
]
[[policy]]
kind = "funnel"
key = "plain"
window = "30d"
steps = [{ event = "joined" }, { event = "message" }]
"""
)
ACTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "joins": (ev.Joined, {}),
    "writes": (ev.MessagePosted, {}),
    "hosts": (ev.RoleAssigned, {"role": RoleName("host")}),
    "rises": (
        ev.TierImported,
        {"tiers": "grade", "tier": TierKey("core"), "since": START},
    ),
    "is alt": (ev.IdentityLinked, {"alias": MemberId("alt")}),
}
STORIES = st.lists(
    st.tuples(
        st.sampled_from([*ACTS, "joins", "writes", "writes"]),
        st.sampled_from(["ann", "ann", "ben", "alt"]),
        st.integers(0, 9),
    ),
    max_size=14,
)


def happenings(story: list[tuple[str, str, int]]) -> list[Event]:
    """The events of a story, one an hour; some are told a few hours late."""
    made: list[Event] = []
    for nth, (what, who, late) in enumerate(story):
        make, more = ACTS[what]
        when = START + nth * HOUR
        known = when + max(0, late - 6) * HOUR
        made.append(make(**head(f"e{nth}", when, who, recorded_at=known, **more)))
    return made


@given(STORIES)
def test_a_history_is_judged_as_the_engine_judges_it(
    story: list[tuple[str, str, int]],
) -> None:
    """INVARIANT: the levels are those that were announced, whatever was asked when."""
    told = happenings(story)
    engine, announced = BOOK.engine(), dict[str, int]()
    for event in sorted(told, key=lambda e: (e.recorded_at, e.at, e.seq)):
        for decision in engine.receive(event):
            if isinstance(decision, RecordStage) and decision.policy == "way":
                who = engine.view(str(decision.member)).member.id
                announced[who] = max(decision.step, announced.get(who, -1))
    announced = {engine.view(who).member.id: n for who, n in announced.items()}
    found: dict[str, int] = {}
    for outcome in BOOK.analyse("way", reversed(told)).report().outcomes:
        level = max(outcome.attempt.level, found.get(outcome.subject, -1))
        found[outcome.subject] = level
    linked = any(what == "is alt" for what, _, _ in story)
    if linked:
        assert {*found} == {*announced}
    else:
        assert found == announced


def test_facts_of_the_engine_are_steps() -> None:
    """A history holds none; they follow from it."""
    wrote = ("writes", "ann", 0)
    told = happenings([("joins", "ann", 0), wrote, wrote])
    host = [(what, "ben", 0) for what in ("joins", "hosts", "writes")]
    hosted = happenings(host)
    report = BOOK.analyse("way", told).report()
    assert report.counts == (1, 0, 0)
    assert BOOK.analyse("way", hosted).report().counts == (1, 1, 0)
    assert BOOK.analyse("plain", told).report().counts == (1, 1)
    more = [*told, *(ev.MessagePosted(**head("m", START + 5 * HOUR, "ann")),)]
    late = BOOK.analyse("way", more, until=START + 9 * HOUR)
    assert late.report().counts == (1, 1, 0)


def test_time_passes_to_the_end_of_the_observation() -> None:
    """What falls due by then is a fact too."""
    text = """
format = 1
[community]
key = "c"
[[policy]]
kind = "onboarding"
key = "first"
tasks = [{ what = "introduce", met_by = "introduced", within = "2d" }]
[[policy]]
kind = "funnel"
key = "lost"
window = "30d"
steps = [{ event = "joined" }, { event = "obligation_missed" }]
"""
    told = happenings([("joins", "ann", 0)])
    book = loads(text)
    assert book.analyse("lost", told).report().counts == (1, 0)
    ended = book.analyse("lost", told, until=START + 72 * HOUR)
    assert ended.report().counts == (1, 1)


@pytest.mark.parametrize("key", ["wy", "grade"])
def test_only_funnels_are_analysed(key: str) -> None:
    """The nearest one is named."""
    with pytest.raises(DefinitionError, match=f"found `{key}`") as caught:
        BOOK.analyse(key, ())
    assert ("`way`" in caught.value.hint) == (key == "wy")


def test_the_playbook_stays_as_it_is() -> None:
    """Who looks on is no part of it."""
    before = BOOK.digest
    BOOK.analyse("way", happenings([("joins", "ann", 0)]))
    assert isinstance(BOOK, Playbook)
    assert BOOK.digest == before
