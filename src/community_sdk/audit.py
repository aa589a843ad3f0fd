"""The audit trail: who did what about whom, when, on what ground, chained (S07 S29).

Rows are derived from the events, facts and decisions that a store keeps anyway. Each
bears a digest of its content and of the row before, so that whoever keeps the digest of
the last row can tell later whether anything was changed, removed or put in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

from attrs import evolve, fields, frozen

from community_sdk import codec
from community_sdk.decisions import Decision
from community_sdk.events import Derived, Event
from community_sdk.explanation import Explanation

__all__ = ["AuditRow", "Fault", "trail", "verify"]

Dumps = Callable[["Event | Decision"], str]
Stream = Literal["history", "decisions"]

_START: Final = ""


@frozen(kw_only=True)
class AuditRow:
    """One row of the trail.

    Attributes:
        stream: ``history`` (events and facts) or ``decisions``; each is a chain.
        nth: its place in the stream, from 1.
        what: the kind of the event or decision; *id*: its id.
        fact: derived by the engine, not told by the world.
        at: when it happened or was taken; *recorded_at*: when it became known.
        who: the actor of an event, the policy of a decision; *whom*: the member.
        ground: the rule of a breach, else the key of the reason; empty for an event.
        case: the case that it belongs to, or that it names.
        trigger: what led to a decision; *playbook*: the version it was taken under.
        content: the digest of the whole event or decision.
        before: the digest of the row before, empty for the first; *digest*: of all
            other fields of this row.
    """

    stream: Stream
    nth: int
    what: str
    id: str
    at: datetime | None
    recorded_at: datetime | None = None
    fact: bool = False
    who: str = ""
    whom: str = ""
    ground: str = ""
    case: str = ""
    trigger: str = ""
    playbook: str = ""
    content: str = ""
    before: str = _START
    digest: str = ""

    def sealed(self, before: str) -> AuditRow:
        """Return the row as the one that follows the row with the digest *before*."""
        row = evolve(self, before=before, digest="")
        said = "\x1f".join(str(getattr(row, f.name)) for f in fields(AuditRow))
        return evolve(row, digest=_hash(said))


@frozen
class Fault:
    """Where a trail was found to be changed: *nth* row of *stream*, and how."""

    stream: Stream
    nth: int
    how: Literal["changed", "missing", "order"]


def trail(
    history: Iterable[Event],
    decisions: Iterable[Decision],
    /,
    *,
    dumps: Dumps = codec.dumps,
) -> Iterator[AuditRow]:
    """Yield the rows of *history*, then those of *decisions*, each as one chain.

    Both must come in the order in which they were stored; what is added later only
    adds rows at the end of its chain. *dumps* is that of the codec in use.
    """
    yield from _chained("history", ((_of_event(e), dumps(e)) for e in history))
    yield from _chained("decisions", ((_of_decision(d), dumps(d)) for d in decisions))


def verify(
    rows: Iterable[AuditRow], /, *, seals: Iterable[AuditRow] = ()
) -> Fault | None:
    """Return the first place where *rows* are no unbroken trail, None if they are one.

    *seals* are rows that were kept elsewhere earlier, such as the last ones of an older
    trail: each must still be there as it was. Without them, a trail that was made up
    afresh from changed records cannot be told from the true one.
    """
    last: dict[Stream, AuditRow] = {}
    kept = {(seal.stream, seal.nth): seal for seal in seals}
    for row in rows:
        before = last.get(row.stream)
        nth = 1 if before is None else before.nth + 1
        if row.nth != nth:
            return Fault(row.stream, nth, "order")
        true = row.sealed(_START if before is None else before.digest)
        seal = kept.pop((row.stream, row.nth), row)
        if not true == row == seal:
            return Fault(row.stream, row.nth, "changed")
        last[row.stream] = row
    gone = min(kept.values(), key=lambda row: (row.stream, row.nth), default=None)
    return None if gone is None else Fault(gone.stream, gone.nth, "missing")


def _chained(
    stream: Stream, rows: Iterable[tuple[AuditRow, str]]
) -> Iterator[AuditRow]:
    before = _START
    for nth, (row, text) in enumerate(rows, 1):
        whole = evolve(row, stream=stream, nth=nth, content=_hash(text))
        sealed = whole.sealed(before)
        yield sealed
        before = sealed.digest


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _of_event(event: Event) -> AuditRow:
    fact = isinstance(event, Derived)
    return AuditRow(
        stream="history",
        nth=0,
        what=event.name,
        id=str(event.id),
        at=event.at,
        recorded_at=event.recorded_at,
        fact=fact,
        who=str(event.actor or ("" if fact else event.member) or ""),
        whom=str(event.member or ""),
        ground=str(event.value("rule") or ""),
        case=str(event.value("case") or ""),
    )


def _of_decision(decision: Decision) -> AuditRow:
    rule = getattr(decision, "rule", None)
    return AuditRow(
        stream="decisions",
        nth=0,
        what=decision.kind,
        id=str(decision.id),
        at=decision.at,
        recorded_at=decision.at,
        who=str(decision.policy),
        whom=str(decision.member or ""),
        ground=str(rule or _ground(decision.because)),
        case=str(getattr(decision, "case", None) or ""),
        trigger=decision.trigger,
        playbook=decision.playbook,
    )


def _ground(why: Explanation) -> str:
    return str(dict(why.figures).get("rule") or why.key)
