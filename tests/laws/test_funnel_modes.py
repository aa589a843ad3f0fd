"""Funnels in every mode: told event by event as over the whole history (S20)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.engine import Engine
from community_sdk.events import Event
from community_sdk.explanation import Explanation
from community_sdk.metrics.funnel import Exclusion
from community_sdk.model import Community, CommunityId, EventId, MemberId, PolicyKey
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import Funnel, FunnelStep
from tests.laws.effort import one_in

START = datetime(2026, 3, 28, 22, tzinfo=UTC)
PACE = timedelta(minutes=30)
HOUR = Duration.parse("1h")
WORDS = ("joined", "message", "introduced")
REPLIES: Any = st.sampled_from([(), (("reply", True),)])
CLASSES: dict[str, Any] = {
    "joined": ev.Joined,
    "message": ev.MessagePosted,
    "introduced": ev.Introduced,
    "left": ev.Left,
}


@st.composite
def funnels(draw: st.DrawFn) -> Funnel:
    """Draw funnels of up to four steps with everything that a playbook may ask."""
    order: Any = draw(st.sampled_from(["ordered", "ordered", "strict", "unordered"]))
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
    last, free = len(words) - 1, order == "unordered"
    firsts: Any = st.sampled_from(["", "", "", "event", "filter"])
    limits: Any = st.sampled_from([None, None, HOUR])
    steps = tuple(
        FunnelStep(
            event=word,
            where=draw(REPLIES) if word == "message" else (),
            optional=not free and 0 < nth < last and draw(st.booleans()),
            within=draw(limits) if nth and not free else None,
            first_time=draw(firsts),
        )
        for nth, word in enumerate(words)
    )
    spans = (
        [(0, last)] if free else [(a, b) for b in range(1, last + 1) for a in range(b)]
    )
    barred = draw(st.lists(st.sampled_from(spans), max_size=2)) if last else []
    entry: Any = draw(st.sampled_from(["best", "best", "first", "totals"]))
    ties: Any = draw(st.sampled_from(["any", "position", "increasing"]))
    scope: Any = draw(st.sampled_from(["attempt"] if free else ["attempt", "user"]))
    among: Any = [(), ("left",), WORDS] if order == "strict" else [()]
    return Funnel(
        key=PolicyKey("f"),
        steps=steps,
        window=Duration(us=draw(st.integers(1, 4)) * PACE // timedelta(microseconds=1)),
        order=order,
        ties=ties,
        entry=entry,
        exclusion_scope=scope,
        exclusions=tuple(Exclusion(event="left", after=a, before=b) for a, b in barred),
        same=draw(st.sampled_from([(), (), ("group",)])),
        among=draw(st.sampled_from(among)),
        reuse_event=draw(st.booleans()),
        nudge=draw(st.sampled_from(["", "call"])),
    )


@st.composite
def happenings(draw: st.DrawFn, most: int = 12) -> list[Event]:
    """Draw events of few hours, in any order, no later than lateness allows."""
    out: list[Event] = []
    for nth in range(draw(st.integers(1, most))):
        word = draw(st.sampled_from([*WORDS, *WORDS, "left"]))
        more = {"reply": draw(st.booleans())} if word == "message" else {}
        at = START + PACE * draw(st.integers(0, 24))
        late = draw(st.sampled_from([0, 0, 1, 4]))
        out.append(
            CLASSES[word](
                id=EventId(f"e{nth}"),
                at=at,
                recorded_at=at + PACE * late,
                member=MemberId(draw(st.sampled_from(["ann", "ann", "ann", "ben"]))),
                group=draw(st.sampled_from(["hall", "hall", "attic", None])),
                **more,
            )
        )
    return sorted(out, key=lambda e: e.recorded_at)


def book(funnel: Funnel) -> Playbook:
    """A community in which events may be two hours late, written and read back."""
    made = Playbook(
        community=Community(key=CommunityId("c")),
        policies=(funnel,),
        lateness=Duration.parse("2h"),
    )
    return loads(dumps(made))


@given(funnel=funnels(), history=happenings())
@settings(one_in(1))
def test_every_mode_is_told_as_over_the_whole_history(
    funnel: Funnel, history: list[Event]
) -> None:
    """INVARIANT: after each event the standing is that of the analysis so far."""
    engine = Engine(book(funnel))
    for count, event in enumerate(history, 1):
        engine.receive(event)
        analysis = funnel.analyse(history[:count], until=event.recorded_at)
        name = str(event.member)
        assert standing(engine, name, funnel) == figures(analysis.explain(name))


@given(funnel=funnels(), history=happenings(40))
@settings(one_in(4))
def test_what_is_forgotten_changes_nothing(
    funnel: Funnel, history: list[Event]
) -> None:
    """INVARIANT: also when everything that is final is folded after each event."""
    engine = Engine(book(funnel))
    for event in history:
        engine.receive(event)
        kept = engine.members[str(event.member)].slices.get("f", {})
        if "rows" in kept:
            kept["check"] = -1
    for name in ("ann", "ben"):
        if any(e.member == name for e in history):
            analysis = funnel.analyse(history, until=history[-1].recorded_at)
            assert standing(engine, name, funnel) == figures(analysis.explain(name))


def standing(engine: Engine, name: str, funnel: Funnel) -> tuple[object, ...]:
    """Return how far the member came, in which attempt, and whether it may go on."""
    state = engine.view(name)
    state.mine = engine.members[name].slices.get("f")
    return figures(funnel.standing(state))


def figures(why: Explanation) -> tuple[object, ...]:
    """Return what the two explanations have in common."""
    if why.key not in ("funnel.standing", "funnel.done"):
        return ("funnel.not_entered",)
    if why.key == "funnel.done":
        return (why.key, why["step"])
    names = ("step", "opened", "closes", "open", "broken")
    return (why.key, *(why[name] for name in names))
