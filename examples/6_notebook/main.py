"""A notebook: a frame in, a replay, frames out, and a question."""

# %% A frame, as it would come from anywhere

from importlib.resources import as_file, files

import pandas as pd

from community_sdk import Playbook, load
from community_sdk.adapters.tables import Refusal, read_frame
from community_sdk.report import Summary

with as_file(files("community_sdk.cli") / "demo_data" / "dd2030_slack.csv.gz") as file:
    slack = pd.read_csv(file, dtype=str, keep_default_na=False)

print(slack["kind"].value_counts().head())

# %% The events that it tells of, by the mapping that is shipped for it

table = read_frame(slack, "dd2030_slack", source="slack")
found = list(table)
events = [each for each in found if not isinstance(each, Refusal)]

print(table.counts)


# %% A replay, gathered while it goes


def replay(playbook: Playbook) -> Summary:
    """Return what *playbook* decides over the history."""
    engine = playbook.engine()
    summary = Summary(playbook, source="slack")
    for event in events:
        summary.see(event, engine.receive(event))
    if engine.now is not None:
        summary.see(None, engine.advance(engine.now))
    summary.finish(engine)
    return summary


plain = replay(load("smart_home", zone="Asia/Tokyo"))

# %% Its tables are frames

print(plain.to_frame("decisions")[["kind", "policy", "count", "members"]])
print(plain.to_frame("funnels")[["event", "entered", "dropped_off", "still_open"]])

daily = plain.to_frame("daily").set_index("day")
print(daily["active"].rolling(7).mean().dropna().round(1).tail())

# %% What if the night began an hour later?

later = replay(load("smart_home", zone="Asia/Tokyo", quiet_hours="00:00-07:00"))


def breaches(summary: Summary) -> int:
    """Return how many breaches were found by machine."""
    rows = summary.to_frame("decisions")
    return int(rows[rows["kind"] == "report_breach"]["count"].sum())


print(breaches(plain), "breaches from 23:00,", breaches(later), "from midnight")
