"""Timers fire before the event that makes them due; lazy firing equals eager firing.

Each timer is a step of its own, at its due instant. A member's timers fire before that
member's next event; a timer of the community after all members' timers due by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from community_sdk import enforcement, obligation, proposal
from community_sdk._time import instant
from community_sdk.engine._partitions import Partitions
from community_sdk.engine._rounds import Rounds
from community_sdk.engine._run import Run
from community_sdk.engine._version import Version
from community_sdk.events import TimerFired
from community_sdk.model import EventId, PolicyKey
from community_sdk.state import MemberState, Partition, Timer

__all__ = ["Timers"]


class Timers:
    """Fires what is due, into one run."""

    __slots__ = ("_partitions", "_run", "_version")

    def __init__(
        self, partitions: Partitions, version: Callable[[int], Version], run: Run
    ) -> None:
        """Fire timers of *partitions*, each under the version in force at its due."""
        self._partitions = partitions
        self._version = version
        self._run = run

    def before(self, names: Iterable[str], now: int) -> None:
        """Fire what must precede an event of the members called *names* at *now*."""
        self._community(now)
        self.only(names, now)

    def only(self, names: Iterable[str], now: int) -> None:
        """Fire what is due at *now* for the members called *names*."""
        found = (self._partitions.find(name) for name in names)
        members = [member for member in found if member is not None]
        while True:
            ready = [(t, str(m.id), m) for m in members if (t := m.due(now))]
            if not ready:
                return
            _, _, member = min(ready, key=lambda r: (r[0][:2], r[1], r[0][2]))
            self._fire(member, now)

    def until(self, limit: int) -> None:
        """Fire everything that is due when time stands at *limit*."""
        self._community(limit)
        self._drain(limit)

    def _community(self, now: int) -> None:
        community = self._partitions.community
        while (timer := community.due(now)) is not None:
            due, phase, _ = timer
            self._drain(due, phase)
            self._fire(community, now)
            community.now = max(community.now, due)

    def _drain(self, limit: int, phase: int = 0) -> None:
        wheel, find = self._partitions.wheel, self._partitions.find
        while members := wheel.ready(limit, phase, find):
            for member in members:
                self._fire(member, limit, phase)
                wheel.put(member)

    def _fire(self, partition: Partition, now: int, phase: int = 0) -> None:
        timer = partition.due(now, phase)
        if timer is None:
            return
        due, _, key = timer
        partition.clear_timer(key)
        member = partition if isinstance(partition, MemberState) else None
        self._run.fire("" if member is None else str(member.id), key, due)
        self._run.touched.add("" if member is None else str(member.id))
        version = self._version(due)
        rounds = Rounds(version, self._run, self._partitions, due)
        if key.startswith("~") and member is not None:
            _fire_record(timer, member, rounds)
        else:
            _fire_policy(timer, member, version, rounds)


def _fire_policy(
    timer: Timer, member: MemberState | None, version: Version, rounds: Rounds
) -> None:
    due, _, key = timer
    policy, _, name = key.partition("/")
    asked = version.by_key.get(policy)
    if asked is None:
        return
    fired = TimerFired(
        id=EventId(f"{key}@{instant(due).isoformat()}"),
        at=instant(due),
        member=None if member is None else member.id,
        timer=name,
        policy=PolicyKey(policy),
    )
    rounds.follow(fired, only=asked)


def _fire_record(timer: Timer, member: MemberState, rounds: Rounds) -> None:
    due, _, key = timer
    kind, _, name = key.partition("/")
    if kind == "~remind":
        name = name.rpartition("/")[0]
    trigger = f"{key}@{instant(due).isoformat()}"
    if kind == "~sanction":
        record = member.sanction(name)
        if record is not None:
            rounds.decide(enforcement.expire(record, member), trigger, due)
    elif kind == "~consent":
        pending = next((c for c in member.consents if c.id == name), None)
        if pending is not None:
            rounds.happen(proposal.expired(pending, member, due))
    else:
        duty = next((d for d in member.duties if d.id == name), None)
        if duty is None:
            return
        if kind == "~remind":
            rounds.decide(obligation.reminder(duty, member), trigger, due)
            return
        if kind == "~stage":
            rounds.decide(obligation.handed_on(duty, member), trigger, due)
            rounds.happen(obligation.escalated(duty, member))
            return
        for decision in obligation.overdue(duty, member):
            rounds.decide(decision, trigger, due)
        rounds.happen(obligation.missed(duty, member))
