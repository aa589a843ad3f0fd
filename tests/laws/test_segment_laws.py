"""One segment each, one tag of an exclusive group, whatever happens (S09)."""

from hypothesis import given, settings

from community_sdk._time import micros
from community_sdk.events import SegmentChanged
from community_sdk.policies import Segmentation
from tests.laws.effort import one_in
from tests.laws.families import FAMILIES, Run, runs


@given(run=runs(FAMILIES["segments"], late=False))
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
