"""The laws of the kit hold for drawn playbooks and histories."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import codec
from community_sdk.decisions import Mode
from community_sdk.events import Event
from community_sdk.playbook import Playbook, dumps
from community_sdk.testing import laws
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in

Run = tuple[Playbook, list[Event]]
ACTING = (Mode.ACT,)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """A playbook and a history that it is likely to answer."""
    book = draw(cst.playbooks())
    late = draw(st.booleans())
    return book, draw(cst.histories(playbook=book, late=late))


@st.composite
def acting(draw: st.DrawFn, *families: str) -> Run:
    """Policies of *families* that act, and a history that is not late."""
    book = draw(cst.playbooks(families, modes=ACTING))
    return book, draw(cst.histories(playbook=book, min_size=4))


@given(run=runs())
@settings(one_in(2))
def test_every_law_holds(run: Run) -> None:
    """Whatever the playbook and the history."""
    laws.check_playbook(*run)


@given(run=acting("onboarding", "tier", "ladder", "funnel"), data=st.data())
@settings(one_in(2))
def test_timers_fire_late_as_in_time(run: Run, data: st.DataObject) -> None:
    """Also with pauses in between."""
    book, history = run
    pauses = data.draw(st.lists(st.sampled_from(_between(history)), max_size=3))
    laws.lazy_equals_eager(book, history, pauses)


def _between(history: list[Event]) -> list[datetime]:
    """Instants before, in the middle of and after the events."""
    return [
        e.recorded_at + gap
        for e in history
        for gap in (timedelta(0), timedelta(microseconds=1), timedelta(hours=30))
    ]


@given(run=runs(), size=st.integers(1, 6))
@settings(one_in(4))
def test_a_replay_in_chunks_is_the_whole(run: Run, size: int) -> None:
    """Whatever the size of the chunks."""
    laws.chunking_changes_nothing(*run, size=size)


@given(run=acting("admission", "ladder", "tier", "watch"))
@settings(one_in(2))
def test_nobody_is_treated_by_name(run: Run) -> None:
    """Whichever two are swapped."""
    book, history = run
    for pair in (("ann", "cat"), ("ben", "cat"), ("ann", "somebody else")):
        laws.names_do_not_matter(book, history, pair)


@given(
    run=st.tuples(
        cst.playbooks(("ladder", "tier")), cst.histories(late=True, min_size=5)
    )
)
@settings(one_in(2))
def test_lateness_changes_no_count(run: Run) -> None:
    """Events of a history that no playbook had a say in may come in any order."""
    book, history = run
    history = [e for e in history if e.recorded_at - e.at <= timedelta(hours=24)]
    laws.late_arrival_changes_no_count(book, history)


PROCESS = """
import json, sys
from community_sdk import codec
from community_sdk.engine import Engine
from community_sdk.playbook import loads

for line in sys.stdin:
    run = json.loads(line)
    engine = Engine(loads(run["playbook"]))
    events = [codec.event(plain) for plain in run["events"]]
    for step in (*map(engine.receive, events), engine.advance(events[-1].recorded_at)):
        for made in (*step.decisions, *step.facts):
            print(codec.dumps(made))
        print(*[f"{s.decision.id} {s.because.plain()}" for s in step.suppressed])
    print(json.dumps(engine.snapshot()))
"""


def test_processes_agree_to_the_byte() -> None:
    """Whatever the seed that Python hashes texts with."""
    lines: list[str] = []

    @settings(max_examples=25, database=None, derandomize=True)
    @given(run=runs())
    def collect(run: Run) -> None:
        book, history = run
        if history:
            events = [codec.dump(event) for event in history]
            lines.append(json.dumps({"playbook": dumps(book), "events": events}))

    collect()
    said = [_replayed("\n".join(lines), seed) for seed in ("0", "4711")]
    assert len(said[0]) > len(lines)
    assert said[0] == said[1]


def _replayed(lines: str, seed: str) -> bytes:
    run = subprocess.run(
        [sys.executable, "-c", PROCESS],
        input=lines.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert not run.returncode, run.stderr.decode()
    return run.stdout
