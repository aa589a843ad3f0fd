"""Six policies over a real community decide what a loop written by hand decides."""

import pytest

from bench.bench_engine import by_hand, history, ours, playbook


def test_on_the_shipped_community(monkeypatch: pytest.MonkeyPatch) -> None:
    """Greetings, duties, breaches, sanctions, tiers, stages, in eleven weeks."""
    monkeypatch.delenv("COMMUNITY_SDK_DATA", raising=False)
    events = history()
    decided = ours(playbook(), events)
    assert sorted(decided) == sorted(by_hand(events))
    assert len({kind for kind, _, _ in decided}) > 8


@pytest.mark.data
def test_on_months_of_a_channel() -> None:
    """Net splits, minutes instead of instants, sanctions that overlap."""
    events = history()[:40_000]
    assert sorted(ours(playbook(), events)) == sorted(by_hand(events))
