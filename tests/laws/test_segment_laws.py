"""The laws of the kit hold for tags and segments; one segment, one of a group (S09)."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk._time import micros
from community_sdk.decisions import Mode
from community_sdk.events import Event, SegmentChanged
from community_sdk.playbook import Playbook
from community_sdk.policies import Segmentation
from community_sdk.testing import laws
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in

FAMILIES = ("tags", "segments", "points", "onboarding")
KINDS = (
    *("message", "message", "purchase", "joined", "rule_broken"),
    *("tag_set", "tag_set", "tag_cleared", "identity_linked", "custom"),
)
Run = tuple[Playbook, list[Event]]


@st.composite
def runs(draw: st.DrawFn, *, late: bool = True) -> Run:
    """Tags and segments, and what they answer."""
    modes = (Mode.ACT,) if not late else (Mode.ACT, Mode.ACT, Mode.SHADOW, Mode.PROPOSE)
    book = draw(cst.playbooks(FAMILIES, modes=modes))
    told = late and draw(st.booleans())
    return book, draw(cst.histories(playbook=book, kinds=KINDS, late=told, min_size=4))


@given(run=runs())
@settings(one_in(8))
def test_every_law_holds(run: Run) -> None:
    """Whatever the rules and the history."""
    laws.check_playbook(*run)


@given(run=runs(late=False), data=st.data())
@settings(one_in(8))
def test_what_is_over_is_over_late_as_in_time(run: Run, data: st.DataObject) -> None:
    """Lazy looks equal eager looks."""
    book, history = run
    gaps = (timedelta(0), timedelta(microseconds=1), timedelta(hours=30))
    instants = [e.recorded_at + gap for e in history for gap in gaps]
    pauses = data.draw(st.lists(st.sampled_from(instants), max_size=3))
    laws.lazy_equals_eager(book, history, pauses)


@given(run=runs(late=False))
@settings(one_in(4))
def test_one_segment_each_and_one_tag_of_an_exclusive_group(run: Run) -> None:
    """After every event; and each change begins where the one before ended."""
    book, history = run
    engine = book.engine()
    names = {
        str(p.key): {s.key for s in p.every}
        for p in book.policies
        if isinstance(p, Segmentation)
    }
    acting = {"tags"} & {str(p.key) for p in book.policies}
    last: dict[tuple[str, str], str] = {}
    for event in history:
        for fact in engine.receive(event).facts:
            if isinstance(fact, SegmentChanged):
                who = (str(fact.member), fact.segments)
                assert fact.before != fact.after
                last[who] = fact.after
        now = max(engine.community.now, micros(event.at))
        for name, member in engine.members.items():
            for key, record in member.segments.items():
                assert record.segment in names[key]
            if acting and member.merged is None and not member.bot:
                both = [tag for tag in ("giver", "trader") if member.bears(tag, now)]
                assert len(both) <= 1, name
    assert all(after in names[key] for (_, key), after in last.items())
