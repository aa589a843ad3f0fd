"""Funnels: online, over the whole history and by trying every chain (S20)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import RecordStage
from community_sdk.engine import Engine
from community_sdk.events import Event
from community_sdk.model import Community, CommunityId, EventId, MemberId, PolicyKey
from community_sdk.playbook import Playbook
from community_sdk.policies import Funnel, FunnelStep
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in

START = datetime(2026, 3, 28, 22, tzinfo=UTC)
PACE = timedelta(minutes=30)
WINDOW = timedelta(hours=1)
CLASSES: dict[str, Any] = {
    "joined": ev.Joined,
    "message": ev.MessagePosted,
    "introduced": ev.Introduced,
}
WHERE = st.sampled_from([(), (), (("reply", True),)])


@st.composite
def funnels(draw: st.DrawFn) -> Funnel:
    """Up to four steps of three words, so that an event often is one of several."""
    words = draw(st.lists(st.sampled_from(sorted(CLASSES)), min_size=1, max_size=4))
    steps = tuple(
        FunnelStep(event=w, where=draw(WHERE) if w == "message" else ()) for w in words
    )
    window = Duration(us=WINDOW // timedelta(microseconds=1))
    return Funnel(key=PolicyKey("f"), steps=steps, window=window)


@st.composite
def happenings(draw: st.DrawFn) -> list[Event]:
    """Up to eight events within two and a half hours, told in any order."""
    count = draw(st.integers(1, 8))
    out: list[Event] = []
    for nth in range(count):
        word = draw(st.sampled_from(sorted(CLASSES)))
        more = {"reply": draw(st.booleans())} if word == "message" else {}
        at = START + PACE * draw(st.integers(0, 5))
        who = draw(st.sampled_from(["ann", "ann", "ann", "ben"]))
        known = draw(st.sampled_from([at, START + 6 * PACE]))
        out.append(
            CLASSES[word](
                id=EventId(f"e{nth}"),
                at=at,
                recorded_at=known,
                member=MemberId(who),
                **more,
            )
        )
    return sorted(out, key=lambda e: e.recorded_at)


@given(funnel=funnels(), history=happenings())
@settings(one_in(1))
def test_the_best_chain_is_found(funnel: Funnel, history: list[Event]) -> None:
    """Event by event, at once, and by trying every chain: the same highest step."""
    book = Playbook(community=Community(key=CommunityId("c")), policies=(funnel,))
    online = announced(Engine(book), history)
    best = {who: longest(funnel, history, who) for who in ("ann", "ben")}
    reached = {who: level for who, level in best.items() if level >= 0}
    assert funnel.levels(history) == reached
    assert online == reached


def announced(engine: Engine, history: list[Event]) -> dict[str, int]:
    """Return the highest step announced; none is announced twice or backwards."""
    out: dict[str, int] = {}
    for event in history:
        for decision in engine.receive(event).decisions:
            if isinstance(decision, RecordStage):
                who = str(decision.member)
                assert decision.step > out.get(who, -1)
                out[who] = decision.step
    return out


def longest(funnel: Funnel, history: list[Event], who: str) -> int:
    """Return the last step of the longest chain, by trying all of them."""
    mine = [e for e in history if e.member == who]
    openings = [e for e in mine if funnel.steps[0].matches(e)]
    return max((chain(funnel, mine, [opening]) for opening in openings), default=-1)


def chain(funnel: Funnel, mine: list[Event], taken: list[Event]) -> int:
    """Return the last step of the longest chain that begins with *taken*."""
    done = len(taken) - 1
    if done + 1 == len(funnel.steps):
        return done
    tails = [
        chain(funnel, mine, [*taken, e])
        for e in mine
        if all(e is not used for used in taken)
        and funnel.steps[done + 1].matches(e)
        and e.at >= taken[-1].at
        and e.at - taken[0].at <= WINDOW
    ]
    return max(tails, default=done)


@given(data=st.data())
@settings(one_in(2))
def test_online_equals_the_whole_history(data: st.DataObject) -> None:
    """With drawn funnels, zones, windows in months, late and undated events."""
    funnel = data.draw(cst.funnels())
    book = evolve(data.draw(cst.playbooks(("funnel",))), policies=(funnel,))
    told = {*funnel.words} - {"identity_linked"}
    kinds = tuple(told & {*cst.KINDS} or {"message"})
    drawn = cst.histories(playbook=book, kinds=kinds, late=True, min_size=4)
    history = [e for e in data.draw(drawn) if not getattr(e, "bot", False)]
    engine = Engine(book)
    found = announced(engine, history)
    where = engine.view("ann").calendar.where
    assert found == funnel.levels(history, where=where)


def test_chains_are_tried() -> None:
    """The enumeration itself: A A B at 0 10 10 reaches two steps, in time only."""
    steps = (FunnelStep(event="joined"), FunnelStep(event="message"))
    funnel = Funnel(key=PolicyKey("f"), steps=steps, window=Duration.parse("1h"))
    classes = (ev.Joined, ev.Joined, ev.MessagePosted)
    for gap, level in ((1, 1), (2, 1), (3, 1)):
        times = (START, START + PACE * gap, START + PACE * gap)
        history: list[Event] = [
            cls(id=EventId(f"e{n}"), at=at, member=MemberId("ann"))
            for n, (cls, at) in enumerate(zip(classes, times, strict=True))
        ]
        assert longest(funnel, history, "ann") == level
        assert longest(funnel, [history[0], history[2]], "ann") == (gap < 3)
