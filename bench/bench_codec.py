"""The codec beside the JSON converter of cattrs, on the events of the demonstration.

Run as `python -m bench.bench_codec`.
"""

import json
from collections.abc import Callable
from importlib.resources import as_file, files
from typing import Any

from bench.limits.codec import Peer, peer
from bench.rounds import ratios
from community_sdk import codec
from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.events import KINDS, Event

STEP = 10
BASE = "cattrs json, defaults omitted"
ROUNDS = 9


def main() -> None:
    """Assert equal output, then print the ratios."""
    events = some_events()
    kinds = tuple(KINDS.values())
    peers: dict[str, Peer] = {
        BASE: peer(kinds, "kind", omit_if_default=True),
        "cattrs json, as it comes": peer(kinds, "kind"),
        "cattrs json, unknown keys refused": peer(
            kinds, "kind", omit_if_default=True, forbid_extra_keys=True
        ),
        "ours": (codec.dumps, codec.loads),
    }
    texts = [codec.dumps(event) for event in events]
    check(peers, events, texts)
    size = sum(map(len, texts)) // len(texts)
    print(f"## Codec\n\n{len(events)} real events of {size} bytes on average.\n")
    print("### Writing (bar: ours ≤ 1.00)\n")
    compare({name: over(dumps, events) for name, (dumps, _) in peers.items()}, events)
    print("### Reading (bar: ours ≤ 1.00)\n")
    compare({name: over(loads, texts) for name, (_, loads) in peers.items()}, events)


def some_events() -> list[Event]:
    """Return every tenth event of the shipped history."""
    with as_file(files("community_sdk") / "cli/demo_data/dd2030_slack.csv.gz") as path:
        table = read_table(path, "dd2030_slack", community="dd2030")
        found = [each for each in table if not isinstance(each, Refusal)]
    return found[::STEP]


def check(peers: dict[str, Peer], events: list[Event], texts: list[str]) -> None:
    """Assert that all write the same keys and values, and read the same events."""
    plain = [json.loads(text) for text in texts]
    for name, (dumps, loads) in peers.items():
        assert [loads(text) for text in texts] == events, name
        own = [json.loads(dumps(event)) for event in events]
        full = "as it comes" in name
        assert full or own == plain, name
        assert all(p.items() <= o.items() for p, o in zip(plain, own, strict=True))


def over(work: Callable[[Any], object], things: list[Any]) -> Callable[[], object]:
    """Return a call that does *work* on all *things*."""

    def run() -> None:
        for thing in things:
            work(thing)

    return run


def compare(runs: dict[str, Callable[[], object]], events: list[Event]) -> None:
    """Print what *runs* take beside the base."""
    ratios(runs, base=BASE, rounds=ROUNDS, each=len(events), per="event")


if __name__ == "__main__":
    main()
