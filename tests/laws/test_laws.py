"""Every law of the testing kit, over random playbooks and random histories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_sdk import codec, load
from community_sdk.testing import laws, strategies

REPLAY = """
import sys, json
from community_sdk import codec, load
events = [codec.loads(line) for line in sys.stdin]
engine = load("smart_home").engine()
for step in engine.replay(events):
    for decision in step:
        print(codec.dumps(decision))
print(json.dumps(engine.snapshot()))
"""


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_law_holds(law: Callable[[Any, Any], None], data: st.DataObject) -> None:
    """Whatever the playbook, whatever the history."""
    playbook = data.draw(strategies.playbooks())
    history = data.draw(strategies.histories(playbook=playbook, late=True))
    law(playbook, history)
    assert len({event.id for event in history}) <= len(history)


def test_policies_answer_what_they_announce() -> None:
    """The class variable and the annotation of `decide` agree."""
    policies = load("smart_home").policies
    for policy in policies:
        laws.answers_match_annotation(policy)
    assert policies


@settings(max_examples=2, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_hash_seed_does_not_matter(data: st.DataObject) -> None:
    """Two processes with other seeds give the same bytes as this one."""
    playbook = load("smart_home")
    history = data.draw(strategies.histories(playbook=playbook, min_size=20))
    text = "\n".join(codec.dumps(event) for event in history)
    printed = {
        subprocess.run(
            [sys.executable, "-c", REPLAY],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "4711")
    }
    engine = playbook.engine()
    lines = [codec.dumps(d) for step in engine.replay(history) for d in step]
    here = "\n".join([*lines, json.dumps(engine.snapshot())]) + "\n"
    assert printed == {here}
