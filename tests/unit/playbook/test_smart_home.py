"""The library playbook over ten weeks of a real community: telling, and not harsh."""

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.decisions import ApplySanction, ChangeTier, Decision, RecordStage
from community_sdk.engine import Engine
from community_sdk.playbook import load

DEMO = Path(str(files("community_sdk.cli"))) / "demo_data"


class Replay:
    """What the playbook decided."""

    def __init__(self) -> None:
        """Run the history once."""
        book = load("smart_home", key="dd2030", zone="Asia/Tokyo")
        self.engine: Engine = book.engine()
        self.decisions: list[Decision] = []
        table = read_table(
            DEMO / "dd2030_slack.csv.gz",
            DEMO / "dd2030_slack.toml",
            community="dd2030",
        )
        for event in table:
            assert not isinstance(event, Refusal)
            self.decisions += self.engine.receive(event).decisions


@pytest.fixture(scope="module")
def replay() -> Replay:
    """One run for all tests."""
    return Replay()


def test_a_few_of_a_hundred_reach_the_top(replay: Replay) -> None:
    """Tiers tell members apart."""
    members = [m for m in replay.engine.members.values() if not m.bot]
    held = Counter(h.tier for m in members for h in m.tiers.values())
    assert 0.02 <= held["core"] / len(members) <= 0.08
    assert held["active"] > held["core"] / 2
    moves = [d for d in replay.decisions if isinstance(d, ChangeTier)]
    assert any(not move.rise for move in moves)


def test_sanctions_are_mild(replay: Replay) -> None:
    """Most are reminders, hardly anybody is removed."""
    found = [d for d in replay.decisions if isinstance(d, ApplySanction)]
    kinds = Counter(d.step.kind.word for d in found)
    assert kinds["reminder"] > len(found) / 2
    assert kinds["remove"] + kinds["ban"] <= 3
    assert kinds["mute"] <= 20
    assert len(found) < 250


def test_the_funnel_narrows(replay: Replay) -> None:
    """Each step is reached by fewer, the last by some."""
    found = [d.step for d in replay.decisions if isinstance(d, RecordStage)]
    reached = Counter(found)
    counts = [reached[step] for step in range(5)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] >= 3


def test_every_policy_but_the_door_has_something_to_say(replay: Replay) -> None:
    """What nobody broke is not answered; nobody asked at the door."""
    spoke = {str(d.policy) for d in replay.decisions}
    silent = {p.key for p in replay.engine.playbook.policies} - spoke
    assert silent <= {"door", "ad_ladder", "grave_ladder"}
