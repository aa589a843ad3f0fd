"""Health figures of real histories: the shipped one always, IRC where it is at hand."""

from __future__ import annotations

import os
from fractions import Fraction
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from community_sdk._time import Calendar, zone
from community_sdk.adapters.tables import Refusal, load_mapping, read_table
from community_sdk.events import Event
from community_sdk.metrics import (
    Selection,
    burstiness,
    contributions,
    departures,
    discussions,
    inactive_contributors,
    new_contributors,
    silences,
    splits,
    time_to_first_response,
    top_share,
)
from community_sdk.metrics.health import Made

DEMO = files("community_sdk").joinpath("cli/demo_data/dd2030_slack.csv.gz")
MAPPINGS = Path(__file__).parents[2] / "examples" / "mappings"
MONTH = 30 * 86_400_000_000


def whole(table: Path, mapping: str | Path) -> list[Event]:
    """Read every event of a table."""
    rules = load_mapping(mapping) if isinstance(mapping, Path) else mapping
    return [e for e in read_table(table, rules) if not isinstance(e, Refusal)]


def days(made: Made, where: str) -> list[int]:
    """Return the local days with a message, in order."""
    calendar = Calendar(zone(where))
    return sorted({calendar.day(us) for at in made.values() for us in at})


def test_the_shipped_slack_is_lively_and_uneven() -> None:
    """Figures of 70 days: no silence, a third of all messages by three people."""
    with as_file(DEMO) as path:
        events = whole(path, "dd2030_slack")
    made = contributions(events)
    numbers = [len(at) for at in made.values()]
    assert (len(made), sum(numbers)) == (221, 7744)
    active = days(made, "Asia/Tokyo")
    assert silences(active, active[0], active[-1] + 1) == []
    calendar = Calendar(zone("Asia/Tokyo"))
    talks = [calendar.day(talk.since) for talk in discussions(events)]
    assert len(talks) == 811
    assert sum(talks.count(day) >= 4 for day in active) == 66
    share = top_share(numbers, Fraction(1, 100))
    assert share is not None
    assert round(share * 1000) == 326
    end = calendar.start(active[-1] + 1)
    assert len(new_contributors(made, end - MONTH, end)) == 85
    assert len(inactive_contributors(made, MONTH, end)) == 77
    waits = time_to_first_response(events)
    assert waits.median is not None
    assert waits.median // 60_000_000 == 249
    assert burstiness(us for at in made.values() for us in at) == Fraction(54247, 10**5)


@pytest.mark.data
def test_net_splits_of_irc_are_no_churn() -> None:
    """Exits nearly match joins; of those outside of splits few are for good."""
    root = Path(os.environ["COMMUNITY_SDK_DATA"]) / "raku_irc"
    events = whole(root / "events_2010.csv.gz", MAPPINGS / "raku_irc.toml")
    exits = Selection("went_offline")
    broken = splits(events, exits)
    assert len(broken) == 90
    left = sum(map(exits.takes, events))
    gone = departures(events, exits)
    assert (left, len(gone)) == (49_682, 2_790)
