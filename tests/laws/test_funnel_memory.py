"""What a funnel keeps of a member is what a look at all attempts would find (S20)."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import event, given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.engine import Engine
from community_sdk.events import Event
from community_sdk.metrics.funnel import Exclusion
from community_sdk.model import EventId, GroupId, MemberId, PolicyKey
from community_sdk.policies import Funnel, FunnelStep
from community_sdk.policies.funnel._memory import Memory
from tests.laws.effort import one_in
from tests.laws.test_funnel_modes import (
    CLASSES,
    PACE,
    START,
    WORDS,
    book,
    funnels,
    happenings,
)


@st.composite
def in_time(draw: st.DrawFn) -> list[Event]:
    """Draw many events of one member, each as it happens."""
    words = st.sampled_from([*WORDS, *WORDS, "left"])
    pauses = st.sampled_from([0, 1, 1, 1, 2])
    rows = draw(st.lists(st.tuples(words, pauses, st.booleans()), max_size=40))
    at, out = START, list[Event]()
    for nth, (word, pause, hall) in enumerate(rows):
        at += PACE * pause
        name, group = EventId(f"e{nth}"), "hall" if hall else "attic"
        out.append(CLASSES[word](id=name, at=at, member=MemberId("ann"), group=group))
    return out


def seen_anew(memory: Memory) -> tuple[Any, Any]:
    """Return what is kept, and what a look at all attempts finds."""
    kept, told = memory.kept, dict(memory.kept["told"])
    before = kept["now"], kept["high"]
    fresh = memory.news()
    found = kept["now"]
    kept["told"], (kept["now"], kept["high"]) = told, before
    return (before[0], []), (found, fresh)


@given(funnel=funnels(), history=st.one_of(in_time(), happenings(24)), wide=st.data())
@settings(one_in(1))
def test_what_is_passed_over_would_have_changed_nothing(
    funnel: Funnel, history: list[Event], wide: st.DataObject
) -> None:
    """INVARIANT: where no search was made, one finds the same attempt and no news."""
    wider = Duration(us=funnel.window.us * wide.draw(st.sampled_from([1, 2, 8])))
    engine, passes = Engine(book(evolve(funnel, window=wider))), Memory._passes
    passed = 0

    def watched(memory: Memory, row: list[Any], steps: Any) -> bool:
        nonlocal passed
        found = passes(memory, row, steps)
        if found:
            kept, anew = seen_anew(memory)
            assert kept == anew, (row, memory.kept)
            passed += 1
        return found

    with patch.object(Memory, "_passes", watched):
        for one in history:
            engine.receive(one)
    event(f"passed over {min(passed, 5)}")


STEPS = ("joined", "message", "introduced")
MODES: dict[str, dict[str, Any]] = {
    "optional": {},
    "exclusions": {"exclusions": (Exclusion(event="left", after=0, before=2),)},
    "totals": {"entry": "totals"},
    "first": {"entry": "first"},
    "unordered": {"order": "unordered"},
    "strict": {"order": "strict"},
    "increasing": {"ties": "increasing"},
    "same": {"same": ("group",)},
}


@pytest.mark.parametrize("mode", MODES)
def test_a_busy_member_costs_few_searches(mode: str) -> None:
    """Of a thousand messages that lead nowhere only a few are worth a search."""
    optional = mode == "optional"
    steps = [
        FunnelStep(event=word, optional=optional and nth == 1)
        for nth, word in enumerate(STEPS)
    ]
    window = Duration.parse("30d")
    funnel = Funnel(
        key=PolicyKey("f"), steps=tuple(steps), window=window, **MODES[mode]
    )
    engine, ann, hall = Engine(book(funnel)), MemberId("ann"), GroupId("hall")
    engine.receive(ev.Joined(id=EventId("j"), at=START, member=ann, group=hall))
    with patch.object(Memory, "news", autospec=True, side_effect=Memory.news) as news:
        for nth in range(1, 1_001):
            at, name = START + timedelta(minutes=nth), EventId(f"m{nth}")
            told = ev.MessagePosted(id=name, at=at, member=ann, group=hall)
            engine.receive(told)
    assert news.call_count <= 3
