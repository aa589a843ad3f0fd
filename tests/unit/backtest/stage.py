"""Two ladders and a few events in few words: what tests of backtests share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from community_sdk import events as ev
from community_sdk import loads
from community_sdk.model import EventId, MemberId, RuleCode
from community_sdk.playbook import Playbook
from tests.unit.desk import DAY, START

HEAD = """
format = 1
name = "{name}"
lateness = "30d"

[community]
key = "home"
zone = "{zone}"

[[role]]
name = "owner"

[[rule]]
code = "ads"

[[policy]]
kind = "penalty_ladder"
key = "{key}"
mode = "{mode}"
steps = [{steps}]
"""


def book(
    *steps: str,
    name: str = "now",
    key: str = "ladder",
    mode: str = "act",
    zone: str = "UTC",
) -> Playbook:
    """A playbook with one ladder; a step is ``mute 24h``, or ``-`` for none."""
    listed: list[str] = []
    for nth, step in enumerate(steps, 1):
        kind, _, length = step.partition(" ")
        lasts = f', duration = "{length}"' if length else ""
        if kind != "-":
            listed.append(f'{{ at = {nth}, kind = "{kind}"{lasts} }}')
    text = HEAD.format(
        name=name, key=key, mode=mode, zone=zone, steps=", ".join(listed)
    )
    return loads(text)


def day(number: float) -> datetime:
    """Noon of a day, counted from the first."""
    return START + number * DAY


def breach(number: float, member: str = "ann", **more: Any) -> ev.RuleBroken:
    """A breach on a day."""
    return ev.RuleBroken(
        id=EventId(f"breach {member} {number}"),
        at=day(number),
        member=MemberId(member),
        rule=RuleCode("ads"),
        **more,
    )


def message(number: float, member: str = "ann") -> ev.MessagePosted:
    """A message on a day."""
    name = EventId(f"message {member} {number}")
    return ev.MessagePosted(id=name, at=day(number), member=MemberId(member))
