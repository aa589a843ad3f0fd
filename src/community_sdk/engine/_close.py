"""The close of a period: everybody is counted, and everybody is in memory (S08).

Laws: counting changes nothing; what is counted lies in the period, however late it is
counted; closing when it is due equals closing whenever time passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from community_sdk import decisions as de
from community_sdk import events as ev
from community_sdk._time import instant, micros
from community_sdk.engine._partitions import Partitions
from community_sdk.engine._step import Step
from community_sdk.engine._version import Version
from community_sdk.errors import DefinitionError
from community_sdk.model import EventId, Standing
from community_sdk.policies import Ranks
from community_sdk.ports import Plain
from community_sdk.state import MemberState

__all__ = ["asked", "count", "joined"]


def asked(step: Step) -> tuple[de.RequestStandings, ...]:
    """Return what *step* wants to be counted, each period once."""
    found = {
        (d.policy, d.period): d
        for d in step.decisions
        if isinstance(d, de.RequestStandings)
    }
    return tuple(found.values())


def joined(steps: Iterable[Step]) -> Step:
    """Return several steps as one; the last says whether it was late or known."""
    every = tuple(steps)
    if len(every) == 1:
        return every[0]
    return Step(
        decisions=tuple(d for step in every for d in step.decisions),
        facts=tuple(f for step in every for f in step.facts),
        suppressed=tuple(s for step in every for s in step.suppressed),
        touched=frozenset(name for step in every for name in step.touched),
        duplicate=bool(every) and every[-1].duplicate,
        late=bool(every) and every[-1].late,
    )


def count(
    request: de.RequestStandings,
    version: Version,
    partitions: Partitions,
    beside: Iterable[Plain] = (),
) -> ev.StandingsCounted:
    """Ask the policy of *request* where everybody stood, and return the answer.

    *beside* are partitions that are not in memory; none of them is kept. The answer to
    a first request has the same id whenever it is counted: a period is closed once.

    Raises:
        DefinitionError: the playbook has no such policy.
    """
    one = version.by_key.get(str(request.policy))
    if one is None or not isinstance(one.policy, Ranks):
        raise DefinitionError(
            f"expected a policy that ranks members, found `{request.policy}`",
            code="engine.no_league",
            hint="name the key of a league of the playbook",
            found=str(request.policy),
        )
    rows = _rows(request, one.policy, version, _everybody(partitions, beside))
    rows.sort(key=lambda row: str(row.member))
    name = f"standings:{request.policy}:{request.period}"
    if request.again:
        marks = (str(partitions.community.now), *map(_mark, rows))
        text = "\x1e".join(marks).encode("utf-8", "surrogatepass")
        name += f":{blake2b(text, digest_size=8).hexdigest()}"
    now = max(partitions.community.now, micros(request.until))
    return ev.StandingsCounted(
        id=EventId(name),
        at=instant(now),
        policy=request.policy,
        period=request.period,
        since=request.since,
        until=request.until,
        standings=tuple(rows),
    )


def _mark(row: Standing) -> str:
    figures = (f"{name}={n}" for name, n in sorted(row.figures.items()))
    parts = (str(row.member), str(row.tier), str(row.locked), *row.extra, *figures)
    return "\x1f".join(parts)


def _everybody(
    partitions: Partitions, beside: Iterable[Plain]
) -> Iterator[MemberState]:
    yield from partitions.members.values()
    for plain in beside:
        if plain["id"] not in partitions.members:
            yield MemberState.restore(partitions.plan, plain)


def _rows(
    request: de.RequestStandings,
    policy: Ranks,
    version: Version,
    everybody: Iterable[MemberState],
) -> list[Standing]:
    state, rows = version.state, list[Standing]()
    span = (micros(request.since), micros(request.until))
    for member in everybody:
        if member.merged is None:
            state.member = state.actor = member
            row = policy.stand(state, span)
            if row is not None:
                rows.append(row)
    return rows
